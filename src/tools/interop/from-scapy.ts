import { IP } from '../../layers/index.js'
import * as engine from '../../packet/index.js'
import {
  createPacket,
  dissect,
  type Field,
  type Layer,
  layerByName,
  type Packet,
  PacketError,
  printed,
  stack,
  suggestion,
} from '../../packet/index.js'
import { type PythonCall, type PythonStack, type PythonTuple, type PythonValue, parsePython } from './python-value.js'

/**
 * The packet of a Scapy expression, as its `command()`, notes and books have it: `Ether()/IP(dst='10.0.0.1')/TCP(dport=80)/b'x'`. Python is not
 * run: names of layers with values by name, texts, bytes, numbers, lists, tuples, `Net(…)` and random values are understood.
 * @throws PacketError with line and column for what is no such expression, with the layer and the field for what netshell does not have
 */
export function fromScapy(text: string): Packet {
  if (typeof text !== 'string') throw new PacketError(`fromScapy: takes a text, not ${printed(text)}`)
  return packetOf(parsePython(text.trim().replace(/^(?:>>>\s*)?(?:\w+\s*=(?!=)\s*)?/, '')))
}

/** Random values of Scapy that are made here by the same name, and how what stands in parentheses is given. */
const RANDOM = new Map<string, readonly string[]>([
  ['RandByte', []],
  ['RandShort', []],
  ['RandInt', []],
  ['RandLong', []],
  ['RandNum', ['min', 'max']],
  ['RandString', ['size']],
  ['RandBin', ['size']],
  ['RandMAC', ['template']],
  ['RandIP', ['iptemplate']],
  ['RandIP6', ['ip6template']],
  ['RandNumGauss', ['mu', 'sigma']],
  ['RandNumGamma', ['alpha', 'beta']],
  ['RandNumExpo', ['lambd', 'base']],
  ['RandEnum', ['min', 'max']],
  ['RandEnumByte', []],
  ['RandEnumShort', []],
  ['RandEnumInt', []],
  ['RandEnumLong', []],
  ['RandEnumKeys', ['enum']],
  ['RandTermString', ['size', 'term']],
  ['RandRegExp', ['regexp']],
  ['RandOID', ['fmt']],
  ['RandUUID', ['template']],
  ['RandSByte', []],
  ['RandSShort', []],
  ['RandSInt', []],
  ['RandSLong', []],
  ['RandSingNum', ['mn', 'mx']],
  ['AutoTime', ['base', 'diff']],
  ['IntAutoTime', ['base', 'diff']],
  ['RandFloat', ['min', 'max']],
])

function packetOf(value: PythonValue): Packet {
  if (isStack(value)) {
    const [first, ...rest] = value.stack.map(packetOf)
    return stack(first!, ...rest)
  }
  if (typeof value === 'string' || value instanceof Uint8Array) return rawOf(value)
  if (isCall(value)) return layerOf(value)
  throw new PacketError(`fromScapy: ${shown(value)} is no packet; a packet is written like IP(dst='10.0.0.1')/ICMP()`)
}

function rawOf(load: string | Uint8Array): Packet {
  return stack(layerByName('Raw')!({ load }) as Packet)
}

function layerOf({ call, positional, named }: PythonCall): Packet {
  const layer = layerNamed(call)
  if (layer === undefined)
    throw new PacketError(
      `fromScapy: netshell has no layer '${call}'${suggestion(
        call,
        engine.allLayers().map(({ layerName }) => layerName),
      )}`,
    )
  if (positional.length > 1) throw new PacketError(`fromScapy: ${call}(…) takes fields by name`)
  const [first] = positional
  if (first !== undefined) {
    if (typeof first !== 'string' && !(first instanceof Uint8Array))
      throw new PacketError(`fromScapy: ${call}(${shown(first)}): fields are given by name`)
    return layer.definition.isOpaque ? rawOf(first) : dissect(layer, engine.toBytes(first))
  }
  const fields: Record<string, unknown> = {}
  for (const [name, value] of named) {
    const index = layer.definition.find(FIELDS[`${call}.${name}`] ?? name)
    // Scapy keeps the length of names that were compressed; here they are compressed anew.
    if (value === null || (name === 'rdlen' && call.startsWith('DNSRR'))) continue
    const field = layer.definition.fields[index]
    // Scapy prints empty bytes for what is not there.
    if (
      field !== undefined &&
      value instanceof Uint8Array &&
      value.length === 0 &&
      !/bytes|text/.test(field.codec?.kindName ?? '')
    )
      continue
    if (field !== undefined) fields[field.name] = fieldValue(field, value)
    else if (!isEmpty(value)) throw layer.definition.unknownField(name)
  }
  if (call === 'DNSRR' && fields.rdata instanceof Uint8Array && NAME_TYPES.has(fields.type))
    fields.rdata = Buffer.from(fields.rdata).toString('utf8')
  return createPacket(layer.definition, fields)
}

