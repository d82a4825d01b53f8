/** Completion inside of quotes, and of values that get their quotes with them. */
import { type FileName, fileCompletion, filesFor, lastPart, modulesFor } from './files.js'
import { shellWord } from './forms.js'
import type { Inference } from './inference.js'
import { offerAt } from './offers.js'
import { type Place, placeOf } from './place.js'
import type { SourceView } from './source-view.js'
import type { Completion, Completions } from './types.js'

const CONTROLS = /[\x00-\x1f\x7f]/g

/** What stands at the cursor, in quotes. */
interface Quoted {
  /** From the quote on, without it, up to the cursor. */
  typed: string
  /** Where that begins. */
  start: number
  quote: string
  /** What a value needs behind it: the quote, where there is none yet. */
  end: string
}

/** What could stand in the quotes that the cursor is in. */
export function completeString(view: SourceView, inference: Inference, text: string): Completions | null {
  const quoted = quotedAt(view, text)
  if (quoted === null) return null
  const before = view.tokens.length - 1
  if (isModuleName(view, before)) return moduleNames(quoted)
  if (quoted.quote === '`' && view.at(before) === 'sh' && view.isName(before))
    return shellWord(quoted.typed, view.cursor)
  const offer = offerAt({ view, inference, place: placeOf(view), typed: quoted.typed })
  if (offer === null) return null
  return offer === 'files' ? files(quoted) : values(quoted, offer)
}

/** The same where no quote stands yet: what is offered brings its quotes. Null where nothing is known. */
export function valuesWithQuotes(view: SourceView, place: Place, inference: Inference): Completion[] | null {
  const offer = offerAt({ view, inference, place, typed: '' })
  if (offer === null || offer.length === 0) return null
  const quoted: Quoted = { typed: '', start: view.cursor, quote: "'", end: "'" }
  const { items } = offer === 'files' ? files(quoted) : values(quoted, offer)
  return items.map((item) => ({ ...item, text: `'${item.text}` }))
}

function quotedAt(view: SourceView, text: string): Quoted | null {
  const { inside, cursor } = view
  if (inside === null || (inside.kind !== 'string' && inside.kind !== 'template')) return null
  const quote = view.text[inside.start]!
  if (quote === '}') return null
  const next = text[cursor] ?? ''
  const rest = text.slice(cursor, text.indexOf('\n', cursor) < 0 ? undefined : text.indexOf('\n', cursor))
  const isOpen = next !== quote && (/^\s*(?:$|[)\]},;])/.test(rest) || !rest.includes(quote))
  return { typed: view.text.slice(inside.start + 1), start: inside.start + 1, quote, end: isOpen ? quote : '' }
}

/** `from '`, `import '`, `import('`, `require('` */
function isModuleName(view: SourceView, before: number): boolean {
  const text = view.at(before)
  if (text === 'from') return /^(?:[}*]|)$/.test(view.at(before - 1)) || view.isName(before - 1)
  if (text === 'import' && view.kind(before) === 'keyword') return true
  const called = view.at(before - 1)
  return text === '(' && (called === 'import' || called === 'require') && !/^\??\.$/.test(view.at(before - 2))
}

function moduleNames(quoted: Quoted): Completions {
  const { typed, start, end } = quoted
  if (/^(?:\.{0,2}\/|~|\.{1,2}$)/.test(typed)) return files(quoted)
  const items = modulesFor(typed).map((item) => ({ ...item, label: item.text, text: item.text + end }))
  return { from: start, to: start + typed.length, items }
}

/** Candidates for the whole text in the quotes; upper and lower case count as the same. */
function values(quoted: Quoted, items: readonly Completion[]): Completions {
  const { typed, start, quote, end } = quoted
  const word = typed.toLowerCase()
  const fitting = items.filter(({ text }) => text.toLowerCase().startsWith(word))
  return {
    from: start,
    to: start + typed.length,
    items: fitting.map((item) => ({ ...item, label: item.label ?? item.text, text: escaped(item.text, quote) + end })),
  }
}

function files(quoted: Quoted): Completions {
  const { typed, start, quote, end } = quoted
  const split = lastPart(typed)
  const write = ({ name, isFolder }: FileName): string => escaped(name, quote) + (isFolder ? '/' : end)
  const found = filesFor(unescaped(typed))
  return { from: start + split, to: start + typed.length, items: found.map((file) => fileCompletion(file, write)) }
}

/** Text as it stands in quotes. */
function escaped(text: string, quote: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replace(CONTROLS, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .replaceAll(quote, `\\${quote}`)
    .replaceAll('${', quote === '`' ? '\\${' : '${')
}

function unescaped(text: string): string {
  return text.replace(/\\(?:x([\da-f]{2})|(.))/gis, (_, code: string | undefined, character: string) =>
    code === undefined ? character : String.fromCharCode(Number.parseInt(code, 16)),
  )
}
