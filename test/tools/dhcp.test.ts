import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BOOTP, DHCP, type DhcpOptionInput, Ether, IP, UDP } from '../../src/layers/index.js'
import { type Link, memoryLinkPair } from '../../src/link/index.js'
import { type AnyPacket, fromHex, type Packet, stack } from '../../src/packet/index.js'
import { dhcpDiscover } from '../../src/tools/dhcp/index.js'
import { practiceNetwork } from '../../src/tools/practice-network/index.js'
import { type Lab, openLab } from '../lab/lab.js'
import { onFrames } from '../link/on-frames.js'

/** A server of the test at the other end: `reply` makes the answers to each discover. */
function server(link: Link, reply: (discover: AnyPacket, count: number) => Packet[]): AnyPacket[] {
  const asked: AnyPacket[] = []
  onFrames(link, (frame) => {
    const discover = frame.get('BOOTP') as AnyPacket | undefined
    if (discover?.op !== 1) return []
    asked.push(frame)
    return reply(discover, asked.length)
  })
  return asked
}

const offer = (
  discover: AnyPacket,
  address: string,
  options: DhcpOptionInput[],
  {
    src = '10.0.0.2',
    mac = '02:00:00:00:00:02',
    ...bootp
  }: { src?: string; mac?: string; [field: string]: unknown } = {},
): Packet =>
  stack(
    Ether({ src: mac, dst: 'ff:ff:ff:ff:ff:ff' }),
    IP({ src, dst: '255.255.255.255' }),
    UDP({ sport: 67, dport: 68 }),
    BOOTP({ op: 2, xid: discover.xid, chaddr: discover.chaddr, yiaddr: address, ...bootp }),
    DHCP({ options: [['message-type', 'offer'], ['server_id', src], ...options, 'end'] }),
  )

