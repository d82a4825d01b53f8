import { execFile, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { compared, type Row } from '../measure.js'
import { cpuOf, Program } from '../program.js'
import { installed, ourSide } from '../workplace.js'

const execute = promisify(execFile)
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TREES = path.join(ROOT, 'bench/.work/trees')

/** What is packed: thousands of small files, and few large ones; both are text. */
const KINDS = {
  'small files': ['src', 'test', 'node_modules/@types'],
  'large files': ['node_modules/typescript/lib'],
} as const

/** One archive that was sent. */
interface Sent {
  /** From the connection to the last byte. */
  seconds: number
  /** Of who packs and sends, seconds. */
  cpu: number
  bytes: number
}

/** A folder packed as tar.gz while it is sent: ours to curl, and `tar cz DIR | nc -l` to nc. */
export async function serveArchiveRows(rounds: number): Promise<Row[]> {
  const rows: Row[] = []
  for (const kind of Object.keys(KINDS) as (keyof typeof KINDS)[]) {
    const folder = treeOf(kind)
    const { stdout } = await execute('du', ['-sb', folder])
    const megabytes = Number(stdout.split('\t')[0]) / 1e6
    const ours: Sent[] = []
    const theirs: Sent[] = []
    for (let round = 0; round < rounds; round++) {
      ours.push(...(await fromUs(folder)))
      theirs.push(await fromTar(folder))
    }
    for (const { bytes } of ours)
      if (Math.abs(bytes / theirs[0]!.bytes - 1) > 0.1)
        throw new Error(`of ${folder} we have sent ${bytes} bytes, and tar cz ${theirs[0]!.bytes}`)
    const rate = (all: Sent[]): number => megabytes / Math.min(...all.map(({ seconds }) => seconds))
    const cpu = (all: Sent[]): number => Math.min(...all.map((each) => each.cpu))
    const row = (name: string, unit: string, our: number, their: number, goal: Parameters<typeof compared>[1]): Row =>
      compared({ group: 'serve', name, ours: our, peer: their, unit, ratio: our / their }, goal)
    rows.push(
      row(`tar.gz of ${kind}: ours / tar cz | nc`, 'MB/s', rate(ours), rate(theirs), { least: 1 }),
      row('  CPU of who sends', 's', cpu(ours), cpu(theirs), null),
    )
  }
  return rows
}

/** A folder with copies of what this project is made of, so that all rounds pack the same; made when it is not there. */
function treeOf(kind: keyof typeof KINDS): string {
  const folder = path.join(TREES, kind)
  if (existsSync(folder)) return folder
  const making = `${folder}.new`
  rmSync(making, { recursive: true, force: true })
  mkdirSync(making, { recursive: true })
  for (const part of KINDS[kind]) cpSync(path.join(ROOT, part), path.join(making, part), { recursive: true })
  cpSync(making, folder, { recursive: true })
  rmSync(making, { recursive: true })
  return folder
}

/** Our server, asked twice: the first time also warms it up. */
async function fromUs(folder: string): Promise<Sent[]> {
  const server = new Program(await ourSide('ours/serve', 'serve', folder))
  try {
    const [, port] = await server.says(/listens on (\d+)/)
    const url = `http://127.0.0.1:${port}/?archive=tar.gz`
    const sent: Sent[] = []
    for (let i = 0; i < 2; i++) {
      const before = cpuOf(server.pid)
      const began = performance.now()
      const receive = 'set -o pipefail; "$1" -sS --fail "$2" | wc -c'
      const { stdout } = await execute('bash', ['-c', receive, 'bash', installed('curl', 'curl'), url])
      const seconds = (performance.now() - began) / 1000
      sent.push({ seconds, cpu: cpuOf(server.pid) - before, bytes: Number(stdout) })
    }
    return sent
  } finally {
    server.end('SIGTERM')
  }
}

/** tar and gzip, which wait for the connection with what a pipe holds. */
async function fromTar(folder: string): Promise<Sent> {
  const nc = installed('nc', 'netcat-openbsd')
  const port = String(20_000 + Math.floor(Math.random() * 10_000))
  const script = `tar cz -C "$1" . | "$2" -lN 127.0.0.1 "$3"; times`
  const sender = spawn('bash', ['-c', script, 'bash', folder, nc, port], { stdio: ['ignore', 'pipe', 'ignore'] })
  let said = ''
  sender.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const over = new Promise((resolve) => sender.once('close', resolve))
  try {
    for (;;) {
      const began = performance.now()
      try {
        const receive = 'set -o pipefail; "$1" -d 127.0.0.1 "$2" | wc -c'
        const { stdout } = await execute('bash', ['-c', receive, 'bash', nc, port])
        const seconds = (performance.now() - began) / 1000
        await over
        return { seconds, cpu: secondsIn(said), bytes: Number(stdout) }
      } catch {
        // It does not listen yet.
        if (sender.exitCode !== null) throw new Error(`tar cz | nc -l ${port} ended with ${sender.exitCode}`)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
  } finally {
    sender.kill('SIGKILL')
  }
}

/** What bash's `times` says of the programs that it has run: `0m1.234s 0m0.456s` in the second line. */
function secondsIn(said: string): number {
  const [, ofPrograms = ''] = said.trim().split('\n')
  return [...ofPrograms.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + 60 * Number(m) + Number(s), 0)
}
