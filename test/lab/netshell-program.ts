/** The program that users run, for tests of the whole: built when it is older than its sources. */
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { must } from './process.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BUILD_TIMEOUT = 180_000

let command: Promise<string[]> | undefined

/** The command that starts netshell. The setup script builds what is out of date, and lets one test file do so at a time. */
export function netshellCommand(): Promise<string[]> {
  command ??= must(['bash', join(ROOT, 'scripts', 'setup.sh')], { folder: ROOT, timeout: BUILD_TIMEOUT }).then(() => [
    process.execPath,
    join(ROOT, 'dist', 'cli.cjs'),
  ])
  return command
}
