/** The password of a server: asked for with Basic (RFC 7617), compared in a time that tells nothing about it. */
import { createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'

/** Letters and digits that nobody takes for one another. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
const GROUPS = 4
const GROUP = 4

/** A password to be read out and typed: `k7mq-x2pd-9fhw-ytb4`, 79 bits. */
export function madePassword(): string {
  const group = (): string => Array.from({ length: GROUP }, () => LETTERS[randomInt(LETTERS.length)]).join('')
  return Array.from({ length: GROUPS }, group).join('-')
}

/** What a client has shown. */
export interface Credentials {
  user: Buffer
  password: Buffer
}

/** The credentials of an `Authorization: Basic …`; undefined where there are none, or what is there cannot be read. */
export function basicCredentials(header: string | undefined): Credentials | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return undefined
  const bytes = Buffer.from(encoded, 'base64')
  const colon = bytes.indexOf(':')
  return colon < 0 ? undefined : { user: bytes.subarray(0, colon), password: bytes.subarray(colon + 1) }
}

/** A text that others are compared with. */
export class Secret {
  readonly #key = randomBytes(32)
  readonly #digest: Buffer

  constructor(text: string) {
    this.#digest = this.#of(Buffer.from(text))
  }

  /** Whether it is the same. How long that takes depends on the length of what was given, not on what is in it. */
  is(given: Buffer): boolean {
    return timingSafeEqual(this.#of(given), this.#digest)
  }

  #of(bytes: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(bytes).digest()
  }
}
