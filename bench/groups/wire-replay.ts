import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compared, type Row } from '../measure.js'
import { captureTimes, type Deviations, deviations, scheduledCapture } from '../timing.js'
import { installed, ourSide } from '../workplace.js'
import { FRAME, onSender, pause, type Sent, type WireLab } from './wire-lab.js'

const RATE = 10_000
const FRAMES = 50_000
/** tcpdump writes what it has after a second. */
const SETTLE = 1300

/**
 * How well `replay` keeps a capture's timing at 10 000 packets/s, by the kernel's time stamps at the other end of the cable;
 * beside it a C program that does nothing but look at the clock, since on a busy machine that one is late, too.
 */
export async function replayRows(lab: WireLab, rounds: number): Promise<Row[]> {
  const file = join(lab.lab.folder, 'schedule.pcap')
  const capture = scheduledCapture(frameTo(lab), FRAMES, RATE)
  writeFileSync(file, capture)
  const schedule = captureTimes(capture)
  const even = Float64Array.from({ length: FRAMES }, (_, index) => (index * 1000) / RATE)
  const command = onSender(await ourSide('ours/wire', 'replay', lab.lab.here.interfaceName, file))
  const runs: Record<'ours' | 'c', Deviations[]> = { ours: [], c: [] }
  for (let round = 0; round < rounds; round++) {
    runs.ours.push(deviations(schedule, await timesOf(lab, () => lab.json<Sent>('here', command))))
    runs.c.push(deviations(even, await timesOf(lab, () => lab.sendFrames(FRAMES, RATE))))
  }
  const best = (side: 'ours' | 'c', key: keyof Deviations) => Math.min(...runs[side].map((run) => run[key]))
  const row = { group: 'wire', unit: 'ms', peer: null, ratio: null }
  const name = "replay of a capture's timing at 10 000/s"
  return [
    compared({ ...row, name: `${name}: 99 of 100 are nearer than`, ours: best('ours', 'most99') }, { most: 1 }),
    compared(
      { ...row, name: `${name}: the farthest; a C loop's`, ours: best('ours', 'most'), peer: best('c', 'most') },
      null,
    ),
    compared(
      { ...row, name: `${name}: 99 of 100; of a C loop`, ours: best('ours', 'most99'), peer: best('c', 'most99') },
      null,
    ),
  ]
}

/** When the frames came that `send` sends, ms from the first one. */
async function timesOf(lab: WireLab, send: () => Promise<unknown>): Promise<Float64Array> {
  const file = join(lab.lab.folder, 'replayed.pcap')
  const options = ['-n', '-Z', 'root', '--time-stamp-precision=nano', '-w', file, 'udp']
  const command = [installed('tcpdump', 'tcpdump'), '-i', lab.lab.there.interfaceName, ...options]
  const child = await lab.receiver(command, /listening on/)
  await send()
  await pause(SETTLE)
  child.kill('SIGINT')
  await child.exited
  return captureTimes(readFileSync(file))
}

/** A UDP frame to the sink. */
function frameTo(lab: WireLab): Uint8Array {
  const frame = new Uint8Array(FRAME)
  const numbers = (text: string, separator: string, base: number) =>
    text.split(separator).map((part) => parseInt(part, base))
  frame.set(numbers(lab.sink.mac, ':', 16), 0)
  frame.set(numbers(lab.lab.here.mac, ':', 16), 6)
  frame.set([0x08, 0x00, 0x45, 0, 0, FRAME - 14, 0, 0, 0, 0, 64, 17], 12)
  frame.set(numbers(lab.lab.here.ipv4, '.', 10), 26)
  frame.set(numbers(lab.sink.ipv4, '.', 10), 30)
  frame.set([0, 53, 0, 53, 0, FRAME - 34], 34)
  return frame
}
