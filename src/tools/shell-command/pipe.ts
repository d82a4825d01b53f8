/**
 * Real pipes between programs. Those that Node makes for children are sockets, which differ where it shows: who writes to a
 * program that has ended gets "Connection reset by peer" instead of the silent SIGPIPE (Node 20 to 24).
 */
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The two ends of a pipe, as descriptors. */
export interface Pipe {
  read: number
  write: number
}

/** Makes pipes; undefined where the system has no mkfifo(1). Close both ends once the programs have theirs. */
export function makePipes(count: number): Pipe[] | undefined {
  if (count === 0) return []
  const { spawnSync } = process.getBuiltinModule('node:child_process')
  const pipes: Pipe[] = []
  let folder = ''
  try {
    folder = mkdtempSync(join(tmpdir(), 'netshell-pipe-'))
    const files = Array.from({ length: count }, (_, index) => join(folder, String(index)))
    if (spawnSync('mkfifo', ['-m', '600', ...files]).status !== 0) return undefined
    for (const file of files) {
      // Neither end waits for the other one to be opened while this one is open.
      const both = openSync(file, constants.O_RDWR | constants.O_NONBLOCK)
      const read = openSync(file, constants.O_RDONLY)
      pipes.push({ read, write: openSync(file, constants.O_WRONLY) })
      closeSync(both)
    }
    return pipes
  } catch {
    closePipes(pipes)
    return undefined
  } finally {
    if (folder !== '') rmSync(folder, { recursive: true, force: true })
  }
}

export function closePipes(pipes: readonly Pipe[]): void {
  for (const { read, write } of pipes) {
    closeSync(read)
    closeSync(write)
  }
}
