import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Ladder } from '../../../src/sessions/explain/ladder.js'
import { Recorder, type RecorderOptions } from '../../../src/sessions/explain/recorder.js'
import { type Lab, openLab } from '../../lab/lab.js'
import { expectAgreement, tshark } from './against-tshark.js'

let lab: Lab
beforeAll(async () => {
  lab = await openLab()
})
afterAll(() => lab.close())

/** The ladder of what the end `here` has with a port of `there` while a program runs in `here`. */
async function seen(
  options: Pick<RecorderOptions, 'protocol' | 'port'> & { address?: string },
  argv: readonly string[],
): Promise<Ladder> {
  const recorder = await Recorder.begin({
    address: lab.there.ipv4,
    role: 'client',
    netns: lab.here.namespace,
    ...options,
  })
  await lab.exec('here', argv, { timeout: 8000 }).catch(() => undefined)
  const packets = await recorder.packets()
  await recorder.stop()
  return new Ladder(packets, { serverPort: options.port })
}

const python = (program: string, ...words: (string | number)[]) => [
  '/usr/bin/python3',
  '-c',
  program,
  ...words.map(String),
]
const TALK = `
import socket, sys
s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
s.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n'); s.shutdown(socket.SHUT_WR)
while s.recv(4096): pass
s.close()`
const ASK = `
import socket, sys
s = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(1); s.connect((sys.argv[1], int(sys.argv[2])))
s.send(b'who is there?')
try: s.recv(100)
except OSError as e: print(e)
s.close()`

describe('connections between two machines', () => {
  it('python with an echo server', async () => {
    const listener = await lab.tcpListener()
    const ladder = await seen({ protocol: 'tcp', port: listener.port }, python(TALK, lab.there.ipv4, listener.port))
    await listener.stop()
    await expectAgreement(ladder)
    expect(ladder.conversations[0]!.server).toEqual({ address: lab.there.ipv4, port: listener.port })
    expect(ladder.counts).toMatchObject({ handshake: 3, dataFromClient: 18, dataFromServer: 18 })
    expect(ladder.text({ width: 120 })).toContain("'GET / HTTP/1.0\\r\\n\\r\\n'")
  })

  it('over IPv6', async () => {
    const listener = await lab.tcpListener()
    const { ipv6 } = lab.there
    const ladder = await seen(
      { protocol: 'tcp', port: listener.port, address: ipv6 },
      python(TALK, ipv6, listener.port),
    )
    await listener.stop()
    await expectAgreement(ladder)
    expect(ladder.counts.handshake).toBe(3)
  })

  it('a port without a server refuses', async () => {
    const ladder = await seen({ protocol: 'tcp', port: 81 }, python(TALK, lab.there.ipv4, 81))
    await expectAgreement(ladder)
    expect(ladder.conversations[0]!.phases.map(({ kind }) => kind)).toEqual(['refused'])
  })

  it('a filter that drops: the SYN goes again, and no answer comes', async () => {
    await lab.filterPort('tcp', 82, 'drop')
    const ladder = await seen({ protocol: 'tcp', port: 82 }, ['timeout', '2', ...python(TALK, lab.there.ipv4, 82)])
    await expectAgreement(ladder)
    expect(ladder.conversations[0]!.phases.map(({ kind }) => kind)).toEqual(['no answer'])
    expect(ladder.toString()).toContain('retransmission of SYN')
  })

  it('a filter that rejects: the ICMP error about the SYN is shown', async () => {
    await lab.filterPort('tcp', 83, 'reject')
    const ladder = await seen({ protocol: 'tcp', port: 83 }, python(TALK, lab.there.ipv4, 83))
    await expectAgreement(ladder)
    const { steps, phases } = ladder.conversations[0]!
    expect(phases.map(({ title }) => title)).toEqual(['no connection'])
    expect(steps.map(({ flags, from }) => [flags, from]).slice(0, 2)).toEqual([
      ['SYN', 'client'],
      ['ICMP', 'server'],
    ])
    expect(ladder.toString()).toContain('prohibited by a filter')
  })

  it('a router that knows no way tells so', async () => {
    const address = lab.beyond.unreachable
    let ladder = await seen({ protocol: 'udp', port: 9, address }, python(ASK, address, 9))
    // Routers hold back errors.
    for (let more = 3; more > 0 && ladder.packets.length < 2; more--)
      ladder = await seen({ protocol: 'udp', port: 9, address }, python(ASK, address, 9))
    expect(ladder.conversations[0]!.phases[0]!.title).toBe('not delivered')
    expect(ladder.conversations[0]!.steps[1]!.notes[0]!.text).toBe(`host unreachable, says ${lab.there.ipv4}`)
  })

  it('UDP with a server: question and answer', async () => {
    const listener = await lab.udpListener()
    const ladder = await seen({ protocol: 'udp', port: listener.port }, python(ASK, lab.there.ipv4, listener.port))
    await listener.stop()
    const [talk] = ladder.conversations
    expect(talk!.phases.map(({ title }) => title)).toEqual(['question and answer'])
    const rows = await tshark(ladder.packets, ['udp.srcport', 'udp.length'])
    expect(
      talk!.steps.map(({ from, length }) => [from === 'client' ? talk!.client.port : talk!.server.port, length + 8]),
    ).toEqual(rows.map((row) => row.map(Number)))
    expect(ladder.toString()).toContain("'who is there?'")
  })

  it('UDP without a server: port unreachable', async () => {
    for (const address of [lab.there.ipv4, lab.there.ipv6]) {
      const ladder = await seen({ protocol: 'udp', port: 9, address }, python(ASK, address, 9))
      const [talk] = ladder.conversations
      expect(talk!.phases.map(({ title }) => title)).toEqual(['nobody listens at this port'])
      expect(talk!.steps.map(({ flags }) => flags)).toEqual(['UDP', 'ICMP'])
      const errors = await tshark(ladder.packets, ['frame.number'], 'icmp.code == 3 || icmpv6.code == 4')
      expect(errors.map(([frame]) => Number(frame))).toEqual([talk!.steps[1]!.index + 1])
    }
  })

  it('a line that loses packets: what tshark calls sent again is called so', async () => {
    const listener = await lab.tcpListener()
    const program = `
import socket, sys
s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
s.sendall(b'x' * 300000); s.shutdown(socket.SHUT_WR)
while s.recv(65536): pass
s.close()`
    const rules = `add table inet lossy
add chain inet lossy input { type filter hook input priority 0; }
add rule inet lossy input tcp dport ${listener.port} numgen random mod 100 < 4 drop
`
    const { status, stderr } = await lab.exec('there', ['nft', '-f', '-'], { input: rules })
    expect([status, stderr]).toEqual([0, ''])
    const ladder = await seen({ protocol: 'tcp', port: listener.port }, python(program, lab.there.ipv4, listener.port))
    await lab.exec('there', ['nft', 'delete', 'table', 'inet', 'lossy'])
    await listener.stop()
    expect(ladder.counts.retransmissions).toBeGreaterThan(0)
    await expectAgreement(ladder)
  })
})
