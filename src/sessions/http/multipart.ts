/** Forms with files (multipart/form-data, RFC 7578), written while they are sent. */
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { Readable } from 'node:stream'
import { OptionError } from '../../exchange/index.js'
import { mediaTypeNow } from '../files/media-types.js'
import type { RequestBody } from './exchange.js'
import { fieldsOf } from './http-options.js'
import { fileStream, readable } from './sent-file.js'

/** A file of a form: its path, or what is in it. */
export type FormFile = string | Uint8Array | { path?: string; data?: string | Uint8Array; name?: string; type?: string }
/** Files of a form: one, several (fields `file`), or by field. */
export type FilesOption = FormFile | readonly FormFile[] | Record<string, FormFile | readonly FormFile[]>

/** A part of the form: its head, and its content. */
interface Part {
  readonly head: Buffer
  readonly length: number
  open(): Uint8Array | Readable
}

/** Files that one form may have. */
const MOST_FILES = 10_000

/**
 * A form of text fields and files. Its length is known before: servers need not take it in chunks. Files have the types that their names say, where
 * {@link knowMediaTypes} was called.
 * @throws OptionError for a file that cannot be read
 */
export function multipartBody(call: string, form: Record<string, unknown>, files: FilesOption): RequestBody {
  const boundary = `netshell-${randomBytes(18).toString('base64url')}`
  const parts = [
    ...fieldsOf(form).map(([name, value]) => textPart(boundary, name, value)),
    ...filesOf(call, files).map(([field, file]) => filePart(call, boundary, field, file)),
  ]
  const end = Buffer.from(`--${boundary}--\r\n`)
  const length = parts.reduce((sum, { head, length: own }) => sum + head.length + own + 2, end.length)
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    length,
    isRepeatable: true,
    open: () => Readable.from(pieces(parts, end), { objectMode: false, highWaterMark: 256 * 1024 }),
  }
}

async function* pieces(parts: readonly Part[], end: Buffer): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    yield part.head
    const content = part.open()
    if (content instanceof Readable) yield* content as AsyncIterable<Uint8Array>
    else if (content.length > 0) yield content
    yield LINE_END
  }
  yield end
}

const LINE_END = Buffer.from('\r\n')

function textPart(boundary: string, name: string, value: string): Part {
  const bytes = Buffer.from(value)
  return { head: headOf(boundary, name), length: bytes.length, open: () => bytes }
}

function filePart(call: string, boundary: string, field: string, file: FormFile): Part {
  const { path: name, data, name: shown, type } = typeof file === 'string' ? { path: file } : plainFile(file)
  if (data !== undefined) {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    // A name that is empty makes it an ordinary field with a type of its own.
    const fileName = shown === '' ? undefined : (shown ?? field)
    return { head: headOf(boundary, field, fileName, type), length: bytes.length, open: () => bytes }
  }
  if (typeof name !== 'string' || name === '')
    throw new OptionError(`${call}: files: each is a path, bytes, or {path or data, name, type}`)
  const { full, size } = readable(call, name)
  return {
    head: headOf(boundary, field, shown ?? path.basename(full), type),
    length: size,
    open: () => fileStream(full, size),
  }
}

function plainFile(file: Exclude<FormFile, string>): {
  path?: string
  data?: string | Uint8Array
  name?: string
  type?: string
} {
  return file instanceof Uint8Array ? { data: file } : file
}

/** Names as browsers write them: quotes and line ends would end them otherwise (WHATWG HTML, multipart/form-data encoding). */
function headOf(boundary: string, field: string, fileName?: string, given?: string): Buffer {
  // What is in a text file, its name does not say: UTF-8 or not.
  const type = given ?? mediaTypeNow(fileName ?? '').split(';', 1)[0]!
  if (!/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;[\x20-\x7e]*)?$/.test(type))
    throw new OptionError(`files: '${type}' is no media type, such as 'image/png'`)
  const file = fileName === undefined ? '' : `; filename="${escaped(fileName)}"`
  const typeLine = fileName === undefined && given === undefined ? '' : `\r\nContent-Type: ${type}`
  return Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(field)}"${file}${typeLine}\r\n\r\n`,
  )
}

function escaped(name: string): string {
  return name.replace(/\r\n|\r|\n/g, '%0D%0A').replaceAll('"', '%22')
}

function filesOf(call: string, files: FilesOption): [string, FormFile][] {
  const all: [string, FormFile][] = []
  const isOne = typeof files === 'string' || files instanceof Uint8Array
  if (isOne || Array.isArray(files))
    for (const file of isOne ? [files] : (files as FormFile[])) all.push(['file', file])
  else if (typeof files === 'object' && files !== null)
    for (const [field, value] of Object.entries(files as Record<string, FormFile | FormFile[]>))
      for (const file of Array.isArray(value) ? value : [value]) all.push([field, file])
  // {} makes a form of this kind that has text fields alone.
  const isNone = all.length === 0 && (isOne || Array.isArray(files) || typeof files !== 'object' || files === null)
  if (
    isNone ||
    all.length > MOST_FILES ||
    all.some(([, file]) => file === null || !/^(?:string|object)$/.test(typeof file))
  )
    throw new OptionError(`${call}: files takes a path, a list of paths, or {field: path}, at most ${MOST_FILES}`)
  return all
}
