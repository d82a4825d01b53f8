/** Going where an answer points to. */
import { SessionError } from '../face/session-error.js'
import type { Incoming, Outgoing, Step } from './exchange.js'
import { discard } from './retries.js'
import { isSecretHeader } from './secret-headers.js'
import { requestName } from './wire-errors.js'

const REDIRECTS = new Set([301, 302, 303, 307, 308])
/** What tells of a body that is not sent any more. */
const OF_BODY = [
  'content-type',
  'content-length',
  'content-encoding',
  'content-language',
  'content-location',
  'transfer-encoding',
]
/**
 * Follows redirects (RFC 9110 §15.4): 303 becomes GET, 301 and 302 make a GET of a POST as all clients do, 307 and 308 keep the method and the
 * body. To another origin no credentials go along.
 */
export const redirectStep: Step = async (first, next) => {
  let request = first
  const most = first.redirects
  for (let count = 0; ; count++) {
    const answer = await next(request)
    const target = most > 0 && REDIRECTS.has(answer.status) ? targetOf(request, answer) : undefined
    if (target === undefined) return answer
    discard(answer)
    if (count >= most)
      throw new SessionError(
        `${requestName(first)}: more than ${most} redirects, the last one to ${target.origin}${target.pathname}; option redirects takes more`,
        'REDIRECTS',
      )
    request = redirected(first, request, answer, target)
  }
}

function targetOf(request: Outgoing, { headers }: Incoming): URL | undefined {
  const location = headers.get('location')
  if (location === undefined) return undefined
  let target: URL
  try {
    // Header values come as bytes; what is not ASCII in them is UTF-8 in practice.
    target = new URL(Buffer.from(location, 'latin1').toString('utf8'), request.url)
  } catch {
    throw new SessionError(
      `${requestName(request)}: it redirects to '${location.slice(0, 200)}', which is no URL`,
      'REDIRECT',
    )
  }
  if (target.protocol !== 'http:' && target.protocol !== 'https:')
    throw new SessionError(
      `${requestName(request)}: it redirects to ${target.protocol}, which is not followed`,
      'REDIRECT',
    )
  // A name and a password that a server writes into its answer are none of ours; those that were in the URL are for its origin.
  const { username, password } = target.origin === request.url.origin ? request.url : { username: '', password: '' }
  target.username = username
  target.password = password
  if (target.hash === '') target.hash = request.url.hash
  return target
}

function redirected(first: Outgoing, request: Outgoing, { status }: Incoming, url: URL): Outgoing {
  const { method } = request
  const isForeign = request.isForeign || url.origin !== first.url.origin
  const toGet = (status === 303 && method !== 'HEAD') || (status <= 302 && method === 'POST')
  const headers = request.headers.copy()
  if (isForeign) for (const name of foreignTo(request)) headers.delete(name)
  headers.delete('host')
  if (toGet) for (const name of OF_BODY) headers.delete(name)
  const body = toGet ? undefined : request.body
  if (body !== undefined && !body.isRepeatable)
    throw new SessionError(
      `${requestName(request)}: it redirects (${status}) to ${url.origin}${url.pathname}, and the body, a stream, cannot be sent twice: send it there`,
      'REDIRECT',
    )
  return { ...request, method: toGet ? 'GET' : method, url, headers, body, isForeign }
}

/** What only the first server may know. */
function foreignTo({ headers }: Outgoing): string[] {
  return [...headers].map(([name]) => name).filter((name) => isSecretHeader(name) || /^(?:origin|referer)$/i.test(name))
}
