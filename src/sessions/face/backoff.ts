/** How long to wait before the next attempt: longer each time, never quite the same for many who lost the same server. */
import { checkTable, type OptionKind, type OptionTable, positive, wholeNumber } from '../../tools/option-kinds.js'

/** When a session that was lost is opened again. */
export interface ReconnectOptions {
  /** Seconds before the first attempt. Default 0.5. */
  first?: number
  /** Seconds at most. Default 30. */
  longest?: number
  /** Attempts in a row that may fail. Default: without end. */
  tries?: number
}

/** The option `reconnect` of all sessions that have it; `checkReconnect` says what is wrong in an object of it. */
export const RECONNECT: OptionKind = {
  takes: 'true, false or {first, longest, tries}',
  accepts: (value) => typeof value === 'boolean' || (typeof value === 'object' && value !== null),
}

const PARTS: OptionTable<ReconnectOptions> = {
  first: positive('seconds'),
  longest: positive('seconds'),
  tries: wholeNumber(1),
}

/** @param name of the call @throws OptionError for a part that there is not, or that makes no sense */
export function checkReconnect(name: string, reconnect: boolean | ReconnectOptions | undefined): void {
  if (typeof reconnect === 'object') checkTable(`${name}: reconnect`, reconnect, PARTS)
}

/** Attempts and their pauses. */
export class Backoff {
  /** Attempts since it was last open. */
  attempt = 0

  constructor(
    private readonly options: ReconnectOptions,
    private readonly random: () => number = Math.random,
  ) {}

  /** Seconds to wait before the next attempt; undefined: it is given up. */
  next(): number | undefined {
    const { first = 0.5, longest = 30, tries = Number.POSITIVE_INFINITY } = this.options
    if (++this.attempt > tries) return undefined
    const most = Math.min(longest, first * 2 ** Math.min(this.attempt - 1, 30))
    return most * (0.5 + this.random() / 2)
  }

  /** It is open again. */
  reset(): void {
    this.attempt = 0
  }
}
