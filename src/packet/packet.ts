import { answers } from './answers.js'
import { buildPacket, standsForMany } from './build.js'
import { Reader, sameBytes, toBytes, toHex } from './bytes.js'
import { commandOf } from './command.js'
import { type Dissector, decodeAs } from './decode-as.js'
import { type DiffOptions, diff, type PacketDiff } from './diff-text.js'
import { closest, Issue, PacketError } from './errors.js'
import { type AnyPacket, Deferred, type Field, Kind } from './field.js'
import { FieldAccess, watchNames } from './field-access.js'
import { fieldHexdump, layerHexdump } from './field-hexdump.js'
import { hideDefaults } from './hide-defaults.js'
import { jsonOf, type PacketJson } from './json.js'
import { LayerDefinition, type LayerReference } from './layer-definition.js'
import { painterFor } from './paint.js'
import { type FieldPath, type FieldRange, placesOf, rangeIn } from './places.js'
import { asSet, countOf, expand } from './sets.js'
import { fieldsText, showOf, summaryOf } from './show.js'
import { sprintf } from './sprintf.js'
import { holdsDeferred, PartlyDeferred } from './volatile-parts.js'

/** What is known of a packet besides its bytes: when and where it was captured. */
export interface PacketMeta {
  /** Seconds since 1970, as a float for people. */
  time?: number
  /** The same exactly, where the source had it: whole seconds and nanoseconds within. */
  seconds?: number
  nanoseconds?: number
  /** Link type number of the capture file or device (LINKTYPE_ETHERNET is 1). */
  linkType?: number
  /** Bytes that the packet had on the wire, when the capture kept fewer. */
  originalLength?: number
  interfaceName?: string
  comment?: string
  /** Told before the packet's first change, by lists that make their packets anew when they are asked for. */
  touched?(packet: Packet): void
}

/** Options of `show`, `show2` and `hexdump`. */
export interface PrintOptions {
  /** Give the text back instead of printing it. */
  dump?: boolean
  /** Colours by layer. Unset: where it prints and colours are wanted there; text that is given back has none. */
  color?: boolean
}

/** What may be stacked on a packet: a packet, a layer (with its defaults), or bytes and text (as `Raw`). */
export type Stackable = Packet | (LayerReference & (() => Packet)) | string | Uint8Array

/** In `_values`: the field was made automatic again although the bytes have a value for it. */
const AUTO = Symbol('automatic')

/** Layers inside layers that a dissection follows; what is deeper stays `Raw`. */
const MAX_DEPTH = 64

const definitions = new Map<string, LayerDefinition>()

/** Declares the layers that wait until they are needed; null when there are none (any more). */
let loader: (() => void) | null = null
/** Whether netshell's own layers are being declared: their bindings may wait, since a test looks at them all. */
let isDeclaring = true

/**
 * Says how layers are declared that are not there from the start. Called at most once: when a payload, or a name, is none of the layers that
 * are there, when all are listed, and before somebody declares or binds layers of his own, which come last.
 */
export function setLayerLoader(load: () => void): void {
  loader = load
  isDeclaring = false
}

/** Says that what is declared and bound from now on is the user's: what is wrong with it is told at once. */
export function layersDeclared(): void {
  isDeclaring = false
}

/** Whether netshell's own layers are being declared. */
export function areLayersDeclared(): boolean {
  return !isDeclaring
}

const loadListeners: (() => void)[] = []

/** Called when the layers that wait were declared. */
export function onLayersLoaded(listener: () => void): void {
  loadListeners.push(listener)
}

/** Declares the layers that wait; whether there were any. */
export function loadLayers(): boolean {
  if (loader === null) return false
  const load = loader
  loader = null
  isDeclaring = true
  load()
  isDeclaring = false
  for (const listener of loadListeners) listener()
  return true
}

/** The layer of that name, or undefined. Names are as declared: `'TCP'`. */
export function definitionByName(name: string): LayerDefinition | undefined {
  return definitions.get(name) ?? (loadLayers() ? definitions.get(name) : undefined)
}

/** The layers that are there already, in the order of their declaration. */
export function loadedDefinitions(): LayerDefinition[] {
  return [...definitions.values()]
}

/** All layers, in the order of their declaration. */
export function allDefinitions(): LayerDefinition[] {
  loadLayers()
  return [...definitions.values()]
}

/** What other parts of the engine ask of all layers. */
const LAYERS: Dissector = {
  byName: definitionByName,
  all: allDefinitions,
  dissect: (layer, buffer, start, end, under) => Packet._dissect(layer, buffer, start, end, under),
}

let opaqueDefinition: LayerDefinition
let paddingDefinition: LayerDefinition

/** Tells which layers stand for bytes that nobody understood. */
export function useOpaqueLayers(raw: LayerDefinition, padding: LayerDefinition): void {
  raw.isOpaque = true
  padding.isOpaque = true
  padding.isPadding = true
  opaqueDefinition = raw
  paddingDefinition = padding
  // V8 forgets the shape of objects when none is left, and with it all code made for them: one packet and one reader stay.
  Packet._kept = [new Packet(raw, null, 0, 0, null), new Reader(new Uint8Array(0), 0, 0, 0)]
}

