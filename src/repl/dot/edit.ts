import path from 'node:path'
import { wordsOf } from '../../exchange/command-words.js'
import { setting } from '../../exchange/settings.js'
import type { DotCommand } from '../dot-commands.js'

/** Writes in an editor what is then to be typed. */
export const edit: DotCommand = {
  usage: '.edit',
  summary: 'the last block in your editor, back in the line to be changed and run (Ctrl-X Ctrl-E: what is typed)',
  run(_argument, { face, history }) {
    const last = history.entries.find((entry) => !/^\s*\.?edit\s*$/.test(entry)) ?? ''
    const text = face.handOver(() => editText(last))
    if (text !== null) face.offer(text)
  },
}

/**
 * Lets the user change a text in the editor of the setting `editor`, $VISUAL or $EDITOR, else nano or vi. Gives the changed text
 * without line ends behind it; null when the editor ended with an error, which leaves all as it was.
 * @throws Error when there is no editor
 */
export function editText(text: string): string | null {
  const fs = process.getBuiltinModule('node:fs')
  const { tmpdir } = process.getBuiltinModule('node:os')
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'netshell-edit-'))
  try {
    // The ending tells an editor what it is, so that it colours it.
    const file = path.join(folder, 'block.ts')
    fs.writeFileSync(file, text === '' ? '' : `${text}\n`, { mode: 0o600 })
    if (!runEditor(file)) return null
    return fs.readFileSync(file, 'utf8').replace(/\r\n/g, '\n').trimEnd()
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs the first editor that is there. Returns whether it ended well. */
function runEditor(file: string): boolean {
  const { spawnSync } = process.getBuiltinModule('node:child_process')
  const chosen = setting('editor') || process.env.VISUAL || process.env.EDITOR
  for (const command of chosen ? [chosen] : ['nano', 'vi']) {
    const [program, ...args] = wordsOf(command)
    if (program === undefined) continue
    const { error, status } = spawnSync(program, [...args, file], { stdio: 'inherit' })
    if (!error) return status === 0
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new Error(`the editor '${command}' did not start: ${error.message}`)
    if (chosen)
      throw new Error(`there is no editor '${command}'; conf.editor, $VISUAL or $EDITOR name one, such as nano`)
  }
  throw new Error('there is no editor; conf.editor, $VISUAL or $EDITOR name one, such as nano')
}
