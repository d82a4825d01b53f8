import type { Link } from '../link/index.js'
import { type AnyPacket, dissect } from '../packet/index.js'
import type { Outgoing } from './outgoing.js'

/** One packet that was sent and what came back. */
export class Probe {
  readonly link: Link
  /** The bytes on the wire; null while the neighbour's address is not known: then it is not sent. */
  readonly frame: Uint8Array | null
  /** Seconds since 1970 when it left: the kernel's time where a capture saw it leave, else ours. NaN: not yet. */
  sentAt = Number.NaN // Not 0: a field that began as a whole number is made anew in all objects when it gets a fraction.
  sentTimes = 0
  /** What answered, with the time of its arrival (seconds since 1970, the kernel's clock). */
  readonly answers: { packet: AnyPacket; at: number }[] = []
  /** The packet as it was built begins at `_start` of these, without what the link puts around it. */
  readonly _bytes: Uint8Array
  readonly _start: number
  private readonly layer: Outgoing['layer']
  private dissected: AnyPacket | null = null

  constructor({ link, frame, layer, bytes }: Outgoing) {
    this.link = link
    this.frame = frame
    this.layer = layer
    // One copy is enough: most probes wait in thousands.
    this._bytes = frame ?? bytes
    this._start = this._bytes.length - bytes.length
  }

  /** As it was sent, with all its values: from the network layer for `sr`, from the link layer for `srp`. */
  get query(): AnyPacket {
    this.dissected ??= dissect(this.layer, this._bytes, this._start) as AnyPacket
    return this.dissected
  }

  /** Whether the bytes from `start` on are this probe, seen leaving; the link header does not count, loopback makes it anew. */
  _isAt(bytes: Uint8Array, start: number, end: number): boolean {
    const own = this._bytes
    if (end - start < own.length - this._start) return false
    for (let i = this._start, j = start; i < own.length; i++, j++) if (own[i] !== bytes[j]) return false
    return true
  }
}
