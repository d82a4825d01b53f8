/** Answers the requests of the file server: who may ask, what the URL gives, and sending it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { plainAddress } from '../stream/place.js'
import { checkHost, checkNearby } from '../web/for-us.js'
import { HTML, JSON_TYPE, WebError, WebReply } from '../web/web-reply.js'
import { type Delivered, deliver } from './deliver.js'
import { type Listing, listingJson, listingOrder, listingPage, pagePolicy } from './pages/index.js'
import { type Asked, decodedName, type RequestParts, type TransferOutcome } from './request-parts.js'
import type { Resource } from './resource.js'
import { isMissing, NotThere } from './safe-path.js'
import type { FoundFolder } from './site.js'
import { lastAnswer } from './taken.js'
import { errorReply, send } from './upload/answer.js'
import { UPLOAD_POLICY, UPLOAD_SCRIPT_PATH, UPLOADS_PATH, uploadForm, uploadScript } from './upload/index.js'
import { UploadRequests } from './upload-requests.js'

/** What became of a request. */
export interface Answered {
  /** Of a download that have left. */
  bytes: number
  /** Of uploads that came. */
  received: number
  /** Of a download: whether all that was asked for has left. Undefined: it was none. */
  isWhole?: boolean
}

/** What became of a download. */
type Sent = Pick<Delivered, 'bytes'> & Partial<Pick<Delivered, 'isWhole'>>

/** What a file may do that a browser shows. */
const SANDBOX = 'sandbox allow-downloads allow-forms allow-modals allow-popups'
/** Browsers show these with a program of their own, which a sandbox keeps from starting. */
const NEEDS_NO_SANDBOX = /^application\/pdf/

/** The requests of one server. */
export class Requests {
  readonly #uploads: UploadRequests | undefined

  constructor(private readonly parts: RequestParts) {
    if (parts.uploading !== undefined) this.#uploads = new UploadRequests(parts, parts.uploading)
  }

