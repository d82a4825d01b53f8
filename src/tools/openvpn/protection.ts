/**
 * How OpenVPN protects the packets of its control channel: not at all, with tls-auth (a signature) or with tls-crypt
 * (signed and encrypted). openvpn.net, "OpenVPN Network Protocol Security"; draft-ietf-openvpn-wire-protocol §5, §6.
 *
 *   plain      opcode/key, session id (8), rest
 *   tls-auth   opcode/key, session id (8), HMAC, packet id (4), time (4), rest
 *   tls-crypt  opcode/key, session id (8), packet id (4), time (4), HMAC (32), rest encrypted
 */
import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto'

/** Bytes in front of what differs: opcode with key number, session id. */
const HEAD = 9
/** Packet id and time. */
const REPLAY = 8

export type ProtectionMode = 'plain' | 'tls-auth' | 'tls-crypt'

export interface Protection {
  readonly mode: ProtectionMode
  /** A packet: head (opcode and session id) and rest as it goes on the wire. */
  wrap(head: Uint8Array, rest: Uint8Array): Uint8Array
  /**
   * The rest of a packet from the server, and whether its signature is right (null: it has none). Undefined: too short
   * for this protection.
   */
  unwrap(packet: Uint8Array): { rest: Uint8Array; verified: boolean | null } | undefined
}

export const PLAIN: Protection = {
  mode: 'plain',
  wrap: (head, rest) => join(head, rest),
  unwrap: (packet) => (packet.length < HEAD ? undefined : { rest: packet.subarray(HEAD), verified: null }),
}

/** Sizes of the digests that --auth takes, bytes: as many of a key's bytes are used. */
export const DIGESTS: Readonly<Record<string, number>> = {
  SHA1: 20,
  SHA224: 28,
  SHA256: 32,
  SHA384: 48,
  SHA512: 64,
  MD5: 16,
}

/**
 * tls-auth with a static key of 256 bytes. Direction 1 is the client's usual one, its server has 0; `'none'` where both
 * sides name none and use the same half of the key.
 */
export function tlsAuth(key: Uint8Array, direction: 0 | 1 | 'none', digest: string): Protection {
  const size = DIGESTS[digest]!
  // Each half of the key: 64 bytes for encryption, 64 for signatures.
  const half = (which: 0 | 1): Uint8Array => key.subarray(which * 128 + 64, which * 128 + 64 + size)
  const out = half(direction === 1 ? 1 : 0)
  const back = half(direction === 0 ? 1 : 0)
  const sign = (by: Uint8Array, ...parts: Uint8Array[]): Buffer => {
    const hmac = createHmac(digest, by)
    for (const part of parts) hmac.update(part)
    return hmac.digest()
  }
  return {
    mode: 'tls-auth',
    wrap(head, rest) {
      const replay = replayBytes()
      // Signed in another order than sent.
      return join(head, sign(out, replay, head, rest), replay, rest)
    },
    unwrap(packet) {
      if (packet.length < HEAD + size + REPLAY) return undefined
      const head = packet.subarray(0, HEAD)
      const signature = packet.subarray(HEAD, HEAD + size)
      const replay = packet.subarray(HEAD + size, HEAD + size + REPLAY)
      const rest = packet.subarray(HEAD + size + REPLAY)
      return { rest, verified: timingSafeEqual(signature, sign(back, replay, head, rest)) }
    },
  }
}

const TAG = 32
const CIPHER = 'aes-256-ctr'

/** tls-crypt with a static key of 256 bytes: a client sends with its second half, and reads with the first one. */
export function tlsCrypt(key: Uint8Array): Protection {
  const encryption = (which: 0 | 1): Uint8Array => key.subarray(which * 128, which * 128 + 32)
  const signature = (which: 0 | 1): Uint8Array => key.subarray(which * 128 + 64, which * 128 + 96)
  const tagOf = (by: Uint8Array, head: Uint8Array, rest: Uint8Array): Buffer =>
    createHmac('SHA256', by).update(head).update(rest).digest()
  return {
    mode: 'tls-crypt',
    wrap(head, rest) {
      const all = join(head, replayBytes())
      const tag = tagOf(signature(1), all, rest)
      const cipher = createCipheriv(CIPHER, encryption(1), tag.subarray(0, 16))
      return join(all, tag, cipher.update(rest), cipher.final())
    },
    unwrap(packet) {
      if (packet.length < HEAD + REPLAY + TAG) return undefined
      const head = packet.subarray(0, HEAD + REPLAY)
      const tag = packet.subarray(HEAD + REPLAY, HEAD + REPLAY + TAG)
      const decipher = createDecipheriv(CIPHER, encryption(0), tag.subarray(0, 16))
      const rest = join(decipher.update(packet.subarray(HEAD + REPLAY + TAG)), decipher.final())
      return { rest, verified: timingSafeEqual(tag, tagOf(signature(0), head, rest)) }
    },
  }
}

/** The first packet's number, and the time in seconds since 1970: against replays. */
function replayBytes(): Buffer {
  const bytes = Buffer.alloc(REPLAY)
  bytes.writeUInt32BE(1, 0)
  bytes.writeUInt32BE(Math.floor(Date.now() / 1000) >>> 0, 4)
  return bytes
}

function join(...parts: Uint8Array[]): Buffer {
  return Buffer.concat(parts)
}
