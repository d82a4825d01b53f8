import type { Conversation } from './services.js'
import { ACK, FIN, isBefore, lengthOf, PSH, type Reply, RST, type Segment, SYN } from './tcp-segment.js'

/** Bytes that a station takes at once: what Linux says on Ethernet. */
export const WINDOW = 64240
/** Bytes of a service's answers that wait until they are acknowledged; what is more closes the connection. */
const MOST_WAITING = 1 << 20
/** Largest segment where the other side said nothing. RFC 9293 §3.7.1. */
const MSS_UNSAID = 536
const SMALLEST_MSS = 64

/**
 * A connection, from the SYN on, at the side that listens. What does not fit is answered as RFC 9293 §3.10.7 and RFC 5961
 * say. Without timers: what was lost is sent again when the other side sends again.
 */
export class TcpConnection {
  /** Nothing more will come of it. */
  isOver = false
  private isEstablished = false
  /** Next number that the other side will use. */
  private expected: number
  /** First number of ours that was not acknowledged. */
  private unacknowledged: number
  /** Next number of ours. */
  private next: number
  /** Bytes from `unacknowledged` on: sent or not. */
  private waiting: Uint8Array[] = []
  private waitingBytes = 0
  private peerWindow: number
  private readonly segmentSize: number
  /** The service has said all; a FIN goes behind its last byte. */
  private isClosing = false
  private finSent = false
  private finReceived = false

  constructor(
    syn: Segment,
    private readonly initial: number,
    private readonly mss: number,
    private readonly conversation: Conversation,
  ) {
    this.expected = (syn.seq + 1) >>> 0
    this.unacknowledged = initial
    this.next = (initial + 1) >>> 0
    this.peerWindow = syn.window
    this.segmentSize = Math.min(mss, Math.max(SMALLEST_MSS, syn.mss ?? MSS_UNSAID))
  }

  /** The answer to the SYN. */
  synAck(): Reply {
    return { flags: SYN | ACK, seq: this.initial, ack: this.expected, window: WINDOW, mss: this.mss }
  }

  /** What is sent back for a segment of this connection. */
  receive(segment: Segment): Reply[] {
    if ((segment.flags & SYN) !== 0 && !this.isEstablished && (segment.seq + 1) >>> 0 === this.expected)
      return (segment.flags & (RST | ACK)) === 0 ? [this.synAck()] : []
    if (!this.isAcceptable(segment)) return this.answerUnacceptable(segment)
    if ((segment.flags & RST) !== 0) return this.reset(segment)
    // A SYN in the middle of a connection: RFC 5961 §4.2.
    if ((segment.flags & SYN) !== 0) return [this.acknowledgement()]
    if ((segment.flags & ACK) === 0) return []
    if (!this.isEstablished) {
      if (segment.ack !== this.next) return [{ flags: RST, seq: segment.ack, ack: 0, window: 0 }]
      this.isEstablished = true
      this.unacknowledged = this.next
      this.say(this.conversation.open())
    } else if (isBefore(this.next, segment.ack)) return [this.acknowledgement()]
    this.acknowledge(segment)
    return this.takeData(segment)
  }

  /** Some of the segment lies in our window. RFC 9293 §3.10.7.4, first check. */
  private isAcceptable(segment: Segment): boolean {
    const length = lengthOf(segment)
    const end = (this.expected + WINDOW) >>> 0
    const inWindow = (number: number): boolean => !isBefore(number, this.expected) && isBefore(number, end)
    return inWindow(segment.seq) || (length > 0 && inWindow((segment.seq + length - 1) >>> 0))
  }

  /** Something old or far ahead: say where we are; and since a repetition may mean that our answer was lost, say that again. */
  private answerUnacceptable(segment: Segment): Reply[] {
    if ((segment.flags & RST) !== 0) return []
    const isRepetition = lengthOf(segment) > 0 && isBefore(segment.seq, this.expected)
    const again = isRepetition && this.isEstablished ? this.sendAgain() : []
    return again.length > 0 ? again : [this.acknowledgement()]
  }

