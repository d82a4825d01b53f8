/** What each URL of the file server gives. */
import type { Stats } from 'node:fs'
import path from 'node:path'
import { archiveResource } from './archive/index.js'
import { fileResource } from './file-resource.js'
import type { ListingEntry } from './pages/index.js'
import type { Resource } from './resource.js'
import { NotThere, type SafePath, safePath } from './safe-path.js'
import { ARCHIVE_FORMATS, type ArchiveFormat } from './serve-options.js'
import { isTemporaryName } from './upload/index.js'

/** What a URL gives. */
export type Found =
  | { kind: 'resource'; resource: Resource }
  /** `location` is relative to what was asked for, or begins with the one slash of this server. */
  | { kind: 'redirect'; status: 301 | 302; location: string }
  | FoundFolder

/** A folder, or something like one. */
export interface FoundFolder {
  kind: 'folder'
  /** Names on the way to it; [] is the top. */
  parts: readonly string[]
  /** Where it is, absolute; undefined: it is none on the disk. */
  path: string | undefined
  /** It can be had as one file, too. */
  archives: readonly ArchiveFormat[]
  entries(): Promise<ListingEntry[]>
}

/** All that a server gives. */
export interface Site {
  /** What it is called: `report.pdf`, `photos`, `3 files`. */
  readonly name: string
  /** The URL's path that is told to others: `/report.pdf`. */
  readonly path: string
  /**
   * @param urlPath as it came, with percent signs
   * @throws NotThere
   */
  find(urlPath: string, query: URLSearchParams): Promise<Found>
  /** Lets go of what it holds. */
  close(): Promise<void>
}

/** What browsers and others ask for by themselves: nobody wants a download instead. */
const ASKED_UNASKED = /^\/(?:favicon\.ico|robots\.txt|apple-touch-icon.*\.png|\.well-known\/.*|\.netshell\/.*)$/

/** One thing; every other URL leads to it. */
export class OneSite implements Site {
  readonly path: string

  /** @param make gives it as it is now */
  constructor(
    readonly name: string,
    private readonly make: () => Resource | Promise<Resource>,
    private readonly end: () => Promise<void> = async () => undefined,
  ) {
    this.path = `/${encodeURIComponent(name)}`
  }

  async find(urlPath: string): Promise<Found> {
    if (urlPath === this.path || decoded(urlPath.slice(1)) === this.name)
      return { kind: 'resource', resource: await this.make() }
    if (ASKED_UNASKED.test(urlPath)) throw new NotThere('asked for by no person')
    return { kind: 'redirect', status: 302, location: this.path }
  }

  close(): Promise<void> {
    return this.end()
  }
}

/** A folder and all below it. */
export class FolderSite implements Site {
  readonly path = '/'

  /** @param root absolute */
  constructor(
    readonly name: string,
    private readonly root: string,
    private readonly hidden: boolean,
  ) {}

  async find(urlPath: string, query: URLSearchParams): Promise<Found> {
    return await findBelow({ root: this.root, name: this.name, above: [], hidden: this.hidden }, urlPath, query)
  }

  async close(): Promise<void> {}
}

/** One of several files and folders. */
export interface Item {
  name: string
  /** Absolute. */
  path: string
  isFolder: boolean
}

/** Several files and folders, wherever they are; none: a folder that only takes. */
export class ListSite implements Site {
  readonly path = '/'

  constructor(
    readonly name: string,
    private readonly items: readonly Item[],
    private readonly hidden: boolean,
  ) {}

  async find(urlPath: string, query: URLSearchParams): Promise<Found> {
    const [, first = '', rest = ''] = /^\/([^/]*)(\/.*)?$/.exec(urlPath) ?? []
    if (first === '' && rest === '') return this.#top(query)
    const name = decoded(first)
    const item = this.items.find((each) => each.name === name)
    if (item === undefined) return this.#packed(name, rest)
    if (item.isFolder)
      return await findBelow({ root: item.path, name: item.name, above: [item.name], hidden: this.hidden }, rest, query)
    if (rest !== '') throw new NotThere('no folder')
    return { kind: 'resource', resource: await fileResource(item.path, { name: item.name }) }
  }

  /** `photos.tar.gz`, where `photos` is one of the folders. */
  #packed(name: string | undefined, rest: string): Found {
    const format = formatOf(name ?? '')
    const folder = this.items.find((item) => item.isFolder && `${item.name}.${format}` === name)
    if (format === undefined || folder === undefined || rest !== '') throw new NotThere('none of those')
    const top = { root: folder.path, name: folder.name, above: [], hidden: this.hidden }
    return { kind: 'resource', resource: archiveOf(top, folder.path, folder.name, format) }
  }

  #top(query: URLSearchParams): Found {
    const format = archiveFormat(query.get('archive'))
    if (format !== undefined && this.items.length > 0)
      return {
        kind: 'resource',
        resource: archiveResource(this.items, format, { name: this.name, hidden: this.hidden }),
      }
    return {
      kind: 'folder',
      parts: [],
      path: undefined,
      archives: this.items.length > 0 ? ARCHIVE_FORMATS : [],
      entries: () => entriesOf(this.items.map(({ name, path: place }) => ({ name, place: async () => place }))),
    }
  }

  async close(): Promise<void> {}
}

