import { PacketList } from '../capture/index.js'
import { dissectLink } from '../layers/index.js'
import type { Capture, CaptureBatch, Link } from '../link/index.js'
import { type AnyPacket, dissect, type Packet, PacketError, sameBytes } from '../packet/index.js'
import type { PathOptions } from './addressing.js'
import { AnswerList, AnswerPair, ExchangeResult } from './answer-list.js'
import { copyFrame, metaOf, networkLayer } from './frame-copy.js'
import { Matcher, type Probe } from './matcher.js'
import { checkNumber, checkOptions, checkPath } from './options.js'
import {
  chunksOf,
  concretePackets,
  countOf,
  FramePreparer,
  NetworkPreparer,
  type Outgoing,
  type Sendable,
} from './outgoing.js'
import { pause, turn } from './pause.js'
import { packetCount, report } from './report.js'
import { sendFrames } from './send-frames.js'
import { stopSignal } from './stop-signal.js'
import { Task, type TaskControl } from './task.js'

/** Options of `sr`, `sr1`, `srp` and `srp1`. */
export interface ExchangeOptions extends PathOptions {
  /** Seconds to wait for answers after the last packet was sent. Default 2. */
  timeout?: number
  /** How often unanswered packets are sent again. Default 0. */
  retry?: number
  /** Seconds between packets. Default 0. */
  inter?: number
  /** Keep listening for more than one answer to a packet, until the time is over. */
  multi?: boolean
  /** BPF expression: only frames that it lets through are looked at. */
  filter?: string
  /** No message when done. */
  quiet?: boolean
}

const EXCHANGE_OPTIONS = ['timeout', 'retry', 'inter', 'multi', 'filter', 'iface', 'link', 'quiet']

/** More packets than this in one call would need more memory than a program has: each is kept, at nearly 1 kB, for its answers. */
const MOST_PACKETS = 1_000_000
/** Packets that are made ready together: their neighbours are asked for at the same time. */
const CHUNK = 1024

type Level = 'network' | 'link'

/**
 * Sends packets that begin with IP or IPv6 and collects their answers: `const [answered, unanswered] = sr(…)`.
 * Interrupted, it gives what has been answered so far.
 */
export function sr(packets: Sendable, options: ExchangeOptions = {}): Task<ExchangeResult> {
  return Task.run((control) => new Exchange('sr', 'network', options, control).run(packets), { name: 'sr' })
}

/** Sends whole frames and collects their answers, as `sr` does one layer above. */
export function srp(packets: Sendable, options: ExchangeOptions = {}): Task<ExchangeResult> {
  return Task.run((control) => new Exchange('srp', 'link', options, control).run(packets), { name: 'srp' })
}

/** Sends packets and gives the first answer, from IP or IPv6 on; null when none came in time. */
export function sr1(packets: Sendable, options: ExchangeOptions = {}): Task<AnyPacket | null> {
  return Task.run(async (control) => first(await new Exchange('sr1', 'network', options, control, true).run(packets)), {
    name: 'sr1',
  })
}

/** Sends whole frames and gives the first answer; null when none came in time. */
export function srp1(packets: Sendable, options: ExchangeOptions = {}): Task<AnyPacket | null> {
  return Task.run(async (control) => first(await new Exchange('srp1', 'link', options, control, true).run(packets)), {
    name: 'srp1',
  })
}

function first(result: ExchangeResult): AnyPacket | null {
  return result.answered[0]?.answer ?? null
}

/** One run of sending and matching. */
class Exchange {
  private readonly matcher: Matcher
  private readonly probes: Probe[] = []
  private readonly captures = new Map<Link, Capture>()
  /** Probes that may still be answered; with `multi`, all that were made ready. */
  private waiting = 0
  private answered = 0
  private received = 0
  private sent = 0
  private failure: Error | null = null
  private readonly stop: AbortSignal
  /** Aborted to end the present wait. */
  private waker = new AbortController()

  constructor(
    private readonly name: string,
    private readonly level: Level,
    private readonly options: ExchangeOptions,
    private readonly control: TaskControl<ExchangeResult> | TaskControl<AnyPacket | null>,
    private readonly onlyOne = false,
  ) {
    this.matcher = new Matcher(level === 'link')
    checkOptions(name, options, EXCHANGE_OPTIONS)
    checkPath(name, options)
    checkNumber(name, 'timeout', options.timeout ?? 2, false)
    checkNumber(name, 'retry', options.retry ?? 0, true)
    checkNumber(name, 'inter', options.inter ?? 0, false)
    this.stop = stopSignal(control)
    this.stop.addEventListener('abort', () => this.wake(), { once: true })
  }

  async run(packets: Sendable): Promise<ExchangeResult> {
    const { control, options } = this
    control.signal.addEventListener('abort', () => this.close(), { once: true })
    try {
      const all = await this.prepareAll(packets)
      await this.sendRound(all)
      if (!this.isDone()) await this.wait(options.timeout ?? 2)
      for (let again = options.retry ?? 0; again > 0 && !this.isDone(); again--) {
        const left = all.filter(({ probe }) => probe.frame !== null && probe.answers.length === 0)
        if (left.length === 0) break
        await this.sendRound(left)
        if (!this.isDone()) await this.wait(options.timeout ?? 2)
      }
    } finally {
      this.close()
    }
    if (this.failure !== null) throw this.failure
    return this.result()
  }

