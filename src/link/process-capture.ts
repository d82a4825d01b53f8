import type { ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { InterfaceWatch } from './interface-watch.js'
import { type Capture, type CaptureBatch, LinkError, type LinkStats } from './link.js'
import { PcapStream } from './pcap-stream.js'

/** A program that captures: it writes pcap to its standard output. */
export interface CaptureProgram {
  /** Starts it. What it tells goes to `events`. */
  start(events: CaptureProgramEvents): ChildProcess
  /** Asks for the counters, if it has any. */
  askCounters?(child: ChildProcess): void
  /** Why it ended by itself; `INTERFACE_DOWN` when it can not go on until the interface is up again. */
  explain(status: number | null, signal: NodeJS.Signals | null): LinkError
  readonly dropsUnknown: boolean
}

export interface CaptureProgramEvents {
  /** Frames are seen from now on. */
  ready(): void
  /** Frames that the kernel and the interface lost since the program started. */
  counters(dropped: number, interfaceDropped: number): void
}

/** What a capture tells its link. */
export interface ProcessCaptureOwner {
  interfaceName: string
  netns: string | undefined
  linkType: number
  /** Bytes to keep of each frame, where the program may give more. */
  snaplen: number
  backend: string
  sent: () => number
  /** Called once, when the counters are final: a moment after the capture ended. */
  ended: (capture: ProcessCapture) => void
}

/** How a capture hands over what it has. */
export interface CaptureListener {
  onBatch: (batch: CaptureBatch) => void
  onError: (error: Error) => void
  onWarning: (warning: LinkError) => void
}

/** How often the counters are asked for, ms. */
const COUNTERS_INTERVAL = 500
/** How long a program that was told to end may take, ms. */
const PATIENCE = 1000
/** A program that an outage ended is started again, but not more often than this within `RESTART_PERIOD` ms. */
const MOST_RESTARTS = 5
const RESTART_PERIOD = 10_000

/**
 * A capture by another process: that one may crash, and this one does not. When an outage of the interface ended it, it
 * is started again once the interface is up.
 */
export class ProcessCapture implements Capture {
  readonly ready: Promise<void>
  private started: () => void = () => undefined
  private failed: (error: Error) => void = () => undefined
  private child: ChildProcess | undefined
  private readonly watch: InterfaceWatch
  private countersTimer: NodeJS.Timeout | undefined
  private currentLinkType: number
  private isDown = false
  private isStopped = false
  private restarts: number[] = []
  private received = 0
  private readonly lost = { dropped: 0, interfaceDropped: 0 }
  /** Lost before the program that runs now was started. */
  private lostBefore = { dropped: 0, interfaceDropped: 0 }

  constructor(
    private readonly owner: ProcessCaptureOwner,
    private readonly program: CaptureProgram,
    private readonly listener: CaptureListener,
  ) {
    this.currentLinkType = owner.linkType
    this.ready = new Promise((resolve, reject) => {
      this.started = resolve
      this.failed = reject
    })
    // Who does not wait for it hears of the failure through onError.
    this.ready.catch(() => undefined)
    this.watch = new InterfaceWatch(owner.interfaceName, { netns: owner.netns })
    this.launch()
    this.watch.start((state) => this.look(state))
    if (program.askCounters !== undefined) {
      this.countersTimer = setInterval(() => this.askCounters(), COUNTERS_INTERVAL)
      this.countersTimer.unref()
    }
  }

  /** Before the first frame, that of the interface. */
  get linkType(): number {
    return this.currentLinkType
  }

  get stopped(): boolean {
    return this.isStopped
  }

  stats(): LinkStats {
    const { received, lost, owner, program } = this
    const unknown = program.dropsUnknown ? { dropsUnknown: true as const } : {}
    return { received, ...lost, sent: owner.sent(), backend: owner.backend, ...unknown }
  }

  stop(): void {
    if (this.isStopped) return
    this.isStopped = true
    this.watch.stop()
    clearInterval(this.countersTimer)
    this.failed(new LinkError('CLOSED', `the capture on ${this.owner.interfaceName} was stopped before it had begun`))
    const { child } = this
    if (child === undefined) this.owner.ended(this)
    else end(child)
  }

  private launch(): void {
    const child = this.program.start({
      ready: () => this.started(),
      counters: (dropped, interfaceDropped) => {
        this.lost.dropped = this.lostBefore.dropped + dropped
        this.lost.interfaceDropped = this.lostBefore.interfaceDropped + interfaceDropped
      },
    })
    this.child = child
    const stream = new PcapStream((batch) => this.deliver(batch))
    child.stdout?.on('data', (chunk: Uint8Array) => {
      if (this.isStopped) return
      try {
        stream.take(chunk)
      } catch (error) {
        this.fail(error instanceof Error ? error : new Error(String(error)))
      }
    })
    // Without a process there is no 'close'.
    child.on('error', (cause) => {
      if (child.pid === undefined) this.onEnd(child, null, null, cause)
    })
    child.on('close', (status, signal) => this.onEnd(child, status, signal))
  }

  private deliver(batch: CaptureBatch): boolean {
    batch.interfaceName = this.owner.interfaceName
    this.currentLinkType = batch.linkType
    this.received += batch.count
    const { snaplen } = this.owner
    for (let i = 0; i < batch.count; i++) if (batch.lengths[i]! > snaplen) batch.lengths[i] = snaplen
    this.listener.onBatch(batch)
    return !this.isStopped
  }

  private look(state: 'up' | 'down' | 'gone'): void {
    if (state === 'down') this.wentDown()
    else if (state === 'gone') this.fail(this.gone())
    else if (this.isDown) {
      this.isDown = false
      if (this.child === undefined) this.launch()
    }
  }

  private wentDown(): void {
    if (this.isDown) return
    this.isDown = true
    const { interfaceName } = this.owner
    this.listener.onWarning(
      new LinkError('INTERFACE_DOWN', `${interfaceName} went down; the capture goes on when it is up again`, {
        errno: 'ENETDOWN',
      }),
    )
  }

  private onEnd(child: ChildProcess, status: number | null, signal: NodeJS.Signals | null, cause?: Error): void {
    if (this.child !== child) return
    this.child = undefined
    this.lostBefore = { ...this.lost }
    if (this.isStopped) {
      this.owner.ended(this)
      return
    }
    const reason =
      cause === undefined
        ? this.program.explain(status, signal)
        : new LinkError('SYSTEM', `no capture on ${this.owner.interfaceName}: ${cause.message}`, { cause })
    const state = this.watch.state()
    if (state === 'gone') this.fail(this.gone())
    else if (state === 'down') this.wentDown()
    else if (reason.code === 'INTERFACE_DOWN' && this.mayRestart()) {
      // It was down for less time than it takes to look.
      this.wentDown()
    } else this.fail(reason)
  }

  private mayRestart(): boolean {
    const now = performance.now()
    this.restarts = this.restarts.filter((at) => now - at < RESTART_PERIOD)
    this.restarts.push(now)
    return this.restarts.length <= MOST_RESTARTS
  }

  private gone(): LinkError {
    return new LinkError('NO_SUCH_INTERFACE', `${this.owner.interfaceName} is gone; the capture ended`)
  }

  private fail(error: Error): void {
    if (this.isStopped) return
    this.failed(error)
    this.stop()
    this.listener.onError(error)
  }

  private askCounters(): void {
    if (this.child !== undefined) this.program.askCounters?.(this.child)
  }
}

/** Ends a program whose output nobody wants any more; the event loop does not wait for it. */
function end(child: ChildProcess): void {
  // What is still in the pipe is thrown away: a program that waits for room there would not end.
  child.stdout?.resume()
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
  timer.unref()
  child.once('close', () => clearTimeout(timer))
  release(child)
}

/** Lets this process end without waiting for a child, its pipes included. */
export function release(child: ChildProcess): void {
  child.unref()
  child.channel?.unref()
  // The types do not tell that pipes are sockets.
  for (const stream of [child.stdin, child.stdout, child.stderr] as (Readable & { unref?: () => void })[])
    stream?.unref?.()
}
