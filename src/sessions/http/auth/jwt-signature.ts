/** Whether a JSON Web Signature is right. RFC 7515, RFC 7518 §3, RFC 8037. */
import {
  constants,
  createHmac,
  createPublicKey,
  createSecretKey,
  type JsonWebKey,
  KeyObject,
  timingSafeEqual,
  verify,
} from 'node:crypto'
import { OptionError } from '../../../exchange/index.js'

/** A secret, a key in PEM, a JWK, a set of them. */
export type JwtKey = string | Uint8Array | KeyObject | JsonWebKey | { keys: readonly JsonWebKey[] }

/** Keys of a set that are tried. */
const MOST_KEYS = 100
/** RFC 7518 §3.4: each has its curve, as OpenSSL calls it. */
const CURVES: Readonly<Record<string, string>> = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' }

type Header = Readonly<Record<string, unknown>>

/** @throws OptionError for a key that is of another kind than the algorithm takes, or an algorithm that is not known */
export function verifySignature(
  { alg, crit, kid }: Header,
  signed: string,
  signature: Uint8Array,
  key: JwtKey,
): boolean {
  if (alg === 'none') return false
  if (typeof alg !== 'string' || !/^(?:[HRPE]S(?:256|384|512)|EdDSA)$/.test(alg))
    throw new OptionError(`jwt.verify: signatures of the kind ${JSON.stringify(alg) ?? 'undefined'} are not known`)
  // RFC 7515 §4.1.11: what must be understood and is not.
  if (crit !== undefined) throw new OptionError('jwt.verify: the token asks for extensions (crit) that are not known')
  const data = Buffer.from(signed, 'latin1')
  const keys = keysFor(alg, kid, key)
  if (keys.length === 0) throw new OptionError(`jwt.verify: none of the keys is for ${alg}`)
  return keys.some((each) => isRight(alg, data, signature, each))
}

/** From a set: those of the token's `kid`, else all that are of the kind. */
function keysFor(alg: string, kid: unknown, key: JwtKey): KeyObject[] {
  if (!isSet(key)) return [keyFor(alg, key)]
  const fitting = key.keys.slice(0, MOST_KEYS).filter((each) => each?.kty === KINDS[alg.slice(0, 2)])
  const named = fitting.filter((each) => kid !== undefined && each.kid === kid)
  return (named.length > 0 ? named : fitting).map((each) => keyFor(alg, each))
}

const KINDS: Readonly<Record<string, string>> = { HS: 'oct', RS: 'RSA', PS: 'RSA', ES: 'EC', Ed: 'OKP' }

function isSet(key: JwtKey): key is { keys: readonly JsonWebKey[] } {
  return Array.isArray((key as { keys?: unknown } | null)?.keys)
}

function keyFor(alg: string, key: Exclude<JwtKey, { keys: readonly JsonWebKey[] }>): KeyObject {
  const made = keyObject(alg, key)
  const { type, asymmetricKeyType, asymmetricKeyDetails } = made
  const kind = type === 'secret' ? 'oct' : TYPES[asymmetricKeyType ?? '']
  const isCurve = !alg.startsWith('ES') || asymmetricKeyDetails?.namedCurve === CURVES[alg]
  if (kind !== KINDS[alg.slice(0, 2)] || !isCurve)
    throw new OptionError(
      `jwt.verify: the token is signed with ${alg}, and this is no key for that: ${WANTED[alg.slice(0, 2)]}`,
    )
  return made
}

const TYPES: Readonly<Record<string, string>> = { rsa: 'RSA', ec: 'EC', ed25519: 'OKP', ed448: 'OKP' }
const WANTED: Readonly<Record<string, string>> = {
  HS: 'it takes the secret',
  RS: 'it takes the public RSA key',
  PS: 'it takes the public RSA key',
  ES: 'it takes the public EC key of its curve',
  Ed: 'it takes the public Ed25519 or Ed448 key',
}

function keyObject(alg: string, key: Exclude<JwtKey, { keys: readonly JsonWebKey[] }>): KeyObject {
  try {
    if (key instanceof KeyObject) return key.type === 'private' ? createPublicKey(key) : key
    if (typeof key === 'string' || key instanceof Uint8Array) {
      const isPem = Buffer.from(key).includes('-----BEGIN ')
      // A public key is known to all: as a secret it would make every token right (RFC 8725 §2.1).
      return isPem ? createPublicKey(Buffer.from(key)) : createSecretKey(Buffer.from(key))
    }
    return key.kty === 'oct'
      ? createSecretKey(Buffer.from(String(key.k), 'base64url'))
      : createPublicKey({ key, format: 'jwk' })
  } catch (error) {
    throw new OptionError(
      `jwt.verify: this cannot be read as a key for ${alg}; give the secret, a key in PEM, or a JWK: ${(error as Error).message}`,
    )
  }
}

function isRight(alg: string, data: Uint8Array, signature: Uint8Array, key: KeyObject): boolean {
  const hash = `sha${alg.slice(2)}`
  if (key.type === 'secret') {
    const right = createHmac(hash, key).update(data).digest()
    return right.length === signature.length && timingSafeEqual(right, signature)
  }
  if (alg === 'EdDSA') return verify(null, data, key, signature)
  if (alg.startsWith('ES')) return verify(hash, data, { key, dsaEncoding: 'ieee-p1363' }, signature)
  if (alg.startsWith('RS')) return verify(hash, data, key, signature)
  const padding = constants.RSA_PKCS1_PSS_PADDING
  return verify(hash, data, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }, signature)
}
