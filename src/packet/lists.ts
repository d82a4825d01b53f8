import { writeNested } from './build.js'
import type { Reader, Writer } from './bytes.js'
import { PacketError } from './errors.js'
import { type AnyPacket, type Codec, Field, Kind } from './field.js'
import { packetFromJson } from './json-in.js'
import { type Extent, extentOf } from './kinds.js'
import type { LayerDefinition, LayerReference } from './layer-definition.js'
import { listExtentNames } from './layout-check.js'
import { printed } from './literal.js'
import { createPacket, Packet } from './packet.js'

/** More elements than any real packet has; what a hostile count says beyond that is not read. */
const MAX_ELEMENTS = 65536

/** Where a list ends: after a number of elements, after a number of bytes, or (neither given) with the layer. */
export interface ListExtent {
  count?: Extent
  length?: Extent
}

function* elements(reader: Reader, extent: ListExtent, packet: AnyPacket): Generator<Reader> {
  const length = extentOf(extent.length, packet)
  const inner = length === undefined ? reader : reader.sub(length)
  const count = extentOf(extent.count, packet)
  const most = Math.min(count ?? MAX_ELEMENTS, MAX_ELEMENTS)
  if (count !== undefined && count > most) inner.fail(`a list of ${count} elements; at most ${most} are read`)
  try {
    for (let i = 0; i < most && (count !== undefined || inner.left > 0) && inner.missing === 0; i++) yield inner
  } finally {
    // Also where the one who reads has stopped in the middle.
    if (inner !== reader && inner.missing > 0 && reader.missing === 0) {
      reader.missing = inner.missing
      reader.reason = inner.reason
    }
  }
}

/** Lists of plain values: numbers, addresses, byte strings. */
class ListCodec<T> implements Codec<T[]> {
  readonly kindName = 'list'
  readonly needs: readonly string[]
  constructor(
    private readonly element: Field<T, never>,
    private readonly extent: ListExtent,
  ) {
    this.needs = listExtentNames('list', extent as Readonly<Record<string, unknown>>)
  }

  read(reader: Reader, packet: AnyPacket): T[] {
    const values: T[] = []
    for (const inner of elements(reader, this.extent, packet)) {
      const { element } = this
      if (element.kind === Kind.CODEC) values.push(element.codec!.read(inner, packet))
      else if (inner.need(element.size)) {
        values.push(element.presentAt(inner.buffer, inner.position) as T)
        inner.position += element.size
      }
    }
    return values
  }

  write(writer: Writer, values: T[], packet: AnyPacket): void {
    for (const value of values) {
      const stored = this.element.coerce(value)
      if (this.element.kind === Kind.CODEC) this.element.codec!.write(writer, stored, packet)
      else {
        const at = writer.reserve(this.element.size)
        this.element.writeAt(writer.buffer, at, stored)
      }
    }
  }

  coerce(value: unknown, where: string): T[] {
    if (!Array.isArray(value)) throw new PacketError(`${where}: ${printed(value)} is no list`)
    const [layerName, name] = where.split('.') as [string, string]
    this.element.layerName = layerName
    this.element.name = name
    return value.map((element) => this.element.present(this.element.coerce(element)) as T)
  }

  empty(): T[] {
    return []
  }

  show(values: T[]): string {
    return `[${values.map((value) => this.element.show(value)).join(', ')}]`
  }

  json(values: T[]): unknown {
    return values.map((value) => this.element.json(value))
  }

  parse(json: unknown): unknown {
    return Array.isArray(json) ? json.map((element) => this.element.parse(element)) : json
  }

  command(values: T[]): string {
    return `[${values.map((value) => this.element.command(value)).join(', ')}]`
  }

  same(a: T[], b: T[]): boolean {
    const codec = this.element.codec
    return a.length === b.length && a.every((value, i) => (codec === null ? value === b[i] : codec.same(value, b[i])))
  }
}

/** A list of values of one kind: `list(ipv4(), { count: 'numsrc' })`. */
export function list<T, In>(element: Field<T, In>, extent: ListExtent = {}): Field<T[], readonly In[]> {
  if (!(element instanceof Field))
    throw new PacketError(
      `list(${printed(element)}) wants the kind of its elements: list(u16()), list(ipv4(), {count: 'n'})`,
    )
  return new Field<T[], readonly In[]>(Kind.CODEC, 0, new ListCodec(element as unknown as Field<T, never>, extent))
}

