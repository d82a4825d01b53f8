/**
 * Runs the scenarios of program.ts inside a lab: a process of its own for each, since a namespace belongs to a process.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Lab, Side } from '../lab/lab.js'
import type { Child, RunResult } from '../lab/process.js'

const PROGRAM = fileURLToPath(new URL('./program.ts', import.meta.url))
const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url))
const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
let sources = 0
/** koffi is found by `require` through this. */
const ENVIRONMENT = { NODE_PATH: MODULES }

/** Bundles the program into the lab's folder; gives the path of the bundle. */
export async function bundleProgram(lab: Lab): Promise<string> {
  const outfile = join(lab.folder, 'program.mjs')
  await build({
    entryPoints: [PROGRAM],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['koffi'],
    logLevel: 'silent',
  })
  return outfile
}

/** Bundles a program given as text, whose imports are relative to the repository; gives the path of the bundle. */
export async function bundleSource(lab: Lab, source: string): Promise<string> {
  const outfile = join(lab.folder, `source-${++sources}.mjs`)
  await build({
    stdin: { contents: source, resolveDir: REPOSITORY, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['koffi'],
    logLevel: 'silent',
  })
  return outfile
}

/**
 * Runs a scenario to its end; gives the JSON values that it printed. Fails with its error output when it does not end
 * well.
 */
export async function scenario(
  lab: Lab,
  bundle: string,
  side: Side,
  argv: readonly string[],
  prefix: readonly string[] = [],
): Promise<unknown[]> {
  const result: RunResult = await lab.exec(side, [...prefix, process.execPath, bundle, ...argv], {
    environment: ENVIRONMENT,
    timeout: 20_000,
  })
  if (result.status === 0) return parse(result.stdout)
  throw new Error(
    `scenario ${argv.join(' ')} ended with ${result.status ?? result.signal}: ${result.stderr}${result.stdout}`,
  )
}

/** Starts a scenario and waits until it printed `"ready"`. */
export async function startScenario(lab: Lab, bundle: string, side: Side, argv: readonly string[]): Promise<Child> {
  const child = lab.spawn(side, [process.execPath, bundle, ...argv], { environment: ENVIRONMENT })
  await child.waitFor(/"ready"/)
  return child
}

/** The JSON values that a started scenario printed up to its end, the word "ready" left out. */
export async function results(child: Child): Promise<unknown[]> {
  const { status, signal } = await child.exited
  if (status !== 0) throw new Error(`the scenario ended with ${status ?? signal}: ${child.stderr}${child.stdout}`)
  return parse(child.stdout).filter((value) => value !== 'ready')
}

function parse(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown)
}
