import { compared, type Row } from '../measure.js'
import { installed, ourSide, scapyWire } from '../workplace.js'
import { FRAME, pause, processorTime, type WireLab } from './wire-lab.js'

/** What is captured: only what was sent, so that counts can be compared. */
const FILTER = 'udp'
/** Kernel buffer of tcpdump in KiB: as large as ours. */
const TCPDUMP_BUFFER = 16 * 1024
/** Parts of the full rate that are tried from above until nothing is lost. */
const STEPS = [0.85, 0.7, 0.6, 0.5, 0.4, 0.32, 0.25, 0.2, 0.15, 0.1]
/** Rates at which Scapy is tried, packets/s. */
const SCAPY_STEPS = [32_000, 16_000, 8000, 4000, 2000, 1000, 500]
/** Frames of a run: several times what the kernel's buffer holds (100 000), or it would hide that a receiver is too slow. */
const FRAMES = 1_000_000
const FEWER_FRAMES = 500_000
const SLOW = 200_000
/** Where CPU is compared: at the same rate for all. */
const PROCESSOR_RATE = 200_000
const PROCESSOR_FRAMES = 600_000
/** Ten minutes at 5000 packets/s, and how fast they are sent. */
const LONG_FRAMES = 3_000_000
const LONG_RATE = 250_000
const MEBIBYTE = 1 << 20
/** tcpdump looks at a block of the buffer that is not full after a second. */
const SETTLE = 1300

/** A program that captures. */
interface Receiver {
  command: readonly string[]
  ready: RegExp
  /** Ends it and tells what it has counted. */
  finish: 'input' | 'interrupt'
}

interface Counted {
  received: number
  dropped: number
}

interface Run extends Counted {
  sent: number
  /** Frames per second that were sent. */
  rate: number
  /** Nanoseconds of CPU of one frame. */
  processor: number
}

/** Capturing frames of 64 bytes from a veth: rates without loss, CPU, drops. */
export async function captureRows(lab: WireLab, rounds: number): Promise<Row[]> {
  const interfaceName = lab.lab.there.interfaceName
  const ours = async (how: string): Promise<Receiver> => ({
    command: await ourSide('ours/wire', 'sniff', interfaceName, FILTER, how),
    ready: /ready/,
    finish: 'input',
  })
  const tcpdump: Receiver = {
    command: tcpdumpCommand(interfaceName),
    ready: /listening on/,
    finish: 'interrupt',
  }
  const scapy: Receiver = { command: scapyWire('sniff', interfaceName, FILTER), ready: /ready/, finish: 'input' }
  const [store, pass, write] = [await ours('store'), await ours('pass'), await ours('write')]
  const predicate = await ours('predicate')
  const best = { store: 0, predicate: 0, tcpdump: 0, scapy: 0 }
  const none = Number.POSITIVE_INFINITY
  const processor = { tcpdump: none, pass: none, write: none, store: none }
  for (let round = 0; round < rounds; round++) {
    best.tcpdump = await lossFree(lab, tcpdump, best.tcpdump)
    best.store = await lossFree(lab, store, best.store)
    best.predicate = await lossFree(lab, predicate, best.predicate)
    if (best.scapy === 0) best.scapy = await lossFreeOf(lab, scapy, SCAPY_STEPS, 0)
    processor.tcpdump = Math.min(processor.tcpdump, await processorOf(lab, tcpdump))
    processor.pass = Math.min(processor.pass, await processorOf(lab, pass))
    processor.write = Math.min(processor.write, await processorOf(lab, write))
    processor.store = Math.min(processor.store, await processorOf(lab, store))
  }
  const stalled = await run(lab, await ours('stall'), FRAMES, 0)
  const name = `capture of ${FRAME} B`
  const rate = { group: 'wire', unit: 'packets/s' }
  const cost = { group: 'wire', unit: 'ns/packet' }
  return [
    compared(
      { ...rate, name: `${name} without loss: ours / tcpdump -w /dev/null`, ...sides(best.store, best.tcpdump) },
      { least: 0.5 },
    ),
    compared(
      {
        ...cost,
        name: `${name}, CPU at 200 000/s, nothing kept: ours / tcpdump`,
        ...sides(processor.pass, processor.tcpdump),
      },
      { most: 3 },
    ),
    compared(
      {
        ...cost,
        name: `${name}, CPU at 200 000/s, written to /dev/null: ours / tcpdump`,
        ...sides(processor.write, processor.tcpdump),
      },
      null,
    ),
    compared(
      {
        ...cost,
        name: `${name}, CPU at 200 000/s, all kept in a list: ours / tcpdump, which keeps nothing`,
        ...sides(processor.store, processor.tcpdump),
      },
      null,
    ),
    compared(
      {
        ...rate,
        name: `${name}, predicate reading two fields, without loss`,
        ours: best.predicate,
        peer: null,
        ratio: null,
      },
      { least: 100_000 },
    ),
    compared({ ...rate, name: `${name} without loss: ours / Scapy sniff`, ...sides(best.store, best.scapy) }, null),
    ...dropRows(name, stalled),
  ]
}

