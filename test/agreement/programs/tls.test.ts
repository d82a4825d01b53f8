import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Lab } from '../../lab/lab.js'
import { makeOpenVpnFiles } from '../../lab/openvpn.js'
import { type Child, must } from '../../lab/process.js'
import { listens } from './listening.js'
import { type Talk, talksAgree } from './talk.js'

/** Certificates of an authority and a server (`ca.crt`, `server.crt`, `server.key`) and a short page, made once. */
async function files(lab: Lab): Promise<string> {
  folder ??= makeOpenVpnFiles(join(lab.folder, 'tls')).then((made) => made.folder)
  writeFileSync(join(await folder, 'page.txt'), 'A short page.\n')
  return await folder
}
let folder: Promise<string> | undefined

/** `openssl s_server` on the port of HTTPS, ready. */
async function serve(lab: Lab, words: string): Promise<Child> {
  const command = `openssl s_server -accept 443 -cert server.crt -key server.key -CAfile ca.crt ${words}`
  const server = lab.spawn('there', command.split(' '), { folder: await files(lab) })
  await server.waitFor(/ACCEPT/)
  return server
}

/** A page that curl asks for. */
const get = async (lab: Lab, words: string, page: string) => {
  const command = `curl -sS ${words} --resolve server.lab:443:${lab.there.ipv4} https://server.lab/${page}`
  return must(['ip', 'netns', 'exec', lab.here.namespace, ...command.split(' ')], { folder: await files(lab) })
}

/** `openssl s_client`, which asks for nothing: its input ends once it has shown its handshake, and has the session to keep. */
async function connect(lab: Lab, words: string, keep?: string): Promise<void> {
  const own = keep === undefined ? words : `${words} -sess_out ${keep}`
  const command = `openssl s_client -connect ${lab.there.ipv4}:443 -CAfile ca.crt ${own}`
  const client = lab.spawn('here', command.split(' '), { folder: await files(lab) })
  await client.waitFor(/---\n|:error:/)
  if (keep !== undefined)
    await expect.poll(() => existsSync(join(lab.folder, 'tls', keep)), { timeout: 3000 }).toBe(true)
  client.endInput()
  await client.exited
}

const web: Talk = {
  name: 'openssl s_server and curl: versions 1.3 and 1.2, name of the server, protocols',
  rows: ['tls', 'tls-fingerprints', 'tls-hello'],
  shows: [
    'tls.record.version',
    'tls.record.length',
    'tls.handshake.type',
    'tls.handshake.random',
    'tls.handshake.ciphersuite',
    'tls.handshake.extension.type',
    'tls.handshake.extensions_supported_group',
    'tls.handshake.extensions.supported_version',
    'tls.handshake.extensions_server_name',
    'tls.handshake.extensions_alpn_str',
    'tls.handshake.certificate',
    'tls.change_cipher_spec',
    'tls.handshake.ja3',
    'tls.handshake.ja3_full',
    'tls.handshake.ja3s',
    'tls.handshake.ja3s_full',
  ],
  async talk(lab) {
    const server = await serve(lab, '-WWW -alpn http/1.1')
    for (const words of ['--tls-max 1.3', '--tls-max 1.2', '--tlsv1.3 --no-alpn'])
      await get(lab, `${words} --cacert ca.crt`, 'page.txt')
    await server.stop()
  },
}

const sessions: Talk = {
  name: 'openssl s_server and s_client: sessions taken up again, a group asked for anew, early data',
  rows: ['tls', 'tls-fingerprints', 'tls-hello'],
  shows: [
    'tls.handshake.session_ticket',
    'tls.handshake.session_id',
    'tls.handshake.extension.type',
    'tls.handshake.ja3s',
  ],
  async talk(lab) {
    const server = await serve(lab, '-groups P-384 -early_data')
    for (const version of ['-tls1_2', '-tls1_3 -groups P-256:P-384']) {
      const session = `session${version.slice(0, 7)}.pem`
      await connect(lab, `${version} -servername server.lab`, session)
      await connect(lab, `${version} -servername server.lab -sess_in ${session} -early_data page.txt`)
    }
    await connect(lab, '-tls1_2 -no_ticket -status')
    await server.stop()
  },
}

