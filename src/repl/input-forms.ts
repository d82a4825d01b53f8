/** What may be typed besides JavaScript: `.load FILE`, `sr1?`. */
import { runDotCommand } from './dot-commands.js'
import { helpFor } from './help.js'
import type { Shell } from './shell.js'

/** Does what a text means that is not JavaScript. */
type FormAction = (shell: Shell) => void | Promise<void>

interface Form {
  pattern: RegExp
  run(shell: Shell, groups: Record<string, string>): void | Promise<void>
}

const FORMS: readonly Form[] = [
  {
    pattern: /^\s*(?<name>[A-Za-z_$][\w$.]*)\s*\?\s*$/,
    run: ({ face }, { name }) => face.page(helpFor(name, face.paint, face.columns)),
  },
  {
    pattern: /^\s*(?<name>\.[a-z]+)(?:[ \t]+(?<argument>[^\n]*?))?\s*$/i,
    run: (shell, { name, argument }) => runDotCommand(name!, argument ?? '', shell),
  },
]

/** What a whole text means when it is one of these forms; null when it is JavaScript. */
export function formOf(source: string): FormAction | null {
  for (const { pattern, run } of FORMS) {
    const match = pattern.exec(source)
    if (match) return (shell) => run(shell, match.groups ?? {})
  }
  return null
}
