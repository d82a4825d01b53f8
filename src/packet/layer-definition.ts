import type { BuildContext } from './build-context.js'
import { sameBytes } from './bytes.js'
import {
  type ComputeFresh,
  compileComputeFresh,
  compileDecodeTail,
  compileFill,
  compileKey,
  compileWriteFresh,
  type DecodeTail,
  type Fill,
  HOT,
  type WriteFresh,
} from './compile.js'
import { closest, PacketError } from './errors.js'
import { type AnyPacket, type Field, Kind } from './field.js'
import { checkLayout, checkReferences } from './layout-check.js'
import type { Packet } from './packet.js'

/** What a layer does beyond its layout. All parts are optional. */
export interface Behaviour {
  /** Bytes of the header, options included, as its own length field says. */
  headerLength?(me: AnyPacket): number
  /** Bytes of payload as a length field says; what lies behind them is padding. Undefined: to the end. */
  payloadLength?(me: AnyPacket): number | undefined
  /** The field that `headerLength` reads, for messages. */
  headerLengthField?: string
  /** The field that `payloadLength` reads, for messages. */
  payloadLengthField?: string
  /** Layer of the payload where no bound field tells it; asked before the bindings. */
  guess?(me: AnyPacket): LayerReference | undefined
  /**
   * Which of several layers of one family these bytes are, where this layer is bound or guessed as payload: messages by
   * their type, options by their number. Undefined: this one.
   */
  refine?(buffer: Uint8Array, start: number, end: number): LayerReference | undefined
  /** Whether nothing but bytes can follow here, for layers whose `guess` finds something only in some places. */
  isLast?(me: AnyPacket): boolean
  /** Layer of the bytes behind the payload, where they are more than padding. */
  trailer?(me: AnyPacket): LayerReference | undefined
  /** Bytes of payload in front of the trailer, when these many were built: the difference is filled with zeros. */
  trailerOffset?(payloadLength: number): number
  /** This layer is such a trailer: only the layer that names it counts it as payload. */
  isTrailer?: boolean
  /** One line about this layer for `summary()`. */
  summary?(me: AnyPacket): string
  /** Whether this layer of a reply answers the same layer of a request. */
  answers?(me: AnyPacket, request: AnyPacket): boolean
  /** A text equal for a request and all its answers; `inner` is the text of the payload. */
  hash?(me: AnyPacket, inner: string): string
  /** Last changes to the built bytes, after lengths and before checksums. */
  finish?(context: BuildContext): void
}

/** The behaviour of a layer as it is kept: every part has its place, so that all layers' are of one shape. */
export class BehaviourSlots implements Behaviour {
  headerLength: Behaviour['headerLength'] = undefined
  payloadLength: Behaviour['payloadLength'] = undefined
  headerLengthField: Behaviour['headerLengthField'] = undefined
  payloadLengthField: Behaviour['payloadLengthField'] = undefined
  guess: Behaviour['guess'] = undefined
  refine: Behaviour['refine'] = undefined
  isLast: Behaviour['isLast'] = undefined
  trailer: Behaviour['trailer'] = undefined
  trailerOffset: Behaviour['trailerOffset'] = undefined
  isTrailer: Behaviour['isTrailer'] = undefined
  summary: Behaviour['summary'] = undefined
  answers: Behaviour['answers'] = undefined
  hash: Behaviour['hash'] = undefined
  finish: Behaviour['finish'] = undefined
}

/** A layer function or its definition: what names a layer in calls. */
export interface LayerReference {
  readonly definition: LayerDefinition
}

/** The fields of a layer by name, in the order of their bytes. */
export type AnyLayout = Readonly<Record<string, Field<never, never>>>

/** Tells by their first bytes whether a payload is of a certain layer: must stay between `start` and `end`. */
export type Recognizer = (buffer: Uint8Array, start: number, end: number) => boolean

interface Binding {
  upper: LayerDefinition
  /** Fields beyond the first and their keys. */
  readonly when: readonly (readonly [index: number, key: unknown])[]
  /** All fields, as users read them. */
  readonly fields: Readonly<Record<string, unknown>>
  readonly sequence: number
  /** What building sets where it is unset; null for a binding that only reading knows. */
  readonly implied: readonly (readonly [index: number, value: unknown])[] | null
}

