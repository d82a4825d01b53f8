/** A server of files as a session. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { onAbort } from '../../exchange/stop-signal.js'
import { byteCount, COMMON_EVENTS, type CommonEvents, Session } from '../face/session.js'
import { SessionError, sessionError } from '../face/session-error.js'
import { SessionLog } from '../face/session-log.js'
import { isLoopback, plainAddress } from '../stream/place.js'
import { RequestHistory, RequestLog } from '../web/request-log.js'
import { Access } from './access/index.js'
import { AccessLog, type ServedRequest } from './access-log.js'
import { type ServedUrl, servedUrls } from './addresses.js'
import { Connections, type Nonsense } from './connections.js'
import { DownloadCount } from './count.js'
import { Limiter } from './limiter.js'
import { createdServer, FIRST_PORT, listen } from './listen.js'
import type { TransferOutcome } from './request-parts.js'
import { type Answered, Requests } from './requests.js'
import type { Transfer } from './resource.js'
import type { ServeSettings } from './serve-options.js'
import type { Site } from './site.js'
import { TransferLines } from './transfer-lines.js'
import { type TransferList, Transfers } from './transfer-list.js'
import { PartialUploads } from './upload/index.js'

/** Events of a file server. */
export type FileServerEvents = CommonEvents & {
  /** A download is over: all of it is there, or it broke off (`transfer.outcome`). Parts are told when they are all there. */
  download: [transfer: Transfer]
  /** An upload is over: the file is there, or it broke off. */
  upload: [transfer: Transfer]
}

/** A server of files. Made by `serve`. */
export class FileServer extends Session<FileServerEvents> {
  readonly kind = 'serve'
  protected readonly eventNames = [...COMMON_EVENTS, 'download', 'upload']
  override readonly history: RequestHistory
  readonly #requests: RequestLog
  readonly #access: Access
  #count: DownloadCount
  readonly #transfers: Transfers
  readonly #lines: TransferLines
  readonly #warnings = new SessionLog(() => '', true)
  readonly #limiter: Limiter | undefined
  #uploads: PartialUploads | undefined
  #server: Server | undefined
  #connections: Connections | undefined
  #log: AccessLog | undefined
  #certificate: string | undefined
  #urls: ServedUrl[] = []
  #port: number
  #sent = 0
  #received = 0
  #uploaded = 0
  /** Requests that are being answered. */
  #pending = 0
  /** Ends it when nobody asks for anything. */
  #idle: NodeJS.Timeout | undefined
  /** Ends it in any case. */
  #expiry: NodeJS.Timeout | undefined
  /** It takes no more requests, and ends with the last that is being answered. */
  #isEnding = false
  /** While it closes: called when an answer has left. */
  #closing: (() => void) | undefined

