/** The four sections of a DNS message: lists of questions or records. What can be read of a damaged one is kept. */
import {
  type AnyPacket,
  createPacket,
  Field,
  Kind,
  type LayerDefinition,
  LayerListCodec,
  type LayerReference,
  Packet,
  PacketError,
  packetFromJson,
  printed,
  type Reader,
  type Writer,
  writeNested,
} from '../../packet/index.js'
import { beginNames, lengthPrefix, nameEnd } from './dns-names.js'
import { DNS_TYPES, typeNumber } from './dns-numbers.js'
import { DNSRR, RECORD_LAYERS } from './dns-records.js'

const SECTIONS = ['qd', 'an', 'ns', 'ar'] as const

/** Type, class, ttl and length of a record. */
const FIXED = 10

/** What an element may be given as: a packet, a layer, an object of its fields, for a question its name alone. */
export type SectionInput = Packet | LayerReference | Readonly<Record<string, unknown>> | string

class SectionCodec extends LayerListCodec {
  override readonly kindName = 'records'
  constructor(
    private readonly section: string,
    private readonly countField: string,
    /** Layer of questions; without it the section holds records. */
    private readonly question: LayerReference | null,
  ) {
    super(question ?? DNSRR, {}, false)
  }

  override read(reader: Reader, packet: AnyPacket): Packet[] {
    const elements: Packet[] = []
    // Behind an element that could not be read nothing else can be found.
    if (packet._issue !== null) return elements
    const isCut = goesOn(reader, packet)
    if (isCut && !this.followsWhole(packet)) return elements
    const end = messageEnd(reader, packet)
    const count = packet._stored(packet._layer.indexOf(this.countField)) as number
    for (let i = 0; i < count; i++) {
      const element =
        this.question === null
          ? readRecord(reader, end, packet)
          : Packet._dissect(this.question.definition, reader.buffer, reader.position, end, packet)
      const stop = element._headerStop()
      if (element._issue !== null) {
        // What stands in the next segment is not missing.
        if (!isCut) packet._issue = element._issue
        break
      }
      element._end = stop
      element._contentEnd = stop
      element._payload = null
      elements.push(element)
      reader.position = stop
    }
    return elements
  }

  /** Whether all sections in front of this one have what their counts say. */
  private followsWhole(packet: AnyPacket): boolean {
    for (const section of SECTIONS) {
      if (section === this.section) break
      const elements = packet.raw(section) as unknown[] | undefined
      if ((elements?.length ?? 0) < (packet.raw(`${section}count`) as number)) return false
    }
    return true
  }

  override write(writer: Writer, elements: Packet[], packet: AnyPacket): void {
    if (this.question !== null) beginNames(writer, writer.start + lengthPrefix(packet))
    for (const element of elements) {
      element._under ??= packet
      writeNested(writer, element)
    }
  }

  override coerce(value: unknown, where: string): Packet[] {
    return (Array.isArray(value) ? value : [value]).map((given: unknown) => this.elementOf(given, where))
  }

  private elementOf(given: unknown, where: string): Packet {
    if (given instanceof Packet) return given
    if (typeof given === 'function' && 'definition' in given)
      return createPacket((given as unknown as LayerReference).definition, undefined)
    if (typeof given === 'string' && this.question !== null)
      return createPacket(this.question.definition, { qname: given })
    if (typeof given === 'object' && given !== null && !Array.isArray(given)) {
      return createPacket(this.question?.definition ?? recordLayer(given, where), given as Record<string, unknown>)
    }
    const example =
      this.question === null
        ? "{rrname: 'example.org', rdata: '192.0.2.1'}"
        : "'example.org' or {qname: 'example.org', qtype: 'MX'}"
    throw new PacketError(
      `${where}: ${printed(given)} cannot stand in section ${this.section}; give a list of ${example}`,
    )
  }

