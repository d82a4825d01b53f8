import { DNS_CLASSES, typeName } from '../../layers/services/dns-numbers.js'
import { dataText } from '../../layers/services/dns-records.js'
import { type AnyPacket, quoted, toHex } from '../../packet/index.js'

/** One record of an answer. */
export class DnsRecord {
  /** With a dot at its end; unusual bytes as `\DDD`. */
  readonly name: string
  /** `'MX'`, or `'TYPE65280'` for one without a name. */
  readonly type: string
  /** `'IN'`, or `'CLASS7'`. */
  readonly class: string
  /** Seconds that it may be kept. */
  readonly ttl: number
  /** All of its data in one line as a zone file has it. */
  readonly data: string
  /** The record as a layer: `record.packet.exchange`. */
  readonly packet!: AnyPacket

  constructor(packet: AnyPacket) {
    this.name = packet.rrname as string
    this.type = typeName(packet.raw('type') as number)
    const dnsClass = packet.raw('rclass') as number
    this.class = DNS_CLASSES[dnsClass] ?? `CLASS${dnsClass}`
    this.ttl = packet.ttl as number
    this.data = zoneText(packet)
    Object.defineProperty(this, 'packet', { value: packet, enumerable: false })
  }

  toString(): string {
    return `${this.name} ${this.ttl} ${this.class} ${this.type} ${this.data}`
  }

  toJSON(): unknown {
    const { name, type, class: dnsClass, ttl, data } = this
    return { name, type, class: dnsClass, ttl, data }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/** Data as a zone file has it: texts in double quotes. RFC 1035 §5.1. */
function zoneText(packet: AnyPacket): string {
  const { rdata } = packet as { rdata?: unknown }
  if (packet.layerName === 'DNSRR' && Array.isArray(rdata))
    return rdata.map((text: string | Uint8Array) => quotedText(text)).join(' ')
  return dataText(packet)
}

function quotedText(text: string | Uint8Array): string {
  if (text instanceof Uint8Array) return toHex(text)
  return `"${quoted(text).slice(1, -1).replaceAll("\\'", "'").replaceAll('"', '\\"')}"`
}