/** Types of DNS records whose data is a name: NS, MD, MF, CNAME, MB, MG, MR, PTR, DNAME. */
const NAME_TYPES: ReadonlySet<unknown> = new Set([2, 3, 4, 5, 7, 8, 9, 12, 39])

/** The layer under Scapy's name, which is also netshell's; the case of letters is no matter where there is only one such. */
function layerNamed(name: string): Layer | undefined {
  const last = name.slice(name.lastIndexOf('.') + 1)
  return layerByName(last) ?? layerByName(ALIASES[last] ?? '')
}

/** Layers that Scapy has under another name. */
const ALIASES: Readonly<Record<string, string>> = { IPerror6: 'IPv6error', NoPayload: 'Raw', Dot1q: 'Dot1Q' }

/** Fields that Scapy has under another name. */
const FIELDS: Readonly<Record<string, string>> = { 'Dot1Q.id': 'dei', 'Dot1AD.id': 'dei' }

/** What a field of netshell's is given for a value of Scapy's. */
function fieldValue(field: Field, value: PythonValue): unknown {
  if (field.where === 'IP.options') return ipOptions(value)
  if (field.where === 'TCP.options') return items(value).map(tcpOption)
  if (field.where === 'DHCP.options') return items(value).map(dhcpOption)
  if (field.where === 'DNSRROPT.rdata')
    return items(value)
      .flatMap((each) => (isStack(each) ? each.stack : [each]))
      .map(ednsOption)
  if (field.where === 'ICMPv6NDOptRedirectedHdr.pkt' && isStack(value)) return packetOf(value)
  if (field.where === 'BOOTP.chaddr' && typeof value === 'string') return Buffer.from(value, 'latin1')
  if (isCall(value) && RANDOM.has(value.call)) return randomOf(value)
  if (isCall(value) && value.call === 'Net') return plain(value.positional[0] ?? null)
  const isList = field.codec !== null && ['layers', 'list', 'options'].includes(field.codec.kindName ?? '')
  if (isCall(value) || isStack(value)) return isStack(value) ? value.stack.map(packetOf) : packetOf(value)
  if (Array.isArray(value)) {
    if (value.some((each) => isCall(each) || isStack(each)))
      return value.flatMap((each: PythonValue) => (isStack(each) ? each.stack.map(packetOf) : packetOf(each)))
    return value.map((each: PythonValue) => textWhereText(field, plain(each)))
  }
  // A range, where the field is a single value.
  if (isTuple(value)) return isList ? plain(value) : [plain(value)]
  return textWhereText(field, plain(value))
}

/** Scapy's texts are bytes: where netshell's field takes text, they become text. */
function textWhereText(field: Field, value: unknown): unknown {
  if (!(value instanceof Uint8Array) || field.codec?.kindName === 'bytes') return value
  try {
    field.coerce(value)
    return value
  } catch {
    return Buffer.from(value).toString('utf8')
  }
}

/** Lists for tuples; all else as it is. */
function plain(value: PythonValue): unknown {
  if (isTuple(value)) return value.tuple.map(plain)
  if (Array.isArray(value)) return value.map(plain)
  if (isCall(value)) return RANDOM.has(value.call) ? randomOf(value) : packetOf(value)
  return isStack(value) ? packetOf(value) : value
}

function randomOf({ call, positional, named }: PythonCall): unknown {
  const make = (engine as unknown as Record<string, ((...values: unknown[]) => unknown) | undefined>)[call]
  if (make === undefined) throw new PacketError(`fromScapy: ${call}() is not there`)
  const names = RANDOM.get(call)!
  return make(
    ...positional.map(plain),
    ...names.slice(positional.length).flatMap((name) => (named.has(name) ? [plain(named.get(name)!)] : [])),
  )
}

