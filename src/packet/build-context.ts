import type { Packet } from './packet.js'

/**
 * What an automatic field can ask while its layer is built: the payload is finished, all other fields of the header
 * are in place. One object is reused for all layers of a packet: do not keep it.
 */
export class BuildContext {
  /** The layer being built. */
  packet!: Packet
  /** Bytes of the header and all behind it. Offsets below count in it. */
  buffer!: Uint8Array
  start = 0
  payloadStart = 0
  /** End of what counts as payload; padding stands behind it. */
  payloadEnd = 0
  /** Where this layer's trailer starts; equal to `payloadEnd` when there is none. */
  trailerStart = 0
  /** Where the tail fields were written, from the header's start. */
  readonly tailStarts: number[] = []
  readonly tailEnds: number[] = []
  /** Whether the tail was written from its fields, and not copied from the bytes that the layer was read from. */
  isTailNew = false

  /** Notes that the tail's fields take no bytes: they all stand where the fixed ones end. */
  emptyTail(at: number, count: number): void {
    for (let i = 0; i < count; i++) this.tailStarts[i] = this.tailEnds[i] = at
  }

  get headerLength(): number {
    return this.payloadStart - this.start
  }

  get payloadLength(): number {
    return this.payloadEnd - this.payloadStart
  }

  /** Bytes of another field of this layer as it was just written (0 when its condition does not hold). */
  fieldLength(name: string): number {
    const definition = this.packet._layer
    const index = definition.indexOf(name)
    const field = definition.fields[index]!
    if (field.offset >= 0) return field.size
    const place = index - definition.tailStart
    return (this.tailEnds[place] ?? 0) - (this.tailStarts[place] ?? 0)
  }

  /** Elements of another field of this layer. */
  fieldCount(name: string): number {
    const definition = this.packet._layer
    const index = definition.indexOf(name)
    const value = this.packet._stored(index)
    const count = definition.fields[index]!.codec?.count as ((value: unknown) => number) | undefined
    return value === undefined ? 0 : count !== undefined ? count(value) : (value as ArrayLike<unknown>).length
  }

  /** Stored value of another field of this layer: a number for addresses and flags. */
  raw(name: string): unknown {
    return this.packet._stored(this.packet._layer.indexOf(name))
  }
}
