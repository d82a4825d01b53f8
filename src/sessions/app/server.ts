/** The server of an application in a network: commands, the interface and its handlers, and what all its users share. */
import { createServer, type Server, type Socket } from 'node:net'
import { deflateSync } from 'node:zlib'
import { OptionError, onAbort, report } from '../../exchange/index.js'
import { Interrupted } from '../../exchange/task.js'
import { FLAG, type OptionTable, oneOf, positive, text, wholeNumber } from '../../tools/option-kinds.js'
import { HISTORY } from '../face/history.js'
import { LISTEN_HOST, listenHost, listening } from '../face/listening.js'
import { COMMON_EVENTS, type CommonEvents, Session, type SessionOptions } from '../face/session.js'
import { SessionError, sessionError } from '../face/session-error.js'
import { SessionLog } from '../face/session-log.js'
import { hostPort } from '../stream/place.js'
import {
  type AppForm,
  type AppRequest,
  type AppVersion,
  answerText,
  RESERVED,
  readRequest,
  WRONG,
  wrongText,
} from './protocol.js'
import { servedFile } from './served-files.js'
import { type SharedState, sharedState } from './shared-state.js'
import { linesOf, within } from './socket-lines.js'

/** What a command does: gives the answer, or a promise of it; what it throws is the answer of an error. */
export type AppCommand = (message: never, server: AppServer, peer: string) => unknown

/** Options of `app.listen`. */
export interface AppServerOptions extends SessionOptions {
  /** Address to listen on; '*': all of this machine's. Default '127.0.0.1': nobody else's machine. */
  host?: string
  /** Version of the protocol. Default 'auto': each request says by its form which one it is. */
  version?: AppVersion | 'auto'
  /** Folder of interfaces (`NAME.glade`) and handlers (`NAME.js`) that version 4 gives away. Default 'ihm'. */
  folder?: string
  /** What answers to JSON are. Default 'json'; 'text' is the answer alone, as version 2 gives it. */
  answers?: 'json' | 'text'
  /** Seconds for a request to come, and again for its command. Default 10. */
  timeout?: number
  /** Bytes of a request, and of an interface or its handlers. Default 1 MiB. */
  limit?: number
  /** Connections at the same time. Default 1000. */
  clients?: number
  /** Print a line for each request. Default false. */
  log?: boolean
}

/** For the call's check of them. */
export const SERVER_OPTIONS: OptionTable<AppServerOptions> = {
  host: LISTEN_HOST,
  version: oneOf(1, 2, 3, 4, 'auto'),
  folder: text('the name of a folder'),
  answers: oneOf('json', 'text'),
  timeout: positive('seconds'),
  limit: wholeNumber(64),
  clients: wholeNumber(1),
  log: FLAG,
  history: HISTORY,
}

/** One request that was answered. */
export interface AppServed {
  peer: string
  /** `hello`; for what is no command the line itself. */
  command: string
  message: unknown
  /** What was sent. */
  answer: string
  ok: boolean
}

/** Events of a server. */
export type AppServerEvents = CommonEvents & {
  /** A request was answered. */
  request: [request: AppServed]
  /** Something in the shared state is new. */
  change: [name: string, value: unknown]
}

const DEFAULT_COMMANDS = {
  hello: (message: unknown) => `Bonjour ${String(message)}.`,
  bye: (message: unknown) => `Au revoir ${String(message)}.`,
}

/** Bytes that a subscriber may be behind. */
const MOST_BEHIND = 1 << 20
/** So long a client may take to read its answer, seconds. */
const LINGER = 5

/** Made by `app.listen`. */
export class AppServer extends Session<AppServerEvents> {
  readonly kind = 'app server'
  /** What it does, by name. */
  readonly commands: Readonly<Record<string, AppCommand>>
  /** What all users see: each value that is assigned is told to all who subscribed. */
  readonly shared: SharedState
  /** Requests that were answered. */
  requests = 0
  protected readonly eventNames = [...COMMON_EVENTS, 'request', 'change']
  readonly #options: AppServerOptions
  readonly #names: readonly string[]
  readonly #sockets = new Set<Socket>()
  readonly #subscribers = new Set<Socket>()
  readonly #log: SessionLog
  #server: Server | undefined
  #port: number

