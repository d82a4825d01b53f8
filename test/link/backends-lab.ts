/** Runs the scenarios of backends-program.ts inside a lab, with the packages of the choice. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Lab, Side } from '../lab/lab.js'
import type { Child } from '../lab/process.js'

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const PROGRAM = path('./backends-program.ts')
/** Where koffi is, and where cap and raw-socket are: found by `require` through NODE_PATH. */
export const KOFFI = path('../../node_modules')
export const BACKENDS = path('../backends/node_modules')
const NONE = '/nowhere'

export interface Surroundings {
  /** Folders of packages; default all. */
  packages?: readonly string[]
  /** Put before node: `['setpriv', …]`. */
  prefix?: readonly string[]
  environment?: Record<string, string>
  /** Flags of node. */
  flags?: readonly string[]
}

/** Bundles the program into the lab's folder; gives the path of the bundle. */
export async function bundleBackends(lab: Lab): Promise<string> {
  const outfile = join(lab.folder, 'backends.mjs')
  const external = ['koffi', 'cap', 'raw-socket']
  await build({
    entryPoints: [PROGRAM],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external,
    logLevel: 'silent',
  })
  return outfile
}

/** Starts a scenario: name, interface, backend, arguments. */
export function start(lab: Lab, side: Side, argv: readonly string[], surroundings: Surroundings = {}): Child {
  const { packages = [KOFFI, BACKENDS], prefix = [], flags = [], environment = {} } = surroundings
  const program = [...prefix, process.execPath, ...flags, join(lab.folder, 'backends.mjs')]
  const NODE_PATH = packages.length === 0 ? NONE : packages.join(':')
  return lab.spawn(side, [...program, ...argv], { environment: { NODE_PATH, ...environment } })
}

/** The JSON values that a scenario printed up to its end, 'ready' and 'opened' left out. Fails unless it ends by itself with code 0. */
export async function values(child: Child): Promise<unknown[]> {
  const { status, signal } = await child.exited
  if (status !== 0) throw new Error(`the scenario ended with ${status ?? signal}: ${child.stderr}${child.stdout}`)
  return child.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown)
    .filter((value) => value !== 'ready' && value !== 'opened')
}

/** Runs a scenario to its end. */
export function run(lab: Lab, argv: readonly string[], surroundings: Surroundings = {}): Promise<unknown[]> {
  return values(start(lab, 'here', argv, surroundings))
}

/** Starts one and waits until it captures. */
export async function started(lab: Lab, side: Side, argv: readonly string[], surroundings?: Surroundings) {
  const child = start(lab, side, argv, surroundings)
  await child.waitFor(/"ready"/)
  return child
}

/** Hides the files of libpcap from a program and what it starts: a `prefix`. */
export function hideLibpcap(): string[] {
  const folder = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'].find((each) => {
    try {
      return readdirSync(each).some((name) => name.startsWith('libpcap.so'))
    } catch {
      return false
    }
  })!
  const hide = 'for file in "$0"/libpcap.so*; do mount --bind /dev/null "$(readlink -f "$file")"; done; exec "$@"'
  return ['unshare', '--mount', 'sh', '-c', hide, folder]
}

/** Hides tcpdump in the same way. */
export function hideTcpdump(lab: Lab): string[] {
  const hide = [
    'touch "$0"; chmod a-x "$0"',
    'for file in /usr/bin/tcpdump /usr/sbin/tcpdump; do [ ! -e "$file" ] || mount --bind "$0" "$file"; done',
    'exec "$@"',
  ].join('; ')
  return ['unshare', '--mount', 'sh', '-c', hide, join(lab.folder, 'no-program')]
}

/** Whether a condition holds within 5 s. */
export async function eventually(condition: () => boolean): Promise<boolean> {
  for (const end = Date.now() + 5000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 20)))
    if (condition()) return true
  return condition()
}
