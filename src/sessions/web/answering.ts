/** One request on its way to its answer. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Interrupted } from '../../exchange/index.js'
import { isThenable } from '../../exchange/thenable.js'
import { checkHost } from './for-us.js'
import { checkBody, Gone, hasBody, readBody } from './request-body.js'
import type { LoggedRequest } from './request-log.js'
import { notAllowed, type Route, type RouteTable } from './routes.js'
import { sendEarly, sendReply } from './send-reply.js'
import { RequestAnswer, replyOf, statusReply, WebError, WebReply } from './web-reply.js'
import { WebRequest } from './web-request.js'

/** What the server is asked for, and told. */
export interface Answerer {
  readonly routes: RouteTable
  /** Bytes of a body. */
  readonly limit: number
  /** Where only this machine is listened to: the name by which it is, besides localhost and addresses. Undefined: any name will do. */
  readonly ownName: string | undefined
  /** Calls a function of the user's. */
  call<R>(work: () => R): R
  /** All of a request has come. */
  heard(request: WebRequest): void
  /** A handler threw. */
  failed(route: string, error: unknown): void
  /** The answer has left, or will never leave. */
  done(answering: Answering): void
}

/** What is kept of a connection. */
export interface Connection {
  /** `127.0.0.1:40000`. */
  readonly client: string
  /** Requests that are being answered. */
  pending: number
  /** The last one that came. */
  last: Answering | undefined
  /** It has been given up. */
  isRefused: boolean
}

/** A request and its answer. */
export class Answering {
  readonly request: WebRequest
  readonly logged: LoggedRequest
  readonly #began = performance.now()
  #route: Route | undefined
  /** Whether something of the body may still come. */
  #isComing = false

  constructor(
    private readonly answerer: Answerer,
    private readonly incoming: IncomingMessage,
    readonly response: ServerResponse,
    readonly connection: Connection,
  ) {
    const { client } = connection
    this.request = new WebRequest(incoming, client)
    const { time, method, target } = this.request
    this.logged = { time, client, method, target, received: 0, status: 0, bytes: 0, ms: 0 }
    response.on('close', () => {
      // Without an answer the client has left before there was one.
      if (response.headersSent) this.logged.status = response.statusCode
      this.logged.ms = Math.round((performance.now() - this.#began) * 1000) / 1000
      answerer.done(this)
    })
  }

  /** Whether all of the request has come. */
  get isComplete(): boolean {
    return this.incoming.complete
  }

  /** No other request can follow: the connection is closed behind the answer. */
  closeBehind(): void {
    const { response } = this
    if (!response.headersSent) response.setHeader('Connection', 'close')
    response.on('finish', () => this.incoming.socket.end())
  }

  /** @param expectsContinue the client sends the body only when it is told to (RFC 9110 §10.1.1) */
  begin(expectsContinue: boolean): void {
    try {
      this.#isComing = hasBody(this.incoming)
      checkHost(this.incoming, this.answerer.ownName)
      const early = this.#find()
      if (early !== undefined) this.#send(early)
      else if (this.#isComing) this.#receive(expectsContinue)
      else this.#call()
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Finds the route, or the answer to OPTIONS where it has no route. @throws WebError where there is none */
  #find(): WebReply | undefined {
    const { request, answerer } = this
    if (request.target === '*') return allMethods(request, answerer.routes)
    const found = answerer.routes.find(request.method, request.rawPath)
    if (found === undefined) throw new WebError(404, '')
    if ('allow' in found) return optionsOf(request, found.allow)
    this.#route = found.route
    if (found.params !== undefined) request.params = found.params
    return undefined
  }

  #receive(expectsContinue: boolean): void {
    const { incoming, answerer } = this
    checkBody(incoming, answerer.limit)
    if (expectsContinue) this.response.writeContinue()
    readBody(incoming, answerer.limit).then(
      (bytes) => {
        this.#isComing = false
        this.logged.received = bytes.length
        this.request._received(bytes)
        this.#call()
      },
      (error: unknown) => this.#fail(error),
    )
  }

  #call(): void {
    const { answer } = this.#route!
    this.answerer.heard(this.request)
    try {
      this.#settle(typeof answer === 'function' ? this.answerer.call(() => answer(this.request)) : answer)
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Sends a value when it is there. */
  #settle(value: unknown): void {
    if (isThenable(value))
      value.then(
        (result) => this.#send(result),
        (error: unknown) => this.#fail(error),
      )
    else this.#send(value)
  }

  #send(value: unknown): void {
    const { response, logged } = this
    if (response.destroyed) return
    try {
      const reply = replyOf(value)
      if (reply instanceof RequestAnswer) this.#settle(reply.answer(this.request))
      else if (this.#isComing) sendEarly(response, reply, logged)
      else sendReply(response, reply, logged)?.catch((error: unknown) => this.#fail(error))
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    if (error instanceof Gone) return
    if (error instanceof WebReply) this.#send(error)
    else if (error instanceof WebError) this.#send(statusReply(error.status, error.message, error.headers))
    else this.#broken(error)
  }

  /** It is not the client's fault. */
  #broken(error: unknown): void {
    const { response } = this
    // The server closes: what the handler waited for has ended with it.
    const isClosing = error instanceof Interrupted
    if (!isClosing) this.answerer.failed(this.#route?.name ?? this.request.method, error)
    if (response.headersSent) response.destroy()
    else this.#send(statusReply(isClosing ? 503 : 500))
  }
}

function optionsOf({ method }: WebRequest, allow: readonly string[]): WebReply {
  if (method !== 'OPTIONS') throw notAllowed(allow)
  return statusReply(204, '', { Allow: allow.join(', ') })
}

/** `OPTIONS *` asks for the server as a whole (RFC 9110 §9.3.7). */
function allMethods({ method }: WebRequest, routes: RouteTable): WebReply {
  if (method !== 'OPTIONS') throw new WebError(400, "'*' is for OPTIONS only")
  return statusReply(204, '', { Allow: routes.methods().join(', ') })
}
