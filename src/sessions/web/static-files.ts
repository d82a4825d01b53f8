/** Files as answers: one, or those of a folder. */
import { OptionError } from '../../exchange/index.js'
import { fullPath } from '../../exchange/invoking-user.js'
import { shownPath } from '../../exchange/user-files.js'
import type { FileResourceOptions } from '../serve/file-resource.js'
import { FileReply, RequestAnswer, statusReply, WebError, type WebReply } from './web-reply.js'
import type { WebRequest } from './web-request.js'

const INDEX = 'index.html'
/** Hidden files are seldom meant to be read by others. */
const VISIBLE = { except: ['.well-known'] }

/** Answers with what is in a file: a route without a method is for reading only. */
export abstract class FilesAnswer extends RequestAnswer {}

/** Answers with one file. */
class FileAnswer extends FilesAnswer {
  /** @param file absolute */
  constructor(private readonly file: string) {
    super()
  }

  answer(): Promise<WebReply> {
    return fileReply(this.file)
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
    const { safePath } = await import('../serve/safe-path.js')
    try {
      const found = await safePath(this.folder, request.params['*'] ?? '', VISIBLE)
      const name = found.parts.at(-1)
      if (!found.stats.isDirectory()) return await fileReply(found.path, { name, stats: found.stats })
      if (!found.hasSlash) return toFolder(name!, request)
      const index = await safePath(this.folder, `${request.params['*'] ?? ''}${INDEX}`, VISIBLE)
      return await fileReply(index.path, { name: INDEX, stats: index.stats })
    } catch (error) {
      throw await wordsOf(error)
    }
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
  return fullPath(name)
}

/** Behind a folder's name belongs a slash: links of its page are read from there. */
function toFolder(name: string, { rawQuery }: WebRequest): WebReply {
  // From the page before, not from the top: `//host/` would be another server.
  const place = `./${encodeURIComponent(name)}/${rawQuery === '' ? '' : `?${rawQuery}`}`
  return statusReply(301, place, { Location: place })
}

async function fileReply(name: string, options?: FileResourceOptions): Promise<WebReply> {
  const { fileResource } = await import('../serve/file-resource.js')
  try {
    return new FileReply(await fileResource(name, options))
  } catch (error) {
    throw await wordsOf(error)
  }
}

/** What is not there, and what may not be read, is not there; anything else is a failure of ours. */
async function wordsOf(error: unknown): Promise<unknown> {
  const { isMissing, NotThere } = await import('../serve/safe-path.js')
  return error instanceof NotThere || isMissing(error) ? new WebError(404, '') : error
}
