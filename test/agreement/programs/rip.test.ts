import type { Lab } from '../../lab/lab.js'
import { Routers } from './routers.js'
import { type Talk, talksAgree } from './talk.js'

type Side = 'here' | 'there'

/** Routes from `here`, which has one to the network behind `there`, learnt there. */
const rip = (name: string, shows: readonly string[], lines: readonly string[]): Talk => ({
  name,
  rows: ['rip'],
  shows: ['rip.command', 'rip.version', 'rip.ip', 'rip.metric', ...shows],
  async talk(lab: Lab) {
    const ripd = (side: Side) => ({
      ripd: [
        ...lines.map((line) => line.replace('VETH', lab[side].interfaceName)),
        'router rip',
        ` network ${lab[side].interfaceName}`,
        ' timers basic 5 15 10',
        ' default-information originate',
        ` route 192.168.${side === 'here' ? 8 : 9}.0/24`,
      ],
    })
    await Routers.run(lab, { here: ripd('here'), there: ripd('there') }, async (routers) => {
      await routers.until('there', 'show ip rip', /R\(n\)\s+192\.168\.8\.0/)
      await routers.until('here', 'show ip rip', /R\(n\)\s+192\.168\.9\.0/)
    })
  },
})

const version1 = rip(
  'two ripd of version 1',
  [],
  ['interface VETH', ' ip rip send version 1', ' ip rip receive version 1'],
)
const version2 = rip('two ripd of version 2', ['rip.family'], [])
const password = rip(
  'two ripd with a password',
  ['rip.auth.type', 'rip.auth.passwd'],
  ['interface VETH', ' ip rip authentication mode text', ' ip rip authentication string secret'],
)
const digest = rip(
  'two ripd with digests',
  ['rip.auth.type', 'rip.key_id', 'rip.seq_num', 'rip.digest_offset'],
  [
    'key chain lab',
    ' key 9',
    '  key-string secret',
    'interface VETH',
    ' ip rip authentication mode md5',
    ' ip rip authentication key-chain lab',
  ],
)

const ng: Talk = {
  name: 'two ripngd',
  rows: ['rip'],
  shows: ['ripng.cmd', 'ripng.version', 'ripng.rte.ipv6_prefix', 'ripng.rte.prefix_length', 'ripng.rte.metric'],
  async talk(lab: Lab) {
    const ripngd = (side: Side) => ({
      ripngd: [
        'router ripng',
        ` network ${lab[side].interfaceName}`,
        ' timers basic 5 15 10',
        ' default-information originate',
        ' redistribute kernel',
        ` route 2001:db8:${side === 'here' ? 1 : 2}::/48`,
      ],
    })
    await Routers.run(lab, { here: ripngd('here'), there: ripngd('there') }, async (routers) => {
      await routers.until('there', 'show ipv6 ripng', /R\(n\)\s+2001:db8:1::/)
      await routers.until('here', 'show ipv6 ripng', /R\(n\)\s+2001:db8:2::/)
    })
  },
}

talksAgree('RIP of programs', [version1, version2, password, digest, ng])
