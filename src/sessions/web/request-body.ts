/** The body of a request, read whole before its handler is called. */
import type { IncomingMessage } from 'node:http'
import { byteCount } from '../face/session.js'
import { WebError } from './web-reply.js'

/** The client went away while it was sending. */
export class Gone extends Error {}

/** Whether a request has a body (RFC 9112 §6.3). */
export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length']
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')
}

/** @throws WebError (413) where a request says that its body is too big, or (415) is written in a way that nobody reads here */
export function checkBody({ headers }: IncomingMessage, limit: number): void {
  if (Number(headers['content-length'] ?? 0) > limit) throw tooBig(limit)
  const coding = headers['content-encoding'] ?? 'identity'
  if (coding.toLowerCase() !== 'identity') throw new WebError(415, `the body must come as it is, not as ${coding}`)
}

/** The bytes of a body. @throws WebError (413) as soon as there are too many; Gone where they end too early */
export function readBody(incoming: IncomingMessage, limit: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    let length = 0
    incoming.on('data', (piece: Buffer) => {
      length += piece.length
      if (length <= limit) pieces.push(piece)
      else {
        incoming.removeAllListeners('data')
        reject(tooBig(limit))
      }
    })
    incoming.on('end', () => resolve(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)))
    incoming.on('error', () => reject(new Gone()))
    incoming.on('close', () => reject(new Gone()))
  })
}

function tooBig(limit: number): WebError {
  return new WebError(413, `a body of ${byteCount(limit)} at most is taken here`)
}
