import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleSource } from '../lab/bundle.js'

const run = promisify(execFile)

const program = `
import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { rdpcap, readCapture } from './src/capture/index.ts'
import './src/layers/index.ts'

const COUNT = 1_000_000
const path = process.argv[2]
const stream = createWriteStream(path)
stream.write(Buffer.from('d4c3b2a10200040000000000000000000000040001000000', 'hex'))
const frame = Buffer.from('02000000000202000000000108004500002e000100004011000001020304050607080035003500000000', 'hex')
let own = 0
for (let i = 0; i < COUNT; ) {
  const parts = []
  for (const end = Math.min(COUNT, i + 20_000); i < end; i++) {
    const length = 60 + (i * 37) % 90
    const record = Buffer.alloc(16 + length)
    record.writeUInt32LE(1_700_000_000 + (i >>> 10), 0)
    record.writeUInt32LE(i & 1023, 4)
    record.writeUInt32LE(length, 8)
    record.writeUInt32LE(length, 12)
    frame.copy(record, 16)
    own += length
    parts.push(record)
  }
  if (!stream.write(Buffer.concat(parts))) await once(stream, 'drain')
}
stream.end()
await once(stream, 'close')

const used = () => {
  for (let i = 0; i < 4; i++) gc()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
await rdpcap(path, { count: 10 })

// Streaming holds a few batches, whatever the size of the file.
let streamed = 0
let peak = 0
const idle = used()
for await (const batch of readCapture(path)) {
  streamed += batch.count
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  peak = Math.max(peak, heapUsed + arrayBuffers - idle)
}

const before = used()
const list = await rdpcap(path)
const read = used()
let sum = 0
for (const packet of list) sum += packet.dport
for (let i = 0; i < list.length; i++) sum += list.at(i).sport
const walked = used()
const udp = list.filter('UDP')
const filtered = used()
console.log(JSON.stringify({
  streamed, peak, sum, udp: udp.length,
  count: list.length,
  read: (read - before - own) / COUNT,
  walked: (walked - before - own) / COUNT,
  filter: (filtered - walked) / COUNT,
  columns: (list._views.store.memory - own) / COUNT,
}))
`

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'memory-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('memory of a list of a million packets', () => {
  it('is at most 40 bytes a packet beyond its own, also after every packet was looked at', async () => {
    const script = await bundleSource(folder, program)
    const { stdout } = await run(process.execPath, ['--expose-gc', script, join(folder, 'million.pcap')])
    const measured = JSON.parse(stdout) as Record<string, number>
    expect(measured).toMatchObject({ count: 1_000_000, streamed: 1_000_000, sum: 106_000_000, udp: 1_000_000 })
    expect(measured.columns).toBeLessThan(21)
    expect(measured.read).toBeLessThan(24)
    expect(measured.walked).toBeLessThan(28)
    // Four bytes a row; the rest is code that V8 makes while a million packets are asked.
    expect(measured.filter).toBeLessThan(12)
    expect(measured.peak).toBeLessThan(120e6)
  }, 60_000)
})
