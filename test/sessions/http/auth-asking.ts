/** Requests through the step that authorizes them, over real connections. */
import { authStep } from '../../../src/sessions/http/auth/auth-step.js'
import type { Credentials } from '../../../src/sessions/http/auth/credentials.js'
import type { HttpAuth } from '../../../src/sessions/http/auth/http-auth.js'
import { Connections } from '../../../src/sessions/http/connections.js'
import type { Incoming, Outgoing, RequestBody } from '../../../src/sessions/http/exchange.js'
import { type HeadersInit, HttpHeaders } from '../../../src/sessions/http/headers.js'
import { sendOnWire } from '../../../src/sessions/http/wire.js'

export interface Asked {
  method?: string
  headers?: HeadersInit
  body?: RequestBody
  isForeign?: boolean
}

/** A request as it comes to the step. */
export function outgoing(url: string, { method = 'GET', headers, body, isForeign = false }: Asked = {}): Outgoing {
  return {
    method,
    url: new URL(url),
    headers: HttpHeaders.from(headers),
    body,
    isForeign,
    isStreamed: false,
    abort: { reason: undefined, onAbort: () => () => {} },
    deadline: performance.now() + 20_000,
    patience: 20_000,
    limit: 1 << 20,
    redirects: 10,
    retries: 0,
    trail: [],
    progress: undefined,
  }
}

/** An answer that nobody sent. */
export function incoming(status: number, headers: HeadersInit): Incoming {
  return {
    status,
    statusText: '',
    headers: HttpHeaders.from(headers),
    version: '1.1',
    body: new Uint8Array(),
    marks: { start: 0 },
    remote: undefined,
    source: 'network',
  }
}

/** A body of this text. */
export function textBody(text: string, isRepeatable = true): RequestBody {
  return { type: 'text/plain', length: Buffer.byteLength(text), isRepeatable, open: () => text }
}

/** Asks servers, and keeps what went out. */
export class Asker {
  /** Every request that was sent, with its headers. */
  readonly sent: Outgoing[] = []
  readonly #connections = new Connections()

  constructor(
    readonly auth?: HttpAuth,
    readonly credentials?: Credentials,
  ) {}

  async ask(
    url: string,
    asked?: Asked,
  ): Promise<{ status: number; json: Record<string, unknown>; headers: HttpHeaders }> {
    const answer = await authStep(this.auth, this.credentials)(outgoing(url, asked), (request) => {
      this.sent.push(request)
      return sendOnWire(this.#connections, request)
    })
    const text = Buffer.from(answer.body as Uint8Array).toString()
    return { status: answer.status, json: text.startsWith('{') ? JSON.parse(text) : {}, headers: answer.headers }
  }

  /** The field `Authorization` of each request that was sent. */
  get proofs(): (string | undefined)[] {
    return this.sent.map(({ headers }) => headers.get('authorization'))
  }

  close(): Promise<void> {
    return this.#connections.close()
  }
}
