/** Types of files by the ends of their names (IANA media types). */

const BYTES = 'application/octet-stream'

/** Ends that the list does not know, and those whose first meaning is not what people have on their disks. */
const OWN: Readonly<Record<string, string>> = {
  nsh: 'text/plain; charset=utf-8',
  // RFC 9239 has no charset for these, RFC 8259 none for JSON, but those who read them expect what is said to be UTF-8.
  ts: 'text/plain; charset=utf-8',
  tsx: 'text/plain; charset=utf-8',
  rs: 'text/plain; charset=utf-8',
  py: 'text/plain; charset=utf-8',
  go: 'text/plain; charset=utf-8',
  json: 'application/json',
  map: 'application/json',
  pcapng: 'application/x-pcapng',
  tgz: 'application/gzip',
  zst: 'application/zstd',
}

let types: typeof import('mime-types') | undefined

/** What a file is, by its name; texts are said to be UTF-8. */
export async function mediaType(name: string): Promise<string> {
  await knowMediaTypes()
  return mediaTypeNow(name)
}

/** Loads the list. */
export async function knowMediaTypes(): Promise<void> {
  // To import it again costs more than all the rest here.
  types ??= (await import('mime-types')).default
}

/** The same for who cannot wait, and has called {@link knowMediaTypes}. */
export function mediaTypeNow(name: string): string {
  const end = /[^./]\.([^./]+)$/.exec(name)?.[1]?.toLowerCase()
  if (end === undefined) return BYTES
  if (Object.hasOwn(OWN, end)) return OWN[end]!
  return types?.contentType(`.${end}`) || BYTES
}
