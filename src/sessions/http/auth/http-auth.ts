/** What proves who asks. */
import type { Incoming, Outgoing } from '../exchange.js'

/** A way to prove who asks: Basic, Digest, a token. Made by the functions of `http.auth`, or from what option `auth` is given. */
export abstract class HttpAuth {
  /** `Basic`, `Digest`, `Bearer`. */
  abstract readonly scheme: string
  /** Puts the proof into the headers of a request. */
  abstract authorize(request: Outgoing): void | Promise<void>
  /** One line that gives no secret away. */
  abstract toString(): string

  /**
   * Hears of a 401.
   * @returns whether the same request has a better chance now: a nonce came, a token was refreshed. It is then authorized and sent once more
   */
  challenged(_answer: Incoming, _request: Outgoing): boolean | Promise<boolean> {
    return false
  }

  /** Hears of the answer that the caller gets: nothing more is sent. */
  settled(_answer: Incoming, _request: Outgoing): void {}

  toJSON(): string {
    return this.toString()
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}
