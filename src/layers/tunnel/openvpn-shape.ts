/**
 * How the control packets of OpenVPN are protected, as their bytes tell. No field says it:
 *
 *   plain      opcode/key, session id (8), content
 *   tls-auth   opcode/key, session id (8), HMAC, packet id (4), time (4), content
 *   tls-crypt  opcode/key, session id (8), packet id (4), time (4), tag (32), content encrypted
 *
 * where content is the number of acknowledgements and their packet ids, the session id that they are of when there are
 * some, the message's own packet id unless it is an ACK_V1, and what it carries.
 */

import { keysInUse } from './openvpn-keys-in-use.js'
import { ACK, carriesKey, HEAD, REPLAY, SESSION_BYTES, TAG } from './openvpn-opcodes.js'

/** `'protected'`: in a way that the bytes do not tell. */
export type OpenvpnProtection = 'plain' | 'tls-auth' | 'tls-crypt' | 'protected'

/** How a packet is protected. */
export interface Shape {
  readonly protection: OpenvpnProtection
  /** Bytes of the signature of tls-auth. */
  readonly hmacLength: number
}

const PLAIN: Shape = { protection: 'plain', hmacLength: 0 }
const CRYPT: Shape = { protection: 'tls-crypt', hmacLength: 0 }
const UNKNOWN: Shape = { protection: 'protected', hmacLength: 0 }

/** Sizes of the signatures of usual digests, the most usual first: SHA1, SHA256, SHA512, SHA384, SHA224, MD5. */
const HMAC_SIZES = [20, 32, 64, 48, 28, 16]

/** RELIABLE_ACK_SIZE of OpenVPN. */
const MOST_ACKNOWLEDGED = 8
/** Messages and packets are numbered from the start of a session; a session has few of them. */
const LIKELY_NUMBERS = 0x10000
/** Where OpenVPN 2.6 begins to number the packets of a client that it says can negotiate early. */
const EARLY_NEGOTIATION = 0x0f000000
/** Times between 2001 and 2052, in seconds since 1970. */
const EARLIEST = 1_000_000_000
const LATEST = 2_600_000_000
/** A client's key and its tag and length, as wrapped by the server's. */
const SHORTEST_WRAPPED_KEY = 32 + 256 + 2

/** What is known of packets that were wrapped or unwrapped here, by their bytes. */
const known = new WeakMap<Uint8Array, Shape>()

/** Says how the packet that these bytes hold is protected. */
export function rememberShape(packet: Uint8Array, protection: OpenvpnProtection, hmacLength = 0): Uint8Array {
  known.set(packet, { protection, hmacLength })
  return packet
}

/** Big-endian number of 32 bits. */
const u32 = (buffer: Uint8Array, at: number): number =>
  ((buffer[at]! << 24) | (buffer[at + 1]! << 16) | (buffer[at + 2]! << 8) | buffer[at + 3]!) >>> 0

/** Bytes of the wrapped key at the end of a packet, its length included, or 0 where its opcode has none or it does not fit. */
export function wrappedKeyLength(buffer: Uint8Array, start: number, end: number): number {
  if (!carriesKey(buffer[start]! >>> 3) || end - start < HEAD + 2) return 0
  const length = (buffer[end - 2]! << 8) | buffer[end - 1]!
  return length >= SHORTEST_WRAPPED_KEY && length <= end - start - HEAD ? length : 0
}

/**
 * Bytes of the header of a content at `at`: acknowledgements and packet id. -1 where it does not fit. `isLikely`: its
 * numbers must be such as sessions have.
 */
export function contentHeader(buffer: Uint8Array, at: number, end: number, opcode: number, isLikely = false): number {
  if (at >= end) return -1
  const count = buffer[at]!
  const acknowledgements = count * 4 + (count > 0 ? SESSION_BYTES : 0)
  const length = 1 + acknowledgements + (opcode === ACK ? 0 : 4)
  if (count > MOST_ACKNOWLEDGED || at + length > end) return -1
  if (opcode === ACK && (count === 0 || at + length !== end)) return -1
  if (!isLikely) return length
  for (let i = 0; i < count; i++) if (u32(buffer, at + 1 + i * 4) >= LIKELY_NUMBERS) return -1
  return opcode === ACK || u32(buffer, at + 1 + acknowledgements) < LIKELY_NUMBERS ? length : -1
}

/** Whether packet id and time can stand here. */
function isReplay(buffer: Uint8Array, at: number, end: number): boolean {
  if (at + REPLAY > end) return false
  const packetId = u32(buffer, at)
  const time = u32(buffer, at + 4)
  const count = packetId < EARLY_NEGOTIATION ? packetId : packetId - EARLY_NEGOTIATION
  return packetId > 0 && count < LIKELY_NUMBERS && time >= EARLIEST && time < LATEST
}

