/** Code without a prompt: `netshell run FILE`, `netshell -e EXPR`, a script on standard input. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { stopJobs } from '../exchange/job.js'
import { Interrupted } from '../exchange/task.js'
import { paintFor } from './colours.js'
import { renderError } from './errors.js'
import { Evaluator, type Globals } from './evaluate.js'
import { makeHelp } from './help.js'
import { ProgressLine } from './progress-line.js'
import { render, renderJson } from './render.js'
import { requireFrom } from './require.js'
import { SigintWatch } from './sigint.js'

/** Exit codes. */
export const EXIT = { success: 0, error: 1, usage: 2, interrupted: 130 } as const

/** Where a script prints. */
export interface ScriptOptions {
  output?: NodeJS.WriteStream
  errors?: NodeJS.WriteStream
}

/**
 * Runs a script.
 * @param file its path, or '-' for standard input
 * @param args what the script finds as `args`
 * @returns 0, 1 after an error, 2 when the file cannot be read, 130 after Ctrl-C
 */
export async function runScript(
  file: string,
  args: readonly string[],
  globals: Globals = {},
  options: ScriptOptions = {},
): Promise<number> {
  const errors = options.errors ?? process.stderr
  let source: string
  try {
    source = file === '-' ? await readAll(process.stdin) : readFileSync(file, 'utf8')
  } catch (error) {
    errors.write(`netshell: ${file} cannot be read: ${reasonOf(error)}\n`)
    return EXIT.usage
  }
  const name = file === '-' ? 'standard input' : path.resolve(file)
  return await guarded(globals, options, file, (evaluator) => {
    evaluator.preload({ args: [...args] })
    evaluator.preload(requireFrom(file === '-' ? path.join(process.cwd(), 'script') : name))
    return evaluator.run(source, { file: name, prompt: false })
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
    const lines = options.json
      ? renderJson(value)
      : [render(value, { paint, width, raw: true, verbatim: !output.isTTY })]
    for (const line of lines) if (line !== undefined) output.write(`${line}\n`)
  })
}

/** Runs code with Ctrl-C taken, prints its error. */
async function guarded(
  globals: Globals,
  { output = process.stdout, errors = process.stderr }: ScriptOptions,
  shownFile: string | undefined,
  run: (evaluator: Evaluator) => Promise<unknown>,
): Promise<number> {
  const help = makeHelp(
    (text) => output.write(`${text}\n`),
    paintFor(output),
    () => output.columns,
  )
  const evaluator = new Evaluator({ help })
  evaluator.preload(globals)
  const paint = paintFor(errors)
  const report = (error: unknown): number => {
    if (error instanceof Interrupted) return EXIT.interrupted
    const text = renderError(error, evaluator, { paint, withFile: shownFile })
    errors.write(`${text}\n`)
    return EXIT.error
  }
  const fail = (error: unknown): void => {
    process.exit(report(error))
  }
  const watch = new SigintWatch(evaluator.runtime.flags, () => {
    if (evaluator.press() === null) process.exit(EXIT.interrupted)
  })
  // Code that never waits needs none of this: SIGINT ends the process, as it does without us.
  const waiting = setImmediate(() => watch.startThread())
  process.on('uncaughtException', fail)
  const progress = new ProgressLine(evaluator, async () => {
    if (!errors.isTTY || !output.isTTY) return null
    const { Terminal } = await import('./terminal.js')
    return new Terminal(output, errors)
  })
  progress.start()
  try {
    await run(evaluator)
    warnOfForgotten(evaluator, errors)
    return EXIT.success
  } catch (error) {
    return report(error)
  } finally {
    progress.stop()
    clearImmediate(waiting)
    await stopJobs()
    process.removeListener('uncaughtException', fail)
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

async function readAll(stream: NodeJS.ReadStream): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

/** Why a file cannot be read, in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EACCES') return 'permission denied'
  if (code === 'EISDIR') return 'it is a folder'
  return message
}
