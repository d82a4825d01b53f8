import { PacketList } from '../../capture/index.js'
import {
  ANSWER_CAPTURE,
  defaultInterface,
  linkOf,
  OptionError,
  type PathOptions,
  report,
  send,
  sendp,
  Task,
  type TaskControl,
} from '../../exchange/index.js'
import type { CaptureBatch, Link } from '../../link/index.js'
import { type AnyPacket, asPacket, type Packet, type Stackable, suggestion } from '../../packet/index.js'
import { capturedPackets } from '../captured-packets.js'
import { checkTable, FLAG, type OptionTable, PATH_OPTIONS, SECONDS, text } from '../option-kinds.js'
import { MachineResult, type MachineStep } from './machine-result.js'

/** What a handler gives: the name of the next state; anything else (also in a promise) is no change. */
export type NextState = unknown

/** One state: what happens when it is entered, when a packet comes, when nothing comes for a while. */
export interface MachineState {
  /** Called when the state is entered, also from itself. */
  enter?(machine: Machine): NextState
  /** Called for each packet that passes the filter. */
  receive?(packet: AnyPacket, machine: Machine): NextState
  /** Seconds without a change of state, after which `onTimeout` is called; with none it is an error. */
  timeout?: number
  onTimeout?(machine: Machine): NextState
}

/** What handlers work with. */
export interface Machine {
  /** Name of the state that it is in. */
  readonly state: string
  /** Yours, to keep what belongs to this run: numbers, buffers. */
  readonly data: Record<string, unknown>
  /** Packets that came, in order. */
  readonly received: PacketList
  /** Sends a packet that begins with IP or IPv6, or a whole frame. They leave in the order of the calls. */
  send(packet: Stackable): Promise<unknown>
  /** Ends the machine; the value is `result.value`. */
  end(value?: unknown): void
}

export interface StateMachineOptions extends PathOptions {
  /** Name of the first state. Default: the first one of the object. */
  start?: string
  /** BPF expression: which packets `receive` gets. Unset: everything on the interface, one's own packets too. */
  filter?: string
  /** Seconds until it ends whatever its state. Unset: never. */
  timeout?: number
  /** Print each step. Default false. */
  verbose?: boolean
}

const OPTIONS: OptionTable<StateMachineOptions> = {
  ...PATH_OPTIONS,
  start: text('the name of a state'),
  filter: text('a BPF expression'),
  timeout: SECONDS,
  verbose: FLAG,
}
const HANDLERS = ['enter', 'receive', 'timeout', 'onTimeout']
/** Packets that wait while a handler is busy; what comes then is lost. */
const MOST_WAITING = 10_000
/** Packets that are kept. */
const MOST_KEPT = 100_000
/** Changes of state without a packet or a wait between them: more is a circle that never ends. */
const MOST_CHANGES = 1000

/**
 * Runs a protocol as states: each says what it does when it is entered, when a packet comes, and when time is over; a handler gives the name of
 * the next state. Ends by `machine.end(value)`, the time, or Ctrl-C.
 * @throws OptionError for a state that is not there or an option that is wrong, LinkError as `sniff`; and what a handler throws
 */
export function stateMachine(
  states: Readonly<Record<string, MachineState>>,
  options: StateMachineOptions = {},
): Task<MachineResult> {
  return Task.run(
    (control) => {
      check(states, options)
      return new Run(new Map(Object.entries(states)), options, control).run()
    },
    { name: 'stateMachine' },
  )
}

function check(states: Readonly<Record<string, MachineState>>, options: StateMachineOptions): void {
  checkTable('stateMachine', options, OPTIONS)
  const names = Object.keys(states ?? {})
  if (names.length === 0)
    throw new OptionError('stateMachine: give states: {start: {enter: m => m.send(…), receive: (packet, m) => …}, …}')
  for (const name of names)
    for (const handler of Object.keys(states[name] as object))
      if (!HANDLERS.includes(handler))
        throw new OptionError(
          `stateMachine: state '${name}' has '${handler}'${suggestion(handler, HANDLERS)}; a state has ${HANDLERS.join(' ')}`,
        )
}

/** The packet with the source that it gets on a link of one's own, where the kernel's routes do not count. */
function withSource(packet: Packet, link: Link | undefined): Packet {
  const source = packet._layer.find('src')
  const address = packet.layerName === 'IP' ? link?.addresses?.ipv4[0]?.address : link?.addresses?.ipv6[0]?.address
  if (!/^IP(?:v6)?$/.test(packet.layerName) || packet._isSet(source) || address === undefined) return packet
  const copy = packet.copy()
  copy._write(source, address)
  return copy
}

class Run implements Machine {
  state = ''
  readonly data: Record<string, unknown> = {}
  readonly received = new PacketList()
  private readonly link: Link
  private readonly steps: MachineStep[] = []
  private readonly began = performance.now()
  private waiting: (AnyPacket | 'timeout')[] = []
  private hasLost = false
  private timer: NodeJS.Timeout | undefined
  private sending: Promise<unknown> = Promise.resolve()
  private isBusy = false
  private isOver = false
  private value: unknown
  private changes = 0
  private settle: (error?: unknown) => void = () => undefined

