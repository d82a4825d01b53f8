/** What a value may be where one begins: names of a field's values, interfaces, events, files. */
import { types } from 'node:util'
import { membersDescribed, type ParameterMetadata, type ValueKind } from '../../commands/metadata.js'
import { type Called, calledAt, optionAt, positionalAt } from './called.js'
import { describedNames, layerNames, layerOffer } from './described-names.js'
import { eventsOf } from './events.js'
import { optionNamesOf, valuesOfField } from './fields.js'
import type { Inference } from './inference.js'
import { asPacket, classesOf, type Known } from './known.js'
import type { Place } from './place.js'
import type { SourceView } from './source-view.js'
import { interfaceNames, namespaceNames } from './system.js'
import type { Completion } from './types.js'
import { ownNames, ownProperty, preview } from './values.js'

/** Functions of node's that take a file, by name. */
const FILE_FUNCTIONS =
  /^(?:readFile|writeFile|appendFile|open|stat|lstat|readdir|access|exists|unlink|mkdir|rm|rmdir|copyFile|rename|cp|realpath|readlink)(?:Sync)?$|^create(?:Read|Write)Stream$/

/** Parameters that mean the same wherever they are. */
const BY_NAME = new Map<string, ValueKind>([
  ['iface', 'interface'],
  ['netns', 'namespace'],
  ['file', 'file'],
])

/** Values by name, or files; null where nothing is known. */
export type Offer = readonly Completion[] | 'files' | null

/** Where a value may begin. */
interface Spot {
  view: SourceView
  place: Place
  inference: Inference
  /** What stands in the quotes so far. */
  typed: string
}

/** What may be the value that begins at the cursor. */
export function offerAt(spot: Spot): Offer {
  const { view, place, inference } = spot
  const last = view.tokens.length - 1
  if (/^(?:[=!]==?|=)$/.test(view.at(last)) && view.endsValue(last - 1)) return assigned(spot, last)
  if (place.indexed !== null) return place.indexed === last ? indexNames(inference.endingAt(last - 1)) : null
  return place.call === null || !place.isValueStart ? null : inCall(spot)
}

/** Behind `packet.field =` or `packet.field ===` what that field takes; behind `conf.name =` what that setting takes. */
function assigned({ view, inference, typed }: Spot, operator: number): Offer {
  const known = inference.endingAt(operator - 1)
  if (known?.is === 'field') return valuesOfField(known.field, typed)
  if (!/^\??\.$/.test(view.at(operator - 2))) return null
  const owner = inference.endingAt(operator - 3)
  for (const className of owner === null ? [] : classesOf(owner)) {
    const metadata = membersDescribed(className).get(view.at(operator - 1))
    const parameter = metadata?.parameters?.find(({ name }) => name === 'value')
    if (parameter !== undefined) return parameterValues({ ...parameter, name: view.at(operator - 1) }, '', typed)
  }
  return null
}

/** `packet['`, `object['` */
function indexNames(known: Known | null): Offer {
  if (known === null) return null
  const packet = asPacket(known)
  if (packet !== null || classesOf(known).includes('PacketList')) {
    return packet === null || packet.layers === null ? layerNames() : packet.layers.map(layerOffer)
  }
  if (known.is === 'object') return [...known.members.keys()].map((text) => ({ text, kind: 'member' }))
  if (known.is !== 'value' || typeof known.value !== 'object' || known.value === null) return null
  const object = known.value
  if (types.isProxy(object) || Array.isArray(object)) return null
  return ownNames(object).map((name) => {
    const property = ownProperty(object, name)
    return { text: name, kind: 'member', detail: property?.get === undefined ? preview(property?.value) : 'computed' }
  })
}

function inCall({ view, place, inference, typed }: Spot): Offer {
  const { path } = place
  const call = place.call!
  const called = calledAt(call, view, inference)
  if (called?.layer !== undefined && call.argument === 0) return inLayer(called.layer, path, typed)
  const metadata = called?.metadata
  if (metadata !== undefined) {
    const isArgument = path.length === 0 || typeof path[0] === 'number'
    const parameter = isArgument ? positionalAt(metadata, call.argument) : optionAt(metadata, path)
    if (parameter?.values === 'event') return eventsOf(called?.owner)
    if (parameter !== undefined) return parameterValues(parameter, call.name, typed)
  }
  if (path.length > 0) return null
  if (called?.owner !== undefined && /^(?:on|once|off|emit)$/.test(call.name) && call.argument === 0) {
    const events = eventsOf(called.owner)
    if (events.length > 0) return events
  }
  return FILE_FUNCTIONS.test(call.name) && call.argument < 2 ? 'files' : null
}

/** `{flags: '`, `{dport: ['`, `{options: ['`, `{options: [['` */
function inLayer(layer: NonNullable<Called['layer']>, path: Place['path'], typed: string): Offer {
  const [name, first, second] = path
  const index = typeof name === 'string' ? layer.find(name) : -1
  if (index < 0) return null
  const field = layer.fields[index]!
  const options = optionNamesOf(field)
  if (options.length > 0) {
    const isName = path.length === 2 ? typeof first === 'number' : path.length === 3 && second === 0
    return isName ? options : null
  }
  return path.length <= 2 ? valuesOfField(field, typed) : null
}

function parameterValues(parameter: ParameterMetadata, command: string, typed: string): Offer {
  if (parameter.choices !== undefined) {
    return parameter.choices.map((text) => {
      const isDefault = parameter.default?.replace(/^'(.*)'$/, '$1') === text
      return { text, kind: 'value', ...(isDefault ? { detail: 'the default' } : {}) }
    })
  }
  switch (parameter.values ?? BY_NAME.get(parameter.name)) {
    case 'file':
      return 'files'
    case 'interface': {
      const all: Completion[] = command === 'sniff' ? [{ text: 'any', kind: 'value', detail: 'all of them' }] : []
      return [...interfaceNames(), ...all]
    }
    case 'namespace':
      return namespaceNames()
    case 'layer':
      return layerNames()
    case 'name':
      return describedNames(typed)
    default:
      return null
  }
}
