import { Task, type TaskControl } from '../../exchange/task.js'
import type { ShellArgument } from './arguments.js'
import type { ShellOptions } from './options.js'
import type { ShellResult } from './result.js'
import type { ShellRequest } from './run.js'

/** Runs programs: `sh` and its variants. */
export interface Sh {
  /**
   * Runs what the text says: `` sh`ip -j addr` ``, `` sh`ps aux | grep ${name}` ``. Words are separated by spaces; quotes, backslashes, `~`,
   * `$NAME` and the wildcards `* ? […]` mean what they mean in a shell, `|` connects programs. No shell is started, and each value that
   * is put in is one argument exactly as it is (an array: one for each element).
   */
  (strings: TemplateStringsArray, ...values: unknown[]): Task<ShellResult>
  /** Runs a program with these arguments, each of them taken as it is. */
  (
    program: string,
    args?: readonly (ShellArgument | readonly ShellArgument[])[],
    options?: ShellOptions,
  ): Task<ShellResult>
  (program: string, options: ShellOptions): Task<ShellResult>
  /** The same with options: `` sh({timeout: 3})`…` ``. */
  (options: ShellOptions): Sh
  /** A status other than 0 is an error. */
  readonly check: Sh
  /** The output is shown as it comes, and kept; programs that need the terminal get it. What a line that begins with `!` does. */
  readonly show: Sh
  /** The program gets the terminal. */
  readonly tty: Sh
  /** Hands a whole line to /bin/sh. Never put text from outside into it: a shell obeys what it reads. */
  shell(line: string, options?: ShellOptions): Task<ShellResult>
}

/**
 * Runs programs safely: `` result = sh`ip -j addr` ``. The result has `stdout`, `stderr`, `status`, `lines`, `json()`, `values()`.
 * A status other than 0 is no error, unless it is {@link Sh.check}. Ctrl-C ends the program and keeps what it has written.
 */
export const sh: Sh = shWith({})

function shWith(options: ShellOptions): Sh {
  const variant = (first: unknown, ...rest: unknown[]): Task<ShellResult> | Sh => {
    if (isTemplate(first)) return start({ strings: first.raw, values: rest }, options)
    if (typeof first === 'string') {
      const [args, more] = isOptions(rest[0]) ? [[], rest[0]] : [rest[0] ?? [], rest[1] ?? {}]
      if (!Array.isArray(args))
        throw new TypeError(`sh(${quoted(first)}, …): the arguments are an array, such as sh('ip', ['-j', 'addr'])`)
      return start({ program: first, args }, { ...options, ...(more as ShellOptions) })
    }
    if (isOptions(first)) return shWith({ ...options, ...first })
    throw new TypeError("sh: write sh`ip -j addr`, sh('ip', ['-j', 'addr']), or sh({timeout: 3})`…` with options")
  }
  Object.defineProperty(variant, 'name', { value: 'sh' })
  const also = (more: ShellOptions) => ({
    get: () => shWith({ ...options, ...more }),
    enumerable: true,
    configurable: true,
  })
  Object.defineProperties(variant, {
    check: also({ check: true }),
    show: also({ show: true }),
    tty: also({ tty: true }),
    shell: {
      value: (line: unknown, more: ShellOptions = {}) => {
        if (typeof line !== 'string')
          throw new TypeError("sh.shell('…') takes a text: it is read by /bin/sh, so nothing is put in by itself")
        return start({ line }, { ...options, ...more })
      },
      enumerable: true,
    },
  })
  return variant as Sh
}

function start(request: ShellRequest, options: ShellOptions): Task<ShellResult> {
  return Task.run(
    async (control: TaskControl<ShellResult>) => (await import('./run.js')).runShell(control, request, options),
    { name: 'sh' },
  )
}

function isTemplate(value: unknown): value is TemplateStringsArray {
  return Array.isArray(value) && Array.isArray((value as { raw?: unknown }).raw)
}

function isOptions(value: unknown): value is ShellOptions {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

function quoted(text: string): string {
  return `'${text}'`
}
