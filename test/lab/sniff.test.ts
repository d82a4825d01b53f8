/** Capturing from the kernel: real interfaces, real traffic, real programs. */
import { existsSync, mkdirSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type PacketList, rdpcap, wrpcap } from '../../src/capture/index.js'
import {
  closeLinks,
  linkOf,
  type SniffOptions,
  type SniffProgress,
  setReporter,
  sniff,
  type Task,
} from '../../src/exchange/index.js'
import { Ether, IP, UDP } from '../../src/layers/index.js'
import { type AnyPacket, stack } from '../../src/packet/index.js'
import { type Lab, openLab } from './lab.js'
import { must } from './process.js'

const TIMEOUT = 60_000
const PORT = 4009

let lab: Lab
const told: string[] = []
beforeAll(async () => {
  lab = await openLab()
  setReporter((text) => void told.push(text))
}, 240_000)
afterAll(async () => {
  closeLinks()
  await lab.close()
})
afterEach(() => {
  told.length = 0
})

/** A sniff in `there`, which listens when this resolves. (Not the task itself: that would be waited for.) */
async function listening(options: SniffOptions = {}): Promise<{ task: Task<PacketList>; state: SniffProgress }> {
  let started: () => void = () => undefined
  const begun = new Promise<void>((resolve) => {
    started = resolve
  })
  const task = sniff({ netns: lab.there.namespace, iface: lab.there.interfaceName, ...options, started })
  await Promise.race([begun, task])
  return { task, state: task.state as SniffProgress }
}

const frame = (sport: number, payload = 18): Uint8Array =>
  stack(
    Ether({ src: lab.here.mac, dst: lab.there.mac }),
    IP({ src: lab.here.ipv4, dst: lab.there.ipv4 }),
    UDP({ sport, dport: PORT }),
    'x'.repeat(payload),
  )
    .bytes()
    .slice()

/** Sends so many frames from `here`; their source ports count from 1. */
async function send(count: number, payload?: number): Promise<void> {
  const link = linkOf(lab.here.interfaceName, lab.here.namespace)
  const frames = Array.from({ length: count }, (_, i) => frame(i + 1, payload))
  for (let sent = 0; sent < count; ) {
    sent += link.send(frames.slice(sent, sent + 256))
    await new Promise((resolve) => setImmediate(resolve))
  }
}

const OURS = `udp dst port ${PORT}`
const ports = (list: Iterable<unknown> | undefined): number[] =>
  Array.from((list ?? []) as Iterable<AnyPacket>, (packet) => packet.sport)

/** Interrupts when the counters say so many packets, or 10 s are over. */
async function until(task: Task<PacketList>, count: number): Promise<PacketList> {
  await expect.poll(() => (task.state as SniffProgress).packets, { timeout: 10_000 }).toBeGreaterThanOrEqual(count)
  task.interrupt()
  return task
}

