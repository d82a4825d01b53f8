/** What is sent with a request: from the options that say it. */
import { Readable } from 'node:stream'
import { OptionError } from '../../exchange/index.js'
import type { RequestBody } from './exchange.js'
import { fieldsOf, type HttpOptions } from './http-options.js'
import { multipartBody } from './multipart.js'
import { fileStream, readable } from './sent-file.js'

/** Text, bytes, or something that gives them bit by bit. */
export type BodySource =
  | string
  | Uint8Array
  | ArrayBuffer
  | Readable
  | ReadableStream
  | AsyncIterable<Uint8Array | string>
  | URLSearchParams

const FORM = 'application/x-www-form-urlencoded'
const JSON_TYPE = 'application/json'
/** Longer texts are not kept for `request.text`. */
const LONGEST_PREVIEW = 64 * 1024

/** The options that give a body. */
const WAYS = ['json', 'form', 'files', 'body', 'file'] as const

/**
 * The body of a request; undefined: none.
 * @throws OptionError for two bodies, a file that cannot be read, what cannot be JSON
 */
export function requestBody(call: string, options: HttpOptions): RequestBody | undefined {
  const given = WAYS.filter((way) => options[way] !== undefined)
  if (given.length === 0) return undefined
  if (given.length > 1 && given.join() !== 'form,files')
    throw new OptionError(`${call}: give one body, not ${given.join(' and ')} (form and files go together)`)
  if (options.files !== undefined) return multipartBody(call, options.form ?? {}, options.files)
  if (options.json !== undefined) return textBody(jsonText(call, options.json), JSON_TYPE)
  if (options.form !== undefined) return textBody(formText(call, options.form), FORM)
  if (options.file !== undefined) return fileBody(call, options.file)
  return sourceBody(call, options.body!)
}

/** Text as a body. */
export function textBody(text: string, type: string | undefined): RequestBody {
  const length = Buffer.byteLength(text)
  return {
    type,
    length,
    isRepeatable: true,
    preview: length <= LONGEST_PREVIEW ? text : undefined,
    open: () => text,
  }
}

function jsonText(call: string, value: unknown): string {
  try {
    const text = JSON.stringify(value)
    if (text !== undefined) return text
  } catch (error) {
    throw new OptionError(`${call}: json cannot be written: ${(error as Error).message}`)
  }
  throw new OptionError(`${call}: json cannot be a ${typeof value}`)
}

function formText(call: string, form: unknown): string {
  if (typeof form === 'string') return form
  if (form instanceof URLSearchParams) return form.toString()
  if (typeof form !== 'object' || form === null || Array.isArray(form))
    throw new OptionError(`${call}: form must be an object of names and values`)
  return new URLSearchParams(fieldsOf(form as Record<string, unknown>)).toString()
}

function sourceBody(call: string, source: BodySource): RequestBody {
  if (typeof source === 'string') return textBody(source, 'text/plain; charset=utf-8')
  if (source instanceof URLSearchParams) return textBody(source.toString(), FORM)
  if (source instanceof ArrayBuffer || source instanceof Uint8Array) {
    const bytes = source instanceof Uint8Array ? source : new Uint8Array(source)
    return { type: undefined, length: bytes.length, isRepeatable: true, open: () => bytes }
  }
  const stream = streamOf(source)
  if (stream === undefined)
    throw new OptionError(
      `${call}: body takes text, bytes or a stream; option json takes objects, file the name of a file`,
    )
  return { type: undefined, length: undefined, isRepeatable: false, open: () => stream }
}

function streamOf(source: unknown): Readable | undefined {
  if (source instanceof Readable) return source
  if (typeof source !== 'object' || source === null) return undefined
  if (source instanceof ReadableStream) return Readable.fromWeb(source as never)
  return Symbol.asyncIterator in source
    ? Readable.from(source as AsyncIterable<unknown>, { objectMode: false })
    : undefined
}

/** A file as a body, read while it is sent. */
function fileBody(call: string, name: string): RequestBody {
  const { full, size } = readable(call, name)
  return { type: undefined, length: size, isRepeatable: true, open: () => fileStream(full, size) }
}
