/** Who may ask the host for anything. */
import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Text of 128 random bits in hex. */
export const TOKEN_LENGTH = 32

/** Whether what a browser says about where the request comes from is our own page. What is no browser says nothing. */
export function isFromOurPage({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin') return false
  return headers.origin === undefined || headers.origin === `http://${headers.host}`
}

/** Compares without telling by the time that it takes how much is right. */
export function isToken(given: string, token: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(token)]
  return one.length === other.length && timingSafeEqual(one, other)
}

/** What a request was refused with. */
export class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** The JSON that a POST brings. @throws Refusal if it is too long, or no JSON */
export async function jsonBody(request: IncomingMessage, mostBytes: number): Promise<unknown> {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) throw new Refusal(415, 'JSON is expected')
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw new Refusal(413, 'too long')
  const chunks: Buffer[] = []
  let length = 0
  // What is too long is not read to its end; the answer is still to be sent.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > mostBytes) throw new Refusal(413, 'too long')
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch {
    throw new Refusal(400, 'no JSON')
  }
}
