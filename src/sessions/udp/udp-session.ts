/** UDP sockets: bound, connected or neither; broadcast and multicast. RFC 768, RFC 1112. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { isIP, isIPv4, isIPv6 } from 'node:net'
import { OptionError, onAbort, Task } from '../../exchange/index.js'
import { ADDRESS, checkTable, type OptionTable, positive } from '../../tools/option-kinds.js'
import type { Explainable } from '../explain/explainable.js'
import type { Recorder, RecorderOptions } from '../explain/recorder.js'
import { listenError } from '../face/listen-error.js'
import { byteCount, COMMON_EVENTS, type CommonEvents, Session } from '../face/session.js'
import { SessionError, sessionError } from '../face/session-error.js'
import { hostPort, type Place, placeFrom } from '../stream/place.js'
import { decoded, type Encoding, encoded } from '../stream/text.js'
import { UdpDatagram } from './udp-datagram.js'
import type { UdpOptions } from './udp-options.js'

/** Events of a UDP session. */
export type UdpEvents = CommonEvents & {
  /** A datagram came. What the handler gives is sent back to who sent it. */
  message: [datagram: UdpDatagram]
}

/** Where a datagram goes to. */
export type UdpTarget = string | { host: string; port: number }

const RECEIVE: OptionTable<{ timeout?: number }> = { timeout: positive('seconds') }
/** Datagrams and bytes that wait to be taken; what comes then is lost, and counted. */
const MOST_WAITING = 10_000
const MOST_BYTES = 16 * 2 ** 20

interface Waiter {
  resolve(datagram: UdpDatagram): void
  reject(error: SessionError): void
}

/** A UDP socket. */
export class UdpSession extends Session<UdpEvents> implements AsyncIterable<UdpDatagram>, Explainable {
  readonly kind = 'udp'
  /** Bytes that came and went. */
  received = 0
  sent = 0
  /** Datagrams that were lost because nobody took them. */
  dropped = 0
  /** What records its packets. */
  _recorder: Recorder | undefined
  protected readonly eventNames = [...COMMON_EVENTS, 'message']
  readonly #own: { host: string; port: number } | undefined
  readonly #remote: { host: string; port: number } | undefined
  readonly #options: UdpOptions
  #socket: Socket | undefined
  #address: { address: string; port: number } | undefined
  #waiting: UdpDatagram[] = []
  #waitingBytes = 0
  /** Datagrams whose handlers wait. */
  readonly #handled = { count: 0, bytes: 0 }
  #waiters: Waiter[] = []
  #error: SessionError | undefined

  constructor(own: { host: string; port: number } | undefined, remote: Place | undefined, options: UdpOptions = {}) {
    super(options)
    this.#own = own
    this.#remote = remote === undefined || 'path' in remote ? undefined : remote
    this.#options = options
  }

