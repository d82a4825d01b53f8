/** Which symbolic links may be in an archive: those that lead to something that is asked for too, and so to nothing outside. */
import { readlink, realpath } from 'node:fs/promises'
import path from 'node:path'
import { isInside } from '../safe-path.js'
import type { FoundLink } from './found.js'

/** The rule for one archive. */
export class LinkRule {
  /** @param places what is asked for: where it really is, and what it is called */
  constructor(
    private readonly places: readonly { readonly path: string; readonly name: string }[],
    private readonly hidden: boolean,
  ) {}

  /**
   * What a link is to say in the archive, and what it leads to; undefined if it may not be in it.
   * @param file where the link is, without links on the way
   * @param name what it is called in the archive
   */
  async read(file: string, name: string): Promise<Pick<FoundLink, 'target' | 'real'> | undefined> {
    const text = await readlink(file)
    const aim = this.#nameOf(path.resolve(path.dirname(file), text))
    if (aim === undefined) return undefined
    const real = await realpath(file).catch(() => undefined)
    if (real === undefined ? climbsBack(text) : this.#nameOf(real) === undefined) return undefined
    const folder = path.posix.dirname(name)
    const isSame = !path.isAbsolute(text) && path.posix.join(folder, text).replace(/\/$/, '') === aim
    return { target: isSame ? text : path.posix.relative(folder, aim) || '.', real }
  }

  /** What a path is called in the archive; undefined if it is not in it. */
  #nameOf(file: string): string | undefined {
    for (const place of this.places) {
      if (!isInside(place.path, file)) continue
      const parts = path.relative(place.path, file).split(path.sep)
      if (!this.hidden && parts.some((part) => part.startsWith('.'))) continue
      return path.posix.join(place.name, ...parts)
    }
    return undefined
  }
}

/** Whether there is a `..` behind another name: where that is a link, it leads somewhere else than it seems to. */
function climbsBack(text: string): boolean {
  const parts = text.split('/').filter((part) => part !== '' && part !== '.')
  return parts.some((part, i) => part === '..' && i > 0 && parts[i - 1] !== '..')
}
