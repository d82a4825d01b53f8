/** The whole program, bundled for tests that run it in a terminal or as a process. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { layersOnDemand } from '../../../scripts/layers-on-demand.mjs'
import { bundleSource, MODULES } from '../../lab/bundle.js'

/** Bundles netshell from its sources; `remove` deletes it. Start it with `[process.execPath, file, …arguments]`. */
export async function bundledProgram(): Promise<{ file: string; folder: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'netshell-program-'))
  // It reads its version from beside its own folder.
  cpSync(join(import.meta.dirname, '../../../package.json'), join(folder, 'package.json'))
  // What is not in the bundle is found as from the package's own folder.
  symlinkSync(MODULES, join(folder, 'node_modules'))
  const dist = join(folder, 'dist')
  mkdirSync(dist)
  const file = await bundleSource(
    dist,
    "import { main } from './src/main.js'\nprocess.exitCode = await main(process.argv.slice(2))\n",
    [layersOnDemand],
  )
  return { file, folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
