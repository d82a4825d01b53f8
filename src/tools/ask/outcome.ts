/** What came of a question. */
export type Outcome<T> =
  | {
      kind: 'answer'
      value: T
      /** Seconds from the last sending to the answer. */
      rtt: number
      /** How often the question was sent. */
      tries: number
    }
  /** Nobody said anything in time. */
  | { kind: 'silent'; tries: number }
  /** The system says that the port is closed (`ECONNREFUSED`), there is no way (`EHOSTUNREACH`), or what else went wrong. */
  | { kind: 'error'; code: string; tries: number; rtt: number }
  /** The other end closed the connection without an answer (TCP). */
  | { kind: 'hung up'; tries: number; rtt: number }
  | { kind: 'stopped'; tries: number }

/** How long and how often to ask. */
export interface AskOptions {
  /** Seconds that an answer is waited for after each sending. */
  timeout: number
  /** How often a question without an answer is sent again. */
  retry: number
  /** Ends the wait. */
  stop: AbortSignal
}
