/** The commands of the prompt itself: `.help`, `.load FILE` … Each larger one has a file of its own in dot/. */
import { definitions } from '../commands/text-layout.js'
import { suggestion } from '../packet/index.js'
import { config } from './dot/config.js'
import { edit } from './dot/edit.js'
import { history } from './dot/history.js'
import { load, STEPPING } from './dot/load.js'
import { record } from './dot/record.js'
import { save } from './dot/save.js'
import { trace } from './dot/trace.js'
import type { Shell } from './shell.js'

/** A command of the prompt itself. */
export interface DotCommand {
  usage: string
  summary: string
  /** What Tab completes behind the name. */
  completes?: 'file'
  /** @param argument what stands behind the name, trimmed */
  run(argument: string, shell: Shell): void | Promise<void>
}

/** The commands by name, in the order in which `.help` lists them. */
export const DOT_COMMANDS: Readonly<Record<string, DotCommand>> = {
  '.help': {
    usage: '.help',
    summary: 'this list; help lists what netshell can do',
    run(_argument, { face }) {
      const rows = Object.values(DOT_COMMANDS).map(({ usage, summary }) => [usage, summary] as const)
      return face.page(definitions(rows, face, { indentation: 0, most: 24 }).join('\n'))
    },
  },
  '.load': load,
  '.save': save,
  '.record': record,
  ...STEPPING,
  '.edit': edit,
  '.history': history,
  '.trace': trace,
  '.config': config,
  '.clear': {
    usage: '.clear',
    summary: 'clear the screen (Ctrl-L)',
    run(_argument, { face }) {
      face.clear()
    },
  },
  '.exit': {
    usage: '.exit',
    summary: 'leave (Ctrl-D)',
    run(_argument, { face }) {
      face.leave(0)
    },
  },
}

/** Runs a dot command, or says that there is none of that name. */
export async function runDotCommand(name: string, argument: string, shell: Shell): Promise<void> {
  const command = Object.hasOwn(DOT_COMMANDS, name) ? DOT_COMMANDS[name] : undefined
  if (command) await command.run(argument, shell)
  else
    shell.face.print(
      `${name} is not a command of the prompt${suggestion(name, Object.keys(DOT_COMMANDS))}; .help lists them`,
    )
}
