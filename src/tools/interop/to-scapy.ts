import { newsOf } from '../../packet/command.js'
import { asPacket, Deferred, type Field, Packet, PacketError, type Stackable, toBytes } from '../../packet/index.js'
import { pythonBytes, pythonText } from './python-value.js'

/** Layers whose fields Scapy has under the same names and with the same values; what others hold goes as bytes. */
const COMMON =
  /^(?:Ether|Dot3|LLC|SNAP|Dot1Q|Dot1AD|ARP|IP|IPerror|IPv6|ICMP|ICMPerror|TCP|TCPerror|UDP|UDPerror|DNS|DNSQR|DNSRR|DNSRR(?:MX|SRV|SOA)|BOOTP|DHCP|VXLAN|IPv6ExtHdrFragment|ICMPv6(?:EchoRequest|EchoReply|DestUnreach|PacketTooBig|TimeExceeded|ParamProblem|ND_NS|ND_NA|ND_RS|NDOptSrcLLAddr|NDOptDstLLAddr|NDOptMTU|NDOptPrefixInfo))$/

/** Random values that Scapy has under the same name. */
const RANDOM = /^Rand(?:Byte|Short|Int|Long|MAC|IP|IP6|Num|String)\([^()]*\)$/

/**
 * Scapy's expression of a packet, as its `command()` has it: `IP(src='10.0.0.1')/TCP(flags='S')`. Layers that Scapy does not have
 * with the same fields go as `Raw(load=b'…')`.
 * @throws PacketError for a random value that Scapy does not have
 */
export function toScapy(packet: Stackable): string {
  const news = newsOf(asPacket(packet))
  const parts: string[] = []
  for (const [at, { layer, fields }] of news.entries()) {
    if (!isCommon(layer)) {
      const load = layer._read(0)
      const text = load instanceof Deferred ? deferredText(load, 'Raw.load') : pythonBytes(layer.bytes())
      if (text !== "b''") parts.push(`Raw(load=${text})`)
      break
    }
    const said = fieldsToSay(layer, new Set(fields.map(({ field }) => field)))
    if (said === undefined) {
      parts.push(`${layer.layerName}(${pythonBytes(layer.bytes())})`)
      break
    }
    const named = new Map(said.map((field) => [field, fieldText(layer, field)]))
    const next = news[at + 1]?.layer
    // Bytes do not say what they are: the layer below them must.
    if (next !== undefined && !isCommon(next))
      for (const [index] of layer._layer.overloads(next._layer) ?? []) {
        const field = layer._layer.fields[index]!
        named.set(field, fieldText(layer, field))
      }
    parts.push(`${layer.layerName}(${[...named].map(([{ name }, text]) => `${name}=${text}`).join(', ')})`)
  }
  return parts.join('/')
}

/** Whether Scapy reads the same from the layer's fields, or at least from its bytes. Of DNS it does not know whether it is over TCP. */
function isCommon(layer: Packet): boolean {
  if (layer.layerName === 'DNS' && layer._buffer !== null && layer.under?.layerName === 'TCP') return false
  return COMMON.test(layer.layerName)
}

/**
 * Of a layer that was read all fields but the computed ones, as Scapy's own `command()` has them: its defaults are others. Of one that was made
 * those that were given. Undefined where Scapy has no such field, or would build other bytes of them: it then reads the bytes itself.
 */
function fieldsToSay(layer: Packet, news: ReadonlySet<Field>): Field[] | undefined {
  const isRead = layer._buffer !== null
  const { fields, layerName } = layer._layer
  const all = fields.filter(
    (field) => news.has(field) || (isRead && field.automatic === null && !isNothing(layer._read(field.index))),
  )
  const own = ONLY[layerName]
  const said = all.filter(({ name, index }) => own === undefined || own.includes(name) || layer._stored(index) !== 0)
  if (own !== undefined && said.some(({ name }) => !own.includes(name))) return undefined
  return isRead && layerName === 'DNS' && hasRecords(layer) ? undefined : said
}

function isNothing(value: unknown): boolean {
  return value === undefined || ((Array.isArray(value) || value instanceof Uint8Array) && value.length === 0)
}

/** Names in records may be compressed in many ways. */
function hasRecords(dns: Packet): boolean {
  return ['an', 'ns', 'ar'].some((name) => (dns._read(dns._layer.indexOf(name)) as unknown[]).length > 0)
}

