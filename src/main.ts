import { readFileSync } from 'node:fs'

/** Exit codes of every netshell command. */
export const EXIT = { success: 0, error: 1, usage: 2, interrupted: 130 } as const

/**
 * Runs netshell.
 * @param args the command line after the program's name; none starts the prompt, or the script on standard input when that
 *   is not a terminal.
 * @returns the exit code, one of {@link EXIT} or what a script chose. Errors are printed, never thrown.
 */
export async function main(args: readonly string[]): Promise<number> {
  exitQuietlyWhenReaderLeaves()
  try {
    return args.length === 0 ? await startShell() : await runCommandLine(args)
  } catch (error) {
    return report(error)
  }
}

/** The plain prompt: the path that has to be fast, so nothing of the command line is loaded. */
async function startShell(): Promise<number> {
  process.stderr.write('netshell: the prompt is not there yet\n')
  return EXIT.error
}

async function runCommandLine(args: readonly string[]): Promise<number> {
  const { Command, CommanderError } = await import('commander')
  let exitCode: number = EXIT.success
  const program = new Command('netshell')
    .description('An interactive shell for people who work with networks. Without arguments it starts the prompt.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option('-e, --eval <expression>', 'evaluate, print the result')
    .option('--json', 'print the result of -e as JSON')
    .exitOverride()
    .showHelpAfterError('(netshell --help lists what there is)')
    .action(async (options: { eval?: string; json?: boolean }) => {
      exitCode = options.eval === undefined ? await startShell() : await evaluate(options.eval, options.json === true)
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

/** `netshell -e`. */
async function evaluate(expression: string, json: boolean): Promise<number> {
  const [{ runInThisContext }, { inspect }] = await Promise.all([import('node:vm'), import('node:util')])
  const value: unknown = await runInThisContext(expression, { filename: '-e' })
  process.stdout.write(`${json ? JSON.stringify(value) : typeof value === 'string' ? value : inspect(value)}\n`)
  return EXIT.success
}

/** Says what went wrong in the user's words; the stack only when asked for with NETSHELL_DEBUG=1. */
function report(error: unknown): number {
  if (error instanceof Error && error.name === 'Interrupted') return EXIT.interrupted
  const text = error instanceof Error ? (process.env.NETSHELL_DEBUG ? error.stack : error.message) : String(error)
  process.stderr.write(`netshell: ${text}\n`)
  return EXIT.error
}

/** `netshell read … | head` closes our output early: that is no error. */
function exitQuietlyWhenReaderLeaves(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.success)
    throw error
  })
}

/** The package's version; sources and bundle both lie one folder below package.json. */
function version(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
}
