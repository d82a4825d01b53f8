import type { Lab } from '../../lab/lab.js'
import { addressOf, Switches } from './switches.js'
import { type Talk, talksAgree } from './talk.js'

/** Inner bridges, one for each tunnel, that ask through it. Settings in the words of ovs-vsctl. */
const tunnels = (name: string, shows: readonly string[], each: readonly string[]): Talk => ({
  name,
  rows: ['link-tunnels'],
  shows,
  // What comes before both ends of a tunnel are there is answered by the kernel, and quoted.
  capture: { filter: 'not icmp' },
  async talk(lab: Lab) {
    await Switches.run(lab, async (switches) => {
      for (const [index, tunnel] of each.entries()) {
        const [bridge, port] = [`br-inner${index}`, `tun${index}`]
        const network = `10.81.${index}`
        await switches.both(
          `add-br ${bridge}`,
          `set bridge ${bridge} datapath_type=netdev`,
          `add-port ${bridge} ${port}`,
          `set interface ${port} options:remote_ip=OTHER ${tunnel}`,
        )
        await switches.address(bridge, network)
        const isBare = tunnel.includes('gtpu')
        if (isBare) await withoutEthernet(switches, bridge, port, network)
        await switches.ping(network, !isBare)
      }
    })
  },
})

/** What carries IP alone carries no ARP: the neighbours are known. The other switch gives what comes to nobody. */
async function withoutEthernet(switches: Switches, bridge: string, port: string, network: string): Promise<void> {
  const neighbour = `ip neighbour add ${addressOf(network, 'there')} lladdr 02:00:00:00:00:99 dev ${bridge}`
  await switches.inside('here', ...neighbour.split(' '))
  await switches.flows('here', bridge, `priority=9,in_port=LOCAL,ip,actions=output:${port}`)
}

talksAgree('tunnels of programs', [
  tunnels(
    'two switches with GRE, VXLAN and GENEVE between them',
    ['gre.key', 'gre.checksum', 'vxlan.vni', 'geneve.vni', 'geneve.proto_type'],
    [
      'type=gre options:key=42 options:csum=true',
      'type=vxlan options:key=43 options:csum=true',
      'type=geneve options:key=44 options:csum=true',
    ],
  ),
  tunnels(
    'two switches with ERSPAN and GTP between them',
    ['erspan.spanid', 'erspan.index', 'erspan.version', 'gre.sequence_number', 'gtp.teid', 'gtp.message', 'gtp.length'],
    ['type=erspan options:key=45 options:erspan_ver=1 options:erspan_idx=3', 'type=gtpu options:key=46'],
  ),
  tunnels(
    'two switches with ERSPAN of version 2 between them',
    ['erspan.spanid', 'erspan.timestamp', 'erspan.version'],
    ['type=erspan options:key=47 options:erspan_ver=2 options:erspan_dir=1 options:erspan_hwid=4'],
  ),
])
