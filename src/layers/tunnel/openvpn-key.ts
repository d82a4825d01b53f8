/**
 * Keys of OpenVPN's control channel: tls-auth (signed), tls-crypt (signed and encrypted), tls-crypt-v2 (each client has a key
 * of its own, which it sends along, wrapped with the server's). openvpn.net, "OpenVPN Network Protocol Security"; OpenVPN's
 * tls-crypt-v2.txt.
 */
import { PacketError } from '../../packet/index.js'
import { counterMode, DIGESTS, sameSignature, signature } from './openvpn-crypto.js'
import { type KeyText, readKeyFile, STATIC_KEY_BYTES } from './openvpn-key-file.js'
import { type FittingKey, keysInUse, putInUse } from './openvpn-keys-in-use.js'
import { HEAD, REPLAY, TAG } from './openvpn-opcodes.js'
import { wrappedKeyLength } from './openvpn-shape.js'

/** What a key protects packets with. */
export type OpenvpnKeyMode = 'tls-auth' | 'tls-crypt' | 'tls-crypt-v2'

/** Options of `openvpnKey`. */
export interface OpenvpnKeyOptions {
  /** Default: what the file says. A static key does not say it, a profile and a key of tls-crypt-v2 do. */
  mode?: OpenvpnKeyMode
  /** 1: packets are made as a client makes them; 0: as a server; `'none'`: both sides name no direction (tls-auth). Default 1. */
  direction?: 0 | 1 | 'none'
  /** Digest of tls-auth (`auth` in the profile). Default `'SHA1'`. */
  digest?: string
}

/** Where the keys of one direction stand in a static key: 32 bytes for encryption, and those for signatures. */
const ENCRYPTION = 0
const SIGNATURE = 64
const HALF = 128
const CRYPT_KEY = 32

/** Clients whose keys a server's key remembers. */
const MOST_CLIENTS = 256

/** A key, which shows what it is for, and never what it holds. */
export class OpenvpnKey implements FittingKey {
  /** `'tls-auth'`, `'tls-crypt'`, `'tls-crypt-v2'`. */
  readonly mode: OpenvpnKeyMode
  /** 1: wraps as a client does; 0: as a server; `'none'`: one half of the key for both. */
  readonly direction: 0 | 1 | 'none'
  /** Digest of the signature. */
  readonly digest: string
  /** The file it came from, `''` for bytes. */
  readonly file: string
  /** Static keys that packets may have been made with: those of clients, for a server's key of tls-crypt-v2. */
  #keys: Uint8Array[]
  readonly #server: Uint8Array | undefined
  readonly #wrapped: Uint8Array | undefined

  constructor(text: KeyText, mode: OpenvpnKeyMode, direction: 0 | 1 | 'none', digest: string, file: string) {
    this.mode = mode
    this.direction = direction
    this.digest = digest
    this.file = file
    this.#keys = text.kind === 'server' ? [] : [text.key]
    this.#server = text.kind === 'server' ? text.key : undefined
    this.#wrapped = text.wrapped
  }

  /** Bytes of a signature. */
  get hmacLength(): number {
    return this.mode === 'tls-auth' ? DIGESTS[this.digest]! : TAG
  }

  /** The client's key as the server has wrapped it: what HARD_RESET_CLIENT_V3 carries. Undefined for other keys. */
  get wrapped(): Uint8Array | undefined {
    return this.#wrapped
  }

  /** Whether it can wrap packets: a server's key of tls-crypt-v2 only reads. */
  get canWrap(): boolean {
    return this.#server === undefined
  }

  /** Whether the signature of a packet, from its opcode on, is one of this key's: made by either side. */
  fits(packet: Uint8Array): boolean {
    return this.unwrap(packet) !== undefined
  }

