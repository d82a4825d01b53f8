/**
 * What the tests of the backends run inside a lab: `node backends.mjs SCENARIO INTERFACE BACKEND ARGUMENTS`. Each prints JSON
 * values, one a line. BACKEND `-` leaves the choice to openLink.
 */
import { ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Capture, type CaptureOptions, interfaces, type LinkBackend, openLink } from '../../src/link/index.js'
import { attempt, describeError, experimental, frames, print } from './scenario.js'

const [, , scenario = '', name = '', backendName = '-', ...rest] = process.argv
const { TEST_NETNS: netns } = process.env
const backend = { netns, ...(backendName === '-' ? {} : { backend: backendName as LinkBackend }) }
const PROTOCOL = 'ether proto 0x88b5'
const nothing = () => undefined

/** An echo request without link header; the kernel fills in lengths and checksum of IPv4. */
function echoRequest(destination: string, id: number, size = 8): Uint8Array {
  const packet = Buffer.alloc(20 + size)
  packet[0] = 0x45
  packet[8] = 64
  packet[9] = 1
  packet.set(destination.split('.').map(Number), 16)
  packet[20] = 8
  packet.writeUInt16BE(id, 24)
  let sum = 0
  for (let i = 20; i < packet.length; i += 2) sum += packet.readUInt16BE(i)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16)
  packet.writeUInt16BE(~sum & 0xffff, 22)
  return packet
}

async function until(condition: () => boolean, milliseconds = 8000): Promise<boolean> {
  for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(10)) if (condition()) return true
  return condition()
}

/** From now on, how many children that `spawn` started are known to have ended. */
function countEnds(): () => number {
  let count = 0
  const { emit } = ChildProcess.prototype
  ChildProcess.prototype.emit = function (this: ChildProcess, name: string, ...rest: unknown[]) {
    const heard = Reflect.apply(emit, this, [name, ...rest]) as boolean
    if (name === 'close') count++
    return heard
  } as typeof emit
  return () => count
}

/** Waits for the children that this process started: those of captures that were stopped need a moment. */
function children(): number[] {
  return readdirSync('/proc')
    .filter((each) => /^\d+$/.test(each))
    .filter((pid) => {
      try {
        return new RegExp(`\\) [^Z] ${process.pid} `).test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
      } catch {
        return false
      }
    })
    .map(Number)
}

