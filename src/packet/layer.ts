import { closest, PacketError } from './errors.js'
import { type AnyPacket, Deferred, type Field } from './field.js'
import {
  type AnyLayout,
  type Behaviour,
  BehaviourSlots,
  type FirstByte,
  LayerDefinition,
  type LayerReference,
  type Recognizer,
} from './layer-definition.js'
import { printed } from './literal.js'
import {
  allDefinitions,
  areLayersDeclared,
  createPacket,
  definitionByName,
  loadedDefinitions,
  loadLayers,
  ownPacket,
  Packet,
  registerDefinition,
  type Stackable,
} from './packet.js'

// biome-ignore lint/suspicious/noExplicitAny: the types of the fields are inferred from here
type Layout = Readonly<Record<string, Field<any, any>>>

/** What the fields of a layer read as. */
export type Values<L extends Layout> = { -readonly [K in keyof L]: L[K] extends Field<infer T, infer _In> ? T : never }

/** What one field may be given: a value, a set of values and inclusive ranges, a random value; null makes it automatic. */
export type Given<In> =
  | In
  | readonly (In | readonly [In, In] | Deferred)[]
  | (In extends readonly (infer Member)[] ? readonly (Member | Deferred)[] : never)
  | string
  | Deferred
  | null

/** What a layer's fields may be given. */
export type Inputs<L extends Layout> = { [K in keyof L]?: L[K] extends Field<infer _T, infer In> ? Given<In> : never }

/**
 * A layer: call it to make a packet of it. With an object of field values it builds, with bytes it dissects them.
 * It turns into its name, so `packet[TCP]` works.
 */
export interface Layer<F = unknown, I = Record<string, unknown>> extends LayerReference {
  (fields?: I | Uint8Array | string | Deferred): Packet & F
  readonly layerName: string
  /** One sentence about it. */
  readonly about: string
  /** What defines it: `'RFC 768'`. */
  readonly source: string
  /** Its fields and what follows it. */
  readonly definition: LayerDefinition
  /** Never set: carries the type of the fields. */
  readonly _fields?: F
}

const DEFINITION = Symbol('definition')

/** What the functions of all layers have in common. */
class LayerProperties {
  declare [DEFINITION]: LayerDefinition
  get layerName(): string {
    return this[DEFINITION].layerName
  }
  get about(): string {
    return this[DEFINITION].summaryText
  }
  get source(): string {
    return this[DEFINITION].source
  }
  get definition(): LayerDefinition {
    return this[DEFINITION].prepare()
  }
  [Symbol.toPrimitive](): string {
    return this[DEFINITION].layerName
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `[layer ${this[DEFINITION].layerName}]`
  }
}
const LAYER = Object.setPrototypeOf(LayerProperties.prototype, Function.prototype) as object

/** Whether a value is a layer's function. Nothing of the value's is run, unless it is a proxy. */
export function isLayer(value: unknown): value is Layer {
  return typeof value === 'function' && Object.hasOwn(value, DEFINITION)
}

/** The definition of a layer, without making its fields. @throws PacketError for what is no layer */
function declared(layer: LayerReference): LayerDefinition {
  if ((typeof layer !== 'function' && typeof layer !== 'object') || layer === null || !('definition' in layer))
    throw new PacketError(`${printed(layer)} is no layer; give one such as UDP, or what layer('Mine', {…}) gave`)
  return (layer as Partial<LayerProperties>)[DEFINITION] ?? layer.definition
}

/**
 * Declares a layer: its name, its fields in the order of their bytes, one sentence about it, and what defines it (`'RFC 768'`).
 * Given as a function, the fields are made when the layer is first used: so does a library of many layers.
 * @throws PacketError when bit fields do not fill whole bytes, or a field has a name that packets use themselves
 */
export function layer<const L extends Layout>(
  name: string,
  layout: L | (() => L),
  about = '',
  source = '',
): Layer<Values<L>, Inputs<L>> {
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name))
    throw new PacketError(
      typeof name === 'string'
        ? `a layer's name is a word of letters, digits and _, not ${printed(name)}`
        : `a layer has a name, then its fields: layer('Mine', {kind: u8(), size: u16()})`,
    )
  const definition = new LayerDefinition(name, layout as unknown as AnyLayout | (() => AnyLayout), about, source)
  registerDefinition(definition)
  const make = (input?: unknown): Packet => makePacket(definition, input)
  Object.defineProperty(make, 'name', { value: name })
  Object.defineProperty(make, DEFINITION, { value: definition })
  Object.setPrototypeOf(make, LAYER)
  definition.callable = make
  return make as unknown as Layer<Values<L>, Inputs<L>>
}

function makePacket(definition: LayerDefinition, input: unknown): Packet {
  if (input === undefined) return createPacket(definition, undefined)
  if (input instanceof Uint8Array) return Packet._dissect(definition, input, 0, input.length, null)
  if (definition.isOpaque && (typeof input === 'string' || Array.isArray(input) || input instanceof Deferred))
    return createPacket(definition, { load: input })
  if (typeof input === 'object' && input !== null && !(input instanceof Packet) && !Array.isArray(input)) {
    return createPacket(definition, input as Record<string, unknown>)
  }
  definition.prepare()
  const field = definition.find('dst') >= 0 ? 'dst' : (definition.fields[0]?.name ?? '')
  const example = `${definition.layerName}({${field}: …})`
  throw new PacketError(
    `${definition.layerName}(${printed(input)}): give an object of fields such as ${example}, or bytes to dissect`,
  )
}

