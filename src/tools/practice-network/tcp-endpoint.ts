import type { Conversation } from './services.js'
import { TcpConnection } from './tcp-connection.js'
import { ACK, FIN, lengthOf, type Reply, RST, type Segment, SYN } from './tcp-segment.js'

/** Connections of one station; the one that was silent longest gives way. */
const MOST_CONNECTIONS = 1024
/** A connection that nobody spoke on for so long is forgotten, ms. */
const IDLE_LIMIT = 60_000

/** Where a segment comes from and what listens on the port it is for. */
export interface SegmentContext {
  /** Address of the sender, and ours. */
  readonly source: string
  readonly destination: string
  /** Makes the service of the port speak; undefined: nothing listens there. */
  readonly accept: (() => Conversation) | undefined
  /** Largest segment that we take. */
  readonly mss: number
}

/** TCP of one station: its connections. */
export class TcpEndpoint {
  private readonly connections = new Map<string, { connection: TcpConnection; lastHeard: number }>()

  /** @param initialNumber gives the first sequence number of a connection */
  constructor(
    private readonly initialNumber: () => number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get size(): number {
    return this.connections.size
  }

  /** What is sent back for a segment. */
  receive(segment: Segment, context: SegmentContext): Reply[] {
    if (context.accept === undefined) return answerOfNobody(segment)
    const key = `${context.destination} ${segment.dport} ${context.source} ${segment.sport}`
    const known = this.connections.get(key)
    if (known !== undefined) {
      if (this.now() - known.lastHeard < IDLE_LIMIT) return this.continue(key, known.connection, segment)
      this.connections.delete(key)
    }
    if ((segment.flags & RST) !== 0) return []
    if ((segment.flags & ACK) !== 0) return answerOfNobody(segment)
    // A SYN with a FIN is nonsense, and so is a segment with neither SYN nor ACK.
    if ((segment.flags & (SYN | FIN)) !== SYN) return []
    const connection = new TcpConnection(segment, this.initialNumber(), context.mss, context.accept())
    this.remember(key, connection)
    return [connection.synAck()]
  }

  private continue(key: string, connection: TcpConnection, segment: Segment): Reply[] {
    const replies = connection.receive(segment)
    this.connections.delete(key)
    if (!connection.isOver) this.remember(key, connection)
    return replies
  }

  /** Puts it last: the first is the one that was silent longest. */
  private remember(key: string, connection: TcpConnection): void {
    if (this.connections.size >= MOST_CONNECTIONS) {
      const [oldest] = this.connections.keys()
      this.connections.delete(oldest!)
    }
    this.connections.set(key, { connection, lastHeard: this.now() })
  }
}

/** The answer where there is no connection and nobody listens. RFC 9293 §3.10.7.1. */
function answerOfNobody(segment: Segment): Reply[] {
  if ((segment.flags & RST) !== 0) return []
  if ((segment.flags & ACK) !== 0) return [{ flags: RST, seq: segment.ack, ack: 0, window: 0 }]
  return [{ flags: RST | ACK, seq: 0, ack: (segment.seq + lengthOf(segment)) >>> 0, window: 0 }]
}