  /**
   * A control packet as it goes over the wire.
   * @param head opcode and session id
   * @param content what stands behind them without protection
   * @param time seconds since 1970
   */
  wrap(head: Uint8Array, content: Uint8Array, packetId: number, time: number): Uint8Array {
    const replay = Buffer.alloc(REPLAY)
    replay.writeUInt32BE(packetId, 0)
    replay.writeUInt32BE(time, 4)
    const key = this.#keys[0]!
    const half = this.direction === 1 ? 1 : 0
    if (this.mode === 'tls-auth')
      // Signed in another order than sent.
      return Buffer.concat([head, this.#sign(key, half, replay, head, content), replay, content])
    const tag = this.#sign(key, half, head, replay, content)
    return Buffer.concat([head, replay, tag, counterMode(encryptionKey(key, half), tag, content)])
  }

  /**
   * Head and content of a control packet, which may have its wrapped key at the end. Undefined: its signature is none of
   * this key's.
   */
  unwrap(packet: Uint8Array): { head: Uint8Array; content: Uint8Array; wrapped: Uint8Array } | undefined {
    const end = packet.length - wrappedKeyLength(packet, 0, packet.length)
    const wrapped = packet.subarray(end)
    if (this.#server !== undefined && wrapped.length > 0) this.#learn(wrapped)
    const head = packet.subarray(0, HEAD)
    if (end < HEAD + REPLAY + this.hmacLength) return undefined
    for (const key of this.#keys)
      for (const half of [0, 1] as const) {
        const content = this.#contentOf(packet.subarray(0, end), head, key, half)
        if (content !== undefined) return { head, content, wrapped }
      }
    return undefined
  }

  #contentOf(packet: Uint8Array, head: Uint8Array, key: Uint8Array, half: 0 | 1): Uint8Array | undefined {
    const { hmacLength } = this
    const behind = HEAD + hmacLength + REPLAY
    if (this.mode === 'tls-auth') {
      const replay = packet.subarray(HEAD + hmacLength, behind)
      const content = packet.subarray(behind)
      const right = this.#sign(key, half, replay, head, content)
      return sameSignature(right, packet.subarray(HEAD, HEAD + hmacLength)) ? content : undefined
    }
    const replay = packet.subarray(HEAD, HEAD + REPLAY)
    const tag = packet.subarray(HEAD + REPLAY, behind)
    const content = counterMode(encryptionKey(key, half), tag, packet.subarray(behind))
    return sameSignature(this.#sign(key, half, head, replay, content), tag) ? content : undefined
  }

  #sign(key: Uint8Array, half: 0 | 1, ...parts: Uint8Array[]): Uint8Array {
    const from = half * HALF + SIGNATURE
    return signature(this.digest, key.subarray(from, from + this.hmacLength), ...parts)
  }

  /** Takes note of the client's key that the server's key has wrapped. */
  #learn(wrapped: Uint8Array): void {
    const server = this.#server!
    const tag = wrapped.subarray(0, TAG)
    const length = wrapped.subarray(-2)
    const content = counterMode(server.subarray(0, CRYPT_KEY), tag, wrapped.subarray(TAG, -2))
    if (!sameSignature(signature('SHA256', server.subarray(SIGNATURE, SIGNATURE + CRYPT_KEY), length, content), tag))
      return
    const key = content.subarray(0, STATIC_KEY_BYTES)
    this.#keys = [key, ...this.#keys.filter((each) => !sameSignature(each, key))].slice(0, MOST_CLIENTS)
  }

  toString(): string {
    const how =
      this.mode === 'tls-auth'
        ? `, ${this.digest}, ${this.direction === 'none' ? 'no direction' : `direction ${this.direction}`}`
        : this.canWrap && this.direction === 0
          ? ', as a server'
          : this.canWrap
            ? ''
            : ", the server's"
    return `OpenVPN key${this.file === '' ? '' : ` ${this.file}`} (${this.mode}${how})`
  }

  toJSON(): unknown {
    const { mode, direction, digest, file } = this
    return { mode, direction, digest, file }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `<${this.toString()}>`
  }
}

const encryptionKey = (key: Uint8Array, half: 0 | 1): Uint8Array =>
  key.subarray(half * HALF + ENCRYPTION, half * HALF + ENCRYPTION + CRYPT_KEY)

/**
 * A key of OpenVPN's control channel, from a key file (`openvpn --genkey`), a profile that has it inside, or 256 bytes.
 * @throws PacketError for a file that is no key, and for options that do not go with it; what the key holds is in no message
 */
export function openvpnKey(from: string | Uint8Array, options: OpenvpnKeyOptions = {}): OpenvpnKey {
  return makeKey('openvpnKey', from, options)
}

/** `openvpnKey` for other functions: `where` is what their messages begin with. */
export function makeKey(where: string, from: string | Uint8Array, options: OpenvpnKeyOptions): OpenvpnKey {
  if (typeof from !== 'string' && !(from instanceof Uint8Array))
    throw new PacketError(`${where}: give the path of a key file, or the ${STATIC_KEY_BYTES} bytes of a key`)
  checkOptions(where, options)
  const text: KeyText = typeof from === 'string' ? readKeyFile(where, from) : bytesAsKey(where, from)
  const mode = modeOf(where, text, options.mode)
  const direction = options.direction ?? text.direction ?? 1
  const digest = mode === 'tls-auth' ? digestOf(`${where}: digest`, options.digest ?? text.digest ?? 'SHA1') : 'SHA256'
  return new OpenvpnKey(text, mode, direction, digest, typeof from === 'string' ? from : '')
}

function bytesAsKey(where: string, key: Uint8Array): KeyText {
  if (key.length === STATIC_KEY_BYTES) return { kind: 'static', key: key.slice() }
  throw new PacketError(`${where}: a key of ${key.length} bytes; a static key has ${STATIC_KEY_BYTES}`)
}

const MODES: readonly OpenvpnKeyMode[] = ['tls-auth', 'tls-crypt', 'tls-crypt-v2']

function checkOptions(where: string, options: OpenvpnKeyOptions): void {
  const { mode, direction } = options
  const unknown = Object.keys(options).find((name) => !['mode', 'direction', 'digest'].includes(name))
  if (unknown !== undefined)
    throw new PacketError(`${where}: no option '${unknown}'; its options are mode, direction, digest`)
  if (mode !== undefined && !MODES.includes(mode))
    throw new PacketError(`${where}: mode is ${MODES.map((each) => `'${each}'`).join(', ')}`)
  if (direction !== undefined && direction !== 0 && direction !== 1 && direction !== 'none')
    throw new PacketError(`${where}: direction is 0, 1 or 'none'`)
}

function modeOf(where: string, { kind, mode: said }: KeyText, given: OpenvpnKeyMode | undefined): OpenvpnKeyMode {
  if (kind !== 'static') {
    if (given === undefined || given === 'tls-crypt-v2') return 'tls-crypt-v2'
    throw new PacketError(`${where}: this is a key of tls-crypt-v2, not of ${given}`)
  }
  if (given === 'tls-crypt-v2')
    throw new PacketError(
      `${where}: this is a static key; tls-crypt-v2 takes one of openvpn --genkey tls-crypt-v2-client`,
    )
  if (given !== undefined && said !== undefined && given !== said)
    throw new PacketError(`${where}: the profile has this key for ${said}, not for ${given}`)
  const mode = given ?? said
  if (mode !== undefined) return mode
  throw new PacketError(`${where}: a static key does not say what it is for; give mode: 'tls-auth' or 'tls-crypt'`)
}

/** The name of a digest as it is in the table: `sha-256` is `SHA256`. @throws PacketError for one that is not there */
export function digestOf(where: string, digest: string): string {
  const name = String(digest).toUpperCase()
  const found = [name, name.replace(/^SHA-/, 'SHA')].find((each) => Object.hasOwn(DIGESTS, each))
  if (found !== undefined) return found
  throw new PacketError(
    `${where} must be one of ${Object.keys(DIGESTS).join(' ')} (auth in the profile), not ${digest}`,
  )
}

/**
 * From now on, OpenVPN packets that are read are tried with this key too: whether it fits makes certain how they are
 * protected. Gives the function that takes it back.
 */
export function useOpenvpnKey(key: OpenvpnKey): () => void {
  if (!(key instanceof OpenvpnKey)) throw new PacketError("useOpenvpnKey: give a key of openvpnKey('ta.key', {mode})")
  return putInUse(key)
}

/** The keys that OpenVPN packets are read with, the latest first. */
export function openvpnKeys(): OpenvpnKey[] {
  return keysInUse().filter((key): key is OpenvpnKey => key instanceof OpenvpnKey)
}
