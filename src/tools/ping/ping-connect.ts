import { createConnection, type Socket } from 'node:net'
import { Pacer, pause } from '../../exchange/index.js'
import type { PingSettings } from './ping-options.js'
import type { PingNews, PingProbe, PingTransport } from './ping-transport.js'

/** What the system's errors of connect(2) mean. */
const FAILURES: Readonly<Record<string, string>> = {
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  EACCES: 'prohibited by this machine',
  EPERM: 'prohibited by this machine',
  EADDRNOTAVAIL: 'this machine does not have the source address',
  EINVAL: 'this address cannot be connected to',
}

/** Ping by opening TCP connections through the system, which needs no rights. Times are ours, not the kernel's. */
export class ConnectPing implements PingTransport {
  heard: PingTransport['heard'] = () => undefined
  private readonly sockets = new Map<PingProbe, Socket>()
  private readonly pacer: Pacer
  private waker = new AbortController()

  constructor(
    private readonly settings: PingSettings,
    private readonly stop: AbortSignal,
  ) {
    this.pacer = new Pacer({ rate: settings.rate })
    stop.addEventListener('abort', () => this.waker.abort(), { once: true })
  }

  async send(probes: readonly PingProbe[]): Promise<void> {
    for (const probe of probes) {
      if ((await this.pacer.next(1, this.stop)) === 0) return
      this.connect(probe)
      probe.sent = true
    }
  }

  async wait(seconds: number, until: () => boolean): Promise<void> {
    const deadline = performance.now() + seconds * 1000
    for (;;) {
      const left = deadline - performance.now()
      if (left <= 0 || this.stop.aborted || until()) return
      this.waker = new AbortController()
      await pause(left, this.waker.signal)
    }
  }

  forget(probe: PingProbe): void {
    this.sockets.get(probe)?.destroy()
    this.sockets.delete(probe)
  }

  close(): void {
    for (const socket of this.sockets.values()) socket.destroy()
    this.sockets.clear()
  }

  private connect(probe: PingProbe): void {
    const { port, source } = this.settings
    const { address } = probe.host
    const began = performance.now()
    const socket = createConnection({ host: address, port, ...(source === undefined ? {} : { localAddress: source }) })
    const end = (news: PingNews): void => {
      if (!this.sockets.has(probe)) return
      this.forget(probe)
      this.heard(probe, { ...news, rtt: (performance.now() - began) / 1000 })
      this.waker.abort()
    }
    this.sockets.set(probe, socket)
    socket.once('connect', () => end({ kind: 'answer', from: address, words: `port ${port} open (connected)` }))
    socket.on('error', ({ code = '' }: NodeJS.ErrnoException) => {
      if (code === 'ECONNREFUSED') end({ kind: 'answer', from: address, words: `port ${port} closed (refused)` })
      // The system's own patience is over; ours tells it.
      else if (code !== 'ETIMEDOUT') end({ kind: 'error', from: address, words: FAILURES[code] ?? code })
    })
  }
}
