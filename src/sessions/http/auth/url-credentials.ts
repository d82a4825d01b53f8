/** User and password that stand in a URL: `http://user:password@host/`. */
import { OptionError } from '../../../exchange/index.js'
import { BasicAuth } from './basic.js'
import type { HttpAuth } from './http-auth.js'

/** Takes them out: what is sent, shown and kept has a URL without them. The URL that is given stays as it is. */
export function withoutUserInfo(given: URL): { url: URL; auth: HttpAuth | undefined } {
  if (given.username === '' && given.password === '') return { url: given, auth: undefined }
  const auth = new BasicAuth(decoded(given.username), decoded(given.password), 'the URL')
  const url = new URL(given)
  url.username = ''
  url.password = ''
  return { url, auth }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new OptionError(
      'the URL: its user or password has a % that is not followed by the two digits of a byte of UTF-8',
    )
  }
}
