import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { PacketList, PacketRing, type StorableBatch } from '../../capture/index.js'
import { linkOf, pause } from '../../exchange/index.js'
import { type Capture, type Link, route } from '../../link/index.js'
import { isLoopback } from '../stream/place.js'
import { type Conversation, flowOf, touches } from './flows.js'

/** What a recorder listens to. */
export interface RecorderOptions {
  protocol: 'tcp' | 'udp'
  /** Address (or name) of the server: that to which a client connects, or at which a server listens. Unset, `0.0.0.0` and `::`: all addresses of this machine. */
  address?: string | undefined
  /** Port of the server. */
  port: number
  /** Which end is here. */
  role: 'client' | 'server'
  /** Network namespace that the session is in. */
  netns?: string | undefined
}

/** What is kept: of what came first, where the handshake is, and of what came last. */
const FIRST = { packets: 2000, bytes: 8 << 20 }
const LAST = { packets: 10_000, bytes: 16 << 20 }
/** The kernel hands packets over in blocks, at the latest after 10 ms; how long is waited for them, ms. */
const LATENESS = 60
/** While packets go on coming, it is waited for so long at most, ms. */
const LONGEST_FLUSH = 600
/** Of a conversation that there was for certain the first packet is waited for so long, ms. */
const LONGEST_DELAY = 2000
/** After the end of a session the last packets of its close are on their way, for so long, ms. */
const AFTERMATH = 400
/** Errors may come from any router on the way. */
const ICMP_ERRORS = ['icmp[0] = 3', 'icmp[0] = 4', 'icmp[0] = 11', 'icmp[0] = 12', '(icmp6 and ip6[40] < 128)']
const EVERYWHERE = new Set(['', '0.0.0.0', '::', '*'])

/** Packets of one session as they pass, kept for `explain()`: the first ones and the newest ones. */
export class Recorder {
  /** Interfaces that are listened to. */
  readonly interfaces: readonly string[]
  readonly #protocol: 'tcp' | 'udp' | undefined
  readonly #captures: Capture[] = []
  readonly #first = new PacketList()
  #firstBytes = 0
  readonly #last = new PacketRing(LAST)
  #stopping: Promise<void> | undefined
  /** Why it had to end early: the interface vanished. */
  error: Error | undefined

  private constructor(links: readonly Link[], filter: string, protocol: 'tcp' | 'udp' | undefined) {
    this.#protocol = protocol
    this.interfaces = links.map(({ name }) => name)
    try {
      for (const link of links) this.#captures.push(this.#capture(link, filter))
    } catch (error) {
      this.#end()
      throw error
    }
  }

  /**
   * Starts to record; what is sent after this resolves is seen for certain.
   * @throws LinkError without the right to capture (its message says what to do), or where there is no way to the address
   */
  static async begin(options: RecorderOptions): Promise<Recorder> {
    const addresses = await addressesOf(options.address)
    const names = new Set(addresses.length === 0 ? ['any'] : addresses.map((address) => interfaceTo(address, options)))
    // What listens everywhere sees loopback too.
    const interfaces = names.has('any') ? ['any'] : [...names]
    return Recorder.#listen(interfaces, filterFor(options, addresses), options.protocol, options.netns)
  }

  /** The same for all of TCP and UDP. */
  static beginAll(): Promise<Recorder> {
    return Recorder.#listen(['any'], ['tcp', 'udp', ...ICMP_ERRORS].join(' or '), undefined, undefined)
  }

