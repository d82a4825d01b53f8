/** Lists that come in pages: one after the other, as many as are asked for. */
import { OptionError, Task } from '../../../exchange/index.js'
import { ANYTHING, checkTable, type OptionKind, type OptionTable, wholeNumber } from '../../../tools/option-kinds.js'
import { SessionError } from '../../face/session-error.js'
import type { CallControl } from '../call-control.js'
import type { HttpClient } from '../client.js'
import { HttpHeaders } from '../headers.js'
import { type HttpOptions, REQUEST_TABLE } from '../http-options.js'
import type { HttpResponse } from '../response.js'
import { isSecretHeader } from '../secret-headers.js'

/** Where the next page is: a URL, options to add to the same one, or nothing. */
export type NextPage = string | URL | (HttpOptions & { url?: string | URL }) | undefined | null | false

/** Options of `http.paginate` that are not those of the requests. */
export interface PagesOptions {
  /**
   * Where the next page is: a function of the answer that gives a URL or options, `{params: {cursor}}`; or a place in the JSON with its URL,
   * `'paging.next'`. Unset: what the header Link says (RFC 8288, rel=next). Another server gets no `auth`, cookies or secret headers of the call, only
   * what the function itself gives: `{url, auth}`.
   */
  next?: ((response: HttpResponse) => NextPage | PromiseLike<NextPage>) | string
  /** What a page holds: a function of the answer, or a place in the JSON: `'data.items'`. Unset: the JSON is a list, or has one. */
  items?: ((response: HttpResponse) => unknown) | string
  /** Items at most. Default: all. */
  limit?: number
  /** Pages at most. Default 10 000. */
  pages?: number
  /** Default GET. */
  method?: string
}

const PLACE: OptionKind = {
  takes: "a function of an answer, or a place in its JSON such as 'data.items'",
  accepts: (value) => typeof value === 'function' || (typeof value === 'string' && value !== ''),
}
const TABLE: OptionTable<HttpOptions & PagesOptions> = {
  ...REQUEST_TABLE,
  next: PLACE,
  items: PLACE,
  limit: wholeNumber(1),
  pages: wholeNumber(1),
  method: ANYTHING,
}
const MOST_PAGES = 10_000

/**
 * A list in pages: `for (const item of http.paginate(url)) …`; a page is asked for when its first item is wanted. Options are those of a request,
 * and its own.
 */
export function paginate(
  client: Pick<HttpClient, 'send'>,
  url: string | URL,
  options: HttpOptions & PagesOptions = {},
): Pages {
  return new Pages(client, url, options)
}

interface PageRequest {
  url: string | URL
  options: HttpOptions
}

/** Items of a list that comes in pages. */
export class Pages implements AsyncIterable<unknown> {
  /** Pages that came, and items of them that were taken. */
  count = 0
  taken = 0
  readonly #client: Pick<HttpClient, 'send'>
  readonly #own: PagesOptions
  readonly #options: HttpOptions
  readonly #method: string
  readonly #seen = new Set<string>()
  /** Of the first page, as it was asked for. */
  #origin: string | undefined
  #next: PageRequest | undefined
  /** Why the next page cannot be asked for: told to who wants it. */
  #trouble: { error: unknown } | undefined
  #items: unknown[] = []

  constructor(client: Pick<HttpClient, 'send'>, url: string | URL, given: HttpOptions & PagesOptions) {
    checkTable('http.paginate', given, TABLE)
    const { next, items, limit, pages, method = 'GET', ...options } = given
    this.#own = { next, items, limit, pages } as PagesOptions
    this.#client = client
    this.#method = method
    this.#options = options
    this.#next = { url, options }
  }

