/** How long the parts of an exchange took. */

/** Moments of an exchange, `performance.now()`; those of a connection only where it was made for this request. */
export interface TimingMarks {
  /** The request was handed over. */
  start: number
  /** Looking up the name was over. */
  dns?: number
  connectStart?: number
  /** The TCP connection stood. */
  tcp?: number
  /** TLS stood. */
  tls?: number
  /** The request's headers went out. */
  sent?: number
  /** The first byte of the answer. */
  firstByte?: number
  /** The last one; undefined while it comes. */
  end?: number
}
