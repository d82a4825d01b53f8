/** From a URL's path to a file below a folder, and never to one outside of it. */
import { type BigIntStats, constants } from 'node:fs'
import { lstat, open, readlink, realpath } from 'node:fs/promises'
import path from 'node:path'
import { lookedAtOnce, O_PATH } from './local-files.js'

/** There is nothing of that name that may be given: what is hidden, outside of the folder or not readable is not there either. */
export class NotThere extends Error {
  override readonly name = 'NotThere'
}

/** What a URL's path leads to. */
export interface SafePath {
  /** Where it really is, all links followed. */
  readonly path: string
  /** What was found there; `fileResource` takes these, and gives bytes of this very file only. */
  readonly stats: BigIntStats
  /** Parts of the URL's path, decoded, without empty ones: `['sub dir', 'é.css']`. */
  readonly parts: readonly string[]
  /** The URL's path ends with a slash, as those of folders do. */
  readonly hasSlash: boolean
}

export interface SafePathOptions {
  /** Give hidden files too: names that begin with a dot. Default false. */
  hidden?: boolean
  /** Hidden names that are given all the same. */
  except?: readonly string[]
}

/**
 * Finds what the path of a URL means below a folder. Links are followed as long as they stay inside.
 * @param urlPath as it came, with percent signs and without what stands behind `?`: `/sub%20dir/a.txt`
 * @throws NotThere
 */
export async function safePath(root: string, urlPath: string, options: SafePathOptions = {}): Promise<SafePath> {
  const { parts, hasSlash } = partsOf(urlPath, options)
  const place = path.join(root, ...parts)
  const stats = hasSlash ? undefined : lookedAtOnce(place)
  // No link is on the way, so it is inside.
  if (stats !== undefined) return { path: place, stats, parts, hasSlash }
  try {
    const [base, real] = await Promise.all([realpath(root), realpath(place)])
    if (!isInside(base, real)) throw new NotThere('outside')
    // What a link leads to has a name too.
    const below = path.relative(base, real).split(path.sep)
    if (below.some((part) => isHidden(part, options))) throw new NotThere('hidden')
    const stats = await statsOf(real)
    if (hasSlash && !stats.isDirectory()) throw new NotThere('no folder')
    return { path: real, stats, parts, hasSlash }
  } catch (error) {
    throw isMissing(error) ? new NotThere((error as Error).message) : error
  }
}

/** Parts of the path of a URL, decoded. @throws NotThere for what no file is called */
function partsOf(urlPath: string, options: SafePathOptions): { parts: string[]; hasSlash: boolean } {
  const rest = urlPath.startsWith('/') ? urlPath.slice(1) : urlPath
  const parts = rest === '' ? [] : rest.split('/').map(decodedPart)
  const hasSlash = parts.length === 0 || parts.at(-1) === ''
  if (parts.at(-1) === '') parts.pop()
  for (const part of parts) if (!isName(part) || isHidden(part, options)) throw new NotThere('no name of a file')
  return { parts, hasSlash }
}

/** Whether this can be what an entry of a folder is called. */
function isName(part: string): boolean {
  if (part === '' || part === '.' || part === '..' || /[/\0]/.test(part)) return false
  return path.sep === '/' || !/[\\:]/.test(part)
}

function isHidden(part: string, { hidden = false, except = [] }: SafePathOptions): boolean {
  return part.startsWith('.') && !hidden && !except.includes(part)
}

function decodedPart(part: string): string {
  try {
    // Overlong and broken UTF-8 is refused here.
    return decodeURIComponent(part)
  } catch {
    throw new NotThere('its percent signs are wrong')
  }
}

/** Whether a path without links is that of a folder, or of something in it. */
export function isInside(base: string, real: string): boolean {
  return real === base || real.startsWith(base.endsWith(path.sep) ? base : base + path.sep)
}

/** What is at a place without links, if it is still there when we have hold of it. */
async function statsOf(real: string): Promise<BigIntStats> {
  if (process.platform !== 'linux') return await lstat(real, { bigint: true })
  const handle = await open(real, O_PATH | constants.O_NOFOLLOW)
  try {
    // A folder on the way may have become a link since we looked.
    if ((await readlink(`/proc/self/fd/${handle.fd}`)) !== real) throw new NotThere('it was moved')
    return await handle.stat({ bigint: true })
  } finally {
    await handle.close()
  }
}

/** Whether an error of the system says that there is nothing for us. */
export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return /^(?:ENOENT|ENOTDIR|ELOOP|EACCES|EPERM|ENAMETOOLONG|ENXIO|EISDIR)$/.test(code ?? '')
}
