import { type PathOptions, type Probe, ProbeSession, stopSignal, Task, type TaskControl } from '../../exchange/index.js'
import { checkReachable, pathTo, whyNoRoute } from '../paths.js'
import { answerFilter } from '../probe-packets.js'
import { nameAddresses } from '../reverse-names.js'
import { hostNames, resolveTargets } from '../targets.js'
import { type TracerouteOptions, type TracerouteSettings, tracerouteSettings } from './traceroute-options.js'
import { type TracerouteResult, TracerouteResults } from './traceroute-result.js'
import { Trace } from './traceroute-trace.js'

export type { TracerouteOptions, TracerouteProtocol } from './traceroute-options.js'
export { type HopAnswer, TracerouteHop, TracerouteResult, TracerouteResults } from './traceroute-result.js'

/**
 * Finds the routers on the way to a host, or to several hosts at once (one result each). All hops are asked side by side, so it takes
 * about one round trip, and one time-out where routers are silent. Interrupted, it gives what came so far.
 */
export function traceroute(host: string, options?: TracerouteOptions): Task<TracerouteResult>
export function traceroute(hosts: readonly string[], options?: TracerouteOptions): Task<TracerouteResults>
export function traceroute(
  given: string | readonly string[],
  options: TracerouteOptions = {},
): Task<TracerouteResult> | Task<TracerouteResults> {
  return Task.run<TracerouteResult | TracerouteResults>((control) => runTraceroute(control, given, options), {
    name: 'traceroute',
  }) as Task<TracerouteResult>
}

/** The work of `traceroute`. @throws PacketError for options that make no sense, LinkError when nothing can be sent */
export async function runTraceroute(
  control: TaskControl<TracerouteResult | TracerouteResults>,
  given: string | readonly string[],
  options: TracerouteOptions = {},
): Promise<TracerouteResult | TracerouteResults> {
  const names = hostNames('traceroute', given)
  const settings = tracerouteSettings(options, names.length)
  const stop = stopSignal(control)
  const targets = await resolveTargets('traceroute', names, settings.family)
  const path = pathTo('traceroute', settings, targets)
  const traces = targets.map((target) => new Trace(target, settings, whyNoRoute(target, path)))
  checkReachable('traceroute', traces)
  const run = new Run(traces, settings, path, stop, control)
  try {
    await run.ask()
  } finally {
    run.close()
  }
  if (settings.names)
    await nameAddresses(
      traces.flatMap((trace) => trace.answers()),
      stop,
    )
  const results = traces.map((trace) => trace.result(run.duration))
  for (const result of results) result.interrupted = control.interrupted && !result.reached
  return typeof given === 'string' ? results[0]! : TracerouteResults.from(results)
}

/** Silent hops are waited for this many times the longest round trip once the destination has answered. */
const PATIENCE = 5
/** At least, seconds. */
const LEAST_PATIENCE = 0.5

/** All traces of one call. */
class Run {
  private readonly session: ProbeSession
  private readonly owners = new Map<Probe, Trace>()
  private readonly began = performance.now()
  private lastSent = performance.now()

  constructor(
    private readonly traces: readonly Trace[],
    private readonly settings: TracerouteSettings,
    path: PathOptions,
    private readonly stop: AbortSignal,
    private readonly control: TaskControl<TracerouteResult | TracerouteResults>,
  ) {
    const { protocol, port, rate } = settings
    const options = { ...path, rate, multi: true, filter: answerFilter(path, protocol, port) }
    this.session = new ProbeSession('traceroute', 'network', options, stop)
    this.session.onAnswer = (wire, packet) => this.owners.get(wire)?.heard(wire, packet, wire.answers.at(-1)!.at)
  }

  /** Seconds since the beginning. */
  get duration(): number {
    return (performance.now() - this.began) / 1000
  }

  /** Sends hop after hop without waiting for answers, as far as each host is away, and then waits. */
  async ask(): Promise<void> {
    const { firstHop, maxHops } = this.settings
    for (let ttl = firstHop; ttl <= maxHops && !this.stop.aborted; ttl++) {
      const going = this.traces.filter((trace) => trace.problem === undefined && trace.end >= ttl)
      if (going.length === 0) break
      await this.askHop(ttl, going)
      this.control.progress({ done: ttl - firstHop + 1, total: maxHops - firstHop + 1, text: `hop ${ttl}` })
    }
    for (const trace of this.traces) trace.isSent = true
    while (!this.stop.aborted && !this.isDone()) {
      const deadline = this.deadline()
      const left = deadline - performance.now()
      if (left <= 0) break
      // An answer may bring the end nearer.
      await this.session.wait(left / 1000, () => this.isDone() || this.deadline() < deadline)
    }
  }

  close(): void {
    this.session.close()
  }

  private async askHop(ttl: number, going: readonly Trace[]): Promise<void> {
    const { queries } = this.settings
    const all = going.flatMap((trace) =>
      Array.from({ length: queries }, (_, query) => ({ trace, index: trace.probes.length + query })),
    )
    const wires = await this.session.prepare(all.map(({ trace, index }) => trace.flow.packet(index, ttl)))
    wires.forEach((wire, i) => {
      const { trace, index } = all[i]!
      if (wire.frame === null && !this.stop.aborted)
        trace.problem = 'nobody answers for it, or for the gateway, on the link: nothing was sent'
      trace.flow.ready(index, wire.query)
      trace.probes.push({ ttl, wire, answer: null })
      this.owners.set(wire, trace)
    })
    await this.session.send(wires)
    this.lastSent = performance.now()
  }

  private isDone(): boolean {
    return this.traces.every((trace) => trace.isDone)
  }

  /** When there is no more to wait for, by performance.now(). */
  private deadline(): number {
    const { timeout } = this.settings
    const seconds = this.traces
      .filter((trace) => !trace.isDone)
      .map(({ end, longest }) =>
        end === Number.POSITIVE_INFINITY ? timeout : Math.min(timeout, Math.max(LEAST_PATIENCE, PATIENCE * longest)),
      )
    return this.lastSent + Math.max(0, ...seconds) * 1000
  }
}
