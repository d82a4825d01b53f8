import { PacketList } from '../capture/index.js'
import { type AnyPacket, PacketError, print } from '../packet/index.js'
import type { PathOptions } from './addressing.js'
import { AnswerList, AnswerPair, ExchangeResult, formatDuration } from './answer-list.js'
import { checkNumber, checkOptions, checkPath } from './options.js'
import { concretePackets, type Sendable } from './outgoing.js'
import { checkPace } from './pacer.js'
import { printable } from './printable.js'
import type { Probe } from './probe.js'
import { type ProbeLevel, ProbeSession } from './probe-session.js'
import { packetCount, report } from './report.js'
import { setting } from './settings.js'
import { stopSignal } from './stop-signal.js'
import { Task, type TaskControl } from './task.js'

/** Options of `srloop` and `srploop`. */
export interface LoopOptions extends PathOptions {
  /** How often the packets are sent. Default 0: until Ctrl-C. */
  count?: number
  /** Seconds from one sending to the next. Default 1. */
  inter?: number
  /** Seconds that answers are waited for, after which the next sending may begin. Unset: the setting `timeout`, 2. */
  timeout?: number
  /** Most packets a second. Default: no bound. */
  rate?: number
  /** More than one answer to a packet is taken. */
  multi?: boolean
  /** BPF expression: only frames that it lets through are looked at. */
  filter?: string
  /** Makes the line that is printed for an answer. Default: its summary and time. */
  prn?: (pair: AnswerPair) => unknown
  /** Makes the line that is printed for a packet without an answer. */
  prnFail?: (packet: AnyPacket) => unknown
  /** Keep queries and answers for the result. Default true; without it a loop of days stays small. */
  store?: boolean
  /** Print nothing but the result. */
  quiet?: boolean
}

const OPTIONS = [
  ...['count', 'inter', 'timeout', 'rate', 'multi', 'filter', 'prn', 'prnFail', 'store', 'quiet', 'iface', 'link'],
  'netns',
]

/** Packets of one sending: all of them are printed each time. */
const MOST_PACKETS = 10_000

/**
 * Sends packets that begin with IP or IPv6 again and again, and prints each answer or its lack: `srloop(IP({dst})/ICMP())`.
 * Gives what `sr` gives. Interrupted, it gives what came so far.
 */
export function srloop(packets: Sendable, options: LoopOptions = {}): Task<ExchangeResult> {
  return Task.run((control) => new Loop('srloop', 'network', options, control).run(packets), { name: 'srloop' })
}

/** Sends whole frames again and again, as `srloop` does one layer above. */
export function srploop(packets: Sendable, options: LoopOptions = {}): Task<ExchangeResult> {
  return Task.run((control) => new Loop('srploop', 'link', options, control).run(packets), { name: 'srploop' })
}

/** One run of `srloop` or `srploop`. */
class Loop {
  private readonly session: ProbeSession
  private readonly stop: AbortSignal
  private readonly answered = new AnswerList()
  private readonly unanswered = new PacketList()
  private queries = 0
  private hits = 0
  /** Probes of this sending that wait for their answer. */
  private readonly waiting = new Set<Probe>()

  constructor(
    private readonly name: string,
    level: ProbeLevel,
    private readonly options: LoopOptions,
    private readonly control: TaskControl<ExchangeResult>,
  ) {
    checkOptions(name, options, OPTIONS)
    checkPath(name, options)
    checkNumber(name, 'count', options.count ?? 0, true)
    checkNumber(name, 'inter', options.inter ?? 1, false)
    checkNumber(name, 'timeout', options.timeout ?? setting('timeout'), false)
    const { iface, link, netns, rate, multi, filter } = options
    if (rate !== undefined) checkPace(name, { rate })
    this.stop = stopSignal(control)
    this.session = new ProbeSession(name, level, { iface, link, netns, rate, multi, filter }, this.stop)
    this.session.onAnswer = (probe, packet, rtt) => this.onAnswer(probe, packet, rtt)
  }

  async run(packets: Sendable): Promise<ExchangeResult> {
    const { control, options, session, stop } = this
    const total = options.count === undefined || options.count === 0 ? Number.POSITIVE_INFINITY : options.count
    try {
      for (let turn = 1; turn <= total && !stop.aborted; turn++) {
        const next = performance.now() + (options.inter ?? 1) * 1000
        await this.sendAll(this.packetsOf(packets))
        control.progress({ done: turn, ...(Number.isFinite(total) ? { total } : {}) })
        const left = next - performance.now()
        if (turn < total && left > 0) await session.wait(left / 1000)
      }
    } finally {
      session.close()
    }
    return this.result()
  }

  /** Anew for each sending: random values differ each time. */
  private packetsOf(packets: Sendable): AnyPacket[] {
    const list: AnyPacket[] = []
    for (const packet of concretePackets(packets)) {
      if (list.push(packet) > MOST_PACKETS)
        throw new PacketError(`${this.name}: these are more than ${packetCount(MOST_PACKETS)}: take sr for so many`)
    }
    if (list.length === 0) throw new PacketError(`${this.name}: there is no packet to send`)
    return list
  }

  private async sendAll(packets: readonly AnyPacket[]): Promise<void> {
    const { options, session, stop, waiting } = this
    const probes = await session.prepare(packets)
    for (const probe of probes) if (probe.frame !== null) waiting.add(probe)
    await session.send(probes)
    await session.wait(options.timeout ?? setting('timeout'), () => options.multi !== true && waiting.size === 0)
    for (const probe of probes) {
      session.forget(probe)
      // Interrupted, it was not waited for.
      if (stop.aborted && probe.answers.length === 0 && probe.sentTimes === 0) continue
      this.queries++
      if (probe.answers.length === 0) this.onSilence(probe)
      else this.hits++
      this.store(probe)
    }
    waiting.clear()
  }

  private onAnswer(probe: Probe, packet: AnyPacket, rtt: number): void {
    this.waiting.delete(probe)
    const { prn } = this.options
    const pair = new AnswerPair(probe.query, packet, rtt)
    this.say(prn === undefined ? `answer: ${packet.summary()}  (${formatDuration(rtt)})` : prn(pair))
  }

  private onSilence(probe: Probe): void {
    const { prnFail } = this.options
    const why = probe.frame === null ? 'not sent' : 'no answer'
    this.say(prnFail === undefined ? `${why}: ${probe.query.summary()}` : prnFail(probe.query))
  }

  private store({ query, sentAt, answers }: Probe): void {
    if (this.options.store === false) return
    query.time = Number.isNaN(sentAt) ? undefined : sentAt
    if (answers.length === 0) this.unanswered.push(query)
    for (const { packet, at } of answers) this.answered.push(new AnswerPair(query, packet, at - sentAt))
  }

  private say(text: unknown): void {
    if (this.options.quiet !== true && text !== undefined && text !== null) print(printable(String(text)))
  }

  private result(): ExchangeResult {
    const { queries, hits, session } = this
    if ((this.options.quiet ?? setting('quiet')) !== true) {
      const part = queries === 0 ? 0 : Math.round((hits / queries) * 1000) / 10
      report(
        `sent ${packetCount(session.sent)}, ${hits} answered, ${queries - hits} without an answer, ${part} % answered`,
      )
    }
    return new ExchangeResult(this.answered, this.unanswered, session.sent, session.received)
  }
}
