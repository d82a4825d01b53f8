/** The server's side of SOCKS5 (RFC 1928), as far as connecting goes: no login, no UDP. */
import type { Socket } from 'node:net'
import { formatIpv6 } from '../../packet/index.js'
import { SessionError } from '../face/session-error.js'

/** How long a client may take to say where it wants to go, ms. */
const PATIENCE = 10_000
/** Version, number of methods, methods; version, command, 0, address. */
const VERSION = 5
const CONNECT = 1

/** Where a client wants to go. @throws SessionError when it does not speak SOCKS5 */
export async function askedPlace(socket: Socket): Promise<{ host: string; port: number }> {
  const timer = setTimeout(() => socket.destroy(), PATIENCE)
  try {
    const reader = new ByteReader(socket)
    const [version, methods] = await reader.take(2)
    if (version !== VERSION) throw wrong('the client does not speak SOCKS5')
    await reader.take(methods!)
    socket.write(Uint8Array.of(VERSION, 0))
    const [, command, , kind] = await reader.take(4)
    if (command !== CONNECT) throw wrong('of SOCKS5 only connecting is there')
    const host = await hostOf(kind!, reader)
    const port = (await reader.take(2)).readUInt16BE(0)
    reader.end()
    return { host, port }
  } finally {
    clearTimeout(timer)
  }
}

/** Tells the client that it is connected. */
export function accept(socket: Socket): void {
  socket.write(Uint8Array.of(VERSION, 0, 0, 1, 0, 0, 0, 0, 0, 0))
}

/** Tells a client that it cannot be. @param speaks whether it speaks SOCKS5 */
export function refuse(socket: Socket, speaks: boolean): void {
  if (speaks) socket.end(Uint8Array.of(VERSION, 5, 0, 1, 0, 0, 0, 0, 0, 0))
  else socket.destroy()
}

async function hostOf(kind: number, reader: ByteReader): Promise<string> {
  if (kind === 1) return [...(await reader.take(4))].join('.')
  if (kind === 4) return formatIpv6(await reader.take(16))
  if (kind !== 3) throw wrong('a kind of address that SOCKS5 does not have')
  const [length] = await reader.take(1)
  return (await reader.take(length!)).toString('latin1')
}

function wrong(message: string): SessionError {
  return new SessionError(`ssh socks: ${message}`, 'SOCKS')
}

/** Bytes of a socket in the pieces that are asked for; what is left goes back to it. */
class ByteReader {
  #bytes: Buffer = Buffer.alloc(0)
  #look: () => void = () => undefined
  #isOver = false

  constructor(private readonly socket: Socket) {
    socket.on('data', this.#onData)
    socket.once('close', this.#onEnd)
    socket.once('end', this.#onEnd)
  }

  take(count: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#look = () => {
        if (this.#bytes.length >= count) {
          this.#look = () => undefined
          const taken = this.#bytes.subarray(0, count)
          this.#bytes = this.#bytes.subarray(count)
          resolve(taken)
        } else if (this.#isOver) reject(wrong('the client went away'))
      }
      this.#look()
    })
  }

  end(): void {
    this.socket.off('data', this.#onData)
    this.socket.off('close', this.#onEnd)
    this.socket.off('end', this.#onEnd)
    this.socket.pause()
    if (this.#bytes.length > 0) this.socket.unshift(this.#bytes)
  }

  readonly #onData = (piece: Buffer): void => {
    this.#bytes = Buffer.concat([this.#bytes, piece])
    this.#look()
  }

  readonly #onEnd = (): void => {
    this.#isOver = true
    this.#look()
  }
}