let printer: (text: string) => void = (text) => console.log(text)

/** Where `show()` and its kin print; the shell sets it. */
export function setPrinter(to: (text: string) => void): void {
  printer = to
}

/** Prints for the user, where `setPrinter` says. */
export function print(text: string): void {
  printer(text)
}

/**
 * One layer of a packet, and through `payload` all layers inside it: a packet is its outermost layer.
 *
 * A dissected packet is a view on bytes: fields are decoded when they are read, inner layers when they are asked for.
 * Fields that were set are kept beside the bytes; unchanged layers are copied when the packet is built.
 * Members that begin with `_` belong to the engine.
 */
export class Packet {
  _layer: LayerDefinition
  _buffer: Uint8Array | null
  _offset: number
  /** End of what this layer and all inside it may use. */
  _end: number
  /** End of the header; -1 until the tail was decoded. */
  _headerEnd: number
  /** End of the payload that the layer's own length admits; -1 until asked for. */
  _contentEnd: number
  _values: unknown[] | null
  _tail: unknown[] | null
  /** Undefined until it was dissected. */
  _payload: Packet | null | undefined
  _under: Packet | null
  _depth: number
  _issue: Issue | null
  _meta: PacketMeta | null
  /** Whether a field was given a set or a random value. */
  _many: boolean
  /** Whether a list is among the changed values: a copy must have its own. */
  _hasLists: boolean

  constructor(
    definition: LayerDefinition,
    buffer: Uint8Array | null,
    offset: number,
    end: number,
    under: Packet | null,
  ) {
    this._layer = definition
    this._buffer = buffer
    this._offset = offset
    this._end = end
    this._headerEnd = -1
    this._contentEnd = -1
    this._values = null
    this._tail = null
    this._payload = buffer === null ? null : undefined
    this._under = under
    this._depth = under === null ? 0 : under._depth + 1
    this._issue = null
    this._meta = null
    this._many = false
    this._hasLists = false
  }

  static _kept: unknown = null

  // Dissection

  /** The layer of that kind over `buffer[offset..end]`, or `Raw` with an issue when its fixed fields do not fit. */
  static _dissect(
    definition: LayerDefinition,
    buffer: Uint8Array,
    offset: number,
    end: number,
    under: Packet | null,
  ): Packet {
    if (!definition.isPrepared) definition.prepare()
    const available = end - offset
    if (available < definition.fixedSize || (under !== null && under._depth >= MAX_DEPTH)) {
      const raw = new Packet(opaqueDefinition, buffer, offset, end, under)
      raw._headerEnd = end
      raw._issue =
        available < definition.fixedSize
          ? new Issue(definition.layerName, raw._place(), definition.fixedSize, available, endSource(under))
          : new Issue(
              definition.layerName,
              raw._place(),
              0,
              available,
              'depth',
              `more than ${MAX_DEPTH} layers inside one another`,
            )
      return raw
    }
    const packet = new Packet(definition, buffer, offset, end, under)
    definition.use()
    if (definition.isOpaque) packet._headerEnd = end
    else if (definition.behaviour.headerLength !== undefined)
      packet._placeHeader(definition.behaviour.headerLength(packet as AnyPacket))
    else if (definition.tailStart === definition.fields.length) packet._headerEnd = offset + definition.fixedSize
    return packet
  }

  private _placeHeader(length: number): void {
    const definition = this._layer
    const available = this._end - this._offset
    let header = length
    if (!(length >= definition.fixedSize && length <= available)) {
      const source = `${definition.layerName}.${definition.behaviour.headerLengthField ?? 'header length'}`
      const detail =
        length < definition.fixedSize
          ? `a header of ${length} bytes is shorter than its ${definition.fixedSize} fixed bytes`
          : ''
      this._issue = new Issue(
        definition.layerName,
        this._place(),
        Math.max(length, definition.fixedSize),
        available,
        source,
        detail,
      )
      header = length < definition.fixedSize ? definition.fixedSize : available
    }
    this._headerEnd = this._offset + header
  }

  /** End of this layer's header in the buffer; decodes the tail when only that tells it. */
  _headerStop(): number {
    if (this._headerEnd < 0) this._decodeTail()
    return this._headerEnd
  }

  /** End of this layer's payload in the buffer, padding excluded. */
  _contentStop(): number {
    if (this._contentEnd >= 0) return this._contentEnd
    const start = this._headerStop()
    const { behaviour, layerName } = this._layer
    let end = this._end
    if (behaviour.payloadLength !== undefined) {
      const length = behaviour.payloadLength(this as AnyPacket)
      if (length !== undefined) {
        if (length >= 0 && start + length <= end) end = start + length
        else if (this._issue === null) {
          const source = `${layerName}.${behaviour.payloadLengthField ?? 'length'}`
          const header = start - this._offset
          const detail = length < 0 ? 'its length is shorter than its header' : 'cut short'
          this._issue = new Issue(
            layerName,
            this._place(),
            header + Math.max(0, length),
            end - this._offset,
            source,
            detail,
          )
        }
      }
    }
    this._contentEnd = end
    return end
  }

