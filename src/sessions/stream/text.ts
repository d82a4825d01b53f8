/** Texts and bytes: what is sent may be either, what is received is what the session's encoding says. */
import { asPacket, type Stackable } from '../../packet/index.js'
import { SessionError } from '../face/session-error.js'

/** What bytes that arrive become: text of this encoding, or bytes. */
export type Encoding = 'utf8' | 'latin1' | 'ascii' | 'utf16le' | 'bytes'

/** All of them. */
export const ENCODINGS: readonly Encoding[] = ['utf8', 'latin1', 'ascii', 'utf16le', 'bytes']

/** Bytes as the encoding says. Bytes that are no text of it become U+FFFD. */
export function decoded(bytes: Buffer, encoding: Encoding): string | Uint8Array {
  return encoding === 'bytes' ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) : bytes.toString(encoding)
}

/** What is to be sent as bytes. @throws SessionError for what is neither text nor bytes nor a packet */
export function encoded(data: unknown, encoding: Encoding, place: string): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data, encoding === 'bytes' ? 'utf8' : encoding)
  if (data instanceof Uint8Array) return data
  if (data instanceof ArrayBuffer) return new Uint8Array(data)
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  if (typeof data === 'object' && data !== null && 'layerName' in data) return asPacket(data as Stackable).bytes()
  if (typeof data === 'function' && 'layerName' in data) return asPacket(data as unknown as Stackable).bytes()
  const given =
    data === null ? 'null' : Array.isArray(data) ? 'an array' : typeof data === 'object' ? 'an object' : typeof data
  const json = typeof data === 'object' && data !== null ? "; framing: 'json' sends objects" : ''
  throw new SessionError(`${place}: text, bytes or a packet can be sent, not ${given}${json}`, 'TYPE')
}

/** How many of the first `count` bytes are whole characters; at least one character, where that is here. UTF-8: RFC 3629 §3. */
export function wholeCharacters(bytes: Buffer, count: number, encoding: Encoding): number {
  if (count >= bytes.length && encoding !== 'utf8' && encoding !== 'utf16le') return bytes.length
  const most = Math.min(count, bytes.length)
  if (encoding === 'utf16le') return most < 2 ? Math.min(2, bytes.length) : most - (most % 2)
  if (encoding !== 'utf8' || most === 0) return most
  // Back to the first byte of the last character.
  let first = most - 1
  while (first > 0 && most - first < 4 && (bytes[first]! & 0xc0) === 0x80) first--
  const size = sizeOf(bytes[first]!)
  if (first + size <= most) return most
  return first > 0 ? first : first + size <= bytes.length ? size : 0
}

/** Bytes of the character that begins with this one; 1 for what begins none. */
function sizeOf(byte: number): number {
  if (byte >= 0xc2 && byte < 0xe0) return 2
  if (byte >= 0xe0 && byte < 0xf0) return 3
  if (byte >= 0xf0 && byte < 0xf5) return 4
  return 1
}
