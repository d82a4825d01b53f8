import { existsSync, readFileSync } from 'node:fs'
import { applyConfigFile } from './commands/config-file.js'
import { preloaded } from './commands/globals.js'
import { TOOL_COMMANDS } from './commands/tools/index.js'
import { serveCommand } from './commands/tools/serve.js'
import { printable, setReporter, useKernelRoutes } from './exchange/index.js'
import { colouredPainter, painterOf } from './exchange/terminal-colours.js'
import { setPainter, setPrinter, suggestion } from './packet/index.js'
import { EXIT, evaluateOnce, runScript } from './repl/script.js'
import { similarScript } from './repl/script-file.js'
import { runStartupFile } from './repl/startup.js'

export { EXIT }

/**
 * Runs netshell.
 * @param given the command line after the program's name; none starts the prompt, or the script on standard input when that
 *   is not a terminal.
 * @returns the exit code, one of {@link EXIT} or what a script chose. Errors are printed, never thrown.
 */
export async function main(given: readonly string[]): Promise<number> {
  exitQuietlyWhenReaderLeaves()
  useKernelRoutes()
  setPrinter((text) => console.log(printable(text, true)))
  setPainter(() => painterOf(process.stdout), colouredPainter)
  setReporter((text, kind) => process.stderr.write(`${kind === 'warning' ? 'warning: ' : ''}${printable(text)}\n`))
  const { rest: args, norc } = startOptions(given)
  if (!norc) applyConfigFile((text) => process.stderr.write(`warning: ${printable(text)}\n`))
  try {
    if (args.length === 0) return await startShell(norc)
    const oneShot = quickEvaluation(args)
    if (oneShot !== undefined) return await evaluateOnce(oneShot.source, preloaded(), { json: oneShot.json })
    if (isScript(args[0]!)) return await runScript(args[0]!, args.slice(1), preloaded(), { command: 'netshell' })
    if (args.length === 2 && args[0] === 'help' && /^[^-]/.test(args[1]!) && !COMMANDS.includes(args[1]!))
      return await helpOf(args[1]!)
    return await runCommandLine(args, norc)
  } catch (error) {
    return report(error)
  }
}

/** The plain prompt: the path that has to be fast, so nothing of the command line is loaded. */
async function startShell(norc: boolean): Promise<number> {
  if (!process.stdin.isTTY) return runScript('-', [], preloaded())
  const { startPrompt } = await import('./repl/prompt.js')
  return startPrompt(preloaded(), { version: version(), ...(norc ? {} : { begin: runStartupFile }) })
}

/** Takes `--norc` out of what stands before a command or a script; NETSHELL_NORC means the same. */
function startOptions(given: readonly string[]): { rest: string[]; norc: boolean } {
  const rest: string[] = []
  let norc = !['', '0', undefined].includes(process.env.NETSHELL_NORC)
  for (let i = 0; i < given.length; i++) {
    if (given[i] === '--norc') norc = true
    else if (/^(-e|--eval)$/.test(given[i]!)) rest.push(...given.slice(i, ++i + 1))
    else if (given[i]!.startsWith('-')) rest.push(given[i]!)
    else return { rest: [...rest, ...given.slice(i)], norc }
  }
  return { rest, norc }
}

/** `netshell help NAME`: what `help('NAME')` says at the prompt. */
async function helpOf(name: string): Promise<number> {
  preloaded()
  const { printHelpOf } = await import('./repl/help-command.js')
  return printHelpOf(name) ? EXIT.success : EXIT.usage
}

/** The prompt, with a script to be stepped through. */
async function stepThrough(file: string, args: readonly string[]): Promise<number> {
  if (!process.stdin.isTTY || file === '-') {
    process.stderr.write('netshell: --step needs a terminal and a file\n')
    return EXIT.usage
  }
  const [{ startPrompt }, { loadScript }] = await Promise.all([
    import('./repl/prompt.js'),
    import('./repl/dot/load.js'),
  ])
  return startPrompt(preloaded(), {
    version: version(),
    begin: (shell) => loadScript(shell, file, args, { step: true }),
  })
}

/** `-e SOURCE`, with `--json` or not: the plain forms, for which nothing of the command line is loaded. */
function quickEvaluation(args: readonly string[]): { source: string; json: boolean } | undefined {
  const rest = args.filter((argument, i) => argument !== '--json' || /^(-e|--eval)$/.test(args[i - 1] ?? ''))
  if (rest.length !== 2 || !/^(-e|--eval)$/.test(rest[0]!)) return undefined
  return { source: rest[1]!, json: rest.length < args.length }
}

/** Serving is a session at the prompt, and a command on the command line. */
const SUBCOMMANDS = [...TOOL_COMMANDS, serveCommand]

