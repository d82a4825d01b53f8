/** Options of curl: those that a request can have, and those that only say how curl shows things. */
import { OptionError } from '../../../exchange/index.js'
import { suggestion } from '../../../packet/index.js'
import type { CurlState } from './curl-state.js'
import { encodedData, exactData, fileBytes, formPart, literalPart, plainData } from './data-pieces.js'

/** What an option does. `written`: the option as it stands in the command. */
interface CurlOption {
  takes: boolean
  apply(state: CurlState, value: string, call: string, written: string): void
}

const OPTIONS = new Map<string, CurlOption>()
const SHORT = new Map<string, string>()

/** An option that is there or not: `-L`, `--location`, `--no-location`. */
function flag(names: string, apply: (state: CurlState, isOn: boolean) => void): void {
  define(names, { takes: false, apply: (state) => apply(state, true) })
  const [, name] = longOf(names)
  OPTIONS.set(`no-${name}`, { takes: false, apply: (state) => apply(state, false) })
}

function value(names: string, apply: CurlOption['apply']): void {
  define(names, { takes: true, apply })
}

/** Options that change nothing that a server sees, or that have no counterpart. */
function ignored(takes: boolean, ...all: string[]): void {
  const option: CurlOption = { takes, apply: (state, _value, _call, written) => void state.ignored.push(written) }
  for (const names of all) {
    define(names, option)
    if (!takes) OPTIONS.set(`no-${longOf(names)[1]}`, option)
  }
}

function define(names: string, option: CurlOption): void {
  const [short, name] = longOf(names)
  OPTIONS.set(name, option)
  if (short !== undefined) SHORT.set(short, name)
}

/** `'-L location'`, `'json'`. */
function longOf(names: string): [short: string | undefined, name: string] {
  const [first, second] = names.split(' ')
  return second === undefined ? [undefined, first!] : [first![1], second]
}

// What is sent
value('-X request', (state, method) => {
  state.method = method
})
value('url', (state, url) => void state.urls.push(url))
value('url-query', (state, data, call, written) => {
  state.query.push(data.startsWith('+') ? data.slice(1) : encodedData(call, written, data))
})
value('-H header', (state, header, call, written) => {
  if (!header.startsWith('@')) return addHeader(state, header, call)
  for (const line of fileBytes(call, written, header.slice(1)).toString('latin1').split(/\r?\n/))
    if (line !== '') addHeader(state, line, call)
})
value('-A user-agent', (state, agent) => void state.headers.push(['User-Agent', agent === '' ? undefined : agent]))
value('-e referer', (state, referer) => void state.headers.push(['Referer', referer.replace(/;auto$/, '')]))
value('-r range', (state, range) => void state.headers.push(['Range', `bytes=${range}`]))
flag('compressed', (state, isOn) => {
  // Every request here asks for compressed answers, and unpacks them.
  if (isOn) state.ignored.push('--compressed')
})

// Bodies
value('-d data', addPlain)
value('data-ascii', addPlain)
value('data-raw', (state, data) => void state.data.push(data))
value('data-binary', (state, data, call, written) => void state.data.push(exactData(call, written, data)))
value('data-urlencode', (state, data, call, written) => void state.data.push(encodedData(call, written, data)))
value('json', (state, data, call, written) => {
  // Several make one text, without & between.
  const piece = exactData(call, written, data)
  const before = state.isJson ? state.data.pop() : undefined
  state.data.push(before === undefined ? piece : `${String(before)}${String(piece)}`)
  state.isJson = true
})
value('-F form', (state, part, call) => void state.parts.push(formPart(call, part)))
value('form-string', (state, part, call) => void state.parts.push(literalPart(call, part)))
value('-T upload-file', (state, file) => {
  state.upload = file
})
flag('-G get', (state, isOn) => {
  state.isGet = isOn
})
flag('-I head', (state, isOn) => {
  state.isHead = isOn
})

// Who asks
value('-u user', (state, user) => {
  state.user = user
})
value('oauth2-bearer', (state, token) => {
  state.bearer = token
})
flag('basic', (state) => {
  state.isDigest = false
})
flag('digest', (state, isOn) => {
  state.isDigest = isOn
})
flag('-n netrc', (state, isOn) => {
  state.netrc = isOn
})
flag('netrc-optional', (state, isOn) => {
  state.netrc = isOn
})
value('netrc-file', (state, file) => {
  state.netrc = file
})
value('-b cookie', (state, cookies, call) => {
  if (!cookies.includes('='))
    throw new OptionError(
      `${call}: -b ${cookies} reads cookies from a file of curl's; http.session({cookies: 'file'}) keeps them in one of its own, -b 'name=value' sends some`,
    )
  state.cookies.push(cookies)
})

