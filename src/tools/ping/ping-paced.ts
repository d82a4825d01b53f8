import { Pacer, pause } from '../../exchange/index.js'
import type { PingSettings } from './ping-options.js'
import type { PingProbe, PingTransport } from './ping-transport.js'

/** What pings through sockets of the system have in common: they wait for events of their sockets. Times are ours, not the kernel's. */
export abstract class PacedPing implements PingTransport {
  heard: PingTransport['heard'] = () => undefined
  private readonly pacer: Pacer
  private waker = new AbortController()

  constructor(
    protected readonly settings: PingSettings,
    private readonly stop: AbortSignal,
  ) {
    this.pacer = new Pacer({ rate: settings.rate })
    stop.addEventListener('abort', () => this.wake(), { once: true })
  }

  async send(probes: readonly PingProbe[]): Promise<void> {
    for (const probe of probes) {
      if ((await this.pacer.next(1, this.stop)) === 0) return
      this.sendOne(probe)
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

  abstract forget(probe: PingProbe): void
  abstract close(): void
  protected abstract sendOne(probe: PingProbe): void

  /** Something was heard. */
  protected wake(): void {
    this.waker.abort()
  }
}