/** A binding of which nothing is needed yet: it waits until the lower layer is looked into. */
interface WaitingBinding {
  upper: LayerDefinition
  readonly fields: Readonly<Record<string, unknown>>
  readonly build: boolean
  /** Takes the real binding back, once there is one. */
  unbind: (() => void) | null
}

/** Least and most value of the first byte. */
export type FirstByte = readonly [least: number, most: number]

interface Recognized {
  readonly test: Recognizer
  upper: LayerDefinition
  readonly first: FirstByte
}

interface BindingGroup {
  readonly index: number
  readonly table: Map<unknown, Binding[]>
  key: ((packet: Packet) => unknown) | null
  /** Once the layer is used much: the place in `buckets` of each number, 0 for none; null where keys are no numbers of 16 bits. */
  slots: Uint16Array | null
  buckets: (Binding[] | undefined)[]
}

let bindingSequence = 0
const nameIds = new Map<string, number>()

/** A number for a field name, the same in all layers: fall-through access looks fields up by it. */
export function nameId(name: string): number {
  let id = nameIds.get(name)
  if (id === undefined) {
    id = nameIds.size
    nameIds.set(name, id)
  }
  return id
}

const NO_FIELDS: readonly Field[] = []
const NO_BYTES = new Uint8Array(0)
const NO_SLOTS = new Int16Array(0)

/** Whether two values that users read are the same. */
function same(a: unknown, b: unknown): boolean {
  return a === b || (a instanceof Uint8Array && b instanceof Uint8Array && sameBytes(a, b))
}

/**
 * Layout, behaviour and bindings of one layer. A layout given as a function is asked for when the layer is first used
 * (`prepare`): a program has hundreds of layers, and needs few of them. Fields up to the first conditional or variable one are *fixed*: they
 * stand at known offsets. The others form the *tail*, decoded in one go when one of them is first needed.
 */
export class LayerDefinition implements LayerReference {
  /** Makes the fields of a prepared layer reachable on packets: packets themselves put it here. */
  static expose: (definition: LayerDefinition) => void = () => undefined

  readonly layerName: string
  /** Empty until the layer is prepared, like all that follows from it. */
  fields: readonly Field[] = NO_FIELDS
  readonly summaryText: string
  /** What defines it: `'RFC 768'`; empty where nothing does. */
  readonly source: string
  /** Bytes of the fixed fields. */
  fixedSize = 0
  /** Index of the first field of the tail; `fields.length` when there is none. */
  tailStart = 0
  /** The fixed fields with their default values. */
  template: Uint8Array = NO_BYTES
  /** Fields that are computed when unset, lengths before checksums. */
  automatic: readonly Field[] = NO_FIELDS
  dynamic: readonly Field[] = NO_FIELDS
  hasConditions = false
  /** Whether the tail takes no bytes when none of its fields is set. */
  hasEmptyTail = false
  /** Whether the tail is one field that may be empty. */
  isShortTail = false
  readonly behaviour: Behaviour = new BehaviourSlots()
  /** Whether a binding gives a value to an automatic field. */
  overloadsAutomatic = false
  /** No value for any field. Copied for each packet: a list that starts with these keeps its shape whatever is put in. */
  noValues: readonly unknown[] = []
  /** How often a packet of this layer was made or dissected; code is made for layers that are used often. */
  uses = 0
  fill: Fill | null = null
  writeFresh: WriteFresh | null = null
  decodeTail: DecodeTail | null = null
  computeFresh: ComputeFresh | null = null
  /** The function that users call to make a packet of this layer. */
  callable: unknown = null
  /** Field index by `nameId`, or -1. */
  slots: Int16Array = NO_SLOTS
  /** Marks `Raw` and `Padding`, whose bytes are payload that nobody understood. */
  isOpaque = false
  isPadding = false
  /** Whether the layout was looked at. */
  isPrepared = false
  private layout: (() => AnyLayout) | null
  private readonly indexes = new Map<string, number>()
  private waiting: WaitingBinding[] | null = null
  private readonly groups: BindingGroup[] = []
  private readonly always: Binding[] = []
  private readonly recognizers: Recognized[] = []
  /** The recognizers that may fit, by the first byte; null: not sorted yet. */
  private byFirst: Recognized[][] | null = null
  /** The values of all bindings that count when building, by upper layer: the last ones are in `overloadTable`. */
  private readonly implied = new Map<LayerDefinition, (readonly (readonly [number, unknown])[])[]>()
  private readonly overloadTable = new Map<LayerDefinition, readonly (readonly [number, unknown])[]>()
  private overloadCount = 0

