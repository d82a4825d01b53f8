import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const LAUNCHER = fileURLToPath(new URL('../../netshell', import.meta.url))
const PROGRAM = 'console.log(JSON.stringify({ folder: process.cwd(), args: process.argv.slice(2) }))'
const BUILD =
  'echo working; mkdir -p "$root/dist" && echo "$program" >"$root/dist/cli.cjs" && touch "$root/dist/.built"'

let root: string
let elsewhere: string

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'netshell launcher ')))
  elsewhere = realpathSync(mkdtempSync(join(tmpdir(), 'netshell-elsewhere-')))
  copyFileSync(LAUNCHER, join(root, 'netshell'))
  chmodSync(join(root, 'netshell'), 0o755)
  write('src/main.ts', '')
  write('package-lock.json', '{}')
  mkdirSync(join(root, 'node_modules'))
  setupIs(BUILD)
})

afterEach(() => {
  for (const folder of [root, elsewhere]) rmSync(folder, { recursive: true, force: true })
})

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

/** Stands in for scripts/setup.sh. */
function setupIs(commands: string): void {
  write('scripts/setup.sh', `root=$(cd "$(dirname "$0")/.." && pwd)\nprogram='${PROGRAM}'\n${commands}\n`)
}

function start(command = join(root, 'netshell'), args = ['-e', 'a b']) {
  const { stdout, stderr, status } = spawnSync(command, args, { cwd: elsewhere, encoding: 'utf8' })
  return { output: stdout === '' ? null : JSON.parse(stdout), stderr, status }
}

const STARTED = () => ({ output: { folder: elsewhere, args: ['-e', 'a b'] }, status: 0 })

describe('launcher', () => {
  it('sets up on first use, telling so on standard error, and then no more', () => {
    expect(start()).toEqual({ ...STARTED(), stderr: 'working\n' })
    expect(start()).toEqual({ ...STARTED(), stderr: '' })
  })

  it.each(['src/main.ts', 'package-lock.json'])('sets up again when %s is newer than the build', (path) => {
    start()
    const later = new Date(Date.now() + 60_000)
    utimesSync(join(root, path), later, later)
    expect(start().stderr).toBe('working\n')
  })

  it('sets up again when the packages are gone', () => {
    start()
    rmSync(join(root, 'node_modules'), { recursive: true })
    expect(start().stderr).toBe('working\n')
  })

  it('follows links, relative ones too', () => {
    symlinkSync(join(root, 'netshell'), join(elsewhere, 'direct'))
    symlinkSync('direct', join(elsewhere, 'twice'))
    expect(start(join(elsewhere, 'twice'))).toMatchObject(STARTED())
    expect(start('./twice')).toMatchObject(STARTED())
  })

  it('ends with 1 when setup fails and there is no build', () => {
    setupIs('echo no network >&2; exit 1')
    expect(start()).toEqual({ output: null, stderr: 'no network\n', status: 1 })
  })

  it('starts the build that is there when setup fails', () => {
    start()
    setupIs('exit 1')
    const later = new Date(Date.now() + 60_000)
    utimesSync(join(root, 'src/main.ts'), later, later)
    expect(start()).toEqual({ ...STARTED(), stderr: 'netshell: starting the build that is there\n' })
  })
})
