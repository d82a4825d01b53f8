/**
 * The same frames to a kernel and to the practice network, and what both answer as lines of text that should be alike:
 * addresses by their roles, sequence numbers counted from the first one, nothing random.
 */
import { dissectLink, Ether, ICMP, IP } from '../../src/layers/index.js'
import type { CaptureBatch, Link } from '../../src/link/index.js'
import { type AnyPacket, type Packet, type Stackable, sameBytes, stack, toHex } from '../../src/packet/index.js'

/** Who is who in one of the two networks. */
export interface World {
  readonly name: string
  readonly link: Link
  /** Whose packets these are: nobody that a kernel knows of. */
  me: { mac: string; ipv4: string; ipv6: string }
  readonly host: { mac: string; ipv4: string; ipv6: string }
  /** Further addresses by the roles they play, such as `distant4`. */
  readonly places: Readonly<Record<string, string>>
}

/** A probe of a dialogue: what it sends by what was said before. Numbers of the host count from its first one. */
export type Step = (world: World, dialogue: Dialogue) => Packet | Packet[]

/** What a dialogue knows of the other side. */
export interface Dialogue {
  /** First sequence number of the host, once it was seen. */
  iss: number
}

const SETTLED = 5000

/** How many answers of a step are waited for, or until which flag of TCP. */
export type Expected = number | 'F'

/** Sends probes and hears what comes back. */
export class Prober {
  private frames: Uint8Array[] = []
  private wake: () => void = () => undefined
  private failure: Error | undefined
  private sentinel = 0
  private readonly capture

  constructor(readonly world: World) {
    this.capture = world.link.capture(
      { immediate: true, promiscuous: true },
      (batch) => this.hear(batch),
      (error) => {
        this.failure = error
        this.wake()
      },
    )
  }

  close(): void {
    this.capture.stop()
  }

  /**
   * What the host answers to each step, one line an answer. Those of programs come late: so many answers are waited for, or one with this flag of TCP.
   */
  async run(steps: readonly Step[], expected: readonly Expected[] = []): Promise<string[]> {
    const dialogue: Dialogue = { iss: 0 }
    const lines: string[] = []
    for (const [i, step] of steps.entries()) {
      const made = step(this.world, dialogue)
      const packets = Array.isArray(made) ? made : [made]
      const sent = packets.map((packet) => this.frameOf(packet))
      this.frames = []
      this.world.link.send(sent)
      await this.until(() => this.hasAnswered(expected[i] ?? 0))
      await this.settle()
      for (const answer of this.answers()) lines.push(`${i}: ${this.describe(answer, sent, dialogue)}`)
    }
    return lines.filter((line, at) => !isRepetition(line, lines.slice(0, at)))
  }

  private hasAnswered(expected: Expected): boolean {
    const answers = this.answers()
    if (typeof expected === 'number') return answers.length >= expected
    return answers.some((frame) => {
      const { flags = '' } = ((dissectLink(1, frame) as AnyPacket).get('TCP') ?? {}) as { flags?: unknown }
      return String(flags).includes(expected)
    })
  }

  private frameOf(packet: Packet): Uint8Array {
    if (packet.layerName === 'Ether') return packet.bytes()
    return stack(Ether({ src: this.world.me.mac, dst: this.world.host.mac }), packet as Stackable).bytes()
  }

  /** Frames for us that are no answers to the sentinel, and no chatter. */
  private answers(): Uint8Array[] {
    return this.frames.filter((frame) => {
      const packet = dissectLink(1, frame) as AnyPacket
      if (packet.src === this.world.me.mac || isSentinel(packet)) return false
      // What the kernel still has to say to the client before.
      const { me } = this.world
      const destination = (packet.get('IP') ?? packet.get('IPv6'))?.dst as string | undefined
      if (
        destination !== undefined &&
        destination !== me.ipv4 &&
        destination !== me.ipv6 &&
        !destination.startsWith('ff')
      )
        return false
      return !['ICMPv6MLReport2', 'ICMPv6MLDMultAddrRec', 'ICMPv6ND_RS'].some((name) => packet.get(name) !== undefined)
    })
  }

  /** A ping that is answered shows that what came before was looked at. */
  private async settle(): Promise<void> {
    const { me, host } = this.world
    const seq = ++this.sentinel
    const ping = sentinelPing(me, host, seq)
    this.world.link.send([ping])
    await this.until(() =>
      this.frames.some((frame) => {
        const packet = dissectLink(1, frame) as AnyPacket
        return packet.src === host.mac && isSentinel(packet) && packet.get('ICMP')?.seq === seq
      }),
    )
  }

