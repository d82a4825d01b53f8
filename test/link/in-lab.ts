/**
 * Runs the scenarios of program.ts inside a lab: a process of its own for each, since a namespace belongs to a process.
 */
import { bundle, MODULES } from '../lab/bundle.js'
import type { Lab, Side } from '../lab/lab.js'
import type { Child, RunResult } from '../lab/process.js'

const PROGRAM = new URL('./program.ts', import.meta.url)
/** koffi is found by `require` through this. */
const ENVIRONMENT = { NODE_PATH: MODULES }

/** Bundles the program into the lab's folder; gives the path of the bundle. */
export function bundleProgram(lab: Lab): Promise<string> {
  return bundle(lab.folder, PROGRAM)
}

/**
 * Runs a scenario to its end; gives the JSON values that it printed. Fails with its error output when it does not end
 * well.
 */
export async function scenario(
  lab: Lab,
  program: string,
  side: Side,
  argv: readonly string[],
  prefix: readonly string[] = [],
): Promise<unknown[]> {
  const result: RunResult = await lab.exec(side, [...prefix, process.execPath, program, ...argv], {
    environment: ENVIRONMENT,
    timeout: 20_000,
  })
  if (result.status === 0) return parse(result.stdout)
  throw new Error(
    `scenario ${argv.join(' ')} ended with ${result.status ?? result.signal}: ${result.stderr}${result.stdout}`,
  )
}

/** Starts a scenario and waits until it printed `"ready"`. */
export async function startScenario(lab: Lab, program: string, side: Side, argv: readonly string[]): Promise<Child> {
  const child = lab.spawn(side, [process.execPath, program, ...argv], { environment: ENVIRONMENT })
  await child.waitFor(/"ready"/)
  return child
}

/**
 * The JSON values that a started scenario printed up to its end, "ready" and "opened" left out. Fails unless it ends by itself
 * with code 0.
 */
export async function results(child: Child): Promise<unknown[]> {
  const { status, signal } = await child.exited
  if (status !== 0) throw new Error(`the scenario ended with ${status ?? signal}: ${child.stderr}${child.stdout}`)
  return parse(child.stdout).filter((value) => !SIGNS.has(value))
}

/** What a scenario prints for a test to go on. */
const SIGNS = new Set<unknown>(['ready', 'opened'])

function parse(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown)
}
