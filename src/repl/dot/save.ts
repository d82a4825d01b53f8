import { closeSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { wordsOf } from '../../exchange/command-words.js'
import { atHome } from '../../exchange/invoking-user.js'
import { reasonOf } from '../../exchange/user-files.js'
import type { DotCommand } from '../dot-commands.js'
import { redact } from '../history.js'
import { NewFileError, newFile } from './new-file.js'

/** Writes the session as a script. */
export const save: DotCommand = {
  usage: '.save FILE',
  summary: 'the session as a script (--all, --force)',
  completes: 'file',
  async run(argument, { face, journal, evaluator }) {
    const words = wordsOf(argument)
    const flags = words.filter((word) => word.startsWith('--'))
    const [given, ...more] = words.filter((word) => !word.startsWith('--'))
    const unknown = flags.find((flag) => flag !== '--all' && flag !== '--force')
    if (given === undefined || more.length > 0 || unknown !== undefined) {
      face.print(
        `${unknown === undefined ? '' : `.save has no option ${unknown}; `}it is written .save scan.nsh, with --all or --force behind it`,
      )
      return
    }
    const file = atHome(given)
    const { savedSession } = await import('../saved-script.js')
    const { text, count, redacted } = await savedSession(journal.entries, {
      folder: path.dirname(path.resolve(file)),
      all: flags.includes('--all'),
      redact,
      parse: (source) => evaluator.parse(source, { prompt: true }),
    })
    if (count === 0) {
      face.print('.save: nothing has been done yet that a script could do again')
      return
    }
    try {
      const descriptor = newFile(file, 0o755, flags.includes('--force'))
      try {
        writeFileSync(
          descriptor,
          `#!/usr/bin/env netshell\n// A session of ${dateText(new Date())}.\n\n${text.trim()}\n`,
        )
      } finally {
        closeSync(descriptor)
      }
    } catch (error) {
      face.print(`.save: ${error instanceof NewFileError ? error.message : `${file} is not whole: ${reasonOf(error)}`}`)
      return
    }
    const blocks = `${count} block${count === 1 ? '' : 's'}`
    face.print(`${blocks} saved; netshell run ${given} does the same again`)
    if (redacted > 0) face.print('what looked like a secret is REDACTED in it: read it from process.env instead')
    const parsed = await evaluator.parse(text, { prompt: false })
    if (parsed.state !== 'complete') face.print(`it needs a look before it runs: ${parsed.message}`)
  },
}

/** `2024-11-22 04:50`, in local time. */
function dateText(date: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`
}
