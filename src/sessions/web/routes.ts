/** Routes: which answer belongs to which method and path. */
import { METHODS } from 'node:http'
import { OptionError } from '../../exchange/index.js'
import { suggestion } from '../../packet/index.js'
import { FilesAnswer, FolderAnswer } from './static-files.js'
import { JSON_TYPE, RequestAnswer, replyOf, WebError, type WebReply } from './web-reply.js'
import { decoded, type WebRequest } from './web-request.js'

/** A function that answers requests; it may wait. */
export type WebHandler = (request: WebRequest) => unknown

/** Answers by route: `{'GET /': request => 'Hello'}`. An answer may be a text, bytes, an object, a status, what `web.reply` and its like give. */
export type Routes = Readonly<Record<string, unknown>>

/** One route. */
export interface Route {
  /** As it is shown: `GET /notes/:id`. */
  readonly name: string
  /** Empty: any. */
  readonly method: string
  readonly path: string
  /** Names of the parts of the path that vary, in order. */
  readonly names: readonly string[]
  /** A function that is called, or the answer itself. */
  readonly answer: WebHandler | WebReply | RequestAnswer
}

/** What a part of a path is that varies, and one that stands for all that follows. */
const VARIES = ':'
const REST = '*'

/** All routes of one shape: `/notes/:id` and `/notes/:name` are the same. */
interface Resource {
  /** Parts of the path; one that varies is `:`, `*` is the last. */
  readonly parts: readonly string[]
  readonly byMethod: Map<string, Route>
}

/** What was found for a request. */
export type Found = { route: Route; params: Record<string, string> | undefined } | { allow: string[] } | undefined

/** The routes of a server. */
export class RouteTable {
  /** Those that have nothing that varies, by their path. */
  readonly #exact = new Map<string, Resource>()
  /** The others, the more special ones first. */
  #patterns: Resource[] = []

  /**
   * Adds a route, or puts another answer in the place of one.
   * @throws OptionError for a route that is none, and for no answer
   */
  set(name: string, answer: unknown, { replace = true } = {}): void {
    const route = routeFrom(name, answer)
    const parts = partsOf(route.path)
    const resource = this.#resource(route.path, parts)
    const before = resource.byMethod.get(route.method)
    if (before !== undefined && !replace)
      throw new OptionError(`web.listen: routes '${before.name}' and '${route.name}' are for the same requests`)
    resource.byMethod.set(route.method, route)
  }

  /** In the order in which they are looked at. */
  all(): Route[] {
    return [...this.#exact.values(), ...this.#patterns].flatMap(({ byMethod }) => [...byMethod.values()])
  }

  /** All methods that some route answers, and OPTIONS. */
  methods(): string[] {
    const methods = new Set<string>()
    for (const { method } of this.all()) addMethods(methods, method)
    return [...methods.add('OPTIONS')]
  }

  /** The route of a request; or what methods there are where its own is not; undefined where there is nothing. */
  find(method: string, rawPath: string): Found {
    // Most requests end here.
    const resource = rawPath.includes('%') ? undefined : this.#exact.get(rawPath)
    const route = resource && routeOf(resource, method)
    if (route !== undefined) return { route, params: undefined }
    return this.#findSlowly(method, rawPath)
  }

  #findSlowly(method: string, rawPath: string): Found {
    const parts = rawPath.split('/').slice(1).map(decoded)
    const allow = new Set<string>()
    const exact = parts.some((part) => part.includes('/')) ? undefined : this.#exact.get(`/${parts.join('/')}`)
    for (const resource of exact === undefined ? this.#patterns : [exact, ...this.#patterns]) {
      if (!matches(resource.parts, parts)) continue
      const route = routeOf(resource, method)
      if (route !== undefined) return { route, params: paramsOf(route, resource.parts, rawPath, parts) }
      for (const each of resource.byMethod.keys()) addMethods(allow, each)
    }
    return allow.size === 0 ? undefined : { allow: [...allow.add('OPTIONS')] }
  }

  #resource(path: string, parts: readonly string[]): Resource {
    const varies = parts.some((part) => part === VARIES || part === REST)
    const shape = parts.join('/')
    const known = varies ? this.#patterns.find((resource) => resource.parts.join('/') === shape) : this.#exact.get(path)
    if (known !== undefined) return known
    const resource = { parts, byMethod: new Map<string, Route>() }
    if (varies) this.#patterns = [...this.#patterns, resource].sort((a, b) => bySpecialty(a.parts, b.parts))
    else this.#exact.set(path, resource)
    return resource
  }
}

/** Methods that a route without one answers, as OPTIONS tells them. */
const USUAL = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

function addMethods(allow: Set<string>, method: string): void {
  for (const each of method === '' ? USUAL : method === 'GET' ? ['GET', 'HEAD'] : [method]) allow.add(each)
}

/** HEAD is answered as GET is, and OPTIONS by the table itself, unless they have routes of their own. */
function routeOf({ byMethod }: Resource, method: string): Route | undefined {
  const own = byMethod.get(method) ?? (method === 'HEAD' ? byMethod.get('GET') : undefined)
  return own ?? (method === 'OPTIONS' ? undefined : byMethod.get(''))
}

