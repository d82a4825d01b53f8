/** The keys that OpenVPN packets are read with, as `useOpenvpnKey` has put them here. */

/** What is certain about a packet that a key fits. */
export interface FittingKey {
  readonly mode: 'tls-auth' | 'tls-crypt' | 'tls-crypt-v2'
  /** Bytes of the signature of tls-auth. */
  readonly hmacLength: number
  /** Whether the signature of these bytes, from the opcode on, is one of this key's. */
  fits(packet: Uint8Array): boolean
}

const inUse: FittingKey[] = []

/** All of them, the latest first. */
export function keysInUse(): readonly FittingKey[] {
  return inUse
}

/** Puts a key in front. Gives the function that takes it out again. */
export function putInUse(key: FittingKey): () => void {
  takeOut(key)
  inUse.unshift(key)
  return () => takeOut(key)
}

function takeOut(key: FittingKey): void {
  const at = inUse.indexOf(key)
  if (at >= 0) inUse.splice(at, 1)
}
