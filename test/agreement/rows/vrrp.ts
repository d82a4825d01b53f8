import { field, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const isSix = (address: string): boolean => address.includes(':')
const addresses = (fields: Record<string, unknown>): string[] => fields.addrlist as string[]

export const agreement: VectorAgreement = {
  vectors: ['vrrp'],
  protocols: { vrrp: /^VRRP/ },
  rows: [
    field('vrrp.version', /^VRRP/, 'version'),
    field('vrrp.type', /^VRRP/, 'type'),
    field('vrrp.virt_rtr_id', /^VRRP/, 'vrid'),
    field('vrrp.prio', /^VRRP/, 'priority'),
    field('vrrp.addr_count', /^VRRP/, 'ipcount'),
    field('vrrp.checksum', /^VRRP/, 'chksum'),
    field('vrrp.auth_type', 'VRRP', 'authtype'),
    field('vrrp.adver_int', 'VRRP', 'adv'),
    field('vrrp.short_adver_int', 'VRRPv3', 'adv'),
    row('vrrp.ip_addr', /^VRRP/, ({ fields }) => addresses(fields).filter((each) => !isSix(each)), same),
    row('vrrp.ipv6_addr', /^VRRP/, ({ fields }) => addresses(fields).filter(isSix), same),
  ],
}