  private reset(segment: Segment): Reply[] {
    // Only the exact number ends it; a guess within the window is asked back. RFC 5961 §3.2.
    if (segment.seq !== this.expected) return [this.acknowledgement()]
    this.isOver = true
    return []
  }

  private acknowledge(segment: Segment): void {
    this.peerWindow = segment.window
    if (!isBefore(this.unacknowledged, segment.ack)) return
    let count = (segment.ack - this.unacknowledged) >>> 0
    this.unacknowledged = segment.ack
    while (count > 0 && this.waiting.length > 0) {
      const first = this.waiting[0]!
      if (count < first.length) {
        this.waiting[0] = first.subarray(count)
        this.waitingBytes -= count
        return
      }
      this.waiting.shift()
      this.waitingBytes -= first.length
      count -= first.length
    }
    // What is left over is our FIN.
    if (count > 0 && this.finSent && this.finReceived) this.isOver = true
  }

  private takeData(segment: Segment): Reply[] {
    const old = (this.expected - segment.seq) >>> 0
    const isInOrder = !isBefore(this.expected, segment.seq)
    if (!isInOrder) return [this.acknowledgement()]
    const data = segment.data.subarray(old)
    let mustAnswer = lengthOf(segment) > 0
    if (data.length > 0 && !this.finReceived) {
      this.expected = (this.expected + data.length) >>> 0
      const { data: reply, close } = this.conversation.receive(data.slice())
      this.say({ data: reply, close })
    }
    if ((segment.flags & FIN) !== 0 && !this.finReceived) {
      this.finReceived = true
      this.expected = (this.expected + 1) >>> 0
      this.isClosing = true
      mustAnswer = true
    }
    if (this.finReceived && this.finSent && this.unacknowledged === this.next) this.isOver = true
    if (!mustAnswer) return this.sendWaiting()
    // A kernel acknowledges data before the program has seen it, and a FIN together with what the program says to it.
    const early = this.finReceived ? [] : [this.acknowledgement()]
    const sent = this.sendWaiting()
    return early.length + sent.length > 0 ? [...early, ...sent] : [this.acknowledgement()]
  }

  private say({ data, close = false }: { data?: Uint8Array | undefined; close?: boolean | undefined }): void {
    if (data !== undefined && data.length > 0 && !this.isClosing) {
      this.waiting.push(data)
      this.waitingBytes += data.length
    }
    if (close || this.waitingBytes > MOST_WAITING) this.isClosing = true
  }

  /** Sends what waits, as far as the window of the other side goes; a FIN behind it when all is said. */
  private sendWaiting(): Reply[] {
    const replies: Reply[] = []
    const all = concatenated(this.waiting, this.waitingBytes)
    let position = this.finSent ? all.length : (this.next - this.unacknowledged) >>> 0
    while (position < all.length && position < this.peerWindow) {
      const end = Math.min(position + this.segmentSize, all.length, this.peerWindow)
      replies.push(this.reply(ACK | (end === all.length ? PSH : 0), all.slice(position, end)))
      this.next = (this.next + end - position) >>> 0
      position = end
    }
    if (this.isClosing && !this.finSent && position === all.length) {
      replies.push(this.reply(ACK | FIN))
      this.next = (this.next + 1) >>> 0
      this.finSent = true
    }
    return replies
  }

  private sendAgain(): Reply[] {
    if (this.unacknowledged === this.next) return []
    this.next = this.unacknowledged
    this.finSent = false
    return this.sendWaiting()
  }

  private acknowledgement(): Reply {
    return this.reply(ACK)
  }

  private reply(flags: number, data?: Uint8Array): Reply {
    const head = { flags, seq: this.next, ack: this.expected, window: WINDOW }
    return data === undefined ? head : { ...head, data }
  }
}

function concatenated(parts: readonly Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0]!
  const all = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