const COMMANDS = [
  'run',
  'read',
  'dissect',
  'sniff',
  'help',
  ...SUBCOMMANDS.map(({ name, subcommand = name }) => subcommand.split(' ')[0]!),
]

/** Whether the first argument is a script, as it is when a script's first line names netshell. */
function isScript(argument: string): boolean {
  return !argument.startsWith('-') && !COMMANDS.includes(argument) && existsSync(argument)
}

async function runCommandLine(args: readonly string[], norc: boolean): Promise<number> {
  const commander = await import('commander')
  const { Command, CommanderError, InvalidArgumentError } = commander
  const wholeNumber = (text: string): number => {
    if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
    return Number(text)
  }
  let exitCode: number = EXIT.success
  const program = new Command('netshell')
    .description(
      'An interactive shell for people who work with networks. Without arguments it starts the prompt; a script on standard input is run.',
    )
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option('-e, --eval <expression>', 'evaluate, print the result')
    .option('--json', 'print the result of -e as JSON lines')
    // It is taken out before; the help lists it.
    .option('--norc', 'start without config.json and rc.nsh (docs/shell.md)')
    .argument('[script...]', 'a script to run, with its arguments, as `run` does')
    .helpCommand('help [command]', 'print the help of a command, or of any name as at the prompt: help sr1')
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError('(netshell --help lists what there is)')
    .action(async ([word]: string[], options: { eval?: string; json?: boolean }) => {
      if (word !== undefined) {
        const near = suggestion(word, COMMANDS)
        const script = near === '' ? similarScript(word) : undefined
        const hint = script === undefined ? near : `; did you mean '${script}'?`
        process.stderr.write(`netshell: there is no command and no script '${printable(word)}'${hint}\n`)
        exitCode = EXIT.usage
        return
      }
      exitCode =
        options.eval === undefined
          ? await startShell(norc)
          : await evaluateOnce(options.eval, preloaded(), { json: options.json === true })
    })
  program
    .command('run <file> [args...]')
    .description('run a script (.nsh); - is standard input. Behind it, --help tells what the script takes')
    .option('--step', 'at a terminal: show each statement, and run it at Enter')
    .passThroughOptions()
    .allowUnknownOption()
    .action(async (file: string, rest: string[], { step }: { step?: boolean }) => {
      exitCode = step ? await stepThrough(file, rest) : await runScript(file, rest, preloaded())
    })
  program
    .command('read <file>')
    .description('print the packets of a capture file (pcap, pcapng, gzipped or not; - is standard input)')
    .option('--json', 'a JSON object a line (docs/json.md)')
    .option('--summary', 'one line a packet (the default)')
    .option('--show', 'every field')
    .option('--filter <expression>', 'only packets that this BPF expression lets through')
    .option('-c, --count <number>', 'at most so many packets', wholeNumber)
    .action(
      async (
        file: string,
        options: { json?: boolean; summary?: boolean; show?: boolean; filter?: string; count?: number },
      ) => {
        const { readCommand } = await import('./commands/read.js')
        exitCode = await readCommand(file, options)
      },
    )
  program
    .command('dissect [hex...]')
    .description(
      'dissect packets in hexadecimal, from the arguments or the lines of standard input; each may name its layer: "IP: 4500…"',
    )
    .option('--from <layer>', 'outermost layer where none is named', 'Ether')
    .option('--json', 'a JSON object a line (the default; docs/json.md)')
    .option('--summary', 'one line a packet')
    .option('--show', 'every field')
    .action(async (packets: string[], options: { from: string; json?: boolean; summary?: boolean; show?: boolean }) => {
      const { dissectCommand } = await import('./commands/dissect.js')
      exitCode = await dissectCommand(packets, options)
    })
  const { declareSniff } = await import('./commands/sniff.js')
  declareSniff(program, commander, (code) => {
    exitCode = code
  })
  const { addSubcommand } = await import('./repl/subcommand.js')
  for (const tool of SUBCOMMANDS)
    addSubcommand(program, commander, tool, (code) => {
      exitCode = code
    })
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    // Commander has printed its help or its complaint by now.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.success : EXIT.usage
    throw error
  }
  return exitCode
}

/** Says what went wrong in the user's words; the stack only when asked for with NETSHELL_DEBUG=1. */
function report(error: unknown): number {
  if (error instanceof Error && error.name === 'Interrupted') return EXIT.interrupted
  const text = error instanceof Error ? (process.env.NETSHELL_DEBUG ? error.stack : error.message) : String(error)
  process.stderr.write(`netshell: ${printable(text ?? '')}\n`)
  return EXIT.error
}

/** `netshell read … | head` closes our output early: that is no error. */
function exitQuietlyWhenReaderLeaves(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.success)
    throw error
  })
  // Messages that nobody reads are no reason to stop.
  process.stderr.on('error', () => undefined)
}

/** The package's version; sources and bundle both lie one folder below package.json. */
function version(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
}
