/**
 * Uploads in several parts, so that one whose connection broke goes on where it was. As in draft-ietf-httpbis-resumable-upload:
 *
 *     PUT /folder/name    Upload-Complete: ?0, Upload-Length: 1000      201, Location: /.netshell/uploads/TOKEN
 *     PATCH …/TOKEN       Upload-Offset: 0, Upload-Complete: ?1, bytes  201, Location: /folder/name
 *     HEAD …/TOKEN        how far is it?                                204, Upload-Offset: 600, Upload-Complete: ?0
 *     DELETE …/TOKEN      it is not wanted any more                     204
 *
 * Left out: status 104, which tells the URL while the first request is still coming. Here the first request tells it, so it has no body, or a part only.
 */
import type { IncomingMessage } from 'node:http'
import { hasBody } from '../../web/request-body.js'
import { WebError, WebReply } from '../../web/web-reply.js'
import { type Brought, stored, urlOf } from './answer.js'
import { type Coming, checkBefore, type Incoming, tooBig } from './incoming.js'
import { IncomingFile } from './incoming-file.js'
import { type PartialUpload, UPLOADS_PATH } from './partial-uploads.js'
import type { UploadOptions } from './upload-options.js'

const PART_TYPE = 'application/partial-upload'
const METHODS = 'HEAD, PATCH, DELETE, OPTIONS'

/** Whether more will come than what a PUT brings. */
export function isPartial(request: IncomingMessage): boolean {
  return flag(request, 'upload-complete') === false
}

/** A PUT that begins an upload in parts. */
export async function beginPartial(incoming: Incoming, folder: string, name: string): Promise<Brought> {
  const { request, response, client, place, options } = incoming
  const length = number(request, 'upload-length')
  if (length !== undefined && length > options.limit) throw tooBig(options.limit)
  const file = await IncomingFile.begin(folder, length)
  let upload: PartialUpload
  try {
    upload = options.uploads.add({ client, name, place, file, length })
    // Without a body it takes up no descriptor while it waits.
    if (!hasBody(request)) await file.pause()
  } catch (error) {
    await file.abandon()
    throw error
  }
  // A client that has not heard where it is cannot go on.
  const forget = (): Promise<void> => options.uploads.remove(upload.token)
  try {
    if (hasBody(request)) await receivePart(incoming, upload)
  } catch (error) {
    await forget()
    throw error
  }
  if (response.destroyed) await forget()
  else
    response.once('close', () => {
      if (!response.writableFinished) void forget()
    })
  return {
    files: [],
    reply: new WebReply(201, { ...state(upload, options), Location: UPLOADS_PATH + upload.token }, ''),
  }
}

/** A request for an upload that was begun. */
export async function resumePartial(incoming: Incoming): Promise<Brought> {
  const { request, options } = incoming
  const token = incoming.path.slice(incoming.path.lastIndexOf('/') + 1)
  if (request.method === 'OPTIONS')
    return empty({ Allow: METHODS, 'Accept-Patch': PART_TYPE, 'Upload-Limit': limits(options) })
  if (!METHODS.split(', ').includes(request.method ?? ''))
    throw new WebError(405, `an upload takes ${METHODS}`, { Allow: METHODS })
  const upload = await options.uploads.take(token)
  if (request.method === 'DELETE') {
    await options.uploads.remove(token)
    return empty({})
  }
  if (request.method === 'HEAD') return empty(state(upload, options))
  return await receiveNext(incoming, upload)
}

function empty(headers: WebReply['headers']): Brought {
  return { files: [], reply: new WebReply(204, { 'Cache-Control': 'no-store', ...headers }, undefined) }
}

function state(upload: PartialUpload, options: UploadOptions): Record<string, string | number> {
  const { file, length, finished, place } = upload
  return {
    'Cache-Control': 'no-store',
    'Upload-Offset': file.bytes,
    'Upload-Complete': finished === undefined ? '?0' : '?1',
    'Upload-Limit': limits(options),
    ...(length === undefined ? {} : { 'Upload-Length': length }),
    ...(finished === undefined || options.hasUrls === false ? {} : { 'Content-Location': urlOf(place, finished) }),
  }
}

