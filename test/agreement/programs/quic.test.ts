import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab } from '../../lab/lab.js'
import { makeOpenVpnFiles } from '../../lab/openvpn.js'
import type { Child } from '../../lab/process.js'
import { type Talk, talksAgree } from './talk.js'

/** ngtcp2's server on the port of HTTPS, with a page. */
async function serve(lab: Lab, ...words: readonly string[]): Promise<Child> {
  const { folder } = await makeOpenVpnFiles(join(lab.folder, 'quic'))
  writeFileSync(join(folder, 'page.txt'), 'A page.\n')
  const server = lab.spawn('there', ['gtlsserver', ...words, '-d', folder, '*', '443', 'server.key', 'server.crt'], {
    folder,
  })
  await server.waitFor(/Using document root/)
  return server
}

/** ngtcp2's client, which asks for the page by HTTP/3. */
const ask = (lab: Lab, ...words: readonly string[]) =>
  lab.exec(
    'here',
    ['gtlsclient', '-q', '--exit-on-all-streams-close', ...words, lab.there.ipv4, '443', 'https://server.lab/page.txt'],
    {
      folder: join(lab.folder, 'quic'),
    },
  )

/** Datagrams that begin with a long header. The length of the id in a short one is known only to who gave it. */
const LONG_HEADERS = 'udp port 443 and udp[8] & 0x80 != 0'
const IDS = 'tshark knows from the connection how long the id of a short header is'
const SERVER_HELLO =
  "a server's packet is decrypted with an id that stands in the client's only: openInitial(packet, dcid)"

const pages: Talk = {
  name: "ngtcp2's server and client: a page by HTTP/3, a session taken up again, a version that nobody has",
  rows: ['quic', 'tls-fingerprints'],
  shows: [
    'quic.version',
    'quic.scid',
    'quic.length',
    'quic.supported_version',
    'tls.handshake.extensions_server_name',
    'tls.handshake.ja3',
    'tls.handshake.ja3_full',
  ],
  capture: { filter: LONG_HEADERS },
  except: { 'quic.dcid': IDS, 'tls.handshake.ja3s': SERVER_HELLO, 'tls.handshake.ja3s_full': SERVER_HELLO },
  async talk(lab) {
    const server = await serve(lab)
    const session = ['--session-file=session', '--tp-file=parameters']
    await ask(lab, '--sni=server.lab', ...session)
    await ask(lab, '--sni=server.lab', ...session)
    await ask(lab, '-v', '0x1a2a3a4a')
    await server.stop()
  },
}

const TRIED_AGAIN = "tshark does not decrypt a client's second first packet"

const retry: Talk = {
  name: "ngtcp2's server and client: a client has to show that its address is its own",
  rows: ['quic', 'tls-fingerprints'],
  shows: ['quic.version', 'quic.scid', 'quic.length', 'quic.retry_token'],
  capture: { filter: LONG_HEADERS },
  except: {
    ...pages.except,
    'tls.handshake.ja3': TRIED_AGAIN,
    'tls.handshake.ja3_full': TRIED_AGAIN,
    'tls.handshake.extensions_server_name': TRIED_AGAIN,
  },
  async talk(lab) {
    const server = await serve(lab, '--validate-addr')
    await ask(lab, '--sni=server.lab')
    await server.stop()
  },
}

talksAgree('programs of QUIC', [pages, retry])
