/** What a stranger sent, on its way to the terminal through `netshell read` and `netshell dissect`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, expect, test } from 'vitest'
import { dissectCommand } from '../../src/commands/dissect.js'
import { LineOutput } from '../../src/commands/line-output.js'
import { readCommand } from '../../src/commands/read.js'
import { wrpcap } from '../../src/exchange/index.js'
import { DNS, DNSRR, Ether, IP, Raw, UDP } from '../../src/layers/index.js'
import { stack } from '../../src/packet/index.js'

const folder = mkdtempSync(path.join(tmpdir(), 'netshell-hostile-'))
afterAll(() => rmSync(folder, { recursive: true }))

const EVIL = 'a\x1b]0;x\x07\x1b[2J\x9b31m\u202e'
const answer = DNSRR({ rrname: EVIL, type: 'TXT', rdata: [EVIL] })
const packets = [
  stack(Ether(), IP(), UDP({ sport: 53, dport: 5353 }), DNS({ qr: 1, an: [answer] })),
  stack(Ether(), IP(), UDP(), Raw(EVIL)),
]

async function printed(run: (output: LineOutput) => Promise<number>): Promise<string> {
  const stream = new PassThrough()
  const chunks: Buffer[] = []
  stream.on('data', (chunk) => chunks.push(chunk))
  expect(await run(new LineOutput(stream))).toBe(0)
  return Buffer.concat(chunks).toString()
}

test.each(['json', 'summary', 'show'] as const)('%s has no control characters', async (form) => {
  const file = path.join(folder, `${form}.pcapng`)
  for (const packet of packets) packet._meta = { time: 1, linkType: 1, interfaceName: EVIL, comment: EVIL }
  await wrpcap(file, packets)
  const texts = [
    await printed((output) => readCommand(file, { [form]: true }, output)),
    await printed((output) =>
      dissectCommand(
        packets.map((packet) => packet.hex()),
        { [form]: true },
        undefined,
        output,
      ),
    ),
  ]
  for (const text of texts) {
    expect(text.length).toBeGreaterThan(50)
    expect(text).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/)
  }
})
