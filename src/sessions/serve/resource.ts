/** What a URL of the file server gives, and a transfer of it. */

/** Something that can be sent: a file, an archive made while it is sent, standard input. */
export interface Resource {
  /** What the client is to call it: `données.tar.gz`. */
  readonly name: string
  /** Its media type. */
  readonly type: string
  /** Bytes; undefined: known only at its end (archives, standard input). */
  readonly size: number | undefined
  /** When it was changed last; undefined: not known. */
  readonly modified: Date | undefined
  /** A strong validator with its quotes, another for other bytes (RFC 9110 §8.8.3). Undefined: there is none, and no parts can be had. */
  readonly etag: string | undefined
  /** Whether a browser is to show it or to keep it as a file. */
  readonly disposition: 'inline' | 'attachment'
  /**
   * Its bytes from `start` up to, not including, `end`; pieces may be overwritten when the next one is asked for. Leaving the loop lets go of all that it
   * holds.
   * @throws ResourceChanged when it is no longer what was promised: shorter, or other bytes
   */
  read(start: number, end: number | undefined): AsyncIterable<Uint8Array>
}

/** The bytes that were promised are not there any more: the client must not take what it has for all. */
export class ResourceChanged extends Error {
  override readonly name = 'ResourceChanged'
}

/** A download or an upload, while it runs and behind it. */
export interface Transfer {
  readonly direction: 'down' | 'up'
  /** Address of the other end: `192.0.2.7`. */
  readonly client: string
  /** What is transferred: `photos/a.jpg`. */
  readonly name: string
  /** Bytes that go over, of all parts that were asked for; undefined: not known. */
  total: number | undefined
  /** Bytes so far. */
  done: number
  readonly began: Date
  /** Undefined: it is running. */
  ended: Date | undefined
  /** How it ended. `broken`: the client left, or the file was not what was promised. */
  outcome: 'complete' | 'broken' | undefined
}
