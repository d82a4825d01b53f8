/** Whatever happens in a tree: done again in their order, the changes lead from what was there to what is there. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Change, type Watcher, watch } from '../../../src/sessions/watch/index.js'
import { run } from '../../lab/process.js'
import { filesIn, replay } from './changes.js'

const PROGRAM = path.join(import.meta.dirname, 'turmoil.py')
let base: string
let dir: string
let watcher: Watcher

beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), 'netshell-watch-'))
  dir = path.join(base, 'tree')
  mkdirSync(dir)
  mkdirSync(path.join(base, 'outside'))
})
afterEach(async () => {
  await watcher.close()
  rmSync(base, { recursive: true, force: true })
})

const command = (seed: number, count: number): string[] => [
  '/usr/bin/python3',
  PROGRAM,
  dir,
  path.join(base, 'outside'),
  String(seed),
  String(count),
]

async function told(before: readonly string[], work: () => Promise<unknown>): Promise<Change[]> {
  const changes: Change[] = []
  watcher = await watch(dir, (change) => void changes.push(change))
  await work()
  // It is looked at again when it is quiet; how soon that is depends on what else the machine does.
  const end = performance.now() + 15_000
  while (performance.now() < end && String(replay(changes, before)) !== String(filesIn(dir)))
    await new Promise((resolve) => setTimeout(resolve, 300))
  return changes
}

it.each([1, 2, 3, 4, 5])('in turmoil %i, read while it goes on', { timeout: 60_000 }, async (seed) => {
  await run(command(seed + 100, 300))
  const before = filesIn(dir)
  const changes = await told(before, () => run(command(seed, 3000), { timeout: 30_000 }))
  expect(changes.length).toBeGreaterThan(100)
  expect(replay(changes, before)).toEqual(filesIn(dir))
})

it.each([1, 2, 3])('in turmoil %i, of which the system forgets most', { timeout: 60_000 }, async (seed) => {
  await run(command(seed + 100, 300))
  mkdirSync(path.join(dir, 'z'))
  const before = filesIn(dir)
  const changes = await told(before, async () => {
    // Nothing is read meanwhile, and the queue of the kernel has 16 384 places.
    for (let i = 0; i < 9000; i++) writeFileSync(path.join(dir, `z/${i}`), 'x')
    rmSync(path.join(dir, 'z'), { recursive: true })
    const [program, ...args] = command(seed, 2000)
    spawnSync(program!, args)
    await run(command(seed + 50, 300))
  })
  expect(changes.some(({ event }) => event === 'overflow')).toBe(true)
  expect(replay(changes, before)).toEqual(filesIn(dir))
})
