/** The whole program as it is built, for tests that run it in a terminal or as a process. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { programFiles } from '../../../scripts/program.mjs'
import { MODULES } from '../../lab/bundle.js'

/** Builds netshell from its sources; `remove` deletes it. Start it with `[process.execPath, file, …arguments]`. */
export async function bundledProgram(): Promise<{ file: string; folder: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'netshell-program-'))
  // It reads its version from beside its own folder.
  cpSync(join(import.meta.dirname, '../../../package.json'), join(folder, 'package.json'))
  // What is not in the bundle is found as from the package's own folder.
  symlinkSync(MODULES, join(folder, 'node_modules'))
  const dist = join(folder, 'dist')
  mkdirSync(dist)
  for (const { name, content } of await programFiles()) writeFileSync(join(dist, name), content)
  const file = join(dist, 'cli.cjs')
  return { file, folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