/** How the control packet of these bytes, from its opcode on, is protected. */
export function shapeOf(buffer: Uint8Array, start: number, end: number): Shape {
  const remembered = known.get(buffer)
  if (remembered !== undefined) return remembered
  if (end - start < HEAD) return UNKNOWN
  const keys = keysInUse()
  if (keys.length > 0) {
    const packet = buffer.subarray(start, end)
    const key = keys.find((each) => each.fits(packet))
    if (key !== undefined) return key.mode === 'tls-auth' ? { protection: key.mode, hmacLength: key.hmacLength } : CRYPT
  }
  const opcode = buffer[start]! >>> 3
  const at = start + HEAD
  const stop = end - wrappedKeyLength(buffer, start, end)
  // A number of acknowledgements would have to be the first byte of a packet id, which no plain packet has.
  if (isReplay(buffer, at, stop) && at + REPLAY + TAG + 5 <= stop) return CRYPT
  if (contentHeader(buffer, at, stop, opcode, true) >= 0) return PLAIN
  for (const hmacLength of HMAC_SIZES) {
    const behind = at + hmacLength
    if (isReplay(buffer, behind, stop) && contentHeader(buffer, behind + REPLAY, stop, opcode, true) >= 0)
      return { protection: 'tls-auth', hmacLength }
  }
  return contentHeader(buffer, at, stop, opcode) >= 0 ? PLAIN : UNKNOWN
}

/** Whether these bytes can be an OpenVPN packet in a datagram. */
export function looksLikePacket(buffer: Uint8Array, start: number, end: number): boolean {
  if (start >= end) return false
  const opcode = buffer[start]! >>> 3
  const length = end - start
  if (opcode === 6) return length > 1
  if (opcode === 9) return length > 4
  return opcode >= 1 && opcode <= 11 && length >= HEAD + 5
}

/** Longest packet that is believed of a length in front of it: tunnels carry frames, and options on top of them. */
const LONGEST = 16384

/**
 * Whether OpenVPN packets, each behind its length, can begin here. The last one may go on in the next segment; its first
 * bytes up to the session id must be there.
 */
export function looksLikeStream(buffer: Uint8Array, start: number, end: number): boolean {
  if (end - start < 3) return false
  const length = (buffer[start]! << 8) | buffer[start + 1]!
  const stop = start + 2 + length
  if (length > LONGEST || !looksLikePacket(buffer, start + 2, stop)) return false
  if (stop <= end) return stop + 3 > end || isOpcodeAt(buffer, stop)
  const opcode = buffer[start + 2]! >>> 3
  return end - start - 2 >= (opcode === 6 ? 2 : opcode === 9 ? 5 : HEAD + 5)
}

/** Whether a length and an opcode stand here. */
function isOpcodeAt(buffer: Uint8Array, at: number): boolean {
  const opcode = buffer[at + 2]! >>> 3
  return ((buffer[at]! << 8) | buffer[at + 1]!) <= LONGEST && opcode >= 1 && opcode <= 11
}

/**
 * Whether these bytes are the first packet of a client or a server, on whatever port: of their opcode, as long as such a
 * packet is, and with numbers that only these have.
 */
export function isReset(buffer: Uint8Array, start: number, end: number): boolean {
  const length = end - start
  if (length < 14 || length > 1200) return false
  const opcode = buffer[start]! >>> 3
  if ((opcode !== 7 && opcode !== 8 && opcode !== 10) || (buffer[start]! & 7) !== 0) return false
  const stop = end - wrappedKeyLength(buffer, start, end)
  if (opcode === 10 && stop === end) return false
  const at = start + HEAD
  if (isFirstContent(buffer, at, stop, opcode)) return opcode !== 10
  for (const hmacLength of HMAC_SIZES)
    if (isReplay(buffer, at + hmacLength, stop) && isFirstContent(buffer, at + hmacLength + REPLAY, stop, opcode))
      return true
  const encrypted = stop - at - REPLAY - TAG
  return isReplay(buffer, at, stop) && (opcode === 8 ? encrypted === 17 || encrypted === 23 : encrypted === 5)
}

/** A client acknowledges nothing and sends its packet 0; a server acknowledges that one and sends its own. */
function isFirstContent(buffer: Uint8Array, at: number, end: number, opcode: number): boolean {
  const length = end - at
  if (opcode !== 8) return length === 5 && buffer[at] === 0 && u32(buffer, at + 1) === 0
  return length === 17 && buffer[at] === 1 && u32(buffer, at + 1) === 0 && u32(buffer, at + 13) === 0
}
