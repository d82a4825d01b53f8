/** Packets sorted into conversations, each with its two ends, its steps and its phases. */
import type { Packet } from '../../packet/index.js'
import { sameBytes } from '../../packet/index.js'
import { type End, endText, FLAG, type Flow, flowOf } from './flows.js'
import type { Side, Step, Talk } from './step.js'
import { TcpAnalysis } from './tcp-analysis.js'
import { tcpPhases } from './tcp-phases.js'
import { TlsRecords } from './tls-records.js'
import { udpPhases } from './udp-phases.js'

/** A frame that comes again so soon was captured twice, s: a retransmission takes longer, and has an identification of its own. */
const TWICE_WITHIN = 0.002
const REMEMBERED = 16
/** Ports below are those of services. */
const EPHEMERAL = 1024

/** A conversation, and how many of its packets were captured twice. */
export interface ReadTalk extends Talk {
  twice: number
}

/** The conversations of TCP and UDP in a list, in the order they begin. @param serverPort tells the ends apart where no handshake does */
export function talksOf(packets: Iterable<Packet>, serverPort?: number): ReadTalk[] {
  const readers: Reader[] = []
  const latest = new Map<string, Reader>()
  let index = 0
  for (const packet of packets) {
    const place = index++
    const flow = flowOf(packet)
    if (flow === undefined) continue
    const key = keyOf(flow)
    let reader = latest.get(key)
    // The ports are used again, by another connection.
    if (reader === undefined || reader.isOtherThan(flow)) {
      reader = new Reader(flow, serverPort)
      latest.set(key, reader)
      readers.push(reader)
    }
    reader.take(flow, place, packet.time)
  }
  return readers.map((reader) => reader.talk())
}

function keyOf({ protocol, source, destination }: Flow): string {
  const ends = [endText(source), endText(destination)].sort()
  return `${protocol} ${ends.join(' ')}`
}

class Reader {
  readonly #client: End
  readonly #server: End
  readonly #protocol: 'tcp' | 'udp'
  readonly #steps: Step[] = []
  readonly #analysis = new TcpAnalysis()
  readonly #tls = new TlsRecords()
  readonly #recent: { bytes: Uint8Array; time: number }[] = []
  #twice = 0
  #firstSyn: number | undefined

  constructor(flow: Flow, serverPort: number | undefined) {
    this.#protocol = flow.protocol
    const fromClient = isFromClient(flow, serverPort)
    this.#client = fromClient ? flow.source : flow.destination
    this.#server = fromClient ? flow.destination : flow.source
  }

  /** Whether a SYN begins another connection of the same ports. */
  isOtherThan({ tcp }: Flow): boolean {
    if (tcp === undefined || (tcp.flags & (FLAG.SYN | FLAG.ACK)) !== FLAG.SYN || this.#steps.length === 0) return false
    if (this.#firstSyn !== undefined) return tcp.seq !== this.#firstSyn && !this.#isOpening()
    return this.#steps.some(({ flags }) => flags !== 'ICMP')
  }

  /** Both ends may send a SYN, each with its own number. */
  #isOpening(): boolean {
    return this.#steps.length < 2
  }

  take(flow: Flow, index: number, time: number | undefined): void {
    if (this.#isAgain(flow, time)) {
      this.#twice++
      return
    }
    const { tcp, source } = flow
    const from: Side = isSame(source, this.#client) ? 'client' : 'server'
    if (tcp !== undefined && (tcp.flags & (FLAG.SYN | FLAG.ACK)) === FLAG.SYN && from === 'client')
      this.#firstSyn ??= tcp.seq
    const step = tcp === undefined ? plainStep(flow, from, index, time) : this.#analysis.step(flow, from, index, time)
    if (tcp !== undefined) this.#tls.read(step, flow.data, this.#steps.length)
    this.#steps.push(step)
  }

  talk(): ReadTalk {
    const steps = this.#steps
    return {
      protocol: this.#protocol,
      client: this.#client,
      server: this.#server,
      steps,
      phases: this.#protocol === 'tcp' ? tcpPhases(steps, this.#tls.handshake) : udpPhases(steps),
      isTls: this.#tls.isSeen,
      twice: this.#twice,
    }
  }

  #isAgain({ bytes }: Flow, time: number | undefined): boolean {
    // Only the identification of IPv4 tells a frame from one that says the same. RFC 791 §3.1.
    if (time === undefined || bytes[0]! >>> 4 !== 4 || (bytes[4] === 0 && bytes[5] === 0)) return false
    const recent = this.#recent
    const known = recent.some((each) => Math.abs(time - each.time) < TWICE_WITHIN && sameBytes(each.bytes, bytes))
    recent.push({ bytes, time })
    if (recent.length > REMEMBERED) recent.shift()
    return known
  }
}

function isFromClient({ protocol, source, destination, tcp, error }: Flow, serverPort: number | undefined): boolean {
  // An error comes to the one who has sent.
  if (error !== undefined) return false
  if (tcp !== undefined && (tcp.flags & FLAG.SYN) !== 0) return (tcp.flags & FLAG.ACK) === 0
  if (
    protocol === 'tcp' &&
    serverPort !== undefined &&
    (source.port === serverPort) !== (destination.port === serverPort)
  )
    return destination.port === serverPort
  if (source.port < EPHEMERAL !== destination.port < EPHEMERAL) return destination.port < EPHEMERAL
  return protocol === 'udp' || destination.port <= source.port
}

function isSame(a: End, b: End): boolean {
  return a.port === b.port && a.address === b.address
}

function plainStep(flow: Flow, from: Side, index: number, time: number | undefined): Step {
  const { error, source, length, overhead, isFragment } = flow
  const by = error === undefined || error.from === source.address ? '' : `, says ${error.from}`
  const notes = error === undefined ? [] : [{ text: `${error.words}${by}`, isTrouble: true }]
  if (isFragment) notes.push({ text: 'first fragment', isTrouble: false })
  return {
    index,
    time,
    from,
    flags: error === undefined ? 'UDP' : 'ICMP',
    seq: undefined,
    ack: undefined,
    window: undefined,
    length,
    overhead,
    notes,
    records: [],
    fresh: length,
  }
}