  /**
   * Decodes the conditional and variable fields. The partly filled list is visible to the conditions that follow.
   * Where each starts and ends, from the header's start, is noted in the lists given.
   */
  _decodeTail(starts?: number[], ends?: number[]): unknown[] {
    const { fields, tailStart, fixedSize } = this._layer
    const known = this._headerEnd
    const tail: unknown[] = new Array(fields.length - tailStart)
    this._tail = tail
    if (starts === undefined && this._layer.isShortTail) {
      // One byte string or list and nothing else: all there is, often nothing.
      if (this._layer.isOpaque) {
        tail[0] = this._buffer!.subarray(this._offset, known)
        return tail
      }
      if (known === this._offset + fixedSize) {
        tail[0] = fields[tailStart]!.codec!.empty()
        return tail
      }
    }
    const limit = known >= 0 ? known : this._end
    const reader = new Reader(this._buffer!, this._offset, Math.min(this._offset + fixedSize, limit), limit)
    const { decodeTail } = this._layer
    const failed = decodeTail === null || starts !== undefined ? -2 : decodeTail(this, tail, reader)
    if (failed >= 0) this._cutShort(fields[failed]!, reader)
    else if (failed === -2) {
      tail.fill(undefined)
      reader.restart(Math.min(this._offset + fixedSize, limit))
      this._decodeFields(tail, reader, starts, ends)
    }
    if (known < 0) this._headerEnd = reader.position
    return tail
  }

  /** Decodes the tail field by field; ends at the first that does not fit, and says why. */
  private _decodeFields(tail: unknown[], reader: Reader, starts?: number[], ends?: number[]): void {
    const { fields, tailStart } = this._layer
    let group = -1
    let groupStart = 0
    for (let i = tailStart; i < fields.length; i++) {
      const field = fields[i]!
      const start = reader.position
      if (field.condition !== null && !field.condition(this as AnyPacket)) {
        if (starts !== undefined) starts[i - tailStart] = ends![i - tailStart] = start - this._offset
        continue
      }
      let value: unknown
      if (field.kind === Kind.CODEC) value = field.codec!.read(reader, this as AnyPacket)
      else if (field.kind === Kind.BITS) {
        if (group !== field.group) {
          group = field.group
          groupStart = start
          if (reader.need(field.groupSize)) reader.position += field.groupSize
        }
        if (reader.missing === 0) value = field.rawAt(reader.buffer, groupStart + (field.bitStart >>> 3))
      } else if (reader.need(field.size)) {
        value = field.rawAt(reader.buffer, start)
        reader.position += field.size
      }
      if (reader.missing > 0) {
        reader.position = start
        this._cutShort(field, reader)
        break
      }
      tail[i - tailStart] = value
      if (starts === undefined) continue
      starts[i - tailStart] = (field.kind === Kind.BITS ? groupStart + (field.bitStart >>> 3) : start) - this._offset
      ends![i - tailStart] = reader.position - this._offset
    }
  }

  /** Notes why a field of the tail could not be read; the reader stands where the field starts. */
  private _cutShort(field: Field, reader: Reader): void {
    const { missing, position, reason } = reader
    const needed = reason === '' ? position - this._offset + missing : 0
    const detail = reason === '' ? `field ${field.name} is cut short` : `field ${field.name}: ${reason}`
    const available = reader.end - this._offset
    this._issue ??= new Issue(this._layer.layerName, this._place(), needed, available, endSource(this._under), detail)
  }

  /** Bytes from the start of the dissected packet to this layer: a packet may stand anywhere in its buffer. */
  private _place(): number {
    return this._offset - startOf(this)
  }

  /** The next layer inwards, or null. Dissected when it is first asked for. Assign a packet, text or bytes to replace it. */
  get payload(): Packet | null {
    return this._payload === undefined ? this._dissectPayload() : this._payload
  }

  set payload(next: Stackable | null | undefined) {
    this._ownValues()
    this._payload = null
    if (next === null || next === undefined) return
    const inner = ownPacket(next)
    this._payload = inner
    inner._standOn(this)
  }

  private _dissectPayload(): Packet | null {
    const start = this._headerStop()
    const end = this._contentStop()
    if (start >= end) {
      this._payload = this._trailing(end)
      return this._payload
    }
    const definition = this._layer
    // After a header that cannot be right, or for a length below its header, guessing what follows would mislead.
    const upper =
      this._issue !== null && this._issue.detail !== 'cut short' ? undefined : this._payloadLayer(definition)
    const payload = Packet._dissect(upper ?? opaqueDefinition, this._buffer!, start, end, this)
    this._payload = payload
    return payload
  }

  private _payloadLayer(definition: LayerDefinition): LayerDefinition | undefined {
    const guessed = definition.behaviour.guess?.(this as AnyPacket)
    const upper = guessed === undefined ? this._nextLayer(definition) : guessed.definition
    if (upper === undefined || upper.behaviour.refine === undefined) return upper
    return (upper.behaviour.refine(this._buffer!, this._headerEnd, this._contentEnd) ?? upper).definition
  }

