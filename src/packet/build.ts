import { BuildContext } from './build-context.js'
import { Writer } from './bytes.js'
import { PacketError } from './errors.js'
import { type AnyPacket, type Field, Kind } from './field.js'
import type { LayerDefinition } from './layer-definition.js'
import { printed } from './literal.js'
import type { Packet } from './packet.js'

/**
 * Building goes from the innermost layer outwards and writes each header in front of what is there already, so that
 * lengths and checksums are computed over a finished payload. Packets are written one before the other from the end
 * of a slab; the result is a view on it, never written again.
 */

const SLAB_SIZE = 65536

/** One packet being built: the slab and the places in it, which move together when the slab has to grow. */
class Workshop {
  slab = new Uint8Array(SLAB_SIZE)
  /** The same memory, for cutting results out of it. */
  buffer = Buffer.from(this.slab.buffer)
  /** Where the next header ends: the start of what is written so far. */
  position = SLAB_SIZE
  end = SLAB_SIZE
  /** End of the payload that lengths count, without padding. */
  limit = SLAB_SIZE
  /** The same for the layer that owns a trailer. */
  outerLimit = SLAB_SIZE
  /** Where a trailer starts whose owner is not yet written, or -1. */
  trailerAt = -1
  readonly context = new BuildContext()
  readonly writer = new Writer()
  /** Where each layer was put, when somebody wants to know. */
  placements: Map<Packet, Placement> | null = null

  /** Makes room for `need` more bytes in front of `position`. */
  reserve(need: number): void {
    if (this.position >= need) return
    const written = this.end - this.position
    const slab = new Uint8Array(Math.max(SLAB_SIZE, (written + need) * 2))
    slab.set(this.slab.subarray(this.position, this.end), slab.length - written)
    const shift = slab.length - this.end
    this.slab = slab
    this.buffer = Buffer.from(slab.buffer)
    this.position += shift
    this.end += shift
    this.limit += shift
    this.outerLimit += shift
    if (this.trailerAt >= 0) this.trailerAt += shift
  }
}

/** Where building has put a layer. */
export interface Placement {
  /** Bytes from the start of its header to the end of the packet. */
  fromEnd: number
  headerLength: number
  /** Where its conditional and variable fields stand, from the header's start. */
  tailStarts: number[]
  tailEnds: number[]
}

/** A packet inside a field of another is built while the other one is: each depth has its own workshop. */
const workshops: Workshop[] = [new Workshop()]
let depth = 0

/** The bytes of a packet from this layer inwards. @throws PacketError when a computed value does not fit its field */
export function buildPacket(packet: Packet): Buffer {
  if (packet._buffer !== null && isUntouched(packet))
    return Buffer.from(packet._buffer.subarray(packet._offset, packet._lastEnd()))
  if (standsForMany(packet)) return buildPacket(packet[Symbol.iterator]().next().value as Packet)
  workshops[depth] ??= new Workshop()
  const workshop = workshops[depth]!
  depth++
  try {
    return build(packet, workshop)
  } finally {
    depth--
  }
}

/**
 * The bytes of one packet that is no set, and where each of its layers was put.
 * @throws PacketError when a computed value does not fit its field
 */
export function buildPlaced(packet: Packet): { bytes: Buffer; placements: ReadonlyMap<Packet, Placement> } {
  workshops[depth] ??= new Workshop()
  const workshop = workshops[depth]!
  const placements = new Map<Packet, Placement>()
  workshop.placements = placements
  depth++
  try {
    return { bytes: build(packet, workshop), placements }
  } finally {
    depth--
    workshop.placements = null
  }
}

/** Whether the packet still is what its bytes say. */
export function isUntouchedPacket(packet: Packet): boolean {
  return packet._buffer !== null && isUntouched(packet)
}

function isUntouched(packet: Packet): boolean {
  for (let layer: Packet | null | undefined = packet; layer !== null && layer !== undefined; layer = layer._payload) {
    if (layer._values !== null || !layer._isUntouched()) return false
  }
  return true
}

/** Whether a field of the packet has a set or a random value. */
export function standsForMany(packet: Packet): boolean {
  for (let layer: Packet | null | undefined = packet; layer !== null && layer !== undefined; layer = layer._payload)
    if (layer._many) return true
  return false
}

