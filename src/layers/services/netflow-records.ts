/** Records of NetFlow 9 and IPFIX, decoded by the template in the same packet. RFC 3954 §5.3; RFC 7011 §3.4.3, §7. */
import {
  type AnyPacket,
  bytesCommand,
  type Codec,
  Field,
  formatIpv4,
  formatIpv6,
  formatMac,
  fromHex,
  Kind,
  type Packet,
  PacketError,
  parseIpv4,
  parseIpv6,
  parseMac,
  printed,
  quoted,
  type Reader,
  sameBytes,
  toBytes,
  toHex,
  type Writer,
} from '../../packet/index.js'
import { elementKind, elementName, SCOPES } from './netflow-elements.js'

export type FlowValue = number | bigint | string | Uint8Array
/** Fields of one record, in the template's order: their names and values. */
export type FlowRecord = readonly (readonly [name: string, value: FlowValue])[]
/** Bytes where the packet has no template for them. */
export type FlowRecords = readonly FlowRecord[] | Uint8Array

interface TemplateField {
  readonly name: string
  /** Bytes, or VARIABLE. */
  readonly length: number
}

/** A length that stands in front of each value. RFC 7011 §7. */
const VARIABLE = 65535
const LONG = 255
const MOST_RECORDS = 4096

const fieldOf = (field: AnyPacket, type: string, length: string): TemplateField => ({
  name: elementName(field[type], field.enterpriseNumber as number | undefined),
  length: field[length] as number,
})

/** The fields of an options template: what it is about first. */
const optionFields = (template: AnyPacket): TemplateField[] =>
  [...((template.scopes ?? []) as AnyPacket[]), ...((template.options ?? []) as AnyPacket[])].map((field) =>
    field.layerName === 'NetflowOptionsFlowsetScopeV9'
      ? {
          name: SCOPES[field.scopeFieldType as number] ?? `scope_${field.scopeFieldType}`,
          length: field.scopeFieldlength as number,
        }
      : fieldOf(field, 'optionFieldType', 'optionFieldlength'),
  )

/** The template of that number in the sets in front of this one. */
function templateOf(set: AnyPacket): TemplateField[] | undefined {
  for (let outer: Packet | null = set.under; outer !== null; outer = outer.under) {
    const me = outer as AnyPacket
    if (me.layerName === 'NetflowFlowsetV9') {
      const template = ((me.templates ?? []) as AnyPacket[]).find(({ templateID }) => templateID === set.templateID)
      if (template !== undefined)
        return (template.template_fields as AnyPacket[]).map((field) => fieldOf(field, 'fieldType', 'fieldLength'))
    }
    if (me.layerName.startsWith('NetflowOptionsFlowset')) {
      const template = [me, ...((me.further ?? []) as AnyPacket[])].find(
        ({ templateID }) => templateID === set.templateID,
      )
      if (template !== undefined) return optionFields(template)
    }
  }
  return undefined
}

function flowValue(name: string, bytes: Uint8Array): FlowValue {
  const kind = elementKind(name)
  const { length } = bytes
  if (kind === 'ipv4' && length === 4) return formatIpv4(Number(numberOf(bytes)))
  if (kind === 'ipv6' && length === 16) return formatIpv6(bytes)
  if (kind === 'mac' && length === 6) return formatMac(Number(numberOf(bytes)))
  if (kind === 'text') return textOf(bytes) ?? bytes
  if (length >= 1 && length <= 6) return Number(numberOf(bytes))
  return length === 8 ? numberOf(bytes) : bytes
}

const numberOf = (bytes: Uint8Array): bigint => bytes.reduce((total, byte) => total * 256n + BigInt(byte), 0n)

/** Text without the zeros that fill it up, or undefined where it is none. */
function textOf(bytes: Uint8Array): string | undefined {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end--
  for (let i = 0; i < end; i++) if (bytes[i]! < 32 || bytes[i]! > 126) return undefined
  return Buffer.from(bytes.buffer, bytes.byteOffset, end).toString('latin1')
}

