/** The work of `sh`: text → programs → result. */
import { statSync } from 'node:fs'
import path from 'node:path'
import { styleText } from 'node:util'
import type { TaskControl } from '../../exchange/index.js'
import { argumentsOf } from './arguments.js'
import { expandWord } from './globs.js'
import { checkShellOptions, LIMIT, type ShellOptions } from './options.js'
import { collect, Output, Shown } from './output.js'
import { Pipeline, type Program } from './pipeline.js'
import { fileOfProgram } from './programs.js'
import { ShellResult } from './result.js'
import { shellScreen } from './screen.js'
import { ShellError } from './shell-error.js'
import { needsTerminal } from './terminal-programs.js'
import { parseCommand, textOf } from './words.js'

/** What `sh` was asked for. */
export type ShellRequest =
  | { strings: readonly string[]; values: readonly unknown[] }
  | { program: string; args: readonly unknown[] }
  /** A whole line for /bin/sh. */
  | { line: string }

/** How often progress is told, ms. */
const PROGRESS = 200
/** Of a command in a progress line. */
const LONGEST_SUBJECT = 40

/** Runs a command. @throws ShellError, OptionError, LinkError that say what is wrong */
export async function runShell(
  control: TaskControl<ShellResult>,
  request: ShellRequest,
  options: ShellOptions,
): Promise<ShellResult> {
  checkShellOptions(options)
  const folder = path.resolve(options.cwd ?? '.')
  if (options.cwd !== undefined && !statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new ShellError(`sh: option cwd: ${options.cwd} is no folder`)
  const environment = environmentOf(options)
  const { command, programs } = planOf(request, folder, environment)
  const change = options.show === true ? folderChange(programs, folder) : null
  if (change !== null) return changeFolder(change, command)
  for (const program of programs)
    program.file = fileOfProgram(program.name, folder, program.environment.PATH ?? '/usr/local/bin:/usr/bin:/bin')
  const last = programs.at(-1)!
  const first = programs[0]!
  const wanted =
    options.show === true &&
    (needsTerminal(last.name, last.args) ||
      (first !== last && needsTerminal(first.name, first.args) && /^(sudo|doas)$/.test(first.name)))
  const tty = options.tty === true || (wanted && process.stdin.isTTY === true && process.stdout.isTTY === true)
  const run = (): Promise<ShellResult> => new Command(control, command, programs, folder, options, tty).run()
  const result = tty ? await shellScreen().handOver(run) : await run()
  return options.check === true ? result.check() : result
}

/** One command that runs. */
class Command {
  readonly #control: TaskControl<ShellResult>
  readonly #command: string
  readonly #programs: readonly Program[]
  readonly #folder: string
  readonly #options: ShellOptions
  readonly #tty: boolean
  readonly #output: Output
  readonly #began = performance.now()
  #pipeline: Pipeline | null = null
  #full = false
  #told = 0

  constructor(
    control: TaskControl<ShellResult>,
    command: string,
    programs: readonly Program[],
    folder: string,
    options: ShellOptions,
    tty: boolean,
  ) {
    this.#control = control
    this.#command = command
    this.#programs = programs
    this.#folder = folder
    this.#options = options
    this.#tty = tty
    this.#output = new Output(options.limit ?? LIMIT, options.show === true ? null : () => this.#tooMuch())
  }

  async run(): Promise<ShellResult> {
    this.#control.signal.throwIfAborted()
    const { input, netns, timeout } = this.#options
    const subject =
      this.#command.length > LONGEST_SUBJECT ? `${this.#command.slice(0, LONGEST_SUBJECT - 1)}…` : this.#command
    this.#control.progress(this.#shows ? { subject } : { subject, text: 'no output yet' })
    const pipeline = new Pipeline(this.#programs, {
      folder: this.#folder,
      netns,
      input: input instanceof ShellResult ? input.bytes : input,
      timeout,
      tty: this.#tty,
    })
    this.#pipeline = pipeline
    for (const [index, { stdout, stderr }] of pipeline.children.entries()) {
      if (stdout && index === pipeline.children.length - 1)
        collect(stdout, (chunk) => this.#take(this.#output.stdout, chunk, subject), this.#shown(process.stdout))
      if (stderr)
        collect(stderr, (chunk) => this.#take(this.#output.stderr, chunk, subject), this.#shown(process.stderr))
    }
    this.#control.partial(() =>
      this.#result(this.#programs.map(({ text }) => ({ command: text, status: null, signal: null }))),
    )
    const ends = await pipeline.ends(this.#control)
    const result = this.#result(ends)
    if (this.#full)
      throw new ShellError(
        `${this.#command}: there is more output than ${bytesText(this.#options.limit ?? LIMIT)}, so it was ended; the option limit allows more, in bytes`,
        { result },
      )
    return result
  }

  get #shows(): boolean {
    return this.#options.show === true || this.#tty
  }

  #result(programs: readonly { command: string; status: number | null; signal: string | null }[]): ShellResult {
    const { interrupted = false, timedOut } = this.#pipeline ?? {}
    return new ShellResult({
      command: this.#command,
      programs,
      stdout: Buffer.concat(this.#output.stdout),
      stderr: Buffer.concat(this.#output.stderr),
      duration: (performance.now() - this.#began) / 1000,
      interrupted,
      timedOut,
      dropped: this.#output.dropped,
      shown: this.#shows,
    })
  }

  #take(to: Buffer[], chunk: Buffer, subject: string): void {
    this.#output.add(to, chunk)
    const now = performance.now()
    if (this.#shows || now - this.#told < PROGRESS) return
    this.#told = now
    this.#control.progress({ subject, text: `${bytesText(this.#output.kept)} of output` })
  }

  #tooMuch(): void {
    if (this.#full) return
    this.#full = true
    this.#pipeline?.cutShort('SIGTERM')
  }

  #shown(stream: NodeJS.WriteStream): Shown | null {
    if (this.#options.show !== true) return null
    const coloured = shellScreen().coloured(stream)
    const isError = stream === process.stderr
    return new Shown(
      stream,
      coloured && !isError,
      coloured && isError ? (text) => styleText('yellow', text, { validateStream: false }) : undefined,
    )
  }
}

function environmentOf({ env = {} }: ShellOptions): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { ...process.env }
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) delete environment[name]
    else environment[name] = String(value)
  }
  return environment
}

/** What is to run; the files of the programs are not looked for yet. */
function planOf(
  request: ShellRequest,
  folder: string,
  environment: NodeJS.ProcessEnv,
): { command: string; programs: Program[] } {
  if ('line' in request) {
    const program = { file: '', name: '/bin/sh', args: ['-c', request.line], environment, text: request.line }
    return { command: request.line, programs: [program] }
  }
  if ('program' in request) {
    const [name] = argumentsOf(request.program, 1)
    const args = request.args.flatMap((each, index) => argumentsOf(each, index + 2))
    const text = [name!, ...args]
      .map((each) => (/[\s'"]/.test(each) || each === '' ? JSON.stringify(each) : each))
      .join(' ')
    return { command: text, programs: [{ file: '', name: name!, args, environment, text }] }
  }
  const programs = parseCommand({ ...request, environment }).map((stage): Program => {
    const [name = '', ...args] = stage.words.flatMap((word) => expandWord(word, folder))
    return { file: '', name, args, environment: { ...environment, ...stage.environment }, text: stage.text }
  })
  return { command: textOf(request.strings), programs }
}

/** `cd FOLDER` at the prompt: there is no program that could do it for us. */
function folderChange([first, ...others]: readonly Program[], folder: string): string | null {
  if (first?.name !== 'cd' || others.length > 0 || first.args.length > 1) return null
  return path.resolve(folder, first.args[0] ?? first.environment.HOME ?? '/')
}

function changeFolder(folder: string, command: string): ShellResult {
  try {
    process.chdir(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why =
      code === 'ENOENT' ? 'there is no such folder' : code === 'ENOTDIR' ? 'it is no folder' : 'permission denied'
    throw new ShellError(`cd ${folder}: ${why}`)
  }
  const nothing = new Uint8Array()
  return new ShellResult({
    command,
    programs: [{ command, status: 0, signal: null }],
    stdout: Buffer.from(`${folder}\n`),
    stderr: nothing,
    duration: 0,
  })
}

/** `64 MiB`, `12 kB`. */
function bytesText(bytes: number): string {
  if (bytes >= 2 ** 20 && bytes % 2 ** 20 === 0) return `${bytes / 2 ** 20} MiB`
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(1)} MB`
  return bytes >= 1000 ? `${Math.round(bytes / 1000)} kB` : `${bytes} byte${bytes === 1 ? '' : 's'}`
}
