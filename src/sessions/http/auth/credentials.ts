/** Credentials that are bound to places: a password for one service is never sent to another. */
import { OptionError } from '../../../exchange/index.js'
import { type AuthOption, authFrom } from './auth-option.js'
import { BasicAuth } from './basic.js'
import type { HttpAuth } from './http-auth.js'
import { readNetrc } from './netrc.js'
import { covers } from './url-prefix.js'

/** A prefix of URLs for each: `{'https://api.example.com/v1/': 'user:password'}`. */
export type CredentialsOption = Readonly<Record<string, AuthOption>>

/** What proves who asks, by where. */
export class Credentials {
  /** Longest first. */
  readonly #bound: readonly { prefix: URL; auth: HttpAuth }[]
  readonly #hosts: ReadonlyMap<string, HttpAuth>

  /**
   * @param given for each prefix of URLs what proves who asks: the origin has to be the same, the path counts by whole segments, the longest wins
   * @param options `netrc`: for hosts that none of them is for, the user's `~/.netrc`, or the file of that name
   * @throws OptionError for what is no prefix
   */
  constructor(
    given: CredentialsOption = {},
    { netrc = false }: { netrc?: boolean | string } = {},
    call = 'credentials',
  ) {
    if (typeof given !== 'object' || given === null || Array.isArray(given))
      throw new OptionError(`${call}: give an object such as {'https://api.example.com/v1/': 'user:password'}`)
    this.#bound = Object.entries(given)
      .map(([text, auth]) => ({ prefix: prefixOf(text, call), auth: authFrom(auth, `${call} of ${place(text)}`) }))
      .sort((a, b) => b.prefix.pathname.length - a.prefix.pathname.length)
    const entries = netrc === false ? [] : readNetrc(netrc === true ? undefined : netrc)
    this.#hosts = new Map(
      entries.map(({ host, user, password }) => [host, new BasicAuth(user, password, `netrc: ${host}`)]),
    )
  }

  /** What is meant for a URL; undefined: nothing. */
  find(url: URL): HttpAuth | undefined {
    const bound = this.#bound.find(({ prefix }) => covers(prefix, url))
    return bound?.auth ?? this.#hosts.get(url.hostname.replace(/^\[(.+)\]$/, '$1'))
  }

  /** A line for each: where, and how; no secrets. */
  toString(): string {
    const lines = this.#told().map((pair) => pair.join('  '))
    return lines.length === 0 ? 'no credentials' : lines.join('\n')
  }

  toJSON(): Record<string, string> {
    return Object.fromEntries(this.#told())
  }

  #told(): [where: string, how: string][] {
    const bound = this.#bound.map(({ prefix, auth }): [string, string] => [prefix.href, String(auth)])
    return [...bound, ...[...this.#hosts].map(([host, auth]): [string, string] => [host, String(auth)])]
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

function prefixOf(text: string, call: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new OptionError(`${call}: '${place(text)}' is no beginning of a URL, such as 'https://api.example.com/v1/'`)
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new OptionError(`${call}: '${place(text)}' has more than scheme, host, port and path; who asks is the value`)
  return url
}

/** The text of a prefix without what may be a password in it. */
function place(text: string): string {
  return text.replace(/^(\w+:\/\/)?[^/@]*@/, '$1')
}