/**
 * Adds behaviour to a layer: lengths, what follows, one-line summary, what answers what.
 * @throws PacketError for a part that no behaviour has
 */
export function behave(layer: LayerReference, behaviour: Behaviour): void {
  const parts = Object.keys(NO_BEHAVIOUR)
  for (const part of Object.keys(behaviour)) {
    if (parts.includes(part)) continue
    const near = closest(part, parts)
    throw new PacketError(
      `behave(${layer.definition.layerName}, {${part}}): ${near === undefined ? `what there is: ${parts.join(' ')}` : `did you mean '${near}'?`}`,
    )
  }
  Object.assign(declared(layer).behaviour, behaviour)
}

const NO_BEHAVIOUR = new BehaviourSlots()

/**
 * Says that `upper` follows `lower` where the fields have these values, both when dissecting (the latest binding that
 * fits wins) and when building (`lower` takes the values where they are unset). Gives a function that takes it back.
 */
export function bind(
  lower: LayerReference,
  upper: LayerReference,
  fields: Readonly<Record<string, unknown>> = {},
  options: { build?: boolean } = {},
): () => void {
  loadLayers()
  const [below, above] = [declared(lower), declared(upper)]
  if (typeof fields !== 'object' || fields === null)
    throw new PacketError(
      `bind(${below.layerName}, ${above.layerName}, ${printed(fields)}): give fields of ${below.layerName} and their values, such as {${exampleField(below)}: ${printed(fields)}}`,
    )
  return named(below.bind(above, fields, options.build ?? true, !areLayersDeclared()))
}

/** What the prompt shows of a function that takes something back; netshell's own layers, of which there are many, need no name. */
function named(takeBack: () => void): () => void {
  return areLayersDeclared() ? Object.defineProperty(takeBack, 'name', { value: 'takes it back' }) : takeBack
}

/** The field that mostly says what follows. */
function exampleField(definition: LayerDefinition): string {
  const names = definition.prepare().fields.map((field) => field.name)
  return ['dport', 'type', 'proto', 'nh'].find((name) => names.includes(name)) ?? names[0] ?? 'field'
}

/**
 * Takes back that `upper` follows `lower`: all that binds them, or only what has these values of fields. What `recognize` and
 * the layers' own rules say stays. Gives a function that brings it back.
 * @throws PacketError when nothing binds them so
 */
export function unbind(
  lower: LayerReference,
  upper: LayerReference,
  fields: Readonly<Record<string, unknown>> = {},
): () => void {
  const [below, above] = [declared(lower), declared(upper)]
  const restore = below.unbind(above, fields)
  if (restore !== undefined) return restore
  const bound = below.bindings().filter((binding) => binding.upper === above)
  const ways = bound.map((binding) => printedFields(binding.fields)).join(', ')
  throw new PacketError(
    `unbind(${below.layerName}, ${above.layerName}): ${ways === '' ? `nothing binds ${above.layerName} to ${below.layerName}` : `they are bound where ${ways}`}`,
  )
}

function printedFields(fields: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(fields).map(([name, value]) => `${name} is ${printed(value)}`)
  return parts.length === 0 ? 'always' : parts.join(' and ')
}

/**
 * Says that `upper` follows `lower` where the first bytes look so, for protocols without a port of their own. Asked only where
 * no binding fits. Gives a function that takes it back.
 * @param test must be quick, certain (a payload of another protocol must not pass), and stay between `start` and `end`
 * @param first least and most value of the first byte, 0 to 255: for other payloads the test is not even asked. Default: any
 */
export function recognize(
  lower: LayerReference,
  upper: LayerReference,
  test: Recognizer,
  first: FirstByte = [0, 255],
): () => void {
  loadLayers()
  return named(declared(lower).recognize(declared(upper), test, first))
}

/**
 * Dissects `buffer[offset..end]` as that layer and, when asked, all inside it. It never throws for any bytes: what
 * cannot be read becomes `Raw` or has an `issue`. The packet keeps a view on the buffer.
 */
export function dissect<F>(
  layer: LayerReference & { readonly _fields?: F },
  buffer: Uint8Array,
  offset = 0,
  end = buffer?.length,
): Packet & F {
  const definition = layer?.definition
  if (definition === undefined || end === undefined)
    throw new PacketError("dissect: give the outermost layer and the bytes, as in dissect(IP, hex('4500001c…'))")
  return Packet._dissect(definition, buffer, offset, end, null) as Packet & F
}

/** Stacks layers, packets, text and bytes, outermost first: `stack(IP({ dst }), TCP(), 'x')` is `IP({ dst })/TCP()/'x'` at the prompt. */
export function stack(...parts: [Stackable, ...Stackable[]]): AnyPacket {
  const first = ownPacket(parts[0])
  let last: Packet = first.last
  for (let i = 1; i < parts.length; i++) {
    const inner = ownPacket(parts[i])
    last.append(inner)
    last = inner.last
  }
  return first as AnyPacket
}

/** The layer of that name, or undefined. */
export function layerByName(name: string): Layer | undefined {
  return definitionByName(name)?.callable as Layer | undefined
}

/** The layers that are there already: those that wait are left alone. */
export function loadedLayers(): Layer[] {
  return loadedDefinitions().map((definition) => definition.callable as unknown as Layer)
}

/** All layers. */
export function allLayers(): Layer[] {
  return allDefinitions().map((definition) => definition.callable as unknown as Layer)
}
