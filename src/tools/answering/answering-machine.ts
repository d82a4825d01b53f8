import {
  ANSWER_CAPTURE,
  AnswerList,
  AnswerPair,
  defaultInterface,
  linkOf,
  type PathOptions,
  packetCount,
  report,
  Task,
  type TaskControl,
} from '../../exchange/index.js'
import { Ether } from '../../layers/index.js'
import { type Capture, type CaptureBatch, LINKTYPE_ETHERNET, type Link } from '../../link/index.js'
import { type AnyPacket, asPacket, type Packet, PacketError, type Stackable, stack } from '../../packet/index.js'
import { capturedPackets } from '../captured-packets.js'
import { checkTable, FLAG, type OptionTable, PATH_OPTIONS, SECONDS, text, wholeNumber } from '../option-kinds.js'

/** What an answerer may know of where it answers. */
export interface AnsweringPlace {
  /** MAC address of the interface; undefined where it has none. */
  readonly mac: string | undefined
}

/** Replies to one request: a packet, several, or nothing. Whole frames from Ether on; what begins with IP goes back to the frame's sender. */
export type Reply = Stackable | readonly Stackable[] | null | undefined | false

/** One kind of request and its answers. */
export interface Answerer {
  /** What it looks at, as a BPF expression; it keeps all else away. */
  readonly filter: string
  reply(request: AnyPacket, place: AnsweringPlace): Reply | Promise<Reply>
}

/** Ready-made answers, a function of a packet, or several of them. */
export type Answers = Answerer | Answerer['reply'] | readonly (Answerer | Answerer['reply'])[]

export interface AnsweringOptions extends PathOptions {
  /** Requests to answer, 1 or more. Unset: until the time is over or Ctrl-C. */
  count?: number
  /** Seconds. Unset: until Ctrl-C. */
  timeout?: number
  /** BPF expression; for answers that are a function. Unset: everything. */
  filter?: string
  /** Do not say what was answered. Default false. */
  quiet?: boolean
}

const OPTIONS: OptionTable<AnsweringOptions> = {
  ...PATH_OPTIONS,
  count: wholeNumber(1),
  timeout: SECONDS,
  filter: text('a BPF expression'),
  quiet: FLAG,
}

/** Pairs that are kept; older ones are forgotten. */
const MOST_KEPT = 10_000

/**
 * Answers requests on a link until the count, the time or Ctrl-C ends it, and gives what it has answered. Use it in networks that are yours.
 * @param answers ready-made (`answerArp`, `answerEcho`, `answerDns`, `answerDhcp`), a function of a packet, or several of them
 * @throws OptionError for a wrong option, LinkError as `sniff`
 */
export function answeringMachine(answers: Answers, options: AnsweringOptions = {}): Task<AnswerList> {
  return Task.run((control) => new AnsweringMachine(answerers(answers, options), options, control).run(), {
    name: 'answeringMachine',
  })
}

function answerers(given: Answers, options: AnsweringOptions): readonly Answerer[] {
  checkTable('answeringMachine', options, OPTIONS)
  const all = (Array.isArray(given) ? given : [given]) as readonly (Answerer | Answerer['reply'])[]
  const list = all.map((each) => (typeof each === 'function' ? { filter: options.filter ?? '', reply: each } : each))
  if (list.length === 0 || list.some((each) => typeof each?.reply !== 'function' || typeof each.filter !== 'string'))
    throw new PacketError(
      "answeringMachine: give answers such as answerEcho() or answerDns({'www.lab': '10.0.0.5'}), a function of a packet, or a list of them",
    )
  return list
}

class AnsweringMachine {
  private readonly pairs = new AnswerList()
  private answered = 0
  private readonly link: Link
  private readonly place: AnsweringPlace
  private readonly failures = new Set<string>()
  private end: (error?: unknown) => void = () => undefined

