import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Lab, openLab } from '../lab/lab.js'
import { bundleProgram, results, scenario, startScenario } from './in-lab.js'

let lab: Lab
let bundle: string

beforeAll(async () => {
  lab = await openLab()
  bundle = await bundleProgram(lab)
})
afterAll(() => lab?.close())

const ip = (side: 'here' | 'there', ...argv: string[]) => lab.exec(side, ['ip', ...argv])

function arpRequest(): string {
  const hex = (ipv4: string) => Buffer.from(ipv4.split('.').map(Number)).toString('hex')
  const mac = lab.here.mac.replaceAll(':', '')
  return `ffffffffffff${mac}08060001080006040001${mac}${hex(lab.here.ipv4)}000000000000${hex(lab.there.ipv4)}`
}

describe('capturing and sending', () => {
  test('an ARP request goes out, and both it and the answer are seen', async () => {
    const [sent, seen] = (await scenario(lab, bundle, 'here', ['arp', 'veth-here', arpRequest()])) as [number, string[]]
    expect(sent).toBe(1)
    expect(seen[0]).toBe(arpRequest())
    expect(seen[1]!.slice(0, 12)).toBe(lab.here.mac.replaceAll(':', ''))
    expect(seen[1]!.slice(40, 44)).toBe('0002')
  })

  test('the filter runs in the kernel; time and lengths are those of the frame', async () => {
    const child = await startScenario(lab, bundle, 'here', [
      'capture',
      'veth-here',
      '{"filter":"icmp","snaplen":60}',
      '2',
    ])
    await lab.exec('here', ['ping', '-c', '1', '-s', '100', lab.there.ipv4])
    const [result] = (await results(child)) as [
      { first: Record<string, number>; seen: string[]; stats: Record<string, number> },
    ]
    expect(result.first).toMatchObject({ interfaceName: 'veth-here', linkType: 1, original: 142 })
    expect(Math.abs(result.first.age!)).toBeLessThan(2)
    expect(result.seen).toHaveLength(2)
    for (const frame of result.seen) expect(frame).toMatch(/^.{24}0800.{18}01/)
    expect(result.seen[0]).toHaveLength(120)
    expect(result.stats).toMatchObject({ received: 2, dropped: 0, sent: 0 })
  })

  test('the loopback has Ethernet frames with addresses of zeros', async () => {
    const child = await startScenario(lab, bundle, 'here', ['capture', 'lo', '{"filter":"icmp"}', '2'])
    await lab.exec('here', ['ping', '-c', '1', '127.0.0.1'])
    const [result] = (await results(child)) as [{ first: object; seen: string[] }]
    expect(result.first).toMatchObject({ linkType: 1 })
    expect(result.seen[0]).toMatch(/^0{24}0800/)
  })

  test('any captures on all interfaces, as Linux cooked frames that say which', async () => {
    const child = await startScenario(lab, bundle, 'here', [
      'capture',
      'any',
      '{"filter":"icmp","immediate":true}',
      '4',
    ])
    await lab.exec('here', ['ping', '-c', '1', '127.0.0.1'])
    await lab.exec('here', ['ping', '-c', '1', lab.there.ipv4])
    const [result] = (await results(child)) as [{ first: object; seen: string[] }]
    expect(result.first).toMatchObject({ linkType: 276, interfaceName: 'any' })
    // SLL2: protocol, reserved, interface index.
    const indexes = new Set(result.seen.map((frame) => Number.parseInt(frame.slice(8, 16), 16)))
    expect(result.seen.every((frame) => frame.startsWith('0800'))).toBe(true)
    expect(indexes.size).toBe(2)
  })

  test('a tun device takes packets without link header', async () => {
    await ip('here', 'tuntap', 'add', 'mode', 'tun', 'name', 'tun7')
    await ip('here', 'address', 'add', '10.99.0.1/24', 'dev', 'tun7')
    const [opened] = await scenario(lab, bundle, 'here', ['type', 'tun7'])
    expect(opened).toEqual({
      linkType: 101,
      addresses: { ipv4: [{ address: '10.99.0.1', prefix: 24 }], ipv6: [], mtu: 1500 },
    })
    await ip('here', 'link', 'del', 'tun7')
  })

  test('promises that onBatch resolves go on at once', async () => {
    expect(await scenario(lab, bundle, 'here', ['promises', 'veth-here'])).toEqual(['resolved'])
  })

  test('every frame of many arrives, in order', async () => {
    const options = JSON.stringify({ filter: 'ether proto 0x88b5' })
    const child = await startScenario(lab, bundle, 'there', ['capture', 'veth-there', options, '3000'])
    const [flood] = await scenario(lab, bundle, 'here', ['flood', 'veth-here', '3000'])
    expect(flood).toEqual({ taken: 3000, sent: 3000 })
    const [result] = (await results(child)) as [{ seen: string[] }]
    expect(result.seen.map((frame) => Number.parseInt(frame.slice(28, 36), 16))).toEqual(
      Array.from({ length: 3000 }, (_, i) => i),
    )
  })

  test('two captures at once see the same', async () => {
    const argv = ['capture', 'veth-there', '{"filter":"ether proto 0x88b5","immediate":true}', '3']
    const children = [await startScenario(lab, bundle, 'there', argv), await startScenario(lab, bundle, 'there', argv)]
    await scenario(lab, bundle, 'here', ['send', 'veth-here', '1', '2', '3'])
    const [one, two] = await Promise.all(children.map((child) => results(child)))
    expect((one as [{ seen: string[] }])[0].seen).toEqual((two as [{ seen: string[] }])[0].seen)
  })
})

