/**
 * What the tests of the wire run inside a lab: `node program.mjs SCENARIO INTERFACE ARGUMENTS`. Each prints JSON
 * values, one a line.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { isMainThread, Worker } from 'node:worker_threads'
import {
  type CaptureBatch,
  type CaptureOptions,
  type Link,
  mayCapture,
  neighbour,
  neighbours,
  openLink,
  requireInterface,
  route,
} from '../../src/link/index.js'
import { PcapInjectSender } from '../../src/link/pcap-inject.js'
import { attempt, describeError, experimental, frames, print } from './scenario.js'

const [, , scenario = '', name = '', ...rest] = process.argv

/** Runs a capture until it has `count` frames or `milliseconds` are over. */
async function collect(
  link: Link,
  options: CaptureOptions,
  count: number,
  milliseconds: number,
  started = () => {},
): Promise<string[]> {
  const seen: string[] = []
  await new Promise<void>((resolve, reject) => {
    const capture = link.capture(
      options,
      (batch) => {
        seen.push(...frames(batch))
        if (seen.length >= count) finish()
      },
      reject,
    )
    const timer = setTimeout(() => finish(), milliseconds)
    const finish = () => {
      clearTimeout(timer)
      capture.stop()
      resolve()
    }
    started()
  })
  return seen
}