  constructor(
    private readonly states: ReadonlyMap<string, MachineState>,
    private readonly options: StateMachineOptions,
    private readonly control: TaskControl<MachineResult>,
  ) {
    this.link = options.link ?? linkOf(options.iface ?? defaultInterface(options.netns), options.netns)
  }

  async run(): Promise<MachineResult> {
    const { control, options } = this
    let end: NodeJS.Timeout | undefined
    const captured = new Promise<void>((resolve, reject) => {
      this.settle = (error) => (error === undefined ? resolve() : reject(error))
    })
    // Nobody may be waiting for it yet when it fails.
    captured.catch(() => undefined)
    const capture = this.link.capture(
      { ...ANSWER_CAPTURE, ...(options.filter === undefined ? {} : { filter: options.filter }) },
      (batch) => this.take(batch),
      (error) => this.settle(error),
    )
    try {
      control.onInterrupt(() => this.settle())
      control.signal.addEventListener('abort', () => this.settle(), { once: true })
      control.partial(() => this.result())
      await capture.ready
      if (options.timeout !== undefined) end = setTimeout(() => this.settle(), options.timeout * 1000)
      const first = options.start ?? [...this.states.keys()][0]!
      this.isBusy = true
      void this.guarded(async () => {
        await this.enter(first, 'start')
        await this.goOn()
      })
      await captured
      await this.sending.catch(() => undefined)
      return this.result()
    } finally {
      this.isOver = true
      clearTimeout(end)
      clearTimeout(this.timer)
      capture.stop()
    }
  }

  send(packet: Stackable): Promise<unknown> {
    const whole = asPacket(packet)
    const { link, iface, netns } = this.options
    const way = {
      ...(link === undefined ? {} : { link }),
      ...(iface === undefined ? {} : { iface }),
      ...(netns === undefined ? {} : { netns }),
      quiet: true,
    }
    const isNetwork = whole.layerName === 'IP' || whole.layerName === 'IPv6'
    this.note(`sends ${withSource(whole, link).summary()}`)
    const sent = this.sending.then(() =>
      isNetwork ? send(whole, way as never) : sendp(whole, { ...way, link: this.link } as never),
    )
    this.sending = sent
    sent.catch((error: unknown) => this.settle(error))
    return sent
  }

  end(value?: unknown): void {
    this.value = value
    this.note('ends')
    this.settle()
    this.isOver = true
  }

  private result(): MachineResult {
    return new MachineResult(this.value, this.state, this.steps, this.received)
  }

  private take(batch: CaptureBatch): void {
    for (const packet of capturedPackets(batch)) {
      if (this.waiting.length >= MOST_WAITING) {
        // What comes now is not even read.
        if (!this.hasLost) report('stateMachine: its handlers are too slow: packets are lost', 'warning')
        this.hasLost = true
        break
      }
      this.waiting.push(packet)
    }
    this.wake()
  }

  private wake(): void {
    if (this.isBusy || this.isOver) return
    this.isBusy = true
    void this.guarded(() => this.goOn())
  }

  /** What a handler throws ends the machine. */
  private async guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.settle(error)
    }
  }

  private async goOn(): Promise<void> {
    for (;;) {
      const event = this.waiting.shift()
      if (event === undefined || this.isOver) break
      this.changes = 0
      const state = this.states.get(this.state)!
      if (event === 'timeout') {
        this.note('time is over')
        if (state.onTimeout === undefined)
          throw new OptionError(
            `stateMachine: nothing came for ${state.timeout} s in state '${this.state}', which has no onTimeout`,
          )
        await this.follow(await state.onTimeout(this), 'timeout')
        continue
      }
      if (this.received.length < MOST_KEPT) this.received.push(event)
      if (state.receive !== undefined) await this.follow(await state.receive(event, this), event.summary())
    }
    this.isBusy = false
  }

  private async follow(next: unknown, why: string): Promise<void> {
    if (this.isOver) return
    if (typeof next !== 'string') {
      // The clock of a state runs until it is left.
      if (why === 'timeout') this.startClock()
      return
    }
    await this.enter(next, why)
  }

  private async enter(name: string, why: string): Promise<void> {
    const state = this.states.get(name)
    if (state === undefined)
      throw new OptionError(
        `stateMachine: there is no state '${name}'${suggestion(name, this.states.keys())}; the states are ${[...this.states.keys()].join(' ')}`,
      )
    if (++this.changes > MOST_CHANGES)
      throw new OptionError(
        `stateMachine: more than ${MOST_CHANGES} changes of state without a packet; the last one was to '${name}'`,
      )
    this.state = name
    this.note(why === 'start' ? 'starts' : `after ${why}`)
    this.startClock()
    await this.follow(await state.enter?.(this), 'enter')
  }

  private startClock(): void {
    clearTimeout(this.timer)
    const { timeout } = this.states.get(this.state)!
    if (timeout === undefined) return
    this.timer = setTimeout(() => {
      this.waiting.push('timeout')
      this.wake()
    }, timeout * 1000)
  }

  private note(what: string): void {
    const step = { seconds: (performance.now() - this.began) / 1000, state: this.state, what }
    if (this.steps.length < MOST_KEPT) this.steps.push(step)
    if (this.options.verbose === true) report(`${step.state}: ${what}`)
  }
}
