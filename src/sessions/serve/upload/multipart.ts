/** Files of a form: multipart/form-data (RFC 7578). */
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { WebError } from '../../web/web-reply.js'
import { safeName } from './file-name.js'
import type { Coming, Incoming } from './incoming.js'

/** Files of one request. */
const MOST_FILES = 1000
const ONLY_FILES = 'the form may have files only, no other fields'

/** Takes the files of a form. @throws WebError, Gone */
export async function receiveForm(incoming: Incoming, folder: string): Promise<void> {
  const { default: busboy } = await import('busboy')
  let form: ReturnType<typeof busboy>
  try {
    form = busboy({
      headers: incoming.request.headers,
      // What browsers send; the standard leaves it open (RFC 7578 §5.1.2).
      defParamCharset: 'utf8',
      limits: { files: MOST_FILES, fields: 0, parts: MOST_FILES + 1 },
    })
  } catch {
    throw new WebError(400, 'the form says of itself what cannot be')
  }
  let hasFailed = false
  let fail = (_error: unknown): void => undefined
  const failure = new Promise<never>((_resolve, reject) => {
    fail = (error) => {
      hasFailed = true
      reject(error)
    }
  })
  failure.catch(() => undefined)
  const tooMany = (): void => fail(new WebError(413, `more than ${MOST_FILES} files in one form`))
  // One after the other, in the order in which they come.
  let files = Promise.resolve()
  form.on('file', (_field, stream, { filename }) => {
    // Of one that is broken off the form tells.
    stream.on('error', () => undefined)
    const take = async (): Promise<void> => {
      if (!hasFailed) await receivePart(incoming, folder, stream, filename)
    }
    files = files.then(take).catch(fail)
  })
  form.on('fieldsLimit', () => fail(new WebError(400, ONLY_FILES)))
  form.on('filesLimit', tooMany)
  form.on('partsLimit', tooMany)
  form.on('error', () => fail(new WebError(400, 'the form is broken')))
  const closed = new Promise((resolve) => form.once('close', resolve))
  try {
    for await (const piece of incoming.pieces()) {
      if (hasFailed) await failure
      if (!form.write(piece)) await Promise.race([once(form, 'drain'), failure])
    }
    form.end()
    await Promise.race([closed, failure])
    await Promise.race([files, failure])
    // What failed with the last of them.
    await Promise.race([failure, undefined])
  } finally {
    form.destroy()
    await files
  }
}

async function receivePart(
  incoming: Incoming,
  folder: string,
  stream: Readable,
  filename: string | undefined,
): Promise<void> {
  let coming: Coming | undefined
  if (filename !== undefined) coming = await incoming.begin(folder, safeName(filename), undefined)
  for await (const piece of stream as AsyncIterable<Buffer>) {
    // Where nothing was chosen, browsers send an empty file without a name.
    if (coming === undefined) throw new WebError(400, ONLY_FILES)
    await incoming.write(coming, piece)
  }
  // A thousand of them would take up as many descriptors.
  await coming?.file.pause()
}
