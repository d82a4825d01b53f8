/** The uploads of a server: how many may run, and those that wait for their next part. */
import { randomBytes } from 'node:crypto'
import { WebError } from '../../web/web-reply.js'
import type { IncomingFile } from './incoming-file.js'

/** Each upload that can be resumed has a URL below this one. */
export const UPLOADS_PATH = '/.netshell/uploads/'

/** At the same time, of all clients and of one address. */
const MOST_RUNNING = { all: 256, each: 32 }
const MOST_PARTIAL = { all: 256, each: 32 }
/** Whole ones that are still known, for clients that did not hear of it. */
const MOST_FINISHED = 256
/** Seconds. */
const EXPIRES = 3600

/** A request that is being received. */
interface Running {
  readonly client: string
  /** Ends it from outside. */
  stop(): void
  readonly ended: Promise<unknown>
}

/** An upload in several parts. */
export interface PartialUpload {
  readonly token: string
  readonly client: string
  /** As it is to be called. */
  readonly name: string
  /** Path of the folder's URL: `/sub/`. */
  readonly place: string
  readonly file: IncomingFile
  /** Bytes of all of it; undefined: the client has not said it yet. */
  length: number | undefined
  /** Its name, when it is whole. */
  finished: string | undefined
  /** The request that brings the next part. */
  running: Running | undefined
  /** Ends it when nobody goes on with it. */
  readonly expiry: NodeJS.Timeout
}

/** Uploads that run, and uploads in parts; one for each server. */
export class PartialUploads {
  readonly #running = new Set<Running>()
  readonly #partial = new Map<string, PartialUpload>()
  #isClosed = false

  /** @param expires how long one waits for its next part, and is known behind its end, seconds */
  constructor(readonly expires = EXPIRES) {}

  /** How many run, and how many wait for their next part. */
  get counts(): { running: number; waiting: number } {
    const waiting = this.#unfinished().filter(({ running }) => running === undefined)
    return { running: this.#running.size, waiting: waiting.length }
  }

  /**
   * Does the work of a request.
   * @param stop ends the request from outside, so that the work ends soon
   * @throws WebError 503 where too many are at work, 409 where another request brings a part of the same
   */
  async run<R>(client: string, stop: () => void, work: () => Promise<R>, partial?: PartialUpload): Promise<R> {
    if (this.#isClosed) throw ending()
    if (partial?.running !== undefined) throw new WebError(409, 'another request brings a part of this upload')
    const running = [...this.#running]
    if (running.length >= MOST_RUNNING.all || ofClient(running, client).length >= MOST_RUNNING.each) throw tooMany()
    const result = work()
    const own = { client, stop, ended: result.catch(() => undefined) }
    this.#running.add(own)
    if (partial !== undefined) partial.running = own
    try {
      return await result
    } finally {
      this.#running.delete(own)
      if (partial !== undefined) partial.running = undefined
      partial?.expiry.refresh()
    }
  }

  /**
   * Keeps one; the oldest that waits of a client who has too many goes.
   * @throws WebError 503 where too many of others wait
   */
  add(upload: Pick<PartialUpload, 'client' | 'name' | 'place' | 'file' | 'length'>): PartialUpload {
    const waiting = this.#unfinished().filter(({ running }) => running === undefined)
    const own = ofClient(waiting, upload.client)
    if (this.#isClosed) throw ending()
    if (own.length >= MOST_PARTIAL.each) void this.remove(own[0]!.token)
    else if (waiting.length >= MOST_PARTIAL.all) throw tooMany()
    const finished = [...this.#partial.values()].filter((each) => each.finished !== undefined)
    if (finished.length >= MOST_FINISHED) void this.remove(finished[0]!.token)
    const token = randomBytes(16).toString('base64url')
    const expire = (): void => {
      if (added.running === undefined) void this.remove(token)
      else added.expiry.refresh()
    }
    const expiry = setTimeout(expire, this.expires * 1000).unref()
    const added: PartialUpload = { ...upload, token, expiry, finished: undefined, running: undefined }
    this.#partial.set(token, added)
    return added
  }

  /**
   * The upload of that token, for us alone: a request that still brings a part of it is ended, as its client has given it up.
   * @throws WebError 404
   */
  async take(token: string): Promise<PartialUpload> {
    for (;;) {
      const upload = this.#partial.get(token)
      if (upload === undefined) throw new WebError(404, 'there is no such upload, or not any more')
      if (upload.running === undefined) {
        upload.expiry.refresh()
        return upload
      }
      upload.running.stop()
      await upload.running.ended
    }
  }

  /** Forgets one, and what there is of it. */
  async remove(token: string): Promise<void> {
    const upload = this.#partial.get(token)
    if (upload === undefined) return
    this.#partial.delete(token)
    clearTimeout(upload.expiry)
    upload.running?.stop()
    await upload.running?.ended
    if (upload.finished === undefined) await upload.file.abandon()
  }

  /** Ends all that run, and removes what is not whole. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const { stop } of this.#running) stop()
    await Promise.all([...this.#running].map(({ ended }) => ended))
    await Promise.all([...this.#partial.keys()].map((token) => this.remove(token)))
  }

  #unfinished(): PartialUpload[] {
    return [...this.#partial.values()].filter(({ finished }) => finished === undefined)
  }
}

function ofClient<T extends { readonly client: string }>(all: readonly T[], client: string): T[] {
  return all.filter((each) => each.client === client)
}

function ending(): WebError {
  return new WebError(503, 'the server is about to end')
}

function tooMany(): WebError {
  return new WebError(503, 'too many uploads at the same time: try again later', { 'Retry-After': 30 })
}
