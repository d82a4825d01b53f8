/** Answers on their way out. */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { deliver } from '../serve/deliver.js'
import { ResourceChanged } from '../serve/resource.js'
import { FileReply, hasNoBody, type Pieces, type WebReply } from './web-reply.js'

/** A client that takes nothing for so long is given up, ms. */
const LONGEST_PAUSE = 60_000

/**
 * Sends an answer; gives a promise where its body comes in pieces. Of an answer to HEAD the body stays here.
 * @param sent is told how many bytes of the body go out
 * @throws what is wrong with its headers
 */
export function sendReply(
  response: ServerResponse,
  reply: WebReply,
  sent: { bytes: number },
): Promise<void> | undefined {
  if (reply instanceof FileReply) return sendFile(response, reply, sent)
  const { status, body } = reply
  const headers = reply.headers as OutgoingHttpHeaders
  if (hasNoBody(status)) {
    // 205 says that there is nothing; the others need not (RFC 9110 §8.6).
    response.writeHead(status, status === 205 ? { ...headers, 'Content-Length': 0 } : headers).end()
    return undefined
  }
  const isHead = response.req.method === 'HEAD'
  if (typeof body === 'object' && !(body instanceof Uint8Array)) return sendPieces(response, reply, body, sent)
  const length = body === undefined ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.length
  response.writeHead(status, { ...headers, 'Content-Length': length })
  response.end(isHead ? undefined : body)
  if (!isHead) sent.bytes = length
  // Most have left by now; a timer for each would cost more than the answer.
  if (response.writableLength > 0) response.setTimeout(LONGEST_PAUSE, () => response.destroy())
  return undefined
}

async function sendFile(response: ServerResponse, { resource }: FileReply, sent: { bytes: number }): Promise<void> {
  const transfer = {
    total: undefined,
    get done() {
      return sent.bytes
    },
    set done(bytes: number) {
      sent.bytes = bytes
    },
    ended: undefined,
    outcome: undefined,
  }
  const { error } = await deliver(response.req, response, resource, { transfer })
  // That somebody writes to a file while it is sent is no failure of ours; the client has heard of it.
  if (error !== undefined && !(error instanceof ResourceChanged)) throw error
}

async function sendPieces(
  response: ServerResponse,
  reply: WebReply,
  pieces: Pieces,
  sent: { bytes: number },
): Promise<void> {
  const { status, length } = reply
  const headers = reply.headers as OutgoingHttpHeaders
  response.writeHead(status, length === undefined ? headers : { ...headers, 'Content-Length': length })
  if (response.req.method === 'HEAD') {
    release(pieces)
    response.end()
    return
  }
  // The first piece may take long.
  if (length === undefined) response.flushHeaders()
  for await (const piece of pieces) {
    // Leaving the loop ends the stream.
    if (response.destroyed) return
    const data =
      piece instanceof Uint8Array
        ? piece
        : Buffer.from(typeof piece === 'string' ? piece : `${JSON.stringify(piece)}\n`)
    sent.bytes += data.length
    if (data.length > 0 && !response.write(data)) await drained(response)
  }
  // A file that became shorter: the client must not take what it has for all.
  if (length !== undefined && sent.bytes < length) response.destroy()
  else response.end()
}

/** Nobody reads these. */
function release(pieces: Pieces): void {
  const { destroy, cancel } = pieces as { destroy?: () => void; cancel?: () => Promise<void> }
  if (typeof destroy === 'function') destroy.call(pieces)
  else if (typeof cancel === 'function') void cancel.call(pieces).catch(() => undefined)
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => response.destroy(), LONGEST_PAUSE)
    const done = (): void => {
      clearTimeout(timer)
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.on('drain', done)
    response.on('close', done)
  })
}

/** How long what a client still sends is thrown away behind an early answer, ms. */
const LINGER = 2000

/**
 * Sends an answer while the request is still coming, and gives the connection up: had we closed with something unread, the client would hear of a
 * broken connection instead of the answer (RFC 9112 §9.6).
 */
export function sendEarly(response: ServerResponse, reply: WebReply, sent: { bytes: number }): void {
  const text = typeof reply.body === 'string' ? reply.body : ''
  sent.bytes = Buffer.byteLength(text)
  const { req } = response
  const headers = { ...reply.headers, 'Content-Length': sent.bytes, Connection: 'close' }
  response.writeHead(reply.status, headers as OutgoingHttpHeaders)
  response.write(text)
  const end = (): void => void response.end()
  const timer = setTimeout(end, LINGER)
  response.on('close', () => clearTimeout(timer))
  req.on('end', end).on('error', end).resume()
}
