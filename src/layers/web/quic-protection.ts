/**
 * How Initial packets of QUIC are protected: with keys that everybody can derive from the client's first connection id.
 * RFC 9001 §5; version 2: RFC 9369 §3.3; draft-ietf-quic-tls for the versions before.
 */
import type { CipherGCMTypes } from 'node:crypto'

export const VERSION_1 = 1
export const VERSION_2 = 0x6b3343cf
const TAG = 16
const SAMPLE = 16
const LARGEST_NUMBER = 4

/** Keys of one direction. */
export interface InitialKeys {
  readonly key: Uint8Array
  readonly iv: Uint8Array
  /** For the header. */
  readonly hp: Uint8Array
}

interface Suite {
  readonly salt: string
  readonly prefix: string
  readonly retryKey: string
  readonly retryNonce: string
}

const SUITE_1: Suite = {
  salt: '38762cf7f55934b34d179ae6a4c80cadccbb7f0a',
  prefix: 'quic',
  retryKey: 'be0c690b9f66575a1d766b54e368c84e',
  retryNonce: '461599d35d632bf2239825bb',
}
const SUITE_2: Suite = {
  salt: '0dede3def700a6db819381be6e269dcbf9bd2ed9',
  prefix: 'quicv2',
  retryKey: '8fb4b01b56ac48e260fbcbcead7ccc92',
  retryNonce: 'd86969bc2d7c6d9990efb04a',
}
/** Drafts 29 to 32, and 23 to 28: earlier salts. */
const SUITE_29: Suite = {
  salt: 'afbfec289993d24c9e9786f19c6111e04390a899',
  prefix: 'quic',
  retryKey: 'ccce187ed09a09d05728155a6cb96be1',
  retryNonce: 'e54930f97f2136f0530a8c1c',
}
const SUITE_23: Suite = { ...SUITE_29, salt: 'c3eef712c72ebb5a11a7d2432bb46365bef9f502' }
/** Draft 22 and before. */
const SUITE_22: Suite = { ...SUITE_29, salt: '7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a' }

const DRAFT = 0xff0000
/** Versions of Facebook's mvfst (drafts 22 and 27), and of Google with TLS (T050, T051). */
const OTHERS: Readonly<Record<number, Suite>> = {
  0xfaceb001: SUITE_22,
  0xfaceb002: SUITE_23,
  0xfaceb00e: SUITE_23,
  0x54303530: { ...SUITE_29, salt: '7ff579e5acd072915580304c43a2367c60488310' },
  0x54303531: { ...SUITE_29, salt: '7a4edef4e7ccee5fa4506c19124fc8ccda6e033d' },
}

/** Versions that are sent so that nobody trips over unknown ones. RFC 9000 §15. */
export const isReservedVersion = (version: number): boolean => (version & 0x0f0f0f0f) === 0x0a0a0a0a

/** Salts and keys that packets of a version may have; none where they are not known. */
function suitesOf(version: number): readonly Suite[] {
  if (version === VERSION_1) return [SUITE_1]
  if (version === VERSION_2) return [SUITE_2]
  // A client that wants to hear of a server's versions sends what it speaks itself.
  if (isReservedVersion(version)) return [SUITE_1, SUITE_29]
  if (version >>> 8 !== DRAFT) return version in OTHERS ? [OTHERS[version]!] : []
  const draft = version & 0xff
  if (draft < 21 || draft > 34) return []
  return [draft >= 33 ? SUITE_1 : draft >= 29 ? SUITE_29 : draft >= 23 ? SUITE_23 : SUITE_22]
}

/** Whether packets of this version are laid out as those of RFC 9000. */
export const isKnownVersion = (version: number): boolean => suitesOf(version).length > 0

const crypto = (): typeof import('node:crypto') => process.getBuiltinModule('node:crypto')

/** One block of HKDF-Expand-Label is as much as is ever needed. RFC 8446 §7.1. */
function expandLabel(secret: Uint8Array, label: string, length: number): Uint8Array {
  const name = `tls13 ${label}`
  const info = Buffer.concat([Buffer.of(0, length, name.length), Buffer.from(name), Buffer.of(0, 1)])
  return crypto().createHmac('sha256', secret).update(info).digest().subarray(0, length)
}

const LABELS = { client: 'client in', server: 'server in' } as const

/**
 * Keys of Initial packets: those that they may have, none for a version whose salt is not known.
 * @param dcid the destination connection id of the client's first packet (after a Retry: of the first one behind it)
 */
export const initialKeys = (version: number, dcid: Uint8Array, side: 'client' | 'server'): InitialKeys[] =>
  suitesOf(version).map((suite) => keysOf(suite, dcid, side))

