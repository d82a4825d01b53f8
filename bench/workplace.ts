/** Prepares what the groups need: the capture, our side's bundle, the built peers. Everything lies in `bench/.work/`. */

import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
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
  entry:
    | 'ours'
    | 'ours/http'
    | 'ours/list'
    | 'ours/serve'
    | 'ours/sessions'
    | 'ours/shell'
    | 'ours/stream'
    | 'ours/wire',
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

/** A file of so many bytes that a server can serve, in a folder of its own; made when it is not there. */
export function servedFile(size: number): string {
  const file = join(WORK, 'served', `${size}.bin`)
  if (existsSync(file) && statSync(file).size === size) return file
  mkdirSync(dirname(file), { recursive: true })
  const block = randomBytes(Math.min(size, 1 << 20))
  const descriptor = openSync(file, 'w')
  for (let at = 0; at < size; at += block.length) writeSync(descriptor, block, 0, Math.min(block.length, size - at))
  closeSync(descriptor)
  return file
}

/** The command of nginx as Debian sets it up, with the folder of `servedFile` on a port of this machine. @throws MissingPeer */
export function nginx(port: number): string[] {
  const folder = join(WORK, 'nginx')
  mkdirSync(folder, { recursive: true })
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  )
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; worker_processes auto; pid ${folder}/pid; ${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 1024; }
http { ${paths.join(' ')} access_log off; sendfile on; tcp_nopush on; types_hash_max_size 2048;
  server { listen 127.0.0.1:${port}; root ${join(WORK, 'served')}; } }
`,
  )
  return [installed('nginx', 'nginx-light'), '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')]
}

/** The command of Python's web server, with the folder of `servedFile`. @throws MissingPeer */
export function pythonWeb(port: number): string[] {
  if (!existsSync(PYTHON)) throw new MissingPeer('python3', 'python3')
  return [PYTHON, '-m', 'http.server', String(port), '--bind', '127.0.0.1', '--directory', join(WORK, 'served')]
}

/** The command of Python's echo server. @throws MissingPeer */
export function echoPeer(): string[] {
  if (!existsSync(PYTHON)) throw new MissingPeer('python3', 'python3')
  return [PYTHON, join(ROOT, 'bench/peers/echo_peer.py')]
}

/** The command of Python's requests, asking for a URL so many times. @throws MissingPeer */
export function pythonRequests(url: string, count: number): string[] {
  if (!existsSync('/usr/lib/python3/dist-packages/requests/__init__.py'))
    throw new MissingPeer("Python's requests", 'python3-requests')
  return [PYTHON, join(ROOT, 'bench/peers/requests_peer.py'), url, String(count)]
}

/** A file for `curl -K` with one URL so many times. */
export function listOfUrls(url: string, count: number): string {
  const file = join(WORK, 'urls.txt')
  mkdirSync(WORK, { recursive: true })
  writeFileSync(file, `url = "${url}"\n`.repeat(count))
  return file
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
  // Daemons lie in sbin, which is missing from PATH in some shells.
  for (const folder of [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin'])
    if (existsSync(join(folder, name))) return join(folder, name)
  throw new MissingPeer(name, debianPackage)
}
