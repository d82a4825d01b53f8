/** What ends, when it should end: interrupts at every stage, long waits, sets beyond memory. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { send, sendp, setReporter, sleep, sniff, sr, srp, srp1, wrpcap } from '../../src/exchange/index.js'
import { ARP, dissectLink, Ether, ICMP, IP, UDP } from '../../src/layers/index.js'
import { type Link, type MemoryLink, memoryLinkPair } from '../../src/link/index.js'
import { type AnyPacket, setPrinter, stack } from '../../src/packet/index.js'

const LEFT = '10.0.0.1'
const MAC = '02:00:00:00:00:02'
/** Far less than what the waits below would last. */
const SOON = 1000

const links: MemoryLink[] = []
let captures = 0

/** A link whose other end is silent; `captures` counts those that run. */
function silentWire(): Link {
  const pair = memoryLinkPair({ addresses: { ipv4: [{ address: LEFT, prefix: 24 }] } }, { addresses: { mac: MAC } })
  links.push(...pair)
  const [left] = pair
  captures = 0
  const { capture } = left
  left.capture = (...parameters) => {
    const running = capture.apply(left, parameters)
    captures++
    const { stop } = running
    let stopped = false
    running.stop = () => {
      if (!stopped) captures--
      stopped = true
      stop.call(running)
    }
    return running
  }
  return left
}

afterEach(() => {
  for (const link of links.splice(0)) link.close()
  setReporter(() => undefined)
  setPrinter((text) => console.log(text))
})

const frame = (fields: object = {}) =>
  stack(Ether({ dst: MAC, src: '02:00:00:00:00:01' }), IP({ src: LEFT, dst: '10.0.0.2' }), UDP(fields))

async function soon<T>(task: Promise<T>): Promise<T> {
  const began = performance.now()
  const result = await task
  expect(performance.now() - began).toBeLessThan(SOON)
  return result
}

describe('an interrupt', () => {
  test('while neighbours are asked for', async () => {
    const link = silentWire()
    const task = sr(stack(IP({ src: LEFT, dst: '10.0.0.9' }), ICMP()), { link, timeout: 60 })
    setTimeout(() => task.interrupt(), 50)
    const { answered, unanswered, sent } = await soon(task)
    expect([answered.length, unanswered.length, sent, captures]).toEqual([0, 1, 0, 0])
  })

  test('between packets', async () => {
    const link = silentWire()
    const exchanging = srp(frame({ dport: [1, 2, 3] }), { link, inter: 60 })
    const sending = sendp(frame({ dport: [1, 2, 3] }), { link, inter: 60 })
    setTimeout(() => {
      exchanging.interrupt()
      sending.interrupt()
    }, 50)
    expect((await soon(exchanging)).sent).toBe(1)
    expect(await soon(sending)).toBe(1)
    expect(captures).toBe(0)
  })

  test('between rounds', async () => {
    const link = silentWire()
    const task = srp(frame(), { link, timeout: 0.01, retry: 1e9 })
    setTimeout(() => task.interrupt(), 100)
    expect((await soon(task)).sent).toBeGreaterThan(1)
    expect(captures).toBe(0)
  })

  test('while packets are made ready or sent without a pause', async () => {
    const link = silentWire()
    const exchanging = srp(frame({ dport: [[1, 60000]], sport: [[1, 16]] }), { link })
    setTimeout(() => exchanging.interrupt(), 20)
    expect((await exchanging).unanswered.length).toBeLessThan(960_000)
    const sending = sendp(frame(), { link, count: 1e9 })
    setTimeout(() => sending.interrupt(), 20)
    expect(await sending).toBeLessThan(1e9)
  })

  test('an abort leaves nothing behind', async () => {
    const link = silentWire()
    const task = sr(stack(IP({ src: LEFT, dst: '10.0.0.0/28' }), ICMP()), { link })
    setTimeout(() => task.abort(new Error('enough')), 20)
    await expect(task).rejects.toThrow('enough')
    await sleep(0.02)
    expect(captures).toBe(0)
  })

  test('while prn waits: sniff gives what it saw', async () => {
    const link = silentWire()
    const waits: { interrupt(): void }[] = []
    const task = sniff({
      link,
      started: () => void link.send([frame().bytes()]),
      prn: () => {
        const wait = sleep(60)
        waits.push(wait)
        return wait
      },
    })
    await sleep(0.05)
    task.interrupt()
    for (const wait of waits) wait.interrupt()
    expect(await soon(task)).toHaveLength(1)
    expect(captures).toBe(0)
  })
})

describe('waits', () => {
  test('last for ever when asked to', async () => {
    const link = silentWire()
    for (const timeout of [Number.POSITIVE_INFINITY, 1e8]) {
      const tasks = [srp(frame(), { link, timeout }), sniff({ link, timeout })]
      await sleep(0.05)
      expect(tasks.map((task) => task.settled)).toEqual([false, false])
      for (const task of tasks) task.interrupt()
      await Promise.all(tasks)
    }
  })

  test('end with the last answer, also with inter, multi and retry', async () => {
    const link = silentWire()
    const far = links[1]!
    far.capture(
      {},
      (batch) => {
        const request = dissectLink(
          batch.linkType,
          batch.buffer.slice(batch.offsets[0]!, batch.offsets[0]! + batch.lengths[0]!),
        ) as AnyPacket
        if (request.src === MAC) return
        far.send([
          stack(
            Ether({ src: MAC, dst: '02:00:00:00:00:01' }),
            IP({ src: '10.0.0.2', dst: LEFT }),
            UDP({ sport: request.dport as number, dport: request.sport as number }),
          ).bytes(),
        ])
      },
      () => undefined,
    )
    expect((await soon(srp1(frame({ dport: 5, sport: 6 }), { link, inter: 60, timeout: 60 })))?.sport).toBe(5)
    expect(await soon(srp1(frame({ dport: [5, 7], sport: 6 }), { link, inter: 60, timeout: 60 }))).not.toBeNull()
    expect(await soon(srp1(frame({ dport: 5, sport: 6 }), { link, multi: true, timeout: 60 }))).not.toBeNull()
    const result = await soon(srp(frame({ dport: 5, sport: 6 }), { link, multi: true, timeout: 0.05, retry: 100 }))
    expect([result.sent, result.answered.length]).toEqual([1, 1])
  })
})

