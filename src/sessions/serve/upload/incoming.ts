/** A request that brings files, and what has come of them. */
import { rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import { byteCount } from '../../face/session.js'
import { checkBody } from '../../web/request-body.js'
import { WebError } from '../../web/web-reply.js'
import type { Transfer } from '../resource.js'
import { IncomingFile } from './incoming-file.js'
import { pieces } from './pieces.js'
import type { ReceivedFile, UploadOptions } from './upload-options.js'

/** A file that is coming. */
export interface Coming {
  readonly file: IncomingFile
  readonly name: string
  readonly transfer: Transfer
}

/** What a request has brought so far. */
export class Incoming {
  /** Bytes of files that came with this request. */
  bytes = 0
  readonly files: Coming[] = []

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    readonly options: UploadOptions,
  ) {}

  /** Address of the other end. */
  get client(): string {
    return this.request.socket.remoteAddress ?? 'gone'
  }

  /** The path of the folder's URL, from the root of this server: `/sub/`. */
  get place(): string {
    const { path } = this
    // `//name/` would be another server.
    return path.slice(0, path.lastIndexOf('/') + 1).replace(/^\/*/, '/')
  }

  /** Of the URL, with percent signs. */
  get path(): string {
    return /^(?:https?:\/\/[^/?]*)?([^?]*)/i.exec(this.request.url ?? '')?.[1] ?? ''
  }

  /** The body, which begins to be read with this. */
  pieces(): AsyncIterable<Buffer> {
    if (this.options.expectsContinue) this.response.writeContinue()
    return pieces(this.request, this.options)
  }

  /** @param total bytes that it has; undefined: not known */
  async begin(folder: string, name: string, total: number | undefined): Promise<Coming> {
    return this.follow(await IncomingFile.begin(folder, total), name, total)
  }

  /**
   * Of a file that is there in part.
   * @param total bytes that are still to come
   * @param place path of the URL of its folder
   */
  follow(file: IncomingFile, name: string, total: number | undefined, place = this.place): Coming {
    const coming = { file, name, transfer: this.options.transfer(name, total, place) }
    this.files.push(coming)
    return coming
  }

  /** @throws WebError 413 where there is too much of it */
  async write({ file, transfer }: Coming, piece: Uint8Array): Promise<void> {
    if (Math.max(this.bytes, file.bytes) + piece.length > this.options.limit) throw tooBig(this.options.limit)
    await file.write(piece)
    this.bytes += piece.length
    transfer.done += piece.length
  }

  /** Gives all of them their names; none where one of them cannot have any. */
  async finish(onlyNew = false): Promise<ReceivedFile[]> {
    const received: ReceivedFile[] = []
    try {
      for (const { file, name: asked, transfer } of this.files) {
        const name = await file.finish(asked, onlyNew)
        received.push({ name, asked, path: path.join(file.folder, name), bytes: file.bytes, transfer })
      }
    } catch (error) {
      for (const { path } of received) await rm(path, { force: true }).catch(() => undefined)
      throw error
    }
    this.ended('complete')
    return received
  }

  ended(outcome: 'complete' | 'broken'): void {
    for (const { transfer } of this.files) {
      transfer.ended = new Date()
      transfer.outcome = outcome
    }
  }

  /** Removes what came. Never throws. */
  async abandon(): Promise<void> {
    await Promise.all(this.files.map(({ file }) => file.abandon()))
    this.ended('broken')
  }
}

/**
 * What can be said of a body before it comes.
 * @param overhead bytes that it may have besides what the limit is for
 * @throws WebError 413 where it is too big, 415 where it is written in a way that nobody reads here
 */
export function checkBefore(request: IncomingMessage, limit: number, overhead = 0): void {
  if (Number(request.headers['content-length'] ?? 0) > limit + overhead) throw tooBig(limit)
  checkBody(request, Number.POSITIVE_INFINITY)
}

export function tooBig(limit: number): WebError {
  return new WebError(413, `${byteCount(limit)} at most are taken here`)
}
