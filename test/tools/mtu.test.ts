import { describe, expect, test } from 'vitest'
import { ICMP, ICMPv6EchoReply, ICMPv6PacketTooBig, IP, IPv6 } from '../../src/layers/index.js'
import { type AnyPacket, type Packet, stack } from '../../src/packet/index.js'
import { type MtuOptions, mtu } from '../../src/tools/mtu/index.js'
import { farEnds, GATEWAY, GATEWAY6, NEAR, NEAR6, type Reply } from './far-end.js'

const HOST = '192.0.2.9'
const { farEnd } = farEnds()

/** How long a packet that vanishes is waited for, in seconds: the far end answers all others at once, in the same process. */
const SILENCE = 0.3

function echo(packet: AnyPacket): Packet {
  const { id, seq, payload } = packet.get(ICMP)!
  return stack(IP({ src: HOST, dst: NEAR }), ICMP({ type: 0, id, seq }), payload ?? '')
}

const error = (packet: AnyPacket, from: string, fields: object): Packet =>
  stack(IP({ src: from, dst: NEAR }), ICMP(fields), packet.bytes().slice(0, 28))

const size = (packet: AnyPacket): number => packet.bytes().length

/** A way whose links take so many bytes, each with what its router says: the MTU, 0 of old routers, or nothing. */
const way =
  (...links: readonly [takes: number, router: string, says: number | null][]): Reply =>
  (packet) => {
    const narrow = links.find(([takes]) => size(packet) > takes)
    if (narrow === undefined) return echo(packet)
    const [, router, says] = narrow
    return says === null ? undefined : error(packet, router, { type: 3, code: 4, nexthopmtu: says })
  }

/** The sizes that a search tells, in the order of the packets. */
const told = (probes: readonly { size: number; outcome: string }[]) =>
  probes.map((each) => `${each.size} ${each.outcome}`)

