import type { Link } from '../link/index.js'
import { PacketError } from '../packet/index.js'
import type { PathOptions } from './addressing.js'
import { checkNumber, checkOptions } from './options.js'
import { concretePackets, NetworkSender, type Outgoing, prepareFrame, type Sendable } from './outgoing.js'
import { pause } from './pause.js'
import { packetCount, report } from './report.js'
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
/** How long a full queue is waited for before giving up, ms. */
const FULL_QUEUE = 5000

/**
 * Sends packets that begin with IP or IPv6; frame and next hop come from the routing table.
 * Gives the number of packets sent; interrupted, those sent so far.
 */
export function send(packets: Sendable, options: SendOptions = {}): Task<number> {
  return Task.run(
    async (control) => {
      const sender = new NetworkSender(options, control.signal)
      return sendAll('send', packets, options, control, (packet) => sender.prepare(packet))
    },
    { name: 'send' },
  )
}

/** Sends whole frames, such as `Ether()/IP({ dst })/UDP()`; unset MAC addresses are filled in. Gives the number sent. */
export function sendp(packets: Sendable, options: SendOptions = {}): Task<number> {
  return Task.run(
    async (control) =>
      sendAll('sendp', packets, options, control, (packet) => prepareFrame(packet, options, control.signal)),
    { name: 'sendp' },
  )
}

async function sendAll(
  name: string,
  packets: Sendable,
  options: SendOptions,
  control: TaskControl<number>,
  prepare: (packet: Parameters<NetworkSender['prepare']>[0]) => Promise<Outgoing>,
): Promise<number> {
  checkOptions(name, options, SEND_OPTIONS)
  const { count = 1, inter = 0 } = options
  checkNumber(name, 'count', count, true)
  checkNumber(name, 'inter', inter, false)
  control.onInterrupt(() => undefined)
  let sent = 0
  let queue: Uint8Array[] = []
  let queueLink: Link | undefined
  const flush = async (): Promise<void> => {
    if (queueLink !== undefined) sent += await sendFrames(queueLink, queue, control)
    queue = []
    control.progress({ done: sent })
  }
  rounds: for (let round = 0; round < count; round++) {
    for (const packet of concretePackets(packets)) {
      if (control.interrupted) break rounds
      const { link, probe } = await prepare(packet)
      if (probe.frame === null) continue
      if (link !== queueLink || queue.length >= (inter > 0 ? 1 : BATCH)) await flush()
      queueLink = link
      queue.push(probe.frame)
      if (inter > 0) {
        await flush()
        await pause(inter * 1000, control.signal)
      }
    }
  }
  await flush()
  if (options.quiet !== true) report(`sent ${packetCount(sent)}`)
  return sent
}

/** Sends frames on one link, waiting while its queue is full. Gives how many went; all, unless interrupted. */
export async function sendFrames(
  link: Link,
  frames: readonly Uint8Array[],
  control: { readonly interrupted: boolean },
): Promise<number> {
  let sent = 0
  let since = performance.now()
  while (sent < frames.length && !control.interrupted) {
    const taken = link.send(sent === 0 ? frames : frames.slice(sent))
    sent += taken
    if (sent === frames.length) break
    if (taken > 0) since = performance.now()
    else if (performance.now() - since > FULL_QUEUE)
      throw new PacketError(`${link.name} takes no more packets: its queue has been full for ${FULL_QUEUE / 1000} s`)
    await pause(1)
  }
  return sent
}
