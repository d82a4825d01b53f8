import { existsSync } from 'node:fs'
import path from 'node:path'
import { wordsOf } from '../../exchange/command-words.js'
import { atHome } from '../../exchange/invoking-user.js'
import type { DotCommand } from '../dot-commands.js'
import type { Shell } from '../shell.js'
import type { Stepper } from '../step.js'

/** Runs a script in the session, at once or step by step. */
export const load: DotCommand = {
  usage: '.load [--step] FILE ARGS',
  summary: 'run a script in this session; --step: by steps',
  completes: 'file',
  async run(argument, shell) {
    const words = wordsOf(argument)
    const step = words[0] === '--step'
    const rest = step ? argument.replace(/^\s*--step\s*/, '') : argument
    const [file, ...args] = existsSync(atHome(rest)) && rest !== '' ? [atHome(rest)] : words.slice(step ? 1 : 0)
    if (file === undefined || file === '') {
      shell.face.print('.load needs the name of a file: .load scan.nsh')
      return
    }
    await loadScript(shell, atHome(file), args, { step })
  },
}

/** Runs a script in a session, or begins to step through it. What is wrong is printed. */
export async function loadScript(
  shell: Shell,
  file: string,
  args: readonly string[],
  { step = false }: { step?: boolean } = {},
): Promise<void> {
  const { face, evaluator } = shell
  if (step && shell.stepping) {
    face.print(`.load: one script at a time can be stepped through; .quit leaves ${shell.stepping.shown}`)
    return
  }
  const { argumentsOf, prepareScript, readScriptFile, ScriptFileError } = await import('../script-file.js')
  const place = { path: path.resolve(file), shown: file }
  try {
    const source = readScriptFile(file)
    const script = await prepareScript(evaluator, source, { file: place.path, prompt: true, args })
    const command = step ? '.load --step' : '.load'
    const found = await argumentsOf(script, args, { shown: file, command, columns: face.columns })
    if ('text' in found) {
      await face.page(found.text)
      return
    }
    if (step) {
      const { Stepper } = await import('../step.js')
      await new Stepper(shell, script, { file: place, values: found.values }).begin(found.globals)
      return
    }
    const { withoutExit } = await import('../script-exit.js')
    evaluator.preload(found.globals)
    const entry = { source, from: file, args, folder: path.dirname(place.path), values: found.values }
    await withoutExit(() => shell.evaluate(source, { file: place, entry }))
  } catch (error) {
    if (error instanceof ScriptFileError) face.print(`.load: ${error.message}`)
    else shell.showError(error, file)
  }
}

/** What a user may do while a script is stepped through. */
function whileStepping(usage: string, summary: string, act: (stepping: Stepper) => void | Promise<void>): DotCommand {
  return {
    usage,
    summary: `by steps: ${summary}`,
    run(_argument, shell) {
      if (shell.stepping) return act(shell.stepping)
      shell.face.print(`${usage} is for stepping through a script: .load --step FILE`)
    },
  }
}

/** `.skip`, `.run`, `.quit`. */
export const STEPPING: Readonly<Record<string, DotCommand>> = {
  '.skip': whileStepping('.skip', 'leave this statement out', (stepping) => stepping.skip()),
  '.run': whileStepping('.run', 'run the rest without stopping', (stepping) => stepping.rest()),
  '.quit': whileStepping('.quit', 'leave the script here', (stepping) => stepping.leave()),
}