function keysOf(suite: Suite, dcid: Uint8Array, side: 'client' | 'server'): InitialKeys {
  const initial = crypto().createHmac('sha256', Buffer.from(suite.salt, 'hex')).update(dcid).digest()
  const secret = expandLabel(initial, LABELS[side], 32)
  return {
    key: expandLabel(secret, `${suite.prefix} key`, 16),
    iv: expandLabel(secret, `${suite.prefix} iv`, 12),
    hp: expandLabel(secret, `${suite.prefix} hp`, 16),
  }
}

/** The five bytes that hide the header, from a sample of what is encrypted. RFC 9001 §5.4.3. */
function headerMask(hp: Uint8Array, sample: Uint8Array): Uint8Array {
  const cipher = crypto().createCipheriv('aes-128-ecb', hp, null)
  cipher.setAutoPadding(false)
  return cipher.update(sample)
}

/** The packet's number is mixed into the vector. RFC 9001 §5.3. */
function nonceOf(iv: Uint8Array, packetNumber: number): Uint8Array {
  const nonce = Uint8Array.from(iv)
  for (let i = 0; i < LARGEST_NUMBER; i++) nonce[11 - i] = nonce[11 - i]! ^ (packetNumber >>> (8 * i))
  return nonce
}

const GCM: CipherGCMTypes = 'aes-128-gcm'

/** What was behind the protection. */
export interface Opened {
  /** The first byte, as it was before its lower half was hidden. */
  first: number
  numberLength: number
  packetNumber: number
  plaintext: Uint8Array
}

/** Takes the protection off a packet whose number starts at `numberAt`. Undefined when the keys are not those. */
export function unprotect(keys: InitialKeys, packet: Uint8Array, numberAt: number): Opened | undefined {
  if (packet.length < numberAt + LARGEST_NUMBER + SAMPLE) return undefined
  const mask = headerMask(keys.hp, packet.subarray(numberAt + LARGEST_NUMBER, numberAt + LARGEST_NUMBER + SAMPLE))
  const first = packet[0]! ^ (mask[0]! & 0x0f)
  const numberLength = (first & 3) + 1
  const header = Buffer.from(packet.subarray(0, numberAt + numberLength))
  header[0] = first
  let packetNumber = 0
  for (let i = 0; i < numberLength; i++) {
    header[numberAt + i] = header[numberAt + i]! ^ mask[1 + i]!
    packetNumber = packetNumber * 256 + header[numberAt + i]!
  }
  const content = packet.subarray(numberAt + numberLength)
  const decipher = crypto().createDecipheriv(GCM, keys.key, nonceOf(keys.iv, packetNumber))
  decipher.setAAD(header)
  decipher.setAuthTag(content.subarray(content.length - TAG))
  const plaintext = decipher.update(content.subarray(0, content.length - TAG))
  try {
    decipher.final()
  } catch {
    // Node says that a tag is wrong only by throwing.
    return undefined
  }
  return { first, numberLength, packetNumber, plaintext }
}

/** Encrypts in place: `packet` holds the header, the number in the clear, the frames and room for the tag. */
export function protect(keys: InitialKeys, packet: Uint8Array, numberAt: number): void {
  const numberLength = (packet[0]! & 3) + 1
  const contentAt = numberAt + numberLength
  let packetNumber = 0
  for (let i = numberAt; i < contentAt; i++) packetNumber = packetNumber * 256 + packet[i]!
  const cipher = crypto().createCipheriv(GCM, keys.key, nonceOf(keys.iv, packetNumber))
  cipher.setAAD(packet.subarray(0, contentAt))
  packet.set(cipher.update(packet.subarray(contentAt, packet.length - TAG)), contentAt)
  cipher.final()
  packet.set(cipher.getAuthTag(), packet.length - TAG)
  const mask = headerMask(keys.hp, packet.subarray(numberAt + LARGEST_NUMBER, numberAt + LARGEST_NUMBER + SAMPLE))
  packet[0] = packet[0]! ^ (mask[0]! & 0x0f)
  for (let i = 0; i < numberLength; i++) packet[numberAt + i] = packet[numberAt + i]! ^ mask[1 + i]!
}

/** Bytes that encryption adds. */
export const TAG_LENGTH = TAG

/** The tag of a Retry packet; `retry` is the packet up to it. Undefined for an unknown version. RFC 9001 §5.8. */
export function retryTag(version: number, originalDcid: Uint8Array, retry: Uint8Array): Uint8Array | undefined {
  const suite = suitesOf(version)[0]
  if (suite === undefined) return undefined
  const cipher = crypto().createCipheriv(GCM, Buffer.from(suite.retryKey, 'hex'), Buffer.from(suite.retryNonce, 'hex'))
  cipher.setAAD(Buffer.concat([Buffer.of(originalDcid.length), originalDcid, retry]))
  cipher.final()
  return cipher.getAuthTag()
}
