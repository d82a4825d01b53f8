import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab, Side } from '../../lab/lab.js'
import { must } from '../../lab/process.js'
import { privately } from './private-folders.js'
import { type Talk, talksAgree } from './talk.js'
import { tunDevice } from './tun-device.js'

const PLUGINS = 'random nonce aes sha1 sha2 hmac kdf gmp kernel-libipsec kernel-netlink socket-default vici'

/** The exchange of keys and packets of ESP within UDP, which the program makes itself, without the kernel. */
const ike = (version: 1 | 2): Talk => ({
  name: `two charon agree on keys by IKE version ${version}`,
  rows: ['ipsec'],
  shows: [
    'isakmp.ispi',
    'isakmp.rspi',
    'isakmp.exchangetype',
    'isakmp.version',
    'isakmp.messageid',
    'isakmp.length',
    'esp.spi',
    'esp.sequence',
  ],
  capture: { filter: 'udp port 500 or udp port 4500' },
  async talk(lab: Lab) {
    await tunDevice()
    const [here, there] = [await start(lab, 'here', version), await start(lab, 'there', version)]
    await must(here.tell('--initiate', '--child', 'inner'))
    await must([
      'ip',
      'netns',
      'exec',
      lab.here.namespace,
      'ping',
      '-c',
      '2',
      '-i',
      '0.2',
      '-I',
      inner('here'),
      inner('there'),
    ])
    await must(here.tell('--terminate', '--ike', 'outer'))
    for (const { child } of [here, there]) await child.stop()
  },
})

const inner = (side: Side): string => (side === 'here' ? '10.82.1.1' : '10.82.2.1')

async function start(lab: Lab, side: Side, version: 1 | 2) {
  const other = side === 'here' ? 'there' : 'here'
  const file = (name: string) => join(lab.folder, `charon-${version}-${side}.${name}`)
  const socket = `unix://${file('vici')}`
  writeFileSync(
    file('settings'),
    `charon {
      load = ${PLUGINS}
      plugins { vici { socket = ${socket} } }
    }
    `,
  )
  writeFileSync(
    file('connections'),
    `connections { outer {
      version = ${version}
      proposals = aes128-sha256-modp2048
      local_addrs = ${lab[side].ipv4}
      remote_addrs = ${lab[other].ipv4}
      local { auth = psk
 id = ${side} }
      remote { auth = psk
 id = ${other} }
      children { inner { esp_proposals = aes128-sha256
 local_ts = ${inner(side)}/32
 remote_ts = ${inner(other)}/32 } }
    } }
    secrets { ike-lab { secret = "a secret" } }`,
  )
  await lab.exec(side, ['ip', 'address', 'add', `${inner(side)}/32`, 'dev', 'lo'])
  const environment = { STRONGSWAN_CONF: file('settings') }
  const child = lab.spawn(side, privately(['/run'], ['/usr/lib/ipsec/charon']), { environment })
  const tell = (...words: string[]) => [
    'ip',
    'netns',
    'exec',
    lab[side].namespace,
    'swanctl',
    ...words,
    '--uri',
    socket,
  ]
  for (let attempt = 0; attempt < 100 && !existsSync(file('vici')); attempt++)
    await new Promise((resolve) => setTimeout(resolve, 50))
  await must(tell('--load-all', '--file', file('connections')))
  return { child, tell }
}

talksAgree('IPsec of programs', [ike(2), ike(1)])