  constructor(name: string, layout: AnyLayout | (() => AnyLayout), summaryText: string, source = '') {
    this.layerName = name
    this.summaryText = summaryText
    this.source = source
    if (typeof layout === 'function') this.layout = layout
    else {
      this.layout = null
      this.place(layout)
      this.isPrepared = true
    }
  }

  /** Asks for the layout, if that was not done yet. */
  prepare(): this {
    if (this.isPrepared) return this
    this.isPrepared = true
    this.place(this.layout!())
    this.layout = null
    LayerDefinition.expose(this)
    return this
  }

  private place(layout: AnyLayout): void {
    const name = this.layerName
    const fields: Field[] = []
    for (const [key, given] of checkLayout(name, layout)) {
      // A field object may serve several layers (IP and IPerror); each gets its own.
      const field =
        given.layerName === ''
          ? given
          : Object.assign(Object.create(Object.getPrototypeOf(given) as object) as Field, given)
      // What a layer before this one gave it.
      field.offset = field.group = -1
      field.window = field.shift = field.groupSize = field.bitStart = 0
      field.name = key
      field.layerName = name
      field.index = fields.length
      fields.push(field)
      this.indexes.set(key, field.index)
    }
    checkReferences(name, fields)
    this.fields = fields
    this.tailStart = this.placeFields()
    let size = 0
    for (const field of fields.slice(0, this.tailStart))
      size = Math.max(size, field.offset + (field.window || field.size))
    this.fixedSize = size
    this.slots = new Int16Array(Math.max(0, ...fields.map((field) => nameId(field.name))) + 1).fill(-1)
    for (const field of fields) this.slots[nameId(field.name)] = field.index
    const automatic = fields.filter((field) => field.automatic !== null)
    this.automatic = [
      ...automatic.filter((field) => !field.isChecksum),
      ...automatic.filter((field) => field.isChecksum),
    ]
    this.dynamic = fields.filter((field) => field.dynamicDefault !== null)
    this.hasConditions = fields.some((field) => field.condition !== null)
    this.hasEmptyTail = fields.slice(this.tailStart).every((field) => {
      const empty = field.defaultValue ?? field.codec?.empty()
      // Text of a fixed size is filled up with zeros.
      if (this.fixedSize % (field.codec?.align ?? 1) !== 0 || (field.codec?.size ?? 0) > 0) return false
      if (field.codec?.isNeverEmpty === true) return false
      return (
        field.condition === null && field.automatic === null && (empty as { length?: number } | undefined)?.length === 0
      )
    })
    this.isShortTail =
      this.hasEmptyTail && this.tailStart === fields.length - 1 && fields[this.tailStart]!.defaultValue === undefined
    this.noValues = fields.map(() => undefined)
    this.template = new Uint8Array(this.fixedSize)
    for (const field of fields) this.prepareDefault(field)
  }

  get definition(): LayerDefinition {
    return this
  }

  /** Called when the layer has been used often: makes code for what was generic so far. */
  heatUp(): void {
    this.fill ??= compileFill(this)
    this.writeFresh ??= compileWriteFresh(this)
    this.computeFresh ??= compileComputeFresh(this)
    if (this.tailStart < this.fields.length) this.decodeTail ??= compileDecodeTail(this)
    for (const group of this.groups) this.quicken(group)
  }

  /** Counts a use of the layer. */
  use(): void {
    if (++this.uses === HOT) this.heatUp()
  }