/** Bytes of a value, as many as the template says. @throws PacketError */
function bytesOf(name: string, value: FlowValue, length: number): Uint8Array {
  if (value instanceof Uint8Array) return fitted(name, value, length)
  const kind = elementKind(name)
  if (typeof value === 'string') {
    const bytes = addressBytes(kind, value)
    if (bytes === undefined)
      throw new PacketError(`NetflowDataflowsetV9.records: ${name} is ${printed(value)}, which is no ${kind}`)
    return fitted(name, bytes, length)
  }
  const size = length === VARIABLE ? 8 : length
  if (BigInt(value) < 0n || BigInt(value) >= 256n ** BigInt(size))
    throw new PacketError(`NetflowDataflowsetV9.records: ${name} is ${value}, which does not fit ${size} bytes`)
  const bytes = new Uint8Array(size)
  let rest = BigInt(value)
  for (let i = size - 1; i >= 0; i--, rest >>= 8n) bytes[i] = Number(rest & 255n)
  return bytes
}

function addressBytes(kind: string, value: string): Uint8Array | undefined {
  if (kind === 'ipv6') return parseIpv6(value)
  if (kind === 'text') return toBytes(value)
  const number = kind === 'ipv4' ? parseIpv4(value) : kind === 'mac' ? parseMac(value) : -1
  if (number < 0) return undefined
  return fromHex(number.toString(16).padStart(kind === 'ipv4' ? 8 : 12, '0'))
}

/** Text is filled up with zeros; all else must have the template's length. @throws PacketError */
function fitted(name: string, bytes: Uint8Array, length: number): Uint8Array {
  if (length === VARIABLE || bytes.length === length) return bytes
  if (bytes.length > length || elementKind(name) !== 'text')
    throw new PacketError(
      `NetflowDataflowsetV9.records: ${name} has ${bytes.length} bytes; the template says ${length}`,
    )
  const full = new Uint8Array(length)
  full.set(bytes)
  return full
}

/** Records by the template of the packet; without one, bytes. */
class RecordsCodec implements Codec<FlowRecords> {
  readonly kindName = 'records by their template'
  readonly isLossy = true

  read(reader: Reader, packet: AnyPacket): FlowRecords {
    const template = templateOf(packet)
    const least = template?.reduce((total, { length }) => total + (length === VARIABLE ? 1 : length), 0) ?? 0
    if (template === undefined || least === 0) return reader.rest()
    const records: FlowRecord[] = []
    const start = reader.position
    while (reader.left >= least && records.length < MOST_RECORDS) {
      const at = reader.position
      const record = readRecord(reader, template)
      if (record === undefined) {
        // What is no whole record is padding.
        reader.restart(at)
        break
      }
      records.push(record)
    }
    if (records.length > 0) return records
    reader.restart(start)
    return reader.rest()
  }

  write(writer: Writer, records: FlowRecords, packet: AnyPacket): void {
    if (records instanceof Uint8Array) {
      writer.bytes(records)
      return
    }
    if (records.length === 0) return
    const template = templateOf(packet)
    if (template === undefined)
      throw new PacketError(
        `NetflowDataflowsetV9.records: no set in front of it has the template ${packet.templateID}; put one there, or give bytes`,
      )
    for (const record of records) writeRecord(writer, record, template)
  }

  coerce(value: unknown, where: string): FlowRecords {
    if (value instanceof Uint8Array) return value
    if (!Array.isArray(value))
      throw new PacketError(`${where}: ${printed(value)} is no list of records such as [[['IN_BYTES', 60]]]`)
    return value.map((record: unknown) => {
      if (!Array.isArray(record))
        throw new PacketError(`${where}: ${printed(record)} is no record such as [['IN_BYTES', 60]]`)
      return record.map((pair: unknown) => {
        const [name, content] = (Array.isArray(pair) ? pair : []) as [unknown, unknown]
        if (typeof name !== 'string' || !isValue(content))
          throw new PacketError(`${where}: ${printed(pair)} is no field such as ['IN_BYTES', 60]`)
        return [name, content] as const
      })
    })
  }

