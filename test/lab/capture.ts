/** tcpdump in the lab, started and stopped without losing a packet at either end. */
import type { Child } from './process.js'

const LISTENING = /listening on /
/** What SIGUSR1 makes tcpdump say; the counts up to now. */
const COUNTS = /(\d+) packets? captured, (\d+) packets? received by filter, (\d+) packets? dropped by kernel/

export interface LabCaptureCounts {
  /** Packets in the file. */
  captured: number
  /** Packets that passed the filter in the kernel; those not yet in the file are among them. */
  received: number
  dropped: number
}

/** One running tcpdump that writes a pcap file; from `lab.capture()`. */
export class LabCapture {
  /** The pcap file; every captured packet is in it at once (tcpdump -U). */
  readonly file: string
  private readonly child: Child
  private stopped = false

  constructor(child: Child, file: string) {
    this.child = child
    this.file = file
  }

  /** Waits until tcpdump really listens: its own word for it, printed after the socket is open. */
  async listening(): Promise<this> {
    await this.child.waitFor(LISTENING)
    return this
  }

  /** Asks tcpdump for its counters. */
  async counts(): Promise<LabCaptureCounts> {
    const from = this.child.mark()
    this.child.kill('SIGUSR1')
    const [, captured, received, dropped] = await this.child.waitFor(COUNTS, { from, timeout: 3000 })
    return { captured: Number(captured), received: Number(received), dropped: Number(dropped) }
  }

  /**
   * Waits until at least `count` packets are in the file.
   * @param timeout milliseconds; default 5000. @throws Error that says how many there were.
   */
  async waitForPackets(count: number, timeout = 5000): Promise<void> {
    const end = Date.now() + timeout
    for (;;) {
      const { captured } = await this.counts()
      if (captured >= count) return
      if (Date.now() > end) throw new Error(`${captured} of ${count} packets were captured within ${timeout} ms`)
      await pause(5)
    }
  }

  /** Stops after everything that the kernel has seen is written. Gives the file's path; a second call does nothing. */
  async stop(): Promise<string> {
    if (this.stopped) return this.file
    this.stopped = true
    if (!this.child.running) {
      await this.child.exited
      throw new Error(`tcpdump ended before it was stopped: ${this.child.stderr.trim()}`)
    }
    // Packets may wait in the kernel's ring while tcpdump gets to them; ending it now would lose them.
    const end = Date.now() + 3000
    for (;;) {
      const { captured, received, dropped } = await this.counts()
      if (captured + dropped >= received || Date.now() > end) break
      await pause(2)
    }
    await this.child.stop('SIGTERM')
    return this.file
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