/** `IPOption_Router_Alert()`, `IPOption(b'…')`, or a list of them: through their bytes, which say all. */
function ipOptions(value: PythonValue): unknown {
  const bytes = Buffer.concat(items(value).map(ipOptionBytes))
  const header = Buffer.alloc(20 + Math.ceil(bytes.length / 4) * 4)
  if (header.length > 60) throw new PacketError(`fromScapy: IP.options: ${bytes.length} bytes; at most 40 fit`)
  header[0] = 0x40 | (header.length / 4)
  bytes.copy(header, 20)
  return dissect(IP, header).options
}

/** Options of IP that people write without bytes, with the bytes that Scapy makes of them. */
const IP_OPTIONS: Readonly<Record<string, readonly number[]>> = {
  IPOption_EOL: [0],
  IPOption_NOP: [1],
  IPOption_Router_Alert: [0x94, 4, 0, 0],
}

function ipOptionBytes(value: PythonValue): Buffer {
  if (isCall(value)) {
    const [first] = value.positional
    if (first instanceof Uint8Array) return Buffer.from(first)
    const known = IP_OPTIONS[value.call]
    if (known !== undefined) {
      const bytes = Buffer.from(known)
      const alert = value.named.get('alert')
      if (typeof alert === 'number' && bytes.length === 4) bytes.writeUInt16BE(alert, 2)
      return bytes
    }
    const routers = value.named.get('routers')
    const kind = { IPOption_RR: 7, IPOption_LSRR: 0x83, IPOption_SSRR: 0x89 }[value.call]
    if (kind !== undefined && (Array.isArray(routers) || routers === undefined)) {
      const addresses = ((routers ?? []) as string[]).map((address) => {
        const bytes = Buffer.alloc(4)
        bytes.writeUInt32BE(engine.parseIpv4(address) >>> 0)
        return bytes
      })
      const pointer = value.named.get('pointer')
      return Buffer.concat([
        Uint8Array.of(kind, 3 + addresses.length * 4, typeof pointer === 'number' ? pointer : 4),
        ...addresses,
      ])
    }
  }
  throw new PacketError(
    `fromScapy: IP.options: ${shown(value)} is not understood; give it as bytes, IPOption(b'\\x94\\x04\\x00\\x00')`,
  )
}

function tcpOption(value: PythonValue): unknown {
  const [name, content] = pair(value, 'TCP.options')
  if (name === 'NOP' || name === 'EOL' || name === 'SAckOK') return name
  return [name, content]
}

/** `EDNS0TLV(optcode=10, optdata=b'…')` */
function ednsOption(value: PythonValue): unknown {
  const code = isCall(value) ? value.named.get('optcode') : undefined
  if (typeof code !== 'number') throw new PacketError(`fromScapy: DNSRROPT.rdata: ${shown(value)} is no option of EDNS`)
  return [code, (value as PythonCall).named.get('optdata') ?? new Uint8Array(0)]
}

function dhcpOption(value: PythonValue): unknown {
  if (typeof value === 'string') return value
  const [name, ...content] = isTuple(value) ? value.tuple.map(plain) : [plain(value)]
  return content.length === 0 ? name : [name, content.length === 1 ? content[0] : content]
}

function pair(value: PythonValue, where: string): unknown[] {
  if (typeof value === 'string') return [value]
  if (isTuple(value) && value.tuple.length === 2) return value.tuple.map(plain)
  throw new PacketError(`fromScapy: ${where}: ${shown(value)} is no option; one is ('MSS', 1460)`)
}

function items(value: PythonValue): readonly PythonValue[] {
  if (isTuple(value)) return value.tuple
  return Array.isArray(value) ? (value as readonly PythonValue[]) : [value]
}

/** What Scapy's `command()` prints of fields that netshell does not have and that hold nothing. */
function isEmpty(value: PythonValue): boolean {
  return value === '' || value === 0 || ((Array.isArray(value) || value instanceof Uint8Array) && value.length === 0)
}

const isObject = (value: PythonValue): value is PythonCall | PythonStack | PythonTuple =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
const isCall = (value: PythonValue): value is PythonCall => isObject(value) && 'call' in value
const isStack = (value: PythonValue): value is PythonStack => isObject(value) && 'stack' in value
const isTuple = (value: PythonValue): value is PythonTuple => isObject(value) && 'tuple' in value

function shown(value: PythonValue): string {
  return isCall(value) ? `${value.call}(…)` : isStack(value) || isTuple(value) ? '(…)' : printed(value)
}
