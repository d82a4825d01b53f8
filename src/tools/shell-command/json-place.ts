/** JSON's tokens (RFC 8259); a text without its end is one too, so that the place of the end is told. */
const TOKEN =
  /[\s\ufeff]*(?:(?<value>"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?![\w]))|(?<sign>[{}[\]:,]))/y

/** What may come next. */
type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end' | 'nothing'

/** Where a text stops being JSON, as an offset; its length when only the end is missing. JSON.parse of V8 does not always say. */
export function placeOfJsonError(text: string): number {
  const open: ('{' | '[')[] = []
  let expected: Expected = 'value'
  TOKEN.lastIndex = 0
  for (let at = 0; ; ) {
    const start = at + /^\s*/.exec(text.slice(at, at + 10_000))![0].length
    TOKEN.lastIndex = at
    const groups = TOKEN.exec(text)?.groups
    if (groups === undefined) return text.slice(start).trim() === '' ? text.length : start
    const next = follow(expected, groups.sign ?? (groups.value!.startsWith('"') ? 'text' : 'value'), open)
    if (next === null) return start
    expected = next
    at = TOKEN.lastIndex
  }
}

/** What may come behind a token; null when the token may not come here. */
function follow(expected: Expected, token: string, open: ('{' | '[')[]): Expected | null {
  const done = (): Expected => (open.length === 0 ? 'nothing' : ', or end')
  if (expected === 'nothing') return null
  if (expected === ':') return token === ':' ? 'value' : null
  if (expected === 'key' || expected === 'key or }') {
    if (token === 'text') return ':'
    if (token !== '}' || expected === 'key') return null
    open.pop()
    return done()
  }
  if (expected === ', or end') {
    if (token === ',') return open.at(-1) === '{' ? 'key' : 'value'
    if (token !== (open.at(-1) === '{' ? '}' : ']')) return null
    open.pop()
    return done()
  }
  if (token === '{' || token === '[') {
    open.push(token)
    return token === '{' ? 'key or }' : 'value or ]'
  }
  if (token === ']' && expected === 'value or ]') {
    open.pop()
    return done()
  }
  return token === 'text' || token === 'value' ? done() : null
}
