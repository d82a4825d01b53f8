/** From a plan to a connection on which somebody is logged in. */
import { promises as dns } from 'node:dns'
import { isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Client, ClientErrorExtensions } from 'ssh2'
import { printable } from '../../exchange/index.js'
import { tcpSocket } from '../../tools/ask/open-socket.js'
import { SessionError, sessionError } from '../face/session-error.js'
import { Authenticator } from './authenticate.js'
import { algorithmsFor, checkHostKey, type HostKeyPlace } from './host-key.js'
import { fingerprint, keyType } from './known-hosts.js'
import type { Plan } from './options.js'
import { Patience } from './patience.js'

/** A connection, and what was learned on the way. */
export interface Dialled {
  client: Client
  /** The key of the host: `ssh-ed25519 SHA256:…`. */
  hostKey: string
  /** The server's software, as it calls itself. */
  server: string
  /** What the server shows before logging in. */
  banner: string
}

type ClientError = Error & ClientErrorExtensions & { code?: string | number }

/** Three questions without an answer, and the other end is gone. */
const MOST_SILENT = 3
/** Of what a server says that speaks something else. */
const SHOWN = 60
/** Characters of what a server shows before logging in: it could go on without end. */
const LONGEST_BANNER = 65_536

/**
 * Connects and logs in.
 * @param label for messages: `ssh root@host`
 * @param through the way over another machine; undefined: directly
 */
export async function dial(
  plan: Plan,
  label: string,
  through: (() => Promise<Duplex>) | undefined,
  signal: AbortSignal,
): Promise<Dialled> {
  const { default: ssh2 } = await import('ssh2')
  signal.throwIfAborted()
  const client = new ssh2.Client()
  return new Dialling(client, plan, label, signal).run(through)
}

class Dialling {
  readonly #patience: Patience
  readonly #auth: Authenticator
  readonly #place: HostKeyPlace
  /** Aborted when it is over, one way or another: questions to the user end with it. */
  readonly #over = new AbortController()
  #settle: { resolve: (dialled: Dialled) => void; reject: (error: unknown) => void } | undefined
  #phase: 'connecting' | 'greeting' | 'host key' | 'logging in' | 'open' = 'connecting'
  #firstBytes = ''
  #hostKey: Buffer | undefined
  #refusal: unknown
  #banner = ''
  #server = ''
  #socket: Duplex | undefined

  constructor(
    private readonly client: Client,
    private readonly plan: Plan,
    private readonly label: string,
    private readonly signal: AbortSignal,
  ) {
    this.#patience = new Patience(plan.timeout, () => this.#fail(this.#late()))
    this.#auth = new Authenticator(plan, label, this.#over.signal, (question) => this.#patience.hold(question))
    const { keyName, knownFiles, hashed, unknown, fingerprint: expected, port } = plan
    this.#place = { label, host: keyName, port, files: knownFiles, hashed, unknown, expected }
  }