  /** The layer bound to this one's fields, or that the bytes behind it look like. */
  private _nextLayer(definition: LayerDefinition): LayerDefinition | undefined {
    const upper = definition.boundLayer(this) ?? definition.recognized(this._buffer!, this._headerEnd, this._contentEnd)
    return upper === undefined && loader !== null && !definition.isOpaque && loadLayers()
      ? this._nextLayer(definition)
      : upper
  }

  /** What stands behind the innermost payload, at `position`: a trailer that an outer layer knows, or padding. */
  private _trailing(position: number): Packet | null {
    for (let outer: Packet | null = this; outer !== null; outer = outer._under) {
      // Layers that were put together stand in buffers of their own: their ends say nothing here.
      if (outer._buffer !== this._buffer || outer._end <= position) continue
      const trailer = outer._layer.behaviour.trailer?.(outer as AnyPacket)
      if (trailer !== undefined) return Packet._dissect(trailer.definition, this._buffer!, position, outer._end, this)
      let end = outer._end
      for (let further = outer._under; further !== null; further = further._under) {
        if (further._layer.behaviour.trailer !== undefined || further._buffer !== this._buffer) break
        end = further._end
      }
      return Packet._dissect(paddingDefinition, this._buffer!, position, end, this)
    }
    return null
  }

  // Fields, by index

  /** Stored value of a field: what its bytes hold. Undefined when it is absent or will be computed. */
  _stored(index: number): unknown {
    const value = this._values === null ? undefined : this._values[index]
    if (value !== undefined && value !== AUTO) return value
    if (this._buffer === null || value === AUTO) return this._unset(index)
    const field = this._layer.fields[index]!
    if (field.offset >= 0) return field.rawAt(this._buffer, this._offset + field.offset)
    return (this._tail ?? this._decodeTail())[index - this._layer.tailStart]
  }

  /** Presented value of a field: what users read. */
  _read(index: number): unknown {
    const field = this._layer.fields[index]!
    const value = this._values === null ? undefined : this._values[index]
    if (value !== undefined && value !== AUTO) return field.present(value)
    if (this._buffer === null || value === AUTO) return field.present(this._unset(index))
    if (field.offset >= 0) return field.presentAt(this._buffer, this._offset + field.offset)
    return field.present((this._tail ?? this._decodeTail())[index - this._layer.tailStart])
  }

  /** Value that bindings compare. */
  _key(index: number): unknown {
    return this._layer.fields[index]!.key(this._stored(index))
  }

  /** Value of a field that nobody set: what the next layer implies, or its default; undefined when it will be computed. */
  private _unset(index: number): unknown {
    const field = this._layer.fields[index]!
    if (field.condition !== null && !field.condition(this as AnyPacket)) return undefined
    const payload = this._payload
    if (payload !== null && payload !== undefined) {
      const overloads = this._layer.overloads(payload._layer)
      if (overloads !== undefined) for (const [overloaded, value] of overloads) if (overloaded === index) return value
    }
    if (field.automatic !== null) return undefined
    if (field.dynamicDefault !== null) {
      const value = field.dynamicDefault(this as AnyPacket)
      if (value !== undefined) return field.coerce(value)
    }
    if (field.defaultValue !== undefined) return cloneValue(field.defaultValue, this)
    const empty = field.codec?.empty()
    if (Array.isArray(empty)) {
      // A list may be changed in place: keep the one that was handed out.
      this._values ??= this._layer.noValues.slice()
      this._values[index] = empty
      this._hasLists = true
    }
    return empty
  }

  /** Sets a field to a user's value. Undefined and null make it automatic again. @throws PacketError */
  _write(index: number, value: unknown): void {
    const field = this._layer.fields[index]!
    const values = this._ownValues()
    if (value === undefined || value === null) values[index] = this._buffer === null ? undefined : AUTO
    else {
      values[index] = this._noted(coerceOrSet(field, value))
    }
  }

  /** Takes note of what kind of value becomes one of this packet's. */
  _noted(stored: unknown): unknown {
    if (typeof stored === 'object') {
      if (stored instanceof Deferred) this._many = true
      else if (Array.isArray(stored)) {
        this._hasLists = true
        if (stored[0] instanceof Packet && stored.some(standsForMany)) this._many = true
      }
    }
    return stored
  }

  /** The list of changed values. All inner layers and the tail are dissected first: a change must not alter how they are read. */
  private _ownValues(): unknown[] {
    if (this._values === null) {
      if (this._buffer !== null) {
        for (let inner = this.payload; inner !== null; inner = inner.payload);
        if (this._tail === null && this._layer.tailStart < this._layer.fields.length) this._decodeTail()
      }
      let root: Packet = this
      while (root._under !== null) root = root._under
      root._meta?.touched?.(root)
      this._values = this._layer.noValues.slice()
    }
    return this._values
  }

  /** Whether a field was given a value by hand (not by the bytes, not by default). */
  _isSet(index: number): boolean {
    const value = this._values === null ? undefined : this._values[index]
    return value !== undefined && value !== AUTO
  }

