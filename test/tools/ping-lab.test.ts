/** Ping against the kernel in a lab, side by side with ping(8). */
import { chmodSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { closeLinks, setReporter, sleep } from '../../src/exchange/index.js'
import { setPrinter } from '../../src/packet/index.js'
import { ping } from '../../src/tools/ping/index.js'
import { bundle, MODULES } from '../lab/bundle.js'
import { type Lab, openLab } from '../lab/lab.js'
import { must } from '../lab/process.js'
import { printedLines } from './far-end.js'

let lab: Lab
let netns: string

beforeAll(async () => {
  lab = await openLab()
  netns = lab.here.namespace
})

afterAll(async () => {
  closeLinks()
  await lab.close()
})

beforeEach(() => {
  setReporter(() => undefined)
  printedLines()
})

afterEach(() => setPrinter((text) => console.log(text)))

/** What ping(8) counts, and the times to live of the answers. */
async function realPing(
  host: string,
  more: readonly string[] = [],
): Promise<{ sent: number; received: number; ttls: number[] }> {
  const { stdout } = await lab.exec('here', ['ping', '-n', '-c', '3', '-i', '0.2', '-W', '1', ...more, host])
  const [, sent, received] = /(\d+) packets transmitted, (\d+) received/.exec(stdout)!
  const ttls = [...stdout.matchAll(/ttl=(\d+)/g)].map(([, ttl]) => Number(ttl))
  return { sent: Number(sent), received: Number(received), ttls }
}

const ours = (host: string, more: object = {}) =>
  ping(host, { netns, count: 3, inter: 0.05, timeout: 1, prn: () => undefined, ...more })

describe('ping of a user without rights', () => {
  const allow = (range: string) =>
    lab.exec('here', ['sh', '-c', `echo '${range}' > /proc/sys/net/ipv4/ping_group_range`])

  async function asNobody(hosts: readonly string[], options: object): Promise<string[]> {
    const nobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', '--bounding-set=-all']
    const argv = [...nobody, process.execPath, program, JSON.stringify(hosts), JSON.stringify(options)]
    const { stdout, stderr } = await lab.exec('here', argv, { environment: { NODE_PATH: MODULES }, timeout: 20_000 })
    expect(stderr).toBe('')
    return stdout.trim().split('\n')
  }
  let program: string

  beforeAll(async () => {
    program = await bundle(lab.folder, new URL('./ping-program.ts', import.meta.url))
    chmodSync(lab.folder, 0o755)
  })

  test('through the ICMP sockets of the kernel, where it lets users ping', async () => {
    await allow('0 2147483647')
    const { ipv4, ipv6 } = lab.there
    const lines = await asNobody([ipv4, ipv6, lab.beyond.unreachable], { count: 2, inter: 0.05, timeout: 5 })
    const result = JSON.parse(lines.pop()!)
    expect(
      result.hosts.map(({ received, errors }: { received: number; errors: number }) => [received, errors]),
    ).toEqual([
      ...[
        [2, 0],
        [2, 0],
        [0, 2],
      ],
    ])
    expect(lines.filter((line) => /^64 bytes from \S+: seq [12] [\d.]+ ms$/.test(line))).toHaveLength(4)
    expect(lines).toContain(
      `on the way to ${lab.beyond.unreachable}: host unreachable, or time to live exceeded (${lab.beyond.unreachable} seq 1)`,
    )
    const large = await asNobody([ipv4], { count: 1, size: 3000, df: true, timeout: 5, quiet: true })
    expect(JSON.parse(large[0]!)).toMatchObject({ received: 0, hosts: [{ errors: 1 }] })
  })

  test('by TCP connections anywhere; and what to do is told', async () => {
    await allow('1 0')
    const [line, result] = await asNobody([lab.there.ipv4], { count: 1, tcp: 9, timeout: 5 })
    expect(line).toMatch(/^port 9 closed \(refused\) from /)
    expect(JSON.parse(result!)).toMatchObject({ sent: 1, received: 1 })
    const advice = await asNobody([lab.there.ipv4], { count: 1 })
    expect(advice[0]).toBe('ping: this needs rights that this process lacks.')
    expect(advice.join('\n')).toContain("sudo sysctl -w net.ipv4.ping_group_range='0 2147483647'")
  })
})

describe('ping and the kernel', () => {
  test.each(['ipv4', 'ipv6'] as const)('the same numbers as ping(8), %s', async (family) => {
    const host = lab.there[family]
    const ttls: unknown[] = []
    const result = await ours(host, { prn: ({ ttl }: { ttl?: number }) => void ttls.push(ttl) })
    expect({ sent: result.sent, received: result.received, ttls }).toEqual(await realPing(host))
    expect(result.received).toBe(3)
    for (const rtt of result.hosts[0]!.rtts) {
      // The kernel's clock both ways: neither negative nor as long as what the event loop adds.
      expect(rtt).toBeGreaterThan(0)
      expect(rtt).toBeLessThan(1)
    }
  })

  test('a host that is silent, and one that cannot be reached, as ping(8) has it', async () => {
    const silent = await ours(lab.beyond.silent)
    expect({ sent: silent.sent, received: silent.received, ttls: [] }).toEqual(await realPing(lab.beyond.silent))
    printedLines()
    const result = await ping(lab.beyond.unreachable, { netns, count: 1, timeout: 1 })
    expect(printedLines()).toEqual([`${lab.there.ipv4}: host unreachable (${lab.beyond.unreachable} seq 1)`])
    expect([result.received, result.hosts[0]!.errors]).toEqual([0, 1])
  })

  test('time to live', async () => {
    await ping(lab.beyond.distant, { netns, count: 1, ttl: 1, timeout: 5 })
    expect(printedLines()).toEqual([`${lab.there.ipv4}: time to live exceeded (${lab.beyond.distant} seq 1)`])
  })

  test('TCP and UDP ports, open, closed and filtered', async () => {
    const tcp = await lab.tcpListener()
    const udp = await lab.udpListener()
    await lab.filterPort('tcp', 4000, 'reject')
    const once = { netns, count: 1, timeout: 5 }
    await ping(lab.there.ipv4, { ...once, tcp: tcp.port })
    await ping(lab.there.ipv6, { ...once, tcp: 9 })
    await ping(lab.there.ipv4, { ...once, udp: udp.port, size: 3 })
    await ping(lab.there.ipv6, { ...once, udp: 9 })
    await ping(lab.there.ipv4, { ...once, tcp: 4000 })
    const lines = printedLines()
    expect(lines[0]).toMatch(new RegExp(`^port ${tcp.port} open \\(SYN-ACK\\) from `))
    expect(lines[1]).toMatch(/^port 9 closed \(RST\) from fd00/)
    expect(lines[2]).toMatch(/^3 bytes from /)
    expect(lines[3]).toMatch(/^port 9 closed \(port unreachable\) from fd00/)
    expect(lines[4]).toMatch(/: prohibited by a filter \(/)
    await tcp.stop()
    await udp.stop()
  })

  test('a neighbour that never answers is an error for each probe', async () => {
    const host = lab.there.ipv4.replace(/\d+$/, '77')
    const result = await ping(host, { netns, count: 2, inter: 0.05 })
    expect([result.sent, result.received, result.hosts[0]!.errors]).toEqual([2, 0, 2])
    expect(printedLines()[0]).toMatch(new RegExp(`^veth-here: nobody answers for ${host.replaceAll('.', '\\.')} `))
  })

  test('the address is taken away during the run: loss, no hang', async () => {
    const { namespace, interfaceName, ipv4 } = lab.here
    const change = (what: 'add' | 'del') =>
      must(['ip', '-n', namespace, 'address', what, `${ipv4}/24`, 'dev', interfaceName])
    const takeAway = async () => {
      await change('del')
      // The other side, which knows where to answer, has to ask again: nobody says that the address is his.
      await must(['ip', '-n', lab.there.namespace, 'neighbour', 'flush', 'dev', lab.there.interfaceName])
    }
    let taken: Promise<unknown> | undefined
    const task = ping(lab.there.ipv4, {
      netns,
      count: 0,
      inter: 0.02,
      timeout: 0.5,
      prn: ({ kind }) => {
        taken ??= takeAway()
        if (kind !== 'answer') task.interrupt()
      },
    })
    const result = await task
    await taken
    await change('add')
    const behind = lab.beyond.silent.replace(/\d+$/, '0/24')
    await must(['ip', '-n', namespace, 'route', 'replace', behind, 'via', lab.there.ipv4])
    expect(result.received).toBeGreaterThan(0)
    expect(result.received).toBeLessThan(result.sent)
  })

  test('the interface goes down and comes up again: the run goes on', async () => {
    const { namespace, interfaceName } = lab.here
    const set = (state: 'up' | 'down') => must(['ip', '-n', namespace, 'link', 'set', interfaceName, state])
    let downs = 0
    let answers = 0
    const task = ping(lab.there.ipv4, {
      netns,
      count: 0,
      inter: 0.05,
      timeout: 0.5,
      prn: ({ kind, text }) => {
        if (kind === 'answer' && ++answers === 1) void set('down')
        if (text.includes('is down') && ++downs === 2) void set('up')
        if (kind === 'answer' && downs > 0) task.interrupt()
      },
    })
    const result = await task
    expect(result.hosts[0]!.errors).toBeGreaterThan(1)
    expect(result.received).toBeGreaterThan(1)
  })

  test('Ctrl-C keeps the result, and no descriptor stays behind', async () => {
    const { readdirSync } = await import('node:fs')
    const open = () => readdirSync('/proc/self/fd').length
    await ours(lab.there.ipv4)
    const before = open()
    for (let i = 0; i < 10; i++) {
      const task = ping(lab.there.ipv4, {
        netns,
        count: 0,
        inter: 0.01,
        prn: ({ seq }) => seq === 3 && task.interrupt(),
      })
      expect((await task).received).toBeGreaterThanOrEqual(3)
    }
    await sleep(0.2)
    expect(open()).toBeLessThanOrEqual(before)
  })
})
