/** A collector: many agents send it what changes in their folders. */
import { printable } from '../../exchange/printable.js'
import { checkTable, type OptionTable, text, wholeNumber } from '../../tools/option-kinds.js'
import { HISTORY } from '../face/history.js'
import { LISTEN_HOST } from '../face/listening.js'
import { COMMON_EVENTS, type CommonEvents, Session, type SessionOptions } from '../face/session.js'
import { reasonOf, SessionError, sessionError } from '../face/session-error.js'
import { forget } from '../face/session-list.js'
import { SessionLog } from '../face/session-log.js'
import type { TcpClient } from '../tcp/index.js'
import { TcpServer } from '../tcp/tcp-server.js'
import { TLS, type TlsServerOptions } from '../tls/tls-options.js'
import { AgentList, type AgentRow } from './agent-list.js'
import { changeCount, changesOf } from './change.js'
import { ChangeLog } from './change-log.js'
import { type Ack, type ChangeLine, CollectedChange, type Hello, readLine, shownName } from './wire.js'

/** Options of a collector. */
export interface CollectorOptions extends SessionOptions {
  /** Address of this machine; '*': all of them. Default 127.0.0.1. */
  host?: string
  /** File to which each change is appended, a line of JSON. After a restart with the same file nothing is written twice. */
  file?: string
  /** TLS; true makes a certificate on the spot, which `collector.certificate` has. Default: none. */
  tls?: boolean | TlsServerOptions
  /** Agents at once at most. Default 10 000. */
  agents?: number
}

/** Events of a collector. */
export type CollectorEvents = CommonEvents & {
  /** A change came. */
  change: [change: CollectedChange, agent: AgentRow]
  /** An agent connected, for the first time or again. */
  agent: [agent: AgentRow]
  /** An agent is away. */
  away: [agent: AgentRow]
  /** An agent had to drop so many changes. */
  lost: [agent: AgentRow, count: number]
}

/** A handler of collected changes. */
export type CollectedHandler = (change: CollectedChange, agent: AgentRow) => unknown

const TABLE: OptionTable<CollectorOptions> = {
  host: LISTEN_HOST,
  file: text('the name of a file'),
  tls: TLS,
  agents: wholeNumber(1),
  history: HISTORY,
}

const MOST_AGENTS = 10_000
/** Agents that are away and remembered; when one of the others comes back, its changes may be told twice. */
const MOST_AWAY = 10_000
/** Bytes of a line. */
const LONGEST_LINE = 1 << 18

/** @throws OptionError */
export function checkCollector(options: CollectorOptions): void {
  checkTable('watch.collector', options, TABLE)
}

/** Made by `watch.collector(port, handler)`. */
export class WatchCollector extends Session<CollectorEvents> {
  readonly kind = 'watch collector'
  /** Changes that came, without those that came twice. */
  count = 0
  /** Changes that came again, after a connection was lost, and were not told again. */
  repeated = 0
  protected readonly eventNames = [...COMMON_EVENTS, 'change', 'agent', 'away', 'lost'] as const
  readonly #options: CollectorOptions
  readonly #server: TcpServer
  readonly #agents = new Map<string, AgentRow>()
  readonly #connections = new Map<string, TcpClient>()
  readonly #log = new SessionLog(() => this.label, true)
  #file: ChangeLog | undefined