  /** Whether nothing but opaque bytes can follow this layer. */
  endsAt(packet: Packet): boolean {
    if (this.waiting !== null) this.bindWaiting()
    if (this.groups.length > 0 || this.always.length > 0 || this.recognizers.length > 0) return false
    return this.behaviour.guess === undefined || this.behaviour.isLast?.(packet as AnyPacket) === true
  }

  /** Gives bit fields their windows and fixed fields their offsets; the index where the tail starts. */
  private placeFields(): number {
    const { fields } = this
    for (let i = 0; i < fields.length; ) {
      if (fields[i]!.kind !== Kind.BITS) {
        i++
        continue
      }
      let end = i
      let bits = 0
      while (end < fields.length && fields[end]!.kind === Kind.BITS) bits += fields[end++]!.bits
      this.placeBits(i, end, bits)
      i = end
    }
    let offset = 0
    let tailStart = 0
    for (; tailStart < fields.length; tailStart++) {
      const field = fields[tailStart]!
      if (field.condition !== null || field.kind === Kind.CODEC) break
      if (field.kind === Kind.BITS) {
        const group = fields.slice(field.group).filter((other) => other.group === field.group)
        if (group.some((other) => other.condition !== null)) break
        field.offset = offset + (field.bitStart >>> 3)
        if (field === group.at(-1)) offset += field.groupSize
      } else {
        field.offset = offset
        offset += field.size
      }
    }
    return tailStart
  }

  /** A run of bit fields is cut into groups of whole bytes wherever the bits come out even. */
  private placeBits(start: number, end: number, total: number): void {
    if (total % 8 !== 0) {
      const names = this.fields.slice(start, end).map((field) => `${field.name} ${field.bits}`)
      throw new PacketError(
        `layer ${this.layerName}: the bit fields ${names.join(', ')} make ${total} bits; they must fill whole bytes`,
      )
    }
    let groupStart = start
    let bits = 0
    for (let i = start; i < end; i++) {
      const field = this.fields[i]!
      field.group = groupStart
      field.bitStart = bits
      const low = bits + field.bits
      field.window = Math.ceil(low / 8) - (bits >>> 3)
      field.shift = (8 - (low % 8)) % 8
      bits = low
      if (bits % 8 === 0) {
        for (let j = groupStart; j <= i; j++) this.fields[j]!.groupSize = bits / 8
        groupStart = i + 1
        bits = 0
      }
    }
  }

  private prepareDefault(field: Field): void {
    if (field.defaultValue === undefined) {
      if (field.kind !== Kind.CODEC)
        field.defaultValue = field.coerce(
          field.kind === Kind.IPV6 ? new Uint8Array(16) : field.kind === Kind.MAC ? new Uint8Array(6) : 0,
        )
    } else field.defaultValue = field.coerce(field.defaultValue)
    if (field.offset >= 0) field.writeAt(this.template, field.offset, field.defaultValue)
  }

  /** Index of a field, or -1. */
  find(name: string): number {
    return this.indexes.get(name) ?? -1
  }

  /** Index of a field. @throws PacketError when the layer has none of that name. */
  indexOf(name: string): number {
    const index = this.indexes.get(name)
    if (index !== undefined) return index
    throw this.unknownField(name)
  }

  unknownField(name: string): PacketError {
    const near = closest(name, this.indexes.keys())
    const remedy =
      near === undefined ? `its fields are ${[...this.indexes.keys()].join(' ') || 'none'}` : `did you mean '${near}'?`
    return new PacketError(`${this.layerName} has no field '${name}'; ${remedy}`)
  }

  // Bindings

  /**
   * Says that `upper` follows this layer where the fields have these values. Gives the function that takes it back.
   * @param mayWait until a binding of this layer is asked for, in their order: netshell's own, of which hundreds are never needed
   */
  bind(upper: LayerDefinition, fields: Readonly<Record<string, unknown>>, build = true, mayWait = false): () => void {
    if (!mayWait) {
      this.bindWaiting()
      return this.bindNow(upper, fields, build)
    }
    const waiting: WaitingBinding = { upper, fields, build, unbind: null }
    this.waiting ??= []
    this.waiting.push(waiting)
    return () => {
      if (waiting.unbind !== null) waiting.unbind()
      else this.waiting = this.waiting?.filter((each) => each !== waiting) ?? null
    }
  }

