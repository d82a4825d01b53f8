/** Downloads into files: with progress, and going on where one was cut off. */
import { type FileHandle, rename, stat } from 'node:fs/promises'
import path from 'node:path'
import {
  Interrupted,
  OptionError,
  pause,
  stopSignal,
  Task,
  type TaskControl,
  type TaskProgress,
} from '../../../exchange/index.js'
import { reasonOf, shownPath } from '../../../exchange/user-files.js'
import { byteCount } from '../../face/session.js'
import { SessionError } from '../../face/session-error.js'
import { roomIn, takeFreeName, writeAt } from '../../files/take-name.js'
import type { HttpClient, OpenAnswer } from '../client.js'
import { codingError, isCoded } from '../decode.js'
import type { Incoming } from '../exchange.js'
import { type HeadersInit, HttpHeaders } from '../headers.js'
import { addParams, type HttpOptions, urlOf } from '../http-options.js'
import { PASSING } from '../retries.js'
import { requestName } from '../wire-errors.js'
import { type Destination, destination, nameOfUrl, suggestedName } from './file-name.js'
import { type KnownPart, PartFile } from './part-file.js'
import { askingForRest, type Coming, comingOf, isComplete } from './range.js'

/** Options of a download. */
export interface DownloadOptions extends HttpOptions {
  /** Go on with what an earlier attempt has left. Default true. */
  resume?: boolean
  /** Put it in the place of the file of that name. Default false. */
  overwrite?: boolean
}

/** A file that was downloaded. */
export class Downloaded {
  constructor(
    /** Its name, absolute. */
    readonly file: string,
    /** Its bytes. */
    readonly bytes: number,
    /** Bytes of them that an earlier attempt had left. */
    readonly resumed: number,
    readonly ms: number,
    readonly status: number,
    readonly url: string,
  ) {}

