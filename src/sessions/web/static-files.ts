/** Files as answers: one, or those of a folder. */
import type { FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { OptionError } from '../../exchange/index.js'
import { homeOfInvokingUser } from '../../exchange/invoking-user.js'
import { shownPath } from '../../exchange/user-files.js'
import { contentType } from './content-types.js'
import { RequestAnswer, statusReply, WebError, WebReply } from './web-reply.js'
import type { WebRequest } from './web-request.js'

/** Up to this size a file is read at once, bytes. */
const SMALL = 256 * 1024
const PIECE = 128 * 1024
const INDEX = 'index.html'

/** Answers with what is in a file: a route without a method is for reading only. */
export abstract class FilesAnswer extends RequestAnswer {}

/** Answers with one file. */
class FileAnswer extends FilesAnswer {
  /** @param file absolute */
  constructor(private readonly file: string) {
    super()
  }

  answer(request: WebRequest): Promise<WebReply> {
    return fileReply(this.file, request.method === 'HEAD')
  }

  toString(): string {
    return `file ${shownPath(this.file)}`
  }
}

/** Answers with the files below a folder. */
export class FolderAnswer extends FilesAnswer {
  /** @param folder absolute */
  constructor(private readonly folder: string) {
    super()
  }

  async answer(request: WebRequest): Promise<WebReply> {
    const { stat } = await import('node:fs/promises')
    const parts = partsOf(request.params['*'] ?? '')
    const isHead = request.method === 'HEAD'
    const isFolderName = parts.at(-1) === ''
    try {
      const real = await this.inside(...parts)
      if (!(await stat(real)).isDirectory()) {
        if (isFolderName) throw notFound()
        return await fileReply(real, isHead, contentType(parts.at(-1)!))
      }
      if (!isFolderName) return toFolder(parts.at(-1)!, request)
      return await fileReply(await this.inside(...parts, INDEX), isHead, contentType(INDEX))
    } catch (error) {
      throw wordsOf(error)
    }
  }

  /** The file that a name leads to. A link may lead anywhere; what is outside of the folder is not ours to give. */
  private async inside(...parts: readonly string[]): Promise<string> {
    const { realpath } = await import('node:fs/promises')
    const [root, real] = await Promise.all([realpath(this.folder), realpath(path.join(this.folder, ...parts))])
    if (real !== root && !real.startsWith(root === '/' ? root : `${root}/`)) throw notFound()
    return real
  }

  toString(): string {
    return `folder ${shownPath(this.folder)}`
  }
}

/** A file as the answer, whatever the path is. It is looked for when it is asked for. */
export function file(name: string): RequestAnswer {
  return new FileAnswer(absolute('web.file', name))
}

/**
 * The files below a folder, for a route that ends in `/*`: `index.html` for a folder; no hidden files, and no links that lead out of it.
 * @throws OptionError where there is no such folder
 */
export function folder(name: string): RequestAnswer {
  const full = absolute('web.folder', name)
  const stats = process.getBuiltinModule('node:fs').statSync(full, { throwIfNoEntry: false })
  if (stats?.isDirectory() !== true)
    throw new OptionError(`web.folder: ${stats === undefined ? 'there is no folder' : 'this is no folder:'} '${name}'`)
  return new FolderAnswer(full)
}

function absolute(call: string, name: unknown): string {
  if (typeof name !== 'string' || name === '') throw new OptionError(`${call}: give the name of a ${call.slice(4)}`)
  return path.resolve(name.replace(/^~(?=\/|$)/, homeOfInvokingUser()))
}

/** Parts of the path below the folder, decoded. @throws WebError (404) for what no file of it is called */
function partsOf(rest: string): string[] {
  const parts = rest === '' ? [] : rest.split('/').map(decodedPart)
  const last = parts.length - 1
  for (const [i, part] of parts.entries()) {
    // Hidden files are seldom meant to be read by others; `..` is one of them.
    const isHidden = part.startsWith('.') && part !== '.well-known'
    if (isHidden || /[/\\\0]/.test(part) || (part === '' && i < last)) throw notFound()
  }
  return parts.length === 0 ? [''] : parts
}

function decodedPart(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw notFound()
  }
}

/** Behind a folder's name belongs a slash: links of its page are read from there. */
function toFolder(name: string, { rawQuery }: WebRequest): WebReply {
  // From the page before, not from the top: `//host/` would be another server.
  const place = `./${encodeURIComponent(name)}/${rawQuery === '' ? '' : `?${rawQuery}`}`
  return statusReply(301, place, { Location: place })
}

async function fileReply(name: string, isHead: boolean, type = contentType(name)): Promise<WebReply> {
  const { open, constants } = await import('node:fs/promises')
  let handle: FileHandle | undefined
  try {
    // A pipe must not make us wait for who writes into it.
    handle = await open(name, constants.O_RDONLY | constants.O_NONBLOCK)
    const stats = await handle.stat()
    if (!stats.isFile()) throw notFound()
    // The type that it says it is, and no other that a browser may see in its bytes.
    const headers = { 'Content-Type': type, 'X-Content-Type-Options': 'nosniff' }
    if (isHead) return new WebReply(200, headers, [], stats.size)
    if (stats.size <= SMALL) return new WebReply(200, headers, await readWhole(handle, stats.size))
    const stream = handle.createReadStream({ start: 0, end: stats.size - 1, highWaterMark: PIECE })
    // The stream closes it.
    handle = undefined
    return new WebReply(200, headers, stream, stats.size)
  } catch (error) {
    throw wordsOf(error)
  } finally {
    await handle?.close()
  }
}

async function readWhole(handle: FileHandle, size: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(size)
  let length = 0
  while (length < size) {
    const { bytesRead } = await handle.read(bytes, length, size - length, length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return bytes.subarray(0, length)
}

function notFound(): WebError {
  return new WebError(404, '')
}

/** What is not there, and what may not be read, is not there; anything else is a failure of ours. */
function wordsOf(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException
  return /^(?:ENOENT|ENOTDIR|ELOOP|EACCES|EPERM|ENAMETOOLONG|ENXIO|EISDIR)$/.test(code ?? '') ? notFound() : error
}
