/** The order of what a listing shows: `?sort=size&order=desc`. */

/** A row of a listing. */
export interface ListingEntry {
  /** As it is on the disk, not escaped. */
  name: string
  kind: 'file' | 'folder'
  /** Bytes of a file; undefined: not known. */
  size?: number | undefined
  /** Undefined: not known. */
  modified?: Date | undefined
}

/** What rows are sorted by. */
export const SORT_KEYS = ['name', 'size', 'date'] as const
export type SortKey = (typeof SORT_KEYS)[number]

/** How they are sorted. */
export interface ListingOrder {
  sort: SortKey
  order: 'asc' | 'desc'
}

/** From the query of a URL; what it does not say, or says wrong, is by name, A first. */
export function listingOrder(query: URLSearchParams): ListingOrder {
  const asked = query.get('sort')
  const sort = SORT_KEYS.find((key) => key === asked) ?? 'name'
  return { sort, order: query.get('order') === 'desc' ? 'desc' : 'asc' }
}

const names = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** Folders first; what is equal goes by name. */
export function sorted(entries: readonly ListingEntry[], { sort, order }: ListingOrder): ListingEntry[] {
  const turn = order === 'desc' ? -1 : 1
  return [...entries].sort(
    (a, b) =>
      Number(b.kind === 'folder') - Number(a.kind === 'folder') ||
      turn * (keyOf(a, sort) - keyOf(b, sort)) ||
      (sort === 'name' ? turn : 1) * byName(a, b),
  )
}

function keyOf({ kind, size, modified }: ListingEntry, sort: SortKey): number {
  if (sort === 'size') return kind === 'file' ? (size ?? -1) : 0
  return sort === 'date' ? (modified?.getTime() ?? 0) : 0
}

function byName(a: ListingEntry, b: ListingEntry): number {
  // Names that differ in case alone are in the same order each time.
  return names.compare(a.name, b.name) || (a.name < b.name ? -1 : Number(a.name > b.name))
}
