/** Keys in the object that is an argument: fields of the layer, options of the command. */
import type { ParameterMetadata } from '../../commands/metadata.js'
import { type Called, calledAt } from './called.js'
import { fieldDetail } from './fields.js'
import type { Inference } from './inference.js'
import { keysBehind, type Place } from './place.js'
import type { SourceView } from './source-view.js'
import type { Completion } from './types.js'
import { oneLine } from './values.js'

/** The keys that could be given here and are not yet; null where none are known. */
export function keysFor(view: SourceView, place: Place, inference: Inference, text: string): Completion[] | null {
  if (!place.isKey || place.call === null) return null
  if (place.path.some((part) => typeof part === 'string')) return null
  const called = calledAt(place.call, view, inference)
  if (called === null) return null
  const end = view.cursor + (/^[\p{ID_Continue}$]*/u.exec(text.slice(view.cursor))?.[0].length ?? 0)
  const given = new Set([...place.given, ...keysBehind(text, end)])
  // The colon is there when a key is changed.
  const colon = /^\s*:/.test(text.slice(end)) ? '' : ': '
  return (
    keysOf(called, place)
      ?.filter(({ text }) => text.startsWith(view.word) && !given.has(text))
      .map((item) => ({ ...item, label: item.text, text: `${item.text}${colon}` })) ?? null
  )
}

function keysOf({ layer, metadata }: Called, { call, path }: Place): Completion[] | null {
  if (layer !== undefined) {
    if (call!.argument > 0 || path.length > 0) return null
    return layer.fields.map((field) => ({ text: field.name, kind: 'field', detail: fieldDetail(field) }))
  }
  const positional = metadata?.positionals?.[call!.argument]
  // A list of objects, or an object that is an argument of its own kind.
  if (path.length > 0 || (positional !== undefined && /\bobject\b/.test(positional.type ?? ''))) return null
  return (
    metadata?.parameters?.map((option) => ({ text: option.name, kind: 'option', detail: optionDetail(option) })) ?? null
  )
}

/** An option in one line: `ends after this many packets (unset: no limit) · number`. */
export function optionDetail({ type, summary, default: unset, choices }: ParameterMetadata): string {
  const kind = choices === undefined ? type : choices.map((choice) => `'${choice}'`).join(' | ')
  const byDefault = unset === undefined ? '' : ` (unset: ${unset})`
  return oneLine(`${summary}${byDefault}${kind === undefined ? '' : ` · ${kind}`}`)
}
