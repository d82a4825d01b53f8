/** What is in a folder, as a page and as JSON. */
import { byteCount } from '../../face/session.js'
import type { ArchiveFormat } from '../serve-options.js'
import { type ListingEntry, type ListingOrder, type SortKey, sorted } from './order.js'
import { escapeHtml, escapeName, page, plainName } from './page.js'

/** A folder that is shown. */
export interface Listing {
  /** What the top is called: the name of the folder that is served. */
  name: string
  /** Names of the folders on the way to it from the top, not escaped; [] is the top. */
  path: readonly string[]
  /** In any order. */
  entries: readonly ListingEntry[]
  /** From `listingOrder()`. */
  order: ListingOrder
  /** How all of it can be had at once; [] without. */
  archives: readonly ArchiveFormat[]
  /** HTML of a form for uploads. */
  upload?: string
  /** For the policy of the page, where it has one. */
  nonce?: string
}

/** More rows than this make a page that browsers take long to show; archives and JSON have all of them. */
const MOST_ROWS = 20_000

/** The page of a folder. */
export function listingPage(listing: Listing): string {
  const { name, path, upload, nonce } = listing
  const names = [name, ...path].map(plainName)
  const parts = [archiveLinks(listing), table(listing), upload ?? ''].filter((part) => part !== '')
  return page({
    title: names.join('/'),
    heading: names.at(-1)!,
    main: parts.join('\n'),
    nonce,
    ...(path.length > 0 && { above: crumbs(names) }),
  })
}

/** The same for programs, all of it, in the same order: `{path, entries: [{name, type, size, modified, url}]}`. */
export function listingJson({ path, entries, order }: Listing): string {
  const rows = sorted(entries, order).map(({ name, kind, size, modified }) => ({
    name,
    type: kind,
    size: kind === 'file' ? (size ?? null) : null,
    modified: modified?.toISOString() ?? null,
    url: hrefOf(name, kind),
  }))
  return `${JSON.stringify({ path: `/${path.map((part) => `${part}/`).join('')}`, entries: rows }, null, 2)}\n`
}

/** Where the name leads from the page of its folder. */
function hrefOf(name: string, kind: ListingEntry['kind']): string {
  // What is no text, from a file system that is no UTF-8, has no URL either; it gets one that leads to nothing.
  return `${encodeURIComponent(name.replace(/\p{Surrogate}/gu, '\ufffd'))}${kind === 'folder' ? '/' : ''}`
}

/** The way from the top to here. Relative: a link that is good for once has its token before it. */
function crumbs(names: readonly string[]): string {
  const last = names.length - 1
  const items = names.map((name, i) => {
    const text = `<bdi>${escapeHtml(name)}</bdi>`
    return i === last
      ? `<li aria-current="page">${text}</li>`
      : `<li><a href="${'../'.repeat(last - i)}">${text}</a></li>`
  })
  return `<nav aria-label="Folders"><ol>\n${items.join('\n')}\n</ol></nav>`
}

function archiveLinks({ archives }: Listing): string {
  if (archives.length === 0) return ''
  const links = archives.map((format) => `<a href="?archive=${format}">${format}</a>`)
  return `<p class="all">Download all of it as ${links.join(' ')}</p>`
}

const COLUMNS: readonly (readonly [SortKey, label: string])[] = [
  ['name', 'Name'],
  ['size', 'Size'],
  ['date', 'Changed (UTC)'],
]

function table({ entries, order }: Listing): string {
  if (entries.length === 0) return '<p>There is nothing in this folder.</p>'
  const rows = sorted(entries, order).slice(0, MOST_ROWS).map(row)
  return `<table>
<caption>${summary(entries)}</caption>
<thead>
<tr>
${COLUMNS.map(([key, label]) => column(key, label, order)).join('\n')}
</tr>
</thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`
}

function summary(entries: readonly ListingEntry[]): string {
  const files = entries.filter(({ kind }) => kind === 'file')
  const bytes = files.reduce((sum, { size = 0 }) => sum + size, 0)
  const folders = entries.length - files.length
  const counts = [
    ...(folders > 0 ? [counted(folders, 'folder')] : []),
    ...(files.length > 0 ? [`${counted(files.length, 'file')} with ${byteCount(bytes)}`] : []),
  ].join(', ')
  return entries.length > MOST_ROWS ? `${counts}; only the first ${MOST_ROWS} are shown` : counts
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

/** A head that sorts: what it sorts already is turned around; big and new come first. */
function column(key: SortKey, label: string, { sort, order }: ListingOrder): string {
  const isSorted = sort === key
  const next = isSorted ? (order === 'asc' ? 'desc' : 'asc') : key === 'name' ? 'asc' : 'desc'
  const state = isSorted ? ` aria-sort="${order}ending"` : ''
  const arrow = isSorted ? `<span aria-hidden="true"> ${order === 'asc' ? '▲' : '▼'}</span>` : ''
  return `<th scope="col" class="${key}"${state}><a href="?sort=${key}&amp;order=${next}">${label}</a>${arrow}</th>`
}

function row({ name, kind, size, modified }: ListingEntry): string {
  const isFolder = kind === 'folder'
  const link = `<a href="${escapeHtml(hrefOf(name, kind))}"><bdi>${escapeName(name)}</bdi>${isFolder ? '/' : ''}</a>`
  const bytes = isFolder || size === undefined ? '' : byteCount(size)
  return `<tr><th scope="row">${link}</th><td class="size">${bytes}</td><td class="date">${timeOf(modified)}</td></tr>`
}

function timeOf(time: Date | undefined): string {
  if (time === undefined || Number.isNaN(time.getTime())) return ''
  const iso = time.toISOString()
  return `<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 16)}</time>`
}
