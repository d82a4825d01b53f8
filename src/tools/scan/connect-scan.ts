import type { Socket } from 'node:net'
import { LONGEST_TIMER, Pacer } from '../../exchange/index.js'
import { tcpSocket } from '../ask/open-socket.js'
import { Lane, type Patience } from '../flight/lane.js'
import type { Target } from '../targets.js'
import type { HostReport } from './host-report.js'
import { shuffled } from './shuffled.js'
import { connectOutcome, SYN_ACK } from './states.js'

/** What a scan by ordinary connections needs to know. It works without rights. */
export interface ConnectScanPlan {
  targets: readonly Target[]
  ports: readonly number[]
  retries: number
  rate: number | undefined
  patience: Patience
  netns?: string
  iface?: string
}

/** Connections that are attempted at once: below the usual limit of 1024 descriptors, and few enough for home routers. */
const MOST_CONNECTIONS = 400
const FEWEST_CONNECTIONS = 8
/** What the system says when it has no room for another connection at the moment. */
const NO_ROOM = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL', 'EAGAIN'])
/** How long is waited for room, ms. */
const ROOM_PAUSE = 20
/** After so many times without room there will be none. */
const MOST_PAUSES = 250

interface Host {
  readonly target: Target
  readonly lane: Lane
  readonly outcomes: Uint8Array
  readonly again: { place: number; attempt: number }[]
  left: number
  cursor: number
  /** Shortest time to an answer, ms. */
  roundTrip: number
}

/** Scans by connecting. Each host is reported when it is done, after `stop` was aborted with what is known by then. */
export async function connectScan(
  plan: ConnectScanPlan,
  stop: AbortSignal,
  onHost: (report: HostReport) => void,
  onProgress: (done: number) => void,
): Promise<void> {
  await new ConnectScan(plan, stop, onHost, onProgress).run()
}

class ConnectScan {
  private readonly order: Uint16Array
  private readonly waiting: Target[]
  private readonly active: Host[] = []
  /** Each with the timer that ends the wait for it. */
  private readonly sockets = new Map<Socket, NodeJS.Timeout>()
  private most = MOST_CONNECTIONS
  private pauses = 0
  private done = 0
  private turnOf = 0
  private timer: NodeJS.Timeout | undefined
  private readonly pacer: Pacer
  private finish: () => void = () => undefined
  private fail: (error: unknown) => void = () => undefined

  constructor(
    private readonly plan: ConnectScanPlan,
    private readonly stop: AbortSignal,
    private readonly onHost: (report: HostReport) => void,
    private readonly onProgress: (done: number) => void,
  ) {
    this.order = shuffled(plan.ports.length)
    this.pacer = new Pacer({ rate: plan.rate })
    this.waiting = [...plan.targets].reverse()
  }

  async run(): Promise<void> {
    const onStop = (): void => this.finish()
    try {
      await new Promise<void>((resolve, reject) => {
        this.finish = resolve
        this.fail = reject
        if (this.stop.aborted) resolve()
        this.stop.addEventListener('abort', onStop, { once: true })
        this.fill()
      })
    } finally {
      this.stop.removeEventListener('abort', onStop)
      clearTimeout(this.timer)
      for (const socket of [...this.sockets.keys()]) {
        this.forget(socket)
        socket.destroy()
      }
    }
    for (const host of this.active) this.report(host)
  }

  /** Starts as many connections as may be under way. */
  private fill(): void {
    if (this.stop.aborted) return
    try {
      while (this.sockets.size < this.most) {
        const host = this.nextHost()
        if (host === undefined) break
        if (this.pacer.take(1) === 0) {
          this.later(this.pacer.delay * 1000)
          return
        }
        this.start(host)
      }
    } catch (error) {
      this.fail(error)
      return
    }
    if (this.sockets.size === 0 && this.active.length === 0 && this.waiting.length === 0) this.finish()
  }

