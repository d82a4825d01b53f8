/** What RADIUS computes with the secret that client and server share. RFC 2865 §3 and §5.2, RFC 2866 §3, RFC 2869 §5.14. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { PacketError, toBytes } from '../../packet/index.js'

const HEADER = 20
const AUTHENTICATOR_AT = 4
const AUTHENTICATOR_SIZE = 16
const MESSAGE_AUTHENTICATOR = 80
const ACCESS_REQUEST = 1
/** Other requests that bring a random authenticator. */
const STATUS_SERVER = 12
/** Requests whose authenticator is computed over zeros: accounting, disconnect, change of authorization. */
const COMPUTED: ReadonlySet<number> = new Set([4, 40, 43])

type Secret = string | Uint8Array
/** A message: a packet of the layer `Radius` or its bytes. */
export type RadiusMessage = Uint8Array | { bytes(): Uint8Array }

function bytesOf(message: RadiusMessage): Uint8Array {
  const bytes = Buffer.from(message instanceof Uint8Array ? message : message.bytes())
  const length = bytes.length < HEADER ? 0 : bytes.readUInt16BE(2)
  if (length < HEADER || length > bytes.length)
    throw new PacketError('give a RADIUS message: a packet of the layer Radius, or its bytes')
  return bytes.subarray(0, length)
}

const md5 = (...parts: (Secret | Uint8Array)[]): Uint8Array => {
  const hash = createHash('md5')
  for (const part of parts) hash.update(toBytes(part))
  return hash.digest()
}

/** The authenticator that stands in front of the digest: the request's own, or zeros in requests that compute theirs. */
function withAuthenticator(bytes: Uint8Array, authenticator: Uint8Array): Uint8Array {
  const copy = bytes.slice()
  copy.set(authenticator.subarray(0, AUTHENTICATOR_SIZE), AUTHENTICATOR_AT)
  return copy
}

/**
 * The authenticator of a message, 16 bytes: of a response with that of its request, of an accounting request (or another that
 * computes its own) with none. Put it into the field `authenticator`, after Message-Authenticator if there is one.
 * @throws PacketError for what is no RADIUS message
 */
export function radiusAuthenticator(
  message: RadiusMessage,
  secret: Secret,
  requestAuthenticator?: Uint8Array,
): Uint8Array {
  const bytes = bytesOf(message)
  return md5(withAuthenticator(bytes, requestAuthenticator ?? new Uint8Array(AUTHENTICATOR_SIZE)), secret)
}

/** Place of the value of Message-Authenticator, or -1. */
function messageAuthenticatorAt(bytes: Uint8Array): number {
  for (let at = HEADER; at + 2 <= bytes.length; ) {
    const length = bytes[at + 1]!
    if (length < 2 || at + length > bytes.length) return -1
    if (bytes[at] === MESSAGE_AUTHENTICATOR && length === AUTHENTICATOR_SIZE + 2) return at + 2
    at += length
  }
  return -1
}

/**
 * The value of Message-Authenticator, 16 bytes: of an Access-Request with its own authenticator, of a response with its request's.
 * The message must have the attribute, with any value of 16 bytes.
 * @throws PacketError for what is no RADIUS message, or has no such attribute
 */
export function radiusMessageAuthenticator(
  message: RadiusMessage,
  secret: Secret,
  requestAuthenticator?: Uint8Array,
): Uint8Array {
  const bytes = bytesOf(message)
  const at = messageAuthenticatorAt(bytes)
  if (at < 0)
    throw new PacketError("the message has no Message-Authenticator; add ['Message-Authenticator', 16 bytes of zeros]")
  const own = bytes[0] === ACCESS_REQUEST || bytes[0] === STATUS_SERVER
  const authenticator =
    requestAuthenticator ??
    (own ? bytes.subarray(AUTHENTICATOR_AT, AUTHENTICATOR_AT + AUTHENTICATOR_SIZE) : new Uint8Array(AUTHENTICATOR_SIZE))
  const copy = withAuthenticator(bytes, authenticator)
  copy.fill(0, at, at + AUTHENTICATOR_SIZE)
  return createHmac('md5', toBytes(secret)).update(copy).digest()
}

/**
 * Whether authenticator and Message-Authenticator of a message are what the secret makes them. A response needs its request's
 * authenticator. The random authenticator of an Access-Request says nothing: of such a message the attribute alone is checked.
 * @throws PacketError for what is no RADIUS message
 */
export function radiusVerify(message: RadiusMessage, secret: Secret, requestAuthenticator?: Uint8Array): boolean {
  const bytes = bytesOf(message)
  const at = messageAuthenticatorAt(bytes)
  const isRandom = requestAuthenticator === undefined && !COMPUTED.has(bytes[0]!)
  const authentic =
    isRandom ||
    timingSafeEqual(
      bytes.subarray(AUTHENTICATOR_AT, AUTHENTICATOR_AT + AUTHENTICATOR_SIZE),
      radiusAuthenticator(bytes, secret, requestAuthenticator),
    )
  if (at < 0) return authentic && !isRandom
  const computed = radiusMessageAuthenticator(bytes, secret, requestAuthenticator)
  return authentic && timingSafeEqual(bytes.subarray(at, at + AUTHENTICATOR_SIZE), computed)
}

/** Longest password. RFC 2865 §5.2. */
const LONGEST_PASSWORD = 128

/** A password as User-Password carries it, for a request with this authenticator. @throws PacketError over 128 bytes */
export function radiusHidePassword(password: Secret, secret: Secret, authenticator: Uint8Array): Uint8Array {
  const plain = toBytes(password)
  if (plain.length > LONGEST_PASSWORD)
    throw new PacketError(`a password of ${plain.length} bytes; RADIUS carries ${LONGEST_PASSWORD}`)
  const hidden = new Uint8Array(Math.max(1, Math.ceil(plain.length / 16)) * 16)
  hidden.set(plain)
  let before = authenticator.subarray(0, AUTHENTICATOR_SIZE)
  for (let at = 0; at < hidden.length; at += 16) {
    const mask = md5(secret, before)
    for (let i = 0; i < 16; i++) hidden[at + i]! ^= mask[i]!
    before = hidden.subarray(at, at + 16)
  }
  return hidden
}

/** The password in the bytes of a User-Password, without the zeros behind it. @throws PacketError when they are no whole blocks */
export function radiusRevealPassword(hidden: Uint8Array, secret: Secret, authenticator: Uint8Array): Uint8Array {
  if (hidden.length === 0 || hidden.length % 16 !== 0)
    throw new PacketError(`a hidden password has a multiple of 16 bytes, not ${hidden.length}`)
  const plain = hidden.slice()
  let before = authenticator.subarray(0, AUTHENTICATOR_SIZE)
  for (let at = 0; at < plain.length; at += 16) {
    const mask = md5(secret, before)
    for (let i = 0; i < 16; i++) plain[at + i]! ^= mask[i]!
    before = hidden.subarray(at, at + 16)
  }
  let end = plain.length
  while (end > 0 && plain[end - 1] === 0) end--
  return plain.subarray(0, end)
}
