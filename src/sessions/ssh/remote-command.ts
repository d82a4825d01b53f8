/** A command on another machine: started, fed, listened to, ended. */
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { styleText } from 'node:util'
import type { ClientChannel } from 'ssh2'
import { OptionError, type TaskControl } from '../../exchange/index.js'
import { withoutSecrets } from '../../exchange/secrets.js'
import { checkTable, FLAG, functionOf, type OptionTable, positive } from '../../tools/option-kinds.js'
import { LIMIT } from '../../tools/shell-command/options.js'
import { collect, Output, Shown } from '../../tools/shell-command/output.js'
import { ShellResult } from '../../tools/shell-command/result.js'
import { shellScreen } from '../../tools/shell-command/screen.js'
import { byteCount } from '../face/session.js'
import { SessionError } from '../face/session-error.js'
import { EndableCommand, sendSignal } from './end-command.js'
import { SshResult } from './ssh-result.js'
import type { SshSession } from './ssh-session.js'
import { startCommand, withVariables } from './start-command.js'
import { connectTerminal } from './terminal.js'

/** Options of `session.run`. */
export interface RunOptions {
  /** What the command reads from standard input. Default: nothing. Of a result its output. */
  input?: string | Uint8Array | ShellResult
  /** Environment variables for it. They are written before the command, for a shell as sh knows it. */
  env?: Readonly<Record<string, string | number>>
  /** Seconds after which it is ended. Default: never. */
  timeout?: number
  /** It gets a terminal: that of the prompt, if there is one. Default false. */
  tty?: boolean
  /** Called with each piece of output as it comes, and `'stdout'` or `'stderr'`. */
  onOutput?: (text: string, stream: 'stdout' | 'stderr') => unknown
  /** The output is shown as it comes. What is over the limit is then not kept, instead of an error. Default false. */
  show?: boolean
  /** Bytes of output that are kept; more is an error. Default 64 MiB. */
  limit?: number
  /** A status other than 0 is an error. Default false. */
  check?: boolean
}

const RUN_OPTIONS: OptionTable<RunOptions> = {
  input: {
    takes: 'a text, bytes or the result of another command',
    accepts: (value) => typeof value === 'string' || value instanceof Uint8Array || value instanceof ShellResult,
  },
  env: {
    takes: "an object of environment variables such as {LANG: 'C'}",
    accepts: (value) =>
      typeof value === 'object' &&
      value !== null &&
      Object.entries(value).every(
        ([name, each]) => /^[A-Za-z_]\w*$/.test(name) && /^(string|number)$/.test(typeof each),
      ),
  },
  timeout: positive('seconds'),
  tty: FLAG,
  onOutput: functionOf("a text and 'stdout' or 'stderr'"),
  show: FLAG,
  limit: positive('bytes'),
  check: FLAG,
}

/** How often progress is told, ms. */
const PROGRESS = 200
const LONGEST_SUBJECT = 40

/** @throws OptionError that says what is wrong */
export function checkRun(name: string, command: unknown, options: RunOptions): void {
  if (typeof command !== 'string' || command.trim() === '')
    throw new OptionError(`${name}: the command is a text, such as 'uname -a', not ${String(command)}`)
  if (command.includes('\0')) throw new OptionError(`${name}: a command cannot have NUL bytes in it`)
  checkTable(name, options, RUN_OPTIONS)
}

/** Runs a command to its end. */
export async function runCommand(
  control: TaskControl<SshResult>,
  session: SshSession,
  command: string,
  options: RunOptions,
): Promise<SshResult> {
  const result = await new RemoteCommand(control, session, command, options).run()
  return options.check === true ? result.check() : result
}

class RemoteCommand {
  readonly #output: Output
  readonly #began = performance.now()
  readonly #endable: EndableCommand
  readonly #subject: string
  #channel: ClientChannel | undefined
  #status: number | null = null
  #signal: string | null = null
  #hasEnded = false
  #interrupted = false
  #timedOut: number | undefined
  #full = false
  #told = 0
  #finish: () => void = () => undefined
  #timer: NodeJS.Timeout | undefined

  constructor(
    private readonly control: TaskControl<SshResult>,
    private readonly session: SshSession,
    private readonly command: string,
    private readonly options: RunOptions,
  ) {
    this.#endable = new EndableCommand(session)
    const keepsNewest = options.show === true
    this.#output = new Output(options.limit ?? LIMIT, keepsNewest ? null : () => this.#tooMuch())
    this.#subject = command.length > LONGEST_SUBJECT ? `${command.slice(0, LONGEST_SUBJECT - 1)}…` : command
  }

