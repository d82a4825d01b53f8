/** Tokens: what a server gave, and how long it is good. */
import type { TokenEndpointResponse } from 'oauth4webapi'
import { keepSecret } from '../../../exchange/secrets.js'

/** A token as it is kept. Times are those of `Date.now()`. */
export interface Token {
  /** What is shown to the API. */
  readonly access: string
  /** What another one is got with. */
  readonly refresh?: string | undefined
  /** Who signed in, as a JWT, where the server tells (OpenID Connect). */
  readonly id?: string | undefined
  /** What it is good for, as the server says. */
  readonly scope?: string | undefined
  readonly obtained: number
  /** Unset: the server does not say. */
  readonly expires?: number | undefined
}

/** A token is replaced so long before its end, ms: the request has to arrive, and clocks differ. */
const EARLY = 30_000
/** Of tokens with a short life this part of it. */
const EARLY_PART = 0.1

/** What of the token before still holds is kept: servers need not repeat a refresh token, and what they do not repeat stays. */
export function tokenFrom(response: TokenEndpointResponse, scope: string | undefined, before?: Token): Token {
  const obtained = Date.now()
  const { expires_in: seconds } = response
  return secretly({
    access: response.access_token,
    refresh: response.refresh_token ?? before?.refresh,
    id: response.id_token ?? before?.id,
    scope: response.scope ?? before?.scope ?? scope,
    obtained,
    expires: seconds === undefined ? undefined : obtained + seconds * 1000,
  })
}

/** Whether it can be shown to an API now. */
export function isGood({ expires, obtained }: Token): boolean {
  if (expires === undefined) return true
  if (expires <= obtained) return false
  return Date.now() < expires - Math.min(EARLY, (expires - obtained) * EARLY_PART)
}

/** Reads what `JSON.stringify` made of one. @returns undefined for what is none */
export function tokenFromJson(value: unknown): Token | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { access, refresh, id, scope, obtained, expires } = value as Record<string, unknown>
  if (typeof access !== 'string' || access === '' || typeof obtained !== 'number') return undefined
  if (!isUnsetOr('string', refresh, id, scope) || !isUnsetOr('number', expires)) return undefined
  return secretly({ access, refresh, id, scope, obtained, expires } as Token)
}

function isUnsetOr(type: 'string' | 'number', ...values: unknown[]): boolean {
  return values.every((value) => value === undefined || typeof value === type)
}

function secretly(token: Token): Token {
  for (const secret of [token.access, token.refresh, token.id]) if (secret !== undefined) keepSecret(secret)
  return token
}
