/** Prepares what the groups need: the capture, our side's bundle, the built peers. Everything lies in `bench/.work/`. */

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { trafficFile } from './traffic.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const WORK = join(ROOT, 'bench/.work')
// Debian's Scapy belongs to Debian's Python; another one that comes first in PATH does not have it.
const PYTHON = '/usr/bin/python3'

/** Packets of the capture, and how many of them the slow peer gets. */
export const PACKETS = 100_000
export const SUBSET = 3_000

/** A peer is not installed; the message says what to type. */
export class MissingPeer extends Error {
  constructor(name: string, debianPackages: string) {
    super(
      `${name} is not installed; install it with: sudo apt-get install --no-install-recommends -y ${debianPackages}`,
    )
  }
}

/** Path of the 100 000-packet capture. */
export function capture(): string {
  return trafficFile(WORK, { count: PACKETS })
}

const bundles = new Map<string, Promise<string>>()

/** The command that runs one of our programs, bundled as the shipped library is. */
export async function ourSide(
  entry: 'ours' | 'ours/list' | 'ours/sessions' | 'ours/shell' | 'ours/stream' | 'ours/wire',
  ...parameters: (string | number)[]
): Promise<string[]> {
  if (!bundles.has(entry)) bundles.set(entry, bundle(entry))
  return [
    process.execPath,
    '--expose-gc',
    '--max-old-space-size=8192',
    await bundles.get(entry)!,
    ...parameters.map(String),
  ]
}

async function bundle(entry: string): Promise<string> {
  const outfile = join(WORK, `${entry}.mjs`)
  await build({
    entryPoints: [join(ROOT, 'bench', `${entry}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  })
  return outfile
}

/** The command that runs libtins in one mode; builds it when its source is newer. @throws MissingPeer */
export function libtins(mode: string, ...parameters: (string | number)[]): string[] {
  if (!existsSync('/usr/include/tins/tins.h')) throw new MissingPeer('libtins', 'g++ libtins-dev')
  return [compiled('libtins', '-ltins'), mode, ...parameters.map(String)]
}

/** The command that runs the compiled peer of the wire in one mode; builds it when its source is newer. @throws MissingPeer */
export function compiledWire(mode: string, ...parameters: (string | number)[]): string[] {
  return [compiled('wire'), mode, ...parameters.map(String)]
}

function compiled(name: string, ...libraries: string[]): string {
  const source = join(ROOT, 'bench/peers', `${name}.cpp`)
  const program = join(WORK, name)
  if (existsSync(program) && statSync(program).mtimeMs >= statSync(source).mtimeMs) return program
  mkdirSync(WORK, { recursive: true })
  try {
    execFileSync('g++', ['-O2', '-std=c++17', source, '-o', program, ...libraries], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new MissingPeer('g++', 'g++')
    throw error
  }
  return program
}

/** The command that runs Scapy in one mode. @throws MissingPeer */
export function scapy(mode: string, ...parameters: (string | number)[]): string[] {
  if (!existsSync('/usr/lib/python3/dist-packages/scapy/__init__.py')) throw new MissingPeer('Scapy', 'python3-scapy')
  return [PYTHON, join(ROOT, 'bench/peers/scapy_peer.py'), mode, ...parameters.map(String)]
}

/** The command that runs Scapy on the wire. @throws MissingPeer */
export function scapyWire(mode: string, ...parameters: (string | number)[]): string[] {
  scapy('')
  return [PYTHON, join(ROOT, 'bench/peers/scapy_wire.py'), mode, ...parameters.map(String)]
}

/** The command of Python's echo server. @throws MissingPeer */
export function echoPeer(): string[] {
  if (!existsSync(PYTHON)) throw new MissingPeer('python3', 'python3')
  return [PYTHON, join(ROOT, 'bench/peers/echo_peer.py')]
}

/** The command that measures whole runs of a program against another's. @throws MissingPeer */
export function wholeRuns(
  runs: number,
  prompt: string,
  command: readonly string[],
  rival: readonly string[],
): string[] {
  if (!existsSync(PYTHON)) throw new MissingPeer('python3', 'python3')
  return [PYTHON, join(ROOT, 'bench/peers/start.py'), String(runs), prompt, ...command, '--', ...rival]
}

/** The built program; built now when there is none. */
export function program(): string {
  const path = join(ROOT, 'dist/cli.cjs')
  if (!existsSync(path)) {
    execFileSync(process.execPath, [join(ROOT, 'scripts/build.mjs'), '--program'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  }
  return path
}

/** Where a program is in PATH. @throws MissingPeer */
export function installed(name: string, debianPackage: string): string {
  for (const folder of (process.env['PATH'] ?? '').split(':'))
    if (existsSync(join(folder, name))) return join(folder, name)
  throw new MissingPeer(name, debianPackage)
}
