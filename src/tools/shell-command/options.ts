import type { NamespaceOptions } from '../../link/index.js'
import { checkTable, FLAG, type OptionKind, type OptionTable, positive, text } from '../option-kinds.js'
import { ShellResult } from './result.js'

/** Options of `sh`. */
export interface ShellOptions extends NamespaceOptions {
  /** Folder in which the program runs. Default: netshell's own. */
  cwd?: string
  /** Environment variables besides netshell's own; undefined takes one away. */
  env?: Readonly<Record<string, string | number | undefined>>
  /** What the program reads from standard input. Default: nothing. Of a result its output. */
  input?: string | Uint8Array | ShellResult
  /** Seconds after which the program is ended. Default: never. */
  timeout?: number
  /** Bytes of output (standard error included) that are kept; more is an error. Default 64 MiB. */
  limit?: number
  /** A status other than 0 is an error. Default false. */
  check?: boolean
  /** The output is shown as it comes. What is over the limit is then not kept, instead of an error. Default false. */
  show?: boolean
  /** The program gets the terminal: for editors, monitors, other shells. Its output is not kept. Default false. */
  tty?: boolean
}

const ENVIRONMENT: OptionKind = {
  takes: "an object of environment variables such as {LANG: 'C'}",
  accepts: (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.entries(value).every(
      ([name, each]) =>
        /^[^=\0]+$/.test(name) &&
        (each === undefined || /^(string|number)$/.test(typeof each)) &&
        !String(each).includes('\0'),
    ),
}
const INPUT: OptionKind = {
  takes: 'a text, bytes or the result of another sh',
  accepts: (value) => typeof value === 'string' || value instanceof Uint8Array || value instanceof ShellResult,
}

const OPTIONS: OptionTable<ShellOptions> = {
  cwd: text('the path of a folder'),
  env: ENVIRONMENT,
  input: INPUT,
  timeout: positive('seconds'),
  limit: positive('bytes'),
  netns: text('the name of a network namespace; ip netns lists them'),
  check: FLAG,
  show: FLAG,
  tty: FLAG,
}

/** Bytes that are kept. */
export const LIMIT = 64 * 2 ** 20

/** @throws OptionError that says what is wrong */
export function checkShellOptions(options: ShellOptions): void {
  checkTable('sh', options, OPTIONS)
}