  /** Everything is made ready first, so that the first answer cannot come before somebody listens. */
  private async prepareAll(packets: Sendable): Promise<Outgoing[]> {
    const { options, stop } = this
    this.checkCount(countOf(packets) ?? 0)
    const preparer = this.level === 'network' ? new NetworkPreparer(options, stop) : new FramePreparer(options, stop)
    const all: Outgoing[] = []
    for (const chunk of chunksOf(concretePackets(packets), CHUNK)) {
      this.checkCount(all.length + chunk.length)
      for (const outgoing of await preparer.prepare(chunk)) {
        all.push(outgoing)
        this.probes.push(outgoing.probe)
        if (outgoing.probe.frame === null) continue
        this.matcher.add(outgoing.probe)
        this.waiting++
        if (!this.captures.has(outgoing.link)) this.open(outgoing.link)
      }
      await turn()
      if (stop.aborted) break
    }
    if (this.probes.length === 0) throw new PacketError(`${this.name}: there is no packet to send`)
    return all
  }

  private checkCount(count: number): void {
    if (count > MOST_PACKETS)
      throw new PacketError(
        `${this.name}: these are more than ${packetCount(MOST_PACKETS)}, and all are kept until they are answered: send them in parts`,
      )
  }

  private open(link: Link): void {
    const filter = this.options.filter
    const capture = link.capture(
      { immediate: true, ...(filter === undefined ? {} : { filter }) },
      (batch) => this.onBatch(batch),
      (error) => {
        this.failure = error
        this.wake()
      },
    )
    this.captures.set(link, capture)
  }

  private async sendRound(all: readonly Outgoing[]): Promise<void> {
    const { control, options } = this
    const gap = options.inter ?? 0
    for (let i = 0; i < all.length && !this.isDone(); ) {
      const { link } = all[i]!
      const frames: Uint8Array[] = []
      for (
        const now = Date.now() / 1000;
        i < all.length && all[i]!.link === link && frames.length < (gap > 0 ? 1 : 64);
        i++
      ) {
        const { probe } = all[i]!
        if (probe.frame === null) continue
        probe.sentAt = now
        probe.sentTimes++
        frames.push(probe.frame)
      }
      this.sent += await sendFrames(link, frames, this.stop)
      control.progress({ done: this.sent, total: all.length })
      // Answers are read between batches: a queue full of unread answers loses them.
      if (i < all.length && !this.isDone()) await this.wait(gap)
    }
  }

  /** Waits so many seconds, less when all is done. */
  private async wait(seconds: number): Promise<void> {
    this.waker = new AbortController()
    await pause(seconds * 1000, this.waker.signal)
  }

  private wake(): void {
    this.waker.abort()
  }

  private isDone(): boolean {
    if (this.failure !== null || this.stop.aborted || this.waiting === 0) return true
    return this.onlyOne && this.answered > 0
  }

  private onBatch(batch: CaptureBatch): void {
    for (let i = 0; i < batch.count; i++) {
      const offset = batch.offsets[i]!
      const frame = dissectLink(batch.linkType, batch.buffer, offset, offset + batch.lengths[i]!)
      const packet = this.level === 'network' ? networkLayer(frame) : frame
      this.received++
      if (packet !== null) this.take(batch, i, packet)
    }
    if (this.isDone()) this.wake()
  }

  private take(batch: CaptureBatch, index: number, packet: Packet): void {
    const candidates = this.matcher.candidates(packet)
    if (candidates.length === 0) return
    const at = batch.seconds[index]! + batch.nanoseconds[index]! / 1e9
    const own = candidates.find((probe) => isQuery(probe.query, packet))
    if (own !== undefined) {
      // Seen leaving: the kernel's clock is the one that stamps the answer too.
      if (own.answers.length === 0) own.sentAt = at
      this.received--
      return
    }
    const probe = this.matcher.match(packet, candidates)
    if (probe === undefined || (probe.answers.length > 0 && this.options.multi !== true)) return
    const copy = copyFrame(batch, index)
    const kept =
      this.level === 'network'
        ? dissect(packet._layer, copy, packet._offset - batch.offsets[index]!)
        : dissectLink(batch.linkType, copy)
    kept._meta = metaOf(batch, index)
    probe.answers.push({ packet: kept, at })
    if (probe.answers.length === 1) this.answered++
    if (this.options.multi !== true) this.waiting--
    this.control.progress({ done: this.answered, total: this.probes.length })
  }

  private close(): void {
    for (const capture of this.captures.values()) capture.stop()
    this.wake()
  }

  private result(): ExchangeResult {
    const answered = new AnswerList()
    const unanswered = new PacketList()
    for (const { query, answers, sentAt } of this.probes) {
      if (answers.length === 0) unanswered.push(query)
      query.time = sentAt === 0 ? undefined : sentAt
      for (const { packet, at } of answers)
        answered.push(new AnswerPair(query as AnyPacket, packet as AnyPacket, at - sentAt))
    }
    if (this.options.quiet !== true) {
      report(
        `sent ${packetCount(this.sent)}, received ${packetCount(this.received)}, ${answered.length} answered, ${unanswered.length} without an answer`,
      )
    }
    return new ExchangeResult(answered, unanswered, this.sent, this.received)
  }
}

/** Whether a captured packet is the query itself, seen leaving; the link header does not count, loopback makes it anew. */
function isQuery(query: Packet, captured: Packet): boolean {
  const length = query._end - query._offset
  if (query._buffer === null || captured._buffer === null || captured._end - captured._offset < length) return false
  return sameBytes(
    captured._buffer.subarray(captured._offset, captured._offset + length),
    query._buffer.subarray(query._offset, query._end),
  )
}
