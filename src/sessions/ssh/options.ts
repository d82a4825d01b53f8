/** What a connection is asked for, checked, and completed from ~/.ssh/config. */
import { userInfo } from 'node:os'
import path from 'node:path'
import { checkOptions, OptionError } from '../../exchange/index.js'
import { atHome, homeOfInvokingUser, invokingUser } from '../../exchange/invoking-user.js'
import {
  ANYTHING,
  checkValue,
  type OptionKind,
  type OptionTable,
  oneOf,
  PORT,
  positive,
  SECONDS,
  text,
} from '../../tools/option-kinds.js'
import { checkReconnect, RECONNECT, type ReconnectOptions } from '../face/backoff.js'
import { HISTORY } from '../face/history.js'
import type { SessionOptions } from '../face/session.js'
import { configOf, sshFolder } from './config-file.js'
import type { UnknownKey } from './host-key.js'
import type { SshSession } from './ssh-session.js'
import { parseTarget } from './target.js'

/** A machine on the way: its target as text, or a session that is open. */
export type Gateway = string | SshSession

/** Options of `ssh.connect`. What is not given comes from ~/.ssh/config, then from the usual values. */
export interface SshOptions extends SessionOptions {
  /** Login name. Default: one's own. */
  user?: string
  /** Default 22. */
  port?: number
  /** A private key: the path of its file, or its text. Then no other key is tried. */
  key?: string
  /** What the private key is encrypted with. */
  passphrase?: string
  /** Socket of the agent; false: none. Default: SSH_AUTH_SOCK. */
  agent?: string | false
  /** Password for logging in. Better: NETSHELL_SSH_PASSWORD in the environment, or the question at the terminal. */
  password?: string
  /** The way there: one or several machines, the first one first; false: directly, whatever ~/.ssh/config says. */
  jump?: Gateway | readonly Gateway[] | false
  /** Seconds for connecting, not counting questions to you. Default 15. */
  timeout?: number
  /** Seconds between questions whether the other end is still there; three without an answer end it. 0: none. Default 15. */
  keepAlive?: number
  /** File of known hosts. Default: ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts. */
  known?: string
  /** What to do with a host that is not known. Default: 'ask' at a terminal, else 'refuse'. */
  unknown?: UnknownKey
  /** The only key of the host that is taken: `'SHA256:…'`. */
  fingerprint?: string
  /** A configuration file instead of ~/.ssh/config; false: none. */
  config?: string | false
  /** Network namespace that the connection starts from. */
  netns?: string
  /** Open it again when it was lost. Default false. */
  reconnect?: boolean | ReconnectOptions
}

const WORDS: OptionKind = { takes: 'a text', accepts: (value) => typeof value === 'string' && value !== '' }
const FINGERPRINT: OptionKind = {
  takes: "a fingerprint such as 'SHA256:…' (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub prints that of a host)",
  accepts: (value) => typeof value === 'string' && /^(SHA256:)?[A-Za-z0-9+/]{43}=?$/.test(value),
}

/** Options of a connection, for all calls that connect. */
const CONNECT_OPTIONS: OptionTable<SshOptions> = {
  user: text('a login name'),
  port: PORT,
  key: text('the path of a private key, or its text'),
  passphrase: WORDS,
  agent: {
    takes: 'the path of a socket, or false',
    accepts: (value) => value === false || (typeof value === 'string' && value !== ''),
  },
  password: WORDS,
  jump: ANYTHING,
  timeout: positive('seconds'),
  keepAlive: SECONDS,
  known: text('the path of a known_hosts file'),
  unknown: oneOf('ask', 'refuse', 'remember', 'accept'),
  fingerprint: FINGERPRINT,
  config: {
    takes: 'the path of a file, or false',
    accepts: (value) => value === false || (typeof value === 'string' && value !== ''),
  },
  netns: text('the name of a network namespace; ip netns lists them'),
  reconnect: RECONNECT,
  history: HISTORY,
}

/** Secrets among the options: they are never shown, not even when they are wrong. */
const SECRET = ['password', 'passphrase']

/** @throws OptionError for options that make no sense */
export function checkConnect(name: string, options: SshOptions): void {
  checkOptions(name, options, Object.keys(CONNECT_OPTIONS))
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined) continue
    const kind = CONNECT_OPTIONS[option as keyof SshOptions]
    if (SECRET.includes(option) && !kind.accepts(value))
      throw new OptionError(`${name}: option ${option} must be ${kind.takes} that is not empty`)
    checkValue(name, option, value, kind)
  }
  checkReconnect(name, options.reconnect)
}

