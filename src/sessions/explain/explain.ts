import { isIP } from 'node:net'
import type { PacketList } from '../../capture/index.js'
import { Interrupted, InterruptScope, OptionError, report, Task, type TaskControl } from '../../exchange/index.js'
import { isThenable } from '../../exchange/thenable.js'
import { Packet } from '../../packet/index.js'
import { checkTable, FLAG, type OptionTable, wholeNumber } from '../../tools/option-kinds.js'
import { type Explainable, isExplainable } from './explainable.js'
import type { Ladder } from './ladder.js'
import type { Recorder } from './recorder.js'

/** Options of `explain`. */
export interface ExplainOptions {
  /** Every packet and every conversation is drawn, however many there are. */
  all?: boolean
  /** Columns that it is drawn in; unset: those of the terminal. */
  width?: number
}

const OPTIONS: OptionTable<ExplainOptions> = { all: FLAG, width: wholeNumber(40, 1000) }

const LATE =
  'It is recorded from now on; what was before, such as the handshake, was not seen. Open it with {explain: true} to have all of it, and call explain again.'

/** What `explain` takes. */
export type Explained = Explainable | Packet | Iterable<Packet> | PromiseLike<Iterable<Packet>> | (() => unknown)

/**
 * Shows conversations as ladders: those of a session, of packets, or those that this program has while a function runs.
 * @throws LinkError without the right to capture, OptionError for what cannot be explained
 */
export function explain(what: Explained, options: ExplainOptions = {}): Task<Ladder> {
  checkTable('explain', options, OPTIONS)
  return Task.run(async (control) => await explained(what, options, control), { name: 'explain' })
}

// What does the work is loaded when it is first used: the prompt starts without.
const loaded = () => import('./parts.js')

async function explained(what: Explained, options: ExplainOptions, control: TaskControl<Ladder>): Promise<Ladder> {
  if (isExplainable(what)) return await ofSession(what, options)
  if (typeof what === 'function') return await ofFunction(what as () => unknown, options, control)
  const { ladder } = await loaded()
  const packets = isThenable(what) ? await what : what
  if (packets instanceof Packet) return ladder([packets], options)
  if (typeof packets === 'object' && packets !== null && Symbol.iterator in packets) {
    const list = [...(packets as Iterable<unknown>)]
    if (list.every((each) => each instanceof Packet)) return ladder(packets as Iterable<Packet>, options)
  }
  throw new OptionError(
    'explain takes a session of tcp or udp, packets such as those of sniff() or rdpcap(), or a function that is run meanwhile',
  )
}

async function ofSession(session: Explainable, options: ExplainOptions): Promise<Ladder> {
  const recording = session._recording()
  if (recording === undefined)
    throw new OptionError(`explain: ${session.label} has no packets: they never leave the kernel`)
  const serverPort = recording.port
  const { ladder, Recorder } = await loaded()
  if (session._recorder === undefined) {
    session._recorder = await Recorder.begin(recording)
    return ladder([], { ...options, serverPort, remarks: [LATE] })
  }
  const recorder = session._recorder
  return ladder(await packetsOf(session, recorder, serverPort), {
    ...options,
    serverPort,
    remarks: remarksOf(recorder),
  })
}

/** Of a connection its own packets; of a server, and of a client that did not get through, all. */
async function packetsOf(session: Explainable, recorder: Recorder, serverPort: number): Promise<PacketList> {
  const { localPort, remotePort, remoteAddress } = session
  if (!localPort || !remotePort) return recorder.packets(serverPort)
  // A name may stand for several addresses.
  const address = remoteAddress !== undefined && isIP(remoteAddress) !== 0 ? remoteAddress : undefined
  return recorder.packets(localPort, { address, port: remotePort })
}

/** Packets of the sockets that are made while the function runs. */
async function ofFunction(
  run: () => unknown,
  options: ExplainOptions,
  { signal, onInterrupt }: TaskControl<Ladder>,
): Promise<Ladder> {
  const { flowOf, ladder, OwnConversations, Recorder, touches } = await loaded()
  const recorder = await Recorder.beginAll()
  const own = new OwnConversations()
  // What the function waits for ends at Ctrl-C; what was seen until then is shown.
  const scope = new InterruptScope()
  onInterrupt(() => scope.press())
  signal.addEventListener('abort', () => scope.press(), { once: true })
  try {
    await scope.run(run)
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
  } finally {
    own.stop()
    await recorder.stop(own.list)
  }
  const conversations = own.list
  const packets = (await recorder.packets()).filter((packet) => {
    const flow = flowOf(packet)
    return flow !== undefined && conversations.some((wanted) => touches(flow, wanted))
  })
  return ladder(packets as PacketList, { ...options, remarks: remarksOf(recorder) })
}

function remarksOf({ gone, lost, error }: Recorder): string[] {
  const remarks: string[] = []
  if (gone > 0) remarks.push(`${gone} packets in the middle were too many to keep, and are missing here.`)
  if (lost > 0) remarks.push(`${lost} packets came too fast to be recorded, and are missing here.`)
  if (error !== undefined) remarks.push(`The recording ended early: ${error.message}`)
  return remarks
}

/**
 * Begins to record for a session that is opened with `explain: true`; where that cannot be, the user is told, and the session goes on without.
 */
export async function recorderFor(session: Explainable): Promise<Recorder | undefined> {
  const { _recorder: running } = session
  if (running !== undefined && !running.isEnding) return running
  const recording = session._recording()
  if (recording === undefined) return undefined
  try {
    const { Recorder } = await loaded()
    return await Recorder.begin(recording)
  } catch (error) {
    report(`${session.label}: its packets cannot be recorded for explain: ${(error as Error).message}`, 'warning')
    return undefined
  }
}
