#!/usr/bin/env netshell
// A layer of one's own in a few lines, then the complete one, then a server that is asked with it, also under a key.
// Without --host it starts a server of its own on this machine, if openvpn and openssl are installed, and needs no root:
//   ./netshell run scripts/openvpn-layer.nsh
// Elsewhere: ./netshell run scripts/openvpn-layer.nsh --host vpn.example.org --key client.ovpn
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createSocket } from 'node:dgram'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const host = param('host', { type: 'address', help: 'a server to ask; unset: one of our own' })
const port = param('port', { type: 'port', default: 1194, help: 'its port' })
const key = param('key', { type: 'file', help: 'its key file, or the profile of a client' })
const mode = param('mode', { choices: ['tls-auth', 'tls-crypt', 'tls-crypt-v2'], help: 'what the key is for, where the file does not say it' })
const direction = param('direction', { choices: ['0', '1', 'none'], help: 'direction of a key of tls-auth, as in the profile' })
const digest = param('digest', { help: 'digest of tls-auth, as in the profile' })
const tcp = param('tcp', { default: false, help: 'ask over TCP' })
const timeout = param('timeout', { type: 'duration', default: 2, help: 'how long to wait for an answer' })

console.log('1. A layer of one\'s own: five bits, three bits, and the length that only TCP has.')
const SmallVpn = layer('SmallVpn', {
  length: u16().auto(c => c.headerLength + c.payloadLength - 2).when(me => me.under?.layerName === 'TCP'),
  opcode: bitsEnum(5, 7, { 4: 'CONTROL_V1', 5: 'ACK_V1', 7: 'HARD_RESET_CLIENT_V2', 8: 'HARD_RESET_SERVER_V2' }),
  keyid: bits(3),
}, 'OpenVPN, as far as its first byte.')
// The latest binding wins: until it is taken back, the small layer stands where the complete one would.
const unbind = [bind(UDP, SmallVpn, { dport: 1194 }), bind(TCP, SmallVpn, { dport: 1194 })]
// Session id, no acknowledgements, packet number 0: what the small layer does not know.
const rest = hex('78dd5d8aa7d1c938 00 00000000')
const addresses = { src: '10.0.0.1', dst: '10.0.0.2' }
const small = IP(addresses)/UDP({ sport: 45290 })/SmallVpn()/rest
small.show()
console.log('\nOver TCP, it has its length:')
console.log((IP(addresses)/TCP({ sport: 45290 })/SmallVpn()/rest)[SmallVpn].hex())
const bytes = small.bytes()
for (const each of unbind) each()

console.log('\n2. The complete layer reads the same bytes to the end:')
const complete = dissect(IP, bytes)
complete[OpenVPN].show()
const same = complete[OpenVPN].hex() === OpenVPN().hex()
console.log(`OpenVPN() alone gives ${same ? 'the same' : 'other'} bytes: ${OpenVPN().hex()}`)

console.log('\n3. An answer, of the server in the practice network:')
const network = practiceNetwork()
const reply = sr1(IP({ dst: '10.0.0.2' })/UDP({ sport: 45290, dport: 1194 })/OpenVPN(), { link: network.link, timeout: 1, quiet: true })
reply[OpenVPN].show()
console.log(`It repeats our session id: ${reply.remotesessionid === complete.sessionid}`)

console.log('\n4. Under a key: nobody but who has it can read the packet, or gets an answer.')
// Anybody's key: 256 bytes of nothing.
const practice = openvpnKey(new Uint8Array(256), { mode: 'tls-crypt' })
const wrapped = openvpnWrap(OpenVPN(), practice, { packetId: 1, time: 1700000000 })
wrapped.show()
console.log('With the key:', openvpnUnwrap(wrapped, practice).summary())
try {
  openvpnUnwrap(wrapped, openvpnKey(new Uint8Array(256).fill(1), { mode: 'tls-crypt' }))
} catch (error) {
  console.log('With another:', error.message)
}

console.log('\n5. A real server:')
if (host !== undefined) await ask(host, port, key, { mode, direction: direction === undefined || direction === 'none' ? direction : Number(direction), digest })
else await askOurOwn()

/** Asks a server, and shows its answer. */
async function ask(server, at, file, options) {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  const keyMode = file === undefined ? undefined : openvpnKey(file, given).mode
  const named = { 'tls-auth': 'tlsAuth', 'tls-crypt': 'tlsCrypt', 'tls-crypt-v2': 'tlsCryptV2' }[keyMode]
  const probe = () => openvpnProbe(server, {
    port: at,
    tcp,
    timeout,
    ...(named === undefined ? {} : { [named]: file }),
    ...(keyMode === 'tls-auth' && given.direction !== undefined ? { keyDirection: given.direction } : {}),
    ...(given.digest === undefined ? {} : { digest: given.digest }),
  })
  let result = await probe()
  // A server of our own says that it listens for TCP a moment before it does.
  for (let again = 0; again < 20 && host === undefined && result.findings[0].state === 'closed'; again++) {
    await sleep(0.05)
    result = await probe()
  }
  console.log(String(result))
  result.findings[0].answer?.show()
}

/** A port that nobody has just now. */
function freePort() {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4').on('error', reject)
    socket.bind(0, '127.0.0.1', () => {
      const free = socket.address().port
      socket.close(() => resolve(free))
    })
  })
}

/** Starts a server in three ways and asks each: without a key, with tls-auth, with tls-crypt. */
async function askOurOwn() {
  const missing = ['openvpn', 'openssl'].filter(program => spawnSync(program, ['--version']).error !== undefined)
  if (missing.length > 0) return console.log(`${missing.join(' and ')} not installed: no server of our own. --host asks another.`)
  const folder = mkdtempSync(join(tmpdir(), 'netshell-openvpn-'))
  const run = (program, ...words) => spawnSync(program, words, { cwd: folder })
  try {
    run('openssl', ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout server.pem -out server.crt -days 2 -subj /CN=server.practice'.split(' '))
    run('openvpn', '--genkey', 'secret', 'ta.key')
    const file = join(folder, 'ta.key')
    await withServer(folder, [], async at => await ask('127.0.0.1', at, undefined, {}))
    await withServer(folder, ['--tls-auth', 'ta.key', '0'], async at => await ask('127.0.0.1', at, file, { mode: 'tls-auth' }))
    await withServer(folder, ['--tls-crypt', 'ta.key'], async at => {
      console.log('\nWithout its key it says nothing:')
      await ask('127.0.0.1', at, undefined, {})
    })
    await withServer(folder, ['--tls-crypt', 'ta.key'], async at => await ask('127.0.0.1', at, file, { mode: 'tls-crypt' }))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Runs openvpn without a tunnel while `work` lasts. */
async function withServer(folder, words, work) {
  const at = await freePort()
  const files = ['--ca', 'server.crt', '--cert', 'server.crt', '--key', 'server.pem', '--dh', 'none']
  const way = ['--proto', tcp ? 'tcp-server' : 'udp', '--local', '127.0.0.1', '--port', String(at)]
  const server = spawn('openvpn', ['--dev', 'null', '--tls-server', ...files, ...way, ...words], { cwd: folder })
  try {
    console.log(`\nopenvpn ${words.join(' ') || 'without a key'}:`)
    await new Promise((resolve, reject) => {
      server.on('exit', status => reject(new Error(`openvpn ended with status ${status}`)))
      server.stdout.on('data', text => /link remote|Listening for/.test(text) && resolve())
    })
    await work(at)
  } finally {
    server.removeAllListeners('exit')
    server.kill('SIGKILL')
  }
}
