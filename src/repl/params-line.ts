/** The arguments of a script by what it declares: values, `--help`, and what is wrong with them. */
import type { Command } from 'commander'
import type { Parameter } from '../commands/param-declaration.js'
import { boundsText, PARAM_TYPES, readParam } from '../commands/param-types.js'
import { printable } from '../exchange/index.js'
import { suggestion } from '../packet/index.js'
import { portsText } from '../tools/scan/ports.js'
import type { Globals } from './evaluate.js'
import type { ScriptFacts } from './params.js'

/** What is used of commander's module, which is loaded when it is needed. */
type Commander = typeof import('commander')

/** What the arguments say: what the script finds (`args`, `param`), or a text to print instead of running it. */
export type ScriptArguments =
  | { globals: Globals; values?: ReadonlyMap<string, unknown> }
  | { text: string; exitCode: 0 | 2 }

/** How a script is called, for its `--help`. */
export interface ScriptCall {
  /** As the user named it: `scan.nsh`. */
  shown: string
  /** What stands before it: `netshell run`, `.load`. */
  command: string
  /** Of the terminal; unset: 80. */
  columns?: number
  environment?: NodeJS.ProcessEnv
}

/**
 * Reads the arguments of a script. One without declared parameters gets them as they are, except a lone `--help` that its
 * code says nothing of.
 */
export async function readArguments(
  args: readonly string[],
  facts: ScriptFacts,
  call: ScriptCall,
): Promise<ScriptArguments> {
  const declares = facts.params.length > 0
  if (!declares && (args.length !== 1 || args[0] !== '--help' || facts.speaksOfHelp))
    return { globals: { args: [...args] } }
  const commander = await import('commander')
  const reader = new Reader(commander, facts, call)
  try {
    reader.command.parse(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof commander.CommanderError)) throw error
    if (error.exitCode === 0) return { text: printable(reader.help.trimEnd()), exitCode: 0 }
    return wrong([inOurWords(error, reader)], call)
  }
  return reader.result(call)
}

/** `param` while a script runs: gives the values that were read for it. */
function paramFor(values: ReadonlyMap<string, unknown>, shown: string): (name: string) => unknown {
  return function param(name) {
    if (values.has(name)) return values.get(name)
    throw new TypeError(`param('${name}'): ${shown} has no such parameter; parameters are declared at its top level`)
  }
}

/** What is wrong, a line each, and where more is told. */
function wrong(problems: readonly string[], { shown, command }: ScriptCall): ScriptArguments {
  const called = [command, shown].filter(Boolean).join(' ')
  const lines = problems.map((problem) => `${shown}: ${problem}`)
  return { text: printable([...lines, `(${called} --help lists what it takes)`].join('\n')), exitCode: 2 }
}

/** Commander knows what is written on a command line; what the texts mean is ours. */
class Reader {
  readonly command: Command
  help = ''
  readonly #facts: ScriptFacts
  /** Name of a parameter → where commander keeps what was given for it. */
  readonly #attributes = new Map<string, string>()
  readonly #takesRest: boolean

