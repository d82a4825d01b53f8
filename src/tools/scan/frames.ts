/**
 * Probes as frames. One packet for each host is built by the engine; the frames of its ports are copies of it in which
 * ports, sequence number and checksum differ.
 */
import { finish, sum } from '../../packet/index.js'

const TCP = 6
const UDP = 17
const UDP_HEADER = 8

/** Makes the frames of the probes to one host. */
export class FrameTemplate {
  private readonly frame: Uint8Array
  private readonly isIpv6: boolean
  /** Where the transport header begins. */
  private readonly transport: number
  /** Sum over the pseudo-header without the length, and for TCP over the header with both ports and the numbers zero. */
  private readonly fixed: number
  /** Sum over the IPv4 header without total length and checksum. */
  private readonly header: number

  /**
   * @param frame a whole frame whose network layer holds a TCP header or an empty UDP datagram
   * @param network byte position of the network layer, 14 behind an Ethernet header
   */
  constructor(
    given: Uint8Array,
    private readonly network: number,
  ) {
    // A copy for certain: slice() of a Buffer would share its bytes.
    const frame = new Uint8Array(given)
    this.frame = frame
    this.isIpv6 = frame[network]! >>> 4 === 6
    this.transport = network + (this.isIpv6 ? 40 : (frame[network]! & 15) * 4)
    const isTcp = frame[network + (this.isIpv6 ? 6 : 9)] === TCP
    const addresses = this.isIpv6 ? sum(frame, network + 8, network + 40) : sum(frame, network + 12, network + 20)
    if (isTcp) {
      const template = frame.slice(this.transport)
      template.fill(0, 0, 8)
      template.fill(0, 16, 18)
      this.fixed = addresses + TCP + template.length + sum(template, 0, template.length)
    } else this.fixed = addresses + UDP
    const header = frame.slice(network, this.transport)
    header.fill(0, 2, 4)
    header.fill(0, 10, 12)
    this.header = this.isIpv6 ? 0 : sum(header, 0, header.length)
  }

  /** A TCP segment with these ports and this sequence number; flags and options as in the template. */
  tcp(sport: number, dport: number, sequence: number): Uint8Array {
    const frame = this.frame.slice()
    const at = this.transport
    write16(frame, at, sport)
    write16(frame, at + 2, dport)
    write16(frame, at + 4, sequence >>> 16)
    write16(frame, at + 6, sequence & 0xffff)
    write16(frame, at + 16, finish(this.fixed + sport + dport + (sequence >>> 16) + (sequence & 0xffff)))
    return frame
  }

  /** A UDP datagram with these ports and this payload. */
  udp(sport: number, dport: number, payload: Uint8Array): Uint8Array {
    const { transport: at, network } = this
    const length = UDP_HEADER + payload.length
    const frame = new Uint8Array(at + length)
    frame.set(this.frame.subarray(0, at))
    if (this.isIpv6) write16(frame, network + 4, length)
    else {
      const total = at - network + length
      write16(frame, network + 2, total)
      write16(frame, network + 10, finish(this.header + total))
    }
    write16(frame, at, sport)
    write16(frame, at + 2, dport)
    write16(frame, at + 4, length)
    frame.set(payload, at + UDP_HEADER)
    const checksum = finish(this.fixed + length + sport + dport + length + sum(payload, 0, payload.length))
    // 0 would mean: not computed. RFC 768.
    write16(frame, at + 6, checksum === 0 ? 0xffff : checksum)
    return frame
  }
}

function write16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8
  bytes[at + 1] = value
}
