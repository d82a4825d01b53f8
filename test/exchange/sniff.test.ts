/** Sniffing on links in memory and from files. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { rdpcap, setReporter, sniff, wrpcap } from '../../src/exchange/index.js'
import { Ether, IP, UDP } from '../../src/layers/index.js'
import {
  type Capture,
  LinkError,
  type MemoryLink,
  type MemoryLinkOptions,
  memoryLinkPair,
} from '../../src/link/index.js'
import { type AnyPacket, setPrinter, stack } from '../../src/packet/index.js'

const links: MemoryLink[] = []
const told: string[] = []
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netshell-sniff-'))
  told.length = 0
  setReporter((text, kind) => void told.push(kind === 'warning' ? `warning: ${text}` : text))
})
afterEach(() => {
  for (const link of links.splice(0)) link.close()
  rmSync(folder, { recursive: true, force: true })
  setReporter(() => undefined)
  setPrinter((text) => console.log(text))
})

function wire(left: MemoryLinkOptions = {}, right: MemoryLinkOptions = {}): [MemoryLink, MemoryLink] {
  const pair = memoryLinkPair(left, right)
  links.push(...pair)
  return pair
}

const packet = (sport: number): AnyPacket =>
  stack(
    Ether({ src: '02:00:00:00:00:01', dst: '02:00:00:00:00:02' }),
    IP({ src: '10.0.0.1', dst: '10.0.0.2' }),
    UDP({ sport, dport: 9 }),
  ) as AnyPacket
const frame = (sport: number): Uint8Array => packet(sport).bytes().slice()
const frames = (first: number, count: number): Uint8Array[] => Array.from({ length: count }, (_, i) => frame(first + i))
const ports = (list: Iterable<unknown>): number[] => Array.from(list as Iterable<AnyPacket>, (each) => each.sport)

describe('live', () => {
  test('counters and results so far', async () => {
    const [left, right] = wire()
    const task = sniff({ link: right })
    expect(task.state.text).toBe('0 packets, 0 lost')
    left.send(frames(1, 1500))
    await expect.poll(() => task.partial?.length).toBe(1500)
    expect(task.state).toMatchObject({
      packets: 1500,
      bytes: 1500 * 42,
      subject: 'on right',
      text: '1 500 packets, 0 lost',
      lost: { kernel: 0, interface: 0, netshell: 0 },
    })
    task.interrupt()
    expect((await task).length).toBe(1500)
    expect(task.partial?.length).toBe(1500)
  })

  test('what was sent just before the end belongs to it', async () => {
    const [left, right] = wire()
    const task = sniff({ link: right })
    left.send(frames(1, 3))
    task.interrupt()
    expect(ports(await task)).toEqual([1, 2, 3])
    const timed = sniff({ link: right, timeout: 0.02, started: () => setTimeout(() => left.send([frame(4)]), 5) })
    expect(ports(await timed)).toEqual([4])
  })

  test('but not behind the count', async () => {
    const [left, right] = wire()
    const task = sniff({ link: right, count: 2 })
    left.send(frames(1, 5))
    expect(ports(await task)).toEqual([1, 2])
    expect(task.state).toMatchObject({ done: 2, total: 2, bytes: 84 })
  })

  test('a packet that a predicate keeps stays what it was', async () => {
    const [left, right] = wire()
    const kept: AnyPacket[] = []
    const task = sniff({
      link: right,
      store: false,
      lfilter: (each) => {
        kept.push(each)
        return true
      },
    })
    for (let first = 1; first <= 3000; first += 100) {
      left.send(frames(first, 100))
      await new Promise((resolve) => setImmediate(resolve))
    }
    task.interrupt()
    await task
    expect(ports(kept)).toEqual(Array.from({ length: 3000 }, (_, i) => i + 1))
    expect(kept[7]?._meta).toMatchObject({ linkType: 1, interfaceName: 'right', originalLength: 42 })
    // It keeps a piece of memory alive, not all that came.
    expect(kept[0]?._buffer?.buffer.byteLength).toBeLessThanOrEqual(65536)
  })

  test('a packet that a predicate changes is kept as changed, in its place', async () => {
    const [left, right] = wire()
    const task = sniff({
      link: right,
      lfilter: (each) => {
        if (each.sport === 2) each.sport = 4242
        return each.sport !== 3
      },
    })
    left.send(frames(1, 5))
    task.interrupt()
    expect(ports(await task)).toEqual([1, 4242, 4, 5])
  })

  test('packets before an error of a callback are kept', async () => {
    const [left, right] = wire()
    const task = sniff({
      link: right,
      prn: (each) => {
        if (each.sport === 3) throw new Error('oops')
      },
    })
    left.send(frames(1, 5))
    await expect(task).rejects.toThrow('oops')
    expect(ports(task.partial!)).toEqual([1, 2, 3])
  })

  test('a buffer that is too small: received and lost make what was sent', async () => {
    const [left, right] = wire()
    const task = sniff({ link: right, bufferSize: 65536 })
    left.send(frames(1, 10_000))
    task.interrupt()
    const list = await task
    const { lost } = task.state as { lost?: { kernel: number } }
    expect(lost?.kernel).toBeGreaterThan(0)
    expect(list.length + lost!.kernel).toBe(10_000)
    expect(list.statistics).toEqual({ packets: list.length, bytes: list.length * 42, lost })
    expect(String(list)).toBe(`<PacketList: TCP 0, UDP ${list.length}, ICMP 0, Other 0, ${lost!.kernel} lost>`)
    expect(told).toEqual([
      expect.stringMatching(/^warning: [\d ]+ packets lost \([\d ]+ by the kernel\): a narrower filter/),
    ])
  })

  test('fragments are put together, what is not complete is left out', async () => {
    const [left, right] = wire()
    const piece = (id: number, offset: number, more: boolean, text: string | Uint8Array): Uint8Array =>
      stack(
        Ether({ src: '02:00:00:00:00:01', dst: '02:00:00:00:00:02' }),
        IP({ src: '10.0.0.1', dst: '10.0.0.2', id, proto: 17, frag: offset, flags: more ? 'MF' : 0 }),
        text,
      )
        .bytes()
        .slice()
    // A UDP header from port 1234 to 9 with 16 bytes of data, in two pieces, the second one first.
    const header = Uint8Array.of(0x04, 0xd2, 0, 9, 0, 24, 0, 0)
    const task = sniff({ link: right, defragment: true })
    left.send([
      frame(1),
      piece(7, 1, false, 'abcdefghijklmnop'),
      frame(2),
      piece(7, 0, true, header),
      piece(8, 0, true, header),
    ])
    task.interrupt()
    const list = await task
    expect(ports(list)).toEqual([1, 2, 1234])
    expect(list.at(-1)?.get('Raw')?.load).toEqual(new Uint8Array(Buffer.from('abcdefghijklmnop')))
    expect(told).toEqual(['warning: 1 fragmented datagram is not complete, and left out'])
  })

  test('the ring keeps the newest', async () => {
    const [left, right] = wire()
    const task = sniff({ link: right, ring: { packets: 3 } })
    left.send(frames(1, 100))
    await expect.poll(() => task.partial?.length).toBe(3)
    const early = task.partial!
    left.send(frames(101, 100))
    task.interrupt()
    expect(ports(await task)).toEqual([198, 199, 200])
    expect(ports(early)).toEqual([98, 99, 100])
    expect(task.state).toMatchObject({ packets: 200 })
  })
})

/** A link whose capture can be broken and warned. */
function fragile(name: string): {
  link: MemoryLink
  peer: MemoryLink
  break: (error: Error) => void
  warn: (text: string) => void
} {
  const [peer, link] = wire({}, { name })
  const result = { link, peer, break: (_: Error): void => undefined, warn: (_: string): void => undefined }
  const { capture } = link
  link.capture = (options, onBatch, onError) => {
    const running = capture.call(link, options, onBatch, onError)
    result.break = (error) => {
      running.stop()
      onError(error)
    }
    result.warn = (text) => options.onWarning?.(new LinkError('INTERFACE_DOWN', text))
    return running
  }
  return result
}

