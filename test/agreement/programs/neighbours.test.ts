/** Neighbours and routers of IPv6, and who knows a better way. */
import type { Lab } from '../../lab/lab.js'
import { startRadvd } from '../../lab/servers.js'
import { type Talk, talksAgree } from './talk.js'

const routers: Talk = {
  name: 'radvd with rdisc6, ndisc6 and the kernel: prefix, route, name servers, solicitations',
  rows: ['icmpv6-options'],
  capture: { filter: 'icmp6' },
  shows: [
    'icmpv6.opt.type',
    'icmpv6.opt.prefix.length',
    'icmpv6.opt.prefix.valid_lifetime',
    'icmpv6.opt.mtu',
    'icmpv6.opt.src_linkaddr',
    'icmpv6.opt.target_linkaddr',
    'icmpv6.opt.prefix.flag.a',
    'icmpv6.opt.route_lifetime',
    'icmpv6.opt.route_info.flag.route_preference',
    'icmpv6.opt.rdnss',
    'icmpv6.opt.rdnss.lifetime',
    'icmpv6.opt.dnssl',
    'icmpv6.opt.advertisement_interval',
    'icmpv6.opt.home_agent_preference',
    'icmpv6.nd.ra.cur_hop_limit',
    'icmpv6.nd.ra.router_lifetime',
    'icmpv6.nd.ra.flag.prf',
    'icmpv6.nd.ns.target_address',
    'icmpv6.nd.na.target_address',
    'icmpv6.nd.na.flag.s',
  ],
  async talk(lab: Lab) {
    const { interfaceName } = lab.here
    const server = await startRadvd(lab)
    await lab.exec('here', ['ndisc6', '-r', '1', lab.there.ipv6, interfaceName])
    await lab.exec('here', ['ndisc6', '-r', '1', '-w', '100', '2001:db8::99', interfaceName])
    await lab.exec('here', ['ip', 'neighbour', 'flush', 'dev', interfaceName])
    await lab.exec('here', ['ping', '-n', '-c', '1', '-W', '2', lab.there.ipv6])
    // Its last words: it is no router any more.
    await server.stop()
  },
}

const redirects: Talk = {
  name: 'the kernel redirects to a better router',
  rows: ['icmpv6-options'],
  capture: { filter: 'icmp6 or icmp' },
  shows: ['icmpv6.nd.rd.target_address', 'icmpv6.rd.na.destination_address', 'icmpv6.opt.type', 'icmpv6.opt.length'],
  async talk(lab: Lab) {
    // Both hosts are on one link, so that what comes back to it could have gone there at once.
    const { stdout } = await lab.exec('here', [
      'ip',
      '-6',
      'address',
      'show',
      'dev',
      lab.here.interfaceName,
      'scope',
      'link',
    ])
    const own = /fe80::[0-9a-f:]+/.exec(stdout)?.[0] ?? ''
    const far = '2001:db8:77::1'
    await lab.exec('here', ['ip', 'route', 'add', far, 'via', lab.there.ipv6])
    await lab.exec('there', ['ip', 'route', 'add', far, 'via', own, 'dev', lab.there.interfaceName])
    await lab.exec('here', ['ping', '-n', '-c', '2', '-i', '0.2', '-W', '0.5', far])
  },
}

talksAgree('programs of neighbours', [routers, redirects])