  /** @param port 0: a free one */
  constructor(port: number | string, options: CollectorOptions = {}) {
    checkCollector(options)
    super({ history: options.history ?? 0 })
    this.#options = options
    const { host, tls, agents = MOST_AGENTS } = options
    this.#server = new TcpServer(port, {
      framing: 'json',
      limit: LONGEST_LINE,
      clients: agents,
      log: false,
      history: 0,
      ...(host === undefined ? {} : { host }),
      ...(tls === undefined ? {} : { tls }),
    })
    this.#server.on('message', (message, connection) => this.#came(message, connection))
    this.#server.on('disconnect', (connection, error) => this.#gone(connection, error))
    this.#server.on('error', (error) => void this._emit('error', [error]))
  }

  get subject(): string {
    return this.#server.subject
  }

  /** The port that it listens on. */
  get port(): number {
    return this.#server.port
  }

  /** The certificate that it shows, PEM: with TLS. */
  get certificate(): string | undefined {
    return this.#server.certificate
  }

  /** Its agents, those that are away too, as a table. */
  agents(): AgentList {
    return AgentList.from(this.#agents.values()) as AgentList
  }

  /** The changes as they come: `for (const change of collector) …`. */
  [Symbol.asyncIterator](): AsyncGenerator<CollectedChange, void, undefined> {
    return changesOf<CollectedChange>(this)
  }

  override toJSON(): object {
    return { ...super.toJSON(), port: this.port, count: this.count, repeated: this.repeated, agents: this.agents() }
  }

  protected override get figures(): string {
    const here = this.#connections.size
    const away = this.#agents.size - here
    return `${here} agent${here === 1 ? '' : 's'}${away > 0 ? ` (${away} away)` : ''}, ${changeCount(this.count)}`
  }

  protected async _open(): Promise<void> {
    const { file } = this.#options
    if (file !== undefined)
      try {
        this.#file = await ChangeLog.open(file, (line) => {
          const agent = this.#agentOf(line, '', '')
          agent.seq = Math.max(agent.seq, line.seq)
          agent.count++
        })
      } catch (error) {
        throw sessionError(`watch collector: file ${printable(file)}`, error)
      }
    try {
      await this.#server.open()
    } catch (error) {
      this.#file?.close()
      throw error
    }
    forget(this.#server)
  }

  protected async _close(): Promise<void> {
    await this.#server.close()
    this.#file?.close()
    this.#file = undefined
  }

  /** A line of an agent; what is returned is sent. */
  #came(message: unknown, connection: TcpClient): object | Promise<object | undefined> | undefined {
    const line = readLine(message)
    if (typeof line === 'string') {
      void this._emit('error', [new SessionError(`${this.label}: ${connection.peer}: ${line}`, 'FRAMING')])
      return { error: line }
    }
    forget(connection)
    const agent = this.#connected(line, connection)
    if ('hello' in line) return ack(agent)
    return this.#change(line, agent, connection)
  }

  #change(line: ChangeLine, agent: AgentRow, connection: TcpClient): object | Promise<object | undefined> | undefined {
    if (line.seq <= agent.seq) {
      this.repeated++
      return ack(agent)
    }
    const change = new CollectedChange(line)
    try {
      this.#file?.append(change.toJSON())
    } catch (error) {
      const failure = sessionError(`${this.label}: file ${printable(this.#options.file!)}`, error)
      this.#log.tell(`the change could not be written: ${(error as Error).message}`)
      void this._emit('error', [failure])
      // Not acknowledged: it comes again.
      void connection.reset()
      return undefined
    }
    const missed = agent.seq === 0 ? 0 : line.seq - agent.seq - 1
    agent.seq = line.seq
    agent.last = new Date()
    agent.count++
    this.count++
    if (missed > 0) this.#lost(agent, missed)
    if (this.history.isKept) this.history._add('in', String(change), change.size ?? 0, agent.address)
    const waits = this._emit('change', [change, agent])
    return waits === undefined ? ack(agent, line.seq) : waits.then(() => ack(agent, line.seq))
  }

  #connected(line: Hello | ChangeLine, connection: TcpClient): AgentRow {
    const folder = 'hello' in line ? line.folder : ''
    const agent = this.#agentOf(line, connection.peer, folder)
    // One agent may send what another left behind in its file: then it is its own session that counts.
    const own = connection.data as { session?: string }
    if (own.session !== undefined && own.session !== agent.session) return agent
    const before = this.#connections.get(agent.session)
    if (before === connection) return agent
    own.session = agent.session
    this.#connections.set(agent.session, connection)
    // The connection from before is dead, and nobody has noticed yet.
    if (before !== undefined) void before.reset()
    agent.address = connection.peer
    agent.connected = true
    this.#log.tell(
      `${shownName(agent.name)} (${agent.address}) is connected${folder === '' ? '' : `, it watches ${shownName(folder)}`}`,
    )
    void this._emit('agent', [agent])
    return agent
  }

  #agentOf({ agent: name, session }: Hello | ChangeLine, address: string, folder: string): AgentRow {
    let agent = this.#agents.get(session)
    if (agent === undefined) {
      agent = {
        name,
        session,
        address,
        folder,
        since: new Date(),
        last: undefined,
        seq: 0,
        count: 0,
        lost: 0,
        connected: false,
      }
      this.#agents.set(session, agent)
      this.#forgetOne()
    }
    if (folder !== '') agent.folder = folder
    return agent
  }

  #forgetOne(): void {
    if (this.#agents.size - this.#connections.size <= MOST_AWAY) return
    for (const [session, { connected }] of this.#agents)
      if (!connected) {
        this.#agents.delete(session)
        return
      }
  }

  #lost(agent: AgentRow, count: number): void {
    agent.lost += count
    this.#log.tell(`${shownName(agent.name)} had to drop ${changeCount(count)}`)
    void this._emit('lost', [agent, count])
  }

  #gone(connection: TcpClient, error: SessionError | undefined): void {
    const { session } = connection.data as { session?: string }
    if (session === undefined || this.#connections.get(session) !== connection) return
    this.#connections.delete(session)
    const agent = this.#agents.get(session)
    if (agent === undefined) return
    agent.connected = false
    if (!this.isOpen) return
    const why = error === undefined ? '' : `: ${reasonOf(error)}`
    this.#log.tell(`${shownName(agent.name)} (${agent.address}) is away${why}`)
    void this._emit('away', [agent])
  }
}

function ack({ session, seq }: AgentRow, upTo = seq): Ack {
  return { ack: upTo, session }
}
