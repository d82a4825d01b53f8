/** Names of files that a client gave. */
import { plainName } from '../../files/plain-name.js'
import { WebError } from '../../web/web-reply.js'

/**
 * A plain name.
 * @param given as the client says it, with or without a path before it
 * @throws WebError 400 where no name is left, or a hidden one
 */
export function safeName(given: string): string {
  const name = plainName(given)
  if (name.startsWith('.'))
    throw new WebError(400, 'hidden files are not taken: give a name that does not begin with a dot')
  if (name === '') throw new WebError(400, 'the file has no name')
  return name
}