function build(packet: Packet, workshop: Workshop): Buffer {
  const { context } = workshop
  let innermost = packet
  for (let inner = packet.payload; inner !== null; inner = inner.payload) innermost = inner
  workshop.end = workshop.position
  workshop.limit = workshop.position
  workshop.outerLimit = workshop.position
  workshop.trailerAt = -1
  for (let layer: Packet | null = innermost; layer !== null; layer = layer === packet ? null : layer._under) {
    const definition = layer._layer
    if (definition.isOpaque) {
      writeOpaque(layer, definition.isPadding, workshop)
      if (workshop.placements !== null) notePlace(layer, workshop, workshop.placements)
      continue
    }
    const ownsTrailer = definition.behaviour.trailer !== undefined
    if (ownsTrailer) takeTrailer(layer, workshop)
    context.packet = layer
    writeHeader(layer, definition, workshop)
    if (workshop.placements !== null) notePlace(layer, workshop, workshop.placements)
    if (ownsTrailer) workshop.trailerAt = -1
    if (definition.behaviour.isTrailer === true) {
      workshop.limit = workshop.position
      workshop.trailerAt = workshop.position
    }
  }
  return workshop.buffer.subarray(workshop.position, workshop.end)
}

/** Notes where a layer that was just written stands. */
function notePlace(layer: Packet, workshop: Workshop, placements: Map<Packet, Placement>): void {
  const { context, position, end } = workshop
  const definition = layer._layer
  const placement: Placement = { fromEnd: end - position, headerLength: 0, tailStarts: [], tailEnds: [] }
  placements.set(layer, placement)
  if (definition.isOpaque) {
    placement.headerLength = (layer._stored(0) as Uint8Array).length
    placement.tailStarts.push(0)
    placement.tailEnds.push(placement.headerLength)
    return
  }
  placement.headerLength = context.headerLength
  const count = definition.fields.length - definition.tailStart
  if (count === 0) return
  if (context.isTailNew || tailIsEmpty(layer, definition)) {
    placement.tailStarts.push(...context.tailStarts.slice(0, count))
    placement.tailEnds.push(...context.tailEnds.slice(0, count))
  } else layer._measureTail(placement.tailStarts, placement.tailEnds)
}

function writeOpaque(layer: Packet, isPadding: boolean, workshop: Workshop): void {
  const load = layer._stored(0) as Uint8Array
  const { length } = load
  workshop.reserve(length)
  const { slab } = workshop
  const start = workshop.position - length
  slab.set(load, start)
  workshop.position = start
  if (!isPadding) return
  workshop.limit = start
  // Padding in front of a trailer belongs to the trailer's owner.
  if (workshop.trailerAt < 0) workshop.outerLimit = start
}

/** Counts the trailer as payload of the layer that owns it, and moves it to where it belongs. */
function takeTrailer(layer: Packet, workshop: Workshop): void {
  workshop.limit = workshop.outerLimit
  const { trailerOffset } = layer._layer.behaviour
  if (workshop.trailerAt < 0 || trailerOffset === undefined || layer._buffer !== null) return
  const length = workshop.trailerAt - workshop.position
  const missing = trailerOffset(length) - length
  if (missing <= 0) return
  workshop.reserve(missing)
  const start = workshop.position - missing
  // What stands in front of the trailer moves away from it.
  for (const placement of workshop.placements?.values() ?? [])
    if (workshop.end - placement.fromEnd < workshop.trailerAt) placement.fromEnd += missing
  workshop.slab.copyWithin(start, workshop.position, workshop.trailerAt)
  workshop.slab.fill(0, workshop.trailerAt - missing, workshop.trailerAt)
  workshop.position = start
}

