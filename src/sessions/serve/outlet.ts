/** The way out to a client: one piece at a time, until it has all or has left. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Limiter, Share } from './limiter.js'

/** A client that takes nothing for so long is given up, ms. */
const PATIENCE = 60_000

/** Who is to be told when a connection is gone. One listener a connection: requests that come ahead of their turn may be many. */
const WAITING = new WeakMap<Socket, Set<() => void>>()

function waitingFor(socket: Socket): Set<() => void> {
  const known = WAITING.get(socket)
  if (known !== undefined) return known
  const waiting = new Set<() => void>()
  WAITING.set(socket, waiting)
  socket.once('close', () => {
    for (const tell of waiting) tell()
  })
  return waiting
}

/** Where an answer's body goes. */
export class Outlet {
  readonly #socket: Socket
  readonly #limiter: Limiter | undefined
  readonly #share: Share | undefined
  /** Ends what is waited for. */
  #leave: (() => void) | undefined
  /** A piece is on its way: if it does not get on, that is the client's doing. */
  #isWriting = false
  #isGone: boolean
  readonly #gone = (): void => {
    this.#isGone = true
    this.#leave?.()
  }

  constructor(
    { socket }: IncomingMessage,
    private readonly response: ServerResponse,
    { limiter, patience = PATIENCE }: { limiter?: Limiter; patience?: number } = {},
  ) {
    this.#limiter = limiter
    this.#share = limiter?.share()
    this.#socket = socket
    this.#isGone = socket.destroyed
    waitingFor(socket).add(this.#gone)
    // As long as something of a piece leaves, the time begins anew.
    response.setTimeout(patience, () => {
      if (this.#isWriting) this.breakOff()
    })
  }

  get isGone(): boolean {
    return this.#isGone
  }

  /** Waits for something that is not the client's doing; undefined: the client has left meanwhile. */
  async until<T>(awaited: Promise<T>): Promise<T | undefined> {
    if (this.#isGone) {
      awaited.catch(() => undefined)
      return undefined
    }
    try {
      return await new Promise<T | undefined>((resolve, reject) => {
        this.#leave = () => resolve(undefined)
        awaited.then(resolve, reject)
      })
    } finally {
      this.#leave = undefined
    }
  }

  /**
   * Sends a piece, and returns when the system has all of it: then its buffer may be used again.
   * @param left is told of bytes that have left
   * @returns false: the client has left
   */
  async send(piece: Uint8Array, left: (bytes: number) => void): Promise<boolean> {
    const limiter = this.#limiter
    if (limiter === undefined) return await this.#write(piece, left)
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + limiter.piece)
      if (!(await this.#turn(part.length)) || !(await this.#write(part, left))) return false
      at += part.length
    }
    return true
  }

  async #write(piece: Uint8Array, left: (bytes: number) => void): Promise<boolean> {
    if (this.#isGone) return false
    this.#isWriting = true
    const hasLeft = await this.until(
      new Promise<boolean>((resolve) => this.response.write(piece, (error) => resolve(!error))),
    )
    this.#isWriting = false
    if (hasLeft === true) left(piece.length)
    return hasLeft === true
  }

  async #turn(bytes: number): Promise<boolean> {
    if (this.#isGone) return false
    await this.until(this.#share!.take(bytes))
    return !this.#isGone
  }

  /** Ends the answer. @returns false: the client has left before its end */
  async end(): Promise<boolean> {
    this.#isWriting = true
    const hasLeft = await this.until(new Promise<boolean>((resolve) => this.response.end(() => resolve(true))))
    this.release()
    return hasLeft === true
  }

  /** The client must not take what it has for all. */
  breakOff(): void {
    const { response } = this
    // An answer without length or chunks ends where the connection does, unless that ends with a fault.
    const isMarked = response.hasHeader('Content-Length') || response.chunkedEncoding
    if (isMarked || this.#socket.destroyed) response.destroy()
    else this.#socket.resetAndDestroy()
    this.#gone()
    this.release()
  }

  /** Lets go of the connection. */
  release(): void {
    this.#share?.leave()
    waitingFor(this.#socket).delete(this.#gone)
  }
}