  private async until(holds: () => boolean): Promise<void> {
    const deadline = performance.now() + SETTLED
    while (!holds()) {
      if (this.failure !== undefined) throw this.failure
      const left = deadline - performance.now()
      if (left <= 0)
        throw new Error(
          `${this.world.name}: no answer in ${SETTLED} ms; heard ${this.frames.map((frame) => dissectLink(1, frame).summary()).join(' | ')}`,
        )
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  private hear(batch: CaptureBatch): void {
    for (let i = 0; i < batch.count; i++) {
      const at = batch.offsets[i]!
      this.frames.push(new Uint8Array(batch.buffer.subarray(at, at + batch.lengths[i]!)))
    }
    this.wake()
  }

  private describe(frame: Uint8Array, sent: readonly Uint8Array[], dialogue: Dialogue): string {
    const packet = dissectLink(1, frame) as AnyPacket
    const parts = [`${this.role(packet.dst)}<${this.role(packet.src)}`]
    for (let layer = packet.payload as AnyPacket | null; layer !== null; layer = layer.payload as AnyPacket | null) {
      if (layer.layerName === 'IPerror' || layer.layerName === 'IPv6error') {
        parts.push(describeQuotation(frame.subarray(layer._offset), sent))
        break
      }
      parts.push(this.describeLayer(layer, dialogue))
    }
    return parts.join(' / ')
  }

  private describeLayer(layer: AnyPacket, dialogue: Dialogue): string {
    const fields: string[] = []
    if (layer.layerName === 'TCP' && layer.raw('flags') === 18) dialogue.iss = layer.seq as number
    for (const { name, index } of layer._layer.fields) {
      const value = layer._read(index)
      if (value === undefined || OMITTED.has(`${layer.layerName}.${name}`)) continue
      fields.push(`${name}=${this.describeField(layer, name, value, dialogue)}`)
    }
    return `${layer.layerName} ${fields.join(' ')}`
  }

  private describeField(layer: AnyPacket, name: string, value: unknown, { iss }: Dialogue): string {
    if (layer.layerName === 'TCP') {
      if (name === 'options')
        return (value as [string, unknown][]).map(([option, number]) => `${option} ${String(number)}`).join(',')
      if (name === 'seq' && iss !== 0 && value !== 0) return `iss+${((value as number) - iss) >>> 0}`
    }
    if (value instanceof Uint8Array) return value.length > 40 ? `${value.length} bytes` : toHex(value)
    return typeof value === 'string' ? this.role(value) : layer.text(name)
  }

  /** The role that an address plays, or the text itself. */
  private role(text: string): string {
    const { me, host, places } = this.world
    const roles = [
      ...Object.entries(me).map(([kind, address]) => [`me.${kind}`, address]),
      ...Object.entries(host).map(([kind, address]) => [`host.${kind}`, address]),
      ...Object.entries(places),
    ]
    return roles.find(([, address]) => address === text)?.[0] ?? text
  }
}

/** Random, or a checksum over what is random (dissection tells when a checksum is wrong), or a matter of taste. */
const OMITTED = new Set([
  'IP.id',
  'IP.chksum',
  'ICMP.chksum',
  'UDP.chksum',
  'TCP.chksum',
  'TCP.window',
  'IPv6.fl',
  'ICMPv6EchoReply.cksum',
  'ICMPv6DestUnreach.cksum',
  'ICMPv6TimeExceeded.cksum',
  'ICMPv6PacketTooBig.cksum',
  'ICMPv6ParamProblem.cksum',
  'ICMPv6ND_NA.cksum',
  'IPv6ExtHdrFragment.id',
])

/** How much of which packet is quoted: it must be one that was sent, but for TTL and header checksum. */
function describeQuotation(quotation: Uint8Array, sent: readonly Uint8Array[]): string {
  const isIpv6 = quotation[0]! >>> 4 === 6
  const blank = (bytes: Uint8Array): Uint8Array => {
    const copy = new Uint8Array(bytes)
    for (const at of isIpv6 ? [7] : [8, 10, 11]) copy[at] = 0
    return copy
  }
  const mine = blank(quotation)
  const which = sent.findIndex((frame) => sameBytes(blank(frame.subarray(14)).subarray(0, mine.length), mine))
  return `quotes ${quotation.length} bytes of ${which < 0 ? toHex(quotation) : `packet ${which}`} with ttl ${quotation[isIpv6 ? 7 : 8]}`
}

const SENTINEL = 0x5e77

function isSentinel(packet: AnyPacket): boolean {
  return packet.get('ICMP')?.id === SENTINEL
}

function sentinelPing(me: World['me'], host: World['host'], seq: number): Uint8Array {
  return stack(
    Ether({ src: me.mac, dst: host.mac }),
    IP({ src: me.ipv4, dst: host.ipv4 }),
    ICMP({ id: SENTINEL, seq }),
  ).bytes()
}

/** Data that a kernel sends again when it was not acknowledged in time: on a busy machine that may be at once. */
function isRepetition(line: string, before: readonly string[]): boolean {
  const said = line.replace(/^\d+: /, '')
  return said.includes(' / TCP ') && said.includes(' / Raw ') && before.some((other) => other.endsWith(said))
}