describe('faults', () => {
  test('an interface that goes down is told of; the capture goes on', async () => {
    const { link, peer, warn } = fragile('eth7')
    const task = sniff({ link })
    warn('eth7 went down')
    peer.send([frame(1)])
    task.interrupt()
    expect(ports(await task)).toEqual([1])
    expect(told).toEqual([])
    const again = fragile('eth8')
    const other = sniff({ link: again.link })
    again.warn('eth8 went down')
    other.interrupt()
    await other
    expect(told).toEqual(['warning: eth8 went down'])
  })

  test('an interface that is gone: what was seen is kept, and the end is told of', async () => {
    const wire = fragile('eth7')
    const task = sniff({ link: wire.link })
    wire.peer.send(frames(1, 3))
    await expect.poll(() => task.partial?.length).toBe(3)
    wire.break(new LinkError('NO_SUCH_INTERFACE', 'eth7 is gone; the capture ended'))
    expect((await task).length).toBe(3)
    expect(told).toEqual(['warning: sniff: eth7 is gone; the capture ended'])
  })

  test('gone before anything came is an error', async () => {
    const wire = fragile('eth7')
    const task = sniff({ link: wire.link })
    wire.break(new LinkError('NO_SUCH_INTERFACE', 'eth7 is gone; the capture ended'))
    await expect(task).rejects.toThrow('eth7 is gone')
  })

  test('one of two goes: the other goes on', async () => {
    const one = fragile('eth1')
    const two = fragile('eth2')
    const task = sniff({ link: [one.link, two.link] })
    one.break(new LinkError('NO_SUCH_INTERFACE', 'eth1 is gone; the capture ended'))
    two.peer.send(frames(1, 2))
    await expect.poll(() => task.partial?.length).toBe(2)
    task.interrupt()
    expect((await task).length).toBe(2)
    expect(told).toEqual(['warning: sniff: eth1 is gone; the capture ended'])
  })

  test('listening begins when the backend is ready, and not at all when it never is', async () => {
    const [left, right] = wire()
    let ready: () => void = () => undefined
    const { capture } = right
    right.capture = (...parameters) =>
      Object.assign(capture.apply(right, parameters), {
        ready: new Promise<void>((resolve) => {
          ready = resolve
        }),
      }) as Capture
    const order: string[] = []
    const begin = (): void => {
      order.push('started')
      left.send([frame(1)])
    }
    const task = sniff({ link: right, count: 1, started: begin })
    await new Promise((resolve) => setTimeout(resolve, 20))
    order.push('ready')
    ready()
    await task
    expect(order).toEqual(['ready', 'started'])
    const never = sniff({ link: right, started: () => order.push('again') })
    never.interrupt()
    expect((await never).length).toBe(0)
    expect(order.length).toBe(2)
  })
})