  /**
   * @param site what it gives; closed with the server
   * @param folder where uploads go, absolute; undefined: none, or into the folder of the URL
   */
  constructor(
    private readonly site: Site,
    private readonly settings: ServeSettings,
    private readonly folder: string | undefined,
  ) {
    super({ history: settings.history })
    this.#requests = new RequestLog(settings.history, false)
    this.history = new RequestHistory(this.#requests)
    this.#port = settings.port ?? FIRST_PORT
    this.#access = new Access({ ...settings, realm: site.name })
    this.#count = new DownloadCount(settings.count)
    this.#transfers = new Transfers(settings.history)
    this.#lines = new TransferLines(settings.log === false)
    this.#limiter = settings.limit === undefined ? undefined : new Limiter(settings.limit)
  }

  get subject(): string {
    return this.#urls[0]?.url ?? this.site.name
  }

  /** The URL to tell others: `http://192.168.1.4:8000/report.pdf`. */
  get url(): string {
    return this.#urls[0]?.url ?? ''
  }

  /** All URLs under which it can be reached, each with its interface: the one to tell others is the first. */
  get urls(): ServedUrl[] {
    return [...this.#urls]
  }

  /** The port; before it is open with 0: 0. */
  get port(): number {
    return this.#port
  }

  /** What is served: `report.pdf`, `photos`, `3 files`. */
  get what(): string {
    return this.site.name
  }

  /** The password that is asked for; undefined: none. */
  get password(): string | undefined {
    return this.#access.password
  }

  /** With tls: the certificate, PEM, which clients may be told to trust. */
  get certificate(): string | undefined {
    return this.#certificate
  }

  /** Complete downloads. */
  get downloads(): number {
    return this.#count.done
  }

  /** Files that came. */
  get uploads(): number {
    return this.#uploaded
  }

  /** Whether others than this machine can reach it. */
  get isReached(): boolean {
    return this.settings.host === undefined || !isLoopback(this.settings.host)
  }

  /** Downloads and uploads: those that are over, and behind them those that run. */
  transfers(): TransferList {
    return this.#transfers.all()
  }

  protected override get figures(): string {
    const { downloads } = this
    const parts = [this.site.name, `${downloads} download${downloads === 1 ? '' : 's'}`]
    if (this.#uploads !== undefined) parts.push(`${this.#uploaded} upload${this.#uploaded === 1 ? '' : 's'}`)
    parts.push(`${byteCount(this.#sent)} out`)
    if (this.#received > 0) parts.push(`${byteCount(this.#received)} in`)
    return parts.join(', ')
  }

  protected async _open(signal: AbortSignal): Promise<void> {
    const { log, upload, expires } = this.settings
    this.#isEnding = false
    this.#count = new DownloadCount(this.settings.count)
    try {
      this.#log = await AccessLog.open(log, (error) => this.#failed(error, `log ${String(log)}`))
      if (upload !== false) this.#uploads = new PartialUploads()
      const { server, certificate } = await createdServer(this.settings)
      this.#certificate = certificate
      signal.throwIfAborted()
      const requests = this.#answering()
      this.#connections = new Connections(server, (nonsense) => this.#refused(nonsense))
      server.on('request', (incoming, response) => void this.#take(requests, incoming, response, false))
      server.on('checkContinue', (incoming, response) => void this.#take(requests, incoming, response, true))
      this.#port = await listen(server, this.settings, signal)
      server.on('error', (error) => void this._emit('error', [sessionError(this.label, error)]))
      this.#server = server
      this.#urls = await this.#ownUrls()
    } catch (error) {
      await this.#letGo()
      throw error
    }
    if (expires !== undefined) this.#expiry = setTimeout(() => this.#end(), expires * 1000)
    this.#rest()
  }

  protected async _close(signal: AbortSignal): Promise<void> {
    const server = this.#server
    const connections = this.#connections
    this.#server = undefined
    this.#isEnding = true
    clearTimeout(this.#idle)
    clearTimeout(this.#expiry)
    if (server !== undefined)
      await new Promise<void>((resolve) => {
        // One that has listened has none of this to say.
        server.close(() => resolve())
        this.#closing = (): void => connections?.endIdle()
        this.#closing()
        onAbort(signal, () => connections?.destroy())
      })
    this.#closing = undefined
    await this.#letGo()
  }

  async #letGo(): Promise<void> {
    this.#lines.end()
    this.#warnings.end()
    await this.#uploads?.close()
    await this.#log?.end()
    this.#log = undefined
    await this.site.close()
  }

  #answering(): Requests {
    const { host, uploadLimit: limit } = this.settings
    const uploads = this.#uploads
    return new Requests({
      site: this.site,
      access: this.#access,
      count: this.#count,
      limiter: this.#limiter,
      uploading: uploads && { folder: this.folder, limit, uploads },
      ownName: this.isReached ? undefined : host,
      machineName: host === undefined || isIP(host) !== 0 ? hostname() : host,
      began: (direction, client, name) => {
        const transfer = this.#transfers.begin(direction, client, name)
        this.#lines.began(transfer)
        return transfer
      },
      ended: (transfer, outcome) => this.#transferEnded(transfer, outcome),
      failed: (error, what) => this.#failed(error, what),
    })
  }

  #ownUrls(): Promise<ServedUrl[]> {
    const { host = '::', tls } = this.settings
    const token = this.#access.links?.make().token
    const path = token === undefined ? this.site.path : `/${token}${this.site.path}`
    return servedUrls({ host, port: this.#port, tls: tls !== false, path })
  }

  async #take(
    requests: Requests,
    incoming: IncomingMessage,
    response: ServerResponse,
    expectsContinue: boolean,
  ): Promise<void> {
    const time = new Date()
    const began = performance.now()
    const { socket, method = 'GET', url: target = '/', httpVersion: version } = incoming
    const client = plainAddress(socket.remoteAddress ?? 'gone')
    const connection = this.#connections!.of(socket)
    connection.pending++
    this.#pending++
    clearTimeout(this.#idle)
    if (this.#isEnding) response.shouldKeepAlive = false
    const isOver = this.#connections!.over(response)
    const answered: Answered = (await this.#connections!.turn(response, isOver))
      ? await requests.answer(incoming, response, expectsContinue)
      : { bytes: 0, received: 0 }
    await isOver
    connection.pending--
    this.#pending--
    // A client that has all may be gone before the response knows that it is finished.
    const isWhole = answered.isWhole ?? response.writableFinished
    const { received } = answered
    const bytes = answered.bytes || (isWhole ? bodyBytes(response) : 0)
    this.#sent += bytes
    this.#received += received
    const status = response.headersSent ? response.statusCode : 0
    const user = status === 401 || status === 429 ? undefined : this.#access.userOf(incoming)
    const ms = performance.now() - began
    this.#note({ time, client, user, method, target, version, status, bytes, received, ms, isWhole })
    this.#closing?.()
    this.#rest()
  }

  #note(request: ServedRequest): void {
    this.#requests.add(request)
    this.#log?.add(request)
  }

  #refused({ client, status, reason, code, bytes }: Nonsense): void {
    const nothing = { version: '-', received: 0, ms: 0, isWhole: true }
    this.#note({ time: new Date(), client, method: '-', target: `(${reason})`, status, bytes, ...nothing })
    void this._emit('error', [new SessionError(`${this.label}: ${client}: ${reason}`, code)])
  }

  #failed(error: Error, what: string): void {
    const told = sessionError(`${this.label}: ${what}`, error)
    this.#warnings.tell(told.message)
    void this._emit('error', [told])
  }

  #transferEnded(transfer: Transfer, outcome: TransferOutcome): void {
    this.#transfers.end(transfer, outcome)
    if (outcome === 'complete' || outcome === 'broken') this.#lines.ended(transfer)
    else this.#lines.dropped(transfer)
    if (transfer.direction === 'up' && outcome === 'complete') this.#uploaded++
    if (outcome === 'complete' || outcome === 'broken')
      void this._emit(transfer.direction === 'up' ? 'upload' : 'download', [transfer])
    if (this.#count.isReached) this.#end()
  }

  /** Nothing may be asked for: then it ends after a while, if it is to; or at once, if it waits only for the last answer. */
  #rest(): void {
    const { timeout } = this.settings
    if (this.#pending > 0 || this.#server === undefined) return
    if (this.#isEnding) void this.close()
    else if (timeout !== undefined) this.#idle = setTimeout(() => this.#end(), timeout * 1000)
  }

  /** It ends by itself: nobody new is let in, and who is being served is served. */
  #end(): void {
    if (this.#isEnding || this.#server === undefined) return
    this.#isEnding = true
    this.#server.close()
    this.#connections?.endIdle()
    this.#rest()
  }
}

/** Bytes of the body of an answer that was sent at once. */
function bodyBytes(response: ServerResponse): number {
  return response.req.method === 'HEAD' ? 0 : Number(response.getHeader('Content-Length') ?? 0)
}
