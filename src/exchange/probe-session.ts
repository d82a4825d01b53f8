import { batchMeta } from '../capture/index.js'
import { dissectLink, IP, IPv6, readAlike } from '../layers/index.js'
import type { Capture, CaptureBatch, Link } from '../link/index.js'
import { type AnyPacket, dissect, type Packet, type PacketMeta } from '../packet/index.js'
import type { PathOptions } from './addressing.js'
import { copyFrame, networkLayer } from './frame-copy.js'
import { ANSWER_CAPTURE } from './links.js'
import { Matcher } from './matcher.js'
import { isFragment, networkStart } from './network-start.js'
import { FramePreparer, NetworkPreparer, type Preparer } from './outgoing.js'
import { type PaceOptions, Pacer } from './pacer.js'
import { LONGEST_TIMER, turn } from './pause.js'
import { Probe } from './probe.js'
import { Reassembler } from './reassembler.js'
import { report } from './report.js'
import { automaticGuards } from './reset-guards.js'
import { sendFrames } from './send-frames.js'

/** What probes are: packets from IP or IPv6 on, or whole frames. */
export type ProbeLevel = 'network' | 'link'

/** Options of a probe session. */
export interface ProbeSessionOptions extends PathOptions, PaceOptions {
  /** BPF expression: only frames that it lets through are looked at. */
  filter?: string
  /** More than one answer to a probe is taken. */
  multi?: boolean
  /**
   * Whether the kernel is kept from sending RST to what answers crafted TCP: true insists, 'auto' does it where it can. Default false.
   */
  suppressReset?: boolean | 'auto'
}

/** Packets that are made ready together: their neighbours are asked for at the same time. */
const CHUNK = 1024
/** Frames that go to the kernel in one call; between calls answers are read, since a queue full of unread ones loses them. */
const BATCH = 256

/**
 * Sends probes at a rate and matches what comes back: the engine under `sr` and under all tools. `prepare` makes probes
 * ready and begins to listen, `send` sends them (again, too), `onAnswer` hears of each answer. `close` ends it.
 */
export class ProbeSession {
  /** Called for each answer that is taken, as it comes. An exception from it ends the session: `wait` throws it. */
  onAnswer: (probe: Probe, packet: AnyPacket, rtt: number) => void = () => undefined
  /** Frames that the kernel took, retries too. */
  sent = 0
  /** Frames that came in while listening, our own not counted. */
  received = 0
  private readonly matcher: Matcher
  private readonly preparer: Preparer
  private readonly pacer: Pacer
  private readonly reassembler = new Reassembler()
  private readonly captures = new Map<Link, Capture>()
  private failure: unknown
  /** Answers that are kept beyond the first to each probe. */
  private further = 0
  private toldOfFlood = false
  /** Ends the present wait. */
  private endWait: () => void = () => undefined
  private readonly onStop = (): void => this.wake()

  /**
   * @param name of the command, for errors
   * @param stop ends every wait when it is aborted
   * @throws PacketError for options that make no sense
   */
  constructor(
    readonly name: string,
    private readonly level: ProbeLevel,
    private readonly options: ProbeSessionOptions,
    private readonly stop: AbortSignal,
  ) {
    this.matcher = new Matcher(level === 'link')
    this.preparer =
      level === 'network' ? new NetworkPreparer(name, options, stop) : new FramePreparer(name, options, stop)
    this.preparer.guards = automaticGuards(options.suppressReset ?? false, options.netns)
    this.pacer = new Pacer(options)
    stop.addEventListener('abort', this.onStop, { once: true })
  }

  /**
   * Makes packets ready to leave (source address, route, next hop, frame) and begins to listen for their answers. Gives
   * a probe for each, in their order; fewer when the session was stopped meanwhile.
   */
  async prepare(packets: readonly AnyPacket[]): Promise<Probe[]> {
    const probes: Probe[] = []
    for (let from = 0; from < packets.length && !this.stop.aborted; from += CHUNK) {
      const ready = await this.preparer.prepare(
        from === 0 && packets.length <= CHUNK ? packets : packets.slice(from, from + CHUNK),
      )
      const starting: Promise<void>[] = []
      for (const outgoing of ready) {
        const { link } = outgoing
        const probe = new Probe(outgoing)
        probes.push(probe)
        if (probe.frame === null) continue
        this.matcher.add(probe)
        if (this.captures.has(link)) continue
        const capture = this.open(link)
        if (capture.ready !== undefined) starting.push(capture.ready)
      }
      if (starting.length > 0) await Promise.all(starting)
      if (packets.length > CHUNK) await turn()
    }
    return probes
  }

  /**
   * Sends probes, at the session's rate; those without a frame are passed over. Gives how many went; less when `until`
   * holds meanwhile (asked before each batch) or the session is stopped.
   */
  async send(probes: readonly Probe[], until: () => boolean = () => false): Promise<number> {
    const before = this.sent
    for (let i = 0; i < probes.length && !this.stop.aborted && !until(); ) {
      const most = this.pacer.take(Math.min(BATCH, probes.length - i))
      if (most === 0) {
        await this.wait(this.pacer.delay, until)
        continue
      }
      const { link } = probes[i]!
      const frames: Uint8Array[] = []
      const now = Date.now() / 1000
      for (; i < probes.length && frames.length < most && probes[i]!.link === link; i++) {
        const probe = probes[i]!
        if (probe.frame === null) continue
        probe.sentAt = now
        probe.sentTimes++
        frames.push(probe.frame)
      }
      this.sent += await sendFrames(link, frames, this.stop)
      if (i < probes.length) await turn()
      this.throwFailure()
    }
    return this.sent - before
  }

