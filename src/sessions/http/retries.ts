/** Asking again where that does no harm. */
import type { Incoming, Outgoing, Step } from './exchange.js'

/** Methods that may be repeated: once or twice is the same (RFC 9110 §9.2.2). */
const IDEMPOTENT = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PUT',
  'DELETE',
  'QUERY',
  'PROPFIND',
  'REPORT',
  'SEARCH',
])
/** A server that has too much to do, or whose own server does not answer. */
const BUSY = new Set([429, 502, 503, 504])
/** What passes: a connection that broke, a name server that did not answer. */
export const PASSING: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'EPIPE',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'EHOSTUNREACH',
])
/** Nothing was sent yet: any method may be tried again. */
const UNSENT = new Set(['ECONNREFUSED', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'EHOSTUNREACH'])

/** First pause, ms; each is twice the one before. */
const FIRST_PAUSE = 200
const LONGEST_PAUSE = 10_000

/**
 * Sends again what failed for a reason that passes, where that is safe: methods that may be repeated, and others when nothing was sent. `Retry-After`
 * of the server (RFC 9110 §10.2.3) is kept to; where that is later than the deadline, the answer is given as it is.
 */
export const retryStep: Step = async (request, next) => {
  for (let attempt = 1; ; attempt++) {
    let answer: Incoming
    try {
      answer = await next(request)
    } catch (error) {
      const pause = pauseBefore(attempt)
      if (!mayRepeat(request, attempt) || !isPassing(request, error) || !fits(request, pause)) throw error
      await rest(request, pause)
      continue
    }
    if (!BUSY.has(answer.status) || !IDEMPOTENT.has(request.method) || !mayRepeat(request, attempt)) return answer
    const pause = retryAfter(answer) ?? pauseBefore(attempt)
    if (!fits(request, pause)) return answer
    discard(answer)
    await rest(request, pause)
  }
}

function mayRepeat({ retries, body }: Outgoing, attempt: number): boolean {
  return attempt <= retries && body?.isRepeatable !== false
}

function isPassing({ method, abort }: Outgoing, error: unknown): boolean {
  const { code = '' } = error as { code?: string }
  return abort.reason === undefined && PASSING.has(code) && (UNSENT.has(code) || IDEMPOTENT.has(method))
}

/** Whether there is time for another attempt behind this pause. */
function fits({ deadline }: Outgoing, pause: number): boolean {
  return performance.now() + pause < deadline
}

/** Between half and the whole of a pause that doubles: many clients must not come back at the same moment. */
function pauseBefore(attempt: number): number {
  return Math.min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE) * (0.5 + Math.random() / 2)
}

/** What the server asks for, ms: seconds, or a date. */
export function retryAfter({ headers }: Pick<Incoming, 'headers'>, now = Date.now()): number | undefined {
  const value = headers.get('retry-after')
  if (value === undefined) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

/** Waits, and ends with the reason when the request is given up. */
function rest({ abort }: Outgoing, ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = abort.onAbort((reason) => {
      clearTimeout(timer)
      reject(reason)
    })
    const timer = setTimeout(() => {
      leave()
      resolve()
    }, ms)
  })
}

/** Nobody reads the body of this answer. */
export function discard({ body }: Incoming): void {
  if (!(body instanceof Uint8Array)) body.on('error', () => undefined).destroy()
}
