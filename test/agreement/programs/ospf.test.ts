import type { Lab } from '../../lab/lab.js'
import { must } from '../../lab/process.js'
import { Routers } from './routers.js'
import { type Talk, talksAgree } from './talk.js'

type Side = 'here' | 'there'

/** What makes neighbours known fast, and changes told at once. */
const FAST_INTERFACE = (protocol: string) => [` ${protocol} hello-interval 1`, ` ${protocol} dead-interval 2`]
const FAST_ROUTER = [' timers throttle spf 0 0 0', ' timers throttle lsa all 0', ' timers lsa min-arrival 0']

/** A broadcast network with digests: link states of routers, networks, another area, the outside, and opaque ones. */
const broadcast: Talk = {
  name: 'two ospfd elect a designated router, with digests',
  rows: ['ospf'],
  shows: [
    'ospf.hello.designated_router',
    'ospf.hello.backup_designated_router',
    'ospf.hello.active_neighbor',
    'ospf.db.dd_sequence',
    'ospf.ls.number_of_lsas',
    'ospf.lsa.seqnum',
    'ospf.lsa.router.linkdata',
    'ospf.lsa.network.attchrtr',
    'ospf.lsa.asext.fwdaddr',
    'ospf.lsa.asext.type',
    'ospf.v2.options',
    'ospf.advrouter',
    'ospf.auth.crypt.data',
  ],
  async talk(lab: Lab) {
    await must(['ip', '-n', lab.there.namespace, 'address', 'add', '192.0.2.1/32', 'dev', 'lo'])
    const ospfd = (side: Side, ...more: string[]) => ({
      ospfd: [
        `interface ${lab[side].interfaceName}`,
        ...FAST_INTERFACE('ip ospf'),
        ' ip ospf authentication message-digest',
        ' ip ospf message-digest-key 7 md5 a-secret',
        'router ospf',
        ` ospf router-id ${lab[side].ipv4}`,
        ...FAST_ROUTER,
        ' capability opaque',
        ' router-info area 0.0.0.0',
        ` network ${lab.here.ipv4}/24 area 0`,
        ...more,
      ],
    })
    await Routers.run(
      lab,
      {
        here: ospfd('here', ' redistribute kernel metric 30 metric-type 1', ' default-information originate always'),
        there: ospfd('there', ' network 192.0.2.1/32 area 1'),
      },
      async (routers) => {
        await routers.until('here', 'show ip ospf neighbor', /Full/)
        await routers.until('here', 'show ip ospf database', /Summary Link States[\s\S]*192\.0\.2\.1/)
        await routers.until(
          'there',
          'show ip ospf database',
          /Net Link States[\s\S]*Opaque-LSA[\s\S]*External Link States[\s\S]*0\.0\.0\.0/,
        )
        await routers.configure('here', 'router ospf', 'no default-information originate')
        await routers.until(
          'there',
          'show ip ospf database external',
          /LS age: 3600[\s\S]*Link State ID: 0\.0\.0\.0|^(?![\s\S]*Link State ID: 0\.0\.0\.0)/,
        )
      },
    )
  },
}

/** A line between two routers in an area that knows little of the outside. */
const stub: Talk = {
  name: 'two ospfd on a line in a not-so-stubby area, with a password',
  rows: ['ospf'],
  shows: ['ospf.auth.simple', 'ospf.lsa.router.linktype', 'ospf.lsa.asext.fwdaddr', 'ospf.v2.router.lsa.flags'],
  async talk(lab: Lab) {
    const ospfd = (side: Side, ...more: string[]) => ({
      ospfd: [
        `interface ${lab[side].interfaceName}`,
        ...FAST_INTERFACE('ip ospf'),
        ' ip ospf network point-to-point',
        ' ip ospf authentication',
        ' ip ospf authentication-key secret',
        'router ospf',
        ` ospf router-id ${lab[side].ipv4}`,
        ...FAST_ROUTER,
        ` network ${lab.here.ipv4}/24 area 9`,
        ' area 9 nssa',
        ...more,
      ],
    })
    await Routers.run(lab, { here: ospfd('here', ' redistribute kernel'), there: ospfd('there') }, async (routers) => {
      await routers.until('there', 'show ip ospf neighbor', /Full/)
      await routers.until('there', 'show ip ospf database', /NSSA-external Link States[\s\S]*10\.87/)
    })
  },
}

/** The same for IPv6: link states of links, prefixes, another area and the outside. */
const version3: Talk = {
  name: 'two ospf6d become neighbours',
  rows: ['ospf'],
  shows: [
    'ospf.hello.router_priority',
    'ospf.hello.interface_id',
    'ospf.hello.active_neighbor',
    'ospf.db.dd_sequence',
    'ospf.v3.lsa.link_local_interface_address.ipv6',
    'ospf.v3.lsa.referenced_link_state_id',
    'ospf.v3.address_prefix.ipv6',
    'ospf.v3.lsa.attached_router',
    'ospf.v3.lsa.neighbor_router_id',
    'ospf.v3.router.lsa.flags',
  ],
  async talk(lab: Lab) {
    await must(['ip', '-n', lab.there.namespace, 'address', 'add', '2001:db8:9::1/128', 'dev', 'lo'])
    const ospf6d = (side: Side, ...more: string[]) => ({
      ospf6d: [
        `interface ${lab[side].interfaceName}`,
        ...FAST_INTERFACE('ipv6 ospf6'),
        ' ipv6 ospf6 area 0',
        ...more,
        'router ospf6',
        ` ospf6 router-id ${lab[side].ipv4}`,
        ' timers throttle spf 0 0 0',
        ' timers lsa min-arrival 0',
        ...(side === 'here' ? [' redistribute kernel'] : []),
      ],
    })
    await Routers.run(
      lab,
      {
        here: ospf6d('here'),
        there: ospf6d('there', 'interface lo', ' ipv6 ospf6 area 1'),
      },
      async (routers) => {
        await routers.until('here', 'show ipv6 ospf6 neighbor', /Full/)
        await routers.until('here', 'show ipv6 ospf6 database', /IAP[\s\S]*2001:db8:9::1/)
        await routers.until('there', 'show ipv6 ospf6 database', /ASE[\s\S]*fd00:87/)
      },
    )
  },
}

talksAgree('OSPF of programs', [broadcast, stub, version3])