/** Writes one header in front of what is there. */
function writeHeader(layer: Packet, definition: LayerDefinition, workshop: Workshop): void {
  const { context, writer } = workshop
  const { fixedSize, fields, tailStart } = definition
  const buffer = layer._buffer
  let source: Uint8Array | null = null
  let from = 0
  let length = fixedSize
  let isRewritten = false
  if (tailStart === fields.length) {
    // No tail to write.
  } else if (tailIsEmpty(layer, definition)) context.emptyTail(fixedSize, fields.length - tailStart)
  else {
    if (buffer !== null && keepsTail(layer, definition)) {
      source = buffer
      from = layer._offset
      length = layer._headerStop() - from
      // What is computed may ask where the tail's fields stand.
      if (computesLengths(layer, definition)) layer._measureTail(context.tailStarts, context.tailEnds)
    } else {
      writer.length = 0
      writer.start = 0
      writer.names = null
      writer.reserve(fixedSize)
      writeTail(layer, definition, context, writer)
      source = writer.buffer
      length = writer.length
      isRewritten = true
    }
  }
  workshop.reserve(length)
  const { slab } = workshop
  const start = workshop.position - length
  if (source !== null) for (let i = fixedSize; i < length; i++) slab[start + i] = source[from + i]!
  writeFixed(layer, definition, slab, start)
  context.buffer = slab
  context.start = start
  context.payloadStart = workshop.position
  context.payloadEnd = workshop.limit
  context.trailerStart = workshop.trailerAt < 0 ? workshop.limit : workshop.trailerAt
  workshop.position = start
  context.isTailNew = isRewritten
  if (buffer === null || isRewritten || layer._values !== null) compute(layer, definition, context, buffer !== null)
}

/** Whether a field was made automatic again that may stand behind others of the tail or ask for their lengths. */
function computesLengths(layer: Packet, definition: LayerDefinition): boolean {
  const values = layer._values
  if (values === null) return false
  const { automatic } = definition
  for (let i = 0; i < automatic.length; i++) {
    const { index, isChecksum, offset } = automatic[i]!
    if ((!isChecksum || offset < 0) && values[index] !== undefined && !layer._isSet(index)) return true
  }
  return false
}

/** Whether no tail field is set and their defaults take no bytes, as in a TCP header without options. */
function tailIsEmpty(layer: Packet, definition: LayerDefinition): boolean {
  if (layer._buffer !== null || !definition.hasEmptyTail) return false
  const values = layer._values
  if (values === null) return true
  for (let i = definition.tailStart; i < values.length; i++) if (values[i] !== undefined) return false
  return true
}

/** Whether a dissected layer's tail bytes still say what its fields do. */
function keepsTail(layer: Packet, definition: LayerDefinition): boolean {
  const values = layer._values
  if (values !== null) {
    // A condition may test any field but automatic ones; those are computed into the bytes as they are.
    for (let i = definition.hasConditions ? 0 : definition.tailStart; i < values.length; i++) {
      if (values[i] !== undefined && (definition.fields[i]!.automatic === null || layer._isSet(i))) return false
    }
  }
  return !layer._tailChanged()
}

function writeTail(layer: Packet, definition: LayerDefinition, context: BuildContext, writer: Writer): void {
  const { fields, tailStart } = definition
  const base = writer.start
  let group = -1
  let groupAt = 0
  for (let i = tailStart; i < fields.length; i++) {
    const field = fields[i]!
    const at = writer.length
    context.tailStarts[i - tailStart] = at - base
    if (field.condition === null || field.condition(layer as AnyPacket)) {
      const value = layer._stored(i)
      if (field.kind === Kind.BITS) {
        if (group !== field.group) {
          group = field.group
          groupAt = writer.reserve(field.groupSize)
        }
        context.tailStarts[i - tailStart] = groupAt + (field.bitStart >>> 3) - base
        if (value !== undefined) field.writeAt(writer.buffer, groupAt + (field.bitStart >>> 3), value)
      } else if (field.kind === Kind.CODEC) {
        const codec = field.codec!
        if (value !== undefined && codec.isLossy === true && layer._isFromBytes(i)) writer.bytes(layer._tailBytes(i))
        else codec.write(writer, value ?? codec.empty(), layer as AnyPacket)
      } else {
        writer.reserve(field.size)
        if (value !== undefined) field.writeAt(writer.buffer, at, value)
      }
    }
    context.tailEnds[i - tailStart] = writer.length - base
  }
}

