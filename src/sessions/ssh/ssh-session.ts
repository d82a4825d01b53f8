/** A session on another machine: commands, files, ports, packets. */
import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'
import type { PacketList } from '../../capture/index.js'
import { partOf, Task } from '../../exchange/index.js'
import { isThenable } from '../../exchange/thenable.js'
import type { ReconnectOptions } from '../face/backoff.js'
import { byteCount, COMMON_EVENTS, type CommonEvents, Session } from '../face/session.js'
import { SessionError } from '../face/session-error.js'
import { dial } from './dial.js'
import { Forward, type ForwardOptions } from './forward.js'
import { openStream } from './open-stream.js'
import { checkConnect, type Plan, planOf, type SshOptions } from './options.js'
import { OutputLines } from './output-lines.js'
import { checkRun, ptyOf, type RunOptions, runCommand } from './remote-command.js'
import { RemoteFiles } from './remote-files.js'
import type { RemoteSniffOptions } from './remote-sniff.js'
import { type ReverseConnection, ReverseForward } from './reverse-forward.js'
import type { SshResult } from './ssh-result.js'
import { targetText } from './target.js'
import { connectTerminal } from './terminal.js'

export type SshEvents = CommonEvents & {
  /** What the server shows before logging in. */
  banner: [text: string]
}

/** Made by `ssh.connect`. */
export class SshSession extends Session<SshEvents> {
  override readonly kind = 'ssh'
  override readonly subject: string
  protected override readonly eventNames = [...COMMON_EVENTS, 'banner']
  /** Files of the other machine. */
  readonly sftp: RemoteFiles
  /** The host's key: `ssh-ed25519 SHA256:…`. */
  hostKey = ''
  /** The server's software, as it calls itself. */
  server = ''
  /** Ports of the other machine whose connections come here. */
  readonly _reverses = new Map<number, ReverseConnection>()
  /** Ports that are forwarded over this session: they end with it. */
  readonly _dependents = new Set<{ close(): PromiseLike<void> }>()
  readonly #plan: Plan
  /** Options that hold for the machines on the way too. */
  readonly #shared: SshOptions
  readonly #reconnect: ReconnectOptions | undefined
  #connection: Client | undefined
  /** Machines on the way that were connected for this session alone. */
  #gateways: SshSession[] = []
  #received = 0
  #sent = 0

  constructor(target: string, options: SshOptions = {}, isGateway = false) {
    super(options)
    checkConnect('ssh.connect', options)
    this.#plan = planOf(target, options, isGateway)
    const { reconnect = false, key, passphrase, agent, timeout, keepAlive, known, unknown, config } = options
    // Not the password: it is for this machine alone.
    this.#shared = { key, passphrase, agent, timeout, keepAlive, known, unknown, config }
    this.#reconnect = reconnect === false ? undefined : reconnect === true ? {} : reconnect
    const { user, host, port } = this.#plan
    this.subject = targetText(user, host, port)
    this.sftp = new RemoteFiles(this)
  }

  /**
   * Runs a command and gives its output and status. A status other than 0 is no error, unless `check` is given. Ctrl-C ends it and keeps
   * what it has written.
   * @param command for the shell of the other machine
   */
  run(command: string, options: RunOptions = {}): Task<SshResult> {
    checkRun('run', command, options)
    return Task.run((control) => runCommand(control, this, command, options), { name: this.label })
  }

  /** Output of a command line by line as it comes: `for (const line of s.stream('journalctl -f')) …`. Leaving the loop ends the command. */
  stream(command: string, options: Pick<RunOptions, 'input' | 'env'> = {}): OutputLines {
    checkRun('stream', command, options)
    return new OutputLines(this, command, options)
  }

  /** A shell of the other machine at this terminal, until it ends. @throws SessionError without a terminal */
  shell(): Task<void> {
    return Task.run(
      async () => {
        if (process.stdin.isTTY !== true || process.stdout.isTTY !== true)
          throw new SessionError(`${this.label}: a shell needs a terminal; run(command) does not`, 'NO_TERMINAL')
        const channel = await new Promise<import('ssh2').ClientChannel>((resolve, reject) => {
          this._client().shell(ptyOf(), (error, opened) => (error === undefined ? resolve(opened) : reject(error)))
        })
        await connectTerminal(channel, new Promise((resolve) => channel.once('close', () => resolve())))
      },
      { name: this.label },
    )
  }

  /**
   * Connections to a port here come out at the other machine, and go on to `target` from there.
   * @param port here; 0 takes a free one
   * @param target `'host:port'` as the other machine sees it
   */
  forward(port: number, target: string, options: ForwardOptions = {}): Task<Forward> {
    return new Forward(this, port, target, options).open()
  }

  /** A SOCKS5 proxy here: what connects through it comes out at the other machine. */
  socks(port = 0, options: ForwardOptions = {}): Task<Forward> {
    return new Forward(this, port, undefined, options).open()
  }

  /** Connections to a port of the other machine come here, and go on to `target` from here. */
  reverse(port: number, target: string, options: ForwardOptions = {}): Task<ReverseForward> {
    return new ReverseForward(this, port, target, options).open()
  }