/** Which layer an element of a list has: always the same, or told by the bytes ahead. */
export type ElementLayer = LayerReference | ((reader: Reader, packet: AnyPacket) => LayerReference)

/** Lists of layers. Elements are packets; their `under` is the packet that holds the list. */
export class LayerListCodec implements Codec<Packet[]> {
  readonly kindName: string = 'layers'
  readonly holdsLayers = true
  readonly needs: readonly string[]
  constructor(
    private readonly element: ElementLayer,
    private readonly extent: ListExtent,
    private readonly single: boolean,
  ) {
    const kind = single ? 'nested' : 'layers'
    if (typeof element !== 'function' && !(typeof element === 'object' && element !== null && 'definition' in element))
      throw new PacketError(
        (element as unknown) instanceof Field
          ? `${kind}(…) wants a layer; list(…) takes values of one kind`
          : `${kind}(${printed(element)}): give a layer, or a function that tells it from the bytes`,
      )
    this.needs = listExtentNames(kind, extent as Readonly<Record<string, unknown>>)
  }

  private layerAt(reader: Reader, packet: AnyPacket): LayerDefinition {
    return 'definition' in this.element ? this.element.definition : this.element(reader, packet).definition
  }

  read(reader: Reader, packet: AnyPacket): Packet[] {
    const values: Packet[] = []
    for (const inner of elements(reader, this.single ? { ...this.extent, count: 1 } : this.extent, packet)) {
      const definition = this.layerAt(inner, packet)
      if (inner.left < definition.fixedSize) {
        inner.need(definition.fixedSize)
        break
      }
      const element = Packet._dissect(definition, inner.buffer, inner.position, inner.end, packet)
      const stop = element._headerStop()
      if (element._issue !== null) {
        packet._issue ??= element._issue
        inner.missing = 1
        break
      }
      // Without an end of its own a list would go on for ever.
      if (stop <= inner.position && !(this.single && definition.fields.length === 0)) break
      element._end = stop
      element._contentEnd = stop
      element._payload = null
      values.push(element)
      inner.position = stop
    }
    return values
  }

  write(writer: Writer, values: Packet[], packet: AnyPacket): void {
    for (const value of values) {
      value._under ??= packet
      writeNested(writer, value)
    }
  }

  coerce(value: unknown, where: string): Packet[] {
    const given = Array.isArray(value) ? value : [value]
    return given.map((element: unknown) => {
      if (element instanceof Packet) return element
      if ('definition' in this.element && typeof element === 'object' && element !== null) {
        return createPacket(this.element.definition, element as Record<string, unknown>)
      }
      throw new PacketError(
        `${where}: ${printed(element)} is no layer; give a list of layers such as [${'definition' in this.element ? this.element.definition.layerName : 'Layer'}({…})]`,
      )
    })
  }

  empty(): Packet[] {
    return []
  }

  show(values: Packet[]): string {
    return `[${values
      .map(
        (value) =>
          `${value.layerName}(${value
            .fieldsText()
            .map(([name, text]) => `${name}=${text}`)
            .join(' ')})`,
      )
      .join(', ')}]`
  }

  json(values: Packet[]): unknown {
    return values.map((value) => value.toJSON().layers[0])
  }

  parse(json: unknown): unknown {
    return Array.isArray(json) ? json.map((layer) => packetFromJson({ layers: [layer] })) : json
  }

  command(values: Packet[]): string {
    return `[${values.map((value) => value.command()).join(', ')}]`
  }

  same(a: Packet[], b: Packet[]): boolean {
    return (
      a.length === b.length &&
      a.every((value, i) => value._isUntouched() && value._offset === b[i]!._offset && value._buffer === b[i]!._buffer)
    )
  }
}

/** A list of layers: `layers(DNSRR, { count: 'ancount' })`, or with a function that tells each element's layer from the bytes ahead. */
export function layers(element: ElementLayer, extent: ListExtent = {}): Field<Packet[], readonly unknown[] | Packet> {
  return new Field<Packet[], readonly unknown[] | Packet>(Kind.CODEC, 0, new LayerListCodec(element, extent, false))
}

/** A list that holds one layer. */
export function nested(element: ElementLayer, length?: Extent): Field<Packet[], readonly unknown[] | Packet> {
  return new Field<Packet[], readonly unknown[] | Packet>(
    Kind.CODEC,
    0,
    new LayerListCodec(element, length === undefined ? {} : { length }, true),
  )
}
