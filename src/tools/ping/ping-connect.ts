import { createConnection, type Socket } from 'node:net'
import { systemErrorWords } from '../system-errors.js'
import { PacedPing } from './ping-paced.js'
import type { PingNews, PingProbe } from './ping-transport.js'

/** Ping by opening TCP connections through the system, which needs no rights. Times are ours, not the kernel's. */
export class ConnectPing extends PacedPing {
  private readonly sockets = new Map<PingProbe, Socket>()

  forget(probe: PingProbe): void {
    this.sockets.get(probe)?.destroy()
    this.sockets.delete(probe)
  }

  close(): void {
    for (const socket of this.sockets.values()) socket.destroy()
    this.sockets.clear()
  }

  protected sendOne(probe: PingProbe): void {
    const { port, source } = this.settings
    const { address } = probe.host
    const began = performance.now()
    const socket = createConnection({ host: address, port, ...(source === undefined ? {} : { localAddress: source }) })
    const end = (news: PingNews): void => {
      if (!this.sockets.has(probe)) return
      this.forget(probe)
      this.heard(probe, { ...news, rtt: (performance.now() - began) / 1000 })
      this.wake()
    }
    this.sockets.set(probe, socket)
    socket.once('connect', () => end({ kind: 'answer', from: address, words: `port ${port} open (connected)` }))
    socket.on('error', ({ code = '' }: NodeJS.ErrnoException) => {
      if (code === 'ECONNREFUSED') end({ kind: 'answer', from: address, words: `port ${port} closed (refused)` })
      // The system's own patience is over; ours tells it.
      else if (code !== 'ETIMEDOUT') end({ kind: 'error', from: address, words: systemErrorWords(code) })
    })
  }
}
