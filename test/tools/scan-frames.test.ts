import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dissectLink, Ether, ICMP, IP, IPv6, TCP, UDP } from '../../src/layers/index.js'
import { type AnyPacket, type Packet, stack, toHex } from '../../src/packet/index.js'
import { AnswerReader, addressAt, ICMP_ERROR, NOTHING, TCP_SEGMENT } from '../../src/tools/scan/answers.js'
import { FrameTemplate } from '../../src/tools/scan/frames.js'

const ether = () => Ether({ src: '02:00:00:00:00:01', dst: '02:00:00:00:00:02' })
const networks = {
  IPv4: (): Packet => IP({ src: '10.0.0.1', dst: '10.0.0.2', ttl: 64 }),
  IPv6: (): Packet => IPv6({ src: 'fd00::1', dst: 'fd00::2' }),
}
const port = fc.integer({ min: 0, max: 65535 })

describe.each(Object.entries(networks))('frames over %s are those that the engine builds', (_name, network) => {
  test('TCP', () => {
    const options: [string, number][] = [['MSS', 1460]]
    const template = new FrameTemplate(
      stack(ether(), network(), TCP({ flags: 'S', window: 1024, options })).bytes(),
      14,
    )
    fc.assert(
      fc.property(port, port, fc.nat(0xffffffff), (sport, dport, seq) => {
        const built = stack(ether(), network(), TCP({ sport, dport, seq, flags: 'S', window: 1024, options })).bytes()
        expect(toHex(template.tcp(sport, dport, seq | 0))).toBe(toHex(built))
      }),
    )
  })

  test('UDP', () => {
    const template = new FrameTemplate(stack(ether(), network(), UDP({ sport: 0, dport: 0 })).bytes(), 14)
    fc.assert(
      fc.property(port, port, fc.uint8Array({ maxLength: 200 }), (sport, dport, payload) => {
        const built = stack(ether(), network(), UDP({ sport, dport }), payload).bytes()
        expect(toHex(template.udp(sport, dport, payload))).toBe(toHex(built))
      }),
    )
  })
})

describe('AnswerReader', () => {
  const reader = new AnswerReader()
  const segment = stack(ether(), networks.IPv4(), TCP({ sport: 80, dport: 40000, flags: 'SA', ack: 78 })).bytes()
  const quoted = stack(IP({ src: '10.0.0.2', dst: '10.9.9.9' }), TCP({ sport: 40000, dport: 81, seq: 5 })).bytes()
  const error = stack(ether(), networks.IPv4(), ICMP({ type: 3, code: 13 }), quoted.slice(0, 28)).bytes()

  test('reads a segment, and whom an ICMP error is about', () => {
    expect(reader.read(segment, 0, segment.length, 1)).toBe(TCP_SEGMENT)
    expect(reader).toMatchObject({ sport: 80, dport: 40000, acknowledgement: 78, flags: 0x12, ttl: 64 })
    expect(addressAt(segment, reader.addressAt, 4)).toBe('10.0.0.1')
    expect(reader.read(error, 0, error.length, 1)).toBe(ICMP_ERROR)
    expect(reader).toMatchObject({ sport: 40000, dport: 81, sequence: 5, code: 13, protocol: 6 })
    expect(addressAt(error, reader.addressAt, 4)).toBe('10.9.9.9')
  })

  test('never reads past the end of a frame', () => {
    const behind = new Uint8Array(256).fill(0xff)
    for (const frame of [segment, error]) {
      for (let end = 0; end < frame.length; end++) {
        const cut = behind.slice()
        cut.set(frame.subarray(0, end))
        const kind = reader.read(cut, 0, end, 1)
        // The transport header of 20 bytes, or 8 quoted ones, end where the frame ends: less is nothing.
        expect(kind).toBe(NOTHING)
      }
    }
  })

  test('agrees with the engine about frames of any content', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 120 }), (bytes) => {
        const frame = Uint8Array.from([...segment.subarray(0, 14), 0x45, ...bytes])
        const kind = reader.read(frame, 0, frame.length, 1)
        const tcp = dissectLink(1, frame).get('TCP') as AnyPacket | undefined
        if (kind === TCP_SEGMENT && tcp !== undefined) expect(reader.sport).toBe(tcp.sport)
        expect(kind).toBeLessThanOrEqual(4)
      }),
    )
  })
})