  /** The lengths of records are left to be computed: how long a compressed name is depends on those before it. */
  override parse(json: unknown): unknown {
    if (!Array.isArray(json)) return json
    return json.map((element: { name?: unknown; fields?: Record<string, unknown> } | string) => {
      if (typeof element !== 'object' || element.fields === undefined) return element
      const { rdlen: _, ...fields } = element.fields
      return packetFromJson({ layers: [{ name: element.name, fields }] })
    })
  }

  override command(elements: Packet[]): string {
    return `[${elements.map(elementCommand).join(', ')}]`
  }
}

/** Over TCP a message ends where its length says, when that lies within the packet. */
function messageEnd(reader: Reader, packet: AnyPacket): number {
  const prefix = lengthPrefix(packet)
  return prefix === 0 ? reader.end : Math.min(reader.end, packet._offset + prefix + (packet.raw('length') as number))
}

/** Whether a message over TCP goes on behind what is there, in another segment. */
function goesOn(reader: Reader, packet: AnyPacket): boolean {
  const prefix = lengthPrefix(packet)
  return prefix > 0 && packet._offset + prefix + (packet.raw('length') as number) > reader.end
}

/** The record at the reader's position: of its type's own layer where its data reads as that, else `DNSRR` with bytes. */
function readRecord(reader: Reader, end: number, packet: AnyPacket): Packet {
  const { buffer, position } = reader
  const at = nameEnd(buffer, position, end)
  if (at >= 0 && at + FIXED <= end) {
    const stop = at + FIXED + ((buffer[at + 8]! << 8) | buffer[at + 9]!)
    const own = RECORD_LAYERS.get((buffer[at]! << 8) | buffer[at + 1]!)?.definition
    if (own !== undefined && stop <= end) {
      const record = Packet._dissect(own, buffer, position, stop, packet)
      if (record._headerStop() === stop && record._issue === null) return record
    }
  }
  return Packet._dissect(DNSRR.definition, buffer, position, end, packet)
}

/** Layer of a record given as an object: by its type, except when it brings data of its own as `rdata`. */
function recordLayer(given: object, where: string): LayerDefinition {
  const { type } = given as { type?: unknown }
  const number = typeof type === 'string' ? typeNumber(type) : type
  if (type !== undefined && typeof number !== 'number') {
    throw new PacketError(
      `${where}: ${printed(type)} is no type of record; give a name such as ${Object.values(DNS_TYPES).slice(0, 6).join(' ')}, or a number`,
    )
  }
  const own = RECORD_LAYERS.get(number as number)?.definition
  return own === undefined || ('rdata' in given && own.find('rdata') < 0) ? DNSRR.definition : own
}

/** As a packet's own command, but without lengths: inside a message they are always computed unless they were set. */
function elementCommand(element: Packet): string {
  const { layerName, fields } = element._layer
  const parts: string[] = []
  for (const field of fields) {
    const value = element._read(field.index)
    if (value === undefined) continue
    const text = field.command(value)
    const fallback = field.defaultValue === undefined ? field.codec?.empty() : field.present(field.defaultValue)
    if (
      element._isSet(field.index) ||
      (field.automatic === null && (fallback === undefined || field.command(fallback) !== text))
    )
      parts.push(`${field.name}: ${text}`)
  }
  return parts.length === 0 ? `${layerName}()` : `${layerName}({${parts.join(', ')}})`
}

/** Questions: `'example.org'`, `{qname: 'example.org', qtype: 'MX'}`, or a list of such. */
export const questions = (
  layer: LayerReference,
  countField: string,
): Field<AnyPacket[], readonly SectionInput[] | SectionInput> =>
  new Field<AnyPacket[], readonly SectionInput[] | SectionInput>(
    Kind.CODEC,
    0,
    new SectionCodec('qd', countField, layer),
  )

/** Records: `{rrname: 'example.org', type: 'MX', exchange: 'mail.example.org'}`, layers such as `DNSRRMX({…})`, or a list of such. */
export const records = (
  section: string,
  countField: string,
): Field<AnyPacket[], readonly SectionInput[] | SectionInput> =>
  new Field<AnyPacket[], readonly SectionInput[] | SectionInput>(
    Kind.CODEC,
    0,
    new SectionCodec(section, countField, null),
  )