  constructor(
    port: number,
    commands: Record<string, AppCommand> | AppCommand = DEFAULT_COMMANDS,
    options: AppServerOptions = {},
  ) {
    super(options)
    this.#port = port
    this.#options = options
    this.commands = typeof commands === 'function' ? { hello: commands } : commands
    this.#names = Object.keys(this.commands)
    this.#log = new SessionLog(() => this.label, options.log ?? false)
    for (const name of this.#names) checkCommand(name, this.commands[name])
    if (this.#names.length === 0) throw new OptionError('app.listen: give at least one command: {hello: text => …}')
    this.shared = sharedState((name, value) => this.#tell(name, value))
  }

  /** Port that it listens on: the free one that was taken for 0. */
  get port(): number {
    return this.#port
  }

  /** Where it listens: '127.0.0.1:8808'. */
  get subject(): string {
    return hostPort(listenHost(this.#options.host), this.#port)
  }

  /** How many wait for changes of the state. */
  get subscribers(): number {
    return this.#subscribers.size
  }

  /** Sets a value of the shared state, which tells it to all who subscribed. Gives how many these are. */
  publish(name: string, value: unknown): number {
    this.shared[name] = value
    return this.#subscribers.size
  }

  protected override get figures(): string {
    const { requests, subscribers } = this
    return `${requests} request${requests === 1 ? '' : 's'}, ${subscribers} subscriber${subscribers === 1 ? '' : 's'}`
  }

  protected async _open(signal: AbortSignal): Promise<void> {
    const { clients = 1000 } = this.#options
    // Half-open: who ends his side behind his request wants the answer all the same.
    const server = createServer({ allowHalfOpen: true }, (socket) => void this.#accept(socket))
    server.maxConnections = clients
    const where = { host: listenHost(this.#options.host), port: this.#port }
    this.#port = await listening(server, where, this.label, signal)
    server.on('error', (error) => void this._emit('error', [sessionError(this.label, error)]))
    this.#server = server
  }

  protected async _close(signal: AbortSignal): Promise<void> {
    const server = this.#server
    if (server === undefined) return
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const socket of this.#subscribers) socket.destroySoon()
    const end = (): void => {
      for (const socket of this.#sockets) socket.destroy()
    }
    onAbort(signal, end)
    await closed
  }

  /** One connection: a line, an answer, the end; never throws. */
  async #accept(socket: Socket): Promise<void> {
    const peer = hostPort(socket.remoteAddress ?? '?', socket.remotePort ?? 0)
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    socket.on('error', () => undefined)
    const { timeout = 10, limit = 1 << 20 } = this.#options
    const lines = linesOf(socket, limit, this.label)
    try {
      const first = await within(timeout, `no request within ${timeout} s`, lines.next())
      // Closed without a word, as who only looks whether somebody is there.
      if (first.value === undefined) return void socket.end()
      const line = first.value
      this.history._add('in', line, Buffer.byteLength(line) + 1, peer)
      const request = readRequest(line, this.#options.version ?? 'auto', this.#names)
      if (request.kind === 'subscribe') await this.#subscribe(socket, lines, peer)
      else await this.#answer(socket, request, line, peer)
    } catch (error) {
      const form = this.#options.version === 3 ? 'json' : this.#options.version === 1 ? 'plain' : 'prefix'
      socket.end(wrongText(form, (error as Error).message))
    } finally {
      const timer = setTimeout(() => socket.destroy(), LINGER * 1000)
      if (socket.closed) clearTimeout(timer)
      else socket.once('close', () => clearTimeout(timer))
      // Read to its end, what it may be: closing a socket with something unread in it breaks the connection off, and the answer with it.
      void lines.return(undefined).then(() => socket.resume())
    }
  }

  async #answer(
    socket: Socket,
    request: Exclude<AppRequest, { kind: 'subscribe' }>,
    line: string,
    peer: string,
  ): Promise<void> {
    const { value, ok } = await this.#work(request, peer)
    socket.end(value)
    const answer = typeof value === 'string' ? value : `${value.length} bytes`
    this.history._add('out', answer, value.length, peer)
    this.requests++
    const { command, message } = request.kind === 'call' ? request : { command: line, message: undefined }
    this.#log.tell(`${peer} ${line.slice(0, 200)} → ${answer.slice(0, 200).trimEnd().replaceAll('\n', ' ')}`)
    void this._emit('request', [{ peer, command, message, answer, ok }])
  }

  /** What is sent for a request; never throws. */
  async #work(
    request: Exclude<AppRequest, { kind: 'subscribe' }>,
    peer: string,
  ): Promise<{ value: string | Buffer; ok: boolean }> {
    if (request.kind === 'wrong') return { value: wrongText(this.#form(request.form), request.why), ok: false }
    if (request.kind !== 'call') return await this.#file(request)
    const { command, message } = request
    const form = this.#form(request.form)
    try {
      return { value: answerText(form, command, await this.#call(command, message, peer)), ok: true }
    } catch (error) {
      return { value: wrongText(form, error instanceof Error ? error.message : String(error)), ok: false }
    }
  }

  async #call(command: string, message: unknown, peer: string): Promise<unknown> {
    // What every object has, such as toString, is no command.
    const work = Object.hasOwn(this.commands, command) ? this.commands[command] : undefined
    if (work === undefined)
      throw new SessionError(`there is no command '${command}'; the commands are ${this.#names.join(' ')}`, 'COMMAND')
    const { timeout = 10 } = this.#options
    try {
      const given = this.handlers.scope.run(() => work(message as never, this, peer))
      return await within(timeout, `'${command}' took more than ${timeout} s`, Promise.resolve(given))
    } catch (error) {
      if (error instanceof Interrupted) throw new SessionError('the server is closed', 'CLOSED')
      this._failed(`command ${command}`, error)
      throw error
    }
  }

  async #file({
    kind,
    name,
  }: {
    kind: 'load_file' | 'load_code'
    name: string
  }): Promise<{ value: string | Buffer; ok: boolean }> {
    const { folder = 'ihm', limit = 1 << 20 } = this.#options
    try {
      const bytes = await servedFile(folder, name, kind === 'load_file' ? '.glade' : '.js', limit)
      return { value: kind === 'load_file' ? bytes : Buffer.from(deflateSync(bytes).toString('base64')), ok: true }
    } catch (error) {
      if (!(error instanceof SessionError)) this._failed(kind, error)
      return { value: WRONG, ok: false }
    }
  }

  /** How answers of a form are written. */
  #form(form: AppForm): AppForm {
    return form === 'json' && this.#options.answers === 'text' ? 'prefix' : form
  }

  /** Tells one client of each change until he goes. */
  async #subscribe(socket: Socket, lines: AsyncIterable<string>, peer: string): Promise<void> {
    socket.setKeepAlive(true, 30_000)
    // The state and the place among the subscribers at once: no change is lost between them.
    socket.write(`${JSON.stringify({ status: 'ok', command: 'subscribe', shared: { ...this.shared } })}\n`)
    this.#subscribers.add(socket)
    this.history._add('out', 'subscribed', 0, peer)
    try {
      // What he says besides is of no meaning; at its end he is gone.
      for await (const _ of lines);
    } finally {
      this.#subscribers.delete(socket)
      socket.end()
    }
  }

  #tell(name: string, value: unknown): void {
    const line = `${JSON.stringify({ event: name, value })}\n`
    for (const socket of this.#subscribers) {
      socket.write(line)
      if (socket.writableLength <= MOST_BEHIND) continue
      // He comes back, and gets the state as it is then.
      report(`${this.label}: a subscriber does not read what it is told, and was dropped`, 'warning')
      this.#subscribers.delete(socket)
      socket.destroy()
    }
    void this._emit('change', [name, value])
  }
}

function checkCommand(name: string, command: unknown): void {
  if (RESERVED.includes(name)) throw new OptionError(`app.listen: '${name}' is the protocol's own: take another name`)
  if (!/^[^\s:{]+$/.test(name))
    throw new OptionError(`app.listen: '${name}' can be no command: it has a space, a colon or a brace in it`)
  if (typeof command !== 'function') throw new OptionError(`app.listen: '${name}' must be a function of the message`)
}