  /** Whether the bytes hold a value for this field that counts. */
  _isFromBytes(index: number): boolean {
    return this._buffer !== null && (this._values === null || this._values[index] === undefined)
  }

  /** This layer as its bytes alone have it. */
  private _fresh(): Packet {
    const fresh = new Packet(this._layer, this._buffer, this._offset, this._end, this._under)
    const isGiven = this._layer.behaviour.headerLength !== undefined || this._layer.isOpaque
    fresh._headerEnd = isGiven ? this._headerEnd : -1
    return fresh
  }

  /** Notes where the conditional and variable fields stand in the bytes, from the header's start. */
  _measureTail(starts: number[], ends: number[]): void {
    starts.length = 0
    ends.length = 0
    this._fresh()._decodeTail(starts, ends)
  }

  /** The bytes that a field of the tail was read from. */
  _tailBytes(index: number): Uint8Array {
    const starts: number[] = []
    const ends: number[] = []
    this._measureTail(starts, ends)
    const place = index - this._layer.tailStart
    return this._buffer!.subarray(this._offset + (starts[place] ?? 0), this._offset + (ends[place] ?? 0))
  }

  /** Whether a list or byte string that was read from this layer was changed in place since. */
  _tailChanged(): boolean {
    const tail = this._tail
    if (tail === null || this._buffer === null) return false
    const { fields, tailStart } = this._layer
    let fresh: Packet | null = null
    for (let i = tailStart; i < fields.length; i++) {
      const value = tail[i - tailStart]
      if (typeof value !== 'object' || fields[i]!.codec === null) continue
      fresh ??= this._fresh()
      const original = (fresh._tail ?? fresh._decodeTail())[i - tailStart]
      if (original === undefined || !fields[i]!.codec!.same(value, original)) return true
    }
    return false
  }

  /** End of the innermost layer's bytes: padding of an outer layer stands behind the inner one's own end. */
  _lastEnd(): number {
    return this._under === null ? this._end : Math.max(this._end, this.last._end)
  }

  /** Whether this one layer still is what its bytes say. */
  _isUntouched(): boolean {
    return this._buffer !== null && this._values === null && !this._tailChanged()
  }

  // Layers

  /** Name of this layer: `'IP'`. */
  get layerName(): string {
    return this._layer.layerName
  }

  /** The next layer outwards, or null. */
  get under(): Packet | null {
    return this._under
  }

  /** This layer and all inside it, outermost first. */
  layers(): Packet[] {
    const all: Packet[] = []
    for (let layer: Packet | null = this; layer !== null; layer = layer.payload) all.push(layer)
    return all
  }

  /**
   * The first layer of that kind from here inwards, or undefined; with a number the second, the third … A layer or its name may be
   * given.
   */
  get<F>(layer: LayerReference & { readonly _fields?: F }, number?: number): (Packet & F) | undefined
  get(layer: string, number?: number): AnyPacket | undefined
  get(layer: LayerReference | string, number = 1): Packet | undefined {
    const definition = typeof layer === 'string' ? definitionByName(layer) : layer.definition
    if (definition === undefined) return undefined
    let left = number
    const trails = definition.isOpaque || definition.behaviour.isTrailer === true
    for (let inner: Packet | null = this; inner !== null; inner = inner.payload) {
      if (inner._layer === definition && --left === 0) return inner
      // Behind such a layer comes nothing but bytes: finding out where it ends would be for nothing.
      if (inner._payload === undefined && !trails && inner._layer.endsAt(inner) && !mayTrail(inner)) return undefined
    }
    return undefined
  }

  /** Whether the packet has a layer of that kind, from here inwards. */
  has(layer: LayerReference | string): boolean {
    return this.get(layer as string) !== undefined
  }

  /** The innermost layer. */
  get last(): AnyPacket {
    let layer: Packet = this
    for (let next = layer.payload; next !== null; next = layer.payload) layer = next
    return layer as AnyPacket
  }

  // Fields, by name

  /** What the bytes hold for a field: the number behind a flag text or an address. @throws PacketError for an unknown field */
  raw(field: string): unknown {
    const own = this._layer.find(field)
    if (own >= 0) return this._stored(own)
    const [layer, index] = this._locate(field)
    return layer._stored(index)
  }

  /** Text of a field as `show()` prints it: the name of an enumerated value, hexadecimal where that is usual. */
  text(field: string): string {
    const [layer, index] = this._locate(field)
    return layer._layer.fields[index]!.show(layer._read(index), layer)
  }

  /** Makes a field automatic again: it is computed, or takes its default, when the packet is built. */
  unset(field: string): this {
    const [layer, index] = this._locate(field)
    layer._write(index, undefined)
    return this
  }

  _locate(field: string): [Packet, number] {
    for (let layer: Packet | null = this; layer !== null; layer = layer.payload) {
      const index = layer._layer.find(field)
      if (index >= 0) return [layer, index]
    }
    throw this._unknownField(field)
  }

