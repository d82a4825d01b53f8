import { Pacer } from '../../exchange/pacer.js'
import { turn } from '../../exchange/pause.js'
import { sendFrames } from '../../exchange/send-frames.js'
import type { Link } from '../../link/index.js'
import { Lane, type Patience } from './lane.js'

/** What is to be sent, and how. Probe `probe` of lane `lane` has number `lane * probes + probe`. */
export interface FlightPlan {
  /** Hosts, or other ways that have a pace of their own. */
  lanes: number
  /** Probes in each lane. */
  probes: number
  linkOf(lane: number): Link
  /** The frame of a probe; `attempt` is 0 for the first. Null: it need not be sent any more. */
  frame(lane: number, probe: number, attempt: number): Uint8Array | null
  patience: Patience
  /** Most retransmissions of a probe, 0..15. */
  retries: number
  /**
   * Whether a retransmission beyond the first one needs a sign that probes get lost: an answer to an earlier one. Silent ports of a
   * host that loses nothing are filtered, and are not asked again and again.
   */
  retriesNeedLoss: boolean
  /** Hosts may hold back answers on purpose, as kernels do with ICMP errors. */
  limitsAnswers?: boolean
  /** Probes per second on average; unset: as fast as answers come. */
  rate?: number | undefined
  /** Order of the probes in a lane; unset: as they are. */
  order?: Uint16Array | Uint32Array
  /** Told from time to time how many probes have a result. */
  onProgress?: (settled: number) => void
}

/** An outcome that is no result yet: never sent, or on its way. */
const PENDING = 0
/** For `answered`: which attempt was answered is not known, or it was none. */
export const ANY_ATTEMPT = -1
const NO_ATTEMPT = -2
/** It turned out that the probe was not needed. */
const SKIPPED = 239
/** Given up after this many attempts beyond the first: 240..255. */
const GIVEN_UP = 240

/** Probes of all lanes together that may be on their way. */
const MOST_OUTSTANDING = 2048
/** Frames that go out together; between them answers are read. */
const BATCH = 128
/** Retransmissions to a host that holds back answers, at least: the first ones come too fast for it. */
const LEAST_WHEN_HELD_BACK = 3
/** How often progress is told, ms. */
const PROGRESS = 100

/**
 * Sends very many probes and keeps one byte for each: its outcome. Which answer belongs to which probe, and what it means,
 * is the caller's; it tells by `answered`. Windows, time-outs and retransmissions are decided here.
 */
export class Flight {
  /** One byte a probe: `PENDING`, the caller's code (1..238), `SKIPPED`, or given up. */
  readonly outcomes: Uint8Array
  readonly lanes: Lane[]
  /** Frames that left. */
  sent = 0
  private settled = 0
  private failure: unknown
  private readonly active: Lane[] = []
  private readonly laneNumbers = new Map<Lane, number>()
  /** Slot of each probe that is on its way. */
  private readonly slotOf = new Map<number, number>()
  private readonly free: number[] = []
  private readonly slotIndex = new Float64Array(MOST_OUTSTANDING)
  private readonly slotAttempt = new Uint8Array(MOST_OUTSTANDING)
  private readonly slotSent = new Float64Array(MOST_OUTSTANDING)
  /** When the attempt before was sent. */
  private readonly slotBefore = new Float64Array(MOST_OUTSTANDING)
  /** Slots of the frames that leave next. */
  private readonly leaving: number[] = []
  private readonly next = new Int32Array(MOST_OUTSTANDING)
  private readonly previous = new Int32Array(MOST_OUTSTANDING)
  private wake: (() => void) | null = null
  private turnOf = 0
  private readonly pacer: Pacer
  private toldAt = 0

  constructor(
    private readonly plan: FlightPlan,
    private readonly stop: AbortSignal,
  ) {
    this.pacer = new Pacer({ rate: plan.rate })
    this.outcomes = new Uint8Array(plan.lanes * plan.probes)
    this.lanes = Array.from({ length: plan.lanes }, () => new Lane(plan.probes, plan.patience))
    this.lanes.forEach((lane, number) => {
      this.active.push(lane)
      this.laneNumbers.set(lane, number)
      lane.allowedRetries = plan.retriesNeedLoss ? Math.min(1, plan.retries) : plan.retries
    })
    for (let slot = MOST_OUTSTANDING - 1; slot >= 0; slot--) this.free.push(slot)
  }

  /** Whether nothing answered a probe that was sent as often as it may be. */
  isGivenUp(index: number): boolean {
    return this.outcomes[index]! >= GIVEN_UP
  }

