/** Requests that bring something: where it goes, and what becomes of its transfers. */
import { WebError } from '../web/web-reply.js'
import { type Asked, decodedName, type RequestParts, type Uploading } from './request-parts.js'
import type { Transfer } from './resource.js'
import { type Received, receiveUpload, resumeUpload, UPLOADS_PATH, type UploadOptions } from './upload/index.js'

/** The uploads of one server. */
export class UploadRequests {
  constructor(
    private readonly parts: Pick<RequestParts, 'site' | 'limiter' | 'began' | 'ended' | 'failed'>,
    private readonly uploading: Uploading,
  ) {}

  /** POST, PUT, PATCH, DELETE. */
  async take(asked: Asked, expectsContinue: boolean): Promise<Received> {
    const { incoming, response, method, path: urlPath } = asked
    const { folder } = this.uploading
    if (urlPath.startsWith(UPLOADS_PATH)) return await this.resume(asked, expectsContinue)
    const place = urlPath.slice(0, urlPath.lastIndexOf('/') + 1)
    const name = method === 'PUT' ? decodedName(urlPath.slice(place.length)) : undefined
    const found = await this.parts.site.find(method === 'PUT' ? place : urlPath, new URLSearchParams())
    const target = found.kind === 'folder' ? (folder ?? found.path) : undefined
    if (target === undefined)
      throw new WebError(405, 'uploads go to folders: their URL ends with /', { Allow: 'GET, HEAD' })
    return await this.#receive(asked, (transfer) =>
      receiveUpload(incoming, response, target, {
        ...this.#uploadOptions(expectsContinue, transfer),
        ...(name !== undefined && { name }),
      }),
    )
  }

  /** The next part of one that was begun, or a question about it. */
  async resume(asked: Asked, expectsContinue: boolean): Promise<Received> {
    return await this.#receive(asked, (transfer) =>
      resumeUpload(asked.incoming, asked.response, this.#uploadOptions(expectsContinue, transfer)),
    )
  }

  #uploadOptions(expectsContinue: boolean, transfer: UploadOptions['transfer']): UploadOptions {
    const { limiter } = this.parts
    const { folder, limit, uploads } = this.uploading
    // In a folder of its own it has no URL.
    return { limit, uploads, expectsContinue, transfer, limiter, hasUrls: folder === undefined }
  }

  /** Follows the transfers of a request that brings something. */
  async #receive(
    { client }: Asked,
    work: (transfer: UploadOptions['transfer']) => Promise<Received>,
  ): Promise<Received> {
    const transfers: Transfer[] = []
    const { folder } = this.uploading
    const received = await work((name, total, place) => {
      const full = folder === undefined ? decodedName(place.slice(1)) + name : name
      const transfer = Object.assign(this.parts.began('up', client, full), { total })
      transfers.push(transfer)
      return transfer
    })
    for (const transfer of transfers) {
      const isThere = received.files.some((file) => file.transfer === transfer)
      this.parts.ended(transfer, isThere ? 'complete' : transfer.outcome === 'complete' ? 'part' : 'broken')
    }
    if (received.failure !== undefined) this.parts.failed(received.failure as Error, 'an upload')
    return received
  }
}
