/** Real clients for the tests of the web server. */
import { connect } from 'node:net'
import { afterEach } from 'vitest'
import type { WebServer } from '../../../src/sessions/web/index.js'
import { web } from '../../../src/sessions/web/index.js'
import { must } from '../../lab/process.js'

const open: WebServer[] = []

afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

/** A server on a free port that says nothing, closed when the test is over. */
export async function serve(...[routes, options]: [unknown?, object?]): Promise<WebServer> {
  const server = await web.listen(0, routes as never, { log: false, ...options })
  open.push(server)
  return server
}

/** What curl got. */
export interface Answer {
  status: number
  /** Names in small letters. */
  headers: Record<string, string>
  body: string
}

/** Asks with curl. The path may be followed by more of its arguments. */
export async function curl(server: { url: string }, path: string, ...more: string[]): Promise<Answer> {
  const url = server.url.replace(/\/$/, path)
  return answerOf(await must(['curl', '-sS', '-i', '--max-time', '20', '--path-as-is', ...more, url]))
}

/** Reads an answer as it stands on the wire, those before it (100 Continue) left out. */
export function answerOf(text: string): Answer {
  const rest = text.replace(/^(?:HTTP\/1\.1 1\d\d[\s\S]*?\r\n\r\n)+/, '')
  const end = rest.indexOf('\r\n\r\n')
  const [first, ...lines] = rest.slice(0, end).split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  )
  return { status: Number(first!.split(' ')[1]), headers, body: rest.slice(end + 4) }
}

/**
 * Writes bytes to a server and gives all that comes back until it closes, or until nothing has come for a while.
 * @param options.end half-close behind them
 * @param options.quiet milliseconds of silence that end it
 */
export function raw(
  { port }: { port: number },
  data: string,
  { end = false, quiet = 300 }: { end?: boolean; quiet?: number } = {},
): Promise<{ text: string; closed: boolean }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    let text = ''
    const done = (closed: boolean): void => {
      resolve({ text, closed })
      socket.destroy()
    }
    socket.setTimeout(quiet, () => done(false))
    socket.on('data', (piece) => {
      text += piece.toString('latin1')
    })
    socket.on('end', () => done(true))
    socket.on('close', () => done(true))
    socket.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? done(true) : reject(error)))
    socket.write(data, 'latin1')
    if (end) socket.end()
  })
}
