/** Ctrl-C while nothing of ours looks: libraries, regular expressions, system calls. Each in a process of its own. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundle } from '../lab/bundle.js'

const folder = mkdtempSync(path.join(tmpdir(), 'netshell-blocked-'))
let program: string

beforeAll(async () => {
  program = await bundle(folder, path.join(import.meta.dirname, 'shell-entry.ts'))
  writeFileSync(
    path.join(folder, 'library.cjs'),
    `exports.loop = () => { for (;;); }
     exports.catchAll = () => { for (;;) { try { for (;;) Math.random() } catch {} } }
     exports.call = (f) => { for (;;) f() }`,
  )
  spawnSync('mkfifo', [path.join(folder, 'fifo')])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let count = 0

interface Ended {
  status: number | null
  signal: NodeJS.Signals | null
  output: string
  errors: string
}

/** Runs a script, presses Ctrl-C when it says that it is busy, and again every half a second when `again`. */
async function interrupted(source: string, again = false): Promise<Ended> {
  const name = `script-${++count}.nsh`
  writeFileSync(path.join(folder, name), source)
  const child = spawn(process.execPath, [program, 'run', name], { cwd: folder })
  let [output, errors] = ['', '']
  let pressed = false
  let timer: NodeJS.Timeout | undefined
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  child.stdout.on('data', (chunk) => {
    output += chunk
    if (pressed || !output.includes('busy\n')) return
    pressed = true
    child.kill('SIGINT')
    if (again) timer = setInterval(() => child.kill('SIGINT'), 500)
  })
  try {
    return await new Promise((resolve) =>
      child.on('close', (status, signal) => resolve({ status, signal, output, errors })),
    )
  } finally {
    clearInterval(timer)
  }
}

const blocked: [name: string, source: string][] = [
  ['a loop of a library', "require('./library.cjs').loop()"],
  ['a library that catches everything', "require('./library.cjs').catchAll()"],
  ['a library that calls back', "require('./library.cjs').call(() => 1)"],
  ['a regular expression', "/^(a+)+$/.test('a'.repeat(40) + 'b')"],
  ['a wait for another thread', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)'],
  ['JSON of something huge', 'const big = Array.from({length: 1e6}, (_, i) => ({i})); for (;;) JSON.stringify(big)'],
  ['sorting', 'for (;;) Array.from({length: 1e5}, Math.random).sort()'],
  ['a program', "require('node:child_process').execSync('sleep 100', {stdio: 'ignore'})"],
  ['reading a pipe', "require('node:fs').readSync(require('node:fs').openSync('fifo', 'r+'), Buffer.alloc(9))"],
]
/**
 * The kill of a test reaches only the process itself; at a terminal the program that it waits for gets the press, too. Behind
 * a second press `finally` blocks cannot wait.
 */
const SECOND_PRESS = new Set(['a program'])

describe('ends, and what waits for it cleans up', () => {
  for (const [name, source] of blocked) {
    it(name, async () => {
      const ended = await interrupted(
        `function work() { sleep(0.01); console.log('busy'); ${source} }
         try { work() } finally { ${SECOND_PRESS.has(name) ? '' : 'sleep(0.01);'} console.log('cleaned') }`,
        SECOND_PRESS.has(name),
      )
      expect(ended).toMatchObject({ status: 130, errors: '' })
      expect(ended.output).toMatch(/cleaned\n$/)
    })
  }
})

describe('ends with 130', () => {
  it('in the first function, before anything has waited; finally blocks run', async () => {
    const source =
      "function f() { const t = Date.now(); for (;;) { if (Date.now() - t > 500 && !said) { said = 1; console.log('busy') } } }"
    const ended = await interrupted(`let said = 0; ${source}; try { f() } finally { console.log('cleaned') }`)
    expect(ended).toEqual({ status: 130, signal: null, output: 'busy\ncleaned\n', errors: '' })
  })

  it('in a timer and in a promise, where nothing of ours is on the way', async () => {
    for (const start of [
      'setTimeout(loop, 5)',
      'setImmediate(loop)',
      'Promise.resolve().then(loop)',
      'queueMicrotask(loop)',
    ]) {
      const source = `const {loop} = require('./library.cjs')
        setTimeout(() => {}, 1e6); sleep(0.1); setTimeout(() => {}, 5); console.log('busy'); ${start}; await new Promise(() => {})`
      expect(await interrupted(source, true)).toMatchObject({ status: 130, errors: '' })
    }
  })
})

it('calls the handlers of a script as well', async () => {
  const ended = await interrupted(
    "process.on('SIGINT', () => console.log('mine')); sleep(0.1); console.log('busy'); sleep(100)",
  )
  expect(ended).toMatchObject({ status: 130, output: 'busy\nmine\n' })
})
