import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { DotCommand } from '../dot-commands.js'
import { reasonOf } from '../script.js'
import { atHome, wordsOf } from './words.js'

/** Runs a script in the session. */
export const load: DotCommand = {
  usage: '.load FILE ARGS',
  summary: 'run a script in this session, with arguments: what it declares stays',
  completes: 'file',
  async run(argument, shell) {
    const { face } = shell
    const [file, ...args] = existsSync(atHome(argument)) ? [atHome(argument)] : wordsOf(argument).map(atHome)
    if (file === undefined || file === '') {
      face.print('.load needs the name of a file: .load scan.nsh')
      return
    }
    let source: string
    try {
      source = readFileSync(file, 'utf8')
    } catch (error) {
      face.print(`.load: ${file} cannot be read: ${reasonOf(error)}`)
      return
    }
    shell.evaluator.preload({ args: [...args] })
    await shell.evaluate(source, { file: { path: path.resolve(file), shown: file } })
  },
}
