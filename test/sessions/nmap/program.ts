/** The program that users run, built from these sources into a folder of the test's own. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { programFiles } from '../../../scripts/program.mjs'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** @returns the words that start it */
export async function programIn(folder: string): Promise<string[]> {
  const dist = join(folder, 'dist')
  mkdirSync(dist, { recursive: true })
  for (const { name, content } of await programFiles()) writeFileSync(join(dist, name), content)
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  symlinkSync(join(ROOT, 'package.json'), join(folder, 'package.json'))
  return [process.execPath, join(dist, 'cli.cjs'), '--norc']
}
