import { dissect, type Layer, type Packet, PacketError, type PacketMeta } from '../packet/index.js'
import { type Fragment, fragmentOf, IPV6_HEADER, LARGEST_PACKET, UNIT, wholeDatagram } from './fragment-parts.js'
import { insert, isSame, joined, missingParts, type Piece } from './fragment-pieces.js'
import { checkOptions } from './options.js'

export interface ReassemblerOptions {
  /** Seconds from the first fragment to the last one, by the packets' own times. Default 30, as Linux. */
  timeout?: number
  /** Most datagrams that may be incomplete at once; the oldest gives way. Default 4096. */
  datagrams?: number
  /** Most bytes that fragments may take, 128 added for each; the oldest datagram gives way. Default 16 MiB. */
  bytes?: number
  /** Told in one line what was wrong with a fragment, and what was done. */
  onProblem?: (text: string, packet: Packet) => void
}

/** What a reassembler did so far. */
export interface ReassemblerStats {
  /** Datagrams that were put together. */
  complete: number
  /** Datagrams of which fragments are missing now, and the bytes that they take. */
  pending: number
  bytes: number
  /** Datagrams given up since their time was over. */
  expired: number
  /** Datagrams given up since there were too many. */
  evicted: number
  /** Fragments that were there already, byte for byte: ignored. */
  duplicates: number
  /** Fragments that overlapped others. */
  overlapping: number
  /** Fragments that can not be: cut by the capture, too long, a wrong total length, not a whole number of 8 bytes. */
  malformed: number
}

/** A datagram of which fragments are missing. Nobody but the reassembler looks into it; others tell datagrams apart by it. */
export interface DatagramState {
  readonly key: string
  readonly since: number | undefined
  /** In order, without overlaps. */
  readonly pieces: Piece[]
  /** The fragment at 0, whose headers count. */
  first: Fragment | undefined
  /** Bytes of data; undefined until the last fragment came. */
  total: number | undefined
  /** Bytes of data that are there. */
  present: number
  /** Bytes that it takes by the reckoning of the limits. */
  size: number
  /** It is not put together any more: what still comes is dropped. */
  dead: boolean
}

/** What is reckoned for a fragment besides its data. */
const OVERHEAD = 128
const DEFAULTS = { timeout: 30, datagrams: 4096, bytes: 16 << 20 }

/**
 * Puts the fragments of IPv4 (RFC 791 §3.2, RFC 815) and IPv6 (RFC 8200 §4.5) together, in any order, of many datagrams at once,
 * within bounds whatever arrives. Datagrams are told apart by addresses, identification, in IPv4 the protocol, and by interface
 * and VLAN.
 *
 * Overlaps: in IPv4 the bytes that came first count; in IPv6 the whole datagram is dropped (RFC 5722). The same fragment once more is
 * ignored. A fragment that can not be (too long, not a whole number of 8 bytes, cut short) is ignored; one that contradicts the total
 * length or goes past 65535 bytes has its datagram dropped.
 */
export class Reassembler {
  private readonly timeout: number
  private readonly most: { datagrams: number; bytes: number }
  private readonly onProblem: (text: string, packet: Packet) => void
  /** By key, the oldest first. */
  private readonly pending = new Map<string, DatagramState>()
  private readonly counts = { complete: 0, expired: 0, evicted: 0, duplicates: 0, overlapping: 0, malformed: 0 }
  private bytes = 0

  /** @throws PacketError for options that make no sense */
  constructor(options: ReassemblerOptions = {}) {
    checkOptions('Reassembler', options, ['timeout', 'datagrams', 'bytes', 'onProblem'])
    const positive = (name: 'timeout' | 'datagrams' | 'bytes') => {
      const value = options[name] ?? DEFAULTS[name]
      if (typeof value === 'number' && value > 0) return value
      throw new PacketError(`Reassembler: option ${name} must be a number above 0, not ${String(value)}`)
    }
    this.timeout = positive('timeout')
    this.most = { datagrams: positive('datagrams'), bytes: positive('bytes') }
    this.onProblem = options.onProblem ?? (() => undefined)
  }

  /**
   * Takes a packet. What is no fragment comes back as it is; a fragment gives null until its datagram is complete, then the
   * datagram as a packet: outer layers and headers of its first fragment, time of the fragment that completed it.
   */
  add(packet: Packet): Packet | null {
    return this.take(packet).whole
  }

  /** The same, and the datagram that a fragment belongs to, for who keeps account; null for what stands alone. */
  take(packet: Packet): { whole: Packet | null; datagram: DatagramState | null } {
    const fragment = fragmentOf(packet)
    if (fragment === undefined) return { whole: packet, datagram: null }
    const now = packet.time
    this.expire(now)
    if (fragment.data === undefined) {
      this.malformed(`is cut short`, fragment, packet)
      return { whole: null, datagram: null }
    }
    if (fragment.offset === 0 && !fragment.more) {
      // A fragment that is all of its datagram stands alone, whatever else has its number. RFC 6946 §4.
      this.counts.complete++
      return { whole: this.finish(fragment, fragment.data, packet), datagram: null }
    }
    const datagram = this.datagramOf(fragment.key, now)
    if (!datagram.dead) this.place(datagram, fragment, fragment.data, packet)
    const { first, total, present } = datagram
    if (datagram.dead || first === undefined || total === undefined || present < total) {
      this.makeRoom()
      return { whole: null, datagram }
    }
    if (lengthWith(first, total) > LARGEST_PACKET) {
      this.drop(datagram, `completes a packet of more than ${LARGEST_PACKET} bytes`, fragment, packet)
      return { whole: null, datagram }
    }
    this.forget(datagram)
    this.counts.complete++
    return { whole: this.finish(first, joined(datagram.pieces, total), packet), datagram }
  }