describe('dhcpDiscover on a link in memory', () => {
  test('collects the offers of all servers, and shows who they are', async () => {
    const [link, other] = memoryLinkPair()
    const asked = server(other, (discover) => [
      offer(discover, '10.0.0.100', [
        ['subnet_mask', '255.255.255.0'],
        ['router', '10.0.0.1'],
        ['name_server', ['10.0.0.1', '10.0.0.3']],
        ['domain', 'lab\x00'],
        ['lease_time', 43200],
      ]),
      offer(discover, '192.168.66.6', [['lease_time', 0xffffffff]], { src: '192.168.66.1', mac: '02:66:00:00:00:06' }),
      offer(discover, '10.0.0.9', [], { xid: ((discover.xid as number) ^ 1) >>> 0 }),
      offer(discover, '10.0.0.9', [], { chaddr: '02:00:00:00:00:99' }),
    ])
    const result = await dhcpDiscover({ link, timeout: 0.3 })
    expect(result.servers).toEqual(['10.0.0.2', '192.168.66.1'])
    expect(
      result.offers.map(({ address, fromMac, leaseTime, domain }) => [address, fromMac, leaseTime, domain]),
    ).toEqual([
      ['10.0.0.100', '02:00:00:00:00:02', 43200, 'lab'],
      ['192.168.66.6', '02:66:00:00:00:06', Number.POSITIVE_INFINITY, undefined],
    ])
    expect(result.offers[0]!.nameServers).toEqual(['10.0.0.1', '10.0.0.3'])
    const text = String(result)
    expect(text).toMatch(/10\.0\.0\.2 +10\.0\.0\.100 +255\.255\.255\.0 +10\.0\.0\.1 +10\.0\.0\.1 +lab +12 h/)
    expect(text).toContain('2 servers answer on this link')
    expect(text).toContain('nothing was leased')
    expect(JSON.parse(JSON.stringify(result)).offers[1]).toMatchObject({
      server: '192.168.66.1',
      leaseTime: 'infinite',
    })
    // Both questions are whole messages of at least 300 bytes, by broadcast, and only discover anything.
    expect(asked.length).toBe(2)
    for (const frame of asked) {
      expect([frame.dst, frame.get(IP)!.src, frame.get(IP)!.dst]).toEqual([
        'ff:ff:ff:ff:ff:ff',
        '0.0.0.0',
        '255.255.255.255',
      ])
      expect((frame.get('DHCP') as AnyPacket).options[0]).toEqual(['message-type', 'discover'])
      expect(frame.get('BOOTP')!.bytes().length).toBeGreaterThanOrEqual(300)
    }
    link.close()
  })

  test('options in the fields for names are read too, and nothing steers the terminal', async () => {
    const [link, other] = memoryLinkPair()
    server(other, (discover) => [
      offer(
        discover,
        '10.0.0.7',
        [
          ['dhcp-option-overload', 3],
          ['hostname', fromHex('1b5b326a')],
          ['domain', fromHex('1b5b326a')],
        ],
        {
          file: Buffer.from([67, 4, 98, 111, 111, 116, 255]),
          sname: Buffer.from([66, 2, 104, 49, 255]),
          giaddr: '10.9.9.9',
        },
      ),
    ])
    const result = await dhcpDiscover({ link, timeout: 5, first: true })
    expect(result.offers[0]).toMatchObject({ bootFile: 'boot', bootServer: 'h1', relay: '10.9.9.9' })
    expect(result.duration).toBeLessThan(4)
    expect(String(result)).not.toContain('\x1b')
    expect(String(result)).toContain('10.0.0.2 has a file to boot from: boot on h1')
    expect(result.offers[0]!.option('hostname')).toEqual(fromHex('1b5b326a'))
    link.close()
  })

  test('nobody answers; Ctrl-C gives what is there and ends the capture', async () => {
    const [link, other] = memoryLinkPair()
    expect(String(await dhcpDiscover({ link, timeout: 0.05 }))).toMatch(/^no DHCP server answered on left \(2 sent/)
    server(other, (discover) => [offer(discover, '10.0.0.5', [])])
    const task = dhcpDiscover({ link, timeout: 60, mac: '02:AA:00:00:00:01' })
    setTimeout(() => task.interrupt(), 50)
    const result = await task
    expect(result.offers.map(({ address }) => address)).toEqual(['10.0.0.5'])
    expect(result.mac).toBe('02:aa:00:00:00:01')
    const before = link.stats().received
    other.send([stack(Ether(), IP(), UDP({ sport: 67, dport: 68 })).bytes()])
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(link.stats().received).toBe(before)
    link.close()
  })

  test.each([
    [{ timeout: -1 }, 'option timeout must be a number of seconds, 0 or more'],
    [{ mac: 'x' }, 'option mac must be a MAC address'],
    [{ timout: 1 }, "no option 'timout'; did you mean 'timeout'?"],
    [{ requestOptions: ['ruter'] }, "'ruter' is no option"],
    [{ netns: 'there-is-none', iface: 'x' }, "no network namespace 'there-is-none'"],
  ])('%j: %s', async (options, message) => {
    const [link] = memoryLinkPair()
    const given = 'netns' in options ? options : { link, ...options }
    await expect(dhcpDiscover(given as object)).rejects.toThrow(message)
    link.close()
  })
})

test('dhcpDiscover in the practice network', async () => {
  const network = practiceNetwork()
  const result = await dhcpDiscover({ link: network.link, timeout: 5, first: true })
  expect(result.offers[0]).toMatchObject({ server: '10.0.0.254', mask: '255.255.255.0' })
  network.close()
})

describe('dhcpDiscover and dnsmasq', () => {
  let lab: Lab
  const leases = () => join(lab.folder, 'leases')
  beforeAll(async () => {
    lab = await openLab()
    const network = lab.there.ipv4.replace(/\d+$/, '')
    const child = lab.spawn('there', [
      ...[
        'dnsmasq',
        '-k',
        '--conf-file=/dev/null',
        '--pid-file',
        '--user=root',
        '--port=0',
        '--log-facility=-',
        '--no-ping',
      ],
      ...['--bind-interfaces', `--interface=${lab.there.interfaceName}`, `--dhcp-leasefile=${leases()}`],
      ...[
        `--dhcp-range=${network}100,${network}120,2h`,
        '--domain=lab.example',
        `--dhcp-option=option:router,${network}254`,
      ],
      ...[
        `--dhcp-option=option:dns-server,${network}2,${network}3`,
        '--dhcp-option=option:domain-search,a.example,b.example',
      ],
      ...['--dhcp-boot=pxelinux.0,bootserver'],
    ])
    await child.waitFor(/started|DHCP, IP range/)
  })
  afterAll(() => lab.close())

  test('its offer is shown, and it leases nothing', async () => {
    const { here, there } = lab
    const network = there.ipv4.replace(/\d+$/, '')
    const result = await dhcpDiscover({ iface: here.interfaceName, netns: here.namespace, timeout: 10, first: true })
    expect(result.offers.length).toBe(1)
    const [first] = result.offers
    expect(first).toMatchObject({
      server: there.ipv4,
      from: there.ipv4,
      fromMac: there.mac,
      mask: '255.255.255.0',
      routers: [`${network}254`],
      nameServers: [`${network}2`, `${network}3`],
      domain: 'lab.example',
      leaseTime: 7200,
      bootFile: 'pxelinux.0',
      bootServer: 'bootserver',
    })
    expect(Number(first!.address.split('.')[3])).toBeGreaterThanOrEqual(100)
    expect(first!.option('domain-search')).toEqual(['a.example.', 'b.example.'])
    const file = await lab.exec('there', ['sh', '-c', `cat ${leases()} 2>/dev/null || true`])
    expect(file.stdout).not.toContain(first!.address)
  })
})