  _unknownField(field: string): PacketError {
    const layers = this.layers()
    if (layers.length === 1) return this._layer.unknownField(field)
    const near = closest(
      field,
      layers.flatMap((layer) => layer._layer.fields.map((known) => known.name)),
    )
    const path = layers.map((layer) => layer.layerName).join(' / ')
    return new PacketError(`${path} has no field '${field}'${near === undefined ? '' : `; did you mean '${near}'?`}`)
  }

  // Capture

  /** Seconds since 1970 when it was captured, or undefined. */
  get time(): number | undefined {
    return this._meta?.time
  }

  set time(seconds: number | undefined) {
    this._meta?.touched?.(this)
    this._meta = { ...this._meta, time: seconds, seconds: undefined, nanoseconds: undefined }
  }

  /** Why this layer could not be read as it claims to be, or null. */
  get issue(): Issue | null {
    if (this._buffer !== null) this._contentStop()
    return this._issue
  }

  /** The issues of all layers from here inwards. */
  issues(): Issue[] {
    return this.layers().flatMap((layer) => layer.issue ?? [])
  }

  // Bytes

  /**
   * The packet's bytes: unchanged layers as they were read, the others built, with automatic lengths, types and checksums.
   * Of a set, the first packet's.
   */
  bytes(): Buffer {
    return buildPacket(this)
  }

  /** The packet's bytes as hexadecimal text. */
  hex(): string {
    return toHex(this.bytes())
  }

  /** Stacks a layer, a packet, text or bytes on the innermost layer (Scapy's `/`). Both sides are copied. */
  stack(next: Stackable): AnyPacket {
    const result = this.copy()
    ;(result.last as Packet).append(ownPacket(next))
    return result as AnyPacket
  }

  /** Puts a packet inside this innermost layer, without copying it. */
  append(inner: Packet): void {
    if (this._buffer !== null) this._ownValues()
    this._payload = inner
    inner._standOn(this)
  }

  /**
   * Gives a layer another one around it. Conditions may ask for that one: where they now say otherwise than the bytes,
   * the layer goes on without its bytes.
   */
  private _standOn(under: Packet | null): void {
    const { fields, hasConditions, tailStart } = this._layer
    if (!hasConditions || this._buffer === null) {
      this._under = under
      return
    }
    const tail = this._tail ?? this._decodeTail()
    this._under = under
    if (this._issue !== null) return
    const isAsRead = fields.every(
      (field, i) =>
        field.condition === null ||
        i < tailStart ||
        field.condition(this as AnyPacket) === (tail[i - tailStart] !== undefined),
    )
    if (isAsRead) return
    for (let inner = this.payload; inner !== null; inner = inner.payload);
    this._values = fields.map((field, i) =>
      field.automatic !== null && field.condition !== null ? undefined : this._stored(i),
    )
    this._hasLists = true
    this._buffer = null
    this._tail = null
    this._headerEnd = -1
    this._contentEnd = -1
  }

  /** An independent packet with the same layers, from here inwards. */
  copy(): this {
    const leavesLayers = this._under !== null && this._layer.hasConditions && this._buffer !== null
    if (leavesLayers && this._tail === null) this._decodeTail()
    // What stands behind it only the layers around it know.
    if (this._under !== null) for (let inner = this.payload; inner !== null; inner = inner.payload);
    const first = this._copyLayer()
    let under = first
    for (
      let from: Packet | null | undefined = this._payload;
      from !== null && from !== undefined;
      from = from._payload
    ) {
      const layer = from._copyLayer()
      layer._under = under
      under._payload = layer
      under = layer
    }
    if (leavesLayers) first._standOn(null)
    return first as this
  }

  private _copyLayer(): Packet {
    const layer = new Packet(this._layer, this._buffer, this._offset, this._end, null)
    layer._meta = this._meta
    layer._many = this._many
    layer._hasLists = this._hasLists
    if (this._values !== null) layer._values = this._hasLists ? cloneValues(this._values, layer) : this._values.slice()
    if (this._buffer === null) return layer
    layer._headerEnd = this._headerEnd
    layer._contentEnd = this._contentEnd
    layer._depth = this._depth
    layer._issue = this._issue
    if (this._payload === null) layer._payload = null
    if (this._tail !== null) layer._tail = cloneValues(this._tail, layer)
    return layer
  }

  /** Whether the other packet has the same layers and builds the same bytes. */
  equals(other: unknown): boolean {
    if (!(other instanceof Packet)) return false
    const mine = this.layers()
    const theirs = other.layers()
    return (
      mine.length === theirs.length &&
      mine.every((layer, i) => layer._layer === theirs[i]!._layer) &&
      sameBytes(this.bytes(), other.bytes())
    )
  }

  /** The packet as its bytes are read back: all automatic fields have their values. */
  rebuilt(): AnyPacket {
    // Conditions may ask for the layers around this one, which its bytes alone do not have.
    if (this._under !== null && this._layer.hasConditions) return this.copy().rebuilt()
    const bytes = this.bytes()
    const packet = Packet._dissect(this._layer, bytes, 0, bytes.length, null)
    packet._meta = this._meta
    return packet as AnyPacket
  }

  // Sets

  /** How many packets this one stands for: the product of its sets' sizes, without making them. */
  count(): number {
    return countOf(this)
  }

