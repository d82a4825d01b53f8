/** Takes secrets out of what was typed, before it is written down. Code that only speaks of secrets stays as it is. */
import { withoutSecrets } from '../exchange/secrets.js'
import { setting } from '../exchange/settings.js'
import { tokensOf } from './tokens.js'

const REDACTED = 'REDACTED'

/** Names whose values are secret, wherever they stand in a name: `dbPassword`. */
const INSIDE =
  'password|passwd|passphrase|passcode|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|static[-_]?key|authorization|credential|cookie'
/** Names that are too short to be looked for inside of others. */
const ALONE = 'pass|pwd|pw|psk|otp'
/** What names may have behind these words, and mean the same: `tokens`, `secret2`, `passwordText`. `tokenize` does not. */
const ENDING = '(?:s|_?\\d+|[-_]?(?:value|text|string|hash|key|hex))?(?![\\w$])'

interface Patterns {
  inCode: RegExp
  inText: RegExp
  header: RegExp
  flag: RegExp
}

let patterns: { names: readonly string[]; made: Patterns } | undefined

/** The patterns for the names of secrets, with those of the setting `redact`. */
function patternsNow(): Patterns {
  const names = setting('redact')
  if (patterns?.names !== names) patterns = { names, made: patternsFor(names) }
  return patterns.made
}

function patternsFor(more: readonly string[]): Patterns {
  const alone = [ALONE, ...more.map((name) => name.replace(/[$-]/g, '\\$&'))].join('|')
  const name = `(?:${INSIDE}|(?<![A-Za-z0-9$])(?:${alone}))${ENDING}`
  return {
    // password: 'x', psk = 'x', ['--password', 'x'], setPassword('x')
    inCode: new RegExp(
      `(${name}(?:['"\`]?\\s*[:=]\\s*|['"\`]\\s*,\\s*|\\s*\\(\\s*))(['"\`])((?:\\\\.|(?!\\2).)+)\\2`,
      'gis',
    ),
    // psk=x, PASSWORD=x: where no code is
    inText: new RegExp(`(${name}=)(?![$\\s'"\`&;{])([^\\s'"\`&;,)\\]}]+)`, 'gi'),
    // --password x, --api-key=x
    flag: new RegExp(
      `((?<![\\w-])--?(?:[a-z]{1,32}-){0,6}(?:${INSIDE}|${alone})${ENDING}(?:=|\\s+))(?![-$\\s])(?:"[^"\\n]*"|'[^'\\n]*'|[^\\s'"\`]+)`,
      'gi',
    ),
    // Authorization: Token x, Cookie: a=b
    header: new RegExp(`((?:authorization|cookie|${INSIDE})\\s*:[ \\t]*)(?![$'"\`{\\s])([^'"\`\\n]+)`, 'gi'),
  }
}