describe('an interface', () => {
  test('two sniffers at once see the same', async () => {
    const [one, two] = await Promise.all([
      listening({ filter: OURS }),
      listening({ filter: OURS, prn: () => undefined }),
    ])
    await send(300)
    const lists = await Promise.all([until(one.task, 300), until(two.task, 300)])
    expect(lists.map(ports)).toEqual([1, 2].map(() => Array.from({ length: 300 }, (_, i) => i + 1)))
    const [packet] = lists[0]!
    expect(packet?._meta).toMatchObject({ interfaceName: lab.there.interfaceName, linkType: 1, originalLength: 60 })
  })

  test('what was sent just before the end is in the result', async () => {
    for (let round = 0; round < 5; round++) {
      const { task } = await listening({ filter: OURS })
      await send(3)
      task.interrupt()
      expect(ports(await task)).toEqual([1, 2, 3])
    }
  })

  test(
    'goes down and comes back while it is listened to',
    async () => {
      const { task } = await listening({ filter: OURS })
      const { namespace, interfaceName } = lab.there
      await send(5)
      await expect.poll(() => task.partial?.length).toBe(5)
      await must(['ip', '-n', namespace, 'link', 'set', interfaceName, 'down'])
      await expect.poll(() => told.join(), { timeout: 5000 }).toContain(`${interfaceName} went down`)
      await must(['ip', '-n', namespace, 'link', 'set', interfaceName, 'up'])
      // The first frames after that may be lost until the link is ready.
      await expect
        .poll(
          async () => {
            await send(1)
            return (task.partial?.length ?? 0) > 6
          },
          { timeout: 10_000, interval: 100 },
        )
        .toBe(true)
      task.interrupt()
      expect(ports(await task).slice(0, 6)).toEqual([1, 2, 3, 4, 5, 1])
    },
    TIMEOUT,
  )

  test(
    'is deleted: what was seen is kept',
    async () => {
      const { namespace } = lab.there
      await must(['ip', '-n', namespace, 'link', 'add', 'gone0', 'type', 'veth', 'peer', 'name', 'gone1'])
      for (const name of ['gone0', 'gone1']) await must(['ip', '-n', namespace, 'link', 'set', name, 'up'])
      const { task } = await listening({ iface: 'gone0', filter: OURS })
      const link = linkOf('gone0', namespace)
      link.send([frame(7)])
      await expect.poll(() => task.partial?.length).toBe(1)
      await must(['ip', '-n', namespace, 'link', 'delete', 'gone0'])
      expect(ports(await task)).toEqual([7])
      expect(told.join()).toContain('gone0 is gone')
      link.close()
    },
    TIMEOUT,
  )

  test('promiscuous or not', async () => {
    const { namespace, interfaceName } = lab.there
    const flags = async (): Promise<string> => must(['ip', '-n', namespace, '-d', 'link', 'show', interfaceName])
    await expect.poll(flags, { timeout: 5000 }).toContain('promiscuity 0')
    const without = await listening({ promiscuous: false })
    expect(await flags()).toContain('promiscuity 0')
    const promiscuous = await listening()
    expect(await flags()).toContain('promiscuity 1')
    promiscuous.task.interrupt()
    without.task.interrupt()
    await Promise.all([promiscuous.task, without.task])
    await expect.poll(flags, { timeout: 5000 }).toContain('promiscuity 0')
  })

  test(
    'a hundred times from start to end leave nothing behind',
    async () => {
      const open = (): string[] =>
        readdirSync('/proc/self/fd').flatMap((name) => {
          try {
            return [readlinkSync(`/proc/self/fd/${name}`)]
          } catch {
            return []
          }
        })
      const cycle = async (options: SniffOptions): Promise<void> => {
        const { task } = await listening(options)
        task.interrupt()
        await task
      }
      const write = join(lab.folder, 'cycle.pcapng')
      await cycle({ write })
      await cycle({ count: 5 })
      const before = open().length
      for (let round = 0; round < 100; round++) await cycle(round % 3 === 0 ? { write } : { count: round % 3 })
      // Handles are closed on another thread, a moment later.
      await expect.poll(() => open().length, { timeout: 10_000 }).toBeLessThanOrEqual(before)
    },
    TIMEOUT,
  )
})

describe('loopback and any', () => {
  test('loopback shows each packet once', async () => {
    const { task } = await listening({ iface: 'lo', filter: OURS })
    await lab.exec('there', [
      'bash',
      '-c',
      `echo -n two > /dev/udp/127.0.0.1/${PORT}; echo -n three > /dev/udp/127.0.0.1/${PORT}`,
    ])
    const list = await until(task, 2)
    expect(list.map((packet) => Buffer.from((packet as AnyPacket).load as Uint8Array).toString())).toEqual([
      'two',
      'three',
    ])
  })

  test('any sees all interfaces', async () => {
    const { task } = await listening({ iface: 'any', filter: OURS })
    await send(2)
    await lab.exec('there', ['bash', '-c', `echo -n local > /dev/udp/127.0.0.1/${PORT}`])
    const list = await until(task, 3)
    expect(list.every((packet) => packet.layerName === 'CookedLinuxV2')).toBe(true)
    expect(new Set(list.map((packet) => (packet as AnyPacket).dst)).size).toBeGreaterThan(0)
    expect(list.filter((packet) => packet.get('IP')?.dst === lab.there.ipv4).length).toBe(2)
    expect(list.filter((packet) => packet.get('IP')?.dst === '127.0.0.1').length).toBeGreaterThan(0)
  })
})

