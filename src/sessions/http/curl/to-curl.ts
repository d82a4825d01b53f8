/** A request as a command for curl, for a POSIX shell. */
import { checkTable, FLAG, type OptionTable, positive, text } from '../../../tools/option-kinds.js'
import { quoted, shellLine } from '../../face/shell-words.js'
import type { RequestBody } from '../exchange.js'
import type { HttpHeaders } from '../headers.js'
import { isSecretHeader, withoutPassword, withoutSecretQuery, withoutSecretUrls } from '../secret-headers.js'

/** What is written as a command. */
export interface WrittenRequest {
  readonly method: string
  readonly url: string | URL
  readonly headers: HttpHeaders
  readonly body?: RequestBody | undefined
}

/** How it is written. */
export interface ToCurlOptions {
  /** Write passwords, tokens and cookies out; unset: variables of the shell stand for those in headers, `$AUTHORIZATION`, and REDACTED for those in URLs. */
  secrets?: boolean
  /** Each option in a line of its own. Default false. */
  lines?: boolean
  /** Follow redirects. Default false. */
  follow?: boolean
  /** Take any certificate. Default false. */
  insecure?: boolean
  /** Through this proxy. Default: none. */
  proxy?: string
  /** Seconds that it may take. Default: any time. */
  timeout?: number
}

const TABLE: OptionTable<ToCurlOptions> = {
  secrets: FLAG,
  lines: FLAG,
  follow: FLAG,
  insecure: FLAG,
  proxy: text("a proxy's URL"),
  timeout: positive('seconds'),
}

/** Header fields that curl makes itself. */
const OF_CURL = new Set(['host', 'content-length', 'transfer-encoding', 'connection', 'accept-encoding'])
/** A body that is no text goes through the shell up to this size; a longer one has to be in a file. */
const MOST_BINARY = 64 * 1024

/** The command that sends the same request. */
export function toCurl(request: WrittenRequest, options: ToCurlOptions = {}): string {
  checkTable('curl', options, TABLE)
  const { secrets = false, lines = false, follow = false, insecure = false, proxy, timeout } = options
  const { method, headers } = request
  const url = secrets ? String(request.url) : withoutSecretQuery(withoutPassword(request.url))
  const body = bodyWords(request)
  const words: string[] = []
  const usual = body.words.length > 0 ? 'POST' : 'GET'
  if (method === 'HEAD' && body.words.length === 0) words.push('-I')
  else if (method !== usual) words.push(`-X ${shellLine([method])}`)
  // Braces and brackets in a URL would make several of it.
  if (/[[\]{}]/.test(url)) words.push('-g')
  words.push(/^[\w@%+=:,./-]+$/.test(url) ? url : quoted(url))
  words.push(...headerWords(headers, body.words.length > 0, secrets))
  if (headers.has('accept-encoding')) words.push('--compressed')
  words.push(...body.words)
  if (follow) words.push('-L')
  if (insecure) words.push('-k')
  if (proxy !== undefined) words.push(`-x ${shellLine([proxy])}`)
  if (timeout !== undefined) words.push(`-m ${timeout}`)
  return `${body.before}curl ${words.join(lines ? ' \\\n  ' : ' ')}`
}

function headerWords(headers: HttpHeaders, hasBody: boolean, secrets: boolean): string[] {
  const words: string[] = []
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    if (OF_CURL.has(lower)) continue
    if (!secrets && isSecretHeader(lower)) words.push(`-H "${name}: $${variableFor(lower)}"`)
    else words.push(`-H ${headerWord(name, secrets ? value : withoutSecretUrls(name, value))}`)
  }
  // What curl would put in by itself.
  for (const name of ['Accept', 'User-Agent']) if (!headers.has(name)) words.push(`-H '${name}:'`)
  if (hasBody && !headers.has('content-type')) words.push("-H 'Content-Type:'")
  return words
}

/** A field in quotes; one without a value has a semicolon. */
function headerWord(name: string, value: string): string {
  const text = value === '' ? `${name};` : `${name}: ${value}`
  if (/^[\x20-\x7e\t]*$/.test(text)) return quoted(text)
  // Bytes that are no ASCII go out as they are, whatever the terminal's encoding.
  const octal = Buffer.from(text.replaceAll('\\', '\\\\'), 'latin1').reduce(
    (all, byte) => all + (byte > 126 ? `\\0${byte.toString(8)}` : String.fromCharCode(byte)),
    '',
  )
  return `"$(printf %b ${quoted(octal)})"`
}

function variableFor(header: string): string {
  return header.toUpperCase().replaceAll(/[^A-Z\d]/g, '_')
}

/** Options for the body, and what makes it where it cannot stand in the command. */
function bodyWords({ body }: WrittenRequest): { before: string; words: string[] } {
  if (body === undefined) return { before: '', words: [] }
  const bytes = bytesOf(body)
  if (bytes === undefined) return { before: '', words: ["--data-binary '@FILE'"] }
  const text = Buffer.from(bytes).toString('utf8')
  // No argument of a program can have a zero byte.
  if (!text.includes('\0') && Buffer.from(text).equals(bytes))
    return { before: '', words: [`--data-raw ${quoted(text)}`] }
  if (bytes.length > MOST_BINARY) return { before: '', words: ["--data-binary '@FILE'"] }
  return { before: `echo ${Buffer.from(bytes).toString('base64')} | base64 -d | `, words: ['--data-binary @-'] }
}

function bytesOf(body: RequestBody): Uint8Array | undefined {
  if (!body.isRepeatable) return body.preview === undefined ? undefined : Buffer.from(body.preview)
  const bytes = body.open()
  if (typeof bytes === 'string') return Buffer.from(bytes)
  if (bytes instanceof Uint8Array) return bytes
  bytes.destroy()
  return body.preview === undefined ? undefined : Buffer.from(body.preview)
}
