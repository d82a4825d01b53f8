import type { PingHost } from './ping-result.js'

/** One probe of `ping`. */
export interface PingProbe {
  readonly host: PingHost
  readonly seq: number
  /** `waiting` until it is answered, lost (time-out) or failed (an ICMP error, or it could not be sent). */
  state: 'waiting' | 'answered' | 'lost' | 'failed'
  /** Whether it left; set by the transport. */
  sent: boolean
  /** When its time-out is over, by performance.now(). */
  deadline: number
}

/** What a transport tells of a probe. */
export interface PingNews {
  /** `answer` from the host, `error` that says it will not come, `notice` that says nothing about that. */
  kind: 'answer' | 'error' | 'notice'
  from: string
  /** Seconds; unset when nothing was sent. */
  rtt?: number
  /** Time to live that the answer had left. */
  ttl?: number
  /** What is said of it: `'64 bytes'`, `'host unreachable'`. */
  words: string
}

/** How probes reach the wire. */
export interface PingTransport {
  /** Set by `ping`: hears what happened to a probe; it may be called more than once for one. */
  heard: (probe: PingProbe, news: PingNews) => void
  /** Sends one probe to each host, paced. Those that cannot be sent are told of through `heard`. */
  send(probes: readonly PingProbe[]): Promise<void>
  /** Waits so many seconds, less when `until` holds after something was heard, or on Ctrl-C. */
  wait(seconds: number, until: () => boolean): Promise<void>
  /** Answers to this probe are of no interest any more. */
  forget(probe: PingProbe): void
  close(): void
}
