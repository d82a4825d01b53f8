/**
 * The pace of probes to one host: how long an answer is waited for and how many probes are on their way, learnt from what
 * comes back.
 */

/** Probes on their way at the start, and at most. The kernel of a peer queues some 1000 frames (netdev_max_backlog). */
const FIRST_WINDOW = 64
const LARGEST_WINDOW = 768
const SMALLEST_WINDOW = 4
/** Up to here silence opens the window as answers do: a host that drops everything would be probed for ever otherwise. */
const SILENT_WINDOW = 256
/**
 * The longest pause between probes to a host that holds back its answers, ms: Linux sends one ICMP error a second to each
 * address (icmp_ratelimit, icmp(7)).
 */
const LONGEST_DELAY = 1020
/** A pause that is shorter is none, ms. */
const SHORTEST_DELAY = 0.5
/** Pauses are so much longer than the answers that came would allow: some of the probes are for ports that do not answer. */
const CAUTION = 1.3

/** Limits of waiting for an answer, ms. */
export interface Patience {
  /** Before anything has answered. */
  first: number
  shortest: number
  longest: number
}

/** What is known of the way to one host. */
export class Lane {
  /** Oldest and newest probe on its way, in the flight's list of slots; -1: none. */
  head = -1
  tail = -1
  outstanding = 0
  /** Place of the next probe in the order. */
  cursor = 0
  /** Probes that are to be sent again, each with the number of the attempt and when the one before was sent. */
  readonly again: { index: number; attempt: number; before: number }[] = []
  /** Probes that have no result yet, given up ones not counted. */
  left: number
  /** The latest attempt that was answered, 0 for the first one. */
  successfulAttempt = 0
  /** Attempts that may be made now, the first one not counted. */
  allowedRetries = 1
  /** Not before this time, ms. */
  nextAt = 0
  /** Between two probes, ms; 0: none. */
  delay = 0
  /** Time to wait for an answer, ms. */
  timeout: number
  /** Smoothed round-trip time, ms; -1 while unknown. */
  roundTrip = -1
  window = FIRST_WINDOW
  /** It has sent an answer of the kind that hosts hold back when there are many. */
  mayHoldBack = false
  private rested = false
  /** Answers since the last loss, or since the beginning. */
  private answers = 0
  private countedSince = performance.now()
  private variation = 0
  private threshold = LARGEST_WINDOW
  private lastLoss = -1

  constructor(
    probes: number,
    private readonly patience: Patience,
  ) {
    this.left = probes
    this.timeout = patience.first
  }

  /** RFC 6298 §2, with bounds of our own. */
  sample(roundTrip: number): void {
    if (this.roundTrip < 0) {
      this.roundTrip = roundTrip
      this.variation = roundTrip / 2
    } else {
      this.variation += (Math.abs(this.roundTrip - roundTrip) - this.variation) / 4
      this.roundTrip += (roundTrip - this.roundTrip) / 8
    }
    const { shortest, longest } = this.patience
    this.timeout = Math.min(longest, Math.max(shortest, this.roundTrip + 4 * this.variation))
  }

  /** An answer that shows no new loss: more may be on their way (RFC 5681 §3.1, in probes), and sooner. */
  grow(isFirstAttempt: boolean, now: number): void {
    this.answers++
    this.widen(LARGEST_WINDOW)
    if (isFirstAttempt) this.hurry(0.9)
    else if (this.delay > 0) this.delay = Math.max(this.delay, this.pauseLearnt(now))
  }

  /** A probe was not answered in time. */
  silence(): void {
    if (this.window < SILENT_WINDOW) this.widen(SILENT_WINDOW)
    this.hurry(0.98)
  }

  /** Before silent ports are asked again, the host gets the time to be able to answer again. */
  rest(now: number): void {
    if (this.rested || this.delay > 0) return
    this.rested = true
    this.nextAt = now + LONGEST_DELAY
  }

  /**
   * An earlier attempt, sent at `sentAt`, was lost for certain, since a later one was answered: fewer are sent. Once for all
   * that left before.
   * @param holdsBack the host may hold back answers on purpose: then pauses help
   * @returns whether this was news
   */
  loss(sentAt: number, now: number, holdsBack: boolean): boolean {
    if (sentAt < this.lastLoss) return false
    this.answers++
    if (holdsBack) this.delay = this.pauseLearnt(now)
    this.lastLoss = now
    this.countedSince = now
    this.answers = 0
    this.window = Math.max(SMALLEST_WINDOW, this.window / 2)
    this.threshold = this.window
    return true
  }

  /** The pause that suits the answers since the last loss. */
  private pauseLearnt(now: number): number {
    return Math.min(LONGEST_DELAY, ((now - this.countedSince) / this.answers) * CAUTION)
  }

  /** Shorter pauses, until losses show that they are too short. */
  private hurry(factor: number): void {
    if (this.delay > 0) this.delay = this.delay < SHORTEST_DELAY ? 0 : this.delay * factor
  }

  private widen(most: number): void {
    this.window = Math.min(most, this.window + (this.window < this.threshold ? 1 : 1 / this.window))
  }
}
