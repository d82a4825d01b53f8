/** `user@host:port` as people write it. */
import { OptionError } from '../../exchange/index.js'

/** What a target names; the rest comes from options and ~/.ssh/config. */
export interface Target {
  user?: string
  host: string
  port?: number
}

/** @throws OptionError for a text that names no host */
export function parseTarget(text: unknown): Target {
  if (typeof text !== 'string' || text.trim() === '') throw notOne(text)
  const [, user, place = ''] = /^(?:ssh:\/\/)?(?:(.+)@)?([^@]*?)\/?$/.exec(text.trim()) ?? []
  // An IPv6 address has colons itself: with a port it is in brackets.
  const [, inBrackets, plain, digits] = /^(?:\[([^\]]+)\]|([^[\]]*?))(?::(\d+))?$/.exec(place) ?? []
  const isAddress = inBrackets === undefined && place.split(':').length > 2
  const host = isAddress ? place : (inBrackets ?? plain)
  const port = isAddress || digits === undefined ? undefined : Number(digits)
  // A name that begins with a dash would be an option to programs that it is handed to.
  if (!host || /[\s\0-]/.test(host[0]!) || /[\s\0/]/.test(host) || (user !== undefined && /[\s\0]/.test(user)))
    throw notOne(text)
  if (port !== undefined && (port < 1 || port > 65535)) throw notOne(text, `${digits} is no port (1..65535)`)
  return { host, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }) }
}

/** `user@host`, with the port where it is not 22. */
export function targetText(user: string, host: string, port: number): string {
  if (port === 22) return `${user}@${host}`
  return `${user}@${host.includes(':') ? `[${host}]` : host}:${port}`
}

function notOne(text: unknown, why = ''): OptionError {
  const given = typeof text === 'string' ? `'${text}'` : String(text)
  return new OptionError(
    `ssh: ${given} names no host${why === '' ? '' : `: ${why}`}; write 'host', 'user@host', 'user@host:2222' or 'user@[fd00::1]:2222'`,
  )
}