const scenarios: Record<string, () => Promise<void> | void> = {
  /** Captures until `count` frames are there. */
  async capture() {
    const [options, count] = [JSON.parse(rest[0] ?? '{}') as CaptureOptions, Number(rest[1] ?? 1)]
    const link = openLink(name, backend)
    const seen: string[] = []
    let first: unknown
    const error = await new Promise<unknown>((resolve) => {
      const capture = link.capture(
        options,
        (batch) => {
          first ??= {
            linkType: batch.linkType,
            interfaceName: batch.interfaceName,
            original: batch.originalLengths[0],
            age: Date.now() / 1000 - batch.seconds[0]! - batch.nanoseconds[0]! / 1e9,
          }
          seen.push(...frames(batch))
          if (seen.length < count) return
          capture.stop()
          resolve(undefined)
        },
        resolve,
      )
      print('opened')
      Promise.resolve(capture.ready).then(() => print('ready'), nothing)
    })
    print({ first, seen, stats: link.stats?.(), ...(error === undefined ? {} : { error: describeError(error) }) })
    link.close()
  },

  /** Sends numbered frames and waits until the kernel has them. */
  async send() {
    const link = openLink(name, backend)
    const count = Number(rest[0] ?? 3)
    const all = Array.from({ length: count }, (_, i) => experimental(i + 1))
    let taken = 0
    while (taken < count) {
      taken += link.send(all.slice(taken))
      await sleep(1)
    }
    await until(() => link.stats!().sent === count)
    print({ taken, sent: link.stats?.().sent, backend: link.stats?.().backend })
    link.close()
  },

  /** What is wrong from the start. */
  async mistakes() {
    const link = openLink(name, backend)
    const capture = (options: CaptureOptions) => attempt(() => link.capture(options, nothing, nothing).stop())
    print(attempt(() => openLink('eht0', backend)))
    print(capture({ filter: 'tcp adn udp' }))
    print(capture({ filter: '-w /tmp/no' }))
    print(capture({ snaplen: 0 }))
    print(attempt(() => link.send([experimental(1), new Uint8Array(0)])))
    print(attempt(() => link.send([experimental(1, 4000)])))
    link.close()
    link.close()
    print(attempt(() => link.send([experimental(1)])))
    print(capture({}))
    await sleep(300)
  },

  /** The wrong filter as the program behind the backend finds it, where nothing can look at it before. */
  async late() {
    const link = openLink(name, backend)
    const error = await new Promise((resolve) => {
      const capture = link.capture({ filter: rest[0] ?? '' }, nothing, resolve)
      capture.ready?.then(
        () => print('ready'),
        (error: unknown) => print({ ready: describeError(error) }),
      )
    })
    print({ error: describeError(error) })
    link.close()
  },

  /** Waits through the interface going down and up, or away. */
  async outage() {
    const link = openLink(name, backend)
    const seen: number[] = []
    let seven: (value: unknown) => void = nothing
    const done = new Promise((resolve) => {
      seven = resolve
    })
    const capture = link.capture(
      { filter: rest[0] ?? PROTOCOL, onWarning: (warning) => print({ warning: describeError(warning) }) },
      (batch) => {
        // The number of a frame of ours; the identifier of an echo request.
        seen.push(
          ...frames(batch).map((frame) =>
            Number.parseInt(frame.slice(...(link.linkType === 1 ? [28, 36] : [48, 52])), 16),
          ),
        )
        if (seen.includes(7)) seven({ seen })
      },
      (error) => seven({ error: describeError(error), stopped: capture.stopped }),
    )
    await capture.ready
    print('ready')
    print(await done)
    capture.stop()
    link.close()
  },

  /** Sending while the interface goes down and comes back. */
  async sendOutage() {
    const { execFileSync } = await import('node:child_process')
    const link = openLink(name, backend)
    const ends = countEnds()
    link.send([experimental(1)])
    await until(() => link.stats!().sent === 1)
    execFileSync('ip', ['link', 'set', name, 'down'])
    print(attempt(() => link.send([experimental(2)])))
    // The child dies meanwhile.
    await until(() => ends() === 1)
    execFileSync('ip', ['link', 'set', name, 'up'])
    print(attempt(() => link.send([experimental(3)])))
    await until(() => link.stats!().sent === 2)
    // What is on its way when the child dies is told with the next frame.
    process.kill(children()[0]!, 'SIGKILL')
    link.send([experimental(4)])
    await until(() => ends() === 2)
    print(attempt(() => link.send([experimental(5)])))
    print(attempt(() => link.send([experimental(6)])))
    await until(() => link.stats!().sent === 3)
    print(link.stats!().sent)
    link.close()
  },

  /** stop(), close() and an exception inside of onBatch. */
  async inside() {
    const sender = openLink(name, { backend: 'pcap' })
    for (const how of ['stop', 'close', 'throw']) {
      const link = openLink(name, backend)
      const log: string[] = []
      const capture = link.capture(
        { filter: PROTOCOL },
        () => {
          log.push('batch')
          if (how === 'stop') capture.stop()
          if (how === 'close') link.close()
          if (how === 'throw') throw new Error('mine')
        },
        (error) => log.push(`error ${error.message}`),
      )
      await capture.ready
      sender.send([experimental(1), experimental(2)])
      await until(() => capture.stopped)
      sender.send([experimental(3)])
      await sleep(100)
      print({ how, log, stopped: capture.stopped })
      link.close()
    }
    sender.close()
  },

  /** Starting and stopping over and over leaves nothing behind. */
  async cycles() {
    const descriptors = () => readdirSync('/proc/self/fd').length
    const cycle = async (wait: boolean) => {
      const link = openLink(name, backend)
      const capture = link.capture({ bufferSize: 65536, filter: 'icmp' }, nothing, nothing)
      if (wait) await capture.ready
      capture.stop()
      attempt(() => link.capture({ filter: 'not a filter' }, nothing, nothing))
      link.close()
    }
    const settled = () => until(() => children().length === 0 && descriptors() <= before)
    let before = Number.MAX_SAFE_INTEGER
    await cycle(true)
    await cycle(false)
    await settled()
    await sleep(300) // koffi closes on a thread
    before = descriptors()
    for (let i = 0; i < Number(rest[0]); i++) await cycle(i % 4 === 0)
    await settled()
    print({ before, after: descriptors(), children: children().length })
  },

  /** A capture that is told nothing but to live on until this process is killed; prints its children. */
  async orphan() {
    const link = openLink(name, backend)
    const capture = link.capture({ filter: 'tcp port 4711' }, nothing, nothing)
    await capture.ready
    print({ children: children() })
    print('ready')
    if (rest[0] === 'exit') process.exit(0)
  },

  /** Drops that are made on purpose: this process does not read for a while. */
  async drops() {
    const link = openLink(name, backend)
    const sender = openLink(name, { backend: 'pcap' })
    const capture = link.capture({ filter: PROTOCOL, bufferSize: 65536, snaplen: 2048 }, nothing, (error) =>
      print(describeError(error)),
    )
    await capture.ready
    let left = Array.from({ length: 5000 }, (_, i) => experimental(i, 1000))
    // In one turn of the event loop: pipe and ring fill.
    while (left.length > 0) left = left.slice(sender.send(left))
    await until(() => capture.stats().received + capture.stats().dropped === 5000)
    const live = capture.stats()
    capture.stop()
    await until(() => children().length === 0)
    print({ live, after: capture.stats(), link: link.stats!() })
    link.close()
    sender.close()
  },

  /** Which backend is taken, and what is said of it. */
  async choice() {
    const warnings: string[] = []
    process.on('warning', (warning) => warnings.push(`${warning.name}: ${warning.message}`))
    const likely = interfaces()[0]?.backend
    const first = attempt(() => openLink(name, backend).backend)
    const second = attempt(() => openLink(name, backend).backend)
    await sleep(20)
    print({ likely, first, second, after: interfaces()[0]?.backend, warnings })
  },

  /** No rights: at the start, or a moment later. */
  async rights() {
    print(
      await new Promise((resolve) => {
        const opened = attempt(() => {
          const capture = openLink(name, backend).capture({}, nothing, (error) =>
            resolve({ late: describeError(error) }),
          )
          capture.ready?.catch(nothing)
          return null
        })
        if (opened !== null) resolve({ thrown: opened })
      }),
    )
  },

  /** raw-socket: sends echo requests to an address and shows what comes back. */
  async echo() {
    const [address = '', size = '8'] = rest
    const link = openLink(name, backend)
    const batches: { buffer: ArrayBufferLike; bytes: Uint8Array }[] = []
    const seen: string[] = []
    const capture = link.capture(
      { filter: 'icmp[0] = 0' },
      (batch) => {
        seen.push(...frames(batch))
        batches.push({ buffer: batch.buffer.buffer, bytes: batch.buffer })
      },
      (error) => print(describeError(error)),
    )
    for (let id = 1; id <= 3; id++) print(link.send([echoRequest(address, id, Number(size))]))
    await until(() => seen.length >= 3)
    print({
      ids: seen.map((frame) => Number.parseInt(frame.slice(48, 52), 16)),
      lengths: seen.map((f) => f.length / 2),
    })
    print(link.stats?.())
    capture.stop()
    link.close()
    print(attempt(() => link.send([echoRequest(address, 4)])))
  },

  /** What raw-socket refuses. */
  rawMistakes() {
    const link = openLink(name, backend)
    const ipv6 = new Uint8Array(48)
    ipv6[0] = 0x60
    ipv6[6] = 59
    ipv6.set([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 24)
    print(attempt(() => link.send([experimental(1)])))
    print(attempt(() => link.send([Uint8Array.of(0x45)])))
    print(attempt(() => link.send([echoRequest(rest[0]!, 1), echoRequest(rest[0]!, 2, 4000)])))
    print(attempt(() => link.send([ipv6])))
    link.close()
  },

  /** Nobody refers to link and capture but raw-socket's callbacks; the collector runs. */
  async collected() {
    let seen = 0
    const start = () => {
      openLink(name, backend).capture(
        { filter: 'icmp' },
        (batch) => {
          seen += batch.count
        },
        nothing,
      )
    }
    start()
    for (let i = 0; i < 5; i++) {
      globalThis.gc!()
      await sleep(20)
    }
    print('ready')
    await until(() => seen > 0)
    print({ seen: seen > 0 })
    process.exit(0)
  },

  /** In a worker. */
  async worker() {
    const { Worker, isMainThread } = await import('node:worker_threads')
    if (isMainThread) {
      const worker = new Worker(process.argv[1]!, { argv: process.argv.slice(2) })
      await new Promise((resolve) => worker.on('exit', resolve))
      await sleep(200)
      print('main alive')
      return
    }
    const link = attempt(() => openLink(name, backend)) as { capture?: unknown; code?: string; message?: string }
    if (link.capture === undefined) {
      process.stdout.write(`${JSON.stringify(link)}\n`)
      return
    }
    const capture: Capture = openLink(name, backend).capture({}, nothing, nothing)
    await capture.ready
    print('worker captures')
    capture.stop()
  },
}

const run = scenarios[scenario]
if (run === undefined) throw new Error(`no scenario ${scenario}`)
await run()