// How
flag('-L location', (state, isOn) => {
  state.isFollowing = isOn
})
value('max-redirs', (state, count, call) => {
  state.mostRedirects = count === '-1' ? undefined : numberOf(call, '--max-redirs', count)
})
value('retry', (state, count, call) => {
  state.retries = numberOf(call, '--retry', count)
})
value('-m max-time', (state, seconds, call) => {
  // 0 is no limit.
  state.timeout = numberOf(call, '-m', seconds) || undefined
})
value('max-filesize', (state, size, call) => {
  const [, count, unit] = /^(\d+)([kmg]?)$/i.exec(size) ?? []
  if (count === undefined) throw new OptionError(`${call}: --max-filesize ${size}: give bytes, such as 10M`)
  state.limit = Number(count) * 1024 ** ' kmg'.indexOf(unit === '' ? ' ' : unit!.toLowerCase())
})
value('-x proxy', (state, proxy) => {
  state.proxy = proxy === '' ? false : proxy
})
value('-U proxy-user', (state, user) => {
  state.proxyUser = user
})
value('noproxy', (state, list, call) => {
  if (list !== '*')
    throw new OptionError(`${call}: --noproxy is known only with '*'; NO_PROXY in the environment names hosts`)
  state.proxy = false
})
flag('http2', (state, isOn) => {
  state.http2 = isOn
})
flag('http1.1', (state) => {
  state.http2 = false
})
flag('-k insecure', (state, isOn) => {
  state.tls.insecure = isOn
})
value('cacert', (state, file) => {
  state.tls.ca = file
})
value('-E cert', (state, file, call) => {
  if (/^[^:]+:./.test(file)) throw new OptionError(`${call}: --cert with a pass phrase is not known: use a key without`)
  state.tls.cert = file
})
value('key', (state, file) => {
  state.tls.key = file
})

// What becomes of the answer
value('-o output', (state, file) => {
  state.output = file
})
flag('-O remote-name', (state, isOn) => {
  state.output = isOn ? true : undefined
})
flag('-f fail', (state, isOn) => {
  state.isFailing = isOn
})
flag('fail-with-body', (state, isOn) => {
  state.isFailing = isOn
})
flag('-g globoff', (state, isOn) => {
  state.isGlobbing = !isOn
})

ignored(
  false,
  '-s silent',
  '-S show-error',
  '-v verbose',
  '-i include',
  '-# progress-bar',
  '-N buffer',
  'progress-meter',
  'styled-output',
  'tcp-nodelay',
  'keepalive',
  '-q disable',
  'fail-early',
  'trace-time',
  '-J remote-header-name',
  '-R remote-time',
  'create-dirs',
  'clobber',
  'remove-on-error',
  '-4 ipv4',
  '-6 ipv6',
  '-0 http1.0',
  'retry-all-errors',
  'retry-connrefused',
  'ssl',
  'ssl-reqd',
  '-1 tlsv1',
  'tlsv1.2',
  'tlsv1.3',
  '-j junk-session-cookies',
  'proxy-basic',
  'proxytunnel',
)
OPTIONS.set('no-buffer', OPTIONS.get('buffer')!)
SHORT.set('p', 'proxytunnel')
ignored(
  true,
  '-w write-out',
  '-D dump-header',
  '-c cookie-jar',
  'stderr',
  'trace',
  'trace-ascii',
  'connect-timeout',
  'retry-delay',
  'retry-max-time',
  'keepalive-time',
  'limit-rate',
  '-Y speed-limit',
  '-y speed-time',
  'expect100-timeout',
  'happy-eyeballs-timeout-ms',
)

/**
 * Reads the words behind `curl` into the state.
 * @throws OptionError for an option that is not known, or has no value
 */
export function readOptions(words: readonly string[], state: CurlState, call: string): void {
  let areOptions = true
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    if (!areOptions || !word.startsWith('-') || word === '-') state.urls.push(word)
    else if (word === '--') areOptions = false
    else if (word.startsWith('--')) {
      const option = longOption(word, call)
      if (option.takes) i++
      option.apply(state, option.takes ? valueBehind(words[i], word, call) : '', call, word)
    } else i = shortOptions(words, i, state, call)
  }
}

/** `-sSL`, `-XPOST`, `-d data`. Gives where the last word is that was read. */
function shortOptions(words: readonly string[], at: number, state: CurlState, call: string): number {
  const word = words[at]!
  for (let i = 1; i < word.length; i++) {
    const written = `-${word[i]}`
    const name = SHORT.get(word[i]!)
    if (name === undefined) throw unknown(written, call)
    const option = OPTIONS.get(name)!
    if (!option.takes) {
      option.apply(state, '', call, written)
      continue
    }
    const rest = word.slice(i + 1)
    option.apply(state, rest === '' ? valueBehind(words[at + 1], written, call) : rest, call, written)
    return rest === '' ? at + 1 : at
  }
  return at
}

function longOption(word: string, call: string): CurlOption {
  const option = OPTIONS.get(word.slice(2))
  if (option === undefined) throw unknown(word, call)
  return option
}

function unknown(written: string, call: string): OptionError {
  const equals = written.indexOf('=')
  if (equals > 0)
    return new OptionError(`${call}: ${written}: curl takes a value as the next word: ${written.replace('=', ' ')}`)
  const near = written.startsWith('--') ? suggestion(written.slice(2), OPTIONS.keys()) : ''
  return new OptionError(`${call}: ${written} is no option of curl's that is known here${near}`)
}

function valueBehind(word: string | undefined, written: string, call: string): string {
  if (word === undefined) throw new OptionError(`${call}: ${written}: its value is missing`)
  return word
}

function addPlain(state: CurlState, data: string, call: string, written: string): void {
  state.data.push(plainData(call, written, data))
}

/** `Name: value`; `Name:` takes away what would be sent by itself; `Name;` is a field without a value. */
function addHeader(state: CurlState, header: string, call: string): void {
  const [, name, mark, text] = /^([^:;]+)([:;])(.*)$/s.exec(header) ?? []
  if (name === undefined || (mark === ';' && text!.trim() !== ''))
    throw new OptionError(`${call}: -H '${header}': give 'Name: value'`)
  const value = text!.trim()
  state.headers.push([name.trim(), value === '' && mark === ':' ? undefined : value])
}

function numberOf(call: string, option: string, text: string): number {
  const number = Number(text)
  if (text.trim() === '' || !(number >= 0)) throw new OptionError(`${call}: ${option} ${text}: give a number`)
  return number
}
