import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const STARTER = fileURLToPath(new URL('../../src/cli.cjs', import.meta.url))
/** A program as the build wraps it: it imports on demand, prints its arguments, and chooses an exit code. */
const PROGRAM = `/*0123456789abcdef*/(function(exports,require,module,__filename,__dirname,$load$){"use strict";
exports.main = async args => {
  const { basename } = await $load$('node:path')
  process.stdout.write(basename('/a/imported') + ' ' + args.join('|'))
  return 7
}
})`
const LONG_AGO = new Date('2001-01-01')

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netshell-cache-'))
  copyFileSync(STARTER, join(folder, 'cli.cjs'))
  writeFileSync(join(folder, 'netshell.cjs'), PROGRAM)
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function start(expected = 'imported a b|--c'): void {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(folder, 'cli.cjs'), 'a b', '--c'], {
    encoding: 'utf8',
  })
  expect({ stdout, stderr, status }).toEqual({ stdout: expected, stderr: '', status: 7 })
}

function cacheFile(): string {
  const names = readdirSync(folder).filter((name) => name.endsWith('.cache'))
  expect(names).toHaveLength(1)
  return join(folder, names[0]!)
}

describe('code cache', () => {
  it('is written by the first run, and taken as it is by the next', () => {
    start()
    const cache = cacheFile()
    utimesSync(cache, LONG_AGO, LONG_AGO)
    start()
    expect(statSync(cache).mtime).toEqual(LONG_AGO)
  })

  it('is replaced when V8 rejects it', () => {
    start()
    const cache = cacheFile()
    const good = readFileSync(cache)
    writeFileSync(cache, Buffer.alloc(good.length, 0x5a))
    start()
    expect(readFileSync(cache).subarray(0, 8)).toEqual(good.subarray(0, 8))
  })

  it('is another one for the prompt than for commands', () => {
    start()
    spawnSync(process.execPath, [join(folder, 'cli.cjs')])
    expect(
      readdirSync(folder)
        .filter((name) => name.endsWith('.cache'))
        .map((name) => name.split('-')[0])
        .sort(),
    ).toEqual(['command', 'prompt'])
  })

  it('is not taken from another build of the same length', () => {
    start()
    const other = PROGRAM.replace('0123456789abcdef', 'fedcba9876543210').replace("'/a/imported'", "'/a/replaced'")
    writeFileSync(join(folder, 'netshell.cjs'), other)
    start('replaced a b|--c')
  })

  it('is done without where it cannot be written, and leaves nothing behind', () => {
    start()
    const cache = cacheFile()
    rmSync(cache)
    mkdirSync(join(cache, 'in-the-way'), { recursive: true })
    start()
    expect(readdirSync(folder).filter((name) => name.includes('.cache.'))).toEqual([])
  })
})
