/** Whether the other end is who it claims to be: known keys pass, changed ones never, unknown ones are decided explicitly. */
import { printable, report } from '../../exchange/index.js'
import { reasonOf, shownPath } from '../../exchange/user-files.js'
import { SessionError } from '../face/session-error.js'
import { askUser, canAsk } from './ask-user.js'
import { fingerprint, type KnownKey, keyType, knownKeys, knownName, remember, verdictOf } from './known-hosts.js'

/** What is done with a key that nobody knows yet. */
export type UnknownKey = 'ask' | 'refuse' | 'remember' | 'accept'

/** The host whose key is looked at. */
export interface HostKeyPlace {
  /** For messages: `ssh root@host`. */
  label: string
  /** Under which name keys are kept. */
  host: string
  port: number
  /** known_hosts files; keys are remembered in the first. */
  files: readonly string[]
  hashed: boolean
  unknown: UnknownKey
  /** The only fingerprint that is taken, where one was given. */
  expected?: string | undefined
}

/** Key algorithms in the order in which ssh2 offers them. */
const ALGORITHMS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const
export type HostKeyAlgorithm = (typeof ALGORITHMS)[number]

/** Algorithms with those first that the host is known by: else another key of it would look like a changed one. */
export function algorithmsFor({ files, host, port }: HostKeyPlace): HostKeyAlgorithm[] {
  const types = new Set(
    knownKeys(files, host, port)
      .filter(({ marker }) => marker === '')
      .map(({ type }) => type),
  )
  const isKnown = (algorithm: string): boolean => types.has(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm)
  return [...ALGORITHMS.filter(isKnown), ...ALGORITHMS.filter((each) => !isKnown(each))]
}

/** Decides on the key of a host. @throws SessionError (HOST_KEY) that says why it is not taken, and what to do */
export async function checkHostKey(place: HostKeyPlace, key: Buffer, signal: AbortSignal): Promise<void> {
  const { label, host, port, files, expected } = place
  const shown = fingerprint(key)
  const type = printable(keyType(key))
  const verdict = verdictOf(knownKeys(files, host, port), key)
  if (verdict.state === 'revoked')
    throw refusal(
      `${label}: its key ${shown} (${type}) is revoked: ${placeOf(verdict.known)} says so. Nothing was sent.`,
    )
  if (expected !== undefined) {
    if (sameFingerprint(expected, shown)) return
    throw refusal(
      `${label}: its key is ${shown} (${type}), and not ${expected} as option fingerprint says. Nothing was sent.`,
    )
  }
  if (verdict.state === 'known') return
  if (verdict.state === 'changed') throw refusal(changedText(place, verdict.known, shown, type))
  const authority = verdict.authorities > 0 ? ' (certificates of hosts, @cert-authority, are not supported)' : ''
  await decide(place, key, `${label}: the host is not known yet${authority}. Its key: ${type} ${shown}`, signal)
}

async function decide(place: HostKeyPlace, key: Buffer, told: string, signal: AbortSignal): Promise<void> {
  const { unknown } = place
  if (unknown === 'accept') return
  if (unknown === 'remember') return keep(place, key)
  if (unknown === 'ask' && canAsk()) {
    const answer = await answerTo(told, signal)
    if (answer === 'yes') return keep(place, key)
    if (answer === 'once') return
    throw refusal(`${place.label}: its key was not accepted`)
  }
  throw refusal(
    `${told}\nWhen that is the right one, give it: fingerprint: '${fingerprint(key)}'. ` +
      `unknown: 'remember' takes and remembers whatever key it shows, unknown: 'accept' takes it for this time.`,
  )
}

async function answerTo(told: string, signal: AbortSignal): Promise<string> {
  const text = `${told}\nIs that right? yes (and remember it), no, once: `
  for (let question = text; ; question = "'yes', 'no' or 'once': ") {
    const answer = (await askUser(question, { signal })).trim().toLowerCase()
    if (['yes', 'no', 'once'].includes(answer)) return answer
  }
}

function keep({ label, files, host, port, hashed }: HostKeyPlace, key: Buffer): void {
  const [file] = files
  if (file === undefined) return
  try {
    remember(file, host, port, key, hashed)
    report(`${label}: its key ${fingerprint(key)} is remembered in ${shownPath(file)}`)
  } catch (error) {
    report(`${label}: its key could not be remembered in ${shownPath(file)}: ${reasonOf(error)}`, 'warning')
  }
}

function changedText(place: HostKeyPlace, known: readonly KnownKey[], shown: string, type: string): string {
  const { label, host, port } = place
  const before = known.map((each) => `  ${each.type} ${fingerprint(each.key)} in ${placeOf(each)}`)
  const others = known.every((each) => each.type !== type) ? ', of another type than those that are known' : ''
  const files = [...new Set(known.map(({ file }) => file))]
  return [
    `${label}: THE KEY OF THIS HOST HAS CHANGED${others}. Somebody may be in between, or the host was set up anew.`,
    `It shows ${type} ${shown}. Known are`,
    ...before,
    'Nothing was sent. When you know why it changed, take the old one out:',
    ...files.map((file) => `  ssh-keygen -f '${file}' -R '${knownName(host, port)}'`),
  ].join('\n')
}

function placeOf({ file, line }: KnownKey): string {
  return `${shownPath(file)}, line ${line}`
}

function sameFingerprint(one: string, other: string): boolean {
  const bare = (text: string): string =>
    text
      .trim()
      .replace(/^SHA256:/i, '')
      .replace(/=+$/, '')
  return bare(one) === bare(other)
}

function refusal(message: string): SessionError {
  return new SessionError(message, 'HOST_KEY')
}
