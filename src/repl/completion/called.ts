/** What is known of the function that a call calls. */
import { type Metadata, membersDescribed, metadataOf, type ParameterMetadata } from '../../commands/metadata.js'
import type { LayerDefinition } from '../../packet/index.js'
import type { Inference } from './inference.js'
import { classesOf, type Known, valueBehind } from './known.js'
import { parametersOf } from './parameters.js'
import type { CallPlace } from './place.js'
import { isPreloaded } from './session.js'
import type { SourceView } from './source-view.js'
import { definitionOf, ownProperty } from './values.js'

/** The function of a call, as far as something is known of it. */
export interface Called {
  /** As it is written: `sniff`, `pkts.filter`. */
  name: string
  /** It is a layer. */
  layer?: LayerDefinition
  /** It is described. */
  metadata?: Metadata
  /** It is not described: what stands between the parentheses of its declaration. */
  parameters?: string
  /** It is a method: of this. */
  owner?: Known
}

/** What is known of the function of a call; null where nothing is. */
export function calledAt(call: CallPlace, view: SourceView, inference: Inference): Called | null {
  const [from, to] = call.callee
  const name = view.text.slice(view.tokens[from]!.start, view.tokens[to - 1]!.end)
  const isMember = /^\??\.$/.test(view.at(to - 2)) && to - from > 2
  if (isMember) return calledMember(name, call.name, inference.chain(from, to - 2), inference.chain(from, to))
  if (to - from > 1) return functionCalled(name, inference.chain(from, to))
  const local = inference.locals.get(name)
  if (local !== undefined) return functionCalled(name, inference.name(name))
  const property = ownProperty(globalThis, name)
  const value: unknown = property?.value
  const layer = definitionOf(value)
  if (layer !== undefined) return { name, layer, metadata: metadataOf(name) }
  const metadata = isPreloaded(value) !== undefined || property?.get !== undefined ? metadataOf(name) : undefined
  if (metadata !== undefined) return { name, metadata }
  return functionCalled(name, property === undefined ? null : { is: 'value', value })
}

function calledMember(text: string, member: string, owner: Known | null, method: Known | null): Called | null {
  if (owner === null) return null
  for (const className of classesOf(owner)) {
    const metadata = membersDescribed(className).get(member)
    if (metadata !== undefined) return { name: text, metadata, owner }
  }
  const holder = isPreloaded(valueBehind(owner)) ?? builtInName(valueBehind(owner))
  const metadata = holder === undefined ? undefined : metadataOf(`${holder}.${member}`)
  if (metadata !== undefined) return { name: text, metadata, owner }
  const called = functionCalled(text, method)
  return called === null ? { name: text, owner } : { ...called, owner }
}

/** `Promise` of `Promise.all`. */
function builtInName(value: unknown): string | undefined {
  if (typeof value !== 'function') return undefined
  const name: unknown = ownProperty(value, 'name')?.value
  return typeof name === 'string' && ownProperty(globalThis, name)?.value === value ? name : undefined
}

function functionCalled(name: string, known: Known | null): Called | null {
  if (known?.is === 'function') return { name, parameters: known.parameters }
  const value = valueBehind(known)
  const layer = definitionOf(value)
  if (layer !== undefined) return { name, layer, metadata: metadataOf(layer.layerName) }
  if (typeof value !== 'function') return null
  const described = isPreloaded(value)
  if (described !== undefined) return { name, metadata: metadataOf(described) }
  const { list, isNative } = parametersOf(value)
  return isNative ? { name } : { name, parameters: list.join(', ') }
}

/** The option that a path in an argument leads to: `{iface: …}`, `{iface: [ …`. */
export function optionAt(metadata: Metadata, path: readonly (string | number)[]): ParameterMetadata | undefined {
  const [name, ...rest] = path
  if (typeof name !== 'string' || rest.some((part) => typeof part === 'string')) return undefined
  return metadata.parameters?.find((parameter) => parameter.name === name)
}

/** The positional parameter that an argument is for; a last one in dots takes all further. */
export function positionalAt(metadata: Metadata, argument: number): ParameterMetadata | undefined {
  const { positionals = [] } = metadata
  const last = positionals.at(-1)
  return positionals[argument] ?? (last?.name.startsWith('…') || last?.name.startsWith('...') ? last : undefined)
}
