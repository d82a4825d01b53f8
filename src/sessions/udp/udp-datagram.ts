/** One datagram as it came, with where it came from. */
import { printable } from '../../exchange/printable.js'
import { hostPort } from '../stream/place.js'
import { decoded, type Encoding } from '../stream/text.js'

/** What arrives at a UDP socket. RFC 768. */
export class UdpDatagram {
  /** What it carries, as it came. */
  readonly bytes: Uint8Array
  /** Sender. */
  readonly host: string
  readonly port: number
  readonly #encoding: Encoding

  constructor(bytes: Uint8Array, host: string, port: number, encoding: Encoding) {
    this.bytes = bytes
    this.host = host
    this.port = port
    this.#encoding = encoding
  }

  /** What it carries, as the session's encoding says: mostly text. */
  get data(): string | Uint8Array {
    return decoded(Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length), this.#encoding)
  }

  /** The sender as `127.0.0.1:5000`. */
  get peer(): string {
    return hostPort(this.host, this.port)
  }

  /** Bytes that it carries. */
  get length(): number {
    return this.bytes.length
  }

  toString(): string {
    const { data } = this
    const text = typeof data === 'string' ? printable(JSON.stringify(data)) : Buffer.from(data).toString('hex')
    return `${this.peer}: ${text}`
  }

  toJSON(): object {
    const { host, port, data } = this
    return { host, port, data }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}
