/** Finds what is in folders. Links are not followed, so that there is no way out and no circle. */
import type { Dirent, Stats } from 'node:fs'
import { lstat, readdir, realpath } from 'node:fs/promises'
import path from 'node:path'
import { isInside } from '../safe-path.js'
import { isTemporaryName } from '../upload/incoming-file.js'
import type { ArchiveOptions, ArchiveSource, Found } from './found.js'
import { LinkRule } from './link-rule.js'
import type { Skipped } from './skipped.js'

/** What is still to be looked at. */
interface Place {
  /** Without links. */
  readonly path: string
  readonly name: string
  /** What its folder says of it. */
  readonly entry?: Dirent
}

/**
 * All that is in the sources: folders before what is in them, names in order. Memory is for one folder of each level.
 * @param skipped is told of what is there and can not be given
 */
export async function* walk(
  sources: readonly ArchiveSource[],
  { root, hidden = false }: ArchiveOptions,
  skipped: Skipped,
): AsyncGenerator<Found> {
  const places = await realPlaces(sources, root, skipped)
  const links = new LinkRule(places, hidden)
  // Levels of folders, each with what is left of it; a stack of its own, since paths can be thousands of levels deep.
  const levels: Iterator<Place>[] = [places.values()]
  while (levels.length > 0) {
    const { value: place, done } = levels.at(-1)!.next()
    if (done === true) {
      levels.pop()
      continue
    }
    const { name, entry } = place
    try {
      if (entry?.isFile() === true) {
        yield { kind: 'file', name, path: place.path }
        continue
      }
      const stats = await lstat(place.path)
      if (stats.isDirectory()) {
        const inside = await insideOf(place, hidden)
        yield { kind: 'folder', name, stats }
        levels.push(inside)
      } else if (stats.isFile()) yield { kind: 'file', name, path: place.path }
      else if (stats.isSymbolicLink()) {
        const link = await links.read(place.path, name)
        if (link !== undefined) yield { kind: 'link', name, stats, ...link }
      } else skipped.add(name, kindOf(stats))
    } catch (error) {
      skipped.add(name, error)
    }
  }
}

/** The sources where they really are: who names a link means what it leads to. */
async function realPlaces(sources: readonly ArchiveSource[], root: string | undefined, skipped: Skipped) {
  const places: Place[] = []
  const base = root === undefined ? undefined : await realpath(root)
  for (const source of sources) {
    try {
      const real = await realpath(source.path)
      if (base === undefined || isInside(base, real)) places.push({ path: real, name: source.name })
      else skipped.add(source.name, 'it leads out of the folder')
    } catch (error) {
      skipped.add(source.name, error)
    }
  }
  return places
}

async function insideOf(folder: Place, hidden: boolean): Promise<Iterator<Place>> {
  const entries = (await readdir(folder.path, { withFileTypes: true }))
    .filter(({ name }) => (hidden || !name.startsWith('.')) && !isTemporaryName(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  // A folder on the way may have become a link since it was looked at.
  if ((await realpath(folder.path)) !== folder.path) throw Object.assign(new Error('moved'), { code: 'ELOOP' })
  return placesOf(folder, entries)
}

function* placesOf(folder: Place, entries: readonly Dirent[]): Generator<Place> {
  for (const entry of entries) {
    const { name } = entry
    yield { path: path.join(folder.path, name), name: `${folder.name}/${name}`, entry }
  }
}

function kindOf(stats: Stats): string {
  if (stats.isSocket()) return 'a socket'
  return stats.isFIFO() ? 'a pipe' : 'a device'
}
