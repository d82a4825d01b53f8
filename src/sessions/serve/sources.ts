/** What is served: paths, standard input, a text; looked at once, before the server opens. */
import { constants } from 'node:fs'
import { access, open, opendir, stat } from 'node:fs/promises'
import path from 'node:path'
import { OptionError } from '../../exchange/index.js'
import { fullPath } from '../../exchange/invoking-user.js'
import { reasonOf } from '../../exchange/user-files.js'
import { mediaType } from '../files/media-types.js'
import { archiveResource } from './archive/index.js'
import { dataResource } from './data-resource.js'
import { fileResource } from './file-resource.js'
import { ownPackage } from './own-package.js'
import type { ServeSettings } from './serve-options.js'
import { FolderSite, type Item, ListSite, OneSite, type Site } from './site.js'
import { StreamResource } from './stream-resource.js'

/** Something that is no file: a text, bytes, or what comes piece by piece. */
export interface ServedData {
  /** What clients call it. */
  name: string
  data: string | Uint8Array | AsyncIterable<Uint8Array | string>
  /** Its media type. Unset: by its name. */
  type?: string
}

/** What can be served: a path, several, '-' for standard input, or a text or bytes with a name. */
export type Servable = string | readonly string[] | ServedData

/** What standard input is called. */
const INPUT_NAME = 'stdin'
/** So long the beginning of a stream is waited for: what ends until then has a size from the first download on, ms. */
const SETTLE = 200

/** @throws OptionError for what is not there, cannot be read, or is nothing that can be served */
export async function siteOf(what: Servable | undefined, settings: ServeSettings): Promise<Site> {
  const { name, self, upload } = settings
  if (self) {
    if (what !== undefined) throw new OptionError('serve: option self serves netshell alone: leave out the paths')
    const packed = await ownPackage()
    return new OneSite(packed.name, () => packed)
  }
  if (typeof what === 'object' && !Array.isArray(what)) return await dataSite(what as ServedData, name)
  const paths = what === undefined ? [] : typeof what === 'string' ? [what] : (what as readonly string[])
  if (paths.some((each) => typeof each !== 'string' || each === ''))
    throw new OptionError("serve: give a path, a list of paths, '-' for standard input, or {name, data}")
  if (paths.includes('-')) {
    if (paths.length > 1) throw new OptionError("serve: '-' is standard input, and goes alone")
    return await inputSite(name)
  }
  if (paths.length === 0) {
    if (upload === false) throw new OptionError("serve: give a file or a folder; '.' is the one you are in")
    return new ListSite(name ?? 'Uploads', [], false)
  }
  return siteOfItems(await itemsOf(paths), settings)
}

function siteOfItems(items: readonly Item[], { archive, hidden, name, upload }: ServeSettings): Site {
  const [first] = items
  const isOne = items.length === 1
  if (upload === true && !(isOne && first!.isFolder))
    throw new OptionError("serve: into which folder do uploads go? name it: upload: 'inbox', or --upload-to inbox")
  if (archive !== undefined) {
    if (isOne && !first!.isFolder) throw new OptionError(`serve: archive packs folders, and '${first!.name}' is a file`)
    const bare = withoutEnding(name ?? (isOne ? first!.name : 'files'), archive)
    const root = isOne ? { root: first!.path } : {}
    return new OneSite(`${bare}.${archive}`, () => archiveResource(items, archive, { name: bare, hidden, ...root }))
  }
  if (isOne && first!.isFolder) return new FolderSite(name ?? first!.name, first!.path, hidden)
  if (isOne && upload === false) {
    const shown = name ?? first!.name
    return new OneSite(shown, () => fileResource(first!.path, { name: shown }))
  }
  return new ListSite(name ?? `${items.length} files`, items, hidden)
}

/** `photos.tar.gz` asked for as a name of a tar.gz is `photos`. */
function withoutEnding(name: string, format: string): string {
  return name.endsWith(`.${format}`) && name.length > format.length + 1 ? name.slice(0, -format.length - 1) : name
}

async function itemsOf(paths: readonly string[]): Promise<Item[]> {
  const items: Item[] = []
  for (const given of paths) {
    const full = fullPath(given)
    const isFolder = await looked(full, given)
    items.push({ name: freeName(path.basename(full) || 'root', items), path: full, isFolder })
  }
  return items
}

/** Whether it is a folder. @throws OptionError for what cannot be served */
async function looked(full: string, given: string): Promise<boolean> {
  try {
    const stats = await stat(full)
    if (!stats.isDirectory() && !stats.isFile())
      throw new OptionError(
        `serve: '${given}' is neither a file nor a folder; netshell serve - < ${given} serves what comes out of it`,
      )
    // Opened for a moment: what the rights of a file say is not all there is to it.
    const opened = stats.isDirectory() ? opendir(full) : open(full, constants.O_RDONLY | constants.O_NONBLOCK)
    await (await opened).close()
    return stats.isDirectory()
  } catch (error) {
    if (error instanceof OptionError) throw error
    const { code } = error as NodeJS.ErrnoException
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR'
    throw new OptionError(
      isMissing
        ? `serve: there is no file and no folder '${given}'`
        : `serve: '${given}' cannot be read: ${reasonOf(error)}`,
    )
  }
}

/** A folder that files are put into, absolute. @throws OptionError where there is none, or nothing can be put there */
export async function checkedFolder(given: string): Promise<string> {
  const full = fullPath(given)
  if (!(await looked(full, given))) throw new OptionError(`serve: uploads go to a folder, and '${given}' is a file`)
  try {
    await access(full, constants.W_OK)
  } catch (error) {
    throw new OptionError(`serve: nothing can be put into '${given}': ${reasonOf(error)}`)
  }
  return full
}

/** Two of one name have two URLs: `a.txt` and `a (2).txt`. */
function freeName(name: string, items: readonly Item[]): string {
  const { name: bare, ext } = path.parse(name)
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${bare} (${number})${ext}`
    if (!items.some((item) => item.name === candidate)) return candidate
  }
}

async function dataSite({ name, data, type }: ServedData, other: string | undefined): Promise<Site> {
  const shown = other ?? name
  if (typeof shown !== 'string' || !/^[^/\0]+$/.test(shown) || /^\.\.?$/.test(shown))
    throw new OptionError("serve: what is no file needs a name without /: serve({name: 'notes.txt', data: 'Hello'})")
  const media = type ?? (await mediaType(shown))
  if (typeof data === 'string' || data instanceof Uint8Array) {
    const resource = dataResource(shown, media, typeof data === 'string' ? Buffer.from(data) : data)
    return new OneSite(shown, () => resource)
  }
  if (typeof data !== 'object' || data === null || !(Symbol.asyncIterator in data))
    throw new OptionError('serve: data must be a text, bytes, or a stream of them')
  return await streamSite(shown, media, data)
}

async function inputSite(name = INPUT_NAME): Promise<Site> {
  if (process.stdin.isTTY)
    throw new OptionError(
      "serve: standard input is the keyboard here: '-' is for netshell serve - < FILE, or behind a pipe",
    )
  return await streamSite(name, await mediaType(name), process.stdin)
}

async function streamSite(name: string, type: string, source: AsyncIterable<Uint8Array | string>): Promise<Site> {
  const stream = new StreamResource(name, type, source)
  await stream.open()
  await stream.settled(SETTLE)
  return new OneSite(
    name,
    () => stream.resource(),
    () => stream.close(),
  )
}