  private later(milliseconds: number): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.fill(), Math.min(milliseconds, LONGEST_TIMER))
  }

  /** A host with a port to try, those that were begun first; several are under way when one alone does not fill the room. */
  private nextHost(): Host | undefined {
    for (let i = 0; i < this.active.length; i++) {
      const host = this.active[this.turnOf++ % this.active.length]!
      if (host.lane.outstanding < host.lane.window && (host.again.length > 0 || host.cursor < this.order.length))
        return host
    }
    const target = this.waiting.pop()
    if (target === undefined) return undefined
    const { ports, patience } = this.plan
    const host: Host = {
      target,
      lane: new Lane(ports.length, patience),
      outcomes: new Uint8Array(ports.length),
      again: [],
      left: ports.length,
      cursor: 0,
      roundTrip: Number.POSITIVE_INFINITY,
    }
    this.active.push(host)
    return host
  }

  private start(host: Host): void {
    const again = host.again.shift()
    const place = again?.place ?? this.order[host.cursor++]!
    const attempt = again?.attempt ?? 0
    const { target, lane } = host
    const socket = tcpSocket(target.family, this.plan.netns)
    lane.outstanding++
    const startedAt = performance.now()
    const timer = setTimeout(() => end(undefined), lane.timeout)
    this.sockets.set(socket, timer)
    let ended = false
    /** With a code: that is the outcome; without: no answer in time. */
    const end = (code: number | undefined): void => {
      if (ended) return
      ended = true
      this.forget(socket)
      // With a reset, so that no port stays in TIME-WAIT. RFC 9293 §3.10.5.
      if (code === SYN_ACK) socket.resetAndDestroy()
      else socket.destroy()
      lane.outstanding--
      if (code !== undefined) this.settle(host, place, code, performance.now() - startedAt)
      else this.silent(host, place, attempt)
      this.fill()
    }
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (ended) return
      if (NO_ROOM.has(error.code ?? '') && !this.stop.aborted) {
        host.again.unshift({ place, attempt })
        ended = true
        this.forget(socket)
        lane.outstanding--
        this.noRoom(error)
        return
      }
      const code = connectOutcome(error.code)
      end(code === 0 ? undefined : code)
    })
    socket.once('connect', () => end(SYN_ACK))
    const zone = target.zone ?? (target.family === 6 && /^fe[89ab]/i.test(target.address) ? this.plan.iface : undefined)
    socket.connect({
      host: zone === undefined ? target.address : `${target.address}%${zone}`,
      port: this.plan.ports[place]!,
    })
  }

  private forget(socket: Socket): void {
    clearTimeout(this.sockets.get(socket))
    this.sockets.delete(socket)
  }

  private settle(host: Host, place: number, code: number, roundTrip: number): void {
    this.pauses = 0
    host.lane.sample(roundTrip)
    host.lane.grow(true, performance.now())
    host.roundTrip = Math.min(host.roundTrip, roundTrip)
    this.conclude(host, place, code)
  }

  private silent(host: Host, place: number, attempt: number): void {
    host.lane.silence()
    if (attempt < this.plan.retries) host.again.push({ place, attempt: attempt + 1 })
    else this.conclude(host, place, 240)
  }

  private conclude(host: Host, place: number, code: number): void {
    host.outcomes[place] = code
    host.left--
    this.done++
    this.onProgress(this.done)
    if (host.left > 0) return
    this.active.splice(this.active.indexOf(host), 1)
    this.report(host)
  }

  /** Fewer at once, and a moment later. */
  private noRoom(error: Error): void {
    this.most = Math.max(FEWEST_CONNECTIONS, Math.floor(this.sockets.size * 0.8))
    if (++this.pauses > MOST_PAUSES) this.fail(error)
    else this.later(ROOM_PAUSE)
  }

  private report(host: Host): void {
    const { target, outcomes, roundTrip } = host
    this.onHost({
      target,
      protocol: 'tcp',
      ports: this.plan.ports,
      outcomes,
      ...(roundTrip < Number.POSITIVE_INFINITY ? { rtt: roundTrip / 1000 } : {}),
    })
  }
}