  private bindWaiting(): void {
    this.prepare()
    const { waiting } = this
    if (waiting === null) return
    this.waiting = null
    for (const each of waiting) each.unbind = this.bindNow(each.upper, each.fields, each.build)
  }

  /** Says that what follows this layer is `upper` where the bytes look so, and no binding says what they are. */
  recognize(upper: LayerDefinition, test: Recognizer, first: FirstByte): () => void {
    const entry: Recognized = { test, upper, first }
    this.recognizers.push(entry)
    this.byFirst = null
    return () => {
      const at = this.recognizers.indexOf(entry)
      if (at >= 0) this.recognizers.splice(at, 1)
      this.byFirst = null
    }
  }

  /** The layer that these bytes behind this one look like, or undefined. */
  recognized(buffer: Uint8Array, start: number, end: number): LayerDefinition | undefined {
    if (this.recognizers.length === 0) return undefined
    this.byFirst ??= Array.from({ length: 256 }, (_, byte) =>
      this.recognizers.filter(({ first: [least, most] }) => byte >= least && byte <= most),
    )
    const candidates = this.byFirst[buffer[start]!]!
    for (let i = 0; i < candidates.length; i++) if (candidates[i]!.test(buffer, start, end)) return candidates[i]!.upper
    return undefined
  }

  private bindNow(upper: LayerDefinition, fields: Readonly<Record<string, unknown>>, build = true): () => void {
    const when = Object.entries(fields).map(([name, value]) => {
      const index = this.indexOf(name)
      return [index, this.fields[index]!.coerce(value)] as const
    })
    const keys = when.map(([index, stored]) => [index, this.fields[index]!.key(stored)] as const)
    const fieldsGiven = Object.fromEntries(
      when.map(([index, stored]) => [this.fields[index]!.name, this.fields[index]!.present(stored)]),
    )
    // What is the default anyway need not be written again.
    const implied = build ? when.filter(([index, value]) => this.fields[index]!.defaultValue !== value) : null
    const binding: Binding = {
      upper,
      when: keys.slice(1),
      fields: fieldsGiven,
      sequence: ++bindingSequence,
      implied,
    }
    const bucket = when.length === 0 ? this.always : this.bucket(keys[0]![0], keys[0]![1])
    bucket.unshift(binding)
    this.imply(binding)
    if (build && when.some(([index]) => this.fields[index]!.automatic !== null)) this.overloadsAutomatic = true
    return () => {
      const at = bucket.indexOf(binding)
      if (at >= 0) bucket.splice(at, 1)
      this.implyNoMore(binding)
    }
  }

  /** Takes note of what building sets for a binding. */
  private imply({ upper, implied }: Binding): void {
    if (implied === null) return
    const all = this.implied.get(upper)
    if (all === undefined) this.implied.set(upper, [implied])
    else all.push(implied)
    this.overloadTable.set(upper, implied)
    this.overloadCount = this.overloadTable.size
  }

  private implyNoMore({ upper, implied }: Binding): void {
    const all = this.implied.get(upper)
    const place = all === undefined || implied === null ? -1 : all.indexOf(implied)
    if (place < 0) return
    all!.splice(place, 1)
    const last = all!.at(-1)
    if (last === undefined) this.overloadTable.delete(upper)
    else this.overloadTable.set(upper, last)
    this.overloadCount = this.overloadTable.size
  }

  /**
   * Takes back the bindings to `upper`, all of them or those with these values of fields. Gives the function that brings them back,
   * or undefined when there is none.
   */
  unbind(upper: LayerDefinition, fields: Readonly<Record<string, unknown>>): (() => void) | undefined {
    this.bindWaiting()
    const wanted = Object.entries(fields).map(([name, value]) => {
      const field = this.fields[this.indexOf(name)]!
      return [name, field.present(field.coerce(value))] as const
    })
    const fits = (binding: Binding): boolean =>
      binding.upper === upper && wanted.every(([name, value]) => same(binding.fields[name], value))
    const removed = [this.always, ...this.groups.flatMap((group) => [...group.table.values()])].flatMap((bucket) =>
      bucket.filter(fits).map((binding) => ({ bucket, binding })),
    )
    if (removed.length === 0) return undefined
    for (const { bucket, binding } of removed) {
      bucket.splice(bucket.indexOf(binding), 1)
      this.implyNoMore(binding)
    }
    return () => {
      for (const { bucket, binding } of removed) {
        if (bucket.includes(binding)) continue
        bucket.push(binding)
        bucket.sort((a, b) => b.sequence - a.sequence)
        this.imply(binding)
      }
    }
  }

