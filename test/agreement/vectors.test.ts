/** What the layers' known packets say is what tshark says. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { compareVectors, type VectorAgreement } from './vectors.js'

const FILES = readdirSync(new URL('rows', import.meta.url)).map((file) => file.replace(/\.ts$/, ''))
const folder = mkdtempSync(join(tmpdir(), 'netshell-vectors-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(FILES)(
  '%s',
  async (file) => {
    const { agreement } = (await import(`./rows/${file}.ts`)) as { agreement: VectorAgreement }
    const { frames, seen, differences } = await compareVectors(folder, agreement)
    expect(
      differences.map(({ vector, field, tshark, ours }) => `${vector}: ${field}: tshark ${tshark}, ours ${ours}`),
    ).toEqual([])
    expect(frames).toBeGreaterThan(0)
    // A field that was never there compares nothing.
    expect(agreement.rows.map(({ tshark }) => tshark).filter((field) => !((seen.get(field) ?? 0) > 0))).toEqual([])
  },
  60_000,
)
