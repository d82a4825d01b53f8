/**
 * What each segment is, seen from those before it: relative numbers, and what TCP does when something is lost, full or idle. RFC 9293 §3.4, §3.8;
 * the names, and when they hold, are those of Wireshark's TCP analysis, so that both tell the same.
 */
import { FLAG, type Flow, type TcpFacts } from './flows.js'
import { type Note, other, type Side, type Step } from './step.js'

/** Without a handshake that tells the round trip: what comes this late fills a gap of the network no more, s. */
const REORDERED_WITHIN = 0.003
const WORDS: readonly (readonly [bit: number, name: string])[] = [
  [2, 'SYN'],
  [1, 'FIN'],
  [4, 'RST'],
  [8, 'PSH'],
  [32, 'URG'],
  [16, 'ACK'],
]

/** One direction. Numbers are relative and go on beyond 2^32. */
class Direction {
  /** What the number 0 stands for; unset until a packet told. */
  base: number | undefined
  /** Highest number seen, and when. */
  next: number | undefined
  nextTime: number | undefined
  /** Stretches that were passed over. */
  gaps: [start: number, end: number][] = []
  window: number | undefined
  scale: number | undefined
  offersScale = false
  lastAck: number | undefined
  duplicateAcks = 0
  last: 'keep-alive' | 'zero window probe' | undefined

  /** A number of the header as one that goes on, near the highest that was seen. */
  relative(raw: number): number {
    this.base ??= raw
    const low = (raw - this.base) >>> 0
    return low + Math.round(((this.next ?? 0) - low) / 2 ** 32) * 2 ** 32
  }
}

/** Reads the segments of one connection, in the order they were captured. */
export class TcpAnalysis {
  readonly #directions: Readonly<Record<Side, Direction>> = { client: new Direction(), server: new Direction() }
  #synTime: number | undefined
  /** Round trip of the handshake. */
  roundTrip: number | undefined

  /** The step that a segment is. */
  step(flow: Flow, from: Side, index: number, time: number | undefined): Step {
    const tcp = flow.tcp!
    const forward = this.#directions[from]
    const reverse = this.#directions[other(from)]
    const { flags } = tcp
    const isSyn = (flags & FLAG.SYN) !== 0
    const hasAck = (flags & FLAG.ACK) !== 0
    // Seen from the middle, the first number is 1, as it is behind a handshake.
    forward.base ??= isSyn ? tcp.seq : (tcp.seq - 1) >>> 0
    if (hasAck) reverse.base ??= (tcp.ack - 1) >>> 0
    const seq = forward.relative(tcp.seq)
    const ack = hasAck ? reverse.relative(tcp.ack) : undefined
    this.#timeHandshake(flags, from, time)
    if (isSyn) {
      forward.scale = tcp.scale
      forward.offersScale = true
    }
    const window = isSyn ? tcp.window : tcp.window * scaleOf(forward, reverse)
    const segment = { flags, seq, ack, window, length: flow.length, time }
    const { notes, fresh, last } = this.#judge(segment, forward, reverse)
    const step: Step = {
      index,
      time,
      from,
      flags: flagWords(flags),
      seq,
      ack,
      window,
      length: flow.length,
      overhead: flow.overhead,
      notes,
      records: [],
      fresh,
    }
    forward.last = last
    if (ack !== undefined) forward.lastAck = ack
    forward.window = window
    return step
  }

  #timeHandshake(flags: number, from: Side, time: number | undefined): void {
    const isSyn = (flags & FLAG.SYN) !== 0
    if (isSyn && from === 'client' && (flags & FLAG.ACK) === 0) this.#synTime ??= time
    else if (!isSyn && from === 'client' && this.#synTime !== undefined && time !== undefined)
      this.roundTrip ??= time - this.#synTime
  }

