import type { Lab } from '../../lab/lab.js'
import { must } from '../../lab/process.js'
import { type Talk, talksAgree } from './talk.js'

const inside = (lab: Lab, side: 'here' | 'there', ...words: string[]) =>
  must(['ip', 'netns', 'exec', lab[side].namespace, ...words])

/** Questions for an address: whether somebody has it, who has it, and what nobody asked for. */
const arp: Talk = {
  name: 'arping asks, tells and looks for doubles',
  rows: ['link-arp'],
  shows: ['arp.opcode', 'arp.src.hw_mac', 'arp.src.proto_ipv4', 'arp.dst.hw_mac', 'arp.dst.proto_ipv4', 'arp.hw.size'],
  capture: { filter: 'arp' },
  async talk(lab: Lab) {
    const ask = (...words: string[]) =>
      lab.exec('here', ['arping', '-I', lab.here.interfaceName, '-c', '1', '-w', '1', ...words])
    await ask(lab.there.ipv4)
    await ask('-D', lab.there.ipv4)
    await ask('-U', lab.here.ipv4)
    await ask('-A', lab.here.ipv4)
  },
}

/** Fragments, questions about a node, a way through given addresses, and the redirect to a shorter one. */
const headers: Talk = {
  name: 'the kernel and ping with the extension headers of IPv6',
  rows: ['ipv6-extensions', 'icmpv6-options'],
  shows: [
    'ipv6.fraghdr.offset',
    'ipv6.fraghdr.more',
    'ipv6.fraghdr.ident',
    'ipv6.routing.type',
    'ipv6.routing.segleft',
    'ipv6.routing.srh.addr',
    'ipv6.routing.srh.last_entry',
    'icmpv6.opt.type',
  ],
  async talk(lab: Lab) {
    await inside(lab, 'here', 'ping', '-6', '-c', '1', '-s', '3000', lab.there.ipv6)
    for (const question of ['name', 'ipv6-all'])
      await lab.exec('here', ['ping', '-6', '-N', question, '-c', '1', '-W', '1', lab.there.ipv6])
    const segments = ['encap', 'seg6', 'mode', 'inline', 'segs', lab.there.ipv6]
    const way = ['ip', '-6', 'route', 'add', '2001:db8:5::/64', ...segments, 'dev', lab.here.interfaceName]
    await inside(lab, 'here', ...way)
    await lab.exec('here', ['ping', '-6', '-c', '1', '-W', '0.3', '2001:db8:5::1'])
    // Who sends to `there` what is for a neighbour of both is told so.
    await inside(lab, 'here', 'ip', '-6', 'route', 'add', '2001:db8:6::/64', 'via', lab.there.ipv6)
    const back = ['ip', '-6', 'route', 'add', '2001:db8:6::/64', 'via', 'fe80::77', 'dev', lab.there.interfaceName]
    await inside(
      lab,
      'there',
      'ip',
      'neighbour',
      'add',
      'fe80::77',
      'lladdr',
      '02:00:00:00:00:77',
      'dev',
      lab.there.interfaceName,
    )
    await inside(lab, 'there', ...back)
    await lab.exec('here', ['ping', '-6', '-c', '1', '-W', '0.3', '2001:db8:6::1'])
  },
}

talksAgree('ARP and IPv6 of programs', [arp, headers])
