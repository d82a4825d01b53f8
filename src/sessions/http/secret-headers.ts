/** Header fields that say who asks: they are left out of what is written down to be passed on. */

/** RFC 9110 §11, RFC 6265; and words in the names of what services use in their stead: `X-API-Key`, `X-Vault-Token`. */
const SECRET =
  /^(?:(?:proxy-)?authorization|(?:set-)?cookie)$|(?:^|-)(?:auth|token|secret|passw(?:or)?d|credentials?|session(?:-?id)?|jwt|(?:api|access|subscription|functions|private)-?key)(?:$|-)/i

/** Whether a field holds a password, a token or a cookie. */
export function isSecretHeader(name: string): boolean {
  return SECRET.test(name)
}

const SECRET_VALUE =
  /passw(?:or)?d|passphrase|secret|token|credential|assertion|(?:api|access|private)[-_.]?key|^(?:pass|pwd|auth|key|sig|signature|jwt|otp)$/i

/** Whether a parameter of a query, or a field of a form or of JSON, holds such a thing, by its name: `access_token`. */
export function isSecretName(name: string): boolean {
  return SECRET_VALUE.test(name)
}

/** Stands for what was left out. */
export const LEFT_OUT = 'REDACTED'

/** The same text: values of parameters that are secret by their names are left out of a form, or of what stands behind a URL's `?`. */
export function withoutSecretPairs(query: string): string {
  return query.replace(/(^|[&#])([^=&#]*)=([^&#]*)/g, (all, begin: string, name: string) =>
    isSecretName(name) ? `${begin}${name}=${LEFT_OUT}` : all,
  )
}

/** A URL, or part of one, without such values, in the query and behind `#`. */
export function withoutSecretQuery(url: string): string {
  const mark = url.search(/[?#]/)
  return mark < 0 ? url : url.slice(0, mark + 1) + withoutSecretPairs(url.slice(mark + 1))
}

/** Fields whose values are URLs, whole ones or parts. */
const OF_URLS = new Set(['location', 'content-location', 'referer', 'link', 'refresh'])

/** The value of a header field: passwords and secret parameters are left out of URLs in those that have some. */
export function withoutSecretUrls(name: string, value: string): string {
  if (!OF_URLS.has(name.toLowerCase())) return value
  const part = (url: string): string => withoutSecretQuery(url.replace(/\/\/[^/?#@]*@/, '//'))
  return name.toLowerCase() === 'link'
    ? value.replace(/<[^<>]*>/g, (url) => `<${part(url.slice(1, -1))}>`)
    : part(value)
}

/** A URL without the password in it. */
export function withoutPassword(url: string | URL): string {
  const copy = new URL(url)
  if (copy.username === '' && copy.password === '') return String(url)
  copy.username = ''
  copy.password = ''
  return copy.href
}

/** A URL for messages: no password, and nothing of the query, in which tokens may stand. */
export function withoutSecretParts(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}${url.search === '' ? '' : '?…'}`
}
