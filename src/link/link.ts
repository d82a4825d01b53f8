/**
 * The link: where frames leave and arrive. Everything above (exchange, sniff, sessions) works on this interface,
 * whichever backend is behind it.
 */

/** What went wrong, for programs; the message of the error says it for people. */
export type LinkErrorCode =
  | 'NO_SUCH_INTERFACE' // never there, or it vanished
  | 'INTERFACE_DOWN'
  | 'NO_SUCH_NAMESPACE' // never there, or deleted
  | 'NOT_PERMITTED'
  | 'LIBRARY_MISSING' // koffi, libpcap or a tool of the system
  | 'BAD_FILTER'
  | 'BAD_ADDRESS'
  | 'BAD_OPTION'
  | 'BAD_FRAME' // empty, or shorter than its link header
  | 'FRAME_TOO_LONG'
  | 'CAPTURE_ONLY' // this link cannot send
  | 'CLOSED'
  | 'SYSTEM' // anything else; `errno` has the system's name for it

/** A failure of the wire. The message stands on its own: what was wrong, where, what to do. */
export class LinkError extends Error {
  override name = 'LinkError'
  readonly code: LinkErrorCode
  /** The system's name of the error (`'ENETDOWN'`), when the system said so. */
  declare readonly errno?: string
  /** After a failed `send`: how many frames the kernel took before (0..n). */
  declare readonly sent?: number

  constructor(code: LinkErrorCode, message: string, details: { errno?: string; sent?: number; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    if (details.errno !== undefined) this.errno = details.errno
    if (details.sent !== undefined) this.sent = details.sent
  }
}

/**
 * Packets as they come from the backend: many at once, without an object for each. Frame `i` is
 * `buffer.subarray(offsets[i], offsets[i] + lengths[i])`, for `i` below `count` (the arrays may be longer).
 * All of it is reused by the next batch: copy what is to be kept. (Kept views stay readable; their content changes.)
 */
export interface CaptureBatch {
  /** Frames in this batch, at least 1. */
  count: number
  buffer: Uint8Array
  /** Byte position in `buffer`. */
  offsets: Uint32Array
  /** Bytes captured (at most the snap length). */
  lengths: Uint32Array
  /** Bytes on the wire. */
  originalLengths: Uint32Array
  /** Time of arrival as the kernel saw it: whole seconds since 1970. */
  seconds: Float64Array
  /** Time of arrival: nanoseconds of the second, 0..999 999 999. */
  nanoseconds: Uint32Array
  /** LINKTYPE number of these frames (1 Ethernet, 101 raw IP, 113 SLL, 276 SLL2), as in capture files. */
  linkType: number
  interfaceName: string
}

/** Counters since the start. */
export interface LinkStats {
  /** Frames handed to `onBatch` (of a link: to all of its captures). */
  received: number
  /** Frames lost since the buffer was full: a larger `bufferSize` or a filter helps. */
  dropped: number
  /** Frames lost in the interface or its driver. */
  interfaceDropped: number
  /** Frames that the kernel took from this link. */
  sent: number
  /** What does the work: the `backend` of the link. */
  backend: string
  /** Set where the backend can not tell how many frames the kernel lost: `dropped` then counts only our own losses. */
  dropsUnknown?: true
}

export interface CaptureOptions {
  /** BPF expression in tcpdump's language (pcap-filter(7)), run in the kernel. Unset or empty: everything. */
  filter?: string
  /** Also frames for other stations. Default false. */
  promiscuous?: boolean
  /**
   * Bytes kept of each frame, 1..262144; `originalLengths` tells what was cut. Default 65535; in immediate mode the
   * interface's MTU and link header, at least 2048: there each frame takes a slot of this size in the buffer, so that a
   * large one loses frames under load.
   */
  snaplen?: number
  /**
   * Hand over each frame at once (for request and answer) instead of in blocks (cheaper; a few ms late). Default false.
   */
  immediate?: boolean
  /** Kernel buffer in bytes, 64 KiB..1 GiB. Default 16 MiB; 32 MiB in immediate mode. */
  bufferSize?: number
  /** Told about what a capture survives: the interface went down, came back. The capture goes on. */
  onWarning?: (warning: LinkError) => void
}

/** A running capture. */
export interface Capture {
  /** LINKTYPE number of the frames. */
  readonly linkType: number
  readonly stopped: boolean
  /** Of backends that start late: resolves once frames are seen for certain, rejects when the capture ended before. */
  readonly ready?: Promise<void>
  /** Ends the capture and frees all it holds; no batch comes after it. A second call does nothing. Never throws. */
  stop(): void
  /** Counters of this capture; after `stop()` the last ones. `sent` is the link's. */
  stats(): LinkStats
}

/** Whose addresses a link has, for the parts that choose a source address or answer ARP. */
export interface LinkAddresses {
  /** `'02:00:00:00:00:01'`; unset where the link has none (a tunnel). */
  mac?: string
  ipv4: { address: string; prefix: number }[]
  ipv6: { address: string; prefix: number }[]
  /** Next hop for what is not on the link, where the kernel's routes do not tell: on links of one's own. */
  gateway4?: string
  gateway6?: string
  /** Largest payload of a frame in bytes, link header not counted. */
  mtu: number
}

export interface Link {
  /** Interface name (`'eth0'`), or the name given to an in-memory link. */
  readonly name: string
  readonly backend: 'pcap' | 'cap' | 'raw-socket' | 'tcpdump' | 'memory' | 'file' | (string & {})
  /** Network namespace that the interface is in; unset: the one that netshell runs in. */
  readonly netns?: string
  /** LINKTYPE number of the frames that `send` takes: 1 Ethernet, 101 raw IP, … */
  readonly linkType: number
  /** The addresses of the interface, read when asked for. Not every backend knows them. */
  readonly addresses?: LinkAddresses
  readonly closed?: boolean
  /**
   * Sends whole frames, link header included, in order, and returns how many the kernel took. Less than all means that
   * its queue stayed full for a moment: call again with the rest (`frames.slice(taken)`).
   * Throws a LinkError (its `sent` says how many went before) for a frame that can not be sent, an interface that is
   * down or gone, or a closed link.
   */
  send(frames: readonly Uint8Array[]): number
  /**
   * Sends the first of many frames on a thread, while the program goes on; they are copied before this returns. Gives how many the
   * kernel took, which may be none: what is wrong with the others `send` tells. Undefined when it can not be done now.
   */
  sendAside?(frames: readonly Uint8Array[]): Promise<number> | undefined
  /**
   * Starts a capture. Frames arrive in `onBatch`, in order, never before this call returns. `onError` is called at most
   * once, when the capture cannot go on; it is stopped then. What is wrong from the start (filter, permission,
   * interface) is thrown instead. An exception from `onBatch` stops the capture and goes to `onError`.
   */
  capture(options: CaptureOptions, onBatch: (batch: CaptureBatch) => void, onError: (error: Error) => void): Capture
  /** Counters of all captures and sends of this link. */
  stats?(): LinkStats
  /** Stops its captures and frees all it holds. A second call does nothing. Never throws. */
  close(): void
}
