import { dissectLink } from '../layers/index.js'
import type { CaptureBatch, Link } from '../link/index.js'
import { parseMac } from '../packet/index.js'
import { ANSWER_CAPTURE } from './links.js'
import { neighbourFrame } from './neighbour-frame.js'
import { pause } from './pause.js'
import { sendFrames } from './send-frames.js'

/** How often a neighbour is asked, and how long each answer may take (ms): the kernel's own habit (sysctl ucast_solicit, retrans_time_ms). */
const QUESTIONS = 3
const PATIENCE = 600
/** Questions that go out at once; then answers are read. */
const BATCH = 64
/** How long an answer is trusted here, ms. The kernel's table is asked first and has its own rules. */
const REMEMBERED = 30_000

const remembered = new WeakMap<Link, Map<string, { mac: number; until: number }>>()

/**
 * Asks on the link who has these addresses, all of them at once: ARP (RFC 826), or neighbour solicitation (RFC 4861 §7.2).
 * @param wanted addresses, each with the source address of the question
 * @returns the MAC addresses, as numbers, of those that answered before `stop` was aborted
 */
export async function askNeighbours(
  link: Link,
  wanted: ReadonlyMap<string, string | undefined>,
  stop: AbortSignal,
): Promise<Map<string, number>> {
  const memory = memoryOf(link)
  const found = new Map<string, number>()
  for (const address of wanted.keys()) {
    const known = memory.get(address)
    if (known !== undefined && known.until > Date.now()) found.set(address, known.mac)
  }
  if (found.size === wanted.size) return found
  const own = link.addresses?.mac ?? '00:00:00:00:00:00'
  const done = new AbortController()
  const end = (): void => done.abort()
  stop.addEventListener('abort', end, { once: true })
  let failure: Error | undefined
  const capture = link.capture(
    { ...ANSWER_CAPTURE, ...(link.backend === 'memory' ? {} : { filter: 'arp or icmp6' }) },
    (batch) => {
      for (const [address, mac] of answersIn(batch)) {
        if (!wanted.has(address)) continue
        found.set(address, mac)
        memory.set(address, { mac, until: Date.now() + REMEMBERED })
      }
      if (found.size === wanted.size) end()
    },
    (error) => {
      failure = error
      end()
    },
  )
  try {
    await capture.ready
    for (let asked = 0; asked < QUESTIONS && !done.signal.aborted && !stop.aborted; asked++) {
      const silent = [...wanted].filter(([address]) => !found.has(address))
      for (let i = 0; i < silent.length && !done.signal.aborted; i += BATCH) {
        const frames = silent.slice(i, i + BATCH).map(([address, source]) => neighbourFrame(address, source, own))
        await sendFrames(link, frames, done.signal)
        await pause(0, done.signal)
      }
      await pause(PATIENCE, done.signal)
    }
  } finally {
    stop.removeEventListener('abort', end)
    capture.stop()
  }
  if (failure !== undefined) throw failure
  return found
}

function memoryOf(link: Link): Map<string, { mac: number; until: number }> {
  let memory = remembered.get(link)
  if (memory === undefined) {
    memory = new Map()
    remembered.set(link, memory)
  }
  return memory
}

/** Who says in these frames that an address is his. */
function* answersIn(batch: CaptureBatch): Generator<[address: string, mac: number]> {
  for (let i = 0; i < batch.count; i++) {
    const offset = batch.offsets[i]!
    const frame = dissectLink(batch.linkType, batch.buffer, offset, offset + batch.lengths[i]!)
    const arp = frame.get('ARP')
    const advertisement = arp === undefined ? frame.get('ICMPv6ND_NA') : undefined
    let mac: unknown
    if (arp !== undefined && arp.op === 2) mac = arp.hwsrc
    else if (advertisement !== undefined) mac = frame.get('ICMPv6NDOptDstLLAddr')?.lladdr ?? frame.get('Ether')?.src
    const parsed = typeof mac === 'string' ? parseMac(mac) : -1
    if (parsed >= 0) yield [(arp?.psrc ?? advertisement?.tgt) as string, parsed]
  }
}
