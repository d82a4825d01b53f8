/** Where the browser comes back to when somebody has signed in: a web server on this machine, for one request (RFC 8252 §7.3). */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { pause } from '../../../exchange/index.js'
import { listening } from '../../face/listening.js'
import { SessionError } from '../../face/session-error.js'
import { escapeHtml, page } from '../../serve/pages/page.js'
import { hostPort } from '../../stream/place.js'
import type { OAuthSettings } from './oauth-options.js'

/** The browser came back. */
export interface CameBack {
  readonly parameters: URLSearchParams
  /** Says how it went to who sits before the browser. */
  say(title: string, text: string): void
}

/** Seconds in which the request must have come. */
const REQUEST_TIME = 10

/** The page has neither scripts nor pictures, and its address, with the code in it, goes nowhere. */
const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  Connection: 'close',
}

/** Waits for the browser. */
export class RedirectServer {
  readonly #server: Server
  #came!: (back: CameBack) => void
  readonly #back: Promise<CameBack>
  #hasCome = false
  #uri = ''

  constructor(
    private readonly place: string,
    private readonly settings: OAuthSettings,
  ) {
    this.#back = new Promise((resolve) => {
      this.#came = resolve
    })
    this.#server = createServer({ requestTimeout: REQUEST_TIME * 1000, headersTimeout: REQUEST_TIME * 1000 })
    this.#server.maxConnections = 16
    this.#server.on('request', (request, response) => this.#take(request, response))
  }

  /** Where the browser is to come: `http://127.0.0.1:40123/callback`. Known when it listens. */
  get uri(): string {
    return this.#uri
  }

  /** @throws SessionError where the port cannot be had */
  async open(signal: AbortSignal): Promise<void> {
    const { redirectHost, redirectPort, redirectPath } = this.settings
    const host = redirectHost === 'localhost' ? '127.0.0.1' : redirectHost
    const port = await listening(this.#server, { host, port: redirectPort }, `${this.place}: redirect`, signal)
    const name = redirectHost === 'localhost' ? `localhost:${port}` : hostPort(host, port)
    this.#uri = `http://${name}${redirectPath}`
  }

  /** Waits until the browser comes back. @throws SessionError when it does not in time; the signal's reason */
  async wait(signal: AbortSignal): Promise<CameBack> {
    const { loginTimeout } = this.settings
    const over = new AbortController()
    const nobody = pause(loginTimeout * 1000, AbortSignal.any([signal, over.signal])).then(() => {
      signal.throwIfAborted()
      throw new SessionError(`${this.place}: nobody has signed in within ${loginTimeout} s`, 'TIMEOUT')
    })
    try {
      return await Promise.race([this.#back, nobody])
    } finally {
      over.abort()
    }
  }

  /** Answers that are on their way still go out. */
  close(): void {
    this.#server.close()
    this.#server.closeIdleConnections()
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const [path, query = ''] = (request.url ?? '').split('?')
    const parameters = new URLSearchParams(query)
    const refusal = this.#refusal(request.method, path, parameters)
    if (refusal !== undefined) {
      answer(response, ...refusal)
      return
    }
    this.#hasCome = true
    this.#came({ parameters, say: (title, text) => answer(response, 200, title, text) })
  }

  /** What is said to whatever is no answer to a sign-in. */
  #refusal(
    method = '',
    path = '',
    parameters: URLSearchParams,
  ): [status: number, title: string, text: string] | undefined {
    // Browsers ask for pictures of the site, too.
    if (path !== this.settings.redirectPath) return [404, 'Not found', 'There is nothing here.']
    if (method !== 'GET') return [405, 'Not like this', 'Only GET is answered here.']
    if (this.#hasCome) return [410, 'Over', 'This sign-in has been answered already.']
    if (!parameters.has('code') && !parameters.has('error'))
      return [400, 'Nothing to take', 'The address has no answer to a sign-in in it.']
    return undefined
  }
}

function answer(response: ServerResponse, status: number, title: string, text: string): void {
  response.writeHead(status, HEADERS)
  response.end(page({ title, main: `<p>${escapeHtml(text)}</p>` }))
}