  get subject(): string {
    if (this.#remote !== undefined) return hostPort(this.#remote.host, this.#remote.port)
    const { host, port } = this.#own ?? { host: '0.0.0.0', port: 0 }
    return hostPort(this.#address?.address ?? host, this.#address?.port ?? port)
  }

  get #encoding(): Encoding {
    return this.#options.encoding ?? 'utf8'
  }

  /** Our port. */
  get port(): number {
    return this.#address?.port ?? 0
  }

  /** The same; `explain` asks for it. */
  get localPort(): number {
    return this.port
  }

  /** Of a connected socket the other end's address and port. */
  get remoteAddress(): string | undefined {
    return this.#remote?.host
  }

  get remotePort(): number | undefined {
    return this.#remote?.port
  }

  /** Our address and port. */
  get local(): string {
    return this.#address === undefined ? '' : hostPort(this.#address.address, this.#address.port)
  }

  /** The other end, of a connected one; else ''. */
  get peer(): string {
    return this.#remote === undefined ? '' : hostPort(this.#remote.host, this.#remote.port)
  }

  /**
   * Sends a datagram with text, bytes or a packet: `u.send('World', 'localhost:5000')`. A connected session needs no target.
   * Gives how many bytes that was; UDP does not tell whether it arrived.
   */
  send(data: unknown, target?: UdpTarget, port?: number): Task<number> {
    return Task.run(
      async () => {
        const bytes = encoded(data, this.#encoding, this.label)
        const place = this.#targetOf(target, port)
        await this.#send(bytes, place)
        return bytes.length
      },
      { name: 'send' },
    )
  }

  /** What the next datagram carries; waits for one. @throws SessionError when none comes in time, or the other end refuses */
  recv(options: { timeout?: number } = {}): Task<string | Uint8Array> {
    return Task.run(async ({ signal }) => (await this.#next('recv', options, signal)).data, {
      name: `recv on ${this.subject}`,
    })
  }

  /** The next datagram with its sender: `d.data`, `d.host`, `d.port`. */
  recvFrom(options: { timeout?: number } = {}): Task<UdpDatagram> {
    return Task.run(async ({ signal }) => await this.#next('recvFrom', options, signal), {
      name: `recvFrom on ${this.subject}`,
    })
  }

  /** Joins a multicast group. @throws SessionError for an address that is none of a group */
  join(group: string, iface = this.#options.iface): this {
    this.#membership('addMembership', group, iface)
    return this
  }

  /** Leaves a multicast group. */
  leave(group: string, iface = this.#options.iface): this {
    this.#membership('dropMembership', group, iface)
    return this
  }

  /** Datagrams as they come: `for (const d of u) …`. */
  [Symbol.asyncIterator](): AsyncIterator<UdpDatagram> {
    return {
      next: async () => {
        if (!this.isOpen && this.#waiting.length === 0) return { done: true, value: undefined }
        try {
          return { done: false, value: await this.recvFrom() }
        } catch (error) {
          if (error instanceof SessionError && error.code === 'CLOSED') return { done: true, value: undefined }
          throw error
        }
      },
    }
  }

  protected override get figures(): string {
    const parts = [`${byteCount(this.sent)} out`, `${byteCount(this.received)} in`]
    if (this.#waiting.length > 0) parts.push(`${this.#waiting.length} not taken yet`)
    if (this.dropped > 0) parts.push(`${this.dropped} lost`)
    return parts.join(', ')
  }

  protected async _open(signal: AbortSignal): Promise<void> {
    const { group, share = group !== undefined } = this.#options
    const groups = group === undefined ? [] : typeof group === 'string' ? [group] : group
    try {
      const address = await familyAddress(this.#remote?.host ?? groups[0] ?? this.#own?.host ?? '127.0.0.1')
      const socket = createSocket({ type: address.family === 6 ? 'udp6' : 'udp4', reuseAddr: share })
      this.#socket = socket
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject)
        onAbort(signal, () => reject(signal.reason))
        const own = this.#own ?? { host: address.family === 6 ? '::' : '0.0.0.0', port: this.#options.localPort ?? 0 }
        // A socket of one address hears no group: it has to be bound to all of them.
        const host = groups.length > 0 ? undefined : own.host
        socket.bind({ port: own.port, ...(host === undefined ? {} : { address: host }) }, () => {
          if (this.#remote === undefined) resolve()
          else
            socket.connect(this.#remote.port, address.address, (error?: Error) => (error ? reject(error) : resolve()))
        })
      })
      await this.#ready(socket, groups)
    } catch (error) {
      this.#socket?.close()
      this.#socket = undefined
      throw await listenError(this.label, 'udp', this.#own?.port ?? 0, error)
    }
  }

  /** What is to be recorded of it. */
  _recording(): RecorderOptions {
    if (this.#remote !== undefined)
      return { protocol: 'udp', role: 'client', address: this.#remote.host, port: this.#remote.port }
    return { protocol: 'udp', role: 'server', address: this.#address?.address, port: this.port }
  }

  protected override _ended(): void {
    this._recorder?.stop()
  }

  protected _close(): Promise<void> {
    const socket = this.#socket
    this.#socket = undefined
    this.#failWaiters(new SessionError(`${this.label}: it was closed`, 'CLOSED'))
    return new Promise((resolve) => (socket === undefined ? resolve() : socket.close(() => resolve())))
  }

  protected override _handlersChanged(): void {
    if (this._isHeard('message')) for (const datagram of this.#takeAll()) this.#handle(datagram)
  }

  async #ready(socket: Socket, groups: readonly string[]): Promise<void> {
    const { broadcast = false, ttl, loopback, iface } = this.#options
    socket.removeAllListeners('error')
    socket.on('error', (error) => this.#complain(sessionError(this.label, error)))
    socket.on('message', (bytes, from) => this.#arrived(bytes, from))
    if (broadcast) socket.setBroadcast(true)
    if (ttl !== undefined) socket.setMulticastTTL(ttl)
    if (loopback !== undefined) socket.setMulticastLoopback(loopback)
    if (iface !== undefined && isIP(iface) !== 0) socket.setMulticastInterface(iface)
    this.#address = socket.address()
    if (this.#options.explain) this._recorder = await (await import('../explain/explain.js')).recorderFor(this)
    for (const group of groups) this.join(group)
  }

  #arrived(bytes: Buffer, { address, port }: RemoteInfo): void {
    const datagram = new UdpDatagram(bytes, address, port, this.#encoding)
    this.received += bytes.length
    if (this.history.isKept)
      this.history._add('in', datagram.data, bytes.length, this.#remote === undefined ? datagram.peer : undefined)
    if (this._isHeard('message')) {
      if (this.#handled.count >= MOST_WAITING || this.#handled.bytes > MOST_BYTES) this.dropped++
      else this.#handle(datagram)
      return
    }
    const waiter = this.#waiters.shift()
    if (waiter !== undefined) {
      waiter.resolve(datagram)
      return
    }
    if (this.#waiting.length >= MOST_WAITING || this.#waitingBytes > MOST_BYTES) {
      this.dropped++
      return
    }
    this.#waiting.push(datagram)
    this.#waitingBytes += bytes.length
  }

  #handle(datagram: UdpDatagram): void {
    const waits = this._emit('message', [datagram], (reply) => {
      try {
        const bytes = encoded(reply, this.#encoding, this.label)
        const target = this.#remote === undefined ? { host: datagram.host, port: datagram.port } : undefined
        this.#send(bytes, target).catch((error: unknown) => this.#complain(sessionError(this.label, error)))
      } catch (error) {
        this._failed('message', error)
      }
    })
    if (waits === undefined) return
    const { length } = datagram
    this.#handled.count++
    this.#handled.bytes += length
    void waits.then(() => {
      this.#handled.count--
      this.#handled.bytes -= length
    })
  }

  /** An error that belongs to no call, such as a port that is closed (ICMP): whoever waits hears of it, else the next who asks. */
  #complain(error: SessionError): void {
    void this._emit('error', [error])
    if (this.#waiters.length > 0) this.#failWaiters(error)
    else this.#error = error
  }

  async #next(name: string, options: { timeout?: number }, signal: AbortSignal): Promise<UdpDatagram> {
    checkTable(name, options, RECEIVE)
    if (this._isHeard('message'))
      throw new SessionError(
        `${this.label}: its datagrams go to the handlers of 'message'; ${name}() is for sessions without (off('message'))`,
        'BUSY',
      )
    const waiting = this.#waiting.shift()
    if (waiting !== undefined) {
      this.#waitingBytes -= waiting.length
      return waiting
    }
    if (!this.isOpen) throw new SessionError(`${this.label}: it is ${this.state}`, 'CLOSED')
    const error = this.#error
    this.#error = undefined
    if (error !== undefined) throw error
    return await this.#wait(name, options.timeout, signal)
  }

  #wait(name: string, timeout: number | undefined, signal: AbortSignal): Promise<UdpDatagram> {
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined
      const over = (): void => {
        clearTimeout(timer)
        this.#waiters = this.#waiters.filter((other) => other !== waiter)
      }
      const waiter: Waiter = {
        resolve: (datagram) => {
          over()
          resolve(datagram)
        },
        reject: (error) => {
          over()
          reject(error)
        },
      }
      this.#waiters.push(waiter)
      signal.addEventListener('abort', over, { once: true })
      if (timeout !== undefined)
        timer = setTimeout(() => {
          over()
          reject(new SessionError(`${this.label}: ${name}: no datagram came within ${timeout} s`, 'TIMEOUT'))
        }, timeout * 1000)
    })
  }

  #send(bytes: Uint8Array, place: { host: string; port: number } | undefined): Promise<void> {
    const socket = this.#socket
    if (socket === undefined || !this.isOpen)
      return Promise.reject(new SessionError(`${this.label}: it is ${this.state}`, 'CLOSED'))
    return new Promise((resolve, reject) => {
      const done = (error: Error | null): void => {
        if (error !== null) {
          reject(this.#sendError(this.#place(place), error))
          return
        }
        this.sent += bytes.length
        this.#note(bytes, place)
        resolve()
      }
      if (place === undefined) socket.send(bytes, done)
      else socket.send(bytes, place.port, this.#reached(place.host), done)
    })
  }

  #sendError(place: string, error: NodeJS.ErrnoException): SessionError {
    if (error.code !== 'EACCES' || this.#options.broadcast) return sessionError(place, error)
    return new SessionError(`${place}: sending to a broadcast address is allowed only with {broadcast: true}`, 'EACCES')
  }

  /** An address of IPv4 as a socket of both versions takes it (RFC 4291 §2.5.5.2). */
  #reached(host: string): string {
    return isIPv4(host) && isIPv6(this.#address?.address ?? '') ? `::ffff:${host}` : host
  }

  #note(bytes: Uint8Array, place: { host: string; port: number } | undefined): void {
    if (!this.history.isKept) return
    const data = decoded(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), this.#encoding)
    this.history._add('out', data, bytes.length, place === undefined ? undefined : hostPort(place.host, place.port))
  }

  #place(place: { host: string; port: number } | undefined): string {
    return place === undefined ? this.label : `udp ${hostPort(place.host, place.port)}`
  }

  #targetOf(target: UdpTarget | undefined, port: number | undefined): { host: string; port: number } | undefined {
    if (target === undefined) {
      if (this.#remote !== undefined) return undefined
      throw new OptionError("send: where to? u.send('text', 'host:port'), or udp.connect(host, port)")
    }
    if (this.#remote !== undefined)
      throw new OptionError(`send: this session is connected to ${this.peer}; udp.bind() makes one for any target`)
    const place =
      typeof target === 'object' && target !== null
        ? placeFrom('send', target.host, target.port)
        : placeFrom('send', target, port)
    if ('path' in place) throw new OptionError('send: give a host and a port')
    if (isIPv6(place.host) && !isIPv6(this.#address?.address ?? '::'))
      throw new OptionError(
        `send: this socket is one of IPv4; udp.bind(${this.port}, {host: '::'}) is of both versions`,
      )
    return place
  }

  #membership(what: 'addMembership' | 'dropMembership', group: string, iface: string | undefined): void {
    if (!ADDRESS.accepts(group) || !isGroup(group))
      throw new OptionError(`${group} is no multicast address: those are 224.0.0.0/4 and ff00::/8, such as 239.1.2.3`)
    try {
      if (iface === undefined) this.#socket?.[what](group)
      else this.#socket?.[what](group, isIPv6(group) && isIP(iface) === 0 ? `::%${iface}` : iface)
    } catch (error) {
      throw sessionError(`${this.label}, group ${group}`, error)
    }
  }

  #takeAll(): UdpDatagram[] {
    this.#waitingBytes = 0
    return this.#waiting.splice(0)
  }

  #failWaiters(error: SessionError): void {
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error)
  }
}

function isGroup(address: string): boolean {
  const first = Number.parseInt(address, 10)
  return isIPv6(address) ? /^ff/i.test(address) : first >= 224 && first < 240
}

async function familyAddress(host: string): Promise<{ address: string; family: number }> {
  const family = isIP(host.split('%')[0]!)
  return family === 0 ? await lookup(host) : { address: host, family }
}
