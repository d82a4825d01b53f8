/** What tests do with changes. */
import { execFileSync } from 'node:child_process'
import type { Change } from '../../../src/sessions/watch/index.js'

/** `create a`, `move a/ → b/`. */
export function short(change: Pick<Change, 'event' | 'name' | 'fromName' | 'isFolder'>): string {
  const slash = change.isFolder ? '/' : ''
  const from = change.fromName === undefined ? '' : `${change.fromName}${slash} → `
  return `${change.event} ${from}${change.name}${slash}`
}

/** What there is after the changes, when each is done to what there was: names, folders with a `/` behind. It throws for one that cannot be done. */
export function replay(changes: readonly Change[], before: readonly string[] = []): string[] {
  const names = new Set(before)
  for (const { event, name: path, fromName, isFolder } of changes) {
    const name = isFolder ? `${path}/` : path
    if (event === 'create') {
      if (names.has(name)) throw new Error(`created twice: ${name}`)
      names.add(name)
    } else if (event === 'delete') {
      if (!names.delete(name)) throw new Error(`deleted, and was not there: ${name}`)
    } else if (event === 'modify') {
      if (!names.has(name)) throw new Error(`modified, and not there: ${name}`)
    } else if (event === 'move') {
      const from = isFolder ? `${fromName}/` : fromName!
      if (!names.delete(from)) throw new Error(`moved, and was not there: ${from}`)
      names.add(name)
      if (!isFolder) continue
      for (const each of [...names])
        if (each.startsWith(from)) {
          names.delete(each)
          names.add(name + each.slice(from.length))
        }
    }
  }
  return [...names].sort()
}

/** All that is in a folder, as find(1) sees it. */
export function filesIn(folder: string): string[] {
  const list = execFileSync(
    'find',
    ['.', '-mindepth', '1', '(', '-type', 'd', '-printf', '%P/\\0', '-o', '-printf', '%P\\0', ')'],
    { cwd: folder, maxBuffer: 1 << 26 },
  )
  return list.toString().split('\0').slice(0, -1).sort()
}

/** Waits for something. */
export async function until(holds: () => boolean, milliseconds = 10_000): Promise<void> {
  const end = performance.now() + milliseconds
  while (!holds()) {
    if (performance.now() > end) throw new Error(`in vain: ${holds.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
