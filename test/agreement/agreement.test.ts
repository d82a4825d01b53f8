/** netshell and tshark read the same captures; no field may differ. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { trafficFile } from '../../bench/traffic.js'
import { type Lab, openLab } from '../lab/lab.js'
import { type Comparison, compareWithTshark, describeDifferences } from './compare.js'
import { ROWS } from './field-table.js'
import { type ReadPacket, readWithNetshell, rebuilt } from './ours.js'
import { CAPTURE_NAMES, type Capture, makeCaptures } from './traffic.js'

/** Packets of the benchmark's capture that are compared. */
const BENCH_PACKETS = 20_000

/** Fields that no program here sends on this kind of machine; every other row must have been seen with a value. */
const NEVER_SEEN = new Set<string>([])

let lab: Lab
let captures: Capture[]
const seen = new Map<string, number>()

beforeAll(async () => {
  lab = await openLab()
  captures = await makeCaptures(lab)
}, 120_000)
afterAll(() => lab?.close())

function pathOf(name: string): string {
  const capture = captures.find((one) => one.name === name)
  if (!capture) throw new Error(`no capture '${name}' was made`)
  return capture.path
}

/** Neither a fragment nor an error with a part of another packet inside: those have checksums of what is not there. */
function isWhole({ layers }: ReadPacket): boolean {
  return !layers.some(
    ({ name, fields }) =>
      /error|IPv6ExtHdrFragment/.test(name) ||
      (name === 'IP' && (Number(fields.frag) > 0 || String(fields.flags).includes('MF'))),
  )
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

function expectAgreement(name: string, comparison: Comparison): void {
  for (const [field, count] of comparison.seen) seen.set(field, (seen.get(field) ?? 0) + count)
  expect(describeDifferences(name, comparison)).toBe('')
  expect(comparison.packets).toBeGreaterThan(0)
  expect(comparison.values).toBeGreaterThan(comparison.packets * 10)
}

describe('agreement with tshark', () => {
  it.each(CAPTURE_NAMES)(
    '%s',
    async (name) => {
      const capture = captures.find((one) => one.name === name)
      if (!capture) throw new Error(`no capture '${name}' was made`)
      const ours = await readWithNetshell(capture.path)
      expectAgreement(name, await compareWithTshark(capture.path, ours))
    },
    60_000,
  )

  it('the traffic of the benchmarks', async () => {
    const path = trafficFile(join(lab.folder, 'bench'), { count: BENCH_PACKETS, seed: 7 })
    const ours = await readWithNetshell(path)
    expectAgreement('bench', await compareWithTshark(path, ours))
  }, 120_000)

  it.each(['ping', 'tcp', 'udp', 'dns'])(
    '%s: lengths and checksums computed again are those of the kernel',
    async (name) => {
      for (const [index, packet] of (await readWithNetshell(pathOf(name))).entries())
        if (isWhole(packet)) expect(hex(rebuilt(packet)), `packet ${index + 1}`).toBe(hex(packet.bytes))
    },
  )

  it('is no empty claim: one changed value is one difference', async () => {
    const ours = await readWithNetshell(pathOf('udp'))
    const changed = ours[5]?.layers.find((layer) => layer.name === 'UDP')
    if (!changed) throw new Error('packet 6 of the UDP capture has no UDP layer')
    changed.fields.sport = 1
    const { differences } = await compareWithTshark(pathOf('udp'), ours)
    expect(differences).toEqual([{ packet: 6, field: 'udp.srcport', tshark: expect.any(String), ours: '1' }])
  })

  it('has compared every field of the table', () => {
    const missing = ROWS.map(({ tshark }) => tshark).filter((field) => !seen.has(field) && !NEVER_SEEN.has(field))
    expect(missing).toEqual([])
  })
})
