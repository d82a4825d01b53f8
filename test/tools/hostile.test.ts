/** What strangers send on purpose: bounded time and memory, and no line that looks like ours. */
import { afterEach, describe, expect, test } from 'vitest'
import { setReporter, sr } from '../../src/exchange/index.js'
import { BOOTP, DHCP, dissectLink, Ether, ICMP, IP, IPv6, TCP, UDP } from '../../src/layers/index.js'
import { memoryLinkPair } from '../../src/link/index.js'
import { type AnyPacket, type Packet, stack } from '../../src/packet/index.js'
import { arping } from '../../src/tools/arping/index.js'
import { dhcpDiscover } from '../../src/tools/dhcp/index.js'
import { mtu } from '../../src/tools/mtu/index.js'
import { openvpnProbe } from '../../src/tools/openvpn/index.js'
import { scan } from '../../src/tools/scan/index.js'
import { traceroute } from '../../src/tools/traceroute/index.js'
import { FarEnd, GATEWAY, NEAR, type Reply } from './far-end.js'
import { responder } from './scan-responder.js'

const HOST = '192.0.2.9'
const closing: { close(): void }[] = []
afterEach(() => {
  for (const each of closing.splice(0)) each.close()
  setReporter(() => undefined)
})

function farEnd(reply: Reply): FarEnd {
  const end = new FarEnd(reply)
  closing.push(end)
  return end
}

const echoReply = (packet: AnyPacket): Packet => {
  const { id, seq } = packet.get(ICMP)!
  return stack(IP({ src: HOST, dst: NEAR }), ICMP({ type: 0, id, seq }))
}

describe('floods', () => {
  test('sr with multi keeps a bounded number of further answers, and says so', async () => {
    const told: string[] = []
    setReporter((text) => told.push(text))
    const { link } = farEnd((packet) => {
      const seq = packet.get(ICMP)!.seq as number
      return Array.from({ length: seq === 1 ? 110_000 : 1 }, () => echoReply(packet))
    })
    const packets = stack(IP({ src: NEAR, dst: HOST }), ICMP({ id: 5, seq: [1, 2] }))
    const { answered } = await sr(packets, { link, multi: true, timeout: 1, inter: 0.05 })
    expect(answered.filter(({ query }) => query.get(ICMP)!.seq === 1)).toHaveLength(100_001)
    expect(answered.filter(({ query }) => query.get(ICMP)!.seq === 2)).toHaveLength(1)
    expect(told.filter((text) => text.includes('the rest is left out'))).toHaveLength(1)
  })

  test('arping: a station for every address there is', async () => {
    const macs = () => Array.from({ length: 5000 }, (_, i) => `02:66:00:00:${hex(i >>> 8)}:${hex(i & 255)}`)
    const network = responder({ hosts: ['10.0.0.2'], macs })
    closing.push(network)
    const result = await arping('10.0.0.2', { link: network.link, timeout: 0.2 })
    expect(result.stations).toHaveLength(64)
  })

  test('traceroute: answers that fit no probe', async () => {
    const { link } = farEnd((packet) => {
      const { sport, dport, seq } = packet.get(TCP)!
      // It does not acknowledge the SYN itself, and so does not tell which of them it is for.
      const answer = stack(IP({ src: HOST, dst: NEAR }), TCP({ sport: dport, dport: sport, flags: 'SA', ack: seq }))
      return Array.from({ length: 500 }, () => answer)
    })
    const result = await traceroute(HOST, { link, protocol: 'tcp', timeout: 0.3, maxHops: 4 })
    expect(result.hops).toHaveLength(1)
    expect(result.hops[0]!.answers.map((answer) => answer?.address)).toEqual([HOST, HOST, HOST])
  })

  test('mtu: a router that names a byte less each time', async () => {
    let count = 0
    const { link } = farEnd((packet) => {
      const length = packet.bytes().length
      if (length <= 68) return echoReply(packet)
      count++
      const error = ICMP({ type: 3, code: 4, nexthopmtu: length - 1 })
      return stack(IP({ src: GATEWAY, dst: NEAR }), error, packet.bytes().slice(0, 28))
    })
    const result = await mtu(HOST, { link, timeout: 0.2, rate: 100_000 })
    expect(result.mtu).toBe(68)
    expect(count).toBeLessThan(150)
  })
})

