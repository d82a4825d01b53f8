/** The commands of the prompt itself: `.help`, `.load FILE` … */
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'

/** What a dot command may do. */
export interface DotContext {
  print(text: string): void
  /** Evaluates a file in the session. */
  evaluate(source: string, file: string, shown: string): Promise<void>
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
    usage: '.load FILE',
    summary: 'run a script in this session: what it declares stays',
    async run(argument, { print, evaluate }) {
      const file = argument.replace(/^(['"])(.*)\1$/, '$2').replace(/^~(?=\/|$)/, homedir())
      if (file === '') {
        print('.load needs the name of a file: .load scan.nsh')
        return
      }
      let source: string
      try {
        source = readFileSync(file, 'utf8')
      } catch (error) {
        print(`.load: ${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`)
        return
      }
      await evaluate(source, path.resolve(file), file)
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

/** The names, for completion. */
export const DOT_COMMANDS: readonly string[] = Object.keys(commands)

/** Runs a dot command. Returns false when the line is none (`.5 + 1`). */
export async function runDotCommand(line: string, context: DotContext): Promise<boolean> {
  const match = /^\s*(?<name>\.[a-z]+)(?:\s+(?<argument>.*?))?\s*$/i.exec(line)?.groups
  if (!match) return false
  const command = commands[match.name]
  if (command) await command.run(match.argument ?? '', context)
  else context.print(`${match.name} is not a command of the prompt; .help lists them`)
  return true
}
