/** What may be typed besides JavaScript: `.load FILE`, `sr1?`. */
import { describe, describeLater } from '../commands/metadata.js'
import { DOT_COMMANDS, runDotCommand } from './dot-commands.js'
import { helpFor, sourceFor } from './help.js'
import type { Shell } from './shell.js'

/** Does what a text means that is not JavaScript. */
type FormAction = (shell: Shell) => void | Promise<void>

interface Form {
  /** How it is typed, and what it does: for help. Unset: said elsewhere. */
  usage?: string
  summary?: string
  pattern: RegExp
  /** Whether the form is meant; unset: always. */
  applies?(): boolean
  run(shell: Shell, groups: Record<string, string>): void | Promise<void>
}

/** Names joined with dots, with calls among them; a text; an operator; a command of the prompt. Nothing stands before the mark: `a ?` is JavaScript. */
const CALL = String.raw`(?:\((?:[^()]|\([^()]*\))*\))?`
const NAMES = String.raw`[A-Za-z_$][\w$]*${CALL}(?:\.[A-Za-z_$][\w$]*${CALL})*`
const QUESTION = new RegExp(String.raw`^\s*(?<name>${NAMES}|'[^'\n]+'|"[^"\n]+"|[/*]|\.[a-z]+)(?<marks>\?\??)\s*$`)

const FORMS: readonly Form[] = [
  {
    usage: 'NAME?',
    summary:
      "Help of a name, a member (pkt.show?), a field (IP.dst? or 'TCP.flags'?), a call (sr1()?), / or *; NAME?? shows the source too.",
    pattern: QUESTION,
    run: ({ face, evaluator }, { name, marks }) => {
      const text = name!.replace(/^(['"])(.*)\1$/, '$2')
      return face.page((marks === '?' ? helpFor : sourceFor)(text, face.paint, face.columns, evaluator))
    },
  },
  {
    pattern: /^\s*(?<name>\.[a-z]+)(?:[ \t]+(?<argument>[^\n]*?))?\s*$/i,
    run: (shell, { name, argument }) => runDotCommand(name!, argument ?? '', shell),
  },
  {
    usage: 'exit',
    summary: 'Leaves, as .exit and Ctrl-D do; quit as well.',
    pattern: /^\s*(?<name>exit|quit)\s*(?:\(\s*\))?\s*;?\s*$/,
    applies: () => !Object.hasOwn(globalThis, 'exit') && !Object.hasOwn(globalThis, 'quit'),
    run: (shell, { name }) => runDotCommand(shell.stepping && name === 'quit' ? '.quit' : '.exit', '', shell),
  },
  {
    usage: 'edit',
    summary: 'The last block in your editor, as .edit does.',
    pattern: /^\s*edit\s*$/,
    applies: () => !Object.hasOwn(globalThis, 'edit'),
    run: (shell) => runDotCommand('.edit', '', shell),
  },
]

/** What a whole text means when it is one of these forms; null when it is JavaScript. */
export function formOf(source: string): FormAction | null {
  for (const { pattern, applies, run } of FORMS) {
    const match = pattern.exec(source)
    if (match && (applies?.() ?? true)) return (shell) => run(shell, match.groups ?? {})
  }
  return null
}

/** The heading under which help has these. */
const PROMPT = 'Prompt'

describeLater(() => {
  for (const { usage, summary } of FORMS)
    if (usage !== undefined && summary !== undefined) describe(usage, { group: PROMPT, usage, summary })
  describe('!COMMAND', {
    group: PROMPT,
    usage: '!COMMAND ARGUMENTS',
    summary: 'Runs a program, as sh does; name = !COMMAND keeps what it gave.',
    see: ['sh'],
  })
  for (const [name, { usage, summary }] of Object.entries(DOT_COMMANDS))
    describe(name, { group: PROMPT, usage, summary: `${summary[0]!.toUpperCase()}${summary.slice(1)}.` })
})
