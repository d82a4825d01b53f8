/** What the user has set for the whole session (`conf`): the one place that commands and the shell read it from. */

/** All settings with their types. `conf` validates what is put here; see src/commands/conf.ts for what each means. */
export interface Settings {
  /**
   * Interface for what names neither interface, link nor network namespace: `sniff` listens there, `send`, `sr` and tools send by it
   * whatever the route says. Undefined: the route's.
   */
  iface: string | undefined
  /** Seconds that `sr` and its family wait after the last packet. */
  timeout: number
  /** No messages of commands when they are done. */
  quiet: boolean
  color: 'auto' | 'always' | 'never'
  /** 'auto', 'never', or the command of a pager. */
  pager: string
  /** Rows of a list that are shown. */
  rows: number
  /** Results are shown with the name under which they are found again: `_3 = …`. */
  numbers: boolean
  /** Colours in what is being typed. */
  highlight: boolean
  /** The parameters of the call that is being typed are shown. */
  hints: boolean
  /** Command of the editor for `edit`; undefined: $VISUAL or $EDITOR. */
  editor: string | undefined
  /** Entries that are kept in the history file. */
  historySize: number
  /** Text before the line, with `{iface}` and other placeholders; undefined: one that tells interface, jobs and rights. */
  prompt: string | undefined
  /** Further names whose values are kept out of the history, as those of `password` are. */
  redact: readonly string[]
}

/** What holds while nothing is set. */
export const DEFAULT_SETTINGS: Readonly<Settings> = {
  iface: undefined,
  timeout: 2,
  quiet: false,
  color: 'auto',
  pager: 'auto',
  rows: 20,
  numbers: true,
  highlight: true,
  hints: true,
  editor: undefined,
  historySize: 10_000,
  prompt: undefined,
  redact: [],
}

const values: Settings = { ...DEFAULT_SETTINGS }

/** A section of the config file: defaults for the options of one command, as they were written there. */
export interface ConfigSection {
  values: Readonly<Record<string, unknown>>
  /** The config file, absolute. */
  file: string
  /** Where it stands, for errors: `~/.config/netshell/config.json:12`. */
  place: string
}

/** The commands that have such a section. */
export const SECTION_NAMES: readonly string[] = ['serve']

const sections = new Map<string, ConfigSection>()

/** The section of a command; undefined: there is none. The command looks at what is in it. */
export function configSection(name: string): ConfigSection | undefined {
  return sections.get(name)
}

/** Keeps what the config file has for a command; undefined: nothing. */
export function keepConfigSection(name: string, section: ConfigSection | undefined): void {
  if (section === undefined) sections.delete(name)
  else sections.set(name, section)
}

/** The value of a setting. */
export function setting<K extends keyof Settings>(name: K): Settings[K] {
  return values[name]
}

/** Changes a setting; the value has been validated. */
export function changeSetting<K extends keyof Settings>(name: K, value: Settings[K]): void {
  values[name] = value
}