const KNOWN_FORMS =
  /\b(?:gh[pousr]_\w{16,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{8,}|xapp-[\w-]{8,}|AKIA[0-9A-Z]{16}|sk-[\w-]{20,}|(?<=hooks\.slack\.com\/services\/)[\w/]+|(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+)/g
/** RFC 7468 names; OpenVPN's keys of tls-auth and tls-crypt. */
const KEYS = /-----BEGIN ((?:[A-Z ]*PRIVATE KEY)|(?:OpenVPN [\w -]+))-----.*?(?:-----END \1-----|$)/gs
/** curl -u user:password and the like: the user stays. */
const USER =
  /(\b(?:curl|wget|http|https)\b[^\n]{0,1000}?(?:\s|['"])(?:-[uU]|--user|--proxy-user)(?:['"]\s*,\s*|[= ]\s*)?['"]?[^\s:'"]+:)[^\s'"`]+/g
/** FTP, POP3 and IRC send `PASS x`; SMTP and POP3 `AUTH PLAIN x`. */
const PROTOCOLS = /\b((?:PASS|AUTH (?:PLAIN|LOGIN))[ \t]+)(?![$'"`\s])[^\s'"`\\]+/g
const MYSQL = /(\b(?:mysql|mysqldump|mysqladmin|mariadb)\b[^\n]{0,1000}?\s-p)[^\s'"`]+/g
const SSHPASS = /(\bsshpass\s+-p\s*)('[^']*'|"[^"]*"|\S+)/g

/** auth: 'user:password' */
const AUTH_TEXT = /(\bauth['"]?\s*[:=]\s*(['"`])[^'"`:\n]*:)(?:\\.|(?!\2).)+\2/g
/** auth: ['user', 'password'], http.auth.basic('user', 'password') */
const AUTH_PAIR =
  /((?:\bauth['"]?\s*[:=]\s*\[|\.(?:basic|digest)\s*\()\s*(?:'[^'\n]*'|"[^"\n]*"|[\w$.]+)\s*,\s*)(['"`])(?:\\.|(?!\2).)+\2/g
/** {bearer: 'x'}, http.auth.bearer('x') */
const BEARER = /(\bbearer['"]?\s*[:(]\s*)(['"`])(?:\\.|(?!\2).)+\2/g
/** credentials: {'https://host/': 'user:password', …} */
const CREDENTIALS = /(\bcredentials['"]?\s*[:=]\s*\{)([^}]*)/g
/** A value behind a URL: 'user:password', or the second of a pair. */
const CREDENTIAL = /((['"`])\s*:\s*(?:\[\s*(?:'[^'\n]*'|"[^"\n]*")\s*,\s*)?)(['"`])((?:\\.|(?!\3).)+)\3/g

/** The text with what looks like a secret replaced. */
export function redact(source: string): string {
  const { inCode } = patternsNow()
  const text = withoutSecrets(withoutEnvironment(source))
    .replace(KEYS, `-----BEGIN $1----- ${REDACTED}`)
    .replace(inCode, `$1$2${REDACTED}$2`)
    .replace(KNOWN_FORMS, REDACTED)
    .replace(/\b(Bearer|Basic)\s+[\w+/=.~-]{8,}/g, `$1 ${REDACTED}`)
    .replace(/(:\/\/[^\s/:@'"]+:)[^\s@/'"]+@/g, `$1${REDACTED}@`)
    .replace(USER, `$1${REDACTED}`)
    .replace(AUTH_TEXT, `$1${REDACTED}$2`)
    .replace(AUTH_PAIR, `$1$2${REDACTED}$2`)
    .replace(BEARER, `$1$2${REDACTED}$2`)
    .replace(CREDENTIALS, (_all, begin: string, rest: string) => begin + rest.replace(CREDENTIAL, `$1$3${REDACTED}$3`))
    .replace(SSHPASS, `$1${REDACTED}`)
    .replace(MYSQL, `$1${REDACTED}`)
  // A line for another program is no code.
  return /^\s*!/.test(text) ? inWords(text) : inTexts(text)
}

/** Redacts within texts and templates, where a name is followed by its bare value. */
function inTexts(source: string): string {
  if (!/[=:]|--?\w|PASS|AUTH/.test(source)) return source
  return tokensOf(source)
    .map(({ kind, start, end }) => {
      const text = source.slice(start, end)
      if (kind !== 'string' && kind !== 'template') return text
      return text.length < 6 ? text : text[0] + inWords(text.slice(1, -1)) + text.at(-1)
    })
    .join('')
}

/** Redacts in what a program or a protocol reads. */
function inWords(text: string): string {
  const { inText, header, flag } = patternsNow()
  return text
    .replace(flag, `$1${REDACTED}`)
    .replace(header, `$1${REDACTED}`)
    .replace(inText, `$1${REDACTED}`)
    .replace(PROTOCOLS, `$1${REDACTED}`)
}

/** Shorter values of the environment are words like others. */
const SHORTEST_VALUE = 8
const SECRET_VARIABLE = /PASSW|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIAL/

/** The text without the values of variables of the environment that are secret by their names. */
function withoutEnvironment(source: string): string {
  let text = source
  for (const [name, value] of Object.entries(process.env)) {
    if (value === undefined || value.length < SHORTEST_VALUE || !SECRET_VARIABLE.test(name)) continue
    // A path or a number of one is no secret.
    if (!value.startsWith('/')) text = text.replaceAll(value, REDACTED)
  }
  return text
}