describe('several interfaces', () => {
  test('in the order of time, and to one file', async () => {
    const { namespace, interfaceName } = lab.there
    const write = join(lab.folder, 'several.pcapng')
    const { task } = await listening({ iface: [interfaceName, 'lo', 'any'], filter: OURS, write, store: true })
    for (let round = 0; round < 20; round++) {
      await send(5)
      linkOf('lo', namespace).send([
        stack(Ether(), IP({ src: '127.0.0.1', dst: '127.0.0.1' }), UDP({ sport: 99, dport: PORT }))
          .bytes()
          .slice(),
      ])
    }
    // Each is seen by its interface and by any; on loopback any sees it twice in some kernels.
    const list = await until(task, 240)
    const { times } = list
    for (let i = 1; i < times.length; i++) expect(times[i]).toBeGreaterThanOrEqual(times[i - 1]!)
    const of = (name: string) => list.filter((packet) => packet._meta?.interfaceName === name)
    expect(of(interfaceName).length).toBe(100)
    expect(of('lo').length).toBe(20)
    expect(of('any').every((packet) => packet.layerName === 'CookedLinuxV2')).toBe(true)
    const back = await rdpcap(write)
    expect(back.length).toBe(list.length)
    expect(back.information?.interfaces.map(({ name, linkType }) => [name, linkType])).toEqual([
      [interfaceName, 1],
      ['lo', 1],
      ['any', 276],
    ])
    // What another program makes of it.
    const other = await must(['capinfos', '-M', '-c', '-I', write])
    expect(other).toMatch(new RegExp(`Number of packets: *${list.length}\\n`))
    expect(other).toContain(`Name = ${interfaceName}`)
    expect(other).toContain('Encapsulation = Linux cooked-mode capture v2')
    const copy = join(lab.folder, 'copy.pcapng')
    await wrpcap(copy, list)
    expect((await rdpcap(copy)).length).toBe(list.length)
  })
})

describe('loss', () => {
  test(
    'received and lost make what was sent, when the buffer is too small',
    async () => {
      const { task, state } = await listening({ filter: OURS, bufferSize: 65536, store: false })
      const link = linkOf(lab.here.interfaceName, lab.here.namespace)
      const frames = Array.from({ length: 256 }, (_, i) => frame(i + 1, 1000))
      // Nothing is read meanwhile: this thread is busy sending.
      const count = 20_000
      for (let sent = 0; sent < count; ) sent += link.send(frames.slice(0, Math.min(256, count - sent)))
      await expect.poll(() => state.packets + state.lost.kernel + state.lost.interface, { timeout: 10_000 }).toBe(count)
      expect(state.lost.kernel).toBeGreaterThan(0)
      expect(state.text).toMatch(/^[\d ]+ packets, [\d ]+ lost$/)
      task.interrupt()
      await task
      expect(told.join()).toMatch(/packets lost \([\d ]+ by the kernel\)/)
    },
    TIMEOUT,
  )

  test(
    'none while many packets are looked at',
    async () => {
      const { task, state } = await listening({
        filter: OURS,
        lfilter: (packet) => packet.dport === PORT && packet.sport > 0,
      })
      await send(50_000)
      const list = await until(task, 50_000)
      expect([list.length, state.lost]).toEqual([50_000, { kernel: 0, interface: 0, netshell: 0 }])
    },
    TIMEOUT,
  )
})