  static async #listen(
    interfaces: readonly string[],
    filter: string,
    protocol: 'tcp' | 'udp' | undefined,
    netns: string | undefined,
  ): Promise<Recorder> {
    const links = interfaces.map((name) => linkOf(name, netns))
    const recorder = new Recorder(links, filter, protocol)
    try {
      await Promise.all(recorder.#captures.map(({ ready }) => ready))
    } catch (error) {
      recorder.#end()
      throw recorder.error ?? error
    }
    return recorder
  }

  /**
   * What was recorded, after a moment in which that comes in which was just sent.
   * @param localPort only the conversation of this port of ours, and ICMP errors about it
   * @param remote and with this other end
   */
  async packets(
    localPort?: number,
    remote?: { address?: string | undefined; port?: number | undefined },
  ): Promise<PacketList> {
    await this.#stopping
    const wanted: Conversation = { protocol: this.#protocol, localPort, remote }
    if (!this.stopped) {
      await this.#settle()
      await this.#expect([wanted])
    }
    return this.#of(wanted)
  }

  #of(wanted: Conversation): PacketList {
    const all = this.#first.concat(this.#last.list()).toSorted()
    return all.filter((packet) => {
      const flow = flowOf(packet)
      return flow !== undefined && touches(flow, wanted)
    })
  }

  /** Packets that went, since there were too many. They are missing between the first and the last ones. */
  get gone(): number {
    return this.#last.gone
  }

  /** Packets lost since they came too fast. */
  get lost(): number {
    return this.#captures.reduce((sum, capture) => sum + capture.stats().dropped, 0)
  }

  /** Whether it has ended. */
  get stopped(): boolean {
    return this.#captures.every(({ stopped }) => stopped)
  }

  /** Whether it was told to stop. */
  get isEnding(): boolean {
    return this.stopped || this.#stopping !== undefined
  }

  /**
   * Ends it when the last packets of a close that just happened have passed. What was recorded stays. A second call does nothing.
   * @param expected conversations that there were for certain
   */
  stop(expected: readonly Conversation[] = []): Promise<void> {
    this.#stopping ??= this.stopped ? Promise.resolve() : this.#stopSoon(expected)
    return this.#stopping
  }

  async #stopSoon(expected: readonly Conversation[]): Promise<void> {
    await pause(AFTERMATH)
    await this.#expect(expected)
    this.#end()
  }

  /** Until there is something of each: on a busy machine even the first packet may be handed over late. */
  async #expect(conversations: readonly Conversation[]): Promise<void> {
    const until = performance.now() + LONGEST_DELAY
    while (performance.now() < until && conversations.some((wanted) => this.#of(wanted).length === 0))
      await pause(LATENESS)
  }

  /** Until nothing has come in for a while: on a busy machine packets are handed over late. */
  async #settle(): Promise<void> {
    const until = performance.now() + LONGEST_FLUSH
    let before: number
    do {
      before = this.#arrived
      await pause(LATENESS)
    } while (this.#arrived !== before && performance.now() < until)
  }

  get #arrived(): number {
    return this.#first.length + this.#last.length + this.#last.gone
  }

  #capture(link: Link, filter: string): Capture {
    return link.capture(
      { filter },
      (batch) => this.#take(batch),
      (error) => {
        this.error = error
      },
    )
  }

  #end(): void {
    for (const capture of this.#captures) capture.stop()
  }

  #take(batch: StorableBatch): void {
    const room = this.#first.length < FIRST.packets && this.#firstBytes < FIRST.bytes && this.#last.length === 0
    if (room) {
      for (let i = 0; i < batch.count; i++) this.#firstBytes += batch.lengths[i]!
      this.#first.appendBatch(batch)
    } else this.#last.appendBatch(batch)
  }
}

async function addressesOf(address = ''): Promise<string[]> {
  if (EVERYWHERE.has(address)) return []
  const plain = address.replace(/%.*$/, '')
  if (isIP(plain)) return [plain]
  return (await lookup(plain, { all: true })).map((each) => each.address)
}

/** The interface by which packets to the address leave, or come to a server at it. @throws LinkError when there is none */
function interfaceTo(address: string, { role, netns }: RecorderOptions): string {
  const { type, interfaceName } = route(address, netns === undefined ? {} : { netns })
  // Clients of this machine come by loopback, others by the interface that has the address.
  if (role === 'server' && !isLoopback(address)) return 'any'
  if (type === 'local') return 'lo'
  return interfaceName === '' ? 'any' : interfaceName
}

/** What the kernel is to hand over: the packets of the port, and ICMP errors. */
function filterFor({ protocol, port }: RecorderOptions, addresses: readonly string[]): string {
  const host = addresses.length === 0 ? '' : `(${addresses.map((address) => `host ${address}`).join(' or ')}) and `
  return [`(${host}${protocol} port ${port})`, ...ICMP_ERRORS].join(' or ')
}
