import { ARP, DNS, Dot1Q, dissect, Ether, ICMP, IP, IPv6, Packet, TCP, UDP } from '../../src/index.js'
import { Sink } from './sink.js'
import type { Capture } from './whole-capture.js'

let consumed = 0

/** The source address as text and the destination port of each packet, where there are such. */
export function twoFields({ bytes, offsets, ends }: Capture): void {
  let sum = 0
  for (let index = 0; index < offsets.length; index++) {
    const packet = dissect(Ether, bytes, offsets[index]!, ends[index]!)
    const source = packet.get(IP)?.src
    if (source !== undefined) sum += source.length + source.charCodeAt(source.length - 1)
    const port = packet.get(TCP)?.dport
    if (port !== undefined) sum += port
  }
  consume(sum | 0)
}

/** Digest of the same. */
export function twoFieldsSink({ bytes, offsets, ends }: Capture): Sink {
  const sink = new Sink()
  for (let index = 0; index < offsets.length; index++) {
    const packet = dissect(Ether, bytes, offsets[index]!, ends[index]!)
    const ip = packet.get(IP)
    if (ip !== undefined) {
      sink.count++
      sink.string(ip.src)
    }
    const port = packet.get(TCP)?.dport
    if (port !== undefined) sink.number(port)
  }
  return sink
}

type Visitor = (layer: Packet) => void

const visitors = new Map<string, Visitor>()

/**
 * A function that reads every field of a layer by its name, as a user would write it (`layer.version`, `layer.ihl` …),
 * and adds up the numbers and text lengths. Written out for each layer, because a loop over names would measure
 * property access by computed name.
 */
function visitorOf(layer: Packet): Visitor {
  const { layerName } = layer
  let visitor = visitors.get(layerName)
  if (visitor === undefined) {
    const reads = layer._layer.fields.map(
      ({ name }) => `value = layer.${name}
        if (typeof value === 'number') sum = (sum + value) | 0
        else if (typeof value === 'string') sum = (sum + value.length) | 0
        else if (value !== undefined) touch(value)`,
    )
    const body = `return layer => { let value; let sum = 0\n${reads.join('\n')}\nconsume(sum) }`
    visitor = new Function('consume', 'touch', body)(consume, touch) as Visitor
    visitors.set(layerName, visitor)
  }
  return visitor
}

function consume(sum: number): void {
  consumed = (consumed + sum) | 0
}

/** Goes on into what is a byte string, a list, or a layer inside a field. */
function touch(value: unknown): void {
  if (value instanceof Packet) visitorOf(value)(value)
  else if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) if (value[index] instanceof Packet) touch(value[index])
    consume(value.length)
  } else if (value instanceof Uint8Array) consume(value.length > 0 ? value[value.length - 1]! : 0)
}

/** Every field of every layer, also of layers inside fields. */
export function everyField({ bytes, offsets, ends }: Capture): void {
  for (let index = 0; index < offsets.length; index++) {
    let layer: Packet | null = dissect(Ether, bytes, offsets[index]!, ends[index]!)
    for (; layer !== null; layer = layer.payload) visitorOf(layer)(layer)
  }
}

/** How many values `everyField` reads of a packet on average: to see that the sides do alike. */
export function valuesRead({ bytes, offsets, ends }: Capture): number {
  let read = 0
  const count = (layer: Packet): void => {
    for (const { name } of layer._layer.fields) {
      const value = (layer as Packet & Record<string, unknown>)[name]
      if (value !== undefined) read++
      for (const inner of Array.isArray(value) ? value : [value]) if (inner instanceof Packet) count(inner)
    }
  }
  for (let index = 0; index < offsets.length; index++) {
    for (const layer of dissect(Ether, bytes, offsets[index]!, ends[index]!).layers()) count(layer)
  }
  return read / offsets.length
}

/** Digest of what all sides know of each layer. */
export function everyFieldSink({ bytes, offsets, ends }: Capture): Sink {
  const sink = new Sink()
  for (let index = 0; index < offsets.length; index++) {
    const packet = dissect(Ether, bytes, offsets[index]!, ends[index]!)
    addLinkLayers(sink, packet)
    addNetworkLayers(sink, packet)
    addTransportLayers(sink, packet)
  }
  return sink
}

function addLinkLayers(sink: Sink, packet: Packet): void {
  const ether = packet.get(Ether)!
  sink.string(ether.dst)
  sink.string(ether.src)
  const tag = packet.get(Dot1Q)
  if (tag !== undefined) {
    sink.number(tag.vlan + 4096 * tag.prio)
    sink.count++
  }
  const arp = packet.get(ARP)
  if (arp === undefined) return
  sink.number(arp.op)
  for (const text of [arp.hwsrc, arp.psrc, arp.hwdst, arp.pdst]) sink.string(String(text))
  sink.count++
}

function addNetworkLayers(sink: Sink, packet: Packet): void {
  const ip = packet.get(IP)
  if (ip !== undefined) {
    sink.number(ip.ihl + ip.tos + ip.len + ip.id + ip.ttl + ip.proto + ip.chksum)
    sink.string(ip.src)
    sink.string(ip.dst)
    sink.count++
  }
  const ip6 = packet.get(IPv6)
  if (ip6 === undefined) return
  sink.number(ip6.tc + ip6.fl + ip6.plen + ip6.nh + ip6.hlim)
  sink.string(ip6.src)
  sink.string(ip6.dst)
  sink.count++
}

function addTransportLayers(sink: Sink, packet: Packet): void {
  const tcp = packet.get(TCP)
  if (tcp !== undefined) {
    sink.number(tcp.sport + tcp.dport + tcp.seq + tcp.ack + tcp.window + tcp.chksum)
    sink.number(tcp.options.length)
    sink.count++
  }
  const udp = packet.get(UDP)
  if (udp !== undefined) {
    sink.number(udp.sport + udp.dport + udp.len + udp.chksum)
    sink.count++
  }
  const icmp = packet.get(ICMP)
  if (icmp !== undefined) {
    sink.number(icmp.type + icmp.code + icmp.chksum)
    sink.count++
  }
  const icmp6 = packet.get(IPv6)?.payload
  if (icmp6?.layerName.startsWith('ICMPv6')) {
    sink.number(icmp6.raw('type') as number)
    sink.number((icmp6.raw('code') as number) + (icmp6.raw('cksum') as number))
    sink.count++
  }
  const dns = packet.get(DNS)
  if (dns === undefined) return
  sink.number(dns.id + dns.qdcount + dns.ancount + dns.nscount + dns.arcount)
  for (const question of dns.qd) sink.string(question.qname)
  sink.count++
}

process.on('exit', () => {
  // Read somewhere, so that no compiler may leave the work out.
  if (Number.isNaN(consumed)) process.exitCode = 1
})