/** A folder that is looked into. */
interface Top {
  /** Absolute. */
  root: string
  name: string
  /** Names before its own in the site. */
  above: readonly string[]
  hidden: boolean
}

/** @param urlPath below the folder: '' is itself, without a slash at its end */
async function findBelow(top: Top, urlPath: string, query: URLSearchParams): Promise<Found> {
  const { root, hidden } = top
  let found: SafePath
  try {
    found = await safePath(root, urlPath, { hidden })
  } catch (error) {
    const archive = error instanceof NotThere ? await archiveNamed(top, urlPath) : undefined
    if (archive === undefined) throw error
    return { kind: 'resource', resource: archive }
  }
  const { path: place, stats, parts } = found
  const name = parts.at(-1) ?? top.name
  if (!stats.isDirectory()) {
    if (isTemporaryName(name)) throw new NotThere('an upload that is not whole')
    return { kind: 'resource', resource: await fileResource(place, { stats, name }) }
  }
  // Links of its page are read from behind the slash. From the page before, not from the top: `//host/` would be another server.
  if (!urlPath.endsWith('/'))
    return { kind: 'redirect', status: 301, location: `./${encodeURIComponent(name)}/${queryText(query)}` }
  const format = archiveFormat(query.get('archive'))
  if (format !== undefined) return { kind: 'resource', resource: archiveOf(top, place, name, format) }
  return {
    kind: 'folder',
    parts: [...top.above, ...parts],
    path: place,
    archives: ARCHIVE_FORMATS,
    entries: () => entriesBelow(root, urlPath, place, hidden),
  }
}

function archiveOf({ root, hidden }: Top, place: string, name: string, format: ArchiveFormat): Resource {
  return archiveResource([{ path: place, name }], format, { name, root, hidden })
}

/** `/sub.tar.gz` is the folder `/sub`, packed, and `/photos.zip` all of `photos`, where no file is called so. */
async function archiveNamed(top: Top, urlPath: string): Promise<Resource | undefined> {
  const format = formatOf(urlPath)
  if (format === undefined) return undefined
  const bare = urlPath.slice(0, -format.length - 1)
  if (decoded(bare.slice(1)) === top.name && top.above.length === 0) return archiveOf(top, top.root, top.name, format)
  if (bare.endsWith('/')) return undefined
  try {
    const { path: place, stats, parts } = await safePath(top.root, bare, { hidden: top.hidden })
    return stats.isDirectory() ? archiveOf(top, place, parts.at(-1)!, format) : undefined
  } catch (error) {
    if (error instanceof NotThere) return undefined
    throw error
  }
}

/** Entries that are looked at side by side. */
const SIDE_BY_SIDE = 64

async function entriesBelow(root: string, urlPath: string, folder: string, hidden: boolean): Promise<ListingEntry[]> {
  const { readdir } = await import('node:fs/promises')
  const all = await readdir(folder, { withFileTypes: true })
  const shown = all.filter(
    (entry) =>
      (hidden || !entry.name.startsWith('.')) &&
      !isTemporaryName(entry.name) &&
      (entry.isFile() || entry.isDirectory() || entry.isSymbolicLink()),
  )
  return await entriesOf(
    shown.map((entry) => ({
      name: entry.name,
      // A link may lead out of the folder: what cannot be had is not shown.
      place: async () =>
        entry.isSymbolicLink()
          ? (await safePath(root, `${urlPath}${encodeURIComponent(entry.name)}`, { hidden })).path
          : path.join(folder, entry.name),
    })),
  )
}

/** What is there of these now; what is not there, or cannot be given, is left out. */
async function entriesOf(named: readonly { name: string; place(): Promise<string> }[]): Promise<ListingEntry[]> {
  const { stat } = await import('node:fs/promises')
  const entries: ListingEntry[] = []
  for (let at = 0; at < named.length; at += SIDE_BY_SIDE) {
    const some = named.slice(at, at + SIDE_BY_SIDE)
    const looked = await Promise.all(
      some.map(async ({ name, place }) => {
        try {
          return entryOf(name, await stat(await place()))
        } catch {
          return undefined
        }
      }),
    )
    entries.push(...looked.filter((entry) => entry !== undefined))
  }
  return entries
}

function entryOf(name: string, stats: Stats): ListingEntry | undefined {
  if (stats.isDirectory()) return { name, kind: 'folder', modified: stats.mtime }
  return stats.isFile() ? { name, kind: 'file', size: stats.size, modified: stats.mtime } : undefined
}

function archiveFormat(name: string | null): ArchiveFormat | undefined {
  return ARCHIVE_FORMATS.find((format) => format === name)
}

/** By the end of a name. */
function formatOf(name: string): ArchiveFormat | undefined {
  return ARCHIVE_FORMATS.find((format) => name.endsWith(`.${format}`))
}

function queryText(query: URLSearchParams): string {
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

/** Without percent signs; undefined for what is written wrong. */
function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}
