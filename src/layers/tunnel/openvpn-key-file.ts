/** Key files of OpenVPN, and profiles that have the key inside. What a key holds is never part of a message. */
import { PacketError } from '../../packet/index.js'

/** Bytes of a static key: two pairs of a key for encryption and one for signatures, 64 bytes each. */
export const STATIC_KEY_BYTES = 256
/** The server's key of tls-crypt-v2 has one pair. */
const SERVER_KEY_BYTES = 128

/** Real files have 636 bytes; nobody's notes in front of the key are longer than this. */
const MOST_BYTES = 65536
const STATIC = 'OpenVPN Static key V1'
const CLIENT_V2 = 'OpenVPN tls-crypt-v2 client key'
const SERVER_V2 = 'OpenVPN tls-crypt-v2 server key'

const beginOf = (name: string): string => `-----BEGIN ${name}-----`
const endOf = (name: string): string => `-----END ${name}-----`

/** What stands in a key file or a profile. */
export interface KeyText {
  kind: 'static' | 'client' | 'server'
  key: Uint8Array
  /** The client's key as only the server can read it (tls-crypt-v2), its length included. */
  wrapped?: Uint8Array
  /** What a profile says that the key is for. */
  mode?: 'tls-auth' | 'tls-crypt'
  /** `key-direction` of a profile. */
  direction?: 0 | 1
  /** `auth` of a profile. */
  digest?: string
}

/** @throws PacketError for what is no path: the key itself would stand in the error of a file that is not there */
function checkPath(where: string, file: string): void {
  if (/[\r\n]|-----BEGIN/.test(file) || /^\s*[0-9a-f]{64,}\s*$/i.test(file))
    throw new PacketError(`${where}: takes the path of a key file, not the key itself`)
}

/** The text of a file, read as far as a key file can go. */
function readBounded(where: string, file: string): string {
  const { closeSync, openSync, readSync } = process.getBuiltinModule('node:fs')
  const buffer = Buffer.alloc(MOST_BYTES + 1)
  let length = 0
  try {
    const descriptor = openSync(file, 'r')
    try {
      for (let count = 1; count > 0 && length <= MOST_BYTES; length += count)
        count = readSync(descriptor, buffer, length, buffer.length - length, null)
    } finally {
      closeSync(descriptor)
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const reason =
      { ENOENT: 'there is no such file', EACCES: 'it may not be read', EISDIR: 'it is a folder' }[code ?? ''] ?? code
    throw new PacketError(`${where}: the key file ${file} cannot be read: ${reason}`)
  }
  if (length > MOST_BYTES)
    throw new PacketError(`${where}: ${file} has more than ${MOST_BYTES} bytes: that is no OpenVPN key file`)
  return buffer.toString('latin1', 0, length)
}

/**
 * The key of a file as `openvpn --genkey` writes it, or of a profile (`.ovpn`) that has it inside.
 * @throws PacketError that names the file and the line
 */
export function readKeyFile(where: string, file: string): KeyText {
  checkPath(where, file)
  return parseKey(readBounded(where, file), `${where}: ${file}`)
}

/** The key in a text. @throws PacketError that says which line is wrong, but not what it holds */
export function parseKey(text: string, where: string): KeyText {
  const lines = text.split(/\r?\n/)
  const at = (name: string): number => lines.findIndex((line) => line.trim() === beginOf(name))
  if (at(CLIENT_V2) >= 0) return clientKey(base64Block(lines, at(CLIENT_V2), CLIENT_V2, where), where)
  if (at(SERVER_V2) >= 0) {
    const key = base64Block(lines, at(SERVER_V2), SERVER_V2, where)
    if (key.length === SERVER_KEY_BYTES) return { kind: 'server', key }
    throw new PacketError(`${where}: a server's key of ${key.length} bytes; it has ${SERVER_KEY_BYTES}`)
  }
  const begin = at(STATIC)
  if (begin < 0) throw new PacketError(`${where}: the line '${beginOf(STATIC)}' is missing: this is no static key`)
  return { kind: 'static', key: staticKey(lines, begin, where), ...profileOf(lines, begin) }
}

/** What a profile says about its key. */
function profileOf(lines: readonly string[], begin: number): Partial<KeyText> {
  const value = (name: string): string | undefined =>
    lines.map((line) => line.trim().split(/\s+/)).find(([first]) => first === name)?.[1]
  const tag = lines.slice(0, begin).findLast((line) => /^\s*<tls-(auth|crypt)>\s*$/.test(line))
  const direction = value('key-direction')
  return {
    mode: tag === undefined ? undefined : tag.includes('auth') ? 'tls-auth' : 'tls-crypt',
    direction: direction === '0' ? 0 : direction === '1' ? 1 : undefined,
    digest: value('auth'),
  }
}

function staticKey(lines: readonly string[], begin: number, where: string): Uint8Array {
  const key = new Uint8Array(STATIC_KEY_BYTES)
  let count = 0
  for (let i = begin + 1; i < lines.length; i++) {
    const line = lines[i]!.trim()
    if (line === endOf(STATIC)) {
      if (count === STATIC_KEY_BYTES) return key
      throw new PacketError(`${where}, line ${i + 1}: the key ends after ${count} bytes; it has ${STATIC_KEY_BYTES}`)
    }
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
    const wrong = line.search(/[^0-9a-fA-F]/)
    if (wrong >= 0 || line.length % 2 !== 0)
      throw new PacketError(
        `${where}, line ${i + 1}: ${wrong >= 0 ? `character ${wrong + 1} is no hexadecimal digit` : 'an odd number of hexadecimal digits'}`,
      )
    for (let at = 0; at < line.length; at += 2) {
      if (count === STATIC_KEY_BYTES)
        throw new PacketError(`${where}, line ${i + 1}: more than ${STATIC_KEY_BYTES} bytes before '${endOf(STATIC)}'`)
      key[count++] = Number.parseInt(line.slice(at, at + 2), 16)
    }
  }
  throw new PacketError(`${where}, line ${lines.length}: the line '${endOf(STATIC)}' is missing`)
}

/** The bytes between the lines of a key in base64. */
function base64Block(lines: readonly string[], begin: number, name: string, where: string): Uint8Array {
  const length = lines.slice(begin + 1).findIndex((line) => line.trim() === endOf(name))
  if (length < 0) throw new PacketError(`${where}, line ${lines.length}: the line '${endOf(name)}' is missing`)
  const block = lines.slice(begin + 1, begin + 1 + length)
  const wrong = block.findIndex((line) => /[^A-Za-z0-9+/=\s]/.test(line))
  if (wrong >= 0) throw new PacketError(`${where}, line ${begin + 2 + wrong}: that is no base64`)
  return Buffer.from(block.join(''), 'base64')
}

/** The client's key, and behind it the same as the server's key has wrapped it. */
function clientKey(bytes: Uint8Array, where: string): KeyText {
  const wrapped = bytes.subarray(STATIC_KEY_BYTES)
  const length = wrapped.length < 2 ? -1 : (wrapped.at(-2)! << 8) | wrapped.at(-1)!
  if (length !== wrapped.length)
    throw new PacketError(`${where}: ${bytes.length} bytes that are no client's key of tls-crypt-v2`)
  return { kind: 'client', key: bytes.subarray(0, STATIC_KEY_BYTES), wrapped }
}