/** Where a connection goes, and how, with nothing left open. */
export interface Plan {
  host: string
  port: number
  user: string
  /** Under which name the host's key is known. */
  keyName: string
  knownFiles: string[]
  hashed: boolean
  unknown: UnknownKey
  fingerprint: string | undefined
  key: string | undefined
  identityFiles: string[]
  identitiesOnly: boolean
  agent: string | undefined
  password: string | undefined
  passphrase: string | undefined
  jump: readonly Gateway[]
  timeout: number
  keepAlive: number
  netns: string | undefined
}

const USUAL_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa']
const TIMEOUT = 15
const KEEPALIVE = 15

/** Target, options and configuration files together. */
export function planOf(targetText: string, options: SshOptions, isGateway = false): Plan {
  const target = parseTarget(targetText)
  const files = options.config === false ? [] : options.config === undefined ? undefined : [atHome(options.config)]
  const config = configOf(target.host, options.user ?? target.user, files)
  const folder = sshFolder()
  const host = config.hostName ?? target.host
  const agent = options.agent ?? agentOf(config.identityAgent)
  return {
    host,
    port: options.port ?? target.port ?? config.port ?? 22,
    user: options.user ?? target.user ?? config.user ?? ownName(),
    keyName: config.hostKeyAlias ?? host,
    knownFiles: options.known === undefined ? knownFiles(folder, config.userKnownHostsFiles) : [atHome(options.known)],
    hashed: config.hashKnownHosts,
    unknown: options.unknown ?? unknownOf(config.strictHostKeyChecking),
    fingerprint: options.fingerprint,
    key: options.key,
    identityFiles:
      config.identityFiles.length > 0 ? config.identityFiles : USUAL_KEYS.map((name) => path.join(folder, name)),
    identitiesOnly: config.identitiesOnly,
    agent: agent === false || agent === '' ? undefined : agent,
    // A machine on the way must not learn the password of the one behind it.
    password: isGateway ? undefined : (options.password ?? (process.env.NETSHELL_SSH_PASSWORD || undefined)),
    passphrase: options.passphrase,
    jump: jumpOf(options.jump ?? config.proxyJump),
    timeout: options.timeout ?? config.connectTimeout ?? TIMEOUT,
    keepAlive: options.keepAlive ?? config.serverAliveInterval ?? KEEPALIVE,
    netns: options.netns,
  }
}

function knownFiles(folder: string, configured: string[] | undefined): string[] {
  if (configured !== undefined) return configured.filter((file) => file.toLowerCase() !== 'none')
  return ['known_hosts', 'known_hosts2'].map((name) => path.join(folder, name)).concat('/etc/ssh/ssh_known_hosts')
}

/** StrictHostKeyChecking in our words; `off` and `no` remember new keys, but never take a changed one. */
function unknownOf(strict: string | undefined): UnknownKey {
  if (strict === 'yes') return 'refuse'
  return strict === 'accept-new' || strict === 'no' || strict === 'off' ? 'remember' : 'ask'
}

function agentOf(configured: string | undefined): string | false | undefined {
  if (configured === undefined || configured === 'SSH_AUTH_SOCK') return process.env.SSH_AUTH_SOCK
  if (configured.toLowerCase() === 'none') return false
  if (configured.startsWith('$')) return process.env[configured.slice(1).replace(/[{}]/g, '')]
  return atHome(configured)
}

function jumpOf(jump: SshOptions['jump']): readonly Gateway[] {
  if (jump === undefined || jump === false) return []
  const list =
    typeof jump === 'string' ? jump.split(',').map((each) => each.trim()) : Array.isArray(jump) ? jump : [jump]
  for (const each of list)
    if (typeof each === 'string') parseTarget(each)
    else if (typeof (each as SshSession | null)?._client !== 'function')
      throw new OptionError(
        `ssh: option jump must be 'user@gateway', an open ssh session or a list of them, not ${String(each)}`,
      )
  return list as readonly Gateway[]
}

/** The login name of who sits at the keyboard. */
function ownName(): string {
  const invoking = invokingUser()
  if (invoking !== null) return process.env.SUDO_USER ?? path.basename(homeOfInvokingUser())
  try {
    return userInfo().username
  } catch {
    return process.env.USER ?? 'root'
  }
}
