/** TCP conversations that a state machine would accept: handshake, data with acknowledgements, close or reset. */

import { type Path, reversed, TCP_FLAG, tcp, u16, u32 } from './frames.js'
import { EPHEMERAL, type SeededRandom } from './random.js'

/** Makes one frame when called: identifications and clocks advance in the order in which frames are sent. */
export type Conversation = Generator<Uint8Array, void, void>

const NOTHING = new Uint8Array(0)
const { fin, syn, rst, psh, ack, ece, cwr } = TCP_FLAG

/** One end of a connection. */
interface End {
  path: Path
  port: number
  sequence: number
  window: number
  clock: number
  /** The other end's clock as last seen, echoed in the timestamp option (RFC 7323). */
  echo: number
}

interface Connection {
  random: SeededRandom
  client: End
  server: End
  timestamps: boolean
  maximumSegment: number
}

function connect(random: SeededRandom, path: Path, port: number): Connection {
  const end = (direction: Path, ownPort: number): End => ({
    path: direction,
    port: ownPort,
    sequence: random.next(),
    window: random.between(200, 0xffff),
    clock: random.next(),
    echo: 0,
  })
  const timestamps = random.chance(0.85)
  return {
    random,
    client: end(path, random.between(...EPHEMERAL)),
    server: end(reversed(path), port),
    timestamps,
    maximumSegment: (path.version === 4 ? 1460 : 1440) - (timestamps ? 12 : 0),
  }
}

function segment(
  connection: Connection,
  from: End,
  flags: number,
  payload: Uint8Array = NOTHING,
  sequence = from.sequence,
  blocks: number[] = [],
): Uint8Array {
  const to = from === connection.client ? connection.server : connection.client
  const options = flags & syn ? handshakeOptions(connection, from, flags) : ordinaryOptions(connection, from, blocks)
  if (connection.random.chance(0.3)) from.clock = (from.clock + connection.random.between(1, 40)) >>> 0
  to.echo = from.clock
  return tcp(from.path, {
    sourcePort: from.port,
    destinationPort: to.port,
    sequence,
    acknowledgement: flags & ack ? (blocks.length > 0 ? blocks[blocks.length - 1]! : to.sequence) : 0,
    flags,
    window: flags & rst ? 0 : from.window,
    options,
    payload,
  })
}

function handshakeOptions(connection: Connection, from: End, flags: number): number[] {
  const maximum = [2, 4, ...u16(from.path.version === 4 ? 1460 : 1440)]
  const scale = connection.random.between(6, 9)
  if (!connection.timestamps) return [...maximum, 1, 3, 3, scale, 1, 1, 4, 2]
  return [...maximum, 4, 2, 8, 10, ...u32(from.clock), ...u32(flags & ack ? from.echo : 0), 1, 3, 3, scale]
}

/** @param blocks edges of one SACK block (RFC 2018), then the acknowledged sequence number; or nothing */
function ordinaryOptions(connection: Connection, from: End, blocks: number[]): number[] {
  const stamps = connection.timestamps ? [1, 1, 8, 10, ...u32(from.clock), ...u32(from.echo)] : []
  return blocks.length > 0 ? [...stamps, 1, 1, 5, 10, ...u32(blocks[0]!), ...u32(blocks[1]!)] : stamps
}

function advance(end: End, bytes: number): void {
  end.sequence = (end.sequence + bytes) >>> 0
}

function* open(connection: Connection): Conversation {
  const { client, server, random } = connection
  const congestion = random.chance(0.1)
  yield segment(connection, client, syn | (congestion ? ece | cwr : 0))
  advance(client, 1)
  yield segment(connection, server, syn | ack | (congestion ? ece : 0))
  advance(server, 1)
  yield segment(connection, client, ack)
}

function* close(connection: Connection): Conversation {
  const { client, server, random } = connection
  if (random.chance(0.15)) {
    yield segment(connection, client, rst | ack)
    return
  }
  yield segment(connection, client, fin | ack)
  advance(client, 1)
  yield segment(connection, server, fin | ack)
  advance(server, 1)
  yield segment(connection, client, ack)
}

