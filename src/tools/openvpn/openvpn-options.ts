import { checkNumber, checkOptions, checkPath, type PathOptions } from '../../exchange/index.js'
import { PacketError } from '../../packet/index.js'
import { readKeyFile } from './key-file.js'
import { DIGESTS, PLAIN, type Protection, tlsAuth, tlsCrypt } from './protection.js'

/** Options of `openvpnProbe`. */
export interface OpenvpnOptions extends PathOptions {
  /** Port or ports. Default 1194. */
  port?: number | readonly number[]
  /** Over TCP. Default false: UDP. */
  tcp?: boolean
  /** File with the static key of tls-auth. */
  tlsAuth?: string
  /** File with the static key of tls-crypt. */
  tlsCrypt?: string
  /** Direction of the tls-auth key, as in the client's profile: 0, 1, or `'none'`. Default 1. */
  keyDirection?: 0 | 1 | 'none'
  /** Digest of tls-auth (`auth` in the profile). Default `'SHA1'`. */
  digest?: string
  /** Seconds that each answer is waited for. Default 2. */
  timeout?: number
  /** How often a question without an answer is sent again (UDP). Default 1. */
  retry?: number
  /** Only IPv4 (4) or IPv6 (6) addresses of a name. */
  family?: 4 | 6
}

const NAMES = [
  ...['port', 'tcp', 'tlsAuth', 'tlsCrypt', 'keyDirection', 'digest', 'timeout', 'retry', 'family'],
  ...['iface', 'link', 'netns'],
]

const USUAL_PORT = 1194
/** Questions of one call. */
const MOST_PROBES = 65536

/** Options with their defaults. */
export interface OpenvpnSettings extends OpenvpnOptions {
  hosts: readonly string[]
  ports: readonly number[]
  tcp: boolean
  timeout: number
  retry: number
  protection: Protection
  /** Packets of our own instead of a socket. */
  isRaw: boolean
}

/** @throws PacketError that says what is wrong */
export function openvpnSettings(given: string | readonly string[], options: OpenvpnOptions): OpenvpnSettings {
  const name = 'openvpnProbe'
  checkOptions(name, options, NAMES)
  checkPath(name, options)
  const { port = USUAL_PORT, tcp = false, timeout = 2, retry = 1, family } = options
  checkNumber(name, 'timeout', timeout, false)
  checkNumber(name, 'retry', retry, true)
  if (family !== undefined && family !== 4 && family !== 6)
    throw new PacketError(`${name}: option family must be 4 or 6, not ${String(family)}`)
  const ports = typeof port === 'number' ? [port] : [...port]
  for (const each of ports) {
    if (!(Number.isInteger(each) && each >= 1 && each <= 65535))
      throw new PacketError(
        `${name}: option port must be a whole number, 1..65535, or a list of such, not ${String(each)}`,
      )
  }
  const hosts = typeof given === 'string' ? [given] : [...(given ?? [])]
  if (hosts.length === 0 || ports.length === 0) throw new PacketError(`${name}: give a host: openvpnProbe('10.0.0.1')`)
  if (hosts.length * ports.length > MOST_PROBES)
    throw new PacketError(`${name}: ${hosts.length * ports.length} questions; at most ${MOST_PROBES} are asked at once`)
  const isRaw = options.iface !== undefined || options.link !== undefined
  if (isRaw && tcp)
    throw new PacketError(`${name}: a connection of TCP is the system's: leave out iface and link, or ask over UDP`)
  return { ...options, hosts, ports, tcp, timeout, retry, isRaw, protection: protectionOf(name, options) }
}

function protectionOf(name: string, options: OpenvpnOptions): Protection {
  const { tlsAuth: authFile, tlsCrypt: cryptFile, keyDirection = 1, digest = 'SHA1' } = options
  if (authFile !== undefined && cryptFile !== undefined)
    throw new PacketError(`${name}: a server has either tls-auth or tls-crypt, not both: give one key`)
  if (keyDirection !== 0 && keyDirection !== 1 && keyDirection !== 'none')
    throw new PacketError(`${name}: option keyDirection must be 0, 1 or 'none', not ${String(keyDirection)}`)
  const digestName = String(digest).toUpperCase().replace(/^SHA-/, 'SHA')
  if (DIGESTS[digestName] === undefined)
    throw new PacketError(
      `${name}: option digest must be one of ${Object.keys(DIGESTS).join(' ')} (auth in the profile), not ${String(digest)}`,
    )
  if (authFile !== undefined) return tlsAuth(readKeyFile(name, 'tlsAuth', authFile), keyDirection, digestName)
  if (cryptFile !== undefined) return tlsCrypt(readKeyFile(name, 'tlsCrypt', cryptFile))
  return PLAIN
}
