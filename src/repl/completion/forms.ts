/** What may stand in a line that is no JavaScript: `.load FILE`, `!ls FILE`. */
import { DOT_COMMANDS } from '../dot-commands.js'
import { type FileName, fileCompletion, filesFor, lastPart } from './files.js'
import { SourceView } from './source-view.js'
import type { Completions } from './types.js'

/** Whether a text is such a line. */
export function isForm(text: string): boolean {
  return /^\s*\.(?![.\d])/.test(text)
}

/** Completions of such a line; null when it is none. */
export function completeForm(text: string, cursor: number): Completions | null {
  const before = text.slice(0, cursor)
  const shell = shellLine(before)
  if (shell !== null) return shellWord(shell, cursor)
  const command = /^\s*(?<name>\.(?!\.|\d)\S*)(?<space>[ \t]+)?(?<argument>[^\n]*)$/.exec(before)?.groups
  if (command === undefined) return null
  const { name = '', space, argument = '' } = command
  if (space === undefined) return commandNames(name, cursor)
  const completes = Object.hasOwn(DOT_COMMANDS, name) ? DOT_COMMANDS[name]!.completes : undefined
  const nothing = { from: cursor, to: cursor, items: [] }
  return completes === 'file' ? fileWord(argument, cursor) : nothing
}

function commandNames(typed: string, cursor: number): Completions {
  const found = Object.entries(DOT_COMMANDS).filter(([name]) => name.startsWith(typed))
  return {
    from: cursor - typed.length,
    to: cursor,
    items: found.map(([name, { usage, summary }]) => ({
      text: usage === name ? name : `${name} `,
      label: usage,
      kind: 'command',
      detail: summary,
    })),
  }
}

/** The file in the last word, which may be in quotes. */
function fileWord(argument: string, cursor: number): Completions {
  const word = /(?:"[^"]*|'[^']*|[^\s"']*)$/.exec(argument)?.[0] ?? ''
  const quote = /^["']/.exec(word)?.[0] ?? ''
  const typed = word.slice(quote.length)
  const split = lastPart(typed)
  const folder = typed.slice(0, split)
  const write = ({ name, isFolder }: FileName): string => {
    const path = `${folder}${name}${isFolder ? '/' : ''}`
    const mark = quote || (/[\s"']/.test(path) ? (path.includes('"') ? "'" : '"') : '')
    // `~` means the home folder in quotes too: the command reads it.
    return `${mark}${path}${isFolder ? '' : mark}`
  }
  return {
    from: cursor - word.length,
    to: cursor,
    items: plainFiles(typed).map((file) => fileCompletion(file, write)),
  }
}

/** Files but those whose names cannot be typed. */
function plainFiles(typed: string): FileName[] {
  return filesFor(typed).filter(({ name }) => !/[\x00-\x1f\x7f]/.test(name))
}

/** What stands behind the `!` in the cursor's line, where it runs a program; null where it is JavaScript's own. */
function shellLine(before: string): string | null {
  const start = before.lastIndexOf('\n') + 1
  const line = /^\s*(?:(?:(?:const|let|var)\s+)?[\w$.]+\s*=\s*)?!!?(?!=)(?<text>.*)$/.exec(before.slice(start))
  const text = line?.groups?.text
  if (text === undefined || (start > 0 && !isWhole(before.slice(0, start)))) return null
  // A path, or a word with something behind it that is no operator.
  if (/^\s*(?:\.{0,2}\/|~)/.test(text)) return text
  return /^\s*[\w.+-]+\s+(?!\s|(?:&&|\|\||\?|[=!]==?|[,)\]]|in\b|instanceof\b))/.test(text) ||
    /^\s*[\w.+-]+\s+$/.test(text)
    ? text
    : null
}

/** Whether nothing is open at the end of a text. */
function isWhole(text: string): boolean {
  const view = new SourceView(text, text.length)
  return view.open.length === 0 && view.inside === null
}

/** A file in a line for the system's shell: what it would take apart is escaped. */
export function shellWord(line: string, cursor: number): Completions {
  const word = /(?:\\.|[^\s\\])*$/.exec(line)?.[0] ?? ''
  const typed = word.replace(/\\(.)/g, '$1')
  const folder = word.slice(0, lastPart(word))
  const write = ({ name, isFolder }: FileName): string =>
    `${folder}${name.replace(/[\s"'\\$`&|;<>()*?[\]{}#!~]/g, '\\$&')}${isFolder ? '/' : ''}`
  return {
    from: cursor - word.length,
    to: cursor,
    items: plainFiles(typed).map((file) => fileCompletion(file, write)),
  }
}