describe('several interfaces', () => {
  test('in the order of time, with their names, in one list and one file', async () => {
    const [a, b] = wire({ name: 'a' }, { name: 'b' })
    const [c, d] = wire({ name: 'c', linkType: 101 }, { name: 'd', linkType: 101 })
    const task = sniff({ link: [b, d] })
    const bare = stack(IP({ src: '10.0.0.3', dst: '10.0.0.4' }), UDP({ sport: 500 }))
      .bytes()
      .slice()
    for (let i = 0; i < 50; i++) {
      a.send([frame(i)])
      c.send([bare])
      if (i % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    }
    task.interrupt()
    const list = await task
    expect(list.length).toBe(100)
    const { times } = list
    for (let i = 1; i < times.length; i++) expect(times[i]).toBeGreaterThanOrEqual(times[i - 1]!)
    expect(list.filter((each) => each._meta?.interfaceName === 'b').length).toBe(50)
    expect(list.filter((each) => each._meta?.interfaceName === 'd').every((each) => each.layerName === 'IP')).toBe(true)
    const file = join(folder, 'both.pcapng')
    await wrpcap(file, list)
    const back = await rdpcap(file)
    expect(back.information?.interfaces.map(({ name, linkType }) => [name, linkType]).sort()).toEqual([
      ['b', 1],
      ['d', 101],
    ])
    expect(back.map((each) => each._meta?.interfaceName)).toEqual(list.map((each) => each._meta?.interfaceName))
  })

  test('the count is of all together', async () => {
    const [a, b] = wire()
    const [c, d] = wire()
    const task = sniff({ link: [b, d], count: 4 })
    a.send(frames(1, 3))
    c.send(frames(11, 3))
    expect((await task).length).toBe(4)
  })
})

describe('to a file', () => {
  test('pcapng, nothing kept; what came while the file was opened is in it', async () => {
    const [left, right] = wire()
    const write = join(folder, 'a.pcapng')
    const task = sniff({ link: right, write })
    left.send(frames(1, 10))
    task.interrupt()
    const list = await task
    expect(list.length).toBe(0)
    const back = await rdpcap(write)
    expect(ports(back)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(back.information?.interfaces).toMatchObject([{ name: 'right', received: 10, dropped: 0 }])
    expect(told).toEqual([`10 packets written to ${write}`])
  })

  test('after the predicate, and kept as well when asked for', async () => {
    const [left, right] = wire()
    const write = join(folder, 'a.pcap')
    const task = sniff({ link: right, write, store: true, lfilter: (each) => each.sport % 2 === 1, quiet: true })
    left.send(frames(1, 5))
    task.interrupt()
    expect(ports(await task)).toEqual([1, 3, 5])
    expect(ports(await rdpcap(write))).toEqual([1, 3, 5])
    expect(told).toEqual([])
  })

  test('one after the other', async () => {
    const [left, right] = wire()
    const task = sniff({ link: right, write: join(folder, 'a.pcap'), rotate: { packets: 2, files: 2 } })
    left.send(frames(1, 5))
    task.interrupt()
    await task
    expect(readdirSync(folder).sort()).toEqual(['a-00002.pcap', 'a-00003.pcap'])
    expect(ports(await rdpcap(join(folder, 'a-00003.pcap')))).toEqual([5])
  })

  test('that cannot be written: an error at once, and no capture left', async () => {
    const [, right] = wire()
    await expect(sniff({ link: right, write: join(folder, 'none', 'a.pcap') })).rejects.toThrow('create it first')
    await expect(
      sniff({ link: right, write: '/dev/full', timeout: 10, started: () => right.send([frame(1)]) }),
    ).rejects.toThrow('the disk is full')
    expect((right as unknown as { captures: Set<unknown> }).captures.size).toBe(0)
  })
})

test('ten minutes of traffic take bounded memory: a ring of the newest, and the last two files', async () => {
  const [left, right] = wire()
  const write = join(folder, 'long.pcapng')
  const options = { ring: { packets: 5000 }, write, rotate: { bytes: 10e6, files: 2 }, quiet: true }
  const task = sniff({ link: right, ...options })
  const state = task.state as { packets: number; lost: { netshell: number } }
  const load = 'x'.repeat(1000)
  const many = Array.from({ length: 200 }, (_, i) => stack(packet(i), load).bytes().slice())
  // 500 packets of 1 KB in a second, for 600 s.
  const count = 300_000
  let most = 0
  let before = 0
  for (let sent = 0; sent < count; sent += many.length) {
    left.send(many)
    await expect.poll(() => state.packets, { interval: 0 }).toBe(sent + many.length)
    if (sent === 20_000) before = process.memoryUsage().rss
    if (sent > 20_000) most = Math.max(most, process.memoryUsage().rss)
  }
  task.interrupt()
  const list = await task
  expect([list.length, state.packets, state.lost.netshell]).toEqual([5000, count, 0])
  expect(readdirSync(folder).length).toBe(2)
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(10e6)
  // 300 MB went through.
  expect(most - before).toBeLessThan(100e6)
}, 60_000)

describe('offline', () => {
  const file = (): string => join(folder, 'in.pcap')
  beforeEach(async () => {
    await wrpcap(
      file(),
      Array.from({ length: 100 }, (_, i) => packet(i + 1)),
    )
  })

  test('a file with filter, predicate, count and stop', async () => {
    expect(ports(await sniff({ offline: file(), filter: 'udp src portrange 10-12' }))).toEqual([10, 11, 12])
    expect(ports(await sniff({ offline: file(), lfilter: (each) => each.sport > 98 }))).toEqual([99, 100])
    expect(ports(await sniff({ offline: file(), count: 2, filter: 'src port 7 or src port 8 or src port 9' }))).toEqual(
      [7, 8],
    )
    expect(ports(await sniff({ offline: file(), stop: (each) => each.sport === 3 }))).toEqual([1, 2, 3])
    expect(ports(await sniff({ offline: file(), ring: { packets: 2 } }))).toEqual([99, 100])
  })

  test('from a file to another one', async () => {
    const write = join(folder, 'out.pcapng')
    await sniff({ offline: file(), filter: 'src port 5', write })
    expect(ports(await rdpcap(write))).toEqual([5])
    await sniff({ offline: file(), filter: 'src port 50000', write })
    expect((await rdpcap(write)).length).toBe(0)
    await expect(sniff({ offline: file(), write: file() })).rejects.toThrow('is the file that is read')
    expect((await rdpcap(file())).length).toBe(100)
  })

  test('a live pipe: packets are shown as they come, and Ctrl-C need not wait for more', async () => {
    const bytes = readFileSync(file())
    const pipe = new PassThrough()
    const seen: number[] = []
    const task = sniff({ offline: pipe, prn: (each) => void seen.push(each.sport) })
    const record = 16 + 42
    // In odd pieces: header and one and a half packets first.
    pipe.write(bytes.subarray(0, 24 + record + 20))
    await expect.poll(() => seen).toEqual([1])
    pipe.write(bytes.subarray(24 + record + 20, 24 + 3 * record))
    await expect.poll(() => seen).toEqual([1, 2, 3])
    task.interrupt()
    expect(ports(await task)).toEqual([1, 2, 3])
    expect(pipe.destroyed).toBe(true)
    expect(told).toEqual([])
  })

  test('Ctrl-C before anything came', async () => {
    const task = sniff({ offline: new PassThrough() })
    setTimeout(() => task.interrupt(), 20)
    expect((await task).length).toBe(0)
  })

  test('a named pipe: waits for a writer, and Ctrl-C ends that', async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const nobody = sniff({ offline: pipe })
    setTimeout(() => nobody.interrupt(), 50)
    expect((await nobody).length).toBe(0)
    const task = sniff({ offline: pipe, count: 100 })
    setTimeout(() => writeFileSync(pipe, readFileSync(file())), 50)
    expect((await task).length).toBe(100)
  })

  test('pcapng from a stream', async () => {
    const other = join(folder, 'in.pcapng')
    await wrpcap(other, [packet(1), packet(2)])
    expect(ports(await sniff({ offline: Readable.from([readFileSync(other)]) }))).toEqual([1, 2])
  })

  test('cut in the middle: what is there is kept, the damage told', async () => {
    writeFileSync(file(), readFileSync(file()).subarray(0, 24 + 58 * 10 + 30))
    const list = await sniff({ offline: file() })
    expect(list.length).toBe(10)
    expect(list.warnings.length).toBe(1)
    expect(told).toEqual([expect.stringContaining('warning: ')])
  })

  test('calls of prn that wait do not pile up', async () => {
    let waiting = 0
    let most = 0
    const big = join(folder, 'big.pcap')
    await wrpcap(
      big,
      Array.from({ length: 1000 }, (_, i) => packet(i)),
    )
    await sniff({
      offline: big,
      store: false,
      prn: async () => {
        most = Math.max(most, ++waiting)
        await new Promise((resolve) => setTimeout(resolve, 1))
        waiting--
      },
    })
    expect(waiting).toBe(0)
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(100)
  })
})

describe('options that make no sense are refused', () => {
  test.each([
    [{ ring: { packets: 0 } }, 'sniff: option ring: packets must be a whole number above 0'],
    [{ ring: {} }, 'sniff: option ring has packets, bytes or seconds'],
    [{ ring: { packets: 5 }, store: false }, 'store: false keeps nothing'],
    [{ rotate: { bytes: 5 } }, 'sniff: option rotate needs a file to write'],
    [{ write: 'a.pcap', rotate: { files: 5 } }, 'sniff: option rotate has packets, bytes or seconds, and files'],
    [{ write: 'a.pcap', rotate: { byte: 5 } }, 'not byte'],
    [{ write: 5 }, 'sniff: option write must be the name of a file'],
    [{ link: [] }, 'sniff: option link must be a link, or a list with at least one'],
    [{ link: [3] }, 'sniff: option link must be a link'],
    [{ promisc: true }, "sniff has no option 'promisc'"],
  ])('%j', async (options, message) => {
    await expect(sniff(options as never)).rejects.toThrow(message)
  })
})