  /** Packets of the other machine, captured by its tcpdump. Takes what `sniff` takes, as far as it has a meaning there. */
  sniff(options: RemoteSniffOptions = {}): Task<PacketList> {
    return Task.run(async (control) => (await import('./remote-sniff.js')).runRemoteSniff(control, this, options), {
      name: `sniff ${this.subject}`,
    })
  }

  override toJSON(): object {
    const { hostKey, server } = this
    return { ...super.toJSON(), hostKey, server, received: this.#received, sent: this.#sent }
  }

  protected override get figures(): string {
    const through =
      this.#plan.jump.length === 0
        ? ''
        : `, over ${this.#plan.jump.map((each) => (typeof each === 'string' ? each : each.subject)).join(', ')}`
    return `${byteCount(this.#received)} in, ${byteCount(this.#sent)} out${through}`
  }

  protected override async _open(signal: AbortSignal): Promise<void> {
    // Of the connection before.
    await this.#closeGateways()
    await this.#connect(signal)
  }

  protected override async _close(signal: AbortSignal): Promise<void> {
    await this.#closeDependents()
    const client = this.#connection
    this.#connection = undefined
    if (client !== undefined) {
      const over = new Promise<void>((resolve) => {
        client.once('close', () => resolve())
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
      client.end()
      await over
      client.destroy()
    }
    await this.#closeGateways()
  }

  /** The connection. @throws SessionError when there is none */
  _client(): Client {
    if (this.#connection !== undefined && this.isOpen) return this.#connection
    const now = this.state === 'reconnecting' ? 'it was lost, and is being opened again' : `it is ${this.state}`
    throw new SessionError(`${this.label}: ${now}`, 'CLOSED')
  }

  /** A way through this machine to another one. */
  _streamTo(host: string, port: number): Promise<Duplex> {
    return openStream(this._client(), this.label, host, port)
  }

  /** Calls a function of the user's. */
  _call(name: string, work: (...values: never[]) => unknown, values: readonly unknown[]): void {
    try {
      const given = this.handlers.scope.run(() => work(...(values as never[])))
      if (isThenable(given)) given.then(undefined, (error) => this._failed(name, error))
    } catch (error) {
      this._failed(name, error)
    }
  }

  /** Counts bytes. */
  _count(received: number, sent: number): void {
    this.#received += received
    this.#sent += sent
  }

  async #connect(signal: AbortSignal): Promise<void> {
    try {
      const through = await this.#way(signal)
      const { client, hostKey, server, banner } = await dial(this.#plan, this.label, through, signal)
      this.#connection = client
      this.hostKey = hostKey
      this.server = server
      if (banner !== '') void this._emit('banner', [banner])
      let why: SessionError | undefined
      client.on('error', (error) => {
        why = new SessionError(`${this.label}: the connection was lost: ${lossOf(error)}`, 'CLOSED', { cause: error })
      })
      client.on('tcp connection', (details, accept, reject) => {
        const take = this._reverses.get(details.destPort)
        if (take === undefined) reject()
        else take(details, accept, reject)
      })
      client.once('close', () => this.#gone(client, why))
    } catch (error) {
      await this.#closeGateways()
      throw error
    }
  }

  /** Over the machines on the way; undefined: directly. */
  async #way(signal: AbortSignal): Promise<(() => Promise<Duplex>) | undefined> {
    const { jump, host, port, netns } = this.#plan
    let last: SshSession | undefined
    for (const each of jump) {
      if (typeof each !== 'string') {
        last = each
        continue
      }
      const way: SshOptions =
        last === undefined ? { jump: false, ...(netns === undefined ? {} : { netns }) } : { jump: last }
      const gateway: SshSession = new SshSession(each, { ...this.#shared, ...way }, true)
      await partOf(signal, gateway.open())
      this.#gateways.push(gateway)
      last = gateway
    }
    const gateway = last
    return gateway === undefined ? undefined : () => gateway._streamTo(host, port)
  }

  async #closeGateways(): Promise<void> {
    const gateways = this.#gateways
    this.#gateways = []
    for (const gateway of gateways.reverse()) await gateway.close()
  }

  #gone(client: Client, why: SessionError | undefined): void {
    if (this.#connection !== client) return
    this.#connection = undefined
    const error = why ?? new SessionError(`${this.label}: the other end closed the connection`, 'CLOSED')
    if (this.#reconnect === undefined) this._lost(error)
    else void this._comeBack(this.#reconnect, error)
  }

  /** Nobody is there to decide about a key, and a password that was wrong stays so. */
  protected override _isFinal({ code }: SessionError): boolean {
    return ['HOST_KEY', 'AUTH', 'KEY'].includes(code)
  }

  protected override _lost(error?: SessionError): void {
    void this.#closeDependents()
    void this.#closeGateways()
    super._lost(error)
  }

  async #closeDependents(): Promise<void> {
    await Promise.all([...this._dependents].map((each) => each.close()))
  }
}

function lossOf(error: Error): string {
  if (/keepalive timeout/i.test(error.message)) return 'the other end does not answer any more (option keepAlive)'
  if ((error as { code?: unknown }).code === 'ECONNRESET') return 'the other end broke it off'
  return error.message
}