function writeFixed(layer: Packet, definition: LayerDefinition, into: Uint8Array, start: number): void {
  const { fixedSize, fields, tailStart, template } = definition
  const values = layer._values
  const buffer = layer._buffer
  if (buffer === null && definition.writeFresh !== null)
    definition.writeFresh(layer, values ?? (definition.noValues as unknown[]), into, start, writeSlowly)
  else {
    if (buffer === null) into.set(template, start)
    else for (let i = 0; i < fixedSize; i++) into[start + i] = buffer[layer._offset + i]!
    if (values !== null)
      for (let i = 0; i < tailStart; i++) if (values[i] !== undefined) writeSlowly(layer, i, into, start)
  }
  if (buffer !== null) return
  const payload = layer._payload
  if (payload !== null && payload !== undefined) {
    const overloads = definition.overloads(payload._layer)
    if (overloads !== undefined) {
      for (let i = 0; i < overloads.length; i++) {
        const [index, value] = overloads[i]!
        if (index < tailStart && (values === null || values[index] === undefined))
          fields[index]!.writeAt(into, start + fields[index]!.offset, value)
      }
    }
  }
  const { dynamic } = definition
  for (let i = 0; i < dynamic.length; i++) {
    const field = dynamic[i]!
    if (field.offset < 0 || (values !== null && values[field.index] !== undefined)) continue
    const value = layer._stored(field.index)
    if (value !== undefined) field.writeAt(into, start + field.offset, value)
  }
}

function writeSlowly(layer: Packet, index: number, into: Uint8Array, start: number): void {
  const field = layer._layer.fields[index]!
  const value = layer._stored(index)
  if (value !== undefined) field.writeAt(into, start + field.offset, value)
  else for (let byte = 0; field.kind !== Kind.BITS && byte < field.size; byte++) into[start + field.offset + byte] = 0
}

/** Fills the automatic fields: lengths first, then what the layer finishes itself, then checksums. */
function compute(layer: Packet, definition: LayerDefinition, context: BuildContext, fromBytes: boolean): void {
  const { automatic, behaviour } = definition
  const values = layer._values
  const { computeFresh } = definition
  if (
    layer._buffer === null &&
    computeFresh !== null &&
    behaviour.finish === undefined &&
    !definition.overloadsAutomatic
  ) {
    computeFresh(values ?? definition.noValues, context, context.buffer, context.start, refuse)
    return
  }
  let finished = behaviour.finish === undefined
  for (let i = 0; i < automatic.length; i++) {
    const field = automatic[i]!
    if (field.isChecksum && !finished) {
      behaviour.finish!(context)
      finished = true
    }
    if (layer._isSet(field.index) || (fromBytes && layer._isFromBytes(field.index))) continue
    if (field.condition !== null && !field.condition(layer as AnyPacket)) continue
    // In a tail that was copied the old value still stands.
    if (field.isChecksum && field.offset < 0) writeComputed(field, 0, context, definition)
    const overloaded = definition.overloadsAutomatic ? layer._stored(field.index) : undefined
    writeComputed(
      field,
      overloaded === undefined ? field.automatic!(context) : (overloaded as number),
      context,
      definition,
    )
  }
  if (!finished) behaviour.finish!(context)
}

function refuse(field: Field, value: number): never {
  throw new PacketError(
    `${field.where}: the computed value ${printed(value)} does not fit ${field.bits} bits (0..${field.maximum}); make the packet smaller or set the field`,
  )
}

function writeComputed(field: Field, value: number, context: BuildContext, definition: LayerDefinition): void {
  if (!(value >= 0 && value <= field.maximum)) refuse(field, value)
  const offset = field.offset >= 0 ? field.offset : context.tailStarts[field.index - definition.tailStart]
  // A field that the bytes broke off before has no place.
  if (offset === undefined) return
  field.writeAt(context.buffer, context.start + offset, value)
}

/**
 * Writes a packet that is the value of a field of another one: always from its fields, never copied, because bytes such
 * as DNS names depend on where they stand. Its automatic fields are computed unless they were set by hand.
 */
export function writeNested(writer: Writer, packet: Packet): void {
  if (standsForMany(packet)) {
    // Whoever asks for all packets of a set gets them one by one; here the first value stands, or a random one.
    const first = packet[Symbol.iterator]().next().value as Packet
    first._under = packet._under
    writeNested(writer, first)
    return
  }
  const definition = packet._layer
  const { fixedSize, fields, tailStart } = definition
  const context = new BuildContext()
  context.isTailNew = true
  const outerStart = writer.start
  const start = writer.length
  writer.start = start
  writer.reserve(fixedSize)
  if (tailStart < fields.length) writeTail(packet, definition, context, writer)
  writeFixed(packet, definition, writer.buffer, start)
  const payloadStart = writer.length
  if (packet.payload !== null) writer.bytes(packet.payload.bytes())
  context.packet = packet
  context.buffer = writer.buffer
  context.start = start
  context.payloadStart = payloadStart
  context.payloadEnd = writer.length
  compute(packet, definition, context, false)
  writer.start = outerStart
}
