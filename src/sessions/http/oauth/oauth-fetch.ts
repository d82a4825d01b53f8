/** Requests to the server that gives tokens, as oauth4webapi wants to make them: over our connections, within bounds. */
import type { CustomFetchOptions } from 'oauth4webapi'
import { SessionError } from '../../face/session-error.js'
import { Connections } from '../connections.js'
import { decoded } from '../decode.js'
import type { Outgoing } from '../exchange.js'
import { HttpHeaders } from '../headers.js'
import { sendOnWire } from '../wire.js'
import type { OAuthSettings } from './oauth-options.js'
import { isLocalUrl, isSecureUrl } from './secure-url.js'
import { hookOf } from './shared-work.js'

/** How long the server may take, ms. */
const PATIENCE = 20_000
/** Bytes of an answer; the usual one has a few thousand. */
const LARGEST = 1 << 20

/** What oauth4webapi calls in the place of `fetch`. */
export type OAuthFetch = (url: string, options: Fetching) => Promise<Response>
type Fetching = CustomFetchOptions<'GET' | 'POST', URLSearchParams | undefined>

/** @param place as it stands before the colon of errors */
export function oauthFetch(place: string, { server, issuer, tls }: OAuthSettings): OAuthFetch {
  const connections = new Connections(tls === undefined ? {} : { tls })
  const isLocal = isLocalUrl(new URL(server))
  return async (text, { method, headers, body, signal }) => {
    const url = new URL(text)
    // A server elsewhere may not have us talk to what runs on this machine, nor in the clear.
    if (!isSecureUrl(text) || (isLocalUrl(url) && !isLocal))
      throw new SessionError(`${place}: ${url.origin} is not asked: tokens travel over https only`, 'INSECURE')
    const request: Outgoing = {
      method,
      url,
      headers: HttpHeaders.from(headers),
      body: body === undefined ? undefined : bodyOf(body),
      isForeign: false,
      isStreamed: false,
      abort: signal === undefined ? NEVER : hookOf(signal),
      deadline: performance.now() + PATIENCE,
      patience: PATIENCE,
      limit: LARGEST,
      redirects: 0,
      retries: 0,
      trail: [],
      progress: undefined,
    }
    const answer = await sendOnWire(connections, request).catch((error: unknown) => {
      if (!(error instanceof SessionError && error.code === 'TIMEOUT')) throw error
      throw new SessionError(`${place}: no answer within ${PATIENCE / 1000} s`, 'TIMEOUT')
    })
    const bytes = await decoded(place, answer.headers, answer.body as Uint8Array, LARGEST)
    return responseOf(answer.status, answer.headers, bytes, issuer !== undefined)
  }
}

const NEVER = { reason: undefined, onAbort: () => () => undefined }

function bodyOf(body: URLSearchParams): Outgoing['body'] {
  const text = body.toString()
  return { type: undefined, length: Buffer.byteLength(text), isRepeatable: true, open: () => text }
}

/**
 * The answer as oauth4webapi expects it.
 * @param hasIssuer whether an ID token can be checked: it names its issuer
 */
function responseOf(status: number, headers: HttpHeaders, bytes: Uint8Array, hasIssuer: boolean): Response {
  const json = objectIn(bytes)
  const type = headers.get('content-type') ?? ''
  // Some servers answer errors with 200.
  const isError = status === 200 && typeof json?.error === 'string' && json.access_token === undefined
  if (!hasIssuer) delete json?.id_token
  // What the body says of an error says more than a challenge, which the library would look at first.
  const shown = { 'Content-Type': type }
  const body =
    status === 204 || status === 205 || status === 304 ? null : json === undefined ? bytes : JSON.stringify(json)
  return new Response(body as string | Uint8Array<ArrayBuffer> | null, {
    status: isError ? 400 : status,
    headers: shown,
  })
}

function objectIn(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
