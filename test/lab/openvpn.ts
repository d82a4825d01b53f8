/** A real OpenVPN server for the lab, with a certificate authority made on the spot. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Child } from './process.js'
import { must } from './process.js'

export interface OpenVpnOptions {
  /** Default 'udp'. */
  protocol?: 'udp' | 'tcp'
  /** Default 1194. */
  port?: number
  /** How the control channel is protected; default 'plain'. The server's key direction under tls-auth is 0. */
  mode?: 'plain' | 'tls-auth' | 'tls-crypt'
}

export interface OpenVpnServer {
  protocol: 'udp' | 'tcp'
  port: number
  mode: 'plain' | 'tls-auth' | 'tls-crypt'
  child: Child
  /** The static key of tls-auth and tls-crypt: 256 bytes. A client uses key direction 1 with tls-auth. */
  staticKey: Uint8Array
  stop(): Promise<void>
}

export interface OpenVpnFiles {
  folder: string
  staticKey: Uint8Array
}

/** Makes certificates (valid for two days) and a static key in `folder`. Takes about 0.1 s. */
export async function makeOpenVpnFiles(folder: string): Promise<OpenVpnFiles> {
  mkdirSync(folder, { recursive: true })
  const openssl = (words: string) => must(['openssl', ...words.split(' ')], { folder })
  const key = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
  await openssl(`req -x509 ${key} -keyout ca.key -out ca.crt -days 2 -subj /CN=authority.lab`)
  await openssl(`req ${key} -keyout server.key -out server.csr -subj /CN=server.lab`)
  await openssl('x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out server.crt -days 2')
  await must(['openvpn', '--genkey', 'secret', 'static.key'], { folder })
  return { folder, staticKey: readStaticKey(join(folder, 'static.key')) }
}

function readStaticKey(path: string): Uint8Array {
  const hex = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => /^[0-9a-f]{32}$/.test(line))
    .join('')
  if (hex.length !== 512) throw new Error(`openvpn wrote a static key of ${hex.length / 2} bytes, 256 were expected`)
  return new Uint8Array(Buffer.from(hex, 'hex'))
}

/**
 * The command line of the server. With a tun device, which it leaves down and without address, it serves any number of
 * clients. Where a container has no /dev/net/tun, it is a point-to-point server, which greets only the first client.
 */
export function openVpnCommand(folder: string, { protocol, port, mode }: Required<OpenVpnOptions>): string[] {
  const file = (name: string) => join(folder, name)
  const protection = {
    plain: [],
    'tls-auth': ['--tls-auth', file('static.key'), '0'],
    'tls-crypt': ['--tls-crypt', file('static.key')],
  }[mode]
  return [
    ...['openvpn', ...(servesMany() ? ['--dev', 'tun', '--mode', 'server'] : ['--dev', 'null'])],
    ...['--tls-server', '--dh', 'none', '--verb', '3'],
    ...['--proto', protocol === 'tcp' ? 'tcp-server' : 'udp', '--port', String(port)],
    ...['--ca', file('ca.crt'), '--cert', file('server.crt'), '--key', file('server.key'), ...protection],
  ]
}

/** What the server prints once it answers. */
export function openVpnReady(): RegExp {
  return servesMany() ? /Initialization Sequence Completed/ : /UDPv4 link remote|Listening for incoming TCP/
}

/** Whether the server greets every client, or only its first. */
export function servesMany(): boolean {
  return existsSync('/dev/net/tun')
}
