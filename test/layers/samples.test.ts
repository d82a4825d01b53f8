/** test/vectors/README.md: the shortest known packet of each file, and what `netshell dissect` says of it. `UPDATE_DOCS=1 npx vitest run test/layers/samples.test.ts` writes it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import '../../src/layers/index.js'
import { printable } from '../../src/exchange/printable.js'
import { bytesOf, outermostOf, type Vector, vectorsOf } from './vectors.js'

const FOLDER = new URL('../vectors/', import.meta.url)
const README = new URL('../vectors/README.md', import.meta.url)

const HEAD = `# Known packets

Each file has packets whose bytes are known, with where they come from and what their fields are: \`test/layers\` checks them, \`test/agreement\` shows whole
frames to tshark. \`take.ts\` takes more from a capture. One sample of each file, the shortest, and the layers that \`netshell dissect --from LAYER\` names:

| File | Layer | Names | Bytes |
|---|---|---|---|
`

/** The shortest packet of a file. */
function sampleOf(file: string): Vector & { layer?: string } {
  const vectors = (vectorsOf(file) ?? []) as (Vector & { layer?: string })[]
  return vectors.reduce((best, each) => (each.hex.length < best.hex.length ? each : best), vectors[0]!)
}

function rowOf(file: string): string {
  const sample = sampleOf(file)
  const from = sample.from ?? sample.layer ?? sample.layers?.[0] ?? file.toUpperCase()
  const packet = outermostOf(sample, from)(bytesOf(sample))
  const names = packet.layers().map(({ layerName }) => layerName)
  return `| ${file} | ${from} | ${printable(names.join(' / '))} | \`${sample.hex}\` |`
}

test('README.md shows what they are read as', () => {
  const files = readdirSync(FOLDER)
    .filter(
      (name) =>
        name.endsWith('.json') &&
        Array.isArray((JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as { vectors?: unknown }).vectors),
    )
    .map((name) => name.slice(0, -5))
    .sort()
  const text = `${HEAD}${files.map(rowOf).join('\n')}\n`
  if (process.env.UPDATE_DOCS === '1') writeFileSync(README, text)
  else
    expect(readFileSync(README, 'utf8'), 'UPDATE_DOCS=1 npx vitest run test/layers/samples.test.ts writes it').toBe(
      text,
    )
  expect(files.length).toBeGreaterThan(80)
})
