import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Lab, openLab } from '../lab/lab.js'
import {
  BACKENDS,
  bundleBackends,
  eventually,
  hideLibpcap,
  hideTcpdump,
  KOFFI,
  run,
  start,
  started,
} from './backends-lab.js'
import { results } from './in-lab.js'

let lab: Lab

beforeAll(async () => {
  lab = await openLab()
  await bundleBackends(lab)
})
afterAll(() => lab?.close())

const ip = (side: 'here' | 'there', ...argv: string[]) => lab.exec(side, ['ip', ...argv])
const OURS = '{"filter":"ether proto 0x88b5"}'

interface Captured {
  first: Record<string, number | string>
  seen: string[]
  stats: Record<string, unknown>
}

const numbers = (seen: string[]) => seen.map((frame) => Number.parseInt(frame.slice(28, 36), 16))

/** Whether a process runs; one that has ended and was not waited for does not. */
function alive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

describe.each(['cap', 'tcpdump'])('capturing through %s', (backend) => {
  test('frames, their lengths and times, and which backend it was', async () => {
    const options = '{"filter":"icmp","snaplen":60}'
    const child = await started(lab, 'here', ['capture', 'veth-here', backend, options, '2'])
    await lab.exec('here', ['ping', '-c', '1', '-s', '100', lab.there.ipv4])
    const [result] = (await results(child)) as [Captured]
    expect(result.first).toMatchObject({ linkType: 1, interfaceName: 'veth-here', original: 142 })
    expect(Math.abs(result.first.age as number)).toBeLessThan(2)
    expect(result.seen).toHaveLength(2)
    for (const frame of result.seen) expect(frame).toMatch(/^.{24}0800.{18}01.{72}$/)
    expect(result.stats).toMatchObject({ received: 2, dropped: 0, sent: 0, backend })
    expect(result.stats.dropsUnknown).toBe(backend === 'cap' ? true : undefined)
  })

  test('any', async () => {
    const child = await started(lab, 'here', ['capture', 'any', backend, '{"filter":"icmp"}', '2'])
    await lab.exec('here', ['ping', '-c', '1', lab.there.ipv4])
    const [result] = (await results(child)) as [Captured]
    expect(result.first).toMatchObject({ linkType: backend === 'cap' ? 113 : 276, interfaceName: 'any' })
  })

  test('two captures at once see the same, every frame, in order', async () => {
    const argv = ['capture', 'veth-there', backend, OURS, '1000']
    const children = [await started(lab, 'there', argv), await started(lab, 'there', argv)]
    await run(lab, ['send', 'veth-here', 'pcap', '1000'])
    const [one, two] = (await Promise.all(children.map(results))) as [[Captured], [Captured]]
    expect(numbers(one[0].seen)).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1))
    expect(two[0].seen).toEqual(one[0].seen)
  })

  test('stop, close and an exception inside of onBatch end the capture', async () => {
    expect(await run(lab, ['inside', 'veth-here', backend])).toEqual([
      { how: 'stop', log: ['batch'], stopped: true },
      { how: 'close', log: ['batch'], stopped: true },
      { how: 'throw', log: ['batch', 'error mine'], stopped: true },
    ])
  })

  test('what is wrong from the start is thrown, and says what to do', async () => {
    const [name, filter, option, snaplen, , , sending, capturing] = (await run(lab, [
      'mistakes',
      'veth-here',
      backend,
    ])) as { code: string; message: string }[]
    expect(name).toMatchObject({
      code: 'NO_SUCH_INTERFACE',
      message: expect.stringContaining('there are: lo, veth-here'),
    })
    expect(filter).toMatchObject({ code: 'BAD_FILTER', message: expect.stringContaining(`at 'adn udp' (column 5`) })
    expect(option).toMatchObject({ code: 'BAD_FILTER' })
    expect(snaplen).toMatchObject({ code: 'BAD_OPTION' })
    expect(sending).toMatchObject({ code: 'CLOSED' })
    expect(capturing).toMatchObject({ code: 'CLOSED' })
  })

  test('a wrong filter without libpcap of our own to look at it', async () => {
    const argv = ['late', 'veth-here', backend, 'tcp adn udp']
    const missing = { packages: [BACKENDS] }
    // tcpdump looks at it beforehand.
    await expect(run(lab, argv, missing)).rejects.toThrow(/the filter 'tcp adn udp' is not understood: syntax error/)
  })

  test('it survives the interface going down and up', async () => {
    const child = await started(lab, 'there', ['outage', 'veth-there', backend])
    await ip('there', 'link', 'set', 'veth-there', 'down')
    await child.waitFor(/"warning"/)
    await ip('there', 'link', 'set', 'veth-there', 'up')
    const sender = setInterval(() => void run(lab, ['send', 'veth-here', 'pcap', '7']).catch(() => undefined), 300)
    const [warning, result] = await results(child).finally(() => clearInterval(sender))
    expect(warning).toEqual({ warning: expect.objectContaining({ code: 'INTERFACE_DOWN', errno: 'ENETDOWN' }) })
    expect(result).toEqual({ seen: expect.arrayContaining([7]) })
  })

  test.each(['up', 'down'])('an interface that is deleted while %s ends the capture with an error', async (state) => {
    await ip('here', 'link', 'add', 'name', 'gone0', 'type', 'veth', 'peer', 'name', 'gone1')
    await ip('here', 'link', 'set', 'gone0', 'up')
    await ip('here', 'link', 'set', 'gone1', 'up')
    const child = await started(lab, 'here', ['outage', 'gone0', backend])
    if (state === 'down') {
      await ip('here', 'link', 'set', 'gone0', 'down')
      await child.waitFor(/"warning"/)
    }
    await ip('here', 'link', 'del', 'gone0')
    expect((await results(child)).at(-1)).toEqual({
      error: expect.objectContaining({ code: 'NO_SUCH_INTERFACE', message: 'gone0 is gone; the capture ended' }),
      stopped: true,
    })
  })

  test('without the right', async () => {
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--bounding-set=-all']
    const [result] = await run(lab, ['rights', 'veth-here', backend], { prefix: nobody })
    const error = expect.objectContaining({ code: 'NOT_PERMITTED', message: expect.stringContaining('sudo netshell') })
    expect(result).toEqual(backend === 'cap' ? { thrown: error } : { late: error })
  })

  test.each(['exit', 'kill'])('ended by %s, this process leaves no other behind', async (how) => {
    const child = await started(lab, 'here', ['orphan', 'veth-here', backend, how])
    const { children } = JSON.parse(child.stdout.split('\n')[0]!) as { children: number[] }
    expect(children.length).toBeGreaterThan(0)
    if (how === 'kill') await child.stop('SIGKILL')
    await child.exited
    expect(await eventually(() => !children.some(alive))).toBe(true)
  })
})