const refusals: Talk = {
  name: 'openssl s_server and s_client: certificates of clients, and alerts',
  rows: ['tls', 'tls-fingerprints', 'tls-hello'],
  shows: [
    'tls.alert_message.level',
    'tls.alert_message.desc',
    'tls.handshake.cert_types_count',
    'tls.handshake.certificate',
  ],
  async talk(lab) {
    const asking = await serve(lab, '-Verify 2 -verify_return_error')
    await connect(lab, '-tls1_2 -cert server.crt -key server.key')
    await connect(lab, '-tls1_3 -cert server.crt -key server.key')
    await connect(lab, '-tls1_2')
    await connect(lab, '-tls1_3')
    await asking.stop()
    const modern = await serve(lab, '-tls1_3')
    await connect(lab, '-tls1_2')
    await modern.stop()
    const old = await serve(lab, '-tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256')
    await connect(lab, '-cipher ECDHE-ECDSA-AES256-GCM-SHA384')
    await connect(lab, '-CAfile page.txt -verify_return_error')
    await connect(lab, '-verify_return_error -verifyCAfile server.crt')
    await old.stop()
  },
}

const long: Talk = {
  name: 'openssl s_server and curl: messages and records over several segments',
  rows: ['tls', 'tls-fingerprints', 'tls-hello'],
  shows: [
    'tls.handshake.session_id',
    'tls.handshake.extension.type',
    'tls.change_cipher_spec',
    'tls.handshake.ja3s_full',
  ],
  except: {
    tls: 'a segment that begins inside a record is bytes: netshell reads each packet for itself',
    'tls.handshake.type': 'tshark, told to do the same, shows nothing of a message that goes on',
    'tls.handshake.length': 'as its type',
    'tls.record.version': 'the same of a record',
    'tls.record.length': 'the same of a record',
  },
  async talk(lab) {
    const home = await files(lab)
    const names = Array.from({ length: 200 }, (_, index) => `DNS:host-${index}.a-long-name.lab`)
    const request = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=server.lab'
    const more = `-keyout long.key -out long.crt -addext subjectAltName=DNS:server.lab,${names.join(',')}`
    await must(['openssl', ...`${request} ${more}`.split(' ')], { folder: home })
    writeFileSync(join(home, 'long.txt'), 'A line of a long page.\n'.repeat(2000))
    const server = await serve(lab, '-WWW -cert long.crt -key long.key')
    await get(lab, '--tls-max 1.2 --cacert long.crt', 'long.txt')
    await get(lab, '--tls-max 1.3 --cacert long.crt', 'long.txt')
    await server.stop()
  },
}

const together: Talk = {
  name: "NSS's selfserv and tstclnt: several messages in one record",
  rows: ['tls', 'tls-fingerprints', 'tls-hello'],
  shows: ['tls.record.length', 'tls.handshake.type', 'tls.handshake.length', 'tls.handshake.ja3', 'tls.handshake.ja3s'],
  async talk(lab) {
    const home = await files(lab)
    const inHome = (command: string, ...more: string[]) => must([...command.split(' '), ...more], { folder: home })
    mkdirSync(join(home, 'nss'))
    await inHome('openssl pkcs12 -export -in server.crt -inkey server.key -name server -passout pass: -out server.p12')
    await inHome('certutil -N -d sql:nss --empty-password')
    await inHome('pk12util -i server.p12 -d sql:nss -W', '')
    for (const version of ['tls1.2', 'tls1.3']) {
      const command = `selfserv -d sql:nss -n server -p 443 -V ${version}:${version}`
      const server = lab.spawn('there', command.split(' '), { folder: home })
      await listens(lab, 'there', 443)
      const client = `tstclnt -h ${lab.there.ipv4} -p 443 -a server.lab -d sql:nss -o -Q -V ${version}:${version}`
      const asking = lab.spawn('here', client.split(' '), { folder: home })
      // The handshake is over; it does not always end by itself.
      await asking.waitFor(/cache misses/)
      await asking.stop('SIGKILL')
      await get(lab, `--tls-max ${version.slice(3)} --cacert ca.crt`, '')
      await server.stop('SIGKILL')
    }
  },
}

talksAgree('programs of TLS', [web, sessions, refusals, long, together])
