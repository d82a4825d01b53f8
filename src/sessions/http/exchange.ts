/** A request on its way and the answer to it, as the steps between the call and the wire see them. */
import type { Readable } from 'node:stream'
import type { HttpHeaders } from './headers.js'
import type { TimingMarks } from './timing.js'

/** What is sent with a request. */
export interface RequestBody {
  /** Media type, for `Content-Type` where the caller names none. */
  readonly type: string | undefined
  /** Bytes; undefined: not known before its end (it is sent in chunks). */
  readonly length: number | undefined
  /** Whether `open` can be called again: for another attempt, or behind a redirect. */
  readonly isRepeatable: boolean
  /** For `request.text`, curl commands and HAR: what it is, when that is short text; undefined: not to be shown. */
  readonly preview?: string | undefined
  /** Its bytes. */
  open(): string | Uint8Array | Readable
}

/** One request to one URL; redirects, and attempts behind a 401, make further ones of it. */
export interface Outgoing {
  readonly method: string
  readonly url: URL
  readonly headers: HttpHeaders
  readonly body: RequestBody | undefined
  /**
   * Whether the origin is another one than that which was asked for first: no credentials of the first one go there (RFC 9110 §15.4).
   */
  readonly isForeign: boolean
  /** The body of the answer is wanted as a stream, not in memory. */
  readonly isStreamed: boolean
  /** Aborted when nobody waits any more. */
  readonly abort: AbortHook
  /** When the whole has to be over: `performance.now()`; Infinity: never. */
  readonly deadline: number
  /** Of a streamed answer: ms that may pass without a byte. */
  readonly patience: number
  /** Bytes of an answer that are taken into memory, before and behind decompression. */
  readonly limit: number
  /** Redirects that are followed. */
  readonly redirects: number
  /** Attempts behind the first. */
  readonly retries: number
  /** What was asked and answered so far, for the call as a whole. */
  readonly trail: Passed[]
  /** Told about bytes that went out or came in, of known total or not. */
  readonly progress: ((direction: 'up' | 'down', done: number, total: number | undefined) => void) | undefined
}

/** Something that can be given up. */
export interface AbortHook {
  readonly reason: unknown
  /** Calls it when it happens; at once when it has happened. Gives what takes it back. */
  onAbort(handler: (reason: unknown) => void): () => void
}

/** An answer as it came from the wire: not decompressed. */
export interface Incoming {
  readonly status: number
  readonly statusText: string
  readonly headers: HttpHeaders
  /** `1.1`, `2`. */
  readonly version: string
  /** The body: all of it, or with `isStreamed` as it comes. */
  readonly body: Uint8Array | Readable
  readonly marks: TimingMarks
  /** Address and port of the other end; undefined from the cache. */
  readonly remote: string | undefined
  /** Where it came from. */
  readonly source: 'network' | 'cache' | 'revalidated'
}

/** A request and its answer. */
export interface Passed {
  readonly request: Outgoing
  readonly answer: Incoming
}

/** What stands between the call and the wire: changes requests, looks at answers, asks again. */
export type Step = (request: Outgoing, next: Send) => Promise<Incoming>
/** Sends a request and gives the answer. */
export type Send = (request: Outgoing) => Promise<Incoming>