test('tcpdump counts what finds no room, and its counters are those of the link', async () => {
  const [result] = (await run(lab, ['drops', 'veth-here', 'tcpdump'])) as [Record<string, Record<string, number>>]
  expect(result.live!.dropped).toBeGreaterThan(0)
  expect(result.live!.received! + result.live!.dropped!).toBe(5000)
  expect(result.after).toEqual(result.live)
  expect(result.link).toEqual(result.live)
})

test('tcpdump can not send, and says so', async () => {
  const [, , , , send] = await run(lab, ['mistakes', 'veth-here', 'tcpdump'])
  expect(send).toMatchObject({ code: 'CAPTURE_ONLY', message: expect.stringContaining('npm install koffi') })
})

describe('opening and closing leaves no descriptor and no process behind', () => {
  // A capture through cap takes 50 ms of processor: it starts a process.
  test.each([
    ['pcap', 30],
    ['tcpdump', 30],
    ['cap', 20],
    ['raw-socket', 30],
  ])('%s, %d times', async (backend, count) => {
    const [result] = (await run(lab, ['cycles', 'veth-here', backend, String(count)])) as [
      { before: number; after: number; children: number },
    ]
    expect(result.after).toBe(result.before)
    expect(result.children).toBe(0)
  })
})

describe('which backend is taken', () => {
  const choose = async (surroundings: Parameters<typeof run>[2], backend = '-') =>
    (await run(lab, ['choice', 'veth-here', backend], surroundings)) as [
      { likely: string; first: unknown; second: unknown; after: string; warnings: string[] },
    ]

  test('pcap where it works; nothing is said', async () => {
    expect(await choose({})).toEqual([{ likely: 'pcap', first: 'pcap', second: 'pcap', after: 'pcap', warnings: [] }])
  })

  test.each([
    ['cap', [BACKENDS], /koffi.*npm install koffi.*package 'cap': at some 100 000 packets/s],
    ['tcpdump', [], /koffi.*npm install koffi.*only listens, through tcpdump: nothing can be sent/s],
  ])('%s, said once, where koffi is missing', async (backend, packages, words) => {
    const [result] = await choose({ packages })
    expect(result).toMatchObject({ likely: backend, first: backend, second: backend, after: backend })
    expect(result.warnings).toEqual([expect.stringMatching(words)])
    expect(result.warnings[0]).toMatch(/^LinkWarning: /)
  })

  test('raw-socket where libpcap is missing, with koffi and without', async () => {
    const [result] = await choose({ prefix: hideLibpcap() })
    expect(result).toMatchObject({ first: 'raw-socket', second: 'raw-socket' })
    expect(result.warnings).toEqual([
      expect.stringMatching(/libpcap is not installed.*IP packets only, without link header/s),
    ])
    const [bare] = await choose({ prefix: hideLibpcap(), packages: [BACKENDS] })
    expect(bare.first).toBe('raw-socket')
  })

  test('with nothing at all, an error says what to install', async () => {
    const [result] = await choose({ packages: [], prefix: hideTcpdump(lab) })
    const missing = { code: 'LIBRARY_MISSING', message: expect.stringContaining('npm install koffi') }
    expect(result).toMatchObject({ first: missing, second: missing, warnings: [] })
    expect(result).not.toHaveProperty('likely')
  })

  test.each([
    ['cap', /'npm install --no-save cap'/],
    ['raw-socket', /'npm install --no-save raw-socket'/],
    ['pcap', /npm install koffi/],
    ['kap', /there is no 'kap'; did you mean 'cap'\?/],
  ])('%s asked for by name, and not there', async (backend, words) => {
    const [result] = await choose({ packages: [] }, backend)
    expect(result.first).toMatchObject({
      code: backend === 'kap' ? 'BAD_OPTION' : 'LIBRARY_MISSING',
      message: expect.stringMatching(words),
    })
  })

  test('tcpdump asked for by name, and not there', async () => {
    const [result] = await choose({ prefix: hideTcpdump(lab) }, 'tcpdump')
    expect(result.first).toMatchObject({
      code: 'LIBRARY_MISSING',
      message: expect.stringMatching(/apt-get install tcpdump/),
    })
  })

  test('a package that is broken counts as missing', async () => {
    const broken = join(lab.folder, 'broken')
    await lab.exec('here', [
      'sh',
      '-c',
      `mkdir -p '${broken}/cap' && echo 'throw new Error("no binary")' >'${broken}/cap/index.js'`,
    ])
    const [named] = await choose({ packages: [broken] }, 'cap')
    expect(named.first).toMatchObject({
      code: 'LIBRARY_MISSING',
      message: expect.stringMatching(/'cap' does not load \(no binary\): run 'npm rebuild cap'/),
    })
    const [chosen] = await choose({ packages: [broken] })
    expect(chosen.first).toBe('tcpdump')
  })
})