  /** Answers one. Never throws; the response may still be on its way then. */
  async answer(incoming: IncomingMessage, response: ServerResponse, expectsContinue: boolean): Promise<Answered> {
    // Whatever comes of it.
    response.setHeader('X-Content-Type-Options', 'nosniff')
    // Not no-referrer: forms would then come without saying that they are ours.
    response.setHeader('Referrer-Policy', 'same-origin')
    // A browser that knows the password would show it for pages of others, too, that have our scripts and pictures in them.
    if (!this.parts.access.isOpen) response.setHeader('Cross-Origin-Resource-Policy', 'same-origin')
    const answered: Answered = { bytes: 0, received: 0 }
    try {
      await this.#answer(incoming, response, expectsContinue, answered)
    } catch (error) {
      this.#refuse(incoming, response, error)
    }
    return answered
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse, expectsContinue: boolean, answered: Answered) {
    const { ownName, access, machineName } = this.parts
    checkHost(incoming, ownName)
    if (access.isOpen) checkNearby(incoming, machineName)
    const refusal = access.check(incoming)
    if (refusal !== undefined) throw new WebError(refusal.status, refusal.text, refusal.headers)
    const asked = this.#asked(incoming, response)
    const { method } = asked
    if (method === 'GET' || method === 'HEAD') {
      if (!asked.path.startsWith(UPLOADS_PATH)) Object.assign(answered, await this.#give(asked))
      else if (this.#uploads === undefined) throw new NotThere('no uploads')
      else answered.received = (await this.#uploads.resume(asked, expectsContinue)).bytes
    } else if (method === 'OPTIONS') {
      send(response, new WebReply(204, { Allow: this.#allowed }, undefined))
    } else if (this.#uploads !== undefined && /^(?:POST|PUT|PATCH|DELETE)$/.test(method)) {
      answered.received = (await this.#uploads.take(asked, expectsContinue)).bytes
    } else {
      throw new WebError(405, `${method} cannot be done here`, { Allow: this.#allowed })
    }
  }

  get #allowed(): string {
    return this.parts.uploading === undefined ? 'GET, HEAD, OPTIONS' : 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'
  }

  #asked(incoming: IncomingMessage, response: ServerResponse): Asked {
    const { url = '/', method = 'GET' } = incoming
    // A proxy's client asks with all of the URL (RFC 9112 §3.2.2).
    const [, whole = '', queryText = ''] = /^(?:https?:\/\/[^/?#]*)?([^?#]*)(?:\?([^#]*))?/i.exec(url) ?? []
    const asked = { incoming, response, method, query: new URLSearchParams(queryText) }
    const client = plainAddress(incoming.socket.remoteAddress ?? 'gone')
    const { links } = this.parts.access
    if (!whole.startsWith('/') && method !== 'OPTIONS') throw new WebError(400, 'the path of a URL begins with /')
    if (links === undefined) return { ...asked, path: whole, link: undefined, client }
    const found = links.inPath(whole)
    if (found === undefined) throw new WebError(410, 'this link was used already, or its time is over')
    return { ...asked, ...found, client }
  }

  /** GET and HEAD. @returns what became of a download; undefined: it was none */
  async #give(asked: Asked): Promise<Sent | undefined> {
    const { response, path: urlPath, query, link } = asked
    if (this.#uploads !== undefined && urlPath === UPLOAD_SCRIPT_PATH) {
      const headers = { 'Content-Type': 'text/javascript; charset=utf-8', 'Cache-Control': 'no-cache' }
      send(response, new WebReply(200, headers, uploadScript()))
      return undefined
    }
    const found = await this.parts.site.find(urlPath, query)
    if (found.kind === 'resource') return await this.#deliver(asked, found.resource)
    if (found.kind === 'folder') {
      send(response, await this.#page(asked, found))
      return undefined
    }
    const prefix = link !== undefined && found.location.startsWith('/') ? `/${link.token}` : ''
    const headers = { Location: prefix + found.location, 'Content-Type': 'text/plain; charset=utf-8' }
    send(response, new WebReply(found.status, headers, `${prefix}${found.location}\n`))
    return undefined
  }

  async #page({ incoming, query }: Asked, folder: FoundFolder): Promise<WebReply> {
    const { uploading, site } = this.parts
    const listing: Listing = {
      name: site.name,
      path: folder.parts,
      entries: await folder.entries(),
      order: listingOrder(query),
      archives: folder.archives,
      ...(uploading !== undefined && { upload: uploadForm({ limit: uploading.limit }) }),
    }
    const common = { 'Cache-Control': 'no-cache', Vary: 'Accept' }
    const { accept = '' } = incoming.headers
    if (/\bjson\b/i.test(accept) && !/\btext\/html\b/i.test(accept))
      return new WebReply(200, { ...common, 'Content-Type': JSON_TYPE }, listingJson(listing))
    const policy = pagePolicy(...(uploading === undefined ? [] : UPLOAD_POLICY))
    return new WebReply(
      200,
      { ...common, 'Content-Type': HTML, 'Content-Security-Policy': policy },
      listingPage(listing),
    )
  }

  async #deliver(asked: Asked, resource: Resource): Promise<Sent> {
    const { incoming, response, client, link, path: urlPath, query } = asked
    const { count, limiter, access } = this.parts
    const isHead = incoming.method === 'HEAD'
    const key = [link?.token ?? client, urlPath, query.get('archive'), resource.etag].join('\n')
    const claim = isHead ? undefined : await count.beginSoon(key, client, incoming.headers.range !== undefined)
    if (!isHead && claim === undefined) throw noneLeft(count.isReached)
    const isGone = incoming.socket.destroyed
    if (claim !== undefined && (isGone || (link !== undefined && access.links?.begin(link, client) === false))) {
      count.giveBack(claim)
      throw noneLeft(false)
    }
    const transfer = this.parts.began('down', client, nameOf(asked, resource))
    const hasTaken = count.limit > 0 && !isHead ? lastAnswer(response) : undefined
    let delivered: Delivered | undefined
    let outcome: TransferOutcome = 'none'
    let isFile = false
    try {
      delivered = await deliver(incoming, response, resource, {
        transfer,
        headers: this.#headersOf(resource),
        ...(limiter !== undefined && { limiter }),
      })
      if (delivered.isWhole && hasTaken !== undefined && !(await hasTaken())) {
        transfer.outcome = 'broken'
        delivered = { ...delivered, isWhole: false, ranges: [] }
      }
      if (delivered.error !== undefined) this.parts.failed(delivered.error, `${transfer.name} for ${client}`)
      isFile = !isHead && [200, 206].includes(delivered.status)
      outcome = !isFile ? 'none' : delivered.isWhole ? 'part' : 'broken'
    } finally {
      const sent = delivered ?? { status: 0, ranges: [], isWhole: false }
      if (claim !== undefined && count.end(claim, sent, resource.size)) outcome = 'complete'
      if (claim !== undefined && link !== undefined) access.links?.end(link, outcome === 'complete')
      this.parts.ended(transfer, outcome)
    }
    // Of an answer without a file the response itself says whether it has left.
    return isFile ? { bytes: delivered.bytes, isWhole: delivered.isWhole } : { bytes: delivered.bytes }
  }

  #headersOf({ type, disposition }: Resource): Record<string, string> {
    const { access, uploading } = this.parts
    const cache = access.isOpen ? 'no-cache' : access.links === undefined ? 'private, no-cache' : 'no-store'
    if (disposition !== 'inline' || NEEDS_NO_SANDBOX.test(type)) return { 'Cache-Control': cache }
    // A page among the files must not read the others in the name of who looks at it. One that a stranger has put there runs nothing at all.
    const sandbox = uploading === undefined ? `${SANDBOX} allow-scripts` : SANDBOX
    return { 'Cache-Control': cache, 'Content-Security-Policy': sandbox }
  }

  #refuse(incoming: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (response.headersSent) {
      response.destroy()
      return
    }
    // deliver has set headers of what it could not give.
    for (const name of response.getHeaderNames())
      if (/^(?:content-|etag|last-mod|accept-r)/.test(name)) response.removeHeader(name)
    send(response, errorReply(incoming, this.#wordsOf(error, incoming)))
  }

  #wordsOf(error: unknown, { url }: IncomingMessage): WebError {
    if (error instanceof WebError) return error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EACCES' || code === 'EPERM') return new WebError(403, 'this cannot be read')
    if (error instanceof NotThere || isMissing(error)) return new WebError(404, 'there is nothing of this name here')
    this.parts.failed(error as Error, String(url))
    return new WebError(500, 'it could not be read')
  }
}

function noneLeft(isReached: boolean): WebError {
  if (isReached) return new WebError(410, 'it was downloaded as often as it may be')
  const text = 'others are downloading it, and it is given only so often: try again in a moment'
  return new WebError(503, text, { 'Retry-After': 5 })
}

/** `photos/a.jpg`, `photos.tar.gz`. */
function nameOf({ path: urlPath, query }: Asked, { name }: Resource): string {
  return query.has('archive') ? name : decodedName(urlPath.slice(1, urlPath.lastIndexOf('/') + 1)) + name
}
