/** The step that proves who asks. */
import { Readable } from 'node:stream'
import type { Incoming, Outgoing, Step } from '../exchange.js'
import type { Credentials } from './credentials.js'
import type { HttpAuth } from './http-auth.js'
import { withoutUserInfo } from './url-credentials.js'

/**
 * Authorizes requests, and answers a 401 once where that may help. What counts, first to last: an `Authorization` of the caller's own, `auth`, what
 * stands in the URL, what is bound to a prefix of it. `auth` is for the origin that was asked first: no other one gets it.
 */
export function authStep(auth: HttpAuth | undefined, credentials: Credentials | undefined): Step {
  return async (given, next) => {
    const { url, auth: inUrl } = withoutUserInfo(given.url)
    const request = url === given.url ? given : { ...given, url }
    if (request.headers.has('authorization')) return next(request)
    const proof = (request.isForeign ? undefined : auth) ?? inUrl ?? credentials?.find(url)
    if (proof === undefined) return next(request)
    const first = await proven(proof, copied(request))
    const answer = await next(first)
    if (answer.status !== 401) return settled(proof, answer, first)
    // It still carries what was refused, for `challenged` to see.
    const again = copied(first)
    // Also a body that cannot be sent again: the next request knows what is asked for then.
    const began = performance.now()
    const isHopeful = await proof.challenged(answer, again)
    if (!isHopeful || again.body?.isRepeatable === false) return settled(proof, answer, again)
    if (answer.body instanceof Readable) answer.body.destroy()
    const second = await proven(proof, again, began)
    return settled(proof, await next(second), second)
  }
}

/** A request with its proof. What that took, such as somebody's sign-in, is no time of the server's: it has as much as before. */
async function proven(proof: HttpAuth, request: Outgoing, began = performance.now()): Promise<Outgoing> {
  await proof.authorize(request)
  return { ...request, deadline: request.deadline + (performance.now() - began) }
}

function settled(proof: HttpAuth, answer: Incoming, request: Outgoing): Incoming {
  proof.settled(answer, request)
  return answer
}

/** What was sent stays as it was: the history shows it. */
function copied(request: Outgoing): Outgoing {
  return { ...request, headers: request.headers.copy() }
}
