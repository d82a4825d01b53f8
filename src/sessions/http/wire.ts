/** Requests on the wire: undici's dispatchers, and what we want to know of their connections. */
import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { SessionError } from '../face/session-error.js'
import type { ConnectionFacts, Lane } from './connection-pool.js'
import type { Connections, Route } from './connections.js'
import type { Incoming, Outgoing } from './exchange.js'
import { HttpHeaders } from './headers.js'
import { proxyAuthorization } from './proxy.js'
import type { TimingMarks } from './timing.js'
import { errorOf, stalled, tooLate, tooLong } from './wire-errors.js'

/** Sends one request over one of these connections and gives its answer: the last step of all. */
export function sendOnWire(connections: Connections, request: Outgoing): Promise<Incoming> {
  const route = connections.for(request.url)
  return route instanceof Promise ? route.then((made) => sendOver(made, request)) : sendOver(route, request)
}

function sendOver(route: Route, request: Outgoing): Promise<Incoming> {
  return new Promise((resolve, reject) => {
    const { url, method } = request
    const { proxy } = route
    const exchange = new WireExchange(request, resolve, reject)
    const path = url.pathname + url.search
    route.dispatch(
      {
        origin: (proxy ?? url).origin,
        path: proxy === undefined ? path : url.origin + path,
        method: method as Dispatcher.HttpMethod,
        headers: headerList(request, proxy),
        body: bodyOf(exchange, request),
        // Ours is the deadline of the whole.
        headersTimeout: 0,
        bodyTimeout: 0,
        // Only what we ask to be sent again is sent again.
        idempotent: false,
      },
      exchange,
    )
  })
}

function headerList({ headers, body, url }: Outgoing, proxy: URL | undefined): string[] {
  const list = headers.raw as string[]
  const more: string[] = []
  // Of a stream undici cannot know the length; many servers do not take bodies in chunks.
  if (body?.length !== undefined && !headers.has('content-length')) more.push('Content-Length', String(body.length))
  if (proxy !== undefined) {
    if (!headers.has('host')) more.push('Host', url.host)
    if (proxy.username !== '') more.push('Proxy-Authorization', proxyAuthorization(proxy))
  }
  return more.length === 0 ? list : [...list, ...more]
}

function bodyOf(exchange: WireExchange, { body, progress }: Outgoing): string | Buffer | Uint8Array | Readable | null {
  if (body === undefined) return null
  const bytes = body.open()
  if (!(bytes instanceof Readable)) return bytes
  // A stream that breaks must not take the program with it; undici tells of it, too.
  bytes.on('error', (error) => exchange.giveUp(error))
  if (progress === undefined) return bytes
  let done = 0
  bytes.on('data', (piece: Uint8Array) => {
    done += piece.length
    progress('up', done, body.length)
  })
  bytes.pause()
  return bytes
}

/** Bytes of a streamed answer that wait for who reads it. */
const STREAM_BUFFER = 256 * 1024
/** Bytes of a piece that is small, and how many of those in a row are put together. */
const SMALL_PIECE = 256
const MOST_SMALL = 1024

/**
 * The answer, to which the body comes last. A class: of a literal whose first objects live long, V8 makes all others, too, where they are collected
 * rarely, and each kept all of its exchange alive.
 */
class Answer implements Incoming {
  readonly version: string
  readonly remote: string | undefined
  readonly source = 'network'
  body: Uint8Array | Readable = NO_BODY

  constructor(
    readonly status: number,
    readonly statusText: string,
    readonly headers: HttpHeaders,
    connection: ConnectionFacts | undefined,
    readonly marks: TimingMarks,
  ) {
    this.version = connection?.version ?? '1.1'
    this.remote = connection?.remote
  }
}

const NO_BODY = new Uint8Array()

/** One request on the wire: what undici tells of it. */
export class WireExchange implements Dispatcher.DispatchHandler {
  readonly marks: TimingMarks = { start: performance.now() }
  /** Where it goes; undefined through a tunnel of a proxy. */
  lane: Lane | undefined
  /** Whether nobody waits for it any more. */
  isOver = false
  #controller: Dispatcher.DispatchController | undefined
  #pieces: Buffer[] = []
  /** How many at the end of the pieces are small. */
  #small = 0
  #length = 0
  #stream: Readable | undefined
  #total: number | undefined
  #answer: Answer | undefined
  #failure: { reason: unknown } | undefined
  #isPaused = false
  #leave: () => void = () => undefined
  #timer: NodeJS.Timeout | undefined

