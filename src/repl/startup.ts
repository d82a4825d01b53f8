/** What the user has in rc.nsh runs at the start of each prompt. */
import path from 'node:path'
import { configFolder, readUserFile, shownPath } from '../exchange/user-files.js'
import type { Shell } from './shell.js'

/** The script of the user that runs when the prompt starts. */
export function startupFile(): string {
  return path.join(configFolder(), 'rc.nsh')
}

/**
 * Runs rc.nsh in the session: what it declares stays, it may wait, and errors name its lines. One that somebody else could have written is
 * refused: under sudo it would run as root. Never throws. Undefined where there is none: then nothing has to be waited for.
 */
export function runStartupFile(shell: Shell): Promise<void> | undefined {
  const file = startupFile()
  const found = readUserFile(file)
  if ('missing' in found) return undefined
  const shown = shownPath(file)
  if ('refused' in found) {
    shell.face.errors.write(`warning: ${shown} is not run: ${found.refused}\n`)
    return undefined
  }
  return run(shell, found.text, { path: file, shown })
}

async function run(shell: Shell, text: string, file: { path: string; shown: string }): Promise<void> {
  // As JavaScript itself reads line ends, so that positions are right.
  const source = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
  if (source.trim() === '') return
  const isOver = await shell.evaluate(source, { file })
  if (!isOver)
    shell.face.print(shell.face.paint('gray', `(${file.shown} ended there; netshell --norc starts without it)`))
}
