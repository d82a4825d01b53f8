import type { Lab } from '../../lab/lab.js'
import { Routers } from './routers.js'
import { type Talk, talksAgree } from './talk.js'

/** Both directions over IPv4, with routes of IPv6 next to those of IPv4. */
const sessions: Talk = {
  name: 'two bgpd exchange, refresh and withdraw routes and end their session',
  rows: ['bgp'],
  shows: [
    'bgp.open.identifier',
    'bgp.cap.type',
    'bgp.cap.mp.afi',
    'bgp.cap.4as',
    'bgp.cap.gr.timers.restart_time',
    'bgp.update.path_attribute.next_hop',
    'bgp.update.path_attribute.multi_exit_disc',
    'bgp.update.path_attribute.as_path_segment.as4',
    'bgp.update.path_attribute.mp_reach_nlri.afi',
    'bgp.update.path_attribute.mp_unreach_nlri.afi',
    'bgp.update.withdrawn_routes.length',
    'bgp.update.path_attribute.mp_reach_nlri.next_hop.ipv6',
    'bgp.mp_reach_nlri_ipv6_prefix',
    'bgp.mp_unreach_nlri_ipv6_prefix',
    'bgp.nlri_prefix',
    'bgp.withdrawn_prefix',
    'bgp.large_communities.ga',
    'bgp.notify.minor_error_cease',
    'bgp.route_refresh.afi',
    'bgp.notify.major_error',
  ],
  async talk(lab: Lab) {
    await Routers.run(
      lab,
      {
        here: {
          bgpd: [
            'ip prefix-list short permit 198.51.100.0/24',
            'route-map marked permit 10',
            ' match ip address prefix-list short',
            ' set community 65001:7 no-export',
            ' set large-community 65001:1:2',
            ' set extcommunity rt 65001:99',
            ' set metric 40',
            ' set as-path prepend 65001 65001',
            ' set aggregator as 65001 192.0.2.9',
            'route-map marked permit 20',
            'router bgp 65001',
            ` bgp router-id ${lab.here.ipv4}`,
            ' no bgp ebgp-requires-policy',
            ' no bgp network import-check',
            ` neighbor ${lab.there.ipv4} remote-as 4200000002`,
            ` neighbor ${lab.there.ipv4} timers connect 1`,
            ` neighbor ${lab.there.ipv4} capability extended-nexthop`,
            ' address-family ipv4 unicast',
            '  network 198.51.100.0/24',
            '  network 203.0.113.128/25',
            `  neighbor ${lab.there.ipv4} route-map marked out`,
            ' address-family ipv6 unicast',
            '  network 2001:db8:1::/48',
            `  neighbor ${lab.there.ipv4} activate`,
          ],
        },
        there: {
          bgpd: [
            'router bgp 4200000002',
            ` bgp router-id ${lab.there.ipv4}`,
            ' no bgp ebgp-requires-policy',
            ' no bgp network import-check',
            ` neighbor ${lab.here.ipv4} remote-as 65001`,
            ` neighbor ${lab.here.ipv4} timers connect 1`,
            ' address-family ipv4 unicast',
            '  network 192.0.2.0/24',
            ' address-family ipv6 unicast',
            `  neighbor ${lab.here.ipv4} activate`,
          ],
        },
      },
      async (routers) => {
        await routers.until('there', 'show bgp ipv4 unicast', /198\.51\.100\.0[\s\S]*203\.0\.113\.128/)
        await routers.until('there', 'show bgp ipv6 unicast', /2001:db8:1::/)
        await routers.until('here', 'show bgp ipv4 unicast', /192\.0\.2\.0/)
        await routers.ask('there', `clear bgp ipv4 unicast ${lab.here.ipv4} soft in`)
        const remove = ['address-family ipv4 unicast', 'no network 198.51.100.0/24', 'exit-address-family']
        await routers.configure('here', 'router bgp 65001', ...remove)
        await routers.configure('here', 'router bgp 65001', 'address-family ipv6 unicast', 'no network 2001:db8:1::/48')
        await routers.until('there', 'show bgp ipv4 unicast', /^(?![\s\S]*198\.51\.100)/)
        await routers.until('there', 'show bgp ipv6 unicast', /^(?![\s\S]*2001:db8:1::)/)
        await routers.configure(
          'there',
          'router bgp 4200000002',
          `neighbor ${lab.here.ipv4} shutdown message good night`,
        )
        await routers.until('here', 'show bgp ipv4 unicast summary', /Active|Connect|Idle/)
      },
    )
  },
}

talksAgree('BGP of programs', [sessions])
