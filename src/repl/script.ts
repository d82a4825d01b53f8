/** Code without a prompt: `netshell run FILE`, `netshell -e EXPR`, a script on standard input. */
import path from 'node:path'
import { showValuesWith, UsageError } from '../commands/script-entries.js'
import { stopJobs } from '../exchange/job.js'
import { printable } from '../exchange/printable.js'
import { Interrupted } from '../exchange/task.js'
import { paintFor } from '../exchange/terminal-colours.js'
import { closeSessions } from '../sessions/face/session-list.js'
import { renderError } from './errors.js'
import { Evaluator, type Globals } from './evaluate.js'
import { tellHandlerFailures } from './handler-failures.js'
import { helpGlobals } from './help.js'
import { ProgressLine } from './progress-line.js'
import { render, renderJson } from './render.js'
import { requireFrom } from './require.js'
import { hasPrinted, printedText } from './results.js'
import { argumentsOf, prepareScript, readScriptFile, ScriptFileError, scriptText } from './script-file.js'
import { SigintWatch } from './sigint.js'

/** Exit codes. */
export const EXIT = { success: 0, error: 1, usage: 2, interrupted: 130 } as const

/** Where a script prints. */
export interface ScriptOptions {
  output?: NodeJS.WriteStream
  errors?: NodeJS.WriteStream
  /** What stands before the script's name when it is called, for its `--help`; unset: `netshell run`. */
  command?: string
}

/**
 * Runs a script. `--help` and wrong arguments of one that declares its parameters are answered before anything of it runs.
 * @param file its path, or '-' for standard input
 * @param args for its parameters; what is left it finds as `args`
 * @returns 0, or what the script has set as process.exitCode; 1 after an error; 2 when the file cannot be read or the
 *   arguments are wrong; 130 after Ctrl-C
 */
export async function runScript(
  file: string,
  args: readonly string[],
  globals: Globals = {},
  options: ScriptOptions = {},
): Promise<number> {
  const { output = process.stdout, errors = process.stderr, command = 'netshell run' } = options
  let source: string
  try {
    source = file === '-' ? scriptText(await readAll(process.stdin), 'standard input') : readScriptFile(file)
  } catch (error) {
    if (!(error instanceof ScriptFileError)) throw error
    errors.write(`netshell: ${printable(error.message)}\n`)
    return EXIT.usage
  }
  const name = file === '-' ? 'standard input' : path.resolve(file)
  return await guarded(globals, options, file, async (evaluator) => {
    const script = await prepareScript(evaluator, source, { file: name, prompt: false, args })
    const found = await argumentsOf(script, args, { shown: file, command, columns: output.columns })
    if ('text' in found) {
      ;(found.exitCode === EXIT.success ? output : errors).write(`${found.text}\n`)
      return found.exitCode
    }
    evaluator.preload(found.globals)
    evaluator.preload(requireFrom(file === '-' ? path.join(process.cwd(), 'script') : name))
    await evaluator.runParsed(script.parsed, source, { file: name, prompt: false })
    return EXIT.success
  })
}

/**
 * Evaluates one expression (or several statements) and prints its value: a text as it is, anything else as at the prompt.
 * @param options.json one JSON object a line instead
 * @returns 0, 1 after an error, 130 after Ctrl-C
 */
export async function evaluateOnce(
  source: string,
  globals: Globals = {},
  options: ScriptOptions & { json?: boolean } = {},
): Promise<number> {
  const output = options.output ?? process.stdout
  return await guarded(globals, options, undefined, async (evaluator) => {
    evaluator.preload(requireFrom(path.join(process.cwd(), 'expression')))
    const value = await evaluator.run(source, { file: 'expression', prompt: true })
    const paint = paintFor(output)
    const width = output.columns ?? 100
    if (hasPrinted(source, value)) return EXIT.success
    const lines = options.json
      ? renderJson(value)
      : [render(value, { paint, width, raw: true, verbatim: !output.isTTY, tables: output.isTTY })]
    for (const line of lines) if (line !== undefined) output.write(`${line}\n`)
    return EXIT.success
  })
}

/** Runs code with Ctrl-C taken, prints its error. */
async function guarded(
  globals: Globals,
  { output = process.stdout, errors = process.stderr }: ScriptOptions,
  shownFile: string | undefined,
  run: (evaluator: Evaluator) => Promise<number>,
): Promise<number> {
  const help = helpGlobals(
    {
      print: (text) => void output.write(`${text}\n`),
      paint: () => paintFor(output),
      columns: () => output.columns,
    },
    () => evaluator,
  )
  const evaluator: Evaluator = new Evaluator({ ...help })
  evaluator.preload(globals)
  showValuesWith((values) => {
    const look = { paint: paintFor(output), width: output.columns ?? 100, raw: true, verbatim: !output.isTTY }
    output.write(`${printedText(values.map((value) => render(value, look)))}\n`)
  })
  const paint = paintFor(errors)
  tellHandlerFailures(
    (text) => void errors.write(`${text}\n`),
    evaluator,
    () => paint,
  )
  const report = (error: unknown): number => {
    if (error instanceof Interrupted) return EXIT.interrupted
    if (error instanceof UsageError) {
      errors.write(`${printable(shownFile === undefined ? error.message : `${shownFile}: ${error.message}`)}\n`)
      return EXIT.usage
    }
    const text = renderError(error, evaluator, { paint, withFile: shownFile })
    errors.write(`${text}\n`)
    return EXIT.error
  }
  const fail = (error: unknown): void => {
    process.exit(report(error))
  }
  const watch = new SigintWatch(evaluator.runtime, () => {
    if (evaluator.press() === null) process.exit(EXIT.interrupted)
  })
  // Code that never waits needs none of this: SIGINT ends the process, as it does without us.
  const waiting = setImmediate(() => watch.startThread())
  // Nor code that ends soon; a function that goes on and on gets its `finally` blocks.
  evaluator.runtime.onLong = () => watch.startThread(true)
  // Stays: a callback may fail after the last line, too.
  process.on('uncaughtException', fail)
  const progress = new ProgressLine(evaluator, async () => {
    if (!errors.isTTY || !output.isTTY) return null
    const { Terminal } = await import('./terminal.js')
    return new Terminal(output, errors)
  })
  progress.start()
  try {
    const code = await run(evaluator)
    warnOfForgotten(evaluator, errors)
    // A script may have chosen one.
    return code === EXIT.success ? Number(process.exitCode ?? code) : code
  } catch (error) {
    return report(error)
  } finally {
    progress.stop()
    clearImmediate(waiting)
    await stopJobs()
    await closeSessions()
  }
}

/** Says when a callback that nobody could wait for has waited. */
export function warnOfForgotten(evaluator: Evaluator, errors: NodeJS.WritableStream): void {
  const { forgotten } = evaluator
  if (forgotten === 0) return
  const [count, verb] = forgotten === 1 ? ['one result was', 'a function'] : [`${forgotten} results were`, 'functions']
  errors.write(
    `warning: ${count} never awaited: ${verb} that had to wait ran as a callback of something that cannot wait ` +
      `(replace, Array.from, toJSON …); use a loop or map instead\n`,
  )
}

async function readAll(stream: NodeJS.ReadStream): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}
