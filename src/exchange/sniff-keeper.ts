import { PacketList, PacketRing, type RotatingWriter, type StorableBatch } from '../capture/index.js'
import type { Packet } from '../packet/index.js'
import type { SniffOptions } from './sniff-options.js'

/** Where packets go that a sniff takes: the list or the ring of the result, a file, any of them. */
export class SniffKeeper {
  readonly list: PacketList | null
  private readonly ring: PacketRing | null
  writer: RotatingWriter | null = null

  constructor({ store, write, ring }: SniffOptions) {
    const keeps = store ?? (write === undefined || ring !== undefined)
    this.ring = ring === undefined ? null : new PacketRing(ring)
    this.list = keeps && ring === undefined ? new PacketList() : null
  }

  /** Takes the packets at `positions` of a batch, or all. */
  add(batch: StorableBatch, positions?: ArrayLike<number>): void {
    this.list?.appendBatch(batch, positions)
    this.ring?.appendBatch(batch, positions)
    this.writer?.add(batch, positions)
  }

  /** Takes a packet that is not what the bytes of its batch say. */
  push(packet: Packet): void {
    this.list?.push(packet)
    this.ring?.push(packet)
    this.writer?.addPacket(packet)
  }

  /** What is kept so far, as a list that stays as it is. */
  partial(): PacketList {
    return this.ring?.list() ?? this.list?.slice() ?? new PacketList()
  }

  /** The result. */
  finish(): PacketList {
    const list = this.ring?.list() ?? this.list ?? new PacketList()
    list._finish()
    return list
  }
}
