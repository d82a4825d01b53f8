/** What each setting means and takes: for `conf`, its help, and the config file. */
import { readFileSync } from 'node:fs'
import { wordsOf } from '../exchange/command-words.js'
import type { Settings } from '../exchange/settings.js'
import { findProgram } from '../link/find-program.js'
import { requireInterface } from '../link/index.js'
import { suggestion } from '../packet/index.js'

/** What is known of one setting. */
export interface SettingRule<T> {
  /** What it means, in a few words. */
  summary: string
  /** More than fits in a line of the table. */
  details?: string
  /** As written in code. */
  type: string
  /** What it takes, to stand behind `it takes`. */
  takes: string
  choices?: readonly string[]
  /** What unset means, where that is a value of it. */
  unset?: string
  /** A value other than the default. */
  example: T
  /** Why a value is wrong; `true`: it is not what it takes. Undefined: it is right. */
  problem(value: unknown): string | true | undefined
}

/** Names that `conf.prompt` may have in braces, with what they become. */
export const PLACEHOLDERS: Readonly<Record<string, string>> = {
  iface: 'interface in use',
  netns: 'name of the network namespace',
  jobs: 'number of jobs that run',
  user: 'name of the user',
  host: 'name of the machine',
  cwd: 'folder',
  mark: '# for root, else >',
}

const LONGEST_PROMPT = 200

const FLAG = {
  type: 'boolean',
  takes: 'true or false',
  example: true,
  problem: (value: unknown) => (typeof value === 'boolean' ? undefined : true),
} as const

/** All settings, in the order in which `conf` shows them. */
export const SETTING_RULES: { readonly [K in keyof Settings]: SettingRule<Settings[K]> } = {
  iface: {
    summary: 'interface of what names none',
    details:
      'sniff listens there, and send, sr and the tools send by it, whatever the route says, unless a call names an interface, a link or a ' +
      'network namespace. Packets to this machine itself always go by loopback; connections and lookups of the system by its routes.',
    type: 'string',
    takes: 'the name of an interface',
    unset: "the route's",
    example: 'lo',
    problem: (value) => (value === undefined ? undefined : interfaceProblem(value)),
  },
  timeout: {
    ...numberRule(0, 86_400, false),
    summary: 'seconds sr and its kin wait',
    details: 'sr, sr1, srp, srp1 and srloop, for answers after the last packet. A tool such as ping has its own.',
    takes: 'a number of seconds, 0..86400, such as 5',
    example: 5,
  },
  quiet: {
    ...FLAG,
    summary: 'no messages when done',
    details: 'Of send, sr, srloop and sniff; warnings are told all the same.',
  },
  color: {
    ...choiceRule('auto', 'always', 'never'),
    summary: 'auto, always or never colours',
    details: "'auto': at a terminal, and as NO_COLOR and FORCE_COLOR say.",
    example: 'never',
  },
  pager: {
    summary: 'program for long output',
    details: "'auto' reads long output page by page where it does not fit on the screen, 'never' prints it.",
    type: 'string',
    takes: "'auto', 'never', or a command such as 'less -R'",
    example: 'never',
    problem: (value) => (value === 'auto' || value === 'never' ? undefined : programProblem(value)),
  },
  rows: {
    ...numberRule(1, 100_000, true),
    summary: 'rows shown of a list',
    takes: 'a whole number, 1..100000',
    example: 50,
  },
  numbers: { ...FLAG, summary: 'results are labelled: _3 = …', example: false },
  highlight: { ...FLAG, summary: 'colours in what is typed', example: false },
  hints: { ...FLAG, summary: 'parameters shown while typing', example: false },
  editor: {
    summary: 'program for .edit',
    details: 'Unset: $VISUAL, else $EDITOR, else nano or vi.',
    type: 'string',
    takes: "a command such as 'nano'",
    unset: '$EDITOR',
    example: 'vi',
    problem: (value) => (value === undefined ? undefined : programProblem(value)),
  },
  historySize: {
    ...numberRule(0, 1_000_000, true),
    summary: 'entries kept in the history',
    details: 'The file may grow by half before the oldest go. 0: nothing more is written; what is there stays.',
    takes: 'a whole number, 0..1000000',
    example: 1000,
  },
  prompt: {
    summary: 'text before the line',
    details: `Unset: interface, jobs that run, # for root. Placeholders: ${Object.entries(PLACEHOLDERS)
      .map(([name, meaning]) => `{${name}} ${meaning}`)
      .join(', ')}.`,
    type: 'string',
    takes: `one line of text, such as '{user}@{iface}{mark} '`,
    unset: 'built in',
    example: '{user}@{iface}{mark} ',
    problem: (value) => (value === undefined ? undefined : promptProblem(value)),
  },
  redact: {
    summary: 'names whose values are secret',
    details:
      "In the history their values are replaced; those of names such as 'password', 'token' and 'psk' always are.",
    type: 'string[]',
    takes: "a list of names, such as ['pin']",
    example: ['pin'],
    problem: namesProblem,
  },
}

function numberRule(least: number, most: number, whole: boolean) {
  return {
    type: 'number',
    problem: (value: unknown): true | undefined =>
      typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value))
        ? undefined
        : true,
  }
}

function choiceRule(...choices: readonly string[]) {
  return {
    type: 'string',
    choices,
    takes: choices
      .map((choice) => `'${choice}'`)
      .join(', ')
      .replace(/, (?=[^,]+$)/, ' or '),
    problem: (value: unknown) => (choices.includes(value as string) ? undefined : (true as const)),
  }
}

function interfaceProblem(value: unknown): string | true | undefined {
  if (typeof value !== 'string' || value === '') return true
  if (value === 'any') return "'any' is for capturing alone: sniff({iface: 'any'})"
  // The kernel's own list costs nothing; the other way asks through native code.
  if (namesInProc().includes(value)) return undefined
  try {
    requireInterface(value)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

function namesInProc(): string[] {
  try {
    const lines = readFileSync('/proc/net/dev', 'utf8').split('\n').slice(2)
    return lines.map((line) => line.slice(0, line.lastIndexOf(':')).trim())
  } catch {
    return []
  }
}

function programProblem(value: unknown): string | true | undefined {
  if (typeof value !== 'string' || value.trim() === '' || /[\x00-\x1f]/.test(value)) return true
  const [program] = wordsOf(value)
  if (program!.includes('/') || findProgram(program!) !== undefined) return undefined
  return `there is no program '${program}' on this machine`
}

function promptProblem(value: unknown): string | true | undefined {
  if (typeof value !== 'string' || value === '' || /[\x00-\x1f\x7f-\x9f]/.test(value)) return true
  if (value.length > LONGEST_PROMPT) return `it is longer than ${LONGEST_PROMPT} characters`
  const names = Object.keys(PLACEHOLDERS)
  const unknown = [...value.matchAll(/\{(\w+)\}/g)].find(([, name]) => !Object.hasOwn(PLACEHOLDERS, name!))
  if (unknown === undefined) return undefined
  return `there is no placeholder ${unknown[0]}${suggestion(unknown[1]!, names) || `; there are ${names.map((name) => `{${name}}`).join(' ')}`}`
}

function namesProblem(value: unknown): string | true | undefined {
  if (!Array.isArray(value) || value.length > 100) return true
  const wrong = value.find((name) => typeof name !== 'string' || !/^[\w$-]{2,40}$/.test(name))
  return wrong === undefined
    ? undefined
    : `${JSON.stringify(wrong) ?? 'undefined'} is no name (2..40 letters, digits, _ and -)`
}
