import { Task, type TaskControl } from '../exchange/index.js'
import type { Metadata, ParameterMetadata } from './metadata.js'

/** One option of a tool: what `help` says of it at the prompt, and how it is written on the command line. */
export interface ToolParameter extends ParameterMetadata {
  type: string
  /** `'-c, --count <n>'`; unset: `--name <type>`, or `--name` for a boolean. Null: not on the command line. */
  flag?: string | null
  /** What `--help` says instead of the summary and the default, where the command line has it another way. */
  flagSummary?: string
  /** The only texts that are taken on the command line. */
  choices?: readonly string[]
}

/** A flag that stands for other options, or for nothing. */
export interface HiddenFlag {
  /** `'-T <level>'` */
  flag: string
  choices?: readonly string[]
  /** Options that it sets, unless they are given themselves. */
  options?: Readonly<Record<string, unknown>>
}

/**
 * A tool as a command: one description for `help`, completion, `--help` and the subcommand. The tool itself is loaded
 * when it is first used.
 */
export interface ToolCommand<R = unknown> extends Metadata {
  /** Name at the prompt. */
  name: string
  /** Name on the command line, when it is another: `'dhcp discover'`. */
  subcommand?: string
  usage: string
  example: string
  /** Positional arguments of the command line as commander writes them: `'<host...>'`. */
  arguments?: string
  parameters: readonly ToolParameter[]
  /** Options of the command line alone: `fromCommandLine` makes others of them. */
  flags?: readonly ToolParameter[]
  /** Gives the function that does the work. Its arguments behind the control are those of the prompt. */
  // biome-ignore lint/suspicious/noExplicitAny: each tool has arguments of its own
  load(): Promise<(control: TaskControl<R>, ...args: any[]) => Promise<R>>
  /** What positional arguments and options of the command line become; unset: the positional ones (one alone as such), then the options. */
  fromCommandLine?(positionals: readonly string[], options: Record<string, unknown>): readonly unknown[]
  /** Further flags that the command line takes and `--help` leaves out, such as those people know of another program. */
  alsoTaken?: readonly HiddenFlag[]
  /** Arguments that commander would take apart, and what it gets instead: nmap's `-oX` is `--xml`. */
  spellings?: Readonly<Record<string, string>>
  /** What the command line prints instead of `String(result)`; undefined prints nothing. Gets the options that the tool got. */
  print?(result: R, options: Record<string, unknown>): string | undefined
  /** A line of the command line that shows it: `netshell scan 10.0.0.1 -p 1-1000`. */
  commandLineExample?: string
  /** Ctrl-C is a usual way to end it: then the exit code is that of the result, not 130. */
  endless?: boolean
  /** Exit code of the command line by the result. Unset: 0. */
  exitCode?(result: R): number
}

/** The function of a tool at the prompt. */
export function toolFunction<R>(command: ToolCommand<R>): (...args: unknown[]) => Task<R> {
  const { name } = command
  const tool = (...args: unknown[]): Task<R> =>
    Task.run(async (control) => (await command.load())(control, ...args), { name })
  return Object.defineProperty(tool, 'name', { value: name })
}