  toString(): string {
    const { bytes, resumed, ms } = this
    const rate = ms > 0 ? `, ${byteCount(Math.round(((bytes - resumed) / ms) * 1000))}/s` : ''
    const before = resumed > 0 ? ` (${byteCount(resumed)} were there)` : ''
    return `${shownPath(this.file)}: ${byteCount(bytes)}${before} in ${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s${rate}`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/** Downloads to a file; Ctrl-C keeps what there is for the next attempt. */
export function download(
  client: Caller,
  url: string | URL,
  file?: string,
  options: DownloadOptions = {},
): Task<Downloaded> {
  return Task.run((control) => new Download(client, url, options, control).run(file), { name: 'http.download' })
}

type Caller = Pick<HttpClient, 'open' | 'base'>

const CALL = 'http.download'
/** Before the second attempt, ms; before each further one twice as long. */
const FIRST_PAUSE = 500
const LONGEST_PAUSE = 10_000
/** Bytes that an attempt has to bring for those before it to be forgotten: a line that breaks every hour is no reason to give up. */
const WORTH_GOING_ON = 1024 * 1024
/** Times that a file may turn out to be another one now: after that it is no file but something that never stays the same. */
const MOST_CHANGES = 3

/** One download, with all its attempts. */
class Download {
  readonly #began = performance.now()
  readonly #options: HttpOptions
  readonly #resume: boolean
  readonly #overwrite: boolean
  readonly #signal: AbortSignal
  /** Attempts that are left for when the connection is cut; before the first answer the client's own ones are enough. */
  #retries: number | undefined
  #resumed: number | undefined
  /** Bytes that the attempt that runs has brought. */
  #brought = 0
  /** Gives up the request of the attempt that runs. */
  #leave: () => void = () => undefined

  constructor(
    private readonly client: Caller,
    private readonly url: string | URL,
    { resume = true, overwrite = false, ...options }: DownloadOptions,
    private readonly control: TaskControl<Downloaded>,
  ) {
    if (typeof resume !== 'boolean' || typeof overwrite !== 'boolean')
      throw new OptionError(`${CALL}: resume and overwrite are true or false`)
    this.#resume = resume
    this.#overwrite = overwrite
    this.#options = options
    // At Ctrl-C what is written is closed, and named, before the prompt is back.
    this.#signal = stopSignal(control)
    this.#signal.addEventListener('abort', () => this.#leave(), { once: true })
  }

  async run(file: string | undefined): Promise<Downloaded> {
    const place = await destination(CALL, file)
    if (this.#overwrite && place.name === undefined)
      throw new OptionError(`${CALL}: overwrite takes the place of a file that you name: give its name`)
    if (!this.#overwrite && place.name !== undefined && (await isThere(path.join(place.folder, place.name))))
      throw new OptionError(
        `${CALL}: there is a file '${place.name}' already; {overwrite: true} puts this one in its place`,
      )
    const asked = urlOf(CALL, this.url, this.client.base)
    addParams(CALL, asked, this.#options.params)
    const { href } = asked
    const part = new PartFile(place.folder, place.name ?? nameOfUrl(href), href)
    await part.take()
    try {
      if (!this.#resume) await part.forget()
      return await this.#attempts(part, place)
    } catch (error) {
      throw await this.#explained(error, part)
    } finally {
      part.release()
    }
  }

  async #attempts(part: PartFile, place: Destination): Promise<Downloaded> {
    for (let cuts = 0, changes = 0; ; ) {
      try {
        const answer = await this.#attempt(part)
        if (answer !== undefined) return await this.#finish(part, place, answer)
        if (++changes > MOST_CHANGES)
          throw new SessionError(
            `${CALL}: what is there is another thing each time, so it cannot be put together`,
            'CHANGED',
          )
      } catch (error) {
        if (this.#brought >= WORTH_GOING_ON) cuts = 0
        if (this.#signal.aborted || !isCut(error) || ++cuts > (this.#retries ?? 0)) throw error
        await pause(Math.min(FIRST_PAUSE * 2 ** (cuts - 1), LONGEST_PAUSE), this.#signal)
        if (this.#signal.aborted) throw error
      }
    }
  }

  /** @returns undefined where what we had is worth nothing: it has to be asked again */
  async #attempt(part: PartFile): Promise<OpenAnswer | undefined> {
    this.#brought = 0
    const known = await part.known()
    const opened = await this.client.open('GET', this.url, this.#asking(known), {
      signal: this.#signal,
      onAbort: (handler) => {
        this.#leave = handler
        if (this.#signal.aborted) handler()
      },
      // Bytes of one answer are not those of the file.
      progress: () => undefined,
    })
    try {
      return await this.#take(part, known, opened)
    } finally {
      // The rest of it, if it was not wanted.
      opened.raw.on('error', () => undefined).destroy()
    }
  }

  async #take(part: PartFile, known: KnownPart | undefined, opened: OpenAnswer): Promise<OpenAnswer | undefined> {
    const { answer, request } = opened
    this.#retries ??= request.retries
    if (answer.status === 416 && known !== undefined) {
      if (isComplete(answer, known)) {
        this.#resumed ??= known.size
        return opened
      }
      await part.forget()
      return undefined
    }
    const name = requestName(request)
    if (answer.status !== 200 && answer.status !== 206)
      throw new SessionError(`${name}: ${answer.status} ${answer.statusText}`.trim(), `HTTP_${answer.status}`)
    const isDecoded = isCoded(answer.headers) && !(await isArchive(request.url.href, answer))
    const coming = comingOf(answer, known, isDecoded)
    if (coming === 'wrong')
      throw new SessionError(`${name}: the server sends another part of the file than it was asked for`, 'RANGE')
    if (coming === 'changed') {
      await part.forget()
      return undefined
    }
    if (coming.start === 0) this.#resumed = 0
    this.#resumed ??= coming.start
    await this.#checkRoom(part, coming)
    const handle = await (coming.start > 0 ? part.goOn() : part.begin(coming))
    let size: number
    try {
      size = await this.#write(handle, isDecoded ? opened.body : opened.raw, coming)
    } catch (error) {
      throw codingError(name, error)
    } finally {
      await handle.close()
    }
    if (coming.total !== undefined && size < coming.total)
      throw new SessionError(`${name}: the answer ended after ${size} of ${coming.total} bytes`, 'ECONNRESET')
    return opened
  }

  #asking(known: KnownPart | undefined): HttpOptions {
    const { progress, headers, ...options } = this.#options
    // The bytes of the file are counted: they should be those that are sent.
    const own = { 'Accept-Encoding': 'identity', ...askingForRest(known) }
    return { cache: false, ...options, headers: withFields(headers, own) }
  }

  async #write(handle: FileHandle, body: AsyncIterable<Uint8Array>, { start, end, total }: Coming): Promise<number> {
    const state: TaskProgress & { done: number } = { done: start, unit: 'bytes' }
    if (total !== undefined) state.total = total
    this.control.progress(state)
    for await (const piece of body) {
      if (end !== undefined && state.done + piece.length > end)
        throw new SessionError(`${CALL}: the server sends more than it said`, 'RANGE')
      await writeAt(handle, piece, state.done)
      state.done += piece.length
      this.#brought += piece.length
      this.#options.progress?.('down', state.done, total)
    }
    return state.done
  }

  /** Better said before it comes. */
  async #checkRoom(part: PartFile, { start, total }: Coming): Promise<void> {
    if (total === undefined) return
    const room = await roomIn(path.dirname(part.file))
    if (room !== undefined && total - start > room)
      throw new SessionError(
        `${CALL}: ${byteCount(total - start)} are to come, and the disk has room for ${byteCount(room)}`,
        'ENOSPC',
      )
  }

  async #finish(part: PartFile, { folder, name }: Destination, { request, answer }: OpenAnswer): Promise<Downloaded> {
    const { href: url } = request.url
    const bytes = await part.size()
    const wanted = name ?? (await suggestedName({ url, headers: answer.headers }))
    let taken: string | undefined = wanted
    if (this.#overwrite) await rename(part.file, path.join(folder, wanted))
    else taken = await takeFreeName(part.file, folder, wanted)
    if (taken === undefined) throw new OptionError(`${CALL}: there are too many files called '${wanted}'`)
    await part.forgetInfo()
    const ms = Math.round(performance.now() - this.#began)
    return new Downloaded(path.join(folder, taken), bytes, this.#resumed ?? 0, ms, answer.status, url)
  }

  /** What went wrong, and what there is to go on with. */
  async #explained(error: unknown, part: PartFile): Promise<unknown> {
    const known = await part.known()
    // What cannot be gone on with is of no use to anybody.
    if (known === undefined) await part.forget().catch(() => undefined)
    const kept =
      known === undefined ? '' : `; ${byteCount(known.size)} are kept in ${part}: the same call goes on from there`
    if (this.#signal.aborted) return new Interrupted(`interrupted${kept}`)
    if (error instanceof SessionError) return new SessionError(error.message + kept, error.code)
    const { code, syscall } = error as NodeJS.ErrnoException
    if (code === undefined || syscall === undefined) return error
    const why = code === 'ENOENT' ? 'there is no such folder' : reasonOf(error)
    return new SessionError(`${CALL}: ${part}: ${why}${kept}`, code)
  }
}

/** In the middle of a body: nothing came any more, it was cut off, or so was its stream of HTTP/2. */
const BROKEN = /^(?:TIMEOUT$|UND_ERR_RES_CONTENT_LENGTH_MISMATCH$|ERR_HTTP2_)/

/** Whether the connection broke, and another one may not. */
function isCut(error: unknown): boolean {
  const { code = '' } = error as { code?: string }
  return PASSING.has(code) || BROKEN.test(code)
}

/** Where a server says of an archive that it is compressed (`a.tar.gz`, `Content-Encoding: gzip`), it means the file itself. */
async function isArchive(url: string, { headers }: Incoming): Promise<boolean> {
  return /\.(?:gz|tgz|br|zst)$/i.test(await suggestedName({ url, headers }))
}

/** Fields, unless the caller has said them. */
function withFields(given: HeadersInit | undefined, more: Record<string, string>): HeadersInit {
  const own = given instanceof HttpHeaders ? given.toJSON() : (given ?? {})
  const names = new Set(Object.keys(own).map((name) => name.toLowerCase()))
  return { ...Object.fromEntries(Object.entries(more).filter(([name]) => !names.has(name.toLowerCase()))), ...own }
}

function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}