  /** The packets that this one stands for; random values are fixed in each. */
  [Symbol.iterator](): Generator<AnyPacket> {
    return expand(this)
  }

  // Printing

  /** All layers in one line: `IP / ICMP 192.168.0.10 > 192.168.0.254 echo-request 0 / Raw`. */
  summary(): string {
    return summaryOf(this)
  }

  /** Prints every field of every layer; automatic fields that are unset stand as `auto`. */
  show(options: PrintOptions = {}): string | undefined {
    return emit(showOf(this, painterFor(options)), options)
  }

  /** As `show()`, of the built packet: lengths and checksums have their values. */
  show2(options: PrintOptions = {}): string | undefined {
    return this.rebuilt().show(options)
  }

  /**
   * Prints the bytes: offset, hexadecimal, text. Those of fields or layers that are named stand out, and what they are stands
   * below: `packet.hexdump('TCP.flags')`, `packet.hexdump(['IP.src', 'IP.dst'])`, `packet.hexdump(TCP)`.
   * @throws PacketError for a name that is none
   */
  hexdump(options?: PrintOptions): string | undefined
  hexdump(fields?: FieldPath | readonly FieldPath[], options?: PrintOptions): string | undefined
  hexdump(given?: FieldPath | readonly FieldPath[] | PrintOptions, rest: PrintOptions = {}): string | undefined {
    const isNamed = typeof given === 'string' || typeof given === 'function' || Array.isArray(given)
    const options = isNamed ? rest : ((given as PrintOptions | undefined) ?? rest)
    const paint = painterFor(options)
    if (!isNamed) return emit(layerHexdump(this, paint), options)
    return emit(fieldHexdump(this, given as FieldPath | readonly FieldPath[], paint), options)
  }

  /**
   * Where a field, or the header of a layer, stands in this packet's bytes: `packet.rangeOf('TCP.flags')` gives
   * `{ layer, field, offset, length, bits: { first, count } }`. Lengths and the like are computed first, as for `bytes()`.
   * @returns undefined when this packet does not have the field: a conditional one, or one that its bytes broke off before
   * @throws PacketError for a name that is none
   */
  rangeOf(field: FieldPath): FieldRange | undefined {
    return rangeIn(placesOf(this), this, field)?.range
  }

  /** What another packet has otherwise than this one, field by field; see `diff`. */
  diff(other: Packet, options?: DiffOptions): PacketDiff {
    return diff(this, other, options)
  }

  /** Whether this packet answers another one, as `sr` decides it: layer by layer, both from their outermost layer on. */
  answers(request: Packet): boolean {
    return answers(this, request)
  }

  /**
   * A text with fields in it: `packet.sprintf('%IP.src% > %IP.dst%{TCP: %TCP.flags%}')`, in Scapy's notation (see `sprintf.ts`).
   * What the packet does not have is `??`. @throws PacketError for a format, a layer or a field that is none
   */
  sprintf(format: string): string {
    return sprintf(this, format, LAYERS)
  }

  /** Makes every field automatic again whose value is the one that it would have anyway, in all layers from here inwards. */
  hideDefaults(): this {
    hideDefaults(this)
    return this
  }

  /**
   * This packet with bytes of it read as another layer: those that nobody understood, or the payload of a layer that is named:
   * `packet.decodeAs(RTP)`, `packet.decodeAs(UDP, RTP)`. For all packets of a kind: `bind`.
   * @throws PacketError where the packet has no such layer, or nothing in it
   */
  decodeAs(as: LayerReference | string): AnyPacket
  decodeAs(under: LayerReference | string, as: LayerReference | string): AnyPacket
  decodeAs(first: LayerReference | string, second?: LayerReference | string): AnyPacket {
    const under = second === undefined ? undefined : first
    return decodeAs(this, under, second ?? first, LAYERS) as AnyPacket
  }

  /** The JavaScript expression that builds this packet. */
  command(): string {
    return commandOf(this)
  }

  /** The JSON form that `netshell read --json` prints (docs/json.md). */
  toJSON(): PacketJson {
    return jsonOf(this)
  }

  toString(): string {
    return this.summary()
  }

  /** Fields of this one layer, name and text, as `show()` prints them. */
  fieldsText(): [name: string, text: string][] {
    return fieldsText(this)
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `<${this.summary()}>`
  }
}

function emit(text: string, options: PrintOptions): string | undefined {
  if (options.dump === true) return text
  print(text)
  return undefined
}

/** Where the outermost layer around this one starts in the same buffer. */
function startOf(packet: Packet): number {
  let outermost = packet
  while (outermost._under !== null && outermost._under._buffer === packet._buffer) outermost = outermost._under
  return outermost._offset
}

/** Whether a layer around this one may have a trailer, with layers in it, behind this one's bytes. */
function mayTrail(inner: Packet): boolean {
  for (let outer = inner._under; outer !== null; outer = outer._under)
    if (outer._layer.behaviour.trailer !== undefined) return true
  return false
}

