import { type PathOptions, type Probe, ProbeSession } from '../../exchange/index.js'
import { type Link, LinkError } from '../../link/index.js'
import { type AnyPacket, PacketError } from '../../packet/index.js'
import { icmpErrorOf, isPortUnreachable } from '../icmp-error.js'
import { linkMtu } from '../paths.js'
import {
  answerFilter,
  HEADER_BYTES,
  networkHeaderBytes,
  probePacket,
  type Question,
  randomNumber,
  sourcePort,
} from '../probe-packets.js'
import type { PingSettings } from './ping-options.js'
import type { PingNews, PingProbe, PingTransport } from './ping-transport.js'

/** Ping over raw links: times are the kernel's, both ways. */
export class WirePing implements PingTransport {
  heard: PingTransport['heard'] = () => undefined
  private readonly session: ProbeSession
  private readonly probes = new Map<Probe, PingProbe>()
  private readonly wires = new Map<PingProbe, Probe>()
  /** The identifier of this run's echo requests, so that several runs do not take one another's answers. RFC 792. */
  private readonly id = randomNumber(1, 0xffff)
  private readonly firstPort = randomNumber(0, 0xffff)

  constructor(
    private readonly settings: PingSettings,
    path: PathOptions,
    private readonly stop: AbortSignal,
  ) {
    const { protocol, port, rate } = settings
    const options = { ...path, rate, multi: true, filter: answerFilter(path, protocol, port) }
    this.session = new ProbeSession('ping', 'network', options, stop)
    this.session.onAnswer = (probe, packet, rtt) => this.onAnswer(probe, packet, rtt)
  }

  async send(probes: readonly PingProbe[]): Promise<void> {
    const ready = await this.session.prepare(probes.map((probe) => this.packet(probe)))
    ready.forEach((wire, i) => {
      const probe = probes[i]!
      if (wire.frame === null) {
        if (this.stop.aborted) return
        const words = `nobody answers for ${probe.host.address} or the way there, nothing was sent`
        this.heard(probe, { kind: 'error', from: wire.link.name, words })
        return
      }
      this.checkSize(wire.link, wire.query)
      this.probes.set(wire, probe)
      this.wires.set(probe, wire)
    })
    try {
      await this.session.send(ready)
    } catch (error) {
      // It may come up again: the run goes on, as ping(8) does.
      if (!(error instanceof LinkError) || error.code !== 'INTERFACE_DOWN') throw error
      ready.forEach(({ link, frame }, i) => {
        if (frame !== null) this.heard(probes[i]!, { kind: 'error', from: link.name, words: 'the interface is down' })
      })
      return
    }
    ready.forEach((wire, i) => {
      probes[i]!.sent = wire.sentTimes > 0
    })
  }

  wait(seconds: number, until: () => boolean): Promise<void> {
    return this.session.wait(seconds, until)
  }

  forget(probe: PingProbe): void {
    const wire = this.wires.get(probe)
    if (wire === undefined) return
    this.wires.delete(probe)
    this.probes.delete(wire)
    this.session.forget(wire)
  }

  close(): void {
    this.session.close()
  }

  private packet({ host, seq }: PingProbe): AnyPacket {
    const { ttl, df, tos, source } = this.settings
    const fields = { ttl, df, tos, id: 1 + (seq % 0xffff), source }
    return probePacket(host.target, fields, this.question(seq))
  }

  private question(seq: number): Question {
    const { protocol, port, data } = this.settings
    // A source port for each probe: an answer then belongs to one of them, and a host that keeps half-open connections
    // sees new ones.
    const sport = sourcePort(this.firstPort + seq)
    switch (protocol) {
      case 'icmp':
        return { protocol, id: this.id, seq: seq & 0xffff, data }
      case 'udp':
        return { protocol, sport, dport: port, data }
      case 'tcp':
        return { protocol, sport, dport: port, seq: randomNumber(0, 0xffffffff) }
    }
  }

  private checkSize(link: Link, query: AnyPacket): void {
    const bytes = query._end - query._offset
    const most = linkMtu(link)
    if (bytes <= most) return
    const headers = bytes - this.settings.size
    throw new PacketError(
      `ping: size ${this.settings.size} makes packets of ${bytes} bytes, and ${link.name} takes ${most} (its MTU): size ${most - headers} is the largest there`,
    )
  }

  private onAnswer(wire: Probe, packet: AnyPacket, rtt: number): void {
    const probe = this.probes.get(wire)
    if (probe === undefined) return
    const ttl = (packet.layerName === 'IPv6' ? packet.hlim : packet.ttl) as number
    this.heard(probe, { ...this.news(packet), rtt, ttl })
  }

  private news(packet: AnyPacket): Pick<PingNews, 'kind' | 'from' | 'words'> {
    const from = packet.src as string
    const error = icmpErrorOf(packet)
    if (error === undefined) return { kind: 'answer', from, words: this.answerWords(packet) }
    if (this.settings.protocol === 'udp' && isPortUnreachable(error))
      return { kind: 'answer', from, words: `port ${this.settings.port} closed (port unreachable)` }
    if (error.kind === 'redirect') return { kind: 'notice', from, words: error.words }
    const words = error.mtu === undefined || error.mtu === 0 ? error.words : `${error.words} (MTU ${error.mtu})`
    return { kind: 'error', from, words }
  }

  private answerWords(packet: AnyPacket): string {
    const { protocol, port } = this.settings
    if (protocol === 'tcp') {
      const flags = String(packet.get('TCP')?.flags ?? '')
      return `port ${port} ${flags.includes('R') ? 'closed (RST)' : 'open (SYN-ACK)'}`
    }
    const header = networkHeaderBytes(packet.layerName === 'IPv6' ? 6 : 4)
    // The frame may be padded behind the packet; the packet's own length tells what it has.
    const length = packet.layerName === 'IPv6' ? (packet.plen as number) : (packet.len as number) - header
    return `${length - (protocol === 'udp' ? HEADER_BYTES.udp : 0)} bytes`
  }
}
