/** Work that only one of several programs may do at a time, such as using up a refresh token. */
import { randomUUID } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pause } from '../../../exchange/index.js'
import { asInvokingUser } from '../../../exchange/invoking-user.js'

/** How often it is looked whether the other one is done, ms. */
const LOOK = 50
/**
 * A lock of this age was left behind by a program that ended, ms. The number of the process would tell sooner, but not where the other one
 * is in a container.
 */
const LEFT_BEHIND = 45_000

/**
 * Does `work` while the file is there with our mark in it; waits while it is another one's.
 * @param file is made for it, and deleted
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const mark = randomUUID()
  while (!asInvokingUser(() => taken(file, mark))) await pause(LOOK)
  try {
    return await work()
  } finally {
    asInvokingUser(() => {
      if (markOf(file) === mark) rmSync(file, { force: true })
    })
  }
}

/** Where no file can be written there is nobody to agree with: the work is done all the same. */
function taken(file: string, mark: string): boolean {
  try {
    if (statSync(file, { throwIfNoEntry: false }) !== undefined) clearLeftBehind(file, mark)
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  } catch {
    return true
  }
  try {
    writeFileSync(file, mark, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EEXIST'
  }
}

/** Two may find it left behind at once: it is moved away first, and what was moved has to be what was seen. */
function clearLeftBehind(file: string, mark: string): void {
  const stats = statSync(file, { throwIfNoEntry: false })
  if (stats === undefined || Date.now() - stats.mtimeMs < LEFT_BEHIND) return
  const seen = markOf(file)
  const aside = `${file}.${mark}`
  try {
    renameSync(file, aside)
    if (markOf(aside) !== seen) linkSync(aside, file)
  } catch {
    // Another one was faster.
  }
  rmSync(aside, { force: true })
}

function markOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
