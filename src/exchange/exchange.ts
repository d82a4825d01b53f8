import { PacketList } from '../capture/index.js'
import { type AnyPacket, PacketError } from '../packet/index.js'
import type { PathOptions } from './addressing.js'
import { AnswerList, AnswerPair, ExchangeResult } from './answer-list.js'
import { checkNumber, checkOptions, checkPath } from './options.js'
import { chunksOf, concretePackets, countOf, type Sendable } from './outgoing.js'
import { checkPace, type PaceOptions } from './pacer.js'
import { turn } from './pause.js'
import type { Probe } from './probe.js'
import { type ProbeLevel, ProbeSession } from './probe-session.js'
import { grouped } from './progress-text.js'
import { packetCount, report } from './report.js'
import { setting } from './settings.js'
import { stopSignal } from './stop-signal.js'
import { Task, type TaskControl } from './task.js'

/** Options of `sr`, `sr1`, `srp` and `srp1`. */
export interface ExchangeOptions extends PathOptions, PaceOptions {
  /** Seconds to wait for answers after the last packet was sent. Unset: the setting `timeout`, 2. */
  timeout?: number
  /** How often unanswered packets are sent again. Default 0. */
  retry?: number
  /** Keep listening for more than one answer to a packet, until the time is over. */
  multi?: boolean
  /** BPF expression: only frames that it lets through are looked at. */
  filter?: string
  /**
   * Keep the kernel from sending RST to what answers crafted TCP (its source port is guarded for ten minutes after the last packet
   * from it). True insists, false lets the kernel; unset: where it can be, for up to 64 source ports.
   */
  suppressReset?: boolean
  /** No message when done. */
  quiet?: boolean
}

/** Names of the options, for the check and for those who pass them on. */
export const EXCHANGE_OPTIONS = [
  'timeout',
  'retry',
  'inter',
  'rate',
  'multi',
  'filter',
  'iface',
  'link',
  'netns',
  'suppressReset',
  'quiet',
] as const

/** More packets than this in one call would need more memory than a program has: each is kept, at nearly 1 kB, for its answers. */
const MOST_PACKETS = 1_000_000
/** Packets that are made ready together: their neighbours are asked for at the same time. */
const CHUNK = 1024
/** Packets that are sent between two reports of progress. */
const PART = 256

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
  private readonly session: ProbeSession
  private readonly probes: Probe[] = []
  /** Probes that may still be answered; with `multi`, all that were made ready. */
  private waiting = 0
  private answered = 0
  /** Everything was made ready. */
  private isComplete = false
  /** It ended, perhaps with an error: what still waits to leave stays. */
  private isOver = false
  private readonly stop: AbortSignal

  constructor(
    private readonly name: string,
    level: ProbeLevel,
    private readonly options: ExchangeOptions,
    private readonly control: TaskControl<ExchangeResult> | TaskControl<AnyPacket | null>,
    private readonly onlyOne = false,
  ) {
    checkOptions(name, options, EXCHANGE_OPTIONS)
    checkPath(name, options)
    checkPace(name, options)
    checkNumber(name, 'timeout', options.timeout ?? setting('timeout'), false)
    checkNumber(name, 'retry', options.retry ?? 0, true)
    this.stop = stopSignal(control)
    this.session = new ProbeSession(
      name,
      level,
      { ...options, suppressReset: options.suppressReset ?? 'auto' },
      this.stop,
    )
    this.session.onAnswer = (probe) => this.onAnswer(probe)
  }

  async run(packets: Sendable): Promise<ExchangeResult> {
    const { options, session, probes } = this
    const timeout = options.timeout ?? setting('timeout')
    const isDone = (): boolean => this.isDone()
    try {
      await this.sendAll(packets)
      await session.wait(timeout, isDone)
      for (let again = options.retry ?? 0; again > 0 && !isDone(); again--) {
        const left = probes.filter((probe) => probe.frame !== null && probe.answers.length === 0)
        if (left.length === 0) break
        await this.send(left)
        await session.wait(timeout, isDone)
      }
    } finally {
      this.isOver = true
      session.close()
    }
    return this.result()
  }

  /** Chunk by chunk: while one leaves, the next is made ready. Listening begins before the first one leaves. */
  private async sendAll(packets: Sendable): Promise<void> {
    const { probes, session } = this
    this.checkCount(countOf(packets) ?? 0)
    let leaving: Promise<void> = Promise.resolve()
    for (const chunk of chunksOf(concretePackets(packets), CHUNK)) {
      this.checkCount(probes.length + chunk.length)
      const ready = await session.prepare(chunk)
      for (const probe of ready) {
        probes.push(probe)
        if (probe.frame !== null) this.waiting++
      }
      leaving = this.sendBehind(leaving, ready)
      // It is awaited below; an error in the meantime must not count as one that nobody handles.
      leaving.catch(() => undefined)
      await turn()
      if (this.isDone()) break
    }
    this.isComplete = true
    await leaving
    if (probes.length === 0 && !this.stop.aborted) throw new PacketError(`${this.name}: there is no packet to send`)
  }

  private async sendBehind(before: Promise<void>, probes: readonly Probe[]): Promise<void> {
    await before
    await this.send(probes)
  }

  private checkCount(count: number): void {
    if (count > MOST_PACKETS)
      throw new PacketError(
        `${this.name}: these are more than ${packetCount(MOST_PACKETS)}, and all are kept until they are answered: send them in parts`,
      )
  }

  private async send(probes: readonly Probe[]): Promise<void> {
    const isDone = (): boolean => this.isDone()
    for (let from = 0; from < probes.length && !isDone(); from += PART) {
      await this.session.send(probes.length <= PART ? probes : probes.slice(from, from + PART), isDone)
      this.control.progress({ done: this.session.sent, total: this.probes.length, unit: 'packets' })
    }
  }

  private isDone(): boolean {
    if (this.stop.aborted || this.isOver || (this.isComplete && this.waiting === 0)) return true
    return this.onlyOne && this.answered > 0
  }

  private onAnswer(probe: Probe): void {
    if (probe.answers.length === 1) this.answered++
    if (this.options.multi !== true) this.waiting--
    const { answered } = this
    const { length: total } = this.probes
    this.control.progress({ done: answered, total, text: `${grouped(answered)} of ${grouped(total)} answered` })
  }

  private async result(): Promise<ExchangeResult> {
    const answered = new AnswerList()
    const unanswered = new PacketList()
    for (const [number, { query, answers, sentAt }] of this.probes.entries()) {
      // A million of them take seconds.
      if (number % CHUNK === CHUNK - 1) await turn()
      if (answers.length === 0) unanswered.push(query)
      query.time = Number.isNaN(sentAt) ? undefined : sentAt
      for (const { packet, at } of answers) answered.push(new AnswerPair(query, packet, at - sentAt))
    }
    const { sent, received } = this.session
    if ((this.options.quiet ?? setting('quiet')) !== true) {
      report(
        `sent ${packetCount(sent)}, received ${packetCount(received)}, ${answered.length} answered, ${unanswered.length} without an answer`,
      )
    }
    return new ExchangeResult(answered, unanswered, sent, received)
  }
}
