/** Tools on the command line: `netshell scan HOST -p 1-1000 --json`, made from the description that the prompt has, too. */
import type { Command } from 'commander'
import { ProgressWatch } from '../commands/progress.js'
import type { ToolCommand, ToolParameter } from '../commands/tool-command.js'
import { closeLinks, Interrupted, OptionError, printable, printableJson, Task } from '../exchange/index.js'
import { setLivePlace } from '../exchange/live-lines.js'
import { setPrinter } from '../packet/index.js'
import { EXIT } from './script.js'

/** What is used of commander's module, which is loaded when it is needed. */
type Commander = typeof import('commander')

/** What takes less needs no line about its progress, ms. */
const PATIENCE = 800

/** Adds a tool to the program; `ended` hears of its exit code. */
export function addSubcommand(
  program: Command,
  commander: Commander,
  tool: ToolCommand,
  ended: (exitCode: number) => void,
): void {
  const command = place(program, tool)
  command.description(tool.summary)
  if (tool.spellings !== undefined) respell(command, tool.spellings)
  if (tool.arguments !== undefined) command.arguments(tool.arguments)
  const names = new Map<string, string>()
  for (const parameter of [...tool.parameters, ...(tool.flags ?? [])]) {
    const option = optionOf(commander, parameter)
    if (option === null) continue
    names.set(option.attributeName(), parameter.name)
    command.addOption(option)
  }
  const others = new Map<string, Record<string, unknown>>()
  for (const { flag, choices, options = {} } of tool.alsoTaken ?? []) {
    const option = new commander.Option(flag).hideHelp()
    if (choices !== undefined) option.choices([...choices])
    others.set(option.attributeName(), options)
    command.addOption(option)
  }
  command.option('--json', 'the result as JSON, one line')
  command.allowExcessArguments(false)
  if (tool.commandLineExample !== undefined) command.addHelpText('after', `\nExample:\n  ${tool.commandLineExample}`)
  command.action(async (...all: unknown[]) => {
    const given = command.opts() as Record<string, unknown>
    const options: Record<string, unknown> = {}
    for (const [attribute, also] of others) if (given[attribute] !== undefined) Object.assign(options, also)
    for (const [attribute, name] of names) if (given[attribute] !== undefined) options[name] = given[attribute]
    const positionals = all.slice(0, command.registeredArguments.length).flat().filter(isText)
    ended(await runTool(tool, positionals, options, given.json === true))
  })
}

/** What is spelt in another way becomes what commander knows, before it looks at it. */
function respell(command: Command, spellings: Readonly<Record<string, string>>): void {
  const parse = command.parseOptions.bind(command)
  command.parseOptions = (args) => parse(args.map((argument) => spellings[argument] ?? argument))
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** The command of that name, within others where the name has several words. */
function place(program: Command, { name, subcommand = name, summary }: ToolCommand): Command {
  let at = program
  const words = subcommand.split(' ')
  for (const [i, word] of words.entries()) {
    const known = at.commands.find((each) => each.name() === word)
    at =
      known ??
      at
        .command(word)
        .description(`${subcommand}: ${summary}`)
        .helpCommand(false)
        .exitOverride()
        .showHelpAfterError(`(netshell ${words.slice(0, i + 1).join(' ')} --help lists its options)`)
  }
  return at
}

function optionOf({ Option, InvalidArgumentError }: Commander, parameter: ToolParameter) {
  const { name, type, summary, choices } = parameter
  if (parameter.flag === null) return null
  const flag =
    parameter.flag ?? `${longFlag(name)}${type === 'boolean' ? '' : ` <${type === 'number' ? 'number' : 'value'}>`}`
  // A flag that is not given is off: nothing to say.
  const unset = parameter.default === undefined || /^(true|false)$/.test(parameter.default)
  const option = new Option(flag, parameter.flagSummary ?? `${summary}${unset ? '' : ` (unset: ${parameter.default})`}`)
  if (choices !== undefined) option.choices([...choices])
  else if (type === 'number')
    option.argParser((text) => {
      const number = Number(text)
      if (text.trim() === '' || Number.isNaN(number)) throw new InvalidArgumentError('It must be a number.')
      return number
    })
  return option
}

/** `maxHops` as the command line has it: `--max-hops`. */
function longFlag(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** An error that speaks of `option maxHops` speaks of `--max-hops` on the command line. */
function inFlags(error: unknown, { parameters }: ToolCommand): unknown {
  if (error instanceof Error)
    error.message = error.message.replace(/\boption (\w+)/g, (all, word: string) => {
      const parameter = parameters.find(({ name }) => name === word)
      return parameter === undefined || parameter.flag === null ? all : `option ${longFlag(word)}`
    })
  return error
}

/** Runs a tool and prints its result. Gives the exit code. */
async function runTool(
  tool: ToolCommand,
  positionals: readonly string[],
  options: Record<string, unknown>,
  json: boolean,
): Promise<number> {
  const first = positionals.length === 1 ? positionals[0] : positionals
  const args = tool.fromCommandLine?.(positionals, options) ?? (positionals.length === 0 ? [options] : [first, options])
  const effective = args.at(-1) as Record<string, unknown>
  // What is told on the way would stand in the way of the JSON.
  if (json) setPrinter(() => undefined)
  const work = await tool.load()
  const task = Task.run((control) => work(control, ...args), { name: tool.name })
  const progress = await showProgress(task)
  let presses = 0
  const onSignal = (): void => {
    presses++
    progress?.pressed()
    if (presses === 1) task.interrupt()
    else task.abort(new Interrupted())
  }
  process.on('SIGINT', onSignal)
  try {
    const result = await task
    progress?.end()
    const text = json
      ? printableJson(JSON.stringify(result) ?? 'null')
      : tool.print === undefined
        ? String(result)
        : tool.print(result, effective)
    if (text !== undefined) process.stdout.write(`${json ? text : printable(text, true)}\n`)
    if (presses > 0 && tool.endless !== true) return EXIT.interrupted
    return tool.exitCode?.(result) ?? EXIT.success
  } catch (error) {
    const told = inFlags(error, tool)
    if (!(told instanceof OptionError)) throw told
    process.stderr.write(`netshell ${printable(told.message)}\n`)
    return EXIT.usage
  } finally {
    progress?.end()
    process.removeListener('SIGINT', onSignal)
    closeLinks()
  }
}

/** The line that tells how far it is. */
interface Progress {
  /** Ctrl-C: what follows begins a line of its own. */
  pressed(): void
  /** Takes the line away. */
  end(): void
}

/** At a terminal: a line that tells how far it is. */
async function showProgress(task: Task<unknown>): Promise<Progress | undefined> {
  if (!process.stderr.isTTY || !process.stdout.isTTY) return undefined
  const { livePlaceOf, Terminal } = await import('./terminal.js')
  const terminal = new Terminal(process.stdout, process.stderr, { dumb: process.env.TERM === 'dumb' })
  if (process.env.TERM !== 'dumb') setLivePlace(livePlaceOf(terminal))
  const began = performance.now()
  const watch = new ProgressWatch()
  const timer = setInterval(() => {
    const elapsed = performance.now() - began
    if (elapsed < PATIENCE || task.settled) return
    const text = watch.line([task], (process.stdout.columns || 80) - 1)
    if (text !== undefined) terminal.status(text)
  }, 200)
  timer.unref()
  return {
    pressed: () => terminal.interrupted(),
    end: () => {
      clearInterval(timer)
      setLivePlace(undefined)
      terminal.restore()
    },
  }
}
