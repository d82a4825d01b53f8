import type { PathOptions } from '../../exchange/index.js'
import { PacketError } from '../../packet/index.js'
import { FAMILY_OPTIONS, type FamilyOptions, familyAsked } from '../family-options.js'
import {
  checkTable,
  FLAG,
  type OptionKind,
  type OptionTable,
  oneOf,
  PATH_OPTIONS,
  PORT,
  RETRY,
  SECONDS,
  text,
} from '../option-kinds.js'
import { hostNames } from '../targets.js'
import { readKeyFile } from './key-file.js'
import { DIGESTS, PLAIN, type Protection, tlsAuth, tlsCrypt } from './protection.js'

/** Options of `openvpnProbe`. */
export interface OpenvpnOptions extends PathOptions, FamilyOptions {
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
  /** How often a question without an answer is sent again (UDP), 0..15. Default 1. */
  retry?: number
}

const PORTS: OptionKind = {
  takes: 'a whole number, 1..65535, or a list of such',
  accepts: (value) =>
    Array.isArray(value) ? value.length > 0 && value.every((each) => PORT.accepts(each)) : PORT.accepts(value),
}
const KEY_FILE = text('the path of a key file, as openvpn --genkey secret makes it')

const OPTIONS: OptionTable<OpenvpnOptions> = {
  ...PATH_OPTIONS,
  ...FAMILY_OPTIONS,
  port: PORTS,
  tcp: FLAG,
  tlsAuth: KEY_FILE,
  tlsCrypt: KEY_FILE,
  keyDirection: oneOf(0, 1, 'none'),
  digest: text('a digest such as SHA256'),
  timeout: SECONDS,
  retry: RETRY,
}

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
  checkTable(name, options, OPTIONS)
  const { port = USUAL_PORT, tcp = false, timeout = 2, retry = 1 } = options
  const ports = typeof port === 'number' ? [port] : port
  const hosts = hostNames(name, given)
  if (hosts.length * ports.length > MOST_PROBES)
    throw new PacketError(`${name}: ${hosts.length * ports.length} questions; at most ${MOST_PROBES} are asked at once`)
  const isRaw = options.iface !== undefined || options.link !== undefined
  if (isRaw && tcp)
    throw new PacketError(`${name}: a connection of TCP is the system's: leave out iface and link, or ask over UDP`)
  const family = familyAsked(name, options)
  return { ...options, family, hosts, ports, tcp, timeout, retry, isRaw, protection: protectionOf(name, options) }
}

function protectionOf(name: string, options: OpenvpnOptions): Protection {
  const { tlsAuth: authFile, tlsCrypt: cryptFile, keyDirection = 1, digest = 'SHA1' } = options
  if (authFile !== undefined && cryptFile !== undefined)
    throw new PacketError(`${name}: a server has either tls-auth or tls-crypt, not both: give one key`)
  const digestName = digest.toUpperCase().replace(/^SHA-/, 'SHA')
  if (DIGESTS[digestName] === undefined)
    throw new PacketError(
      `${name}: option digest must be one of ${Object.keys(DIGESTS).join(' ')} (auth in the profile), not ${digest}`,
    )
  if (authFile !== undefined) return tlsAuth(readKeyFile(name, 'tlsAuth', authFile), keyDirection, digestName)
  if (cryptFile !== undefined) return tlsCrypt(readKeyFile(name, 'tlsCrypt', cryptFile))
  return PLAIN
}
