/** Requests that bring files: from the first look at them to their answer. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Gone } from '../../web/request-body.js'
import { WebError } from '../../web/web-reply.js'
import { type Brought, errorReply, send, stored } from './answer.js'
import { isOwnPage } from './cross-site.js'
import { safeName } from './file-name.js'
import { checkBefore, Incoming } from './incoming.js'
import { receiveForm } from './multipart.js'
import { beginPartial, isPartial, resumePartial } from './resumable.js'
import type { Received, UploadOptions } from './upload-options.js'

/** What a form needs beside its files, bytes. */
const FORM_OVERHEAD = 1 << 20

/**
 * Takes what a POST of a form or a PUT brings to a folder, and answers it. Never throws.
 * @param folder absolute; the client may reach it
 * @param options.name with PUT: the last part of the URL, decoded
 */
export function receiveUpload(
  request: IncomingMessage,
  response: ServerResponse,
  folder: string,
  options: UploadOptions & { name?: string },
): Promise<Received> {
  const { name, limit } = options
  return answered(new Incoming(request, response, options), async (incoming) => {
    if (request.method === 'PUT' && name !== undefined) {
      const asked = safeName(name)
      checkPut(request, limit)
      return isPartial(request) ? beginPartial(incoming, folder, asked) : receivePut(incoming, folder, asked)
    }
    if (request.method !== 'POST') throw new WebError(405, 'files are brought with POST or PUT', { Allow: 'POST, PUT' })
    if (!/^multipart\/form-data\s*(?:;|$)/i.test(request.headers['content-type'] ?? ''))
      throw new WebError(415, 'a POST must be a form (multipart/form-data); PUT takes a file as it is')
    checkBefore(request, limit, FORM_OVERHEAD)
    return await run(incoming, async () => {
      await receiveForm(incoming, folder)
      if (incoming.files.length === 0) throw new WebError(400, 'no file was chosen')
      return stored(request, incoming.place, await incoming.finish(), options)
    })
  })
}

/** Takes the next part of an upload, tells how far it is, or ends it; for URLs below UPLOADS_PATH. It answers by itself and never throws. */
export function resumeUpload(
  request: IncomingMessage,
  response: ServerResponse,
  options: UploadOptions,
): Promise<Received> {
  return answered(new Incoming(request, response, options), resumePartial)
}

async function answered(incoming: Incoming, work: (incoming: Incoming) => Promise<Brought>): Promise<Received> {
  const { request, response } = incoming
  try {
    if (!isOwnPage(request)) throw new WebError(403, 'pages of other servers may not bring files here')
    const { files, reply } = await work(incoming)
    send(response, reply)
    return { status: reply.status, files, bytes: incoming.bytes, refused: undefined, failure: undefined }
  } catch (error) {
    const isGone = error instanceof Gone || request.socket.destroyed
    const { status, message } = error instanceof WebError ? error : SERVER_ERROR
    if (!isGone) send(response, errorReply(request, error instanceof WebError ? error : SERVER_ERROR))
    const failure = isGone || error instanceof WebError ? undefined : error
    return {
      status: isGone ? 0 : status,
      files: [],
      bytes: incoming.bytes,
      refused: isGone ? undefined : message,
      failure,
    }
  }
}

const SERVER_ERROR = new WebError(500, 'the file could not be stored')

/** Does the work while few enough others do; what came is gone when it fails. */
function run<R>(incoming: Incoming, work: () => Promise<R>): Promise<R> {
  const all = async (): Promise<R> => {
    try {
      return await work()
    } catch (error) {
      await incoming.abandon()
      throw error
    }
  }
  return incoming.options.uploads.run(incoming.client, () => incoming.request.destroy(), all)
}

/** @throws WebError for what would not be the whole file as it is */
function checkPut(request: IncomingMessage, limit: number): void {
  // RFC 9110 §14.5: who does not know it must refuse, or a part would be taken for all.
  if (request.headers['content-range'] !== undefined)
    throw new WebError(400, 'parts of files are not taken with Content-Range: use Upload-Complete and PATCH')
  checkBefore(request, limit)
}

function receivePut(incoming: Incoming, folder: string, name: string): Promise<Brought> {
  return run(incoming, async () => {
    const { headers } = incoming.request
    const length = headers['content-length']
    const coming = await incoming.begin(folder, name, length === undefined ? undefined : Number(length))
    for await (const piece of incoming.pieces()) await incoming.write(coming, piece)
    const files = await incoming.finish(headers['if-none-match']?.trim() === '*')
    return stored(incoming.request, incoming.place, files, incoming.options)
  })
}