  constructor(
    readonly request: Outgoing,
    private readonly resolve: (answer: Incoming) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    const { deadline, abort } = request
    if (deadline !== Number.POSITIVE_INFINITY)
      this.#timer = setTimeout(
        () => this.giveUp(tooLate(request, this.#answer)),
        Math.max(0, deadline - this.marks.start),
      )
    this.#leave = abort.onAbort((reason) => this.giveUp(reason))
  }

  /** Nobody waits for it any more. */
  giveUp(reason: unknown): void {
    if (this.isOver || this.#failure !== undefined) return
    this.#failure = { reason }
    this.#controller?.abort(reason as Error)
    this.#end(reason)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    this.marks.sent = performance.now()
    if (this.#failure !== undefined) controller.abort(this.#failure.reason as Error)
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    parsed: Record<string, string | string[] | undefined>,
    statusText = '',
  ): void {
    // 100 and 103 come before the answer.
    if (status < 200 || this.isOver) return
    const { marks, request } = this
    const connection = this.lane?.facts
    marks.firstByte = performance.now()
    if (connection?.marks !== undefined && connection.marks.connectStart! >= marks.start - 1) {
      Object.assign(marks, connection.marks)
      connection.marks = undefined
    }
    const headers = headersOf(controller.rawHeaders, parsed)
    this.#answer = new Answer(status, statusText, headers, connection, marks)
    const length = Number(headers.get('content-length'))
    this.#total = Number.isInteger(length) && length >= 0 ? length : undefined
    if (request.isStreamed) this.#startStream(controller)
    else if (request.method !== 'HEAD' && this.#total !== undefined && this.#total > request.limit)
      this.giveUp(tooLong(request))
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    this.#length += piece.length
    const { request } = this
    request.progress?.('down', this.#length, this.#total)
    if (this.#stream !== undefined) {
      this.#timer?.refresh()
      if (!this.#stream.push(piece)) this.#pause(controller)
      return
    }
    if (this.#length > request.limit) this.giveUp(tooLong(request))
    else this.#keep(piece)
  }

  /** Each piece costs more than a few bytes: a body that comes in very small ones would take many times its size. */
  #keep(piece: Buffer): void {
    this.#pieces.push(piece)
    this.#small = piece.length < SMALL_PIECE ? this.#small + 1 : 0
    if (this.#small < MOST_SMALL) return
    this.#pieces.push(Buffer.concat(this.#pieces.splice(-MOST_SMALL)))
    this.#small = 0
  }

  onResponseEnd(): void {
    this.marks.end = performance.now()
    this.#leaveLane()
    if (this.isOver) return
    if (this.#stream === undefined) {
      const answer = this.#answer!
      answer.body = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces, this.#length)
      this.resolve(answer)
    } else this.#stream.push(null)
    this.#over()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#leaveLane()
    this.#end(this.#failure?.reason ?? errorOf(this.request, error, this.#answer))
  }

  /** From now on there is no deadline, but something has to come within the patience. */
  #startStream(controller: Dispatcher.DispatchController): void {
    const stream = new Readable({
      highWaterMark: STREAM_BUFFER,
      read: () => {
        if (this.isOver || !this.#isPaused) return
        this.#isPaused = false
        this.#watch()
        controller.resume()
      },
      destroy: (error, done) => {
        if (!this.isOver) this.giveUp(error ?? new SessionError('the answer was given up', 'CLOSED'))
        done(error)
      },
    })
    this.#stream = stream
    clearTimeout(this.#timer)
    this.#watch()
    const answer = this.#answer!
    answer.body = stream
    this.resolve(answer)
  }

  #watch(): void {
    const { request } = this
    if (request.patience !== Number.POSITIVE_INFINITY)
      this.#timer = setTimeout(() => this.giveUp(stalled(request)), request.patience)
  }

  /** Who reads has enough for now: that nothing comes is no fault of the server's. */
  #pause(controller: Dispatcher.DispatchController): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#isPaused = true
    controller.pause()
  }

  #end(error: unknown): void {
    if (this.isOver) return
    this.#over()
    if (this.#stream === undefined) this.reject(error)
    else this.#stream.destroy(error as Error)
  }

  /** undici is done with it. */
  #leaveLane(): void {
    this.lane?.ended()
    this.lane = undefined
  }

  #over(): void {
    this.isOver = true
    this.#pieces = []
    clearTimeout(this.#timer)
    this.#leave()
  }
}

/** As they came where that is known, else as undici has read them. */
function headersOf(raw: unknown, parsed: Record<string, string | string[] | undefined>): HttpHeaders {
  if (Array.isArray(raw)) {
    const list = new Array<string>(raw.length)
    // Header values are bytes; Latin-1 keeps each as it is.
    for (let i = 0; i < raw.length; i++)
      list[i] = typeof raw[i] === 'string' ? raw[i] : (raw[i] as Buffer).toString('latin1')
    return new HttpHeaders(list)
  }
  const list: string[] = []
  for (const [name, value] of Object.entries(parsed))
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) list.push(name, one)
  return new HttpHeaders(list)
}
