/** Runs the scenarios of backends-program.ts inside a lab, with the packages of the choice. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle, MODULES } from '../lab/bundle.js'
import type { Lab, Side } from '../lab/lab.js'
import type { Child } from '../lab/process.js'
import { results } from './in-lab.js'

/** Where koffi is, and where cap and raw-socket are: found by `require` through NODE_PATH. */
export const KOFFI = MODULES
export const BACKENDS = fileURLToPath(new URL('../backends/node_modules', import.meta.url))
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

/** Bundles the program into the lab's folder. */
export async function bundleBackends(lab: Lab): Promise<void> {
  program = await bundle(lab.folder, new URL('./backends-program.ts', import.meta.url))
}

let program: string

/** Starts a scenario: name, interface, backend, arguments. */
export function start(lab: Lab, side: Side, argv: readonly string[], surroundings: Surroundings = {}): Child {
  const { packages = [KOFFI, BACKENDS], prefix = [], flags = [], environment = {} } = surroundings
  const NODE_PATH = packages.length === 0 ? NONE : packages.join(':')
  return lab.spawn(side, [...prefix, process.execPath, ...flags, program, ...argv], {
    environment: { NODE_PATH, ...environment },
  })
}

/** Runs a scenario to its end. */
export function run(lab: Lab, argv: readonly string[], surroundings: Surroundings = {}): Promise<unknown[]> {
  return results(start(lab, 'here', argv, surroundings))
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
