/** One line about the call that the cursor is in: how it is called, and what the argument or option at the cursor is. */
import type { Metadata } from '../../commands/metadata.js'
import type { LayerDefinition } from '../../packet/index.js'
import { type Called, calledAt, optionAt, positionalAt } from './called.js'
import { fieldDetail } from './fields.js'
import type { Inference } from './inference.js'
import { optionDetail } from './keys.js'
import { type CallPlace, callsAround, type Place, placeOf } from './place.js'
import type { SourceView } from './source-view.js'
import { oneLine } from './values.js'

/** Between how something is called and what is said of it. */
const SEPARATOR = '  '
/** Characters of a usage that is shown as it is beside a parameter. */
const SHORT = 30

/** The hint, or null where there is nothing to say. */
export function hintFor(view: SourceView, inference: Inference): string | null {
  if (view.inside !== null && (view.inside.kind === 'comment' || view.inside.kind === 'regex')) return null
  const place = placeOf(view)
  const assigned = assignedField(view, inference)
  if (assigned !== null) return assigned
  for (const call of callsAround(view)) {
    const called = calledAt(call, view, inference)
    if (called === null) continue
    const exact = call.opening === place.call?.opening ? place : null
    const hint = hintOf(called, call, exact, view)
    if (hint !== null) return hint
  }
  return null
}

/** `packet.ttl = ` */
function assignedField(view: SourceView, inference: Inference): string | null {
  const operator = view.tokens.length - 1
  if (!/^(?:[=!]==?|=)$/.test(view.at(operator)) || !view.endsValue(operator - 1)) return null
  const known = inference.endingAt(operator - 1)
  return known?.is === 'field' ? fieldHint(known.layer, known.field.name) : null
}

function hintOf(called: Called, call: CallPlace, place: Place | null, view: SourceView): string | null {
  const { name, layer, metadata, parameters } = called
  if (layer !== undefined) return layerHint(layer, call, keyAt(place, view))
  if (metadata !== undefined) return describedHint(name, metadata, call, place, view)
  if (parameters === undefined) return null
  const list = parameters === '' ? [] : [parameters]
  return oneLine(`${call.isNew ? 'new ' : ''}${name}(${list.join(', ')})`)
}

/** The key that the cursor is at, or in the value of. */
function keyAt(place: Place | null, view: SourceView): string | undefined {
  const [first] = place?.path ?? []
  if (typeof first === 'string') return first
  return place?.isKey === true && place.path.length === 0 && view.word !== '' ? view.word : undefined
}

function layerHint(layer: LayerDefinition, call: CallPlace, key: string | undefined): string | null {
  if (call.argument > 0) return null
  const detail = key === undefined ? null : fieldHint(layer, key)
  if (detail !== null) return detail
  const names = layer.fields.map(({ name }) => name).join(', ')
  return oneLine(`${layer.layerName}({${names}})`)
}

function fieldHint(layer: LayerDefinition, name: string): string | null {
  const index = layer.find(name)
  if (index < 0) return null
  return oneLine(`${layer.layerName}.${name}${SEPARATOR}${fieldDetail(layer.fields[index]!)}`)
}

function describedHint(
  name: string,
  metadata: Metadata,
  call: CallPlace,
  place: Place | null,
  view: SourceView,
): string | null {
  const usage = (metadata.usage ?? `${name}()`).split('\n')[0]!
  const key = keyAt(place, view)
  const option = key === undefined ? undefined : optionAt(metadata, [key])
  const isOption = place !== null && (place.isKey || typeof place.path[0] === 'string')
  const parameter = option ?? (isOption ? undefined : positionalAt(metadata, call.argument))
  if (parameter === undefined) return oneLine(`${usage}${SEPARATOR}${metadata.summary}`)
  return oneLine(`${shortened(usage)}${SEPARATOR}${parameter.name}: ${optionDetail(parameter)}`)
}

/** A usage with the first options only, where it is long: there shall be room for what is said of one. */
function shortened(usage: string): string {
  if (usage.length <= SHORT) return usage
  return usage.replace(/\{([^{}]*)\}/, (whole, inner: string) => {
    const [first, second, third] = inner.split(', ')
    return third === undefined ? whole : `{${first}, ${second}, …}`
  })
}