  async run(): Promise<SshResult> {
    const { control, session, options } = this
    control.signal.throwIfAborted()
    const isTerminal = options.tty === true && process.stdin.isTTY === true && process.stdout.isTTY === true
    session.history._add('out', withoutSecrets(this.command), Buffer.byteLength(this.command))
    control.progress({ subject: this.#subject, text: 'no output yet' })
    const channel = await startCommand(session._client(), session.label, withVariables(this.command, options.env), {
      env: this.#endable.environment,
      pty: options.tty === true ? ptyOf() : undefined,
    })
    if (control.signal.aborted) return this.#unwanted(channel)
    this.#channel = channel
    try {
      const over = this.#listen(channel)
      if (isTerminal) await connectTerminal(channel, over)
      else {
        this.#control(channel)
        this.#feed(channel)
        await over
      }
    } finally {
      clearTimeout(this.#timer)
      this.#endable.forget()
    }
    control.signal.throwIfAborted()
    const result = this.#result()
    session.history._add('in', result.bytes, result.bytes.length)
    if (this.#full)
      throw new SessionError(
        `${session.label}: ${this.command}: there is more output than ${byteCount(options.limit ?? LIMIT)}, so it was ended; the option limit allows more, in bytes`,
        'LIMIT',
      )
    if (!this.#hasEnded && !this.#interrupted && this.#timedOut === undefined) throw this.#lost(result)
    return result
  }

  /** Nobody has waited for it to begin. */
  #unwanted(channel: ClientChannel): never {
    channel.on('error', () => undefined).resume()
    channel.stderr.resume()
    this.#endable.end(channel, 'TERM')
    throw this.control.signal.reason
  }

  /** Until the channel is closed, or nobody waits for that any more. */
  #listen(channel: ClientChannel): Promise<void> {
    const { onOutput, tty } = this.options
    const isTerminal = tty === true && process.stdin.isTTY === true && process.stdout.isTTY === true
    if (!isTerminal)
      for (const [stream, name] of [
        [channel, 'stdout'],
        [channel.stderr, 'stderr'],
      ] as const) {
        const decoder = new StringDecoder('utf8')
        const take = (chunk: Buffer): void => {
          this.#take(this.#output[name], chunk)
          if (onOutput === undefined) return
          const text = decoder.write(chunk)
          if (text !== '') this.session._call('onOutput', onOutput, [text, name])
        }
        collect(stream, take, this.#shown(name))
      }
    channel.on('exit', (status: number | null, signal?: string) => {
      this.#hasEnded = true
      this.#status = status
      this.#signal = signal ?? null
    })
    channel.on('error', () => undefined)
    return new Promise((resolve) => {
      this.#finish = resolve
      channel.once('close', () => whenEnded(channel.stderr, resolve))
    })
  }

  #control(channel: ClientChannel): void {
    const { control, options } = this
    control.partial(() => this.#result())
    control.onInterrupt(() => {
      this.#interrupted = true
      this.#end('INT')
    })
    control.signal.addEventListener('abort', () => {
      sendSignal(channel, 'KILL')
      channel.close()
      this.#finish()
    })
    if (options.timeout !== undefined)
      this.#timer = setTimeout(() => {
        this.#timedOut = options.timeout
        this.#end('TERM')
      }, options.timeout * 1000)
  }

  #feed(channel: ClientChannel): void {
    const { input } = this.options
    const bytes = input instanceof ShellResult ? input.bytes : input
    if (bytes === undefined) channel.end()
    else channel.end(typeof bytes === 'string' ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  }

  /** Asks it to end, then closes the channel, then waits no longer. */
  #end(signal: 'INT' | 'TERM'): void {
    if (this.#channel !== undefined) this.#endable.end(this.#channel, signal, () => this.#finish())
  }

  #take(to: Buffer[], chunk: Buffer): void {
    this.#output.add(to, chunk)
    this.session._count(chunk.length, 0)
    const now = performance.now()
    if (this.options.show === true || now - this.#told < PROGRESS) return
    this.#told = now
    this.control.progress({ subject: this.#subject, text: `${byteCount(this.#output.kept)} of output` })
  }

  #tooMuch(): void {
    if (this.#full) return
    this.#full = true
    this.#end('TERM')
  }

  #shown(name: 'stdout' | 'stderr'): Shown | null {
    if (this.options.show !== true) return null
    const stream = process[name]
    const coloured = shellScreen().coloured(stream)
    const isError = name === 'stderr'
    const paint = (text: string): string => styleText('yellow', text, { validateStream: false })
    return new Shown(stream, coloured && !isError, coloured && isError ? paint : undefined)
  }

  #result(): SshResult {
    const { command, options } = this
    return new SshResult({
      host: this.session.subject,
      command,
      programs: [{ command, status: this.#status, signal: this.#signal }],
      stdout: Buffer.concat(this.#output.stdout),
      stderr: Buffer.concat(this.#output.stderr),
      duration: (performance.now() - this.#began) / 1000,
      interrupted: this.#interrupted,
      ...(this.#timedOut === undefined ? {} : { timedOut: this.#timedOut }),
      dropped: this.#output.dropped,
      shown: options.show === true || options.tty === true,
    })
  }

  /** It has no status: the connection went away, or the server ended it. */
  #lost(result: SshResult): SessionError {
    const { label, isOpen } = this.session
    const why = isOpen ? 'the server ended it without an exit status' : 'the connection was lost while it ran'
    const error = new SessionError(
      `${label}: ${this.command}: ${why}; result of this error has its output so far`,
      'CLOSED',
    )
    // Not shown with the error: it may be long.
    return Object.defineProperty(error, 'result', { value: result, enumerable: false })
  }
}

/** What was written to standard error may come in after the channel is closed. */
function whenEnded(stream: Readable, ended: () => void): void {
  if (stream.readableEnded || stream.destroyed || !stream.readable) ended()
  else stream.once('end', ended)
}

/** The size of the terminal here. */
export function ptyOf(): { term: string; cols: number; rows: number } {
  const { columns = 80, rows = 24 } = process.stdout
  return { term: process.env.TERM ?? 'xterm', cols: columns, rows }
}
