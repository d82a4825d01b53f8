/** httpbin, a real server that says what it was asked: on a free port of loopback, in a process of its own. */
import { type Child, start } from '../../lab/process.js'

/**
 * httpbin refuses bodies in chunks of every server but one, although this one has put them together; Date and Server are as everywhere.
 * It says its port when it listens, and each request that it got.
 */
const PROGRAM = `
import itertools, sys
from werkzeug.serving import make_server, WSGIRequestHandler
from httpbin import app

def behind(environ, start_response):
    if environ.get('wsgi.input_terminated'):
        environ['SERVER_SOFTWARE'] = 'gunicorn/0'
    return app(environ, start_response)

numbers = itertools.count(1)

class Handler(WSGIRequestHandler):
    protocol_version = 'HTTP/1.1'
    def log_request(self, code='-', size='-'):
        print('got', next(numbers), self.command, self.path, int(code), flush=True)
    def log(self, *words):
        pass

host, *tls = sys.argv[1:]
server = make_server(host, 0, behind, threaded=True, request_handler=Handler, ssl_context=tuple(tls) or None)
print('port', server.server_port, flush=True)
server.serve_forever()
`

export interface HttpbinOptions {
  /** Unset: 127.0.0.1. */
  host?: string
  /** Names of files in PEM: it speaks TLS then. */
  tls?: { cert: string; key: string }
}

/**
 * Starts it; stop it with `close` behind the tests:
 * ```ts
 * let httpbin: Httpbin
 * beforeAll(async () => {
 *   httpbin = await startHttpbin()
 * })
 * afterAll(() => httpbin?.close())
 * ```
 */
export async function startHttpbin({ host = '127.0.0.1', tls }: HttpbinOptions = {}): Promise<Httpbin> {
  const files = tls === undefined ? [] : [tls.cert, tls.key]
  const child = start(['/usr/bin/python3', '-c', PROGRAM, host, ...files])
  try {
    const [, port] = await child.waitFor(/^port (\d+)$/m, { timeout: 30_000 })
    const name = host.includes(':') ? `[${host}]` : host
    return new Httpbin(child, Number(port), `${tls === undefined ? 'http' : 'https'}://${name}:${port}`)
  } catch (error) {
    await child.stop('SIGKILL')
    throw error
  }
}

/** A running one. */
export class Httpbin {
  constructor(
    readonly child: Child,
    readonly port: number,
    /** `http://127.0.0.1:40123`, without a slash at the end. */
    readonly origin: string,
  ) {}

  /** What it was asked up to now, `GET /status/200 200`; what it was asked just now may still be on its way: see `asked`. */
  get requests(): string[] {
    return [...this.child.stdout.matchAll(/^got \d+ (.+)$/gm)].map(([, line]) => line!)
  }

  /** Waits until it was asked this often in all, and gives what. */
  async asked(count: number): Promise<string[]> {
    await this.child.waitFor(new RegExp(`^got ${count} .+\\n`, 'm'))
    return this.requests
  }

  /** `/get` there. */
  url(path: string): string {
    return `${this.origin}${path}`
  }

  close(): Promise<void> {
    return this.child.stop('SIGKILL')
  }
}
