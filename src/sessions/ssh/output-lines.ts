/** Output of a remote command, line by line as it comes. */
import { StringDecoder } from 'node:string_decoder'
import type { ClientChannel } from 'ssh2'
import { SessionError } from '../face/session-error.js'
import { EndableCommand } from './end-command.js'
import type { RunOptions } from './remote-command.js'
import type { SshSession } from './ssh-session.js'
import { startCommand, withVariables } from './start-command.js'

/** Lines that wait to be taken before the other end has to wait. */
const MOST_WAITING = 1000
/** A line that is longer is given in pieces. */
const LONGEST_LINE = 1 << 20
const MOST_ERRORS = 64 << 10

/** Made by `session.stream`. */
export class OutputLines implements AsyncIterableIterator<string> {
  /** Exit status; null while it runs, and when a signal ended it. */
  status: number | null = null
  /** The signal that ended it, else null. */
  signal: string | null = null
  /** The end of what it wrote to standard error. */
  stderr = ''
  readonly #decoder = new StringDecoder('utf8')
  readonly #lines: string[] = []
  readonly #takers: { resolve: (result: IteratorResult<string>) => void; reject: (error: unknown) => void }[] = []
  readonly #endable: EndableCommand
  #rest = ''
  #channel: ClientChannel | undefined
  #isOver = false
  #error: unknown

  constructor(
    private readonly session: SshSession,
    /** The command. */
    readonly command: string,
    options: Pick<RunOptions, 'input' | 'env'>,
  ) {
    this.#endable = new EndableCommand(session)
    this.#start(options).catch((error) => this.#end(error))
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<string>> {
    const line = this.#lines.shift()
    if (this.#lines.length < MOST_WAITING / 2) this.#channel?.resume()
    if (line !== undefined) return Promise.resolve({ done: false, value: line })
    if (this.#error !== undefined) {
      const error = this.#error
      this.#error = undefined
      return Promise.reject(error as Error)
    }
    if (this.#isOver) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve, reject) => this.#takers.push({ resolve, reject }))
  }

  /** Ends the command. */
  return(): Promise<IteratorResult<string>> {
    const channel = this.#channel
    this.#lines.length = 0
    this.#end()
    if (channel !== undefined) {
      // What it still writes is read and let go, so that its end is heard.
      channel.resume()
      this.#endable.end(channel, 'INT')
    }
    return Promise.resolve({ done: true, value: undefined })
  }

  toString(): string {
    const { label } = this.session
    return `${label}: lines of ${this.command}: ${this.#isOver ? `over, exit status ${this.status ?? this.signal}` : 'running'}`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  async #start({ input, env }: Pick<RunOptions, 'input' | 'env'>): Promise<void> {
    const { session, command } = this
    const channel = await startCommand(session._client(), session.label, withVariables(command, env), {
      env: this.#endable.environment,
    })
    this.#channel = channel
    channel.on('error', () => undefined)
    channel.on('data', (chunk: Buffer) => this.#take(chunk))
    channel.stderr.on('data', (chunk: Buffer) => {
      this.stderr = (this.stderr + chunk.toString('utf8')).slice(-MOST_ERRORS)
    })
    channel.on('exit', (status: number | null, signal?: string) => {
      this.status = status
      this.signal = signal ?? null
    })
    channel.once('close', () => {
      const rest = this.#rest + this.#decoder.end()
      if (rest !== '') this.#give(rest)
      const isLost = this.status === null && this.signal === null
      this.#end(
        isLost
          ? new SessionError(`${session.label}: ${command}: the connection was lost while it ran`, 'CLOSED')
          : undefined,
      )
    })
    if (this.#isOver) this.#endable.end(channel, 'INT')
    else if (input === undefined) channel.end()
    else channel.end(typeof input === 'object' && 'bytes' in input ? input.bytes : input)
  }

  #take(chunk: Buffer): void {
    this.session._count(chunk.length, 0)
    const lines = (this.#rest + this.#decoder.write(chunk)).split('\n')
    this.#rest = lines.pop()!
    for (const line of lines) this.#give(line.endsWith('\r') ? line.slice(0, -1) : line)
    if (this.#rest.length > LONGEST_LINE) {
      this.#give(this.#rest)
      this.#rest = ''
    }
    if (this.#lines.length > MOST_WAITING) this.#channel?.pause()
  }

  #give(line: string): void {
    if (this.#isOver) return
    const taker = this.#takers.shift()
    if (taker === undefined) this.#lines.push(line)
    else taker.resolve({ done: false, value: line })
  }

  #end(error?: unknown): void {
    if (this.#isOver) return
    this.#isOver = true
    const [first, ...others] = this.#takers.splice(0)
    if (error !== undefined && first !== undefined) first.reject(error)
    else {
      first?.resolve({ done: true, value: undefined })
      this.#error = error
    }
    for (const taker of others) taker.resolve({ done: true, value: undefined })
  }
}