test('sending by pcap_inject, as on systems without packet sockets', async () => {
  const argv = ['capture', 'veth-there', '{"filter":"ether proto 0x88b5","immediate":true}', '3']
  const child = await startScenario(lab, bundle, 'there', argv)
  const [taken, long] = await scenario(lab, bundle, 'here', ['inject', 'veth-here'])
  expect(taken).toBe(2)
  expect(long).toMatchObject({ code: 'FRAME_TOO_LONG', errno: 'EMSGSIZE', sent: 1 })
  const [result] = (await results(child)) as [{ seen: string[] }]
  expect(result.seen.map((frame) => Number.parseInt(frame.slice(28, 36), 16))).toEqual([1, 2, 3])
})

describe('mistakes of the user', () => {
  test('each gives an error that says what to do, and none ends the process', async () => {
    const [
      name,
      empty,
      path,
      none,
      noBytes,
      short,
      long,
      huge,
      text,
      filter,
      snaplen,
      buffer,
      any,
      received,
      sending,
      capturing,
    ] = (await scenario(lab, bundle, 'here', ['mistakes', 'veth-here'])) as {
      code: string
      message: string
      sent?: number
      errno?: string
    }[]
    expect(name).toMatchObject({
      code: 'NO_SUCH_INTERFACE',
      message: `there is no interface 'eht0' (there are: lo, veth-here)`,
    })
    expect(empty).toMatchObject({ code: 'NO_SUCH_INTERFACE' })
    expect(path).toMatchObject({ code: 'NO_SUCH_INTERFACE' })
    expect(none).toBe(0)
    expect(noBytes).toMatchObject({ code: 'BAD_FRAME', sent: 0 })
    expect(noBytes!.message).toContain('is empty')
    expect(short).toMatchObject({ code: 'BAD_FRAME', sent: 1 })
    expect(long).toMatchObject({ code: 'FRAME_TOO_LONG', sent: 2, errno: 'EMSGSIZE' })
    expect(long!.message).toContain(
      'frame 2 has 1515 bytes, more than veth-here takes (its MTU is 1500 bytes, 1514 with the link header)',
    )
    expect(huge).toMatchObject({ code: 'FRAME_TOO_LONG', sent: 0 })
    expect(text).toMatchObject({ code: 'BAD_FRAME' })
    expect(filter).toMatchObject({ code: 'BAD_FILTER' })
    expect(filter!.message).toContain(`at 'adn udp' (column 5`)
    expect(snaplen).toMatchObject({ code: 'BAD_OPTION' })
    expect(buffer).toMatchObject({ code: 'BAD_OPTION' })
    expect(any).toMatchObject({ code: 'CAPTURE_ONLY' })
    expect(received).toBe(0)
    expect(sending).toMatchObject({ code: 'CLOSED' })
    expect(capturing).toMatchObject({ code: 'CLOSED' })
  })

  test('stop, close and an exception inside of onBatch end the capture', async () => {
    expect(await scenario(lab, bundle, 'here', ['inside', 'veth-here'])).toEqual([
      { how: 'stop', log: ['batch'], stopped: true },
      { how: 'close', log: ['batch'], stopped: true },
      { how: 'throw', log: ['batch', 'error mine'], stopped: true },
    ])
  })

  test('a capture in a worker is refused', async () => {
    const [refused, main] = await scenario(lab, bundle, 'here', ['worker', 'veth-here'])
    expect(refused).toMatchObject({ code: 'SYSTEM', message: expect.stringContaining('main thread only') })
    expect(main).toBe('alive')
  })

  test('without the right: sudo, or the setcap line; routes and interfaces still work', async () => {
    const drop = ['setpriv', '--bounding-set=-net_raw,-net_admin', '--inh-caps=-net_raw,-net_admin']
    const argv = ['rights', 'veth-here', lab.there.ipv4]
    const [may, link, any, route, found] = (await scenario(lab, bundle, 'here', argv, drop)) as [
      boolean,
      { message: string },
      object,
      string,
      string,
    ]
    expect(may).toBe(false)
    expect(link).toMatchObject({ code: 'NOT_PERMITTED', errno: 'EPERM' })
    expect(link.message).toContain('sudo netshell')
    expect(link.message).toMatch(/sudo setcap cap_net_raw,cap_net_admin\+eip \/\S*node\S*$/m)
    expect(any).toMatchObject({ code: 'NOT_PERMITTED' })
    expect(route).toBe('veth-here')
    expect(found).toBe('veth-here')
  })
})