  constructor(
    private readonly answerers: readonly Answerer[],
    private readonly options: AnsweringOptions,
    private readonly control: TaskControl<AnswerList>,
  ) {
    this.link = options.link ?? linkOf(options.iface ?? defaultInterface(options.netns), options.netns)
    this.place = { mac: this.link.addresses?.mac }
  }

  async run(): Promise<AnswerList> {
    const { control, options } = this
    const captures: Capture[] = []
    let timer: NodeJS.Timeout | undefined
    try {
      await new Promise<void>((resolve, reject) => {
        this.end = (error) => (error === undefined ? resolve() : reject(error))
        control.onInterrupt(() => resolve())
        control.signal.addEventListener('abort', () => resolve(), { once: true })
        control.partial(() => this.pairs)
        for (const answerer of this.answerers) {
          const filter = [answerer.filter, answerer.filter === options.filter ? '' : (options.filter ?? '')]
          const both = filter.filter((each) => each !== '').map((each) => `(${each})`)
          const capture = this.link.capture(
            { ...ANSWER_CAPTURE, filter: both.join(' and ') },
            (batch) => this.take(answerer, batch),
            (error) => reject(error),
          )
          captures.push(capture)
          capture.ready?.catch(reject)
        }
        if (options.timeout !== undefined) timer = setTimeout(resolve, options.timeout * 1000)
      })
      return this.pairs
    } finally {
      clearTimeout(timer)
      for (const capture of captures) capture.stop()
    }
  }

  private take(answerer: Answerer, batch: CaptureBatch): void {
    for (const request of capturedPackets(batch)) {
      // What we send is seen, too; on loopback, where everybody has the same address, the answerers must tell.
      if (!this.isOurs(request)) this.ask(answerer, request)
    }
  }

  private isOurs(request: AnyPacket): boolean {
    const { mac } = this.place
    return mac !== undefined && mac !== '00:00:00:00:00:00' && request.layerName === 'Ether' && request.src === mac
  }

  private ask(answerer: Answerer, request: AnyPacket): void {
    const began = performance.now()
    const send = (reply: Reply): void => this.send(request, reply, (performance.now() - began) / 1000)
    try {
      const reply = answerer.reply(request, this.place)
      if (reply instanceof Promise) reply.then(send).catch((error: unknown) => this.complain(error))
      else send(reply)
    } catch (error) {
      this.complain(error)
    }
  }

  private send(request: AnyPacket, reply: Reply, seconds: number): void {
    if (reply === null || reply === undefined || reply === false || this.isOver()) return
    const list = Array.isArray(reply) ? (reply as readonly Stackable[]) : [reply as Stackable]
    const frames = list.map((each) => this.frame(request, asPacket(each)))
    if (frames.length === 0) return
    this.link.send(frames.map((frame) => frame.bytes()))
    const [first] = frames
    const pair = new AnswerPair(request, first as AnyPacket, seconds)
    this.pairs.push(pair)
    if (this.pairs.length > MOST_KEPT) this.pairs.shift()
    this.answered++
    if (this.options.quiet !== true) report(pair.summary())
    this.control.progress({ text: `${packetCount(this.answered)} answered` } as never)
    if (this.isOver()) this.end()
  }

  private isOver(): boolean {
    return this.options.count !== undefined && this.answered >= this.options.count
  }

  /** A whole frame: what begins with IP goes back to where the request came from. */
  private frame(request: AnyPacket, reply: Packet): Packet {
    if (reply.layerName === 'Ether' || this.link.linkType !== LINKTYPE_ETHERNET || request.layerName !== 'Ether')
      return reply
    const own = this.place.mac ?? request.dst
    return stack(Ether({ src: own as string, dst: request.src as string }), reply)
  }

  /** The same mistake is told once: requests may come by the thousand. */
  private complain(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error)
    if (this.failures.has(message) || this.failures.size > 100) return
    this.failures.add(message)
    report(`answeringMachine: a request was not answered: ${message}`, 'warning')
  }
}