/** Ten minutes of 5000 packets a second, sent faster, into a capture that keeps the last ones: how its memory grows. */
export async function memoryRows(lab: WireLab): Promise<Row[]> {
  const command = await ourSide('ours/wire', 'sniff', lab.lab.there.interfaceName, FILTER, 'ring')
  const child = await lab.receiver(command, /ready/)
  const { sent } = await lab.sendFrames(LONG_FRAMES, LONG_RATE)
  child.endInput()
  await child.exited
  const { received, dropped, samples } = lastLine<Counted & { samples: number[] }>(child.stdout)
  if (received + dropped !== sent)
    throw new Error(`a long capture: ${sent} sent, ${received} received, ${dropped} dropped`)
  // By half of it the ring is full and the program compiled. Keeping all would take 120 MiB more for the second half.
  const half = samples.length >> 1
  const [early, late] = [Math.max(...samples.slice(0, half)), Math.max(...samples.slice(half))]
  const row = { group: 'wire', peer: null, ratio: null, unit: 'MiB' }
  const name = 'capture of 10 minutes at 5000/s in a ring of 100 000'
  return [
    compared({ ...row, name: `${name}: growth in its second half`, ours: (late - early) / MEBIBYTE }, { most: 64 }),
    compared({ ...row, name: `${name}: resident memory`, ours: late / MEBIBYTE }, null),
  ]
}

/** The program stood still: what it got and what it says it lost must be what was sent. */
function dropRows(name: string, { sent, received, dropped }: Run): Row[] {
  const row = { group: 'wire', unit: 'packets' }
  return [
    compared(
      {
        ...row,
        name: `${name}, drops forced: received + dropped, of sent`,
        ours: received + dropped,
        peer: sent,
        // Nothing lost means that nothing was forced: no measurement of drops.
        ratio: dropped === 0 ? 0 : (received + dropped) / sent,
      },
      { exactly: 1 },
    ),
    compared({ ...row, name: `${name}, drops forced: dropped`, ours: dropped, peer: null, ratio: null }, null),
  ]
}

/** A peer that lost something at every rate has none. */
function sides(ours: number, peer: number): { ours: number; peer: number; ratio: number | null } {
  return { ours, peer, ratio: peer > 0 ? ours / peer : null }
}

function tcpdumpCommand(interfaceName: string): string[] {
  const options = ['-i', interfaceName, '-n', '-B', String(TCPDUMP_BUFFER), '-Z', 'root', '-w', '/dev/null']
  return [installed('tcpdump', 'tcpdump'), ...options, FILTER]
}

/** The highest rate at which nothing was lost, tried from full speed down; `known` when it is not higher than that. */
async function lossFree(lab: WireLab, receiver: Receiver, known: number): Promise<number> {
  const full = await run(lab, receiver, FRAMES, 0)
  if (isComplete(full)) return Math.max(known, full.rate)
  const rates = STEPS.map((part) => full.rate * part)
  return lossFreeOf(lab, receiver, rates, known)
}

async function lossFreeOf(lab: WireLab, receiver: Receiver, rates: number[], known: number): Promise<number> {
  for (const rate of rates) {
    if (rate <= known) break
    const frames = rate > SLOW ? FRAMES : Math.min(FEWER_FRAMES, rate * 5)
    const result = await run(lab, receiver, Math.round(frames), rate)
    if (isComplete(result)) return Math.max(known, result.rate)
  }
  return known
}

function isComplete({ sent, received, dropped }: Run): boolean {
  return dropped === 0 && received === sent
}

async function processorOf(lab: WireLab, receiver: Receiver): Promise<number> {
  return (await run(lab, receiver, PROCESSOR_FRAMES, PROCESSOR_RATE)).processor
}

async function run(lab: WireLab, receiver: Receiver, frames: number, rate: number): Promise<Run> {
  const child = await lab.receiver(receiver.command, receiver.ready)
  const before = processorTime(child.pid)
  const { sent, seconds } = await lab.sendFrames(frames, rate)
  await pause(SETTLE)
  const processor = (processorTime(child.pid) - before) / sent
  if (receiver.finish === 'input') child.endInput()
  else child.kill('SIGINT')
  await child.exited
  const counted = receiver.finish === 'input' ? ownCount(child.stdout) : tcpdumpCount(child.stderr)
  return { ...counted, sent, rate: sent / seconds, processor }
}

function ownCount(output: string): Counted {
  const { received, dropped = 0 } = lastLine<{ received: number; dropped?: number }>(output)
  return { received, dropped }
}

function tcpdumpCount(output: string): Counted {
  const count = (what: string) => Number(new RegExp(`(\\d+) packets? ${what}`).exec(output)?.[1] ?? Number.NaN)
  return { received: count('captured'), dropped: count('dropped by kernel') }
}

function lastLine<T>(output: string): T {
  return JSON.parse(output.trim().split('\n').at(-1)!) as T
}
