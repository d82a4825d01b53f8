import type { Link } from '../link/index.js'
import type { PathOptions } from './addressing.js'
import { checkNumber, checkOptions, checkPath } from './options.js'
import {
  chunksOf,
  concretePackets,
  FramePreparer,
  NetworkPreparer,
  type Outgoing,
  type Preparer,
  type Sendable,
} from './outgoing.js'
import { pause, turn } from './pause.js'
import { packetCount, report } from './report.js'
import { sendFrames } from './send-frames.js'
import { stopSignal } from './stop-signal.js'
import { Task, type TaskControl } from './task.js'

/** Options of `send` and `sendp`. */
export interface SendOptions extends PathOptions {
  /** How often everything is sent. Default 1. */
  count?: number
  /** Seconds between packets. Default 0. */
  inter?: number
  /** No message when done. */
  quiet?: boolean
}

const SEND_OPTIONS = ['count', 'inter', 'iface', 'link', 'quiet']

/** Frames that go to the kernel in one call when there is no gap between packets. */
const BATCH = 256

/**
 * Sends packets that begin with IP or IPv6; frame and next hop come from the routing table.
 * Gives the number of packets sent; interrupted, those sent so far.
 */
export function send(packets: Sendable, options: SendOptions = {}): Task<number> {
  return Task.run((control) => sendAll('send', packets, options, control, NetworkPreparer), { name: 'send' })
}

/** Sends whole frames, such as `Ether()/IP({ dst })/UDP()`; unset MAC addresses are filled in. Gives the number sent. */
export function sendp(packets: Sendable, options: SendOptions = {}): Task<number> {
  return Task.run((control) => sendAll('sendp', packets, options, control, FramePreparer), { name: 'sendp' })
}

async function sendAll(
  name: string,
  packets: Sendable,
  options: SendOptions,
  control: TaskControl<number>,
  Preparing: new (options: PathOptions, stop: AbortSignal) => Preparer,
): Promise<number> {
  checkOptions(name, options, SEND_OPTIONS)
  checkPath(name, options)
  const { count = 1, inter = 0 } = options
  checkNumber(name, 'count', count, true)
  checkNumber(name, 'inter', inter, false)
  const stop = stopSignal(control)
  const preparer = new Preparing(options, stop)
  let sent = 0
  let first = true
  rounds: for (let round = 0; round < count; round++) {
    for (const chunk of chunksOf(concretePackets(packets), inter > 0 ? 1 : BATCH)) {
      const ready = await preparer.prepare(chunk)
      if (inter > 0 && !first) await pause(inter * 1000, stop)
      first = false
      for (const [link, frames] of runsOf(ready)) sent += await sendFrames(link, frames, stop)
      control.progress({ done: sent })
      await turn()
      if (stop.aborted) break rounds
    }
  }
  if (options.quiet !== true) report(`sent ${packetCount(sent)}`)
  return sent
}

/** Frames that follow one another on the same link. */
function runsOf(ready: readonly Outgoing[]): [link: Link, frames: Uint8Array[]][] {
  const runs: [link: Link, frames: Uint8Array[]][] = []
  for (const { link, probe } of ready) {
    if (probe.frame === null) continue
    const last = runs.at(-1)
    if (last !== undefined && last[0] === link) last[1].push(probe.frame)
    else runs.push([link, [probe.frame]])
  }
  return runs
}