  /** Sends all and waits for the answers; returns early when `stop` is aborted. @throws what `fail` was told */
  async run(): Promise<void> {
    const onStop = (): void => this.wake?.()
    this.stop.addEventListener('abort', onStop, { once: true })
    try {
      while (this.active.length > 0 && !this.stop.aborted) {
        this.throwFailure()
        const now = performance.now()
        const wakeAt = this.expire(now)
        const sentBefore = this.sent
        const sendAt = await this.fill(now)
        this.tell(now)
        // A turn lets the answers in that came meanwhile.
        if (this.sent > sentBefore) await turn()
        else if (this.active.length > 0) await this.sleep(Math.min(wakeAt, sendAt) - performance.now())
      }
      this.throwFailure()
    } finally {
      this.stop.removeEventListener('abort', onStop)
      this.plan.onProgress?.(this.settled)
    }
  }

  /** Ends the flight with an error. */
  fail(error: unknown): void {
    this.failure ??= error
    this.wake?.()
  }

  /**
   * Probe `index` was answered. The first answer counts.
   * @param attempt the one that was answered; `ANY_ATTEMPT`: the answer does not tell; `NO_ATTEMPT`: none of them
   * @param tells whether the answer says something about losses: an answer that is held back on purpose does not
   * @returns time from sending to now in ms, when it is known for certain; else -1
   */
  answered(index: number, code: number, attempt: number, tells = true): number {
    const { plan } = this
    const laneNumber = Math.floor(index / plan.probes)
    const lane = this.lanes[laneNumber]
    if (lane === undefined) return -1
    const before = this.outcomes[index]!
    if (before !== PENDING && before < GIVEN_UP) return -1
    this.outcomes[index] = code
    if (before === PENDING) {
      lane.left--
      this.settled++
    }
    const slot = this.slotOf.get(index)
    const roundTrip = this.learn(lane, laneNumber, slot, attempt, tells)
    if (slot !== undefined) this.release(lane, slot)
    this.wake?.()
    return roundTrip
  }

  /** Probe `index` need not be asked (again): its outcome is known otherwise. */
  settle(index: number, code: number): void {
    this.answered(index, code, NO_ATTEMPT, false)
  }

  private learn(lane: Lane, laneNumber: number, slot: number | undefined, attempt: number, tells: boolean): number {
    const now = performance.now()
    // Sent once only: then it is known all the same.
    if (attempt === ANY_ATTEMPT && slot !== undefined && this.slotAttempt[slot] === 0) attempt = 0
    if (attempt > lane.successfulAttempt && tells) {
      lane.successfulAttempt = attempt
      if (this.plan.retriesNeedLoss) this.allowMore(lane, laneNumber)
    }
    if (slot === undefined || attempt < 0) return -1
    const sentAt = this.slotSent[slot]!
    if (attempt === this.slotAttempt[slot]!) {
      const roundTrip = now - sentAt
      lane.sample(roundTrip)
      const isNews = attempt > 0 && tells && lane.loss(this.slotBefore[slot]!, now, this.plan.limitsAnswers === true)
      if (!isNews) lane.grow(attempt === 0, now)
      return roundTrip
    }
    // The answer to an earlier attempt came after its time-out, which was too short then.
    lane.sample(Math.min(now - sentAt + lane.timeout, lane.timeout * 2))
    return -1
  }

  /** Probes that were given up get the attempts that are allowed by now. */
  private allowMore(lane: Lane, laneNumber: number): void {
    const { plan, outcomes } = this
    const least = plan.limitsAnswers === true && lane.mayHoldBack ? LEAST_WHEN_HELD_BACK : 0
    const allowed = Math.min(plan.retries, Math.max(least, lane.successfulAttempt + 1))
    if (allowed <= lane.allowedRetries) return
    lane.allowedRetries = allowed
    const start = laneNumber * plan.probes
    for (let index = start; index < start + plan.probes; index++) {
      const outcome = outcomes[index]!
      if (outcome < GIVEN_UP || outcome - GIVEN_UP >= allowed) continue
      outcomes[index] = PENDING
      lane.left++
      this.settled--
      lane.again.push({ index, attempt: outcome - GIVEN_UP + 1, before: 0 })
    }
    if (!this.active.includes(lane)) this.active.push(lane)
  }

  /** Deals with time-outs; gives when the next one is. */
  private expire(now: number): number {
    let soonest = Number.POSITIVE_INFINITY
    for (let i = this.active.length - 1; i >= 0; i--) {
      const lane = this.active[i]!
      while (lane.head >= 0 && this.slotSent[lane.head]! + lane.timeout <= now) this.timedOut(lane, lane.head, now)
      if (lane.head >= 0) soonest = Math.min(soonest, this.slotSent[lane.head]! + lane.timeout)
      else if (lane.left === 0) {
        this.active[i] = this.active[this.active.length - 1]!
        this.active.pop()
      }
    }
    return soonest
  }