  /** Numbers so far. */
  stats(): ReassemblerStats {
    return { ...this.counts, pending: this.pending.size, bytes: this.bytes }
  }

  /** Gives up all that is incomplete. */
  clear(): void {
    this.pending.clear()
    this.bytes = 0
  }

  private datagramOf(key: string, now: number | undefined): DatagramState {
    const known = this.pending.get(key)
    if (known !== undefined && !this.isOver(known, now)) return known
    if (known !== undefined) this.giveUp(known)
    const datagram: DatagramState = {
      key,
      since: now,
      pieces: [],
      first: undefined,
      total: undefined,
      present: 0,
      size: OVERHEAD,
      dead: false,
    }
    this.pending.set(key, datagram)
    this.bytes += OVERHEAD
    return datagram
  }

  private place(datagram: DatagramState, fragment: Fragment, data: Uint8Array, packet: Packet): void {
    const { offset, more, version, head } = fragment
    const wrong = wrongData(fragment, data)
    if (wrong !== undefined) {
      this.malformed(wrong, fragment, packet)
      return
    }
    const end = offset + data.length
    const impossible =
      lengthWith(fragment, end) > LARGEST_PACKET
        ? `ends at byte ${end}: no packet is longer than ${LARGEST_PACKET} bytes`
        : this.contradicts(datagram, end, more)
          ? `ends at byte ${end}, which contradicts the others`
          : undefined
    if (impossible !== undefined) {
      this.drop(datagram, impossible, fragment, packet)
      return
    }
    const missing = missingParts(datagram.pieces, offset, data)
    const fresh = missing.reduce((total, part) => total + part.data.length, 0)
    if (fresh < data.length) {
      if (isSame(datagram.pieces, offset, data, version)) this.counts.duplicates++
      else {
        this.counts.overlapping++
        const outcome = version === 6 ? 'its datagram is dropped (RFC 5722)' : 'the bytes that came first count'
        this.tell(`overlaps another: ${outcome}`, fragment, packet)
        if (version === 6) {
          this.dropPieces(datagram)
          return
        }
      }
    }
    if (!more) datagram.total = end
    if (offset === 0 && datagram.first === undefined) {
      datagram.first = { ...fragment, data: undefined }
      this.count(datagram, head.length)
    }
    for (const part of missing) insert(datagram.pieces, part)
    datagram.present += fresh
    this.count(datagram, fresh + missing.length * OVERHEAD)
  }

  /** Whether a fragment that ends here can not be, by what is there. */
  private contradicts({ total, pieces }: DatagramState, end: number, more: boolean): boolean {
    if (more) return total !== undefined && end > total
    const last = pieces.at(-1)
    return (total !== undefined && total !== end) || (last !== undefined && last.start + last.data.length > end)
  }

  private count(datagram: DatagramState, bytes: number): void {
    datagram.size += bytes
    this.bytes += bytes
  }

  private finish(first: Fragment, data: Uint8Array, last: Packet): Packet {
    const bytes = wholeDatagram(first, data)
    const whole = dissect(first.layer.callable as Layer, bytes)
    if (last._meta !== null) {
      const { touched: _ofItsList, originalLength: _ofTheFragment, ...meta } = last._meta
      whole._meta = { ...meta, originalLength: bytes.length } satisfies PacketMeta
    }
    return whole
  }

  /** Those at the front are the oldest; what is behind a younger one waits for its turn, or for a fragment of its own. */
  private expire(now: number | undefined): void {
    if (now === undefined) return
    for (const datagram of this.pending.values()) {
      if (!this.isOver(datagram, now)) return
      this.giveUp(datagram)
    }
  }

  private isOver({ since }: DatagramState, now: number | undefined): boolean {
    return since !== undefined && now !== undefined && now - since > this.timeout
  }

  private giveUp(datagram: DatagramState): void {
    if (!datagram.dead) this.counts.expired++
    this.forget(datagram)
  }

  private makeRoom(): void {
    for (const datagram of this.pending.values()) {
      if (this.pending.size <= this.most.datagrams && this.bytes <= this.most.bytes) return
      if (!datagram.dead) this.counts.evicted++
      this.forget(datagram)
    }
  }

  private forget(datagram: DatagramState): void {
    this.pending.delete(datagram.key)
    this.bytes -= datagram.size
  }

  private drop(datagram: DatagramState, what: string, fragment: Fragment, packet: Packet): void {
    this.malformed(`${what}; its datagram is dropped`, fragment, packet)
    this.dropPieces(datagram)
  }

  /** The entry stays until its time is over, so that what still comes does not begin a new one. RFC 5722 §3. */
  private dropPieces(datagram: DatagramState): void {
    datagram.dead = true
    datagram.pieces.length = 0
    datagram.first = undefined
    this.count(datagram, OVERHEAD - datagram.size)
  }

  private malformed(what: string, fragment: Fragment, packet: Packet): void {
    this.counts.malformed++
    this.tell(what, fragment, packet)
  }

  private tell(what: string, { name, offset }: Fragment, packet: Packet): void {
    this.onProblem(`the fragment of ${name} at byte ${offset} ${what}`, packet)
  }
}

/** Why a fragment is ignored, or undefined. */
function wrongData({ more }: Fragment, data: Uint8Array): string | undefined {
  if (data.length === 0) return 'carries no data'
  if (!more || data.length % UNIT === 0) return undefined
  return `carries ${data.length} bytes, and only the last may carry no whole number of ${UNIT}`
}

/** What the length field of the whole datagram has to hold when its data ends at `end`. */
function lengthWith({ version, head, start }: Fragment, end: number): number {
  return head.length - start - (version === 6 ? IPV6_HEADER : 0) + end
}
