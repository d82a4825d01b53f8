/** The commands of the prompt itself: `.help`, `.load FILE` … */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { reasonOf } from './script.js'

/** What a dot command may do. */
export interface DotContext {
  print(text: string): void
  /** Evaluates a file in the session; `args` is what the script finds under that name. */
  evaluate(source: string, file: string, shown: string, args: readonly string[]): Promise<void>
  exit(): void
  clear(): void
}

interface DotCommand {
  usage: string
  summary: string
  run(argument: string, context: DotContext): void | Promise<void>
}

const commands: Record<string, DotCommand> = {
  '.help': {
    usage: '.help',
    summary: 'this list; help lists what netshell can do',
    run(_argument, { print }) {
      const width = Math.max(...Object.values(commands).map(({ usage }) => usage.length))
      print(
        Object.values(commands)
          .map(({ usage, summary }) => `${usage.padEnd(width)}  ${summary}`)
          .join('\n'),
      )
    },
  },
  '.load': {
    usage: '.load FILE ARGS',
    summary: 'run a script in this session, with arguments: what it declares stays',
    async run(argument, { print, evaluate }) {
      const [file, ...args] = existsSync(atHome(argument)) ? [atHome(argument)] : wordsOf(argument).map(atHome)
      if (file === undefined || file === '') {
        print('.load needs the name of a file: .load scan.nsh')
        return
      }
      let source: string
      try {
        source = readFileSync(file, 'utf8')
      } catch (error) {
        print(`.load: ${file} cannot be read: ${reasonOf(error)}`)
        return
      }
      await evaluate(source, path.resolve(file), file, args)
    },
  },
  '.clear': {
    usage: '.clear',
    summary: 'clear the screen (Ctrl-L)',
    run(_argument, { clear }) {
      clear()
    },
  },
  '.exit': {
    usage: '.exit',
    summary: 'leave (Ctrl-D)',
    run(_argument, { exit }) {
      exit()
    },
  },
}

/** Words as in a shell: quotes keep spaces together. */
function wordsOf(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  )
}

function atHome(file: string): string {
  return file.replace(/^~(?=\/|$)/, homedir())
}

/** The names, for completion. */
export const DOT_COMMANDS: readonly string[] = Object.keys(commands)

/** What may end a line that begins with a dot: the names of commands, or of files for `.load`. */
export function completeDotCommand(text: string): [candidates: string[], word: string] {
  const word = /\S*$/.exec(text)?.[0] ?? ''
  if (!/^\s*\.load\s+\S*$/.test(text)) {
    const found = text.trim() === word ? DOT_COMMANDS.filter((command) => command.startsWith(word)) : []
    return [found.map((command) => (commands[command]!.usage === command ? command : `${command} `)), word]
  }
  const folder = word.slice(0, word.lastIndexOf('/') + 1)
  try {
    const entries = readdirSync(atHome(folder) || '.', { withFileTypes: true })
    const names = entries.map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`)
    return [names.filter((name) => name.startsWith(word) && (word !== folder || !name.startsWith(`${folder}.`))), word]
  } catch {
    return [[], word]
  }
}

/** Runs a dot command. Returns false when the line is none (`.5 + 1`). */
export async function runDotCommand(line: string, context: DotContext): Promise<boolean> {
  const match = /^\s*(?<name>\.[a-z]+)(?:\s+(?<argument>.*?))?\s*$/i.exec(line)?.groups
  if (!match) return false
  const command = commands[match.name]
  if (command) await command.run(match.argument ?? '', context)
  else context.print(`${match.name} is not a command of the prompt; .help lists them`)
  return true
}