describe('neighbours', () => {
  test('are asked for side by side, and the silent ones told of in one line', async () => {
    const link = silentWire()
    const messages: string[] = []
    setReporter((text, kind) => messages.push(`${kind}: ${text}`))
    const began = performance.now()
    expect(await send(stack(IP({ src: LEFT, dst: '10.0.0.128/25' }), ICMP()), { link })).toBe(0)
    expect(performance.now() - began).toBeLessThan(4000)
    expect(messages).toEqual([
      'warning: nobody answers for 10.0.0.128 and 127 others on left: packets to them were not sent',
      'progress: sent 0 packets',
    ])
  })

  test('of one link are not those of another with the same name', async () => {
    const macs: string[] = []
    for (const mac of ['02:00:00:00:00:0a', '02:00:00:00:00:0b']) {
      const [left, right] = memoryLinkPair({}, { addresses: { mac } })
      links.push(left, right)
      right.capture(
        {},
        (batch) => {
          for (let i = 0; i < batch.count; i++) {
            const seen = dissectLink(
              batch.linkType,
              batch.buffer.slice(batch.offsets[i]!, batch.offsets[i]! + batch.lengths[i]!),
            ) as AnyPacket
            if (seen.get('ARP')?.op === 1) {
              const answer = { op: 2, hwsrc: mac, psrc: '10.0.0.2', pdst: LEFT }
              right.send([stack(Ether({ src: mac }), ARP(answer)).bytes()])
            } else if (seen.has('ICMP')) macs.push(seen.get('Ether')!.dst as string)
          }
        },
        () => undefined,
      )
      await send(stack(IP({ src: LEFT, dst: '10.0.0.2' }), ICMP()), { link: left })
      await sleep(0.02)
    }
    expect(macs).toEqual(['02:00:00:00:00:0a', '02:00:00:00:00:0b'])
  })
})

describe('too many packets', () => {
  test('are refused before any is made', async () => {
    const link = silentWire()
    const all = stack(IP({ src: LEFT, dst: '10.0.0.0/8' }), ICMP())
    await expect(soon(sr(all, { link }))).rejects.toThrow('sr: these are more than 1000000 packets')
  })
})

describe('sniff from a file', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'netshell-sniff-'))
  const file = path.join(folder, 'many.pcap')

  test('prn sees packets, the count ends it, store: false keeps none, an interrupt keeps what was read', async () => {
    await wrpcap(file, frame({ dport: [[1, 5000]] }))
    const seen: unknown[] = []
    const some = await sniff({ offline: file, prn: (packet) => void seen.push(packet.dport), count: 3 })
    expect([some.length, seen]).toEqual([3, [1, 2, 3]])
    expect(await sniff({ offline: file, store: false })).toHaveLength(0)
    expect(await sniff({ offline: file, filter: 'udp port 7' })).toHaveLength(1)
    expect(await sniff({ offline: file, stop: (packet) => packet.dport === 9 })).toHaveLength(9)
    const task = sniff({
      offline: file,
      prn: (packet) => {
        if (packet.dport === 20) task.interrupt()
      },
    })
    expect(await task).toHaveLength(20)
    rmSync(folder, { recursive: true })
  })
})

describe('what callbacks give', () => {
  const one = (link: Link) => () => void link.send([frame().bytes()])

  test('prn: text of a stranger is printed without its control characters, also when it comes later', async () => {
    const printed: string[] = []
    setPrinter((text) => printed.push(text))
    for (const prn of [() => '\x1b[2Jhello\n', async () => '\x9b31m'])
      await sniff({ link: silentWire(), count: 1, prn, started: one(links.at(-2)!) })
    expect(printed).toEqual(['\\x1b[2Jhello\n', '\\x9b31m'])
  })

  test('prn that waits and fails ends the sniffing', async () => {
    const link = silentWire()
    const prn = async () => {
      await sleep(0)
      throw new RangeError('mine')
    }
    await expect(sniff({ link, prn, started: one(link) })).rejects.toThrow(new RangeError('mine'))
    expect(captures).toBe(0)
  })

  test.each(['lfilter', 'stop'] as const)('%s cannot wait', async (name) => {
    const link = silentWire()
    await expect(sniff({ link, [name]: () => sleep(0), started: one(link) })).rejects.toThrow(
      `sniff: ${name} has to wait, and cannot: it must answer at once; prn may wait`,
    )
  })
})

describe('options', () => {
  test.each([
    [
      () => sniff({ iface: 5 as never }),
      "sniff: option iface must be the name of an interface, or a list of names, such as 'eth0'",
    ],
    [() => sniff({ iface: [] }), 'sniff: option iface must be'],
    [
      () => sendp(frame(), { iface: 5 as never }),
      "sendp: option iface must be the name of an interface, such as 'eth0'",
    ],
    [() => srp1(frame(), { link: {} as never }), 'srp1: option link must be a link, such as one of memoryLinkPair()'],
  ])('a wrong one is told (%#)', async (call, message) => {
    await expect(call()).rejects.toThrow(message)
  })
})
