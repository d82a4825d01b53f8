import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { forgetRoutes, mtuTo, type Route, type RouteEntry, route, routes, rules } from '../../src/link/index.js'
import { bundleSource } from '../lab/bundle.js'
import { type Lab, openLab } from '../lab/lab.js'
import { must, run } from '../lab/process.js'

/** The same numbers for a seed, 0 up to below `limit` (a linear congruential generator). */
function numbers(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

/** What of a route is compared. */
interface Way {
  type: string
  dev?: string
  gateway?: string
  source?: string
  mtu?: number
}

interface IpRoute {
  type?: string
  dst: string
  dev?: string
  gateway?: string
  via?: { host: string }
  prefsrc?: string
  metrics?: { mtu?: number }[]
  protocol?: string
  scope?: string
  table?: string
  metric?: number
  nexthops?: { gateway?: string; via?: { host: string }; dev: string; weight: number }[]
}

const NOWHERE = ['unreachable', 'prohibit', 'blackhole']

describe('without root', () => {
  afterEach(() => route.reset())

  test('tables and rules are those of the ip command', async () => {
    const list = JSON.parse(await must(['ip', '-j', '-4', 'route'])) as unknown[]
    expect(routes({ family: 4 })).toHaveLength(list.length)
    expect(rules({ family: 4 })).toHaveLength((JSON.parse(await must(['ip', '-j', '-4', 'rule'])) as unknown[]).length)
  })

  test('routes of this session', () => {
    route.add('198.18.99.0/24', { iface: 'lo', source: '198.18.99.1', mtu: 500 })
    expect(route('198.18.99.7')).toEqual({
      destination: '198.18.99.7',
      type: 'unicast',
      interfaceName: 'lo',
      interfaceIndex: 1,
      source: '198.18.99.1',
      mtu: 500,
      ofSession: true,
    })
    expect(String(routes()[0])).toBe('198.18.99.0/24 dev lo src 198.18.99.1 mtu 500 scope link (this session)')
    route.reset()
    expect(route('198.18.99.7')).not.toHaveProperty('ofSession')
  })
})

describe('in a lab with several tables', () => {
  let lab: Lab
  let netns: string

  beforeAll(async () => {
    lab = await openLab()
    netns = lab.here.namespace
    const via = lab.there.ipv4
    const via6 = lab.there.ipv6
    const linkLocal = 'fe80::2'
    const lines = [
      // Two more links, one of them off.
      `link add wan0 type veth peer name wan1 netns ${lab.there.namespace}`,
      'link add off0 type veth peer name off1',
      'link set wan0 up',
      'address add 172.20.0.5/24 dev wan0',
      'address add 172.20.0.6/24 dev wan0',
      'address add 172.20.9.9/32 dev lo',
      'address add 100.64.0.1 peer 100.64.0.2/32 dev wan0',
      // IPv6 with several addresses: RFC 6724 chooses.
      'address add fd55::5/64 dev wan0 nodad',
      'address add 2001:db8:55::5/64 dev wan0 nodad',
      'address add 2001:db8:55::6/64 dev wan0 nodad preferred_lft 0',
      'address add 2001:db8:55::7/64 dev wan0 nodad preferred_lft 0 valid_lft 3600',
      `address add 2001:db8:86::1/64 dev ${lab.here.interfaceName} nodad`,
      // The main table.
      `route add default via ${via} metric 200`,
      'route add default via 172.20.0.1 metric 100',
      'route add 10.1.0.0/16 via 172.20.0.1 src 172.20.9.9 mtu 1280',
      'route add 10.1.128.0/17 via 172.20.0.2 metric 50',
      `route add 10.1.128.0/17 via ${via} metric 20`,
      'route add unreachable 10.2.0.0/16',
      'route add prohibit 10.3.0.0/16',
      'route add blackhole 10.4.0.0/16',
      'route add throw 10.5.0.0/16',
      `route add 10.6.0.0/16 via inet6 ${linkLocal} dev ${lab.here.interfaceName}`,
      `route add 10.7.0.0/16 nexthop via ${via} weight 1 nexthop via 172.20.0.3 weight 3`,
      'route add 10.8.0.0/16 dev wan0 scope link src 172.20.0.6',
      'route add 10.9.9.9/32 via 172.20.0.1 onlink dev wan0',
      // Other tables.
      'route add default via 172.20.0.10 table 10',
      'route add 10.50.0.0/16 via 172.20.0.20 table 20',
      'route add blackhole 10.50.66.0/24 table 20',
      `route add default via ${via} table 30`,
      'route add default via 172.20.0.40 table 40',
      'rule add from 172.20.9.9 lookup 10 priority 1000',
      'rule add to 10.50.0.0/16 lookup 20 priority 1100',
      'rule add fwmark 0x7/0xff prohibit priority 1200',
      'rule add iif lo to 10.60.0.0/16 lookup 30 priority 1300',
      'rule add iif wan0 to 10.61.0.0/16 lookup 30 priority 1310',
      `rule add oif ${lab.here.interfaceName} lookup 30 priority 1400`,
      'rule add to 10.70.0.0/16 unreachable priority 1500',
      'rule add to 10.71.0.0/16 prohibit priority 1510',
      'rule add to 10.72.0.0/16 blackhole priority 1520',
      'rule add to 10.73.0.0/16 goto 1700 priority 1530',
      'rule add to 10.73.0.0/16 unreachable priority 1600',
      'rule add to 10.73.0.0/16 lookup 40 priority 1700',
      'rule add to 10.74.0.0/16 lookup main suppress_prefixlength 0 priority 1710',
      'rule add to 10.74.0.0/16 lookup 40 priority 1720',
      'rule add not to 10.0.0.0/8 lookup 50 priority 1730',
      'route add 203.0.0.0/16 via 172.20.0.50 table 50',
      'route add 10.75.0.0/16 via 172.20.0.50 table 50',
      'rule add to 10.76.0.0/16 ipproto tcp dport 80 prohibit priority 1740',
      'rule add to 10.77.0.0/16 uidrange 0-0 lookup 40 priority 1750',
      'rule add to 10.78.0.0/16 uidrange 1-1000 lookup 40 priority 1760',
      // IPv6.
      `-6 route add default via ${via6} metric 512`,
      '-6 route add default via fd55::1 metric 100',
      '-6 route add 2001:db8:1::/48 via 2001:db8:55::1 mtu 1300',
      '-6 route add 2001:db8:1:8000::/49 via fd55::2',
      '-6 route add 2001:db8:2::/48 via 2001:db8:55::1 src fd55::5',
      `-6 route add 2001:db8:3::/48 via ${linkLocal} dev ${lab.here.interfaceName}`,
      '-6 route add unreachable 2001:db8:4::/48',
      '-6 route add prohibit 2001:db8:5::/48',
      '-6 route add blackhole 2001:db8:6::/48',
      '-6 route add 2001:db8:7::/48 nexthop via fd55::1 nexthop via fd55::2',
      `-6 route add default via ${via6} table 10`,
      '-6 rule add from 2001:db8:55::6 lookup 10 priority 1000',
      '-6 rule add to 2001:db8:8::/48 prohibit priority 1100',
      `-6 rule add to 2001:db8:9::/48 lookup 10 priority 1200`,
    ]
    await must(['ip', '-n', netns, '-batch', '-'], {
      input: `${lines.filter((line) => !line.startsWith('-6')).join('\n')}\n`,
    })
    await must(['ip', '-n', lab.there.namespace, 'link', 'set', 'wan1', 'up'])
    const six = lines.filter((line) => line.startsWith('-6')).map((line) => line.slice(3))
    await must(['ip', '-6', '-n', netns, '-batch', '-'], { input: `${six.join('\n')}\n` })
  })
  afterAll(() => lab?.close())
  afterEach(() => route.reset())

  /** The answers of `ip route get` to many questions, one process for all of them. */
  async function ipAnswers(questions: string[], family: 4 | 6): Promise<Way[]> {
    const result = await run(['ip', `-${family}`, '-n', netns, '-j', '-force', '-batch', '-'], {
      input: `${questions.map((question) => `route get ${question}`).join('\n')}\n`,
    })
    // Some lines of error text, then 'Command failed -:LINE'.
    const failed = new Map<number, string>()
    let said = ''
    for (const line of result.stderr.split('\n')) {
      const end = /^Command failed -:(\d+)/.exec(line)
      if (end === null) said += line
      else {
        failed.set(Number(end[1]), said)
        said = ''
      }
    }
    const answers = result.stdout.split('\n').filter((line) => line.startsWith('['))
    return questions.map((question, i): Way => {
      const error = failed.get(i + 1)
      if (error !== undefined) {
        if (/unreachable|No route/.test(error)) return { type: 'unreachable' }
        if (/Permission denied/.test(error)) return { type: 'prohibit' }
        if (/Invalid argument/.test(error)) return { type: 'blackhole' }
        throw new Error(`${question}: ${error}`)
      }
      const [entry] = JSON.parse(answers.shift()!) as IpRoute[]
      const { type = 'unicast', dev, gateway, via, prefsrc, metrics } = entry!
      if (NOWHERE.includes(type)) return { type }
      return way(type, dev, gateway ?? via?.host, prefsrc, metrics?.[0]?.mtu)
    })
  }

  const way = (type: string, dev?: string, gateway?: string, source?: string, mtu?: number): Way => ({
    type,
    ...(dev === undefined ? {} : { dev }),
    ...(gateway === undefined ? {} : { gateway }),
    ...(source === undefined ? {} : { source }),
    ...(mtu === undefined ? {} : { mtu }),
  })
  const ours = ({ type, interfaceName, gateway, source, mtu }: Route): Way =>
    NOWHERE.includes(type) ? { type } : way(type, interfaceName, gateway, source, mtu)

  async function compare(destinations: string[], family: 4 | 6, options: { source?: string; interfaceName?: string }) {
    const { source, interfaceName } = options
    const suffix = `${source === undefined ? '' : ` from ${source}`}${interfaceName === undefined ? '' : ` oif ${interfaceName}`}`
    const answers = await ipAnswers(
      destinations.map((destination) => destination + suffix),
      family,
    )
    // Asked with a source, the ip command does not repeat it.
    const expected = answers.map((each) =>
      source === undefined || NOWHERE.includes(each.type) ? each : { source, ...each },
    )
    forgetRoutes()
    const found = destinations.map((destination) => ours(route(destination, { netns, ...options })))
    expect(found.map((each, i) => ({ to: destinations[i], ...each }))).toEqual(
      expected.map((each, i) => ({ to: destinations[i], ...each })),
    )
    return new Set(found.map((each) => `${each.type} ${each.dev ?? ''} ${each.gateway ?? ''} ${each.source ?? ''}`))
  }

  const destinations4 = () => {
    const next = numbers(4)
    const networks = ['10.1', '10.2', '10.3', '10.4', '10.5', '10.6', '10.7', '10.8', '10.9', '10.50', '10.60', '10.61']
    networks.push('10.70', '10.71', '10.72', '10.73', '10.74', '10.75', '10.76', '10.77', '10.78', '10.99', '203.0')
    const fixed = ['172.20.0.77', '172.20.0.255', '172.20.0.5', '172.20.9.9', '100.64.0.2', '127.0.0.1', '224.0.0.5']
    fixed.push('10.9.9.9', '10.50.66.1', '255.255.255.255', '239.1.2.3', '0.0.0.1')
    return [
      ...fixed,
      ...Array.from({ length: 300 }, () => `${networks[next(networks.length)]}.${next(256)}.${next(256)}`),
    ]
  }
  const destinations6 = () => {
    const next = numbers(6)
    const word = () => next(65536).toString(16)
    const fixed = [
      'fd55::77',
      'fd55::5',
      '2001:db8:55::77',
      '2001:db8:55::6',
      '::1',
      'fe80::77%wan0',
      'ff02::1%wan0',
      'ff0e::1',
    ]
    return [
      ...fixed,
      ...Array.from({ length: 200 }, () => `2001:db8:${next(11)}:${word()}::${word()}`),
      'fdaa::1',
      '2a00::1',
    ]
  }

  test('IPv4: as ip route get, for 300 destinations', async () => {
    const seen = await compare(destinations4(), 4, {})
    // The comparison means something when many ways are in it.
    expect(seen.size).toBeGreaterThan(15)
  })

  test('IPv4 from an address, and by an interface', async () => {
    expect((await compare(destinations4(), 4, { source: '172.20.9.9' })).size).toBeGreaterThan(3)
    expect((await compare(destinations4(), 4, { source: '172.20.0.6' })).size).toBeGreaterThan(6)
    expect((await compare(destinations4(), 4, { interfaceName: 'wan0' })).size).toBeGreaterThan(5)
    await compare(destinations4(), 4, { interfaceName: 'veth-here' })
  })

  test('IPv6: as ip route get, for 200 destinations, several source addresses', async () => {
    const plain = destinations6().filter((each) => !each.includes('%'))
    expect((await compare(plain, 6, {})).size).toBeGreaterThan(8)
    await compare(plain, 6, { source: '2001:db8:55::6' })
    await compare(plain, 6, { interfaceName: 'wan0' })
    await compare(plain, 6, { interfaceName: 'veth-here' })
    forgetRoutes()
    const zoned = route('fe80::77%wan0', { netns })
    expect(zoned).toMatchObject({ type: 'unicast', interfaceName: 'wan0', source: expect.stringMatching(/^fe80::/) })
  })

  test('an option that does not exist is refused; iface is interfaceName', () => {
    expect(() => route('10.1.1.1', { ifac: 'wan0' } as object)).toThrow(
      `route has no option 'ifac'; did you mean 'iface'?`,
    )
    expect(route('10.99.1.1', { netns, iface: 'veth-here' })).toMatchObject({ interfaceName: 'veth-here' })
  })

  describe('the tables', () => {
    const key = (entry: RouteEntry) => ({
      network: entry.network,
      type: entry.type,
      gateway: entry.gateway,
      dev: entry.interfaceName,
      source: entry.source,
      metric: entry.metric,
      protocol: entry.protocol,
      scope: entry.scope,
      table: entry.table,
      mtu: entry.mtu,
      hops: entry.nextHops?.map(({ gateway, interfaceName, weight }) => `${gateway} ${interfaceName} ${weight}`),
    })
    const complete = (dst: string, family: 4 | 6) =>
      dst === 'default'
        ? family === 4
          ? '0.0.0.0/0'
          : '::/0'
        : dst.includes('/')
          ? dst
          : `${dst}/${family === 4 ? 32 : 128}`

    test.each([4, 6] as const)('IPv%i: as ip route show table all', async (family) => {
      const text = await must(['ip', '-n', netns, '-j', '-d', `-${family}`, 'route', 'show', 'table', 'all'])
      const expected = (JSON.parse(text) as IpRoute[]).map((entry) => ({
        network: complete(entry.dst, family),
        type: entry.type ?? 'unicast',
        gateway: entry.gateway ?? entry.via?.host,
        dev: entry.dev,
        source: entry.prefsrc,
        metric: entry.metric === 0 ? undefined : entry.metric,
        protocol: entry.protocol,
        scope: entry.scope,
        table: entry.table,
        mtu: entry.metrics?.[0]?.mtu,
        hops: entry.nexthops?.map(({ gateway, via, dev, weight }) => `${gateway ?? via?.host} ${dev} ${weight}`),
      }))
      expect(expected.length).toBeGreaterThan(15)
      expect(routes({ netns, table: 'all', family }).map(key)).toEqual(expected)
    })

    test('the main table unless another is named', () => {
      expect(new Set(routes({ netns }).map((each) => each.table))).toEqual(new Set(['main']))
      expect(routes({ netns, table: 20 }).map(String)).toEqual([
        '10.50.0.0/16 via 172.20.0.20 dev wan0 table 20',
        'blackhole 10.50.66.0/24 table 20',
      ])
      expect(routes({ netns, table: '20', family: 6 })).toEqual([])
      expect(routes({ netns, table: 'local', family: 4 }).map((each) => each.network)).toContain('172.20.9.9/32')
    })

    test('wrong options say so', () => {
      expect(() => routes({ table: 'mian' })).toThrow(/there is no routing table "mian"; did you mean 'main'\?/)
      expect(() => routes({ table: -1 })).toThrow(/there is no routing table -1 \(by name: all, session, /)
      expect(() => routes({ family: 5 as 4 })).toThrow('routes: option family must be 4 or 6, not 5')
      expect(() => routes({ tabel: 1 } as object)).toThrow(`routes has no option 'tabel'; did you mean 'table'?`)
    })

    test('the ip command, where koffi is missing, gives the same', async () => {
      const bundle = await bundleSource(
        lab.folder,
        `import { routes, rules } from './src/link/index.js'
        console.log(JSON.stringify([routes({ table: 'all' }), rules()]))`,
      )
      const at = (path: string) =>
        lab.exec('here', ['env', `NODE_PATH=${path}`, process.execPath, bundle]).then(({ stdout, stderr }) => {
          if (stderr !== '') throw new Error(stderr)
          return JSON.parse(stdout) as [RouteEntry[], ReturnType<typeof rules>]
        })
      const [kernel, command] = [await at(`${process.cwd()}/node_modules`), await at('/nowhere')]
      expect(command[0]).toEqual(kernel[0])
      // The ip command of Debian 12 tells less of a rule.
      expect(
        command[1].map((rule) => [rule.family, rule.priority, rule.action, rule.from, rule.to, rule.table]),
      ).toEqual(kernel[1].map((rule) => [rule.family, rule.priority, rule.action, rule.from, rule.to, rule.table]))
    })

    test('at the prompt they look as ip route shows them', () => {
      const list = routes({ netns, family: 4 })
      const multipath = list.find((each) => each.network === '10.7.0.0/16')!
      expect(inspect(multipath)).toBe(
        `10.7.0.0/16 nexthop via ${lab.there.ipv4} dev veth-here weight 1 nexthop via 172.20.0.3 dev wan0 weight 3`,
      )
      expect(inspect(list)).toContain('  10.1.0.0/16 via 172.20.0.1 dev wan0 src 172.20.9.9 mtu 1280,\n')
      expect(list[0]).toMatchObject({ prefix: 0, family: 4, ofSession: false })
    })
  })

  describe('of this session', () => {
    const ask = (destination: string, more = {}) => ours(route(destination, { netns, ...more }))

    test('beat the kernel, the longest prefix first; what is not given stays', () => {
      const { ipv4, interfaceName } = lab.here
      const gateway = lab.there.ipv4
      expect(ask('10.1.1.1')).toMatchObject({ gateway: '172.20.0.1' })
      expect(String(route.add('10.1.0.0/16', { gateway, netns }))).toBe(
        `10.1.0.0/16 via ${gateway} netns ${netns} (this session)`,
      )
      expect(ask('10.1.1.1')).toEqual({ type: 'unicast', dev: interfaceName, gateway, source: ipv4 })
      route.add('10.1.1.0/24', { iface: 'wan0', source: '9.9.9.9', mtu: 900, netns })
      expect(ask('10.1.1.1')).toEqual({ type: 'unicast', dev: 'wan0', source: '9.9.9.9', mtu: 900 })
      expect(ask('10.1.2.1')).toMatchObject({ gateway })
      route.add('10.1.200.0/24', { mtu: 700, netns })
      expect(ask('10.1.200.1')).toEqual({ type: 'unicast', dev: interfaceName, gateway, source: ipv4, mtu: 700 })
      // Unreachable for the kernel, prohibited by a rule: this session goes there all the same.
      route.add('10.71.0.0/16', { gateway, netns })
      expect(ask('10.71.0.1')).toMatchObject({ gateway })
      // Elsewhere nothing changed.
      expect(route('10.1.1.1', { netns: lab.there.namespace })).not.toMatchObject({ mtu: 900 })
    })

    test("are listed before the kernel's, marked; remove and reset take them back", () => {
      route.add('default', { gateway: lab.there.ipv4, netns })
      route.add('10.1.0.0/16', { gateway: lab.there.ipv4, netns })
      const [first, second, third] = routes({ netns })
      expect([first!.ofSession, second!.ofSession, third!.ofSession]).toEqual([true, true, false])
      expect(first).toMatchObject({ network: '0.0.0.0/0', protocol: 'session', table: 'session' })
      expect(routes({ netns, table: 'session' })).toHaveLength(2)
      expect(routes({ netns, table: 'main' }).some((each) => each.ofSession)).toBe(false)
      expect(routes({ table: 'session' })).toEqual([])
      route.remove('10.1.0.0/16', { netns })
      expect(ask('10.1.1.1')).toMatchObject({ gateway: lab.there.ipv4 })
      expect(() => route.remove('10.1.0.0/16', { netns })).toThrow(
        /no route to 10\.1\.0\.0\/16 of its own \(there are: 0\.0\.0\.0\/0\); the kernel's are removed with 'ip route del'/,
      )
      route.reset()
      expect(ask('10.1.1.1')).toMatchObject({ gateway: '172.20.0.1' })
      expect(routes({ netns }).some((each) => each.ofSession)).toBe(false)
    })

    test('say so, and their MTU counts', () => {
      expect(mtuTo('10.99.0.1', { netns })).toBe(1500)
      expect(mtuTo('10.1.1.1', { netns })).toBe(1280)
      expect(mtuTo('10.2.0.1', { netns })).toBeUndefined()
      expect(route('10.1.1.1', { netns })).not.toHaveProperty('ofSession')
      route.add('10.1.0.0/16', { mtu: 1000, netns })
      expect(route('10.1.1.1', { netns })).toMatchObject({ ofSession: true })
      expect(mtuTo('10.1.1.1', { netns })).toBe(1000)
    })

    test('the second one for a network replaces the first', () => {
      route.add('10.1.0.0/16', { gateway: lab.there.ipv4, netns })
      route.add('10.1.0.0/16', { gateway: '172.20.0.99', netns })
      expect(routes({ netns, table: 'session' })).toHaveLength(1)
      expect(ask('10.1.1.1')).toMatchObject({ gateway: '172.20.0.99', dev: 'wan0' })
    })

    test("leave this machine's own addresses, broadcasts, groups and links alone", () => {
      route.add('default', { gateway: lab.there.ipv4, netns })
      expect(ask('172.20.0.5')).toMatchObject({ type: 'local' })
      expect(ask('172.20.0.255')).toMatchObject({ type: 'broadcast' })
      expect(ask('224.0.0.5')).not.toMatchObject({ gateway: lab.there.ipv4 })
      expect(ask('8.8.8.8')).toMatchObject({ gateway: lab.there.ipv4 })
      expect(ask('172.20.0.77')).toEqual(way('unicast', 'wan0', undefined, '172.20.0.5'))
      route.add('172.20.0.77', { gateway: lab.there.ipv4, netns })
      expect(ask('172.20.0.77')).toMatchObject({ gateway: lab.there.ipv4 })
    })

    test('by an interface asked for only those of that interface', () => {
      route.add('10.1.0.0/16', { gateway: lab.there.ipv4, netns })
      expect(ask('10.1.1.1', { iface: 'wan0' })).toMatchObject({ dev: 'wan0', gateway: '172.20.0.1' })
      expect(ask('10.1.1.1', { iface: 'veth-here' })).toMatchObject({ gateway: lab.there.ipv4 })
      expect(ask('10.1.1.1', { source: '172.20.0.6' })).toMatchObject({ gateway: lab.there.ipv4, source: '172.20.0.6' })
    })

    test('IPv6, and IPv4 by an IPv6 next hop', () => {
      route.add('2001:db8:1::/48', { gateway: 'fd55::9', netns })
      expect(ask('2001:db8:1::1')).toEqual(way('unicast', 'wan0', 'fd55::9', 'fd55::5'))
      route.add('default', { gateway: 'fe80::1%wan0', netns })
      expect(ask('2a00::1')).toMatchObject({ dev: 'wan0', gateway: 'fe80::1' })
      route.add('10.6.0.0/16', { gateway: 'fd55::9', netns })
      expect(ask('10.6.0.1')).toEqual(way('unicast', 'wan0', 'fd55::9', '172.20.0.5'))
      route.remove('default', { netns })
      expect(ask('2a00::1')).toMatchObject({ gateway: 'fd55::1' })
    })

    test('what can not be says why', () => {
      const add = (network: string, options: object) => () => route.add(network, { netns, ...options })
      expect(add('10.9.0.1/16', { iface: 'wan0' })).toThrow(
        `bits are set behind the prefix; did you mean '10.9.0.0/16'?`,
      )
      expect(add('10.9.0.0/33', { iface: 'wan0' })).toThrow('the prefix length is a whole number from 0 to 32')
      expect(add('ten', { iface: 'wan0' })).toThrow(`"ten" is no network such as '10.9.0.0/16'`)
      expect(add('10.9.0.0/16', {})).toThrow('say what is to change: gateway, iface, source or mtu')
      expect(add('10.9.0.0/16', { gatway: 'x' })).toThrow(`route.add has no option 'gatway'; did you mean 'gateway'?`)
      expect(add('10.9.0.0/16', { iface: 'wan9' })).toThrow(
        /there is no interface 'wan9' in the network namespace .*did you mean 'wan0'/,
      )
      expect(add('10.9.0.0/16', { gateway: '172.20.0.5' })).toThrow('the gateway 172.20.0.5 is this machine itself')
      expect(add('10.9.0.0/16', { gateway: '10.99.0.1' })).toThrow(
        /not on a link of this machine, but behind 172\.20\.0\.1; name the/,
      )
      expect(add('10.9.0.0/16', { gateway: '10.71.0.1' })).toThrow(
        /there is no way to the gateway 10\.71\.0\.1 \(prohibit\)/,
      )
      expect(add('2001:db8::/32', { gateway: '172.20.0.1' })).toThrow(/is an IPv4 address, and the network is IPv6's/)
      expect(add('2001:db8::/32', { gateway: 'fe80::1' })).toThrow(/is on every link: name the interface/)
      expect(add('10.9.0.0/16', { source: '::1' })).toThrow(/the source ::1 is not of the family/)
      expect(add('10.9.0.0/16', { mtu: 67 })).toThrow('mtu must be a whole number of bytes from 68 to 65535, not 67')
      expect(add('2001:db8::/32', { mtu: 1279 })).toThrow('from 1280 to 65535')
      expect(add('10.9.0.0/16', { gateway: 7 })).toThrow(`option gateway must be text such as '10.0.0.1', not 7`)
      expect(routes({ netns, table: 'session' })).toEqual([])
    })
  })
})