  /**
   * Waits so many seconds; less when `until` holds (asked at the start and after each answer) or the session is stopped.
   * @throws LinkError when listening broke off, or what `onAnswer` threw
   */
  async wait(seconds: number, until: () => boolean = () => false): Promise<void> {
    const deadline = performance.now() + seconds * 1000
    for (;;) {
      this.throwFailure()
      const left = deadline - performance.now()
      if (left <= 0 || this.stop.aborted || until()) return
      await this.rest(left)
    }
  }

  /** Until `wake`, at most so many ms. Answers come by the thousand: an AbortSignal for each would cost more than they do. */
  private rest(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.endWait(), Math.min(milliseconds, LONGEST_TIMER))
      this.endWait = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** Ends the present `wait`, unless its `until` does not hold yet and there is time left. */
  wake(): void {
    this.endWait()
  }

  /** What is answered to this probe from now on does not count. */
  forget(probe: Probe): void {
    this.matcher.remove(probe)
    this.further -= Math.max(0, probe.answers.length - 1)
  }

  /** Ends listening. A second call does nothing. */
  close(): void {
    this.stop.removeEventListener('abort', this.onStop)
    for (const capture of this.captures.values()) capture.stop()
    this.wake()
  }

  private open(link: Link): Capture {
    const { filter } = this.options
    const capture = link.capture(
      { ...ANSWER_CAPTURE, ...(filter === undefined ? {} : { filter }) },
      (batch) => this.onBatch(batch),
      (error) => {
        this.failure ??= error
        this.wake()
      },
    )
    this.captures.set(link, capture)
    return capture
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure
  }

  private onBatch(batch: CaptureBatch): void {
    let taken = false
    this.received += batch.count
    for (let i = 0; i < batch.count; i++) if (this.take(batch, i)) taken = true
    if (taken) this.wake()
  }

  /** Whether frame `index` of the batch was an answer. */
  private take(batch: CaptureBatch, index: number): boolean {
    const { buffer, linkType } = batch
    const frameStart = batch.offsets[index]!
    const end = frameStart + batch.lengths[index]!
    let start = this.level === 'link' ? frameStart : networkStart(linkType, buffer, frameStart, end)
    let known: Packet | null | undefined
    if (start < 0) {
      known = networkLayer(dissectLink(linkType, buffer, frameStart, end))
      if (known === null) return false
      start = known._offset
    }
    const dissected = (): Packet | null => {
      if (known === undefined) {
        const frame = dissectLink(linkType, buffer, frameStart, end)
        known = this.level === 'network' ? networkLayer(frame) : frame
      }
      return known
    }
    const candidates = this.matcher.candidates(buffer, start, end, dissected)
    const at = batch.seconds[index]! + batch.nanoseconds[index]! / 1e9
    const own = this.matcher.leaving(buffer, start, end, candidates)
    if (own !== undefined) {
      // Seen leaving: the kernel's clock is the one that stamps the answer too.
      if (own.answers.length === 0) own.sentAt = at
      this.received--
      return false
    }
    const isPart = this.level === 'network' && isFragment(buffer, start, end)
    if (candidates.length === 0 && !isPart) return false
    const copy = copyFrame(batch, index)
    const meta = batchMeta(batch, index)
    if (isPart || this.level === 'link') {
      const frame = dissectLink(linkType, copy)
      frame._meta = meta
      return isPart ? this.takeFragment(frame) : this.accept(frame, meta, candidates)
    }
    const layer = known?._layer ?? (buffer[start]! >>> 4 === 6 ? IPv6.definition : IP.definition)
    return this.accept(dissect(layer, copy, start - frameStart), meta, candidates)
  }

  /** An answer in several parts is one when it is complete. */
  private takeFragment(frame: Packet): boolean {
    const whole = this.reassembler.add(frame)
    const packet = whole === null ? null : networkLayer(whole)
    if (whole?._meta == null || packet?._buffer == null) return false
    const { _buffer, _offset, _end } = packet
    const candidates = this.matcher.candidates(_buffer, _offset, _end, () => packet)
    return this.accept(dissect(packet._layer, _buffer, _offset), whole._meta, candidates)
  }

  /** Whether another answer to a probe that has one is taken. */
  private takesFurther(): boolean {
    if (this.options.multi !== true) return false
    if (this.further < MOST_FURTHER) {
      this.further++
      return true
    }
    if (!this.toldOfFlood)
      report(`${this.name}: ${MOST_FURTHER} further answers to the same packets; the rest is left out`, 'warning')
    this.toldOfFlood = true
    return false
  }

  /** Takes a packet that nobody else holds for the answer to one of these, when it is. */
  private accept(packet: Packet, meta: PacketMeta, candidates: readonly Probe[]): boolean {
    const probe = this.matcher.match(packet, candidates)
    if (probe === undefined || (probe.answers.length > 0 && !this.takesFurther())) return false
    const kept = readAlike(packet, probe.query) as AnyPacket
    kept._meta = meta
    const at = meta.time ?? 0
    probe.answers.push({ packet: kept, at })
    if (this.options.multi !== true) this.matcher.settle(probe, candidates)
    this.onAnswer(probe, kept, at - probe.sentAt)
    return true
  }
}

/** Further answers that are kept (`multi`): each takes about 1 kB, and a flood of them must not take all memory. */
const MOST_FURTHER = 100_000
