/** GraphQL over HTTP: a query goes out, its data comes back; what the server complains of is an error. https://graphql.github.io/graphql-over-http */
import { OptionError, Task } from '../../exchange/index.js'
import { printable } from '../../exchange/printable.js'
import { SessionError } from '../face/session-error.js'
import type { HttpClient } from './client.js'
import type { HttpOptions } from './http-options.js'
import type { HttpResponse } from './response.js'

/** Options of `http.graphql`, besides those of a request. */
export interface GraphqlOptions extends HttpOptions {
  /** Which operation of the query is meant, where it has several. */
  operation?: string
}

/** One complaint. GraphQL §7.1.2. */
export interface GraphqlComplaint {
  message: string
  locations?: { line: number; column: number }[]
  path?: (string | number)[]
  extensions?: Record<string, unknown>
}

/** What the server complains of; `data` is what it gave all the same. */
export class GraphqlError extends SessionError {
  override readonly name = 'GraphqlError'
  readonly errors: readonly GraphqlComplaint[]
  readonly data: unknown

  constructor(place: string, errors: readonly GraphqlComplaint[], data: unknown) {
    super(`${place}: ${complaints(errors)}`, 'GRAPHQL')
    this.errors = errors
    this.data = data
  }
}

const ACCEPT = 'application/graphql-response+json, application/json;q=0.9'
/** Complaints that one message has. */
const MOST_SHOWN = 5

/**
 * Sends a query or a mutation, and gives its data.
 * @throws GraphqlError with all that the server complains of; SessionError where no answer of GraphQL comes
 */
export function graphql(
  client: Pick<HttpClient, 'send'>,
  url: string | URL,
  query: string,
  variables?: Record<string, unknown>,
  options: GraphqlOptions = {},
  // biome-ignore lint/suspicious/noExplicitAny: whatever was asked for
): Task<any> {
  if (typeof query !== 'string' || query.trim() === '')
    throw new OptionError("http.graphql: give a query, such as http.graphql(url, '{ viewer { login } }')")
  if (variables !== undefined && (typeof variables !== 'object' || variables === null || Array.isArray(variables)))
    throw new OptionError('http.graphql: variables must be an object: {name: value}')
  const { operation, ...more } = options
  return Task.run(
    async (control) => {
      const json = {
        query,
        ...(variables === undefined ? {} : { variables }),
        ...(operation === undefined ? {} : { operationName: operation }),
      }
      const response = await client.send('POST', url, { ...more, headers: withAccept(more.headers), json }, control)
      return dataOf(response)
    },
    { name: 'http.graphql' },
  )
}

function withAccept(headers: HttpOptions['headers']): HttpOptions['headers'] {
  const has = Object.keys({ ...headers }).some((name) => name.toLowerCase() === 'accept')
  return has ? headers : ({ Accept: ACCEPT, ...headers } as HttpOptions['headers'])
}

function dataOf(response: HttpResponse): unknown {
  const isOwn = response.type === 'application/graphql-response+json'
  // A server without GraphQL there, or one that wants to know first who asks.
  if (!response.ok && !isOwn && !/json/.test(response.type)) response.expectOk()
  const answer = response.json() as { data?: unknown; errors?: unknown; message?: unknown }
  const place = `${response.method} ${response.url}`
  const errors = errorsOf(answer)
  if (errors.length > 0) throw new GraphqlError(place, errors, answer.data ?? undefined)
  if (!response.ok) response.expectOk()
  if (typeof answer === 'object' && answer !== null && 'data' in answer) return answer.data
  throw new SessionError(`${place}: the answer is none of GraphQL: it has neither data nor errors`, 'JSON')
}

function errorsOf(answer: unknown): GraphqlComplaint[] {
  const { errors } = (answer ?? {}) as { errors?: unknown }
  if (!Array.isArray(errors)) return []
  return errors.map((error: unknown) =>
    typeof error === 'object' && error !== null && typeof (error as GraphqlComplaint).message === 'string'
      ? (error as GraphqlComplaint)
      : { message: JSON.stringify(error) },
  )
}

/** `Cannot query field "x" (line 2, column 3); … (at user.name)`. */
function complaints(errors: readonly GraphqlComplaint[]): string {
  const shown = errors.slice(0, MOST_SHOWN).map(({ message, locations, path }) => {
    const [first] = Array.isArray(locations) ? locations : []
    const places = [
      ...(first === undefined ? [] : [`line ${first.line}, column ${first.column}`]),
      ...(Array.isArray(path) ? [`at ${path.join('.')}`] : []),
    ]
    return `${message}${places.length === 0 ? '' : ` (${places.join(', ')})`}`
  })
  const rest = errors.length > MOST_SHOWN ? `; and ${errors.length - MOST_SHOWN} more` : ''
  return printable(`${shown.join('; ')}${rest}`).replaceAll('\n', ' ')
}