  private timedOut(lane: Lane, slot: number, now: number): void {
    const index = this.slotIndex[slot]!
    const attempt = this.slotAttempt[slot]!
    this.release(lane, slot)
    lane.silence()
    if (attempt < lane.allowedRetries) {
      lane.again.push({ index, attempt: attempt + 1, before: this.slotSent[slot]! })
      if (lane.mayHoldBack) lane.rest(now)
      return
    }
    this.outcomes[index] = GIVEN_UP + attempt
    lane.left--
    this.settled++
  }

  /** Sends what the windows and the rate let through; gives when more may go, when only time hinders. */
  private async fill(now: number): Promise<number> {
    const { plan } = this
    let frames: Uint8Array[] = []
    let link: Link | undefined
    let soonest = Number.POSITIVE_INFINITY
    if (this.free.length === 0) return soonest
    let budget = this.pacer.take(Math.min(BATCH, this.free.length))
    if (budget === 0) return now + this.pacer.delay * 1000
    let idle = 0
    while (budget > 0 && idle < this.active.length) {
      const lane = this.active[this.turnOf++ % this.active.length]!
      if (lane.nextAt > now) {
        soonest = Math.min(soonest, lane.nextAt)
        idle++
        continue
      }
      const number = this.laneNumbers.get(lane)!
      const laneLink = plan.linkOf(number)
      if (link !== laneLink) {
        if (link !== undefined) await this.transmit(link, frames)
        frames = []
        link = laneLink
      }
      const taken = this.take(lane, number, now, budget, frames)
      budget -= taken
      idle = taken === 0 ? idle + 1 : 0
    }
    this.pacer.giveBack(budget)
    if (link !== undefined) await this.transmit(link, frames)
    return soonest
  }

  /** Takes some probes of a lane, puts their frames at the end of `frames`; gives their number. */
  private take(lane: Lane, number: number, now: number, most: number, frames: Uint8Array[]): number {
    const { plan } = this
    const room = Math.min(
      most,
      lane.delay > 0 ? 1 : Math.floor(lane.window) - lane.outstanding,
      this.active.length > 1 ? 8 : most,
    )
    let taken = 0
    while (taken < room) {
      const repeated = lane.again.shift()
      const attempt = repeated?.attempt ?? 0
      const index = repeated?.index ?? this.nextOf(lane, number)
      if (index < 0) break
      if (this.outcomes[index] !== PENDING) continue
      const frame = plan.frame(number, index - number * plan.probes, attempt)
      if (frame === null) {
        this.settle(index, SKIPPED)
        continue
      }
      frames.push(frame)
      this.occupy(lane, index, attempt, now, repeated?.before ?? 0)
      taken++
    }
    if (taken > 0 && lane.delay > 0) lane.nextAt = now + lane.delay
    return taken
  }

  private nextOf(lane: Lane, number: number): number {
    const { probes, order } = this.plan
    while (lane.cursor < probes) {
      // Lanes begin at different places, so that not all hosts are asked for the same port at once.
      const place = (lane.cursor++ + number * 7919) % probes
      const index = number * probes + (order === undefined ? place : order[place]!)
      if (this.outcomes[index] === PENDING) return index
    }
    return -1
  }

  private async transmit(link: Link, frames: Uint8Array[]): Promise<void> {
    if (frames.length === 0) return
    // Building many frames takes longer than the way to a neighbour.
    const now = performance.now()
    for (const slot of this.leaving) this.slotSent[slot] = now
    this.leaving.length = 0
    this.sent += await sendFrames(link, frames, this.stop)
  }

  private occupy(lane: Lane, index: number, attempt: number, now: number, before: number): void {
    const slot = this.free.pop()!
    this.slotOf.set(index, slot)
    this.slotIndex[slot] = index
    this.slotAttempt[slot] = attempt
    this.slotSent[slot] = now
    this.leaving.push(slot)
    this.slotBefore[slot] = before
    this.next[slot] = -1
    this.previous[slot] = lane.tail
    if (lane.tail >= 0) this.next[lane.tail] = slot
    else lane.head = slot
    lane.tail = slot
    lane.outstanding++
  }

  private release(lane: Lane, slot: number): void {
    const before = this.previous[slot]!
    const after = this.next[slot]!
    if (before >= 0) this.next[before] = after
    else lane.head = after
    if (after >= 0) this.previous[after] = before
    else lane.tail = before
    lane.outstanding--
    this.slotOf.delete(this.slotIndex[slot]!)
    this.free.push(slot)
  }

  private tell(now: number): void {
    if (now - this.toldAt < PROGRESS) return
    this.toldAt = now
    this.plan.onProgress?.(this.settled)
  }

  private sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined
      const end = (): void => {
        clearTimeout(timer)
        this.wake = null
        resolve()
      }
      this.wake = end
      // With nothing to wait for but an answer that cannot come, a look after a while does no harm.
      timer = setTimeout(end, Math.min(Math.max(milliseconds, 0), 1000))
    })
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure
  }
}