  run(through: (() => Promise<Duplex>) | undefined): Promise<Dialled> {
    const { client, signal } = this
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
      if (signal.aborted) return this.#giveUp()
      signal.addEventListener('abort', this.#giveUp, { once: true })
      client.on('error', this.#onError)
      client.once('ready', this.#onReady)
      client.on('banner', (text) => {
        this.#banner = (this.#banner + text).slice(0, LONGEST_BANNER)
      })
      client.once('handshake', () => {
        this.#phase = 'logging in'
      })
      client.once('close', this.#onClose)
      this.#connect(through).catch((error) => this.#fail(error))
    })
  }

  readonly #giveUp = (): void => this.#fail(this.signal.reason)

  async #connect(through: (() => Promise<Duplex>) | undefined): Promise<void> {
    const socket = through === undefined ? await this.#tcp() : await through()
    if (this.#settle === undefined) {
      socket.destroy()
      return
    }
    this.#socket = socket
    const { plan, client } = this
    client.connect({
      sock: socket,
      username: plan.user,
      readyTimeout: 0,
      keepaliveInterval: plan.keepAlive * 1000,
      keepaliveCountMax: MOST_SILENT,
      algorithms: { serverHostKey: algorithmsFor(this.#place) },
      authHandler: this.#auth.handler as never,
      hostVerifier: (key: Buffer, take: (isTaken: boolean) => void) => {
        this.#checkKey(key).then(take, () => take(false))
      },
    })
    if (this.#phase === 'connecting') this.#phase = 'greeting'
    // ssh2 tells nothing of who speaks something else.
    socket.once('data', (first: Buffer) => {
      this.#firstBytes = first.subarray(0, 256).toString('latin1')
    })
  }

  /** A TCP connection to the host. */
  async #tcp(): Promise<Socket> {
    const { host, port, netns } = this.plan
    const address = isIP(host) === 0 && netns !== undefined ? (await dns.lookup(host)).address : host
    const socket = tcpSocket(isIP(address) === 6 ? 6 : 4, netns)
    if (this.#settle !== undefined) this.#socket = socket
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
      socket.once('close', () => reject(new SessionError(`${this.label}: connecting was given up`, 'CLOSED')))
      socket.connect({ host: address, port })
    })
    socket.removeAllListeners('close')
    socket.setNoDelay(true)
    return socket
  }

  /** Also when keys are exchanged anew: it must be the same one then. */
  async #checkKey(key: Buffer): Promise<boolean> {
    if (this.#hostKey !== undefined) return key.equals(this.#hostKey)
    this.#phase = 'host key'
    try {
      await this.#patience.hold(() => checkHostKey(this.#place, key, this.#over.signal))
      this.#hostKey = key
      return true
    } catch (error) {
      this.#refusal = error
      return false
    }
  }

  readonly #onReady = (): void => {
    const settle = this.#finish()
    if (settle === undefined) return
    this.#phase = 'open'
    const { client } = this
    client.off('error', this.#onError)
    client.off('close', this.#onClose)
    const key = this.#hostKey!
    this.#server = (client as unknown as { _remoteVer?: string })._remoteVer ?? ''
    settle.resolve({
      client,
      hostKey: `${keyType(key)} ${fingerprint(key)}`,
      server: printable(this.#server),
      banner: this.#banner,
    })
  }

  readonly #onError = (error: ClientError): void => {
    // These two go on with the next key.
    if (error.level === 'agent') this.#auth.note(`the agent failed: ${error.message}`)
    else if (error.level === 'client-authentication' && error.message.startsWith('Error '))
      this.#auth.note(error.message)
    else this.#fail(this.#inWords(error))
  }

  readonly #onClose = (): void => {
    this.#fail(new SessionError(`${this.label}: the other end closed the connection ${this.#when()}`, 'CLOSED'))
  }

  #fail(error: unknown): void {
    const settle = this.#finish()
    if (settle === undefined) return
    this.client.on('error', () => undefined)
    this.client.end()
    this.#socket?.on('error', () => undefined)
    this.#socket?.destroy()
    settle.reject(error instanceof Error && !('code' in error) ? error : this.#placed(error))
  }

  #placed(error: unknown): unknown {
    return this.signal.aborted ? this.signal.reason : sessionError(this.label, error)
  }

  #finish(): { resolve: (dialled: Dialled) => void; reject: (error: unknown) => void } | undefined {
    const settle = this.#settle
    this.#settle = undefined
    this.#patience.end()
    this.#over.abort()
    this.signal.removeEventListener('abort', this.#giveUp)
    return settle
  }

  #inWords(error: ClientError): unknown {
    const { label } = this
    if (this.#refusal !== undefined) return this.#refusal
    if (error.level === 'client-authentication') return this.#auth.error()
    if (error.level === 'client-socket') return sessionError(label, error)
    if (this.#firstBytes !== '' && !/^SSH-|\nSSH-/.test(this.#firstBytes)) return this.#noSsh()
    if (/no matching/i.test(error.message))
      return new SessionError(
        `${label}: both ends have no algorithm in common (${printable(error.message)}): the other end may be very old`,
        'HANDSHAKE',
      )
    // It had enough of our attempts.
    if (this.#phase === 'logging in') {
      this.#auth.note(`then the server ended it: ${error.message}`)
      return this.#auth.error()
    }
    return new SessionError(`${label}: ${printable(error.message)} (${this.#when()})`, 'HANDSHAKE')
  }

  #late(): SessionError {
    const { label, plan } = this
    if (this.#phase === 'greeting' && this.#firstBytes !== '' && !this.#firstBytes.includes('SSH-'))
      return this.#noSsh()
    const what =
      this.#phase === 'connecting'
        ? 'there is no answer: is the host on, and does a firewall drop it?'
        : this.#phase === 'greeting'
          ? 'it takes the connection and says nothing: is that an SSH server?'
          : `it did not go on ${this.#when()}`
    return new SessionError(`${label}: ${what} (after ${plan.timeout} s, option timeout)`, 'TIMEOUT')
  }

  #noSsh(): SessionError {
    const [line = ''] = this.#firstBytes.split(/\r?\n/)
    const shown = printable(line.slice(0, SHOWN))
    return new SessionError(`${this.label}: that is no SSH server: it says ${JSON.stringify(shown)}`, 'NO_SSH')
  }

  #when(): string {
    switch (this.#phase) {
      case 'logging in':
        return 'while logging in'
      case 'host key':
        return 'while keys were exchanged'
      default:
        return 'before it said who it is'
    }
  }
}
