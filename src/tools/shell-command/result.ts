import { inspect, styleText } from 'node:util'
import { placeOfJsonError } from './json-place.js'
import { forScreen } from './screen-text.js'
import { ShellError } from './shell-error.js'

/** How one program of a pipeline ended. */
export interface ProgramEnd {
  /** Its text, as written. */
  command: string
  /** Its exit status; null when a signal ended it. */
  status: number | null
  /** The signal that ended it, such as `'SIGKILL'`. */
  signal: string | null
}

/** What is known when the programs have ended. */
export interface ShellOutcome {
  command: string
  programs: readonly ProgramEnd[]
  stdout: Uint8Array
  stderr: Uint8Array
  duration: number
  interrupted?: boolean
  timedOut?: number
  dropped?: number
  shown?: boolean
}

/** Lines of stderr in the message of an error. */
const MOST_ERROR_LINES = 5
/** Lines that `values()` reads. */
const MOST_VALUES = 100_000

/** What a command of `sh` has given: output, exit status. As text it is its output. */
export class ShellResult {
  /** The command as it was written; values that were put in are `${…}`. */
  readonly command: string
  /** Its programs in the order of the pipeline. */
  readonly programs: readonly ProgramEnd[]
  /** What was written to standard output, as it is. */
  readonly bytes: Uint8Array
  /** Exit status: 0 is success. Of a pipeline the last one that is not 0. Null when a signal ended it. */
  readonly status: number | null
  /** The signal that ended it, such as `'SIGKILL'`; else null. */
  readonly signal: string | null
  /** Seconds that it took. */
  readonly duration: number
  /** Ctrl-C ended it: the output is what there was by then. */
  readonly interrupted: boolean
  /** The seconds of the option timeout when they were over before the program was; else null. */
  readonly timedOut: number | null
  /** Bytes of output that were shown and are not kept, being more than the option limit. */
  readonly dropped: number
  readonly #errorBytes: Uint8Array
  #stdout: string | undefined
  #stderr: string | undefined
  /** The output is on the screen already; shown again only when it is asked for once more. */
  #shown: boolean

  constructor(outcome: ShellOutcome) {
    this.command = outcome.command
    this.programs = outcome.programs
    this.bytes = outcome.stdout
    this.#errorBytes = outcome.stderr
    const decisive = decisiveOf(outcome.programs)
    this.status = decisive.status
    this.signal = decisive.signal
    this.duration = outcome.duration
    this.interrupted = outcome.interrupted ?? false
    this.timedOut = outcome.timedOut ?? null
    this.dropped = outcome.dropped ?? 0
    this.#shown = outcome.shown ?? false
  }

  /** What was written to standard output, as text (UTF-8). */
  get stdout(): string {
    this.#stdout ??= decode(this.bytes)
    return this.#stdout
  }

  /** What was written to standard error, as text (UTF-8). */
  get stderr(): string {
    this.#stderr ??= decode(this.#errorBytes)
    return this.#stderr
  }

  /** True when the exit status is 0 (of all programs of a pipeline) and nothing cut it short. */
  get ok(): boolean {
    return this.status === 0 && !this.interrupted && this.timedOut === null
  }

  /** The lines of standard output, without their line ends. */
  get lines(): string[] {
    if (this.stdout === '') return []
    return this.stdout.replace(/\r?\n$/, '').split(/\r?\n/)
  }

  /**
   * The output read as JSON: `sh\`ip -j addr\`.json()`. Output with one JSON value a line gives an array of them.
   * @throws ShellError that shows the place when it is no JSON
   */
  // biome-ignore lint/suspicious/noExplicitAny: the program decides what it is
  json(): any {
    const text = this.stdout
    try {
      return JSON.parse(text)
    } catch {
      const lines = this.lines.filter((line) => line.trim() !== '')
      if (lines.length > 1 && lines.every((line) => /^\s*[[{].*[\]}]\s*$/.test(line))) {
        try {
          return lines.map((line) => JSON.parse(line))
        } catch {
          // The first error tells more.
        }
      }
      this.#explainEmpty()
      throw new ShellError(`${this.command}: the output is no JSON: ${whyNoJson(text)}`, {
        result: this,
      })
    }
  }

  /**
   * The output read as lines `key=value`, as `systemctl show`, `udevadm info -q property` and /etc/os-release have them; where there is
   * none, as lines `key: value`, as `lscpu` and `ethtool` have them. A value in quotes is given without them; a key that is there several
   * times has an array.
   * @throws ShellError when no line is of that form
   */
  values(): Record<string, string | string[]> {
    return valuesOf(this.lines.slice(0, MOST_VALUES)) ?? this.#noValues()
  }

  /**
   * The same for output in blocks with empty lines between them, an object for each: `systemctl show a b`.
   * @throws ShellError when no line is of that form
   */
  records(): Record<string, string | string[]>[] {
    const blocks: string[][] = [[]]
    for (const line of this.lines.slice(0, MOST_VALUES)) {
      if (line.trim() === '') blocks.push([])
      else blocks.at(-1)!.push(line)
    }
    const records = blocks.map((block) => valuesOf(block)).filter((values) => values !== null)
    return records.length > 0 ? records : [this.#noValues()]
  }

  #noValues(): never {
    this.#explainEmpty()
    const seen = this.stdout.trim() === '' ? 'the output is empty' : `it begins with ${excerpt(this.stdout, 0)}`
    throw new ShellError(`${this.command}: the output has no lines key=value or key: value: ${seen}`, { result: this })
  }