describe('mtu', () => {
  test('nothing in the way: the own interface limits', async () => {
    const end = farEnd(way())
    const result = await mtu(HOST, { link: end.link })
    expect([result.mtu, result.mss, result.limit, result.complete]).toEqual([
      ...[1500, 1460, { by: 'interface', name: 'wire' }, true],
    ])
    expect(end.seen.every((packet) => packet.flags === 'DF')).toBe(true)
    expect(String(result).split('\n').at(-1)).toBe(
      'MTU to 192.0.2.9: 1500 bytes (TCP MSS 1460), limited by the own interface wire',
    )
    expect(end.captures).toBe(0)
  })

  test('routers that say what they take', async () => {
    const { link } = farEnd(way([1400, GATEWAY, 1400], [1280, '198.51.100.1', 1280]))
    const result = await mtu(HOST, { link })
    expect([result.mtu, result.limit]).toEqual([1280, { by: 'router', address: '198.51.100.1' }])
    expect(told(result.probes)).toEqual(['1500 too big', '68 arrived', '1400 too big', '1280 arrived'])
    expect(String(result)).toContain('1500  too big, MTU 1400')
    expect(result.toJSON()).toMatchObject({ host: HOST, mtu: 1280, mss: 1240, complete: true, interfaceMtu: 1500 })
  })

  test.each([576, 1372, 1499])('a router that is silent about its %i bytes', async (takes) => {
    const { link } = farEnd(way([takes, GATEWAY, null]))
    const result = await mtu(HOST, { link, retry: 1, timeout: SILENCE, rate: 10_000 })
    expect([result.mtu, result.limit]).toEqual([takes, { by: 'silence' }])
    expect(result.sent).toBeLessThan(80)
    expect(String(result)).toContain('limited by a link whose router does not say so: larger packets vanish')
  })

  test('an old router says too big and not how much', async () => {
    const { link } = farEnd(way([1006, GATEWAY, 0]))
    const result = await mtu(HOST, { link, timeout: 20 })
    expect([result.mtu, result.limit]).toEqual([1006, { by: 'router', address: GATEWAY }])
  })

  test('a router that names a size as large as the packet is not believed', async () => {
    const { link } = farEnd(way([1300, GATEWAY, 9000]))
    expect((await mtu(HOST, { link, timeout: 20 })).mtu).toBe(1300)
  })

  test('a loud router first, a silent one behind it', async () => {
    const { link } = farEnd(way([1400, GATEWAY, 1400], [1300, '198.51.100.1', null]))
    const result = await mtu(HOST, { link, retry: 1, timeout: SILENCE, rate: 10_000 })
    expect([result.mtu, result.limit]).toEqual([1300, { by: 'silence' }])
  })

  test('a packet that is lost is sent again', async () => {
    let lost = 2
    const { link } = farEnd((packet) => (size(packet) === 1500 && lost-- > 0 ? undefined : echo(packet)))
    const result = await mtu(HOST, { link, timeout: SILENCE })
    expect([result.mtu, result.probes[0]!.sent]).toEqual([1500, 3])
  })

  test('a host that answers nothing', async () => {
    const { link } = farEnd(() => undefined)
    const result = await mtu(HOST, { link, retry: 0, timeout: 0.2 })
    expect([result.mtu, result.mss, result.limit]).toEqual([null, null, null])
    expect(String(result)).toContain('MTU to 192.0.2.9: unknown, the host does not answer probes of any size')
  })

  test('a host that is not there, as a router says', async () => {
    const { link } = farEnd((packet) => error(packet, GATEWAY, { type: 3, code: 1 }))
    const result = await mtu(HOST, { link, timeout: 20 })
    expect(String(result)).toContain('MTU to 192.0.2.9: unknown, 10.0.0.254 says: host unreachable')
  })

  test('UDP: that nobody is at the port shows that it arrived', async () => {
    const { link } = farEnd((packet) =>
      size(packet) > 1400
        ? error(packet, GATEWAY, { type: 3, code: 4, nexthopmtu: 1400 })
        : error(packet, HOST, { type: 3, code: 3 }),
    )
    expect((await mtu(HOST, { link, udp: 33434, timeout: 20 })).mtu).toBe(1400)
  })

  test('IPv6', async () => {
    const { link } = farEnd((packet) => {
      if (size(packet) > 1400) {
        const quoted = packet.bytes().slice(0, 1232)
        return stack(IPv6({ src: GATEWAY6, dst: NEAR6 }), ICMPv6PacketTooBig({ mtu: 1400 }), quoted)
      }
      const { id, seq, data } = packet.get('ICMPv6EchoRequest') as AnyPacket
      const reply = ICMPv6EchoReply({ id: id as number, seq: seq as number, data: data as Uint8Array })
      return stack(IPv6({ src: packet.dst as string, dst: NEAR6 }), reply)
    })
    const result = await mtu('2001:db8::9', { link, timeout: 20 })
    expect([result.mtu, result.mss, result.limit]).toEqual([1400, 1340, { by: 'router', address: GATEWAY6 }])
  })

  test('larger interfaces; max holds below them', async () => {
    const { link } = farEnd(way([9000, GATEWAY, null]), { mtu: 65535 })
    expect((await mtu(HOST, { link, retry: 1, timeout: SILENCE, rate: 10_000 })).mtu).toBe(9000)
    const result = await mtu(HOST, { link, max: 1500, timeout: 20 })
    expect([result.mtu, result.limit]).toEqual([1500, { by: 'option' }])
  })

  test('a driver that takes less than its interface says', async () => {
    const { link } = farEnd(way())
    Object.defineProperty(link, 'addresses', { value: { ...link.addresses, mtu: 9000 } })
    const { send } = link
    link.send = (frames) => {
      if (frames.some((frame) => frame.length > 1514)) link.addresses.mtu = 1500
      try {
        return send.call(link, frames)
      } finally {
        link.addresses.mtu = 9000
      }
    }
    const result = await mtu(HOST, { link, retry: 0, timeout: 20, rate: 10_000 })
    expect([result.mtu, result.limit]).toEqual([1500, { by: 'interface', name: 'wire' }])
  })

  test('Ctrl-C keeps what is known', async () => {
    const end = farEnd((packet) => {
      if (size(packet) > 500) {
        setTimeout(() => task.interrupt(), 50)
        return undefined
      }
      return echo(packet)
    })
    const task = mtu(HOST, { link: end.link, timeout: 60 })
    const result = await task
    expect([result.mtu, result.complete, end.captures]).toEqual([68, false, 0])
    expect(String(result)).toContain('at least 68 bytes (interrupted) (TCP MSS 28)')
  })

  test('a gateway that nobody answers for', async () => {
    const { link } = farEnd(() => undefined, { silent: [GATEWAY] })
    await expect(mtu(HOST, { link })).rejects.toThrow(
      'mtu: nobody answers for 192.0.2.9, or for the gateway to it, on wire: nothing was sent',
    )
  })

  test.each<[object, string]>([
    [{ max: 60 }, 'mtu: option max must be a whole number, 68..65535, not 60'],
    [{ retry: 16 }, 'mtu: option retry must be a whole number, 0..15, not 16'],
    [{ timeuot: 1 }, "mtu has no option 'timeuot'; did you mean 'timeout'?"],
  ])('a mistake is told (%#)', async (options, message) => {
    await expect(mtu(HOST, options as MtuOptions)).rejects.toThrow(message)
  })
})