test('koffi is needed by none of them to run: a capture by tcpdump without it', async () => {
  const child = await started(lab, 'here', ['capture', 'veth-here', '-', '{"filter":"icmp"}', '2'], { packages: [] })
  await lab.exec('here', ['ping', '-c', '1', lab.there.ipv4])
  const [result] = (await results(child)) as [Captured]
  expect(result.stats).toMatchObject({ received: 2, backend: 'tcpdump' })
  expect(child.stderr).toContain('LinkWarning')
})

test.each(['cap', 'tcpdump', 'raw-socket'])('%s in another network namespace', async (backend) => {
  const filter = '{"filter":"icmp[0] = 8"}'
  const surroundings = { environment: { TEST_NETNS: lab.there.namespace } }
  const child = start(lab, 'here', ['capture', 'veth-there', backend, filter, '1'], surroundings)
  // raw-socket hears at once; the others say when.
  await child.waitFor(backend === 'raw-socket' ? /"opened"/ : /"ready"/)
  await lab.exec('here', ['ping', '-c', '1', lab.there.ipv4])
  const [result] = (await results(child)) as [Captured]
  expect(result.seen[0]).toMatch(backend === 'raw-socket' ? /^45/ : /^.{24}0800/)
  expect(result.stats).toMatchObject({ received: 1, backend })
})

test('a program that is stopped before it had begun', async () => {
  // The first of each four cycles waits; the others are stopped at once. None prints an unhandled rejection.
  const child = start(lab, 'here', ['cycles', 'veth-here', 'tcpdump', '3'], { packages: [KOFFI] })
  await results(child)
  expect(child.stderr).toBe('')
})
