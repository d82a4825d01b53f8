import { PacketList } from '../capture/index.js'
import type { Link } from '../link/index.js'
import { Packet } from '../packet/index.js'
import type { PathOptions } from './addressing.js'
import { defaultInterface, linkOf } from './links.js'
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
import { checkPace, type PaceOptions, Pacer } from './pacer.js'
import { turn } from './pause.js'
import { packetCount, report } from './report.js'
import { automaticGuards } from './reset-guards.js'
import { sendFrames } from './send-frames.js'
import { setting } from './settings.js'
import { stopSignal } from './stop-signal.js'
import { Task, type TaskControl } from './task.js'

/** Options of `send` and `sendp`. */
export interface SendOptions extends PathOptions, PaceOptions {
  /** How often everything is sent. Default 1. */
  count?: number
  /** Keep the kernel from sending RST to what answers crafted TCP, as in `sr`. */
  suppressReset?: boolean
  /** No message when done. */
  quiet?: boolean
}

const SEND_OPTIONS = ['count', 'inter', 'rate', 'iface', 'link', 'netns', 'suppressReset', 'quiet']

/** Frames that go to the kernel in one call when there is no gap between packets. */
const BATCH = 256

/** Frames that follow one another on the same link. */
type Run = [link: Link, frames: Uint8Array[]]

/**
 * Sends packets that begin with IP or IPv6; frame and next hop come from the routing table.
 * Gives the number of packets sent; interrupted, those sent so far.
 */
export function send(packets: Sendable, options: SendOptions = {}): Task<number> {
  return Task.run(
    (control) =>
      sendAll('send', packets, options, control, (stop) =>
        prepared(packets, options, new NetworkPreparer('send', options, stop)),
      ),
    { name: 'send' },
  )
}

/** Sends whole frames, such as `Ether()/IP({ dst })/UDP()`; unset MAC addresses are filled in. Gives the number sent. */
export function sendp(packets: Sendable, options: SendOptions = {}): Task<number> {
  return Task.run(
    (control) =>
      sendAll('sendp', packets, options, control, (stop) =>
        areFrames(packets)
          ? asTheyAre(packets, options)
          : prepared(packets, options, new FramePreparer('sendp', options, stop)),
      ),
    { name: 'sendp' },
  )
}

/** @param runsOnce what one round sends, in parts */
async function sendAll(
  name: string,
  packets: Sendable,
  options: SendOptions,
  control: TaskControl<number>,
  runsOnce: (stop: AbortSignal) => AsyncIterable<Run[]> | Iterable<Run[]>,
): Promise<number> {
  checkOptions(name, options, SEND_OPTIONS)
  checkPath(name, options)
  checkPace(name, options)
  const { count = 1 } = options
  checkNumber(name, 'count', count, true)
  const stop = stopSignal(control)
  const pacer = new Pacer(options)
  let sent = 0
  const total = totalOf(packets, count)
  // Those of the part that leaves now are told one by one: at a slow pace a part takes minutes.
  const tell = (more: number): void => control.progress({ done: sent + more, total, unit: 'packets' })
  // While some leave, the next are made ready.
  let leaving = Promise.resolve(0)
  for (let round = 0; round < count && !stop.aborted; round++) {
    for await (const runs of runsOnce(stop)) {
      sent += await leaving
      leaving = sendRuns(runs, pacer, stop, tell)
      // It is awaited soon; an error in the meantime must not count as one that nobody handles.
      leaving.catch(() => undefined)
      tell(0)
      await turn()
      if (stop.aborted) break
    }
  }
  sent += await leaving
  if ((options.quiet ?? setting('quiet')) !== true) report(`sent ${packetCount(sent)}`)
  return sent
}

async function* prepared(packets: Sendable, options: SendOptions, preparer: Preparer): AsyncGenerator<Run[]> {
  preparer.guards = automaticGuards(options.suppressReset ?? 'auto', options.netns)
  for (const chunk of chunksOf(concretePackets(packets), BATCH)) yield runsOf(await preparer.prepare(chunk))
}

/** Frames given as bytes go without a packet made of each. */
function* asTheyAre(frames: readonly Uint8Array[], options: SendOptions): Generator<Run[]> {
  const link = options.link ?? linkOf(options.iface ?? defaultInterface(options.netns), options.netns)
  for (let from = 0; from < frames.length; from += BATCH) yield [[link, frames.slice(from, from + BATCH)]]
}

function areFrames(packets: Sendable): packets is Uint8Array[] {
  return Array.isArray(packets) && packets.length > 0 && packets.every((each) => each instanceof Uint8Array)
}

async function sendRuns(
  runs: readonly Run[],
  pacer: Pacer,
  stop: AbortSignal,
  tell: (sent: number) => void,
): Promise<number> {
  let sent = 0
  for (const [link, frames] of runs) {
    const before = sent
    sent += await sendPaced(link, frames, pacer, stop, (more) => tell(before + more))
  }
  return sent
}

/** Sends frames at the pace; gives how many went. */
async function sendPaced(
  link: Link,
  frames: readonly Uint8Array[],
  pacer: Pacer,
  stop: AbortSignal,
  tell: (sent: number) => void,
): Promise<number> {
  if (pacer.isFree) return sendFrames(link, frames, stop)
  let sent = 0
  while (sent < frames.length) {
    const now = await pacer.next(frames.length - sent, stop)
    if (now === 0) break
    sent += await sendFrames(link, frames.slice(sent, sent + now), stop)
    tell(sent)
  }
  return sent
}

/** Packets that will be sent, sets counted out; undefined where only sending tells. */
function totalOf(packets: Sendable, rounds: number): number | undefined {
  const once =
    packets instanceof Packet
      ? packets.count()
      : packets instanceof PacketList
        ? packets.length
        : Array.isArray(packets)
          ? packets.reduce((sum: number, each) => sum + (each instanceof Packet ? each.count() : 1), 0)
          : Number.NaN
  return Number.isFinite(once * rounds) ? once * rounds : undefined
}

function runsOf(ready: readonly Outgoing[]): Run[] {
  const runs: Run[] = []
  for (const { link, frame } of ready) {
    if (frame === null) continue
    const last = runs.at(-1)
    if (last !== undefined && last[0] === link) last[1].push(frame)
    else runs.push([link, [frame]])
  }
  return runs
}