/** What cut a layer short, for messages: the length field of an outer layer, or the end of the packet. */
function endSource(under: Packet | null): string {
  for (let outer = under; outer !== null; outer = outer._under) {
    const { behaviour, layerName } = outer._layer
    if (outer._contentEnd >= 0 && outer._contentEnd < outer._end)
      return `${layerName}.${behaviour.payloadLengthField ?? 'length'}`
  }
  return 'packet'
}

function cloneValues(values: readonly unknown[], under: Packet | null): unknown[] {
  const clone = values.slice()
  for (let i = 0; i < clone.length; i++) if (typeof clone[i] === 'object') clone[i] = cloneValue(clone[i], under)
  return clone
}

/** A layer inside a field keeps the packet that holds it as its `under`. */
function cloneValue(value: unknown, under: Packet | null): unknown {
  if (Array.isArray(value)) return cloneValues(value, under)
  if (!(value instanceof Packet)) return value
  const copy = value.copy()
  if (value._under !== null) copy._under = under
  return copy
}

/** A field's stored value for what a user gave: a value of its kind, a set of them, or a random value. */
function coerceOrSet(field: Field, value: unknown): unknown {
  if (typeof value === 'object' || typeof value === 'string') {
    if (value instanceof Deferred) return value
    const set = asSet(field, value)
    if (set !== undefined) return set
    if (typeof value === 'object' && field.codec !== null && field.codec.holdsLayers !== true && holdsDeferred(value))
      return new PartlyDeferred(field, value)
  }
  return field.coerce(value)
}

/** The packet of a stackable thing. @throws PacketError */
export function asPacket(value: unknown): Packet {
  if (value instanceof Packet) return value
  if (typeof value === 'string' || value instanceof Uint8Array || value instanceof Deferred) {
    const raw = new Packet(opaqueDefinition, null, 0, 0, null)
    raw._values = [typeof value === 'string' ? toBytes(value) : value]
    raw._many = value instanceof Deferred
    return raw
  }
  if (typeof value === 'function' && (value as unknown as LayerReference).definition instanceof LayerDefinition) {
    return new Packet((value as unknown as LayerReference).definition, null, 0, 0, null)
  }
  throw new PacketError(`only a layer, a packet, text or bytes can be stacked on a packet, not ${describe(value)}`)
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  return typeof value === 'object' ? 'an object' : `the ${typeof value} ${String(value)}`
}

/** The packet of a stackable thing, which nobody else holds. */
export function ownPacket(value: unknown): Packet {
  return value instanceof Packet ? value.copy() : asPacket(value)
}

/** A new packet of one layer with these field values. @throws PacketError for an unknown field or a value that does not fit */
export function createPacket(
  definition: LayerDefinition,
  fields: Readonly<Record<string, unknown>> | undefined,
): Packet {
  if (!definition.isPrepared) definition.prepare()
  const packet = new Packet(definition, null, 0, 0, null)
  definition.use()
  if (fields === undefined) return packet
  const values = definition.noValues.slice()
  packet._values = values
  if (definition.fill !== null) definition.fill(packet, values, fields, fillSlowly)
  else for (const name in fields) fillSlowly(packet, definition.find(name), name, fields[name])
  return packet
}

function fillSlowly(packet: Packet, index: number, name: string, value: unknown): void {
  const definition = packet._layer
  if (index < 0) throw definition.unknownField(name)
  if (value === undefined || value === null) return
  packet._values![index] = packet._noted(coerceOrSet(definition.fields[index]!, value))
}

/**
 * Makes a layer known by its name, and its fields reachable on every packet. A layer of the same name is replaced.
 * @throws PacketError for a name that packets, fields or layers have already
 */
export function registerDefinition(definition: LayerDefinition): void {
  loadLayers()
  const { layerName } = definition
  const isField = fieldAccess.reach(layerName)
  // Not `in`: that looks for the name in layers that nobody has used yet, and makes the fields of them all.
  if (isField || Object.hasOwn(Packet.prototype, layerName) || layerName in Object.prototype) {
    const what = isField ? 'a field of another layer' : 'a part of every packet'
    throw new PacketError(`a layer cannot be named '${layerName}': packet['${layerName}'] is ${what}`)
  }
  // Those of a layer that waits for its first use are looked at then; a test looks at them all.
  for (const { name } of definition.fields) {
    if (definitions.has(name) || name === layerName)
      throw new PacketError(
        `a field cannot be named '${name}': that is a layer; choose another name, such as '${name}_'`,
      )
  }
  if (definition.isPrepared) fieldAccess.expose(definition)
  const before = definitions.get(layerName)
  if (before !== undefined) for (const lower of definitions.values()) lower.replaceUpper(before, definition)
  definitions.set(definition.layerName, definition)
}

const fieldAccess = new FieldAccess(Packet.prototype)
LayerDefinition.expose = (definition) => fieldAccess.expose(definition)

watchNames(
  Packet.prototype,
  fieldAccess,
  (value): value is Packet => value instanceof Packet,
  (name) => definitions.has(name),
  () => {
    for (const definition of allDefinitions()) definition.prepare()
  },
)

// A bundler gives a class that names itself in its own body another name; people read this one.
Object.defineProperty(Packet, 'name', { value: 'Packet' })