describe('a disk', () => {
  test(
    'that is full: the error says so, and what was written can be read',
    async () => {
      const folder = join(lab.folder, 'small')
      mkdirSync(folder)
      await must(['mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder])
      try {
        const write = join(folder, 'full.pcapng')
        const { task } = await listening({ filter: OURS, write })
        const failed = expect(task).rejects.toThrow(`${write}: the disk is full`)
        await send(3000, 1000)
        await failed
        const warnings: unknown[] = []
        const back = await rdpcap(write, { onWarning: (warning) => warnings.push(warning.message) })
        expect(back.length).toBeGreaterThan(500)
        expect(warnings).toEqual([])
        expect(ports(back)).toEqual(Array.from({ length: back.length }, (_, i) => i + 1))
      } finally {
        await must(['umount', folder])
      }
    },
    TIMEOUT,
  )
})

describe('the program', () => {
  test(
    'reads a live tcpdump on standard input, line by line, and ends with it',
    async () => {
      const program = (await import('./netshell-program.js')).netshellCommand
      const netshell = (await program()).join(' ')
      const { interfaceName } = lab.there
      const tcpdump = `tcpdump -i ${interfaceName} -U --immediate-mode -w - ${OURS}`
      for (const reader of ['sniff -r -', 'read -']) {
        const child = lab.spawn('there', ['bash', '-c', `${tcpdump} | ${netshell} ${reader}`])
        await child.waitFor(/listening on/)
        await send(1)
        await child.waitFor(/IP \/ UDP .*:\w+ > .* \/ Raw/)
        const mark = child.mark()
        await send(2)
        await child.waitFor(/UDP[\s\S]*UDP/, { from: mark })
        await lab.exec('there', ['pkill', '-INT', '--ns', String(child.pid), '--nslist', 'net', '-x', 'tcpdump'])
        await child.exited
      }
    },
    TIMEOUT,
  )

  test(
    'sniff: one line a packet, JSON, files; Ctrl-C ends it well',
    async () => {
      const { interfaceName } = lab.there
      const command = await (await import('./netshell-program.js')).netshellCommand()
      const start = async (...argv: string[]) => {
        const child = lab.spawn('there', [...command, 'sniff', '-i', interfaceName, ...argv])
        await child.waitFor(/listening on/)
        return child
      }
      const lines = await start('-c', '2', ...OURS.split(' '))
      await send(2)
      expect((await lines.exited).status).toBe(0)
      expect(lines.stdout).toMatch(/^ {4}1 {2}\d\d:\d\d:\d\d\.\d{6} {2}Ether \/ IP \/ UDP .*\n {4}2 {2}/)
      expect(lines.stderr).toContain('2 packets, 0 lost')

      const json = await start('--json', ...OURS.split(' '))
      await send(2)
      await json.waitFor(/\n.*\n/)
      json.kill('SIGINT')
      expect((await json.exited).status).toBe(0)
      expect(
        json.stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line).layers[1].name),
      ).toEqual(['IP', 'IP'])

      const file = join(lab.folder, 'program.pcapng')
      const writing = await start('-w', file, ...OURS.split(' '))
      await send(10)
      await new Promise((resolve) => setTimeout(resolve, 200))
      writing.kill('SIGINT')
      expect((await writing.exited).status).toBe(0)
      expect(ports(await rdpcap(file))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
      expect(writing.stderr).toContain(`10 packets written to ${file}`)
      expect(writing.stdout).toBe('')

      const rotated = await start(
        '-w',
        join(lab.folder, 'turn.pcap'),
        '--rotate',
        'packets=4,files=2',
        '-c',
        '10',
        ...OURS.split(' '),
      )
      await send(10)
      expect((await rotated.exited).status).toBe(0)
      expect(existsSync(join(lab.folder, 'turn-00001.pcap'))).toBe(false)
      expect(ports(await rdpcap(join(lab.folder, 'turn-00003.pcap')))).toEqual([9, 10])

      const wrong = await lab.exec('there', [...command, 'sniff', '-i', interfaceName, 'udp', 'prot', '9'])
      expect([wrong.status, wrong.stdout]).toEqual([1, ''])
      expect(wrong.stderr).toContain("after 'udp', at 'prot 9'")
    },
    TIMEOUT,
  )

  test(
    'at the prompt: a sniff in the background, out of reach of Ctrl-C, and its results',
    async () => {
      const { interfaceName } = lab.there
      const file = join(lab.folder, 'background.pcapng')
      const shell = await lab.spawnNetshell('there')
      await shell.waitFor(/netshell[^\n]*[>#]/)
      shell.write(
        `job = bg(sniff({iface: '${interfaceName}', filter: '${OURS}', prn: p => 'saw ' + (p.sport + 1000)}))\r`,
      )
      await shell.waitFor(/\[1\] sniff on veth-there: running 0 s, 0 packets, 0 lost/)
      // A line is being typed while packets are printed above it.
      shell.write('"the " + "line')
      await send(2)
      await shell.waitFor(/saw 1001\r?\n[\s\S]*saw 1002\r?\n/)
      shell.write('"\r')
      await shell.waitFor(/'the line'/)
      // Ctrl-C stops what waits in the foreground only.
      shell.write('sleep(30)\r')
      await new Promise((resolve) => setTimeout(resolve, 500))
      shell.write('\x03')
      await shell.waitFor(/interrupted/)
      await send(1)
      await shell.waitFor(/saw 1001[\s\S]*saw 1001/)
      shell.write('job.results.length + 100\r')
      await shell.waitFor(/103/)
      shell.write('function work() { for (;;) { sniff({count: 1, iface: "lo"}) } }\r')
      shell.write('bg(work()); jobs().length + 200\r')
      await shell.waitFor(/202/)
      shell.write('"kept " + job.stop().length\r')
      await shell.waitFor(/'kept 3'/)
      shell.write('jobs()\r')
      await shell.waitFor(
        /\[1\] sniff on veth-there: stopped after \d+ s, 3 packets, 0 lost\r?\n\[2\] work\(\): running/,
      )
      shell.write(`bg(sniff({iface: '${interfaceName}', filter: '${OURS}', write: '${file}'}))\r`)
      await shell.waitFor(/\[3\] sniff/)
      await send(4)
      shell.write(
        'bg(sniff({iface: "lo", prn: p => { throw new Error("went wrong") }})); sleep(0.2); send(IP({dst: "127.0.0.1"})/ICMP(), {quiet: true}); 0\r',
      )
      await shell.waitFor(/\[4\] sniff on lo[^\n]*failed[\s\S]*went wrong/)
      shell.write('.exit\r')
      await shell.exited
      expect(ports(await rdpcap(file))).toEqual([1, 2, 3, 4])
    },
    TIMEOUT,
  )
})
