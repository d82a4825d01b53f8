/** What only the prompt takes: lines of its commands and forms, typed into the shell. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { preloaded } from '../../src/commands/globals.js'
import { ScriptSession } from '../repl/script-session.js'

/** What a line shows. */
export const SHELL_LINES: Readonly<Record<string, RegExp>> = {
  _: /^42$/,
  'sr1?': /Sends packets and gives the first answer/,
  '!uname': /Linux/,
  '.history': /lesson = 42[\s\S]*sr1\?/,
  '.save lesson.nsh': /saved; netshell run lesson\.nsh does the same again/,
  '.load lesson.nsh': /42/,
  '.edit': /^/,
  exit: /^left with 0$/,
  '.config': /rc\.nsh/,
}

/** Typed before the first line. `true` is an editor that leaves everything as it is. */
const LESSON = ["conf.editor = 'true'", 'lesson = 42']

/** A session in a folder of its own. */
export class ShellSession {
  private readonly session = new ScriptSession(preloaded())
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'netshell-phrasebook-'))
  private before = LESSON

  async type(line: string): Promise<string> {
    const home = process.cwd()
    process.chdir(this.folder)
    try {
      for (const each of this.before) await this.session.type(each)
      this.before = []
      let shown = await this.session.type(line)
      // A program writes to the terminal itself; what it wrote is the value.
      if (line.startsWith('!')) shown = await this.session.type('_.stdout')
      return this.session.left === null ? shown : `left with ${this.session.left}`
    } finally {
      process.chdir(home)
    }
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
