/** known_hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): which key belongs to which host. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { closeSync, constants, fchmodSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import path from 'node:path'
import { asInvokingUser } from '../../exchange/invoking-user.js'
import { matchesAny, readQuietly } from './config-file.js'

/** One line that is about a host. */
export interface KnownKey {
  file: string
  /** Line number, from 1. */
  line: number
  /** Type of the key: `ssh-ed25519`. */
  type: string
  /** The key as it goes over the wire. */
  key: Buffer
  marker: '' | '@revoked' | '@cert-authority'
}

/** What the files say of a host's key. */
export type KeyVerdict =
  | { state: 'known' }
  /** No line is about this host, or only lines with certificate authorities. */
  | { state: 'unknown'; authorities: number }
  /** The host is known by other keys, of this type or of others. */
  | { state: 'changed'; known: KnownKey[] }
  | { state: 'revoked'; known: KnownKey }

/** `SHA256:…` as ssh-keygen -l shows it. */
export function fingerprint(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

/** Type of a key, from its wire form. */
export function keyType(key: Uint8Array): string {
  const { byteLength, byteOffset, buffer } = key
  const length = byteLength < 4 ? 0 : new DataView(buffer, byteOffset, byteLength).getUint32(0)
  return length > byteLength - 4 || length > 64 ? '' : Buffer.from(key.subarray(4, 4 + length)).toString('latin1')
}

/** How a host stands in the file: its port only when it is not 22. */
export function knownName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`
}

/** Lines of the files that are about a host. */
export function knownKeys(files: readonly string[], host: string, port: number): KnownKey[] {
  const name = knownName(host, port)
  return files.flatMap((file) => {
    // However long it is: to overlook a line would be to take a changed or revoked key for a new one.
    const lines = (readQuietly(file, Number.POSITIVE_INFINITY) ?? '').split('\n')
    return lines.flatMap((text, index) => keyOfLine(text, name, file, index + 1))
  })
}

/** What is known of a key that a host has shown. */
export function verdictOf(known: readonly KnownKey[], key: Buffer): KeyVerdict {
  const revoked = known.find((each) => each.marker === '@revoked' && each.key.equals(key))
  if (revoked !== undefined) return { state: 'revoked', known: revoked }
  const plain = known.filter((each) => each.marker === '')
  if (plain.some((each) => each.key.equals(key))) return { state: 'known' }
  if (plain.length > 0) return { state: 'changed', known: plain }
  return { state: 'unknown', authorities: known.filter(({ marker }) => marker === '@cert-authority').length }
}

function keyOfLine(text: string, name: string, file: string, line: number): KnownKey[] {
  const words = text.trim().split(/\s+/)
  const marker = words[0]?.startsWith('@') ? (words.shift() as KnownKey['marker']) : ''
  const [hosts = '', type = '', base64 = ''] = words
  if (hosts === '' || hosts.startsWith('#') || base64 === '') return []
  if (!['', '@revoked', '@cert-authority'].includes(marker)) return []
  const isAbout = hosts.startsWith('|') ? matchesHash(hosts, name) : matchesAny(hosts.split(','), name)
  const key = Buffer.from(base64, 'base64')
  // What a line says of its type is to be what the key says itself.
  return isAbout && keyType(key) === type ? [{ file, line, type, key, marker }] : []
}

/** `|1|salt|hash`: HMAC-SHA1 of the name. */
function matchesHash(hosts: string, name: string): boolean {
  const [, version, salt = '', hash = ''] = hosts.split('|')
  if (version !== '1') return false
  const expected = Buffer.from(hash, 'base64')
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest()
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

/**
 * Puts a key behind what is in the file, in one piece. A new file is the user's alone.
 * @throws what the system says when it cannot be written
 */
export function remember(file: string, host: string, port: number, key: Buffer, hashed: boolean): void {
  const name = knownName(host, port)
  const salt = randomBytes(20)
  const shown = hashed
    ? `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
    : name
  asInvokingUser(() => {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    const descriptor = openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, 0o600)
    try {
      const { size, uid } = fstatSync(descriptor)
      if (size === 0 && uid === process.geteuid?.()) fchmodSync(descriptor, 0o600)
      const last = Buffer.alloc(1)
      const isCut = size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a
      writeSync(descriptor, `${isCut ? '\n' : ''}${shown} ${keyType(key)} ${key.toString('base64')}\n`)
    } finally {
      closeSync(descriptor)
    }
  })
}
