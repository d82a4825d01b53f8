/** What a curl command asks for, as a call of netshell. */
import { keepSecret, withoutSecrets } from '../../../exchange/secrets.js'
import { quoted } from '../../../packet/index.js'
import { isSecretHeader } from '../secret-headers.js'

/** Options of the call; those of `http.get`. */
export type CallOptions = Record<string, unknown>

/** A request read from a curl command: `const {method, url, options} = http.fromCurl('curl …')`. Shown as the call that does the same. */
export class CurlRequest {
  /** File that the answer is written to; true: named as the URL ends. Undefined: to none. */
  readonly output: string | true | undefined
  /** Whether a status of 400 and more is an error (`--fail`). */
  readonly isFailing: boolean
  /** Options that mean nothing here, as they were written. */
  readonly ignored: readonly string[]

  constructor(
    readonly method: string,
    readonly url: string,
    readonly options: CallOptions,
    more: { output?: string | true; isFailing?: boolean; ignored?: readonly string[] } = {},
  ) {
    this.output = more.output
    this.isFailing = more.isFailing ?? false
    this.ignored = more.ignored ?? []
    for (const secret of secretsOf(options)) keepSecret(secret)
  }

  /** `http.post('https://…', {json: {a: 1}})`. */
  toString(): string {
    const { method, url, options, output, isFailing, ignored } = this
    const verb = method.toLowerCase()
    const begin =
      VERBS.includes(verb) && method === method.toUpperCase() ? `http.${verb}(` : `http.request(${quoted(method)}, `
    const shown = Object.keys(options).length === 0 ? '' : `, ${literal(options)}`
    const file = output === undefined ? '' : output === true ? '.save()' : `.save(${quoted(output)})`
    const call = `${begin}${quoted(url)}${shown})${isFailing ? '.expectOk()' : ''}${file}`
    const note = ignored.length === 0 ? '' : `  // without ${ignored.join(' ')}`
    return withoutSecrets(call) + note
  }

  toJSON(): object {
    const { method, url, options, output, isFailing, ignored } = this
    return { method, url, options, output, isFailing, ignored }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/** Verbs that have a function of their own. */
const VERBS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options']

function secretsOf({ auth, headers, cookies, proxy }: CallOptions): string[] {
  // A short one is a word, such as `dark`, that stands in other texts, too.
  const found: string[] = Object.values((cookies ?? {}) as Record<string, string>).filter((value) => value.length > 7)
  if (typeof proxy === 'string' && URL.canParse(proxy)) found.push(new URL(proxy).password)
  if (typeof auth === 'string') found.push(auth, auth.slice(auth.indexOf(':') + 1))
  else if (typeof auth === 'object' && auth !== null)
    for (const name of ['password', 'bearer'] as const) {
      const secret = (auth as Record<string, unknown>)[name]
      if (typeof secret === 'string') found.push(secret)
    }
  for (const [name, value] of Object.entries((headers ?? {}) as Record<string, unknown>))
    if (isSecretHeader(name) && typeof value === 'string') found.push(value.replace(/^(?:Basic|Bearer|Token)\s+/i, ''))
  return found
}

/** A value as JavaScript writes it. */
function literal(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (value instanceof Uint8Array) return `Buffer.from('${Buffer.from(value).toString('base64')}', 'base64')`
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const parts = Object.entries(value).map(
    ([name, part]) => `${/^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name)}: ${literal(part)}`,
  )
  return `{${parts.join(', ')}}`
}