function matches(pattern: readonly string[], parts: readonly string[]): boolean {
  const hasRest = pattern.at(-1) === REST
  if (hasRest ? parts.length < pattern.length : parts.length !== pattern.length) return false
  return pattern.every((part, i) => part === REST || (part === VARIES ? parts[i] !== '' : part === parts[i]))
}

function paramsOf(
  { names }: Route,
  pattern: readonly string[],
  rawPath: string,
  parts: readonly string[],
): Record<string, string> {
  const params: Record<string, string> = Object.create(null)
  let next = 0
  pattern.forEach((part, i) => {
    if (part === VARIES) params[names[next++]!] = parts[i]!
    // As it came: behind a decoded %2F nobody could tell the parts from each other.
    else if (part === REST)
      params[REST] = rawPath
        .split('/')
        .slice(i + 1)
        .join('/')
  })
  return params
}

/** At the first difference: what is written out comes before what varies, that before what stands for all. */
function bySpecialty(a: readonly string[], b: readonly string[]): number {
  const rank = (part: string | undefined): number => (part === REST || part === undefined ? 2 : part === VARIES ? 1 : 0)
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = rank(a[i]) - rank(b[i])
    if (difference !== 0) return difference
  }
  return 0
}

function partsOf(path: string): string[] {
  return path
    .split('/')
    .slice(1)
    .map((part) => (part.startsWith(VARIES) ? VARIES : part))
}

function routeFrom(name: string, answer: unknown): Route {
  const words = name.trim().split(/\s+/)
  if (words.length > 2) throw wrong(name, "is a method and a path, such as 'GET /notes'")
  const [first, second] = words as [string, string?]
  const hasMethod = second !== undefined || !/^[/*]/.test(first)
  const method = hasMethod ? methodFrom(name, first) : answer instanceof FilesAnswer ? 'GET' : ''
  const given = hasMethod ? second : first
  if (given === undefined) throw wrong(name, `has no path: '${method} /' is the page at the top`)
  const path = given === '*' ? '/*' : given
  const names = namesFrom(name, path)
  return { name: hasMethod ? `${method} ${given}` : given, method, path, names, answer: answerFrom(name, path, answer) }
}

function methodFrom(name: string, text: string): string {
  const method = text.toUpperCase()
  if (METHODS.includes(method) && method !== 'CONNECT') return method
  const near = suggestion(method, METHODS)
  throw wrong(name, `has no method of HTTP${near === '' ? "; it is a method and a path, such as 'GET /notes'" : near}`)
}

function namesFrom(name: string, path: string): string[] {
  if (!path.startsWith('/')) throw wrong(name, `needs a path that begins with '/'; did you mean '/${path}'?`)
  if (/[?#]/.test(path)) throw wrong(name, 'is for a path: what stands behind ? is in request.query')
  const parts = path.split('/').slice(1)
  const names: string[] = []
  for (const [i, part] of parts.entries()) {
    if (part.includes(REST) && (part !== REST || i < parts.length - 1))
      throw wrong(name, "may have '*' only as its last part, for all that follows")
    if (!part.startsWith(VARIES)) continue
    const param = part.slice(1)
    if (!/^[a-z_]\w*$/i.test(param)) throw wrong(name, `names a part '${part}', which must be a name such as ':id'`)
    if (names.includes(param)) throw wrong(name, `has two parts ':${param}'`)
    names.push(param)
  }
  return names
}

function answerFrom(name: string, path: string, answer: unknown): Route['answer'] {
  if (answer === undefined || answer === null)
    throw wrong(name, 'has no answer: give a function of the request, a text, an object, a status')
  if (typeof answer === 'function') return answer as WebHandler
  if (answer instanceof FolderAnswer && !path.endsWith('/*'))
    throw wrong(name, `needs a path that ends in '/*' for the files of a folder`)
  const reply = replyOf(answer)
  if (reply instanceof RequestAnswer) return reply
  if (isUsedUp(reply.body))
    throw wrong(name, 'has a stream as its answer, which only one request could have: give a function that makes one')
  return reply.headers['Content-Type'] === JSON_TYPE && reply !== answer ? new ObjectAnswer(answer) : reply
}

/** Answers with an object as it is when it is asked for: a list grows. */
class ObjectAnswer extends RequestAnswer {
  constructor(private readonly value: unknown) {
    super()
  }

  answer(): WebReply {
    return replyOf(this.value) as WebReply
  }

  toString(): string {
    return 'an object as JSON'
  }
}

function isUsedUp(body: WebReply['body']): boolean {
  return typeof body === 'object' && !(body instanceof Uint8Array)
}

function wrong(name: string, what: string): OptionError {
  return new OptionError(`web.listen: route '${name}' ${what}`)
}

/** What a route answers with, in a few words. */
export function answerText({ answer }: Route): string {
  // A function that has no name of its own is named after its route.
  if (typeof answer === 'function') return /^[\w$]+$/.test(answer.name) ? `function ${answer.name}` : 'a function'
  return String(answer)
}

/** No method of this path: 405 with those that there are (RFC 9110 §15.5.6). */
export function notAllowed(allow: readonly string[]): WebError {
  return new WebError(405, `this path answers ${allow.join(', ')}`, { Allow: allow.join(', ') })
}