  /** Puts a layer that was declared again in the place of the one before, in all bindings. */
  replaceUpper(before: LayerDefinition, after: LayerDefinition): void {
    for (const each of this.waiting ?? []) if (each.upper === before) each.upper = after
    for (const entry of this.recognizers) if (entry.upper === before) entry.upper = after
    for (const buckets of [[this.always], ...this.groups.map((group) => [...group.table.values()])])
      for (const binding of buckets.flat()) if (binding.upper === before) binding.upper = after
    for (const table of [this.implied, this.overloadTable] as Map<LayerDefinition, unknown>[]) {
      if (!table.has(before)) continue
      table.set(after, table.get(before))
      table.delete(before)
    }
  }

  /** What is asked for each packet: a key read from the bytes, and for ports and types an array instead of a table. */
  private quicken(group: BindingGroup): void {
    const field = this.fields[group.index]!
    group.key ??= compileKey(field)
    const keys = [...group.table.keys()]
    if (
      keys.length === 0 ||
      !keys.every((key) => Number.isInteger(key) && (key as number) >= 0 && (key as number) <= 0xffff)
    )
      return
    group.slots = new Uint16Array(Math.max(...(keys as number[])) + 1)
    group.buckets = [undefined, ...group.table.values()]
    for (const [place, key] of keys.entries()) group.slots[key as number] = place + 1
  }

  private bucket(index: number, value: unknown): Binding[] {
    let group = this.groups.find((candidate) => candidate.index === index)
    if (group === undefined) {
      group = { index, table: new Map(), key: null, slots: null, buckets: [] }
      this.groups.push(group)
    }
    // Found anew from the table below.
    group.slots = null
    let bucket = group.table.get(value)
    if (bucket === undefined) {
      bucket = []
      group.table.set(value, bucket)
    }
    if (this.uses >= HOT) this.quicken(group)
    return bucket
  }

  /** The layer bound to the values of this packet's fields: the latest binding that fits, or undefined. */
  boundLayer(packet: Packet): LayerDefinition | undefined {
    if (this.waiting !== null) this.bindWaiting()
    let best: Binding | undefined = this.always[0]
    const { groups } = this
    for (let g = 0; g < groups.length; g++) {
      const group = groups[g]!
      const key = group.key === null ? packet._key(group.index) : group.key(packet)
      const bucket = group.slots === null ? group.table.get(key) : group.buckets[group.slots[key as number]!]
      if (bucket === undefined) continue
      for (let i = 0; i < bucket.length; i++) {
        const binding = bucket[i]!
        if (best !== undefined && best.sequence > binding.sequence) break
        if (binding.when.length === 0 || binding.when.every(([index, value]) => packet._key(index) === value)) {
          best = binding
          break
        }
      }
    }
    return best?.upper
  }

  /** Values that this layer's fields take when unset and `upper` follows, or undefined. */
  overloads(upper: LayerDefinition): readonly (readonly [index: number, value: unknown])[] | undefined {
    if (this.waiting !== null) this.bindWaiting()
    return this.overloadCount === 0 ? undefined : this.overloadTable.get(upper)
  }

  /** Every binding, for listings: the upper layer and the fields that lead to it. */
  bindings(): { upper: LayerDefinition; fields: Record<string, unknown> }[] {
    this.bindWaiting()
    const all: { upper: LayerDefinition; fields: Record<string, unknown> }[] = []
    const add = ({ upper, fields }: Binding): number => all.push({ upper, fields: { ...fields } })
    this.always.forEach(add)
    for (const group of this.groups) for (const bucket of group.table.values()) bucket.forEach(add)
    return all
  }
}
