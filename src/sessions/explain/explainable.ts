import type { Recorder, RecorderOptions } from './recorder.js'

/**
 * A session whose packets `explain()` can show: a client, a connection of a server, or a server with all of its connections.
 *
 * With the option `explain: true` it sets `_recorder = await Recorder.begin(this._recording())` before it connects or listens. When that fails it
 * stays open without, and tells `error.message` once with `report(…, 'warning')`. When it is over it calls `_recorder.stop()`; packets that
 * were recorded can be explained afterwards. A connection of a server has the recorder of its server, and does not stop it.
 */
export interface Explainable {
  /** What it is called in messages: `tcp 127.0.0.1:8808`. */
  readonly label: string
  /** What is to be recorded of it; undefined where there are no packets: on a unix socket. */
  _recording(): RecorderOptions | undefined
  /** Unset unless it was opened with `explain: true`; `explain()` sets it on one that was not. */
  _recorder: Recorder | undefined
  /** Which packets are its own; a server has only the port. A client has both ends, also when it is over. */
  readonly localPort?: number | undefined
  readonly remoteAddress?: string | undefined
  readonly remotePort?: number | undefined
}

/** Whether something can be explained as a session. */
export function isExplainable(what: unknown): what is Explainable {
  return typeof what === 'object' && what !== null && typeof (what as Explainable)._recording === 'function'
}