/** Fields of layers of which Scapy has only a part. */
const ONLY: Readonly<Record<string, readonly string[]>> = {
  ICMP: 'type code chksum id seq ts_ori ts_rx ts_tx gw ptr addr_mask nexthopmtu'.split(' '),
  Dot1Q: ['prio', 'id', 'vlan', 'type'],
  Dot1AD: ['prio', 'id', 'vlan', 'type'],
  DNSQR: ['qname', 'qtype', 'qclass'],
  DNS: 'id qr opcode aa tc rd ra z ad cd rcode qdcount ancount nscount arcount qd an ns ar length'.split(' '),
}

function fieldText(layer: Packet, field: Field): string {
  const value = layer._read(field.index)
  const special = SPECIAL[`${layer.layerName}.${field.name}`]
  return special === undefined ? pythonValue(value, field.where) : special(value, layer)
}

function pythonValue(value: unknown, where: string): string {
  if (value instanceof Deferred) return deferredText(value, where)
  if (typeof value === 'string') return pythonText(value)
  if (value instanceof Uint8Array) return pythonBytes(value)
  if (Array.isArray(value)) return `[${value.map((each) => pythonValue(each, where)).join(', ')}]`
  if (value instanceof Packet) return toScapy(value)
  return String(value)
}

/** Sets are lists with ranges as tuples; random values are called the same where Scapy has them. */
function deferredText(value: Deferred, where: string): string {
  const text = value.toString()
  if (RANDOM.test(text)) return text
  if (/^[['"\d]/.test(text)) return text.replace(/\[([^[\],]+), ([^[\],]+)\](?=[,\]])/g, '($1, $2)')
  throw new PacketError(`${where}: ${text} has no counterpart in Scapy; give it a value first`)
}

/** Values that Scapy wants in another form. */
const SPECIAL: Readonly<Record<string, (value: unknown, layer: Packet) => string>> = {
  'TCP.options': (_value, layer) => {
    const bytes = layer.bytes()
    return `[${optionsIn(bytes.subarray(20, (bytes[12]! >>> 4) * 4), 0, 2)
      .map(tcpOption)
      .join(', ')}]`
  },
  'IP.options': (_value, layer) => {
    const bytes = layer.bytes()
    const all = optionsIn(bytes.subarray(20, (bytes[0]! & 15) * 4), 1, 2)
    return `[${all.map(ipOption).join(', ')}]`
  },
  'DHCP.options': (_value, layer) => {
    const all = optionsIn(layer.bytes(), 255, 0).map(([kind, value]) => {
      if (kind === 255 || kind === 0) return kind === 0 ? "'pad'" : "'end'"
      return kind === 53 && value.length === 1 ? `('message-type', ${value[0]})` : `(${kind}, ${pythonBytes(value)})`
    })
    return `[${all.join(', ')}]`
  },
  'BOOTP.chaddr': (value) =>
    pythonBytes(typeof value === 'string' ? Buffer.from(value.replaceAll(':', ''), 'hex') : (value as Uint8Array)),
  'BOOTP.sname': (value) => pythonBytes(toBytes(value as string | Uint8Array)),
  'BOOTP.file': (value) => pythonBytes(toBytes(value as string | Uint8Array)),
}

function ipOption([kind, value]: readonly [number, Uint8Array]): string {
  return `IPOption(${pythonBytes(kind < 2 ? Uint8Array.of(kind) : Uint8Array.of(kind, value.length + 2, ...value))})`
}

function tcpOption([kind, value]: readonly [number, Uint8Array]): string {
  const view = new DataView(value.buffer, value.byteOffset, value.length)
  if (kind === 0 || kind === 1) return `('${kind === 0 ? 'EOL' : 'NOP'}', None)`
  if (kind === 2 && value.length === 2) return `('MSS', ${view.getUint16(0)})`
  if (kind === 3 && value.length === 1) return `('WScale', ${value[0]})`
  if (kind === 4 && value.length === 0) return "('SAckOK', b'')"
  if (kind === 8 && value.length === 8) return `('Timestamp', (${view.getUint32(0)}, ${view.getUint32(4)}))`
  return `(${kind}, ${pythonBytes(value)})`
}

/**
 * Options as kind, length, value; 0 and `end` stand alone.
 * @param counted bytes of kind and length that the length counts
 */
function optionsIn(bytes: Uint8Array, end: number, counted: number): (readonly [number, Uint8Array])[] {
  const found: (readonly [number, Uint8Array])[] = []
  for (let at = 0; at < bytes.length; ) {
    const kind = bytes[at]!
    if (kind === 0 || kind === end || (counted > 0 && kind === 1)) {
      found.push([kind, bytes.subarray(at, at)])
      at++
      continue
    }
    const length = (bytes[at + 1] ?? 0) - counted
    if (length < 0) break
    found.push([kind, bytes.subarray(at + 2, at + 2 + length)])
    at += 2 + length
  }
  return found
}