  constructor(commander: Commander, facts: ScriptFacts, call: ScriptCall) {
    this.#facts = facts
    const { params, usesArgs, description } = facts
    this.#takesRest = usesArgs && !params.some(({ positional, multiple }) => positional && multiple)
    const ownH = params.some(({ short }) => short === 'h')
    this.command = new commander.Command([call.command, call.shown].filter(Boolean).join(' '))
      .exitOverride()
      .helpOption(ownH ? '--help' : '-h, --help', 'print this help')
      .description(description)
      .usage(usageOf(facts, this.#takesRest))
      .allowExcessArguments()
      .configureOutput({
        writeOut: (text) => {
          this.help += text
        },
        writeErr: () => {},
        getOutHelpWidth: () => Math.max(40, Math.min(call.columns ?? 80, 100)),
        getOutHasColors: () => false,
      })
    for (const each of params) {
      if (each.positional) this.command.argument(`[${each.option}${each.multiple ? '...' : ''}]`, summaryOf(each))
      else this.#addOption(commander, each)
    }
    if (this.#takesRest)
      this.command.argument(
        '[args...]',
        params.length > 0 ? 'more, as the script takes them' : 'as the script takes them',
      )
    this.command.addHelpText('after', '\nExit codes: 0 done, 1 an error, 2 wrong usage, 130 ended by Ctrl-C')
  }

  #addOption({ Option }: Commander, declared: Parameter): void {
    const { option, short, type, multiple, default: unset } = declared
    const letter = short === undefined ? '' : `-${short}, `
    const add = (flags: string, hidden: boolean): void => {
      const made = new Option(flags, summaryOf(declared)).hideHelp(hidden)
      // Only what was given counts; the defaults are ours.
      if (multiple) made.argParser((text: string, all: string[] | undefined) => [...(all ?? []), text])
      this.command.addOption(made)
      this.#attributes.set(declared.name, made.attributeName())
    }
    if (type !== 'boolean') {
      add(`${letter}--${option} <${PARAM_TYPES[type].placeholder}>`, false)
      return
    }
    add(`${letter}--${option}`, unset === true)
    add(`--no-${option}`, unset !== true)
  }

  /** What was read, with defaults and types. */
  result(call: ScriptCall): ScriptArguments {
    const given = this.command.opts() as Record<string, unknown>
    const places = [...this.command.args]
    const values = new Map<string, unknown>()
    const problems: string[] = []
    for (const declared of this.#facts.params) {
      const texts = declared.positional
        ? places.splice(0, declared.multiple ? places.length : 1)
        : textsOf(given[this.#attributes.get(declared.name)!])
      const { env } = declared
      const found = texts.length > 0 || env === undefined ? undefined : (call.environment ?? process.env)[env]
      if (found !== undefined && found !== '') texts.push(found)
      try {
        values.set(declared.name, this.#value(declared, texts))
      } catch (error) {
        const where = found !== undefined ? ` (from ${env})` : ''
        problems.push(`${(error as Error).message}${where}`)
      }
    }
    if (places.length > 0 && !this.#takesRest) problems.push(this.#surplus(places))
    return problems.length > 0
      ? wrong(problems, call)
      : { globals: { args: places, param: paramFor(values, call.shown) }, values }
  }

  #value(declared: Parameter, texts: readonly unknown[]): unknown {
    const { type, multiple, required, env, default: unset } = declared
    const name = nameOf(declared)
    if (texts.length === 0) {
      const also = env === undefined ? '' : `, or the environment variable ${env}`
      if (required) throw new Error(`${name} is missing${declared.help ? ` (${declared.help})` : ''}${also}`)
      if (unset === undefined || !PARAM_TYPES[type].local) return multiple ? (unset ?? []) : unset
      return multiple ? (unset as string[]).map((text) => read(declared, text)) : read(declared, String(unset))
    }
    if (type === 'boolean' && typeof texts[0] === 'boolean') return texts[0]
    for (const text of texts) {
      if (declared.positional || !this.#isFlag(String(text))) continue
      throw new Error(`${name} needs a value, and '${text}' behind it is an option itself`)
    }
    const all = texts.map((text) => read(declared, String(text)))
    return multiple ? all : all[0]
  }

  #isFlag(text: string): boolean {
    return this.command.options.some(({ long, short }) => text === long || text === short)
  }

  #surplus(places: readonly string[]): string {
    const { params } = this.#facts
    const count = params.filter(({ positional }) => positional).length
    const names = places.map((text) => `'${text}'`).join(' ')
    if (count > 0)
      return `${names} is too much: it takes ${count} argument${count === 1 ? '' : 's'} besides its options`
    // `scan.nsh 10.0.0.1` where `--host 10.0.0.1` was meant.
    const fitting = params.filter(({ type }) => type !== 'boolean' && type !== 'string')
    const meant = fitting.find((each) => fits(each, places[0]!)) ?? params.find(({ type }) => type === 'string')
    return `${names} is too much: it takes options only${meant === undefined ? '' : `; did you mean '--${meant.option} ${places[0]}'?`}`
  }
}

function fits(declared: Parameter, text: string): boolean {
  try {
    readParam(declared, text)
    return true
  } catch {
    return false
  }
}

function textsOf(given: unknown): unknown[] {
  return given === undefined ? [] : Array.isArray(given) ? [...given] : [given]
}

function read(declared: Parameter, text: string): unknown {
  try {
    return readParam(declared, text)
  } catch (error) {
    throw new Error(`${nameOf(declared)} '${text}': ${(error as Error).message.replace(/^ports: /, '')}`)
  }
}

function nameOf({ positional, option }: Parameter): string {
  return positional ? `<${option}>` : `--${option}`
}

/** What commander complains of: an unknown option, an option without its value. */
function inOurWords(error: Error & { code?: string }, { command }: Reader): string {
  const [, option] = /'(-[^' ]*)/.exec(error.message) ?? []
  if (error.code === 'commander.unknownOption' && option !== undefined) {
    const [name] = option.split('=')
    const names = command.options.flatMap(({ long, hidden }) => (long == null || hidden ? [] : [long]))
    const flag = option.includes('=') && names.includes(name!) ? `; ${name} is a flag, and takes no value` : undefined
    const near = flag ?? suggestion(name!, [...names, '--help'])
    const value = /^-\d/.test(option) ? '; a value that begins with - goes behind --' : ''
    return `there is no option '${name}'${near || value}`
  }
  if (error.code === 'commander.optionMissingArgument') {
    const long = command.options.find(({ flags }) => error.message.includes(`'${flags}'`))?.long ?? option
    return `${long} needs a value`
  }
  return error.message.replace(/^error: /, '')
}

function usageOf({ params }: ScriptFacts, takesRest: boolean): string {
  const options = params.filter(({ positional }) => !positional)
  const needed = options.filter(({ required }) => required)
  const places = params
    .filter(({ positional }) => positional)
    .map(({ option, required, multiple }) => {
      const name = `${option}${multiple ? '...' : ''}`
      return required ? `<${name}>` : `[${name}]`
    })
  return [
    ...(options.length > needed.length ? ['[options]'] : []),
    ...needed.map(({ option, type }) => `--${option} <${PARAM_TYPES[type].placeholder}>`),
    ...places,
    ...(takesRest ? ['[args...]'] : []),
  ].join(' ')
}

/** `how often (a whole number, 1 or more; default 2)` */
function summaryOf({
  help,
  type,
  choices,
  min,
  max,
  multiple,
  required,
  env,
  default: unset,
  positional,
}: Parameter): string {
  const facts: string[] = []
  if (choices !== undefined) facts.push(`one of ${choices.join(', ')}`)
  else if (PARAM_TYPES[type].written !== undefined) facts.push(PARAM_TYPES[type].written)
  if (min !== undefined || max !== undefined) facts.push(boundsText(min, max) + (type === 'duration' ? ' s' : ''))
  if (multiple && !positional) facts.push('may be repeated')
  if (required) facts.push('required')
  if (env !== undefined) facts.push(`or from ${env}`)
  if (unset !== undefined && unset !== null && type !== 'boolean') facts.push(`default ${defaultText(type, unset)}`)
  const told = facts.length > 0 ? `(${facts.join('; ')})` : ''
  return [help ?? '', told].filter(Boolean).join(' ')
}

function defaultText(type: Parameter['type'], value: unknown): string {
  if (type === 'ports') return portsText(value as number[])
  if (Array.isArray(value)) {
    const texts = value.map(String)
    return texts.length > 8 ? `${texts.slice(0, 6).join(',')},… (${texts.length})` : texts.join(' ')
  }
  return type === 'duration'
    ? `${value} s`
    : type === 'string' && /^\s|\s$|^$/.test(String(value))
      ? `'${value}'`
      : String(value)
}
