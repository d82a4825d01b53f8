import type { PathOptions } from '../../exchange/index.js'
import type { OpenvpnKey } from '../../layers/index.js'
import { digestOf, makeKey } from '../../layers/tunnel/openvpn-key.js'
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
  /** File with the client's key of tls-crypt-v2. */
  tlsCryptV2?: string
  /** Direction of the tls-auth key, as in the client's profile: 0, 1, or `'none'`. Default: what the profile says, else 1. */
  keyDirection?: 0 | 1 | 'none'
  /** Digest of tls-auth (`auth` in the profile). Default: what the profile says, else `'SHA1'`. */
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
const KEY_FILE = text('the path of a key file, as openvpn --genkey makes it')

const OPTIONS: OptionTable<OpenvpnOptions> = {
  ...PATH_OPTIONS,
  ...FAMILY_OPTIONS,
  port: PORTS,
  tcp: FLAG,
  tlsAuth: KEY_FILE,
  tlsCrypt: KEY_FILE,
  tlsCryptV2: KEY_FILE,
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
  /** What packets are protected with; undefined: nothing. */
  key: OpenvpnKey | undefined
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
  return { ...options, family, hosts, ports, tcp, timeout, retry, isRaw, key: keyOf(name, options) }
}

/** Options that name a key file, and what the key is for. */
const KEY_OPTIONS = { tlsAuth: 'tls-auth', tlsCrypt: 'tls-crypt', tlsCryptV2: 'tls-crypt-v2' } as const

function keyOf(name: string, options: OpenvpnOptions): OpenvpnKey | undefined {
  const { keyDirection, digest } = options
  if (digest !== undefined) digestOf(`${name}: option digest`, digest)
  const given = (['tlsAuth', 'tlsCrypt', 'tlsCryptV2'] as const).filter((option) => options[option] !== undefined)
  if (given.length > 1)
    throw new PacketError(
      `${name}: a server has one of tls-auth, tls-crypt and tls-crypt-v2, not ${given.length === 2 ? 'both' : 'all'}: give one key`,
    )
  const [option] = given
  if (option === undefined) return undefined
  const mode = KEY_OPTIONS[option]
  const direction = mode === 'tls-auth' ? keyDirection : undefined
  const key = makeKey(`${name}: option ${option}`, options[option]!, { mode, direction, digest })
  if (key.canWrap) return key
  throw new PacketError(`${name}: option ${option} takes a client's key of tls-crypt-v2, not the server's`)
}