  empty(): FlowRecords {
    return []
  }

  /** Bytes that nobody can tell apart count as one record. */
  count(records: FlowRecords): number {
    return records instanceof Uint8Array ? Math.min(1, records.length) : records.length
  }

  show(records: FlowRecords): string {
    if (records instanceof Uint8Array) return toHex(records)
    const pair = ([name, value]: FlowRecord[number]): string =>
      `${name}=${value instanceof Uint8Array ? toHex(value) : value}`
    return `[${records.map((record) => record.map(pair).join(' ')).join(', ')}]`
  }

  json(records: FlowRecords): unknown {
    if (records instanceof Uint8Array) return { hex: toHex(records) }
    return records.map((record) => record.map(([name, value]) => [name, jsonOf(value)]))
  }

  parse(json: unknown): unknown {
    if (!Array.isArray(json)) return bytesFrom(json) ?? json
    return json.map((record: unknown) =>
      Array.isArray(record)
        ? record.map((pair: unknown) => (Array.isArray(pair) ? [pair[0], bytesFrom(pair[1]) ?? pair[1]] : pair))
        : record,
    )
  }

  command(records: FlowRecords): string {
    if (records instanceof Uint8Array) return bytesCommand(records)
    const pair = ([name, value]: FlowRecord[number]): string => `[${quoted(name)}, ${literal(value)}]`
    return `[${records.map((record) => `[${record.map(pair).join(', ')}]`).join(', ')}]`
  }

  same(a: FlowRecords, b: FlowRecords): boolean {
    if (a instanceof Uint8Array || b instanceof Uint8Array)
      return a instanceof Uint8Array && b instanceof Uint8Array && sameBytes(a, b)
    return this.command(a) === this.command(b)
  }
}

const isValue = (value: unknown): value is FlowValue =>
  value instanceof Uint8Array || typeof value === 'string' || typeof value === 'bigint' || Number.isSafeInteger(value)

/** JSON has no other way to say that it is bytes and no text. */
function bytesFrom(json: unknown): Uint8Array | undefined {
  const { hex } = (json ?? {}) as { hex?: unknown }
  return typeof hex === 'string' ? fromHex(hex) : undefined
}

function jsonOf(value: FlowValue): unknown {
  if (value instanceof Uint8Array) return { hex: toHex(value) }
  return typeof value === 'bigint' && value <= Number.MAX_SAFE_INTEGER
    ? Number(value)
    : typeof value === 'bigint'
      ? value.toString()
      : value
}

function literal(value: FlowValue): string {
  if (value instanceof Uint8Array) return bytesCommand(value)
  return typeof value === 'string' ? quoted(value) : typeof value === 'bigint' ? `${value}n` : String(value)
}

function readRecord(reader: Reader, template: readonly TemplateField[]): FlowRecord | undefined {
  const record: [string, FlowValue][] = []
  for (const { name, length } of template) {
    let size = length
    if (length === VARIABLE) {
      size = reader.u8()
      if (size === LONG) size = reader.u16()
    }
    if (reader.left < size || reader.missing > 0) return undefined
    record.push([name, flowValue(name, reader.bytes(size))])
  }
  return record
}

function writeRecord(writer: Writer, record: FlowRecord, template: readonly TemplateField[]): void {
  if (record.length !== template.length || record.some(([name], i) => name !== template[i]!.name))
    throw new PacketError(
      `NetflowDataflowsetV9.records: the template's fields are ${template.map(({ name }) => name).join(' ')}, the record's ${record.map(([name]) => name).join(' ')}`,
    )
  record.forEach(([name, value], i) => {
    const { length } = template[i]!
    const bytes = bytesOf(name, value, length)
    if (length === VARIABLE) {
      writer.u8(Math.min(bytes.length, LONG))
      if (bytes.length >= LONG) writer.u16(bytes.length)
    }
    writer.bytes(bytes)
  })
}

/** Records decoded by the template in the same packet, else bytes. */
export const flowRecords = (): Field<FlowRecords> => new Field<FlowRecords>(Kind.CODEC, 0, new RecordsCodec())
