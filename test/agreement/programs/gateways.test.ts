import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab, Side } from '../../lab/lab.js'
import { privately } from './private-folders.js'
import { type Talk, talksAgree } from './talk.js'

/** Who of the two stands for an address: the one of higher priority, and the other when that one goes. */
const vrrp = (name: string, shows: readonly string[], version: 2 | 3, lines: readonly string[]): Talk => ({
  name,
  rows: ['vrrp'],
  shows: ['vrrp.version', 'vrrp.type', 'vrrp.virt_rtr_id', 'vrrp.prio', 'vrrp.addr_count', 'vrrp.checksum', ...shows],
  capture: { filter: 'vrrp or ip6 proto 112' },
  async talk(lab: Lab) {
    const start = (side: Side, priority: number) => {
      const file = join(lab.folder, `keepalived-${side}-${version}.conf`)
      const instance = [
        `interface ${lab[side].interfaceName}`,
        'virtual_router_id 51',
        `priority ${priority}`,
        ...lines,
      ]
      const global = `global_defs {\n vrrp_version ${version}\n}`
      writeFileSync(file, `${global}\nvrrp_instance lab {\n${instance.join('\n')}\n}\n`)
      const pid = (part: string) => join(lab.folder, `keepalived-${side}${part}.pid`)
      return lab.spawn(side, privately(['/run'], ['keepalived', '-nlP', '-f', file, '-p', pid(''), '-r', pid('-vrrp')]))
    }
    const first = start('there', 150)
    await first.waitFor(/Entering MASTER STATE/)
    const second = start('here', 100)
    await second.waitFor(/Entering BACKUP STATE/)
    await first.stop()
    await second.waitFor(/Entering MASTER STATE/)
    await second.stop()
  },
})

const version2 = vrrp(
  'two keepalived of version 2, with a password',
  ['vrrp.auth_type', 'vrrp.adver_int', 'vrrp.ip_addr'],
  2,
  [
    'advert_int 1',
    'authentication {',
    ' auth_type PASS',
    ' auth_pass secret',
    '}',
    'virtual_ipaddress {',
    ' 192.0.2.1',
    ' 192.0.2.2',
    '}',
  ],
)
const version3 = vrrp('two keepalived of version 3', ['vrrp.short_adver_int', 'vrrp.ip_addr'], 3, [
  'advert_int 0.5',
  'virtual_ipaddress {',
  ' 192.0.2.1',
  '}',
])
const version3of6 = vrrp('two keepalived of version 3 over IPv6', ['vrrp.short_adver_int', 'vrrp.ipv6_addr'], 3, [
  'advert_int 0.5',
  'virtual_ipaddress {',
  ' fe80::51',
  ' 2001:db8::51',
  '}',
])

talksAgree('virtual routers of programs', [version2, version3, version3of6])
