/** Looking at files: what there is, and how it is. Links are not followed. */
import { lstatSync, readdirSync, statSync } from 'node:fs'
import { bufferOf } from './file-names.js'
import type { Look } from './tree.js'

/** How an entry is now, or undefined when it is gone (or nobody may look). @param follows whether a link leads on */
export function lookAt(path: string, follows = false): (Look & { isFolder: boolean }) | undefined {
  try {
    const stats = (follows ? statSync : lstatSync)(bufferOf(path), { throwIfNoEntry: false })
    if (stats === undefined) return undefined
    return {
      inode: stats.ino,
      size: stats.size,
      modified: stats.mtimeMs,
      changed: stats.ctimeMs,
      seen: Date.now(),
      isFolder: stats.isDirectory(),
    }
  } catch {
    return undefined
  }
}

/** Names in a folder, as bytes. @throws Error with the system's code */
export function namesIn(path: string): string[] {
  return readdirSync(bufferOf(path), { encoding: 'latin1' })
}

/** Lets others run after every so many milliseconds of work. */
export class Slices {
  #began = performance.now()

  constructor(private readonly most = 10) {}

  /** A promise when it is time to let others run. */
  rest(): Promise<void> | undefined {
    if (performance.now() - this.#began < this.most) return undefined
    return new Promise((resolve) => {
      setImmediate(() => {
        this.#began = performance.now()
        resolve()
      })
    })
  }
}