  /** Writes standard output to a file, byte for byte; with `append` behind what is there. Gives the result again. */
  save(file: string, { append = false }: { append?: boolean } = {}): this {
    const { appendFileSync, writeFileSync } = process.getBuiltinModule('node:fs')
    if (append) appendFileSync(file, this.bytes)
    else writeFileSync(file, this.bytes)
    return this
  }

  /** Throws when it was no success. @throws ShellError with the last lines of standard error */
  check(): this {
    if (this.ok) return this
    const lines = this.stderr.trimEnd().split('\n').slice(-MOST_ERROR_LINES)
    const why = lines.join('\n').trim()
    throw new ShellError(`${this.command}: ${this.#ending()}${why === '' ? '' : `: ${why}`}`, { result: this })
  }

  /** Standard output. */
  toString(): string {
    return this.stdout
  }

  /** `command`, `stdout`, `stderr`, `status`, `signal`, `ok`, `duration` (seconds), `programs`; `interrupted` and `timedOut` where it was. */
  toJSON(): unknown {
    const { command, stdout, stderr, status, signal, ok, duration, programs, interrupted, timedOut } = this
    return {
      command,
      stdout,
      stderr,
      status,
      signal,
      ok,
      duration,
      programs,
      ...(interrupted ? { interrupted } : {}),
      ...(timedOut === null ? {} : { timedOut }),
    }
  }

  /**
   * What the prompt shows: the output, standard error in another colour, the exit status when it is not 0. Undefined when there is
   * nothing to show: the program was silent, or all is on the screen already.
   */
  screenText(coloured: boolean): string | undefined {
    const shown = this.#shown
    this.#shown = false
    const paint = (style: 'yellow' | 'red' | 'gray', text: string): string =>
      coloured ? styleText(style, text, { validateStream: false }) : text
    const parts: string[] = []
    if (!shown) {
      if (this.stdout !== '') parts.push(forScreen(this.stdout, coloured))
      if (this.stderr !== '') parts.push(paint('yellow', forScreen(this.stderr, false)))
    }
    if (this.dropped > 0) parts.push(paint('gray', `the first ${this.dropped} bytes of it are not kept`))
    if (!this.ok) parts.push(paint(this.interrupted ? 'yellow' : 'red', this.#ending()))
    return parts.length === 0 ? undefined : parts.join('\n')
  }

  /** Within something else it is one line. */
  [inspect.custom](depth: number, options: { colors?: boolean; depth?: number }): string {
    if (depth === options.depth) return this.screenText(options.colors === true) ?? ''
    const { length } = this.lines
    return `<ShellResult ${this.command}: ${this.#ending()}, ${length} line${length === 1 ? '' : 's'}>`
  }

  /** A program that failed without output has said why elsewhere. @throws ShellError then */
  #explainEmpty(): void {
    if (this.stdout.trim() === '') this.check()
  }

  /** `exit status 2`, `ended by SIGKILL`. */
  #ending(): string {
    if (this.interrupted) return 'interrupted'
    if (this.timedOut !== null) return `ended after ${this.timedOut} s (option timeout)`
    const { command, status, signal } = decisiveOf(this.programs)
    const of = this.programs.length > 1 ? ` of ${command}` : ''
    return signal === null ? `exit status ${status}${of}` : `ended by ${signal}${of}`
  }
}

/** `key=value`; the value may have more of them. */
const ASSIGNED = /^\s*(?<key>[\w.:/@%-][^=\s]*)=(?<text>.*)$/
/** `key: value`; the key may have spaces. */
const TOLD = /^\s*(?<key>[^\s:][^:]*):(?:\s+(?<text>.*))?$/
const QUOTED = /^"([^"]*)"$|^'([^']*)'$/

/** Null when no line has a value. */
function valuesOf(lines: readonly string[]): Record<string, string | string[]> | null {
  // Values may have either sign in them: what the first kind finds decides.
  for (const form of [ASSIGNED, TOLD]) {
    const found = new Map<string, string | string[]>()
    for (const line of lines) {
      const { key, text = '' } = form.exec(line)?.groups ?? {}
      if (key === undefined) continue
      const quoted = QUOTED.exec(text)
      const value = quoted === null ? (form === TOLD ? text.trimEnd() : text) : (quoted[1] ?? quoted[2]!)
      const before = found.get(key)
      if (before === undefined) found.set(key, value)
      else if (Array.isArray(before)) before.push(value)
      else found.set(key, [before, value])
    }
    if (found.size > 0) return Object.fromEntries(found)
  }
  return null
}

/** The end that counts: of the last program that failed. One that ended because nobody read on has not. */
function decisiveOf(programs: readonly ProgramEnd[]): ProgramEnd {
  const last = programs.length - 1
  const failed = programs.findLast(
    ({ status, signal }, index) => status !== 0 && !(index < last && (signal === 'SIGPIPE' || status === 141)),
  )
  return failed ?? programs[last]!
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

function whyNoJson(text: string): string {
  if (text.trim() === '') return 'it is empty'
  const place = placeOfJsonError(text)
  const before = text.slice(0, place)
  const line = before.split('\n').length
  const column = place - before.lastIndexOf('\n')
  const what = place >= text.length ? 'it ends too early' : `at ${excerpt(text, place)}`
  return `line ${line}, column ${column}: ${what}`
}

function excerpt(text: string, from: number): string {
  const line = text.slice(from, from + 200).split('\n')[0]!
  return JSON.stringify(line.length > 40 ? `${line.slice(0, 40)}…` : line)
}