function limits({ limit, uploads }: UploadOptions): string {
  return `max-size=${limit}, max-age=${uploads.expires}`
}

/** PATCH */
async function receiveNext(incoming: Incoming, upload: PartialUpload): Promise<Brought> {
  const { request, options } = incoming
  if (request.headers['content-type']?.trim().toLowerCase() !== PART_TYPE)
    throw new WebError(415, `a part is sent as Content-Type: ${PART_TYPE}`, { 'Accept-Patch': PART_TYPE })
  if (upload.finished !== undefined) throw new WebError(400, 'the upload is complete', state(upload, options))
  const isLast = flag(request, 'upload-complete')
  if (isLast === undefined) throw new WebError(400, 'Upload-Complete must say whether this is the last part: ?1 or ?0')
  const offset = number(request, 'upload-offset')
  if (offset !== upload.file.bytes)
    throw new WebError(409, `the next part begins at ${upload.file.bytes}`, state(upload, options))
  try {
    const finish = isLast ? (coming: Coming) => finishUpload(incoming, upload, coming) : undefined
    return (await receivePart(incoming, upload, finish)) ?? empty(state(upload, options))
  } catch (error) {
    // A client that is gone, or came too early, may come back; anything else will not be otherwise the next time.
    if (error instanceof WebError && error.status !== 503 && error.status !== 409)
      await options.uploads.remove(upload.token)
    throw error
  }
}

/** @param finish what is done when it has come whole */
function receivePart(
  incoming: Incoming,
  upload: PartialUpload,
  finish?: (coming: Coming) => Promise<Brought>,
): Promise<Brought | undefined> {
  const { request, client, options } = incoming
  const { file, name, length, place } = upload
  checkBefore(request, options.limit, -file.bytes)
  const declared = request.headers['content-length']
  const rest = length === undefined ? undefined : length - file.bytes
  if (rest !== undefined && Number(declared ?? 0) > rest) throw tooLong()
  const work = async (): Promise<Brought | undefined> => {
    await file.goOn()
    const coming = incoming.follow(file, name, rest ?? (declared === undefined ? undefined : Number(declared)), place)
    try {
      for await (const piece of incoming.pieces()) {
        if (length !== undefined && file.bytes + piece.length > length) throw tooLong()
        await incoming.write(coming, piece)
      }
      if (finish !== undefined) return await finish(coming)
      incoming.ended('complete')
    } catch (error) {
      incoming.ended('broken')
      throw error
    } finally {
      await file.pause()
    }
    return undefined
  }
  return options.uploads.run(client, () => request.destroy(), work, upload)
}

async function finishUpload(incoming: Incoming, upload: PartialUpload, { file }: Coming): Promise<Brought> {
  if (upload.length !== undefined && file.bytes !== upload.length)
    throw new WebError(400, `the upload ends at ${file.bytes} instead of at ${upload.length}`)
  const files = await incoming.finish()
  upload.length = file.bytes
  upload.finished = files[0]!.name
  const { reply } = stored(incoming.request, upload.place, files, incoming.options)
  return { files, reply: new WebReply(reply.status, { ...reply.headers, 'Upload-Complete': '?1' }, reply.body) }
}

function tooLong(): WebError {
  return new WebError(400, 'there is more than Upload-Length says')
}

/** A header that is `?1` or `?0` (RFC 9651 §3.3.6). @throws WebError 400 */
function flag({ headers }: IncomingMessage, name: string): boolean | undefined {
  const value = headers[name]
  if (value === undefined) return undefined
  if (value !== '?0' && value !== '?1') throw new WebError(400, `${name} must be ?0 or ?1`)
  return value === '?1'
}

/** A header that is a whole number (RFC 9651 §3.3.1). @throws WebError 400 */
function number({ headers }: IncomingMessage, name: string): number | undefined {
  const value = headers[name]
  if (value === undefined) return undefined
  if (typeof value !== 'string' || !/^\d{1,15}$/.test(value)) throw new WebError(400, `${name} must be a whole number`)
  return Number(value)
}
