/**
 * undici 7.30 takes it for impossible that a connection ends while its parser is paused, because somebody reads slowly: an assertion
 * fails in a handler of the socket's, which ends the whole program. Here the parser hears of the end when it goes on.
 */
import diagnostics from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

/** What is looked at of undici's parser. */
interface Parser {
  paused: boolean
}

type Parsed = Socket & Record<symbol, Parser | null | undefined>

let isGuarding = false

/**
 * Guards all connections that undici makes from now on, also those through proxies.
 * @param parserOf undici's symbol under which a socket has its parser
 */
export function guardSockets(parserOf: symbol): void {
  if (isGuarding) return
  isGuarding = true
  // The documented way to learn of connections.
  diagnostics.subscribe('undici:client:connected', (message) => guard((message as { socket: Parsed }).socket, parserOf))
}

function guard(socket: Parsed, parserOf: symbol): void {
  // Over HTTP/2 there is none.
  if (!(parserOf in socket)) return
  const { read } = socket
  // What comes is still taken in, as far as the socket's buffer goes; the end is behind it.
  socket.read = function (this: Parsed, size?: number) {
    return this[parserOf]?.paused === true ? null : read.call(this, size)
  }
  // A connection that breaks needs no reading: what has not come will not.
  const goOn = (): void => {
    const parser = socket[parserOf]
    if (parser?.paused === true) parser.paused = false
  }
  socket.prependListener('error', goOn)
  socket.prependListener('close', goOn)
}