describe('faults of the wire', () => {
  test('an interface that is down', async () => {
    await ip('here', 'link', 'add', 'name', 'down0', 'type', 'veth', 'peer', 'name', 'down1')
    const [send] = await scenario(lab, bundle, 'here', ['send', 'down0', '1'])
    expect(send).toMatchObject({
      code: 'INTERFACE_DOWN',
      errno: 'ENETDOWN',
      message: 'down0 is down: sudo ip link set down0 up',
    })
    await expect(scenario(lab, bundle, 'here', ['capture', 'down0'])).rejects.toThrow(
      'down0 is down: sudo ip link set down0 up',
    )
    await ip('here', 'link', 'del', 'down0')
  })

  test('a capture survives the interface going down and up', async () => {
    const child = await startScenario(lab, bundle, 'there', ['outage', 'veth-there'])
    await ip('there', 'link', 'set', 'veth-there', 'down')
    await child.waitFor(/"warning"/)
    await ip('there', 'link', 'set', 'veth-there', 'up')
    await scenario(lab, bundle, 'here', ['send', 'veth-here', '7'])
    const [warning, result] = await results(child)
    expect(warning).toMatchObject({ warning: { code: 'INTERFACE_DOWN' }, send: { code: 'INTERFACE_DOWN' } })
    expect(result).toEqual({ seen: [1, 7] })
  })

  test.each(['up', 'down'])('an interface that is deleted while %s ends the capture with an error', async (state) => {
    await ip('here', 'link', 'add', 'name', 'gone0', 'type', 'veth', 'peer', 'name', 'gone1')
    await ip('here', 'link', 'set', 'gone0', 'up')
    await ip('here', 'link', 'set', 'gone1', 'up')
    const child = await startScenario(lab, bundle, 'here', ['outage', 'gone0'])
    if (state === 'down') {
      await ip('here', 'link', 'set', 'gone0', 'down')
      await child.waitFor(/"warning"/)
    }
    await ip('here', 'link', 'del', 'gone0')
    const all = await results(child)
    expect(all.at(-1)).toMatchObject({
      error: { code: 'NO_SUCH_INTERFACE', message: 'gone0 is gone; the capture ended' },
      stopped: true,
      send: { code: 'NO_SUCH_INTERFACE' },
    })
  })

  test('a link follows an interface that is deleted and made again', async () => {
    const gone = expect.objectContaining({ code: 'NO_SUCH_INTERFACE' })
    expect(await scenario(lab, bundle, 'here', ['replaced', 'again0'])).toEqual([1, gone, gone, 1, 1, true])
  })

  test('a full queue: fewer frames are taken, and the call comes back', async () => {
    await lab.exec('here', [
      'tc',
      'qdisc',
      'add',
      'dev',
      'veth-here',
      'root',
      'tbf',
      'rate',
      '100kbit',
      'burst',
      '2000',
      'limit',
      '20000',
    ])
    const [flood] = (await scenario(lab, bundle, 'here', ['flood', 'veth-here', '5000', '1000'])) as [
      { taken: number; sent: number },
    ]
    await lab.exec('here', ['tc', 'qdisc', 'del', 'dev', 'veth-here', 'root'])
    expect(flood.taken).toBeGreaterThan(0)
    expect(flood.taken).toBeLessThan(5000)
    expect(flood.sent).toBe(flood.taken)
  })

  test('frames that find no room are counted', async () => {
    const [counted] = (await scenario(lab, bundle, 'here', ['drops', 'veth-here'])) as [Record<string, unknown>]
    expect(counted).toMatchObject({ sent: 2000, sum: 2000 })
    expect(counted.dropped).toBeGreaterThan(0)
    expect(counted.after).toEqual({
      received: counted.received,
      dropped: counted.dropped,
      interfaceDropped: 0,
      sent: 2000,
      backend: 'pcap',
    })
    expect(counted.link).toEqual(counted.after)
  })

  test('starting and stopping leaves no descriptor behind', async () => {
    const [descriptors] = (await scenario(lab, bundle, 'here', ['cycles', 'veth-here'])) as [
      { before: number; after: number },
    ]
    expect(descriptors.after).toBe(descriptors.before)
  })

  test('child processes do not inherit the sockets', async () => {
    expect(await scenario(lab, bundle, 'here', ['children', 'veth-here'])).toEqual([0])
  })

  test.each(['outside', 'inside'])('the process may end at any time (%s of a callback)', async (where) => {
    expect(await scenario(lab, bundle, 'here', ['exit', 'veth-here', where])).toEqual([])
  })
})
