/** What OpenVPN's control channel is signed and encrypted with. Node's own functions are loaded when a key is first used. */

/** Bytes that `--auth` takes of a key, by digest: as many as the digest has. */
export const DIGESTS: Readonly<Record<string, number>> = {
  SHA1: 20,
  SHA224: 28,
  SHA256: 32,
  SHA384: 48,
  SHA512: 64,
  MD5: 16,
  RIPEMD160: 20,
  'SHA3-256': 32,
  'SHA3-512': 64,
  BLAKE2S256: 32,
  BLAKE2B512: 64,
}

const crypto = () => process.getBuiltinModule('node:crypto')

/** HMAC of the parts, one behind the other. */
export function signature(digest: string, key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const hmac = crypto().createHmac(digest, key)
  for (const part of parts) hmac.update(part)
  return hmac.digest()
}

/** Whether two signatures are the same, in a time that does not tell where they differ. */
export function sameSignature(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && crypto().timingSafeEqual(a, b)
}

/** AES-256 in counter mode, which begins with the first 16 bytes of a tag. Encrypts and decrypts alike. */
export function counterMode(key: Uint8Array, tag: Uint8Array, bytes: Uint8Array): Uint8Array {
  const cipher = crypto().createCipheriv('aes-256-ctr', key, tag.subarray(0, 16))
  return Buffer.concat([cipher.update(bytes), cipher.final()])
}