  /** Item by item. */
  [Symbol.asyncIterator](): AsyncIterator<unknown> {
    let asked: Task<unknown> | undefined
    return {
      next: () => {
        const task = this.#one()
        asked = task
        return task
      },
      return: () => {
        // Ctrl-C, or break: nobody waits for the page any more.
        asked?.abort()
        return Promise.resolve(this.#stop())
      },
    }
  }

  /** All items (as many as `limit` says); Ctrl-C keeps those that came. */
  all(): Task<unknown[]> {
    const found: unknown[] = []
    return Task.run<unknown[]>(
      async (control) => {
        control.partial(() => [...found])
        let isOver = false
        control.onInterrupt(() => {
          isOver = true
          control.finish([...found])
        })
        for (;;) {
          const result = await this.#take(control)
          if (isOver || result.done === true) return found
          found.push(result.value)
          if (this.#items.length === 0) control.progress({ done: found.length, unit: 'items' })
        }
      },
      { name: 'paginate' },
    )
  }

  /** The next page: the answer as it came; null: there is none. */
  page(): Task<HttpResponse | null> {
    return Task.run<HttpResponse | null>(async (control) => await this.#ask(control), { name: 'paginate' })
  }

  toString(): string {
    const more = this.#hasMore ? 'there may be more' : 'no more'
    return `${this.count} page${this.count === 1 ? '' : 's'}, ${this.taken} item${this.taken === 1 ? '' : 's'} taken, ${more}`
  }

  toJSON(): object {
    return { pages: this.count, taken: this.taken, hasMore: this.#hasMore }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  get #hasMore(): boolean {
    return this.#next !== undefined || this.#trouble !== undefined
  }

  #one(): Task<IteratorResult<unknown>> {
    return Task.run<IteratorResult<unknown>>(async (control) => await this.#take(control), { name: 'paginate' })
  }

  #stop(): IteratorResult<unknown> {
    this.#next = undefined
    this.#trouble = undefined
    this.#items = []
    return { done: true, value: undefined }
  }

  async #take(control: CallControl): Promise<IteratorResult<unknown>> {
    const { limit = Number.POSITIVE_INFINITY } = this.#own
    if (this.taken >= limit) return this.#stop()
    while (this.#items.length === 0) {
      const response = await this.#ask(control)
      if (response === null) return this.#stop()
      // Turned round: taking from the end costs nothing.
      this.#items = this.#itemsOf(response).reverse()
    }
    this.taken++
    return { done: false, value: this.#items.pop() }
  }

  async #ask(control: CallControl): Promise<HttpResponse | null> {
    const next = this.#next
    const { pages = MOST_PAGES } = this.#own
    if (this.count >= pages) return null
    if (this.#trouble !== undefined) throw this.#trouble.error
    if (next === undefined) return null
    const response = (await this.#client.send(this.#method, next.url, next.options, control)).expectOk()
    this.count++
    this.#origin ??= new URL((response.history[0] ?? response).url).origin
    this.#next = undefined
    try {
      this.#next = await this.#behind(response, next)
    } catch (error) {
      // This page is as good as any; whether somebody wants the next one is not known yet.
      this.#trouble = { error }
    }
    return response
  }

  async #behind(response: HttpResponse, now: PageRequest): Promise<PageRequest | undefined> {
    const { next } = this.#own
    const found = typeof next === 'function' ? await next(response) : urlIn(response, next)
    if (found === undefined || found === null || found === false || found === '') return undefined
    const { params: _, ...options } = this.#options
    if (typeof found === 'string' || found instanceof URL) {
      const url = new URL(found, response.url)
      if (typeof next !== 'function' && url.origin !== new URL(response.url).origin)
        throw new SessionError(
          `http.paginate: the next page is on another server, ${url.origin}; next: res => … may say that it is to be asked`,
          'FOREIGN',
        )
      return this.#unseen(url, this.#optionsFor(url, options), url.href)
    }
    if (typeof found !== 'object')
      throw new OptionError(`http.paginate: next must give a URL or options, not ${String(found)}`)
    const { url: wanted, ...more } = found
    const url = wanted === undefined ? now.url : new URL(wanted, response.url)
    const own = url instanceof URL ? this.#optionsFor(url, options) : options
    const params = both(wanted === undefined ? this.#options.params : undefined, more.params)
    const all: HttpOptions = { ...own, ...more, ...(params === undefined ? {} : { params }) }
    return this.#unseen(url, all, `${String(url)} ${JSON.stringify([more.params, more.json, more.form, more.body])}`)
  }

  /** What the call proves who asks with is for the server that it names; another one gets what the function itself gives. */
  #optionsFor(url: URL, options: HttpOptions): HttpOptions {
    return url.origin === this.#origin ? options : withoutCredentials(options)
  }

  /** A list that leads back to itself would never end. */
  #unseen(url: string | URL, options: HttpOptions, key: string): PageRequest {
    if (this.#seen.has(key))
      throw new SessionError(`http.paginate: the pages go in a circle: ${String(url)} comes again`, 'LOOP')
    this.#seen.add(key)
    return { url, options }
  }

  #itemsOf(response: HttpResponse): unknown[] {
    const { items } = this.#own
    const found =
      typeof items === 'function'
        ? items(response)
        : items === undefined
          ? listIn(response)
          : placeIn(response.json(), items)
    if (found === undefined || found === null) return []
    if (typeof found === 'object' && Symbol.iterator in found) return [...(found as Iterable<unknown>)]
    throw new SessionError(
      `${response.method} ${response.url}: option items leads to no list but ${typeof found === 'object' ? 'an object' : String(found)}`,
      'JSON',
    )
  }
}

/** For a server that nobody has given them to. */
function withoutCredentials({ auth: _auth, cookies: _cookies, ...options }: HttpOptions): HttpOptions {
  const headers = HttpHeaders.from(options.headers)
  for (const [name] of [...headers]) if (isSecretHeader(name)) headers.delete(name)
  return { ...options, auth: false, headers }
}

function urlIn(response: HttpResponse, place: string | undefined): string | undefined {
  if (place === undefined) return response.links.next
  const found = placeIn(response.json(), place)
  if (found === undefined || found === null || found === false) return undefined
  if (typeof found === 'string') return found
  throw new OptionError(
    `http.paginate: next: '${place}' is no URL but ${JSON.stringify(found)}; a cursor needs a function: res => ({params: {cursor: …}})`,
  )
}

/** `data.items` of a value; undefined where there is none. */
function placeIn(value: unknown, place: string): unknown {
  let found = value
  for (const name of place.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined
    found = (found as Record<string, unknown>)[name]
  }
  return found
}

/** The JSON, where it is a list, or the one list in it. */
function listIn(response: HttpResponse): unknown[] {
  const value = response.json() as unknown
  if (Array.isArray(value)) return value
  const lists = Object.entries((typeof value === 'object' && value) || {}).filter(([, part]) => Array.isArray(part))
  if (lists.length === 1) return lists[0]![1] as unknown[]
  const names = lists.map(([name]) => `'${name}'`).join(', ')
  throw new SessionError(
    `${response.method} ${response.url}: ${lists.length === 0 ? 'there is no list in the answer' : `the answer has several lists: ${names}`}; option items says where the items are`,
    'JSON',
  )
}

function both(first: HttpOptions['params'], second: HttpOptions['params']): HttpOptions['params'] {
  if (first === undefined || second === undefined) return second ?? first
  if (isPlain(first) && isPlain(second)) return { ...first, ...second }
  const all = new URLSearchParams(first as string)
  for (const [name, value] of new URLSearchParams(second as string)) all.set(name, value)
  return all
}

function isPlain(params: NonNullable<HttpOptions['params']>): params is Record<string, unknown> {
  return typeof params === 'object' && !(params instanceof URLSearchParams)
}