  #judge(segment: Segment, forward: Direction, reverse: Direction): Judgement {
    const { flags, seq, ack, window, length } = segment
    const isControl = (flags & (FLAG.SYN | FLAG.FIN | FLAG.RST)) !== 0
    const size = length + ((flags & (FLAG.SYN | FLAG.FIN)) === 0 ? 0 : 1)
    const { next } = forward
    const notes: Note[] = []
    const judgement: Judgement = { notes, fresh: 0, last: undefined }
    const good = (text: string): number => notes.push({ text, isTrouble: false })
    const bad = (text: string): number => notes.push({ text, isTrouble: true })
    if (window === 0 && !isControl) bad('zero window')
    if (next !== undefined && !isControl && length <= 1 && seq === next - 1) {
      good('keep-alive')
      return { ...judgement, last: 'keep-alive' }
    }
    if (next === seq && length === 1 && !isControl && reverse.window === 0) {
      good('zero window probe')
      return { ...judgement, last: 'zero window probe' }
    }
    if (ack !== undefined && (flags & FLAG.RST) === 0 && acceptUnseen(reverse, ack))
      bad('acknowledges what was not seen')
    const repeats = length === 0 && !isControl && seq === next && ack !== undefined && ack === forward.lastAck
    if (repeats) this.#repeatedAck(window, forward, reverse, good, bad)
    else if (ack !== forward.lastAck) forward.duplicateAcks = 0
    if (size > 0) judgement.fresh = this.#advance(segment, size, forward, reverse, bad)
    else if (next !== undefined && seq > next && (flags & FLAG.RST) === 0) {
      bad('something before it was not seen')
      pass(forward, seq, segment.time)
    } else if (next === undefined) pass(forward, seq, segment.time)
    const fills = length > 0 && reverse.lastAck !== undefined && reverse.window !== undefined && reverse.window > 0
    if (fills && !isControl && seq + length === reverse.lastAck! + reverse.window!) good('window full')
    return judgement
  }

  /** The same acknowledgement once more. */
  #repeatedAck(
    window: number,
    forward: Direction,
    reverse: Direction,
    good: (text: string) => number,
    bad: (text: string) => number,
  ): void {
    if (window === 0) {
      if (forward.window === 0 && reverse.last === 'zero window probe') good('answers the probe')
    } else if (window !== forward.window) good(`window update to ${window}`)
    else if (reverse.last === 'keep-alive') good('keep-alive ACK')
    else bad(`duplicate ACK ${++forward.duplicateAcks}`)
  }

  /** Data, SYN or FIN: whether they are new. Gives the bytes of data that are. */
  #advance(
    { flags, seq, length, time }: Segment,
    size: number,
    forward: Direction,
    reverse: Direction,
    bad: (text: string) => number,
  ): number {
    const { next } = forward
    if (next === undefined || seq >= next) {
      if (next !== undefined && seq > next) {
        bad('something before it was not seen')
        forward.gaps.push([next, seq])
      }
      pass(forward, seq + size, time)
      return length
    }
    const filled = fill(forward, seq, seq + size)
    const beyond = Math.max(0, seq + size - next)
    const limit = this.roundTrip ?? REORDERED_WITHIN
    const isSoon = time === undefined || forward.nextTime === undefined || time - forward.nextTime < limit
    const wasHeard = reverse.lastAck !== undefined && seq + size <= reverse.lastAck
    if (filled > 0 && isSoon && !wasHeard) bad('out of order')
    else if (wasHeard && length > 0) bad('retransmission, in vain')
    else bad(`retransmission${(flags & FLAG.SYN) === 0 ? '' : ' of SYN'}`)
    if (beyond > 0) pass(forward, seq + size, time)
    return Math.min(length, filled + beyond)
  }
}

interface Segment {
  flags: number
  seq: number
  ack: number | undefined
  window: number
  length: number
  time: number | undefined
}

interface Judgement {
  notes: Note[]
  fresh: number
  last: Direction['last']
}

function pass(direction: Direction, next: number, time: number | undefined): void {
  direction.next = next
  direction.nextTime = time
}

/** Whether an acknowledgement is of bytes that nobody saw: they were sent all the same. */
function acceptUnseen(direction: Direction, ack: number): boolean {
  if (direction.next === undefined) return false
  const isBeyond = ack > direction.next
  if (isBeyond) direction.next = ack
  return fill(direction, 0, ack) > 0 || isBeyond
}

/** Takes a stretch out of the gaps; gives how many bytes of it were missing. */
function fill(direction: Direction, start: number, end: number): number {
  let filled = 0
  direction.gaps = direction.gaps.flatMap(([from, to]) => {
    const low = Math.max(from, start)
    const high = Math.min(to, end)
    if (low >= high) return [[from, to]]
    filled += high - low
    const rest: [number, number][] = [
      [from, low],
      [high, to],
    ]
    return rest.filter(([a, b]) => a < b)
  })
  return filled
}

/** Windows are scaled only when both ends have said so. RFC 7323 §2.2. */
function scaleOf(forward: Direction, reverse: Direction): number {
  if (forward.scale === undefined || (reverse.offersScale && reverse.scale === undefined)) return 1
  return 2 ** Math.min(forward.scale, 14)
}

/** Flags in words, in the order in which people say them: `SYN ACK`. */
function flagWords(flags: TcpFacts['flags']): string {
  const words = WORDS.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name)
  return words.length === 0 ? 'none' : words.join(' ')
}