describe('dhcpDiscover', () => {
  const OFFER = { op: 2, yiaddr: '10.0.0.9' }

  /** A server that answers with these layers, from the network layer on. */
  async function discovered(answers: (discover: AnyPacket) => Packet[]) {
    const [link, other] = memoryLinkPair()
    closing.push(link, other)
    const onError = (error: Error) => expect.fail(error.message)
    other.capture(
      { immediate: true },
      (batch) => {
        for (let i = 0; i < batch.count; i++) {
          const start = batch.offsets[i]!
          const frame = dissectLink(1, batch.buffer.slice(start, start + batch.lengths[i]!)) as AnyPacket
          const bootp = frame.get('BOOTP') as AnyPacket | undefined
          if (bootp?.op !== 1) continue
          for (const answer of answers(bootp)) other.send([stack(Ether({ src: '02:00:00:00:00:02' }), answer).bytes()])
        }
      },
      onError,
    )
    return dhcpDiscover({ link, timeout: 0.2, retry: 0 })
  }

  test('an answer over IPv6 is none, and ends nothing', async () => {
    const result = await discovered(({ xid, chaddr }) => {
      const message = [UDP({ sport: 67, dport: 68 }), BOOTP({ ...OFFER, xid, chaddr }), DHCP({ options: ['end'] })]
      return [
        stack(IPv6({ src: 'fe80::1', dst: 'ff02::1' }), ...message),
        stack(IP({ src: '10.0.0.2', dst: '255.255.255.255' }), ...message),
      ]
    })
    expect(result.offers.map(({ from }) => from)).toEqual(['10.0.0.2'])
  })

  test('line ends in a text make no row', async () => {
    const row = 'x\n10.0.0.66  10.0.0.67\t-'
    const result = await discovered(({ xid, chaddr }) => [
      stack(
        IP({ src: '10.0.0.2', dst: '255.255.255.255' }),
        UDP({ sport: 67, dport: 68 }),
        BOOTP({ ...OFFER, xid, chaddr }),
        DHCP({
          options: [
            ['message-type', 'offer'],
            ['domain', row],
            ['boot-file-name', row],
            ['tftp_server_name', row],
            'end',
          ],
        }),
      ),
    ])
    const lines = String(result).split('\n')
    expect(lines).toHaveLength(3)
    expect(lines.filter((line) => line.startsWith('10.0.0.66'))).toEqual([])
  })
})

describe('keys', () => {
  test('given in place of their file are not in the error', async () => {
    const secret = '0123456789abcdef0123456789abcdef'
    const key = `-----BEGIN OpenVPN Static key V1-----\n${`${secret}\n`.repeat(16)}-----END OpenVPN Static key V1-----\n`
    for (const given of [key, secret.repeat(16), `${secret}\n`])
      for (const option of ['tlsAuth', 'tlsCrypt'] as const) {
        const error = await openvpnProbe('127.0.0.1', { [option]: given }).then(
          () => expect.fail('it was taken'),
          (reason: unknown) => reason as Error,
        )
        expect(error.message).toContain('not the key itself')
        expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain(secret.slice(0, 8))
      }
  })
})

test('an interrupted scan by connections keeps nothing running and does not change its result later', async () => {
  // TEST-NET-1: nobody is there.
  const task = scan('192.0.2.1', { type: 'connect', ports: '1-4', retry: 0, timeout: 0.3 })
  await new Promise((resolve) => setTimeout(resolve, 30))
  task.interrupt()
  const result = await task
  expect(process.getActiveResourcesInfo()).not.toContain('TCPSocketWrap')
  const before = JSON.stringify(result)
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(JSON.stringify(result)).toBe(before)
})

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}
