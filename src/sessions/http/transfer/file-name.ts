/** What a file that is fetched is called, and where it goes. */
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { OptionError } from '../../../exchange/index.js'
import { fullPath } from '../../../exchange/invoking-user.js'
import { LONGEST_NAME, visibleName } from '../../files/plain-name.js'
import type { HttpHeaders } from '../headers.js'

/** Where an answer came from, which may say what it is called. */
export interface Named {
  readonly url: string
  readonly headers: HttpHeaders
}

/** What the server calls it (RFC 6266), else the end of the URL: a plain name, without folders, not hidden. */
export async function suggestedName({ url, headers }: Named): Promise<string> {
  const disposition = headers.get('content-disposition')
  if (disposition !== undefined)
    try {
      const { default: library } = await import('content-disposition')
      const { filename } = library.parse(disposition).parameters
      const name = filename === undefined ? '' : visibleName(filename)
      if (name !== '') return name
    } catch {
      // Not written as it should be.
    }
  return nameOfUrl(url)
}

/** The end of a URL as the name of a file. */
export function nameOfUrl(url: string): string {
  const last =
    new URL(url).pathname
      .split('/')
      .filter((part) => part !== '')
      .at(-1) ?? ''
  try {
    return visibleName(decodeURIComponent(last)) || 'download'
  } catch {
    return visibleName(last) || 'download'
  }
}

/** Where a file is to be written: into this folder under a name yet to be found, or under exactly this name. */
export type Destination = { folder: string; name?: undefined } | { folder: string; name: string }

/** @param file a name, a folder, or nothing: the folder that we are in */
export async function destination(call: string, file: string | undefined): Promise<Destination> {
  if (file !== undefined && (typeof file !== 'string' || file === '' || file.includes('\0')))
    throw new OptionError(`${call}: give the name of a file or a folder, or leave it out`)
  const full = fullPath(file ?? '.')
  const isFolder = await stat(full).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
  if (isFolder) return { folder: full }
  if (file?.endsWith('/')) throw new OptionError(`${call}: there is no folder '${file}'`)
  const name = path.basename(full)
  if (Buffer.byteLength(name) > LONGEST_NAME)
    throw new OptionError(`${call}: the name is longer than ${LONGEST_NAME} bytes, more than files can have`)
  return { folder: path.dirname(full), name }
}
