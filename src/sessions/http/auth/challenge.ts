/** Challenges: what `WWW-Authenticate` says of the proof that is wanted. RFC 9110 §11.3, §11.6.1. */
import { printable } from '../../../exchange/printable.js'
import type { HttpHeaders } from '../headers.js'

/** One way in which a server takes a proof. */
export interface Challenge {
  /** In small letters: `basic`, `digest`, `bearer`. */
  readonly scheme: string
  /** What follows the scheme where that is one word. */
  readonly token: string | undefined
  /** Parameters, their names in small letters. */
  readonly parameters: ReadonlyMap<string, string>
}

const TOKEN = "[!#$%&'*+.^_`|~\\dA-Za-z-]+"
/** A quoted string (RFC 9110 §5.6.4): each character fits one branch only, so there is nothing to try twice. */
const QUOTED = '"((?:[\\t \\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\t\\x20-\\x7e\\x80-\\xff])*)"'
const PARAMETER = new RegExp(`^(${TOKEN})[ \\t]*=[ \\t]*(?:(${TOKEN})|${QUOTED})$`)
const SCHEME = new RegExp(`^(${TOKEN})(?:[ \\t]+(.+))?$`)
const TOKEN68 = /^[A-Za-z\d._~+/-]+=*$/

/**
 * The challenges of an answer, in its order. One that is not written as the RFC says is left out, and so is one that has a parameter twice,
 * since nobody knows which of them counts.
 */
export function challengesOf(headers: HttpHeaders): Challenge[] {
  return headers.getAll('www-authenticate').flatMap(readChallenges)
}

/** Reads one field. */
export function readChallenges(field: string): Challenge[] {
  const found = new Set<Challenge>()
  let last: { challenge: Challenge; parameters: Map<string, string> } | undefined
  for (const element of elementsOf(field)) {
    const [, scheme, rest] = SCHEME.exec(element) ?? []
    const isParameter = PARAMETER.test(element)
    if (isParameter || scheme === undefined) {
      // It belongs to the challenge before it. What cannot be read spoils that; of one that is spoilt, the others are passed over.
      if (last === undefined || (isParameter && readParameter(element, last.parameters))) continue
      found.delete(last.challenge)
      last = undefined
      continue
    }
    const parameters = new Map<string, string>()
    const token = rest !== undefined && TOKEN68.test(rest) ? rest : undefined
    const isReadable = rest === undefined || token !== undefined || readParameter(rest, parameters)
    last = isReadable ? { challenge: { scheme: scheme.toLowerCase(), token, parameters }, parameters } : undefined
    if (last !== undefined) found.add(last.challenge)
  }
  return [...found]
}

/** Reads a field of parameters alone, such as `Authentication-Info`; undefined: it is not written as it should be. */
export function readParameters(field: string): ReadonlyMap<string, string> | undefined {
  const parameters = new Map<string, string>()
  return elementsOf(field).every((element) => readParameter(element, parameters)) ? parameters : undefined
}

/** @returns whether it is one, and the first of its name */
function readParameter(element: string, parameters: Map<string, string>): boolean {
  const [, name, bare, quoted] = PARAMETER.exec(element) ?? []
  const lower = name?.toLowerCase()
  if (lower === undefined || parameters.has(lower)) return false
  parameters.set(lower, bare ?? quoted!.replace(/\\(.)/gs, '$1'))
  return true
}

/** What stands between commas that are not in quotes. */
function elementsOf(field: string): string[] {
  const elements: string[] = []
  let begin = 0
  let isQuoted = false
  for (let i = 0; i <= field.length; i++) {
    const character = field[i]
    if (i === field.length || (character === ',' && !isQuoted)) {
      elements.push(field.slice(begin, i).trim())
      begin = i + 1
    } else if (character === '"') isQuoted = !isQuoted
    else if (character === '\\' && isQuoted) i = Math.min(i + 1, field.length - 1)
  }
  return elements.filter((element) => element !== '')
}

/** A value as a quoted string. */
export function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`
}

/** What a 401 asks for, in words: `Digest (SHA-256) for 'a realm', or Basic`; undefined: it does not say. */
export function wantedProof(headers: HttpHeaders): string | undefined {
  const words = challengesOf(headers).map(({ scheme, parameters }) => {
    const name = scheme[0]!.toUpperCase() + scheme.slice(1)
    const algorithm = scheme === 'digest' ? ` (${parameters.get('algorithm') ?? 'MD5'})` : ''
    const realm = parameters.get('realm')
    return printable(
      `${name.slice(0, LONGEST_NAMED)}${algorithm.slice(0, LONGEST_NAMED)}${realm ? ` for '${realm.slice(0, LONGEST_NAMED)}'` : ''}`,
    )
  })
  return words.length === 0 ? undefined : [...new Set(words)].slice(0, MOST_NAMED).join(', or ')
}

/** More would not be read. */
const MOST_NAMED = 4
const LONGEST_NAMED = 100
