import { join } from 'node:path'
import type { Lab } from '../../lab/lab.js'
import type { Child } from '../../lab/process.js'
import { listens } from './listening.js'
import { WITHOUT_QUOTATIONS } from './quotations.js'
import { type Talk, talksAgree } from './talk.js'

/** coturn without files of its own elsewhere; it wants a name and a password, and relays to a side of the lab. */
async function relay(lab: Lab): Promise<Child> {
  const file = (name: string) => join(lab.folder, name)
  const server = lab.spawn('there', [
    ...[
      'turnserver',
      '-n',
      '-L',
      lab.there.ipv4,
      '-E',
      lab.there.ipv4,
      '--lt-cred-mech',
      '-u',
      'reader:secret',
      '-r',
      'lab',
    ],
    ...[
      '--no-cli',
      '--no-tls',
      '--no-dtls',
      '--log-file',
      'stdout',
      '--pidfile',
      file('turn.pid'),
      '--db',
      file('turn.db'),
    ],
    ...['--min-port', '50000', '--max-port', '50100', '--fingerprint'],
  ])
  await listens(lab, 'there', 3478)
  return server
}

const binding: Talk = {
  name: 'coturn and its client: the address that the other side sees',
  rows: ['stun'],
  shows: [
    'stun.type',
    'stun.length',
    'stun.cookie',
    'stun.id',
    'stun.att.software',
    'stun.att.crc32',
    'stun.att.ipv4',
    'stun.att.port',
  ],
  capture: WITHOUT_QUOTATIONS,
  async talk(lab) {
    const server = await relay(lab)
    await lab.exec('here', ['turnutils_stunclient', lab.there.ipv4])
    await lab.exec('here', ['turnutils_natdiscovery', '-m', '-f', lab.there.ipv4])
    await server.stop()
  },
}

const SHOWN = [
  'stun.type',
  'stun.length',
  'stun.cookie',
  'stun.id',
  'stun.att.username',
  'stun.att.realm',
  'stun.att.nonce',
  'stun.att.lifetime',
  'stun.att.hmac',
  'stun.att.ipv4',
  'stun.att.port',
  'stun.att.error.class',
  'stun.att.error',
]

/** A client that has messages relayed to a peer, which sends them back. */
async function relayed(lab: Lab, ...words: readonly string[]): Promise<void> {
  const server = await relay(lab)
  const peer = lab.spawn('here', ['turnutils_peer', '-L', lab.here.ipv4])
  await listens(lab, 'here', 3480)
  const client = [
    'turnutils_uclient',
    '-u',
    'reader',
    '-w',
    'secret',
    '-n',
    '3',
    '-l',
    '60',
    '-e',
    lab.here.ipv4,
    '-c',
    '-v',
    ...words,
  ]
  const result = await lab.exec('here', [...client, lab.there.ipv4])
  if (result.status !== 0) throw new Error(result.stdout + result.stderr)
  await peer.stop()
  await server.stop()
}

const channels: Talk = {
  name: 'coturn and its client over UDP: an allocation with a password, a channel, data both ways',
  rows: ['stun'],
  shows: [...SHOWN, 'stun.att.channelnum', 'stun.channel'],
  capture: WITHOUT_QUOTATIONS,
  talk: (lab) => relayed(lab, '-G'),
}

const indications: Talk = {
  name: 'coturn and its client over UDP: data in messages, without a channel',
  rows: ['stun'],
  shows: SHOWN,
  capture: WITHOUT_QUOTATIONS,
  talk: (lab) => relayed(lab, '-s', '-g'),
}

const streams: Talk = {
  name: 'coturn and its client over TCP',
  rows: ['stun'],
  shows: [...SHOWN, 'stun.att.channelnum', 'stun.channel'],
  capture: WITHOUT_QUOTATIONS,
  talk: (lab) => relayed(lab, '-t'),
}

talksAgree('programs of relays', [binding, channels, indications, streams])
