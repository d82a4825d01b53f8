import { field, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

export const agreement: VectorAgreement = {
  vectors: ['arp'],
  protocols: { arp: /^ARP$/ },
  rows: [
    field('arp.hw.type', 'ARP', 'hwtype'),
    field('arp.proto.type', 'ARP', 'ptype'),
    field('arp.hw.size', 'ARP', 'hwlen'),
    field('arp.proto.size', 'ARP', 'plen'),
    field('arp.opcode', 'ARP', 'op'),
    field('arp.src.hw_mac', 'ARP', 'hwsrc', same),
    field('arp.src.proto_ipv4', 'ARP', 'psrc', same),
    field('arp.dst.hw_mac', 'ARP', 'hwdst', same),
    field('arp.dst.proto_ipv4', 'ARP', 'pdst', same),
  ],
  except: { 'hardware addresses of four bytes': 'tshark has other fields for addresses that are none of Ethernet' },
}