/** One direction's bytes in full segments; the other end acknowledges every second one, sometimes after a gap. */
function* transfer(connection: Connection, from: End, data: Uint8Array): Conversation {
  const to = from === connection.client ? connection.server : connection.client
  const size = connection.maximumSegment
  let unacknowledged = 0
  for (let at = 0; at < data.length; ) {
    if (data.length - at > 2 * size && connection.random.chance(0.02)) {
      yield* reordered(connection, from, to, data.subarray(at, at + 2 * size))
      at += 2 * size
      unacknowledged = 0
      continue
    }
    const part = data.subarray(at, at + size)
    at += part.length
    const last = at >= data.length
    yield segment(connection, from, ack | (last ? psh : 0), part)
    advance(from, part.length)
    unacknowledged++
    if (last || unacknowledged === 2) {
      yield segment(connection, to, ack)
      unacknowledged = 0
    }
  }
}

/** The second of two segments arrives first: the receiver reports it by SACK, then acknowledges both. */
function* reordered(connection: Connection, from: End, to: End, data: Uint8Array): Conversation {
  const half = data.length / 2
  const first = from.sequence
  const second = (first + half) >>> 0
  const end = (second + half) >>> 0
  yield segment(connection, from, ack, data.subarray(half), second)
  yield segment(connection, to, ack, NOTHING, to.sequence, [second, end, first])
  yield segment(connection, from, ack, data.subarray(0, half), first)
  advance(from, data.length)
  yield segment(connection, to, ack)
}

/** A request and a response, once or several times on one connection. */
function* exchanges(
  connection: Connection,
  rounds: number,
  request: () => Uint8Array,
  response: () => Uint8Array,
): Conversation {
  yield* open(connection)
  for (let round = 0; round < rounds; round++) {
    yield* transfer(connection, connection.client, request())
    yield* transfer(connection, connection.server, response())
  }
  yield* close(connection)
}

/** TLS application records; their content cannot be taken for a record when a segment comes out of order. */
function tlsRecords(random: SeededRandom, length: number): Uint8Array {
  const data = random.letters(length)
  for (let at = 0; at < length; ) {
    const most = length - at - 5
    const body = Math.min(most, random.between(1000, 16384))
    // No room for a further record: this one takes it all.
    const size = most - body < 20 ? most : body
    data.set([0x17, 3, 3, ...u16(size)], at)
    at += 5 + size
  }
  return data
}

/** Sizes in bytes as web servers answer: mostly small, a few large. */
function responseSize(random: SeededRandom): number {
  return random.chance(0.1) ? random.between(20_000, 90_000) : random.between(200, 9_000)
}

/** HTTPS: opaque records both ways. */
export function* secureWeb(random: SeededRandom, path: Path): Conversation {
  yield* exchanges(
    connect(random, path, 443),
    random.between(1, 4),
    () => tlsRecords(random, random.between(90, 1200)),
    () => tlsRecords(random, responseSize(random)),
  )
}

const text = new TextEncoder()

/** HTTP in clear text. */
export function* plainWeb(random: SeededRandom, path: Path): Conversation {
  const request = (): Uint8Array =>
    text.encode(
      `GET /${random.next().toString(36)}/${random.next().toString(36)} HTTP/1.1\r\nHost: www.example.com\r\n` +
        `User-Agent: traffic/1.0\r\nAccept: */*\r\nAccept-Language: en\r\nConnection: keep-alive\r\n\r\n`,
    )
  const response = (): Uint8Array => {
    const body = random
      .next()
      .toString(36)
      .repeat(Math.ceil(responseSize(random) / 6))
    return text.encode(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  }
  yield* exchanges(connect(random, path, 80), random.between(1, 3), request, response)
}

/** A remote terminal: many small segments both ways. */
export function* terminal(random: SeededRandom, path: Path): Conversation {
  const connection = connect(random, path, 4022)
  const keys = (): Uint8Array => random.letters(4 * random.between(9, 16))
  yield* exchanges(connection, random.between(5, 25), keys, () =>
    random.letters(4 * random.between(9, random.pick([16, 60, 200]))),
  )
}

/** A large upload: full segments one way. */
export function* upload(random: SeededRandom, path: Path): Conversation {
  const connection = connect(random, path, 50_001)
  yield* exchanges(
    connection,
    1,
    () => random.letters(random.between(15_000, 150_000)),
    () => random.letters(random.between(1, 200)),
  )
}

/** A connection attempt to a closed port. */
export function* refused(random: SeededRandom, path: Path): Conversation {
  const connection = connect(random, path, random.between(1, 1023))
  yield segment(connection, connection.client, syn)
  advance(connection.client, 1)
  connection.timestamps = false
  connection.server.sequence = 0
  yield segment(connection, connection.server, rst | ack)
}