const scenarios: Record<string, () => Promise<void> | void> = {
  /** Captures with options given as JSON until `count` frames are there. */
  async capture() {
    const [options, count] = [JSON.parse(rest[0] ?? '{}') as CaptureOptions, Number(rest[1] ?? 1)]
    const link = openLink(name)
    const batches: CaptureBatch[] = []
    let first: unknown
    const seen: string[] = []
    await new Promise<void>((resolve, reject) => {
      const capture = link.capture(
        options,
        (batch) => {
          batches.push(batch)
          first ??= {
            interfaceName: batch.interfaceName,
            linkType: batch.linkType,
            original: batch.originalLengths[0],
            age: Date.now() / 1000 - batch.seconds[0]! - batch.nanoseconds[0]! / 1e9,
          }
          seen.push(...frames(batch))
          if (seen.length >= count) {
            capture.stop()
            resolve()
          }
        },
        reject,
      )
      print('ready')
    })
    print({ first, seen, stats: link.stats?.() })
    link.close()
  },

  /** Asks for the peer's MAC by hand. */
  async arp() {
    const link = openLink(name)
    const request = Buffer.from(rest[0]!, 'hex')
    const seen = await collect(link, { immediate: true, filter: 'arp' }, 2, 5000, () => print(link.send([request])))
    print(seen)
    link.close()
  },

  async mistakes() {
    const link = openLink(name)
    const nothing = () => undefined
    print(attempt(() => openLink('eht0')))
    print(attempt(() => openLink('')))
    print(attempt(() => openLink('../etc')))
    print(attempt(() => link.send([])))
    print(attempt(() => link.send([new Uint8Array(0)])))
    print(attempt(() => link.send([experimental(1), new Uint8Array(13)])))
    print(attempt(() => link.send([experimental(1), experimental(2), experimental(3, 1515), experimental(4)])))
    print(attempt(() => link.send([experimental(1, 1 << 20)])))
    print(attempt(() => link.send(['text' as unknown as Uint8Array])))
    print(attempt(() => link.capture({ filter: 'tcp adn udp' }, nothing, nothing)))
    print(attempt(() => link.capture({ snaplen: 0 }, nothing, nothing)))
    print(attempt(() => link.capture({ bufferSize: 1 }, nothing, nothing)))
    print(attempt(() => openLink('any').send([experimental(1)])))
    const capture = link.capture({}, nothing, nothing)
    capture.stop()
    capture.stop()
    print(attempt(() => capture.stats().received))
    link.close()
    link.close()
    print(attempt(() => link.send([experimental(1)])))
    print(attempt(() => link.capture({}, nothing, nothing)))
  },

  /** stop(), close() and an exception inside of onBatch. */
  async inside() {
    for (const how of ['stop', 'close', 'throw']) {
      const link = openLink(name)
      const log: string[] = []
      const capture = link.capture(
        { immediate: true, filter: 'ether proto 0x88b5' },
        () => {
          log.push('batch')
          if (how === 'stop') capture.stop()
          if (how === 'close') link.close()
          if (how === 'throw') throw new Error('mine')
        },
        (error) => log.push(`error ${error.message}`),
      )
      link.send([experimental(1), experimental(2)])
      await sleep(150)
      attempt(() => link.send([experimental(3)]))
      await sleep(150)
      print({ how, log, stopped: capture.stopped })
      link.close()
    }
  },

  /** A promise resolved in onBatch must go on at once, though nothing else happens in the process. */
  async promises() {
    const link = openLink(name)
    let resolveFirst: () => void = () => {}
    const first = new Promise<void>((resolve) => {
      resolveFirst = resolve
    })
    const capture = link.capture(
      { immediate: true, filter: 'ether proto 0x88b5' },
      () => resolveFirst(),
      () => {},
    )
    link.send([experimental(1)])
    await first
    print('resolved')
    capture.stop()
    link.close()
  },

  /** Waits through the interface going down and up, or away. */
  async outage() {
    const link = openLink(name)
    const seen: number[] = []
    const capture = link.capture(
      {
        immediate: true,
        filter: 'ether proto 0x88b5',
        onWarning: (warning) =>
          print({ warning: describeError(warning), send: attempt(() => link.send([experimental(9)])) }),
      },
      (batch) => {
        seen.push(...frames(batch).map((frame) => Number.parseInt(frame.slice(28, 36), 16)))
        if (!seen.includes(7)) return
        print({ seen })
        capture.stop()
        link.close()
      },
      (error) => {
        print({
          error: describeError(error),
          stopped: capture.stopped,
          send: attempt(() => link.send([experimental(9)])),
        })
        link.close()
      },
    )
    link.send([experimental(1)])
    print('ready')
  },

  async send() {
    const link = openLink(name)
    print(attempt(() => link.send(rest.map((number) => experimental(Number(number))))))
    link.close()
  },

  /** Sends many numbered frames; prints how many were taken, by how many calls. */
  async flood() {
    const [count, length] = [Number(rest[0]), Number(rest[1] ?? 60)]
    const link = openLink(name)
    const all = Array.from({ length: count }, (_, i) => experimental(i, length))
    const taken = link.send(all)
    print({ taken, sent: link.stats?.().sent })
    link.close()
  },

  /** A small buffer, and nobody who empties it. */
  async drops() {
    const link = openLink(name)
    const capture = link.capture(
      { bufferSize: 65536, immediate: true, filter: 'ether proto 0x88b5' },
      () => {},
      () => {},
    )
    const all = Array.from({ length: 2000 }, (_, i) => experimental(i))
    link.send(all)
    await sleep(300)
    const { received, dropped, sent } = capture.stats()
    capture.stop()
    print({ received, dropped, sent, sum: received + dropped, after: capture.stats(), link: link.stats?.() })
    link.close()
  },

  /** Starting and stopping over and over leaves nothing behind. */
  async cycles() {
    const count = () => readdirSync('/proc/self/fd').length
    const cycle = () => {
      const link = openLink(name)
      link.capture(
        { bufferSize: 65536 },
        () => {},
        () => {},
      )
      link
        .capture(
          { immediate: true, bufferSize: 65536, filter: 'tcp' },
          () => {},
          () => {},
        )
        .stop()
      attempt(() =>
        link.capture(
          { filter: 'not a filter' },
          () => {},
          () => {},
        ),
      )
      link.close()
      attempt(() => openLink('nothing-here'))
    }
    cycle()
    await sleep(300)
    const before = count()
    for (let i = 0; i < 25; i++) cycle()
    await sleep(1000)
    print({ before, after: count() })
  },

  /** Programs that netshell starts must not get its sockets. */
  async children() {
    const count = () =>
      execFileSync('ls', ['-l', '/proc/self/fd'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).match(
        /socket:/g,
      )?.length ?? 0
    const before = count() // the pipe itself is a socket
    const link = openLink(name)
    const capture = link.capture(
      {},
      () => {},
      () => {},
    )
    print(count() - before)
    capture.stop()
    link.close()
  },

  /** The program ends while a capture runs and another is being closed. */
  async exit() {
    const link = openLink(name)
    link.capture(
      { immediate: true },
      () => {},
      () => {},
    )
    link
      .capture(
        {},
        () => {},
        () => {},
      )
      .stop()
    if (rest[0] === 'inside')
      link.capture(
        { immediate: true },
        () => process.exit(0),
        () => {},
      )
    link.send([experimental(1)])
    if (rest[0] === 'outside') process.exit(0)
  },

  rights() {
    print(mayCapture())
    print(attempt(() => openLink(name)))
    print(attempt(() => openLink('any')))
    print(attempt(() => route(rest[0]!).interfaceName))
    print(attempt(() => requireInterface(name).name))
  },

  type() {
    const link = openLink(name)
    print({ linkType: link.linkType, addresses: link.addresses })
    print(attempt(() => link.send([Uint8Array.of(0x45)])))
    link.close()
  },

  route() {
    for (const text of [name, ...rest]) {
      const [destination = '', interfaceName, source] = text.split(',')
      print(
        attempt(() =>
          route(destination, { ...(interfaceName ? { interfaceName } : {}), ...(source ? { source } : {}) }),
        ),
      )
    }
  },

  neighbours() {
    print(neighbours())
    for (const address of rest) print(attempt(() => neighbour(address, name)))
  },
}

Object.assign(scenarios, {
  /** The way of systems without AF_PACKET. */
  inject() {
    const { index } = requireInterface(name)
    const target = {
      interfaceName: name,
      interfaceIndex: index,
      mtu: () => requireInterface(name).mtu,
      headerLength: 14,
    }
    const sender = new PcapInjectSender(target)
    print(attempt(() => sender.send([experimental(1), experimental(2)], 0)))
    print(attempt(() => sender.send([experimental(3), experimental(4, 1515)], 0)))
    sender.close()
    sender.close()
  },

  /** The interface is deleted and made again while the link is open. */
  async replaced() {
    const ip = (...argv: string[]) => execFileSync('ip', argv)
    const make = () => {
      ip('link', 'add', 'name', name, 'type', 'veth', 'peer', 'name', `${name}p`)
      ip('link', 'set', name, 'up')
      ip('link', 'set', `${name}p`, 'up')
    }
    make()
    const link = openLink(name)
    const before = link.addresses?.mac
    print(attempt(() => link.send([experimental(1)])))
    ip('link', 'del', name)
    print(attempt(() => link.send([experimental(2)])))
    print(
      attempt(() =>
        link.capture(
          {},
          () => {},
          () => {},
        ),
      ),
    )
    make()
    print(attempt(() => link.send([experimental(3)])))
    const own = { immediate: true, filter: 'ether proto 0x88b5' }
    print((await collect(link, own, 1, 3000, () => link.send([experimental(4)]))).length)
    print(link.addresses?.mac !== before)
    link.close()
    ip('link', 'del', name)
  },

  /** A capture in a worker is refused; the process lives on. */
  async worker() {
    if (isMainThread) {
      const worker = new Worker(new URL(import.meta.url), { argv: process.argv.slice(2), stdout: false })
      await new Promise((resolve) => worker.on('exit', resolve))
      print('alive')
      return
    }
    const link = openLink(name)
    print(
      attempt(() =>
        link.capture(
          {},
          () => {},
          () => {},
        ),
      ),
    )
    link.close()
  },
})

const run = scenarios[scenario]
if (run === undefined) throw new Error(`no scenario '${scenario}'`)
await run()
