import type { Lab } from '../../lab/lab.js'
import { OUTER, Switches } from './switches.js'
import { type Talk, talksAgree } from './talk.js'

/** A flow that puts something in front of what leaves. The other switch takes it for what it is, and gives it to nobody. */
const tagged = (name: string, rows: readonly string[], shows: readonly string[], flow: string): Talk => ({
  name,
  rows,
  shows,
  async talk(lab: Lab) {
    await Switches.run(lab, async (switches) => {
      await switches.both('set open_vswitch . other_config:vlan-limit=2')
      const out = `output:${lab.here.interfaceName}`
      await switches.flows('here', OUTER, `priority=9,in_port=LOCAL,ip,actions=${flow},${out}`)
      await switches.ping('10.85.0', false)
    })
  },
})

talksAgree('tags of programs', [
  tagged(
    'two switches with two VLAN tags',
    ['link-tags'],
    ['ieee8021ad.id', 'ieee8021ad.priority', 'vlan.id', 'vlan.priority', 'vlan.etype'],
    'push_vlan:0x8100,set_field:4107->vlan_vid,set_field:3->vlan_pcp,push_vlan:0x88a8,set_field:4196->vlan_vid,set_field:5->vlan_pcp',
  ),
  tagged(
    'two switches with two labels',
    ['mpls'],
    ['mpls.label', 'mpls.exp', 'mpls.bottom', 'mpls.ttl'],
    'push_mpls:0x8847,set_field:100->mpls_label,set_field:3->mpls_tc,push_mpls:0x8847,set_field:200->mpls_label',
  ),
  tagged(
    'two switches with a header of a service path',
    ['link-tunnels'],
    ['nsh.spi', 'nsh.si', 'nsh.mdtype', 'nsh.ttl', 'nsh.length', 'nsh.nextproto'],
    'encap(nsh(md_type=1)),set_field:0x1234->nsh_spi,set_field:250->nsh_si,set_field:0x11223344->nsh_c1,encap(ethernet),set_field:02:00:00:00:00:77->eth_dst',
  ),
])
