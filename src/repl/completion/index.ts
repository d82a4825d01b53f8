/**
 * Tab completion and hints. Nothing of the user's is run for them: what is typed is read as tokens, values are looked up by
 * their property descriptors, and what calls give is known from their functions' names.
 */
import type { ParameterMetadata } from '../../commands/metadata.js'
import { calledAt, optionAt, positionalAt } from './called.js'
import { completeForm, isForm } from './forms.js'
import { hintFor } from './hints.js'
import { layerNames, layerOffer } from './described-names.js'
import { Inference } from './inference.js'
import { asPacket, classesOf } from './known.js'
import { keysFor } from './keys.js'
import { membersFor } from './members.js'
import { namesFor } from './names.js'
import { type Place, placeOf } from './place.js'
import { rememberPreloaded } from './session.js'
import { SourceView } from './source-view.js'
import { completeString, valuesWithQuotes } from './strings.js'
import type { Completion, Completions } from './types.js'

export { useSources } from './parameters.js'
export type { Completion, CompletionKind, Completions } from './types.js'

/** Longer texts are only looked at near the cursor: each key costs. */
const LONGEST = 60_000

/**
 * What could stand at the cursor. What is replaced ends at the cursor: what stands behind it stays, unless the whole word is
 * already one of the candidates, so that it can be exchanged for another.
 * @param cursor where in the text the cursor is, in UTF-16 units
 */
export function completionsAt(text: string, cursor: number): Completions {
  rememberPreloaded()
  const nothing: Completions = { from: cursor, to: cursor, items: [] }
  if (cursor > LONGEST || cursor < 0) return nothing
  const form = completeForm(text, cursor)
  if (form !== null) return withRest(form, text)
  const view = viewOf(text, cursor)
  const inference = new Inference(view)
  if (view.inside !== null) {
    const isText = view.inside.kind === 'string' || view.inside.kind === 'template'
    return (isText && completeString(view, inference, text)) || nothing
  }
  return withRest({ from: view.from, to: cursor, items: itemsAt(view, inference, text) }, text)
}

/** One line about the call or field that the cursor is in, or null where there is nothing to say. */
export function hintAt(text: string, cursor: number): string | null {
  rememberPreloaded()
  if (cursor > LONGEST || isForm(text)) return null
  const view = viewOf(text, cursor)
  return hintFor(view, new Inference(view))
}

/** The last one: after a key the same text is looked at for the hint and for candidates. */
let last: SourceView | null = null

function viewOf(text: string, cursor: number): SourceView {
  if (last === null || last.cursor !== cursor || last.text !== text.slice(0, cursor))
    last = new SourceView(text, cursor)
  return last
}

function itemsAt(view: SourceView, inference: Inference, text: string): Completion[] {
  const { word, tokens } = view
  const last = tokens.length - 1
  const before = view.at(last)
  if (before === '.' || before === '?.') {
    const known =
      view.kind(last - 1) === 'number' && !/[.eEnxX]/.test(view.at(last - 1)) ? null : inference.endingAt(last - 1)
    return known === null ? [] : membersFor(known, word)
  }
  // Behind a number a name cannot begin, and `#x` is for classes alone.
  if (word.startsWith('#') || (word === '' && !mayBegin(view))) return []
  const place = placeOf(view)
  const keys = keysFor(view, place, inference, text)
  if (keys !== null) return keys
  if (isDeclared(view)) return []
  const names = namesFor(word, inference.locals)
  const fitting = expectedNames(view, place, inference)
  // Without a letter what fits, and what the user has, is enough.
  const others = word === '' ? names.filter(({ kind }) => kind === 'variable') : names
  if (fitting !== null) return first(fitting, others, word)
  // On an empty line everything there is would be a wall.
  return last < 0 && word === '' ? [] : names
}

/** Whether a name may begin at the cursor: what is before it is no whole value, or stands in another line. */
function mayBegin(view: SourceView): boolean {
  const last = view.tokens.length - 1
  if (last < 0 || view.text.slice(view.tokens[last]!.end).includes('\n')) return true
  return !(view.endsValue(last) || view.at(last) === '}' || /^(?:number|regex)$/.test(view.kind(last) ?? ''))
}

/** Whether the name at the cursor is a new one: behind `let`, `function`, `class`. */
function isDeclared(view: SourceView): boolean {
  const last = view.tokens.length - 1
  return view.kind(last) === 'keyword' && /^(?:let|const|var|function|class)$/.test(view.at(last))
}

/** Names that are likelier than others here: layers behind `packet[`, before `in`, and where a command takes them. */
function expectedNames(view: SourceView, place: Place, inference: Inference): readonly Completion[] | null {
  const last = view.tokens.length - 1
  if (place.indexed !== null) {
    if (place.indexed !== last) return null
    const known = inference.endingAt(last - 1)
    if (known === null) return null
    const packet = asPacket(known)
    if (packet !== null && packet.layers !== null) {
      return first(packet.layers.map(layerOffer), layerNames(), view.word)
    }
    return packet !== null || classesOf(known).includes('PacketList') ? layerNames() : null
  }
  if (view.at(last) === '/') {
    // `IP()/`: what is stacked on a packet is most often a layer.
    const known = inference.endingAt(last - 1)
    return known !== null && asPacket(known) !== null ? layerNames() : null
  }
  if (view.at(last) === 'in' && view.kind(last) === 'keyword') {
    // `TCP in packet`
    const packets = namesFor(view.word, inference.locals).filter(({ detail }) => detail?.startsWith('packet ') === true)
    return packets.length > 0 ? packets : null
  }
  if (view.word !== '' && (place.call === null || !place.isValueStart)) return null
  const parameter = parameterAt(view, place, inference)
  if (parameter?.values === 'layer') return layerNames()
  if (parameter?.type === 'boolean') return BOOLEANS
  return view.word === '' ? valuesWithQuotes(view, place, inference) : null
}

/** The parameter whose value begins at the cursor. */
function parameterAt(view: SourceView, place: Place, inference: Inference): ParameterMetadata | undefined {
  if (place.call === null || !place.isValueStart) return undefined
  const metadata = calledAt(place.call, view, inference)?.metadata
  if (metadata === undefined) return undefined
  return place.path.length === 0 ? positionalAt(metadata, place.call.argument) : optionAt(metadata, place.path)
}

const BOOLEANS: readonly Completion[] = [
  { text: 'true', kind: 'value' },
  { text: 'false', kind: 'value' },
]

/** The candidates that fit first, then the others, each once. */
function first(fitting: readonly Completion[], others: readonly Completion[], word: string): Completion[] {
  const wanted = fitting.filter(({ text }) => text.startsWith(word))
  const listed = new Set(wanted.map(({ text }) => text))
  return [...wanted, ...others.filter(({ text }) => text.startsWith(word) && !listed.has(text))]
}

/** Replaces the word's rest behind the cursor too when the whole word is a candidate. */
function withRest(found: Completions, text: string): Completions {
  const rest = /^[\p{ID_Continue}$]*/u.exec(text.slice(found.to))?.[0] ?? ''
  if (rest === '') return found
  const whole = text.slice(found.from, found.to) + rest
  const isThere = found.items.some((item) => item.text === whole || item.label === whole)
  return isThere ? { ...found, to: found.to + rest.length } : found
}
