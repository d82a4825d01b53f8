/** A program with the shell, the stand-ins and what scripts are written with, for tests that need a process. */
import { SCRIPT_ENTRIES } from '../../src/commands/script-entries.js'
import { startPrompt } from '../../src/repl/prompt.js'
import { runScript } from '../../src/repl/script.js'
import { globals } from './stand-ins.js'

const [kind, file, ...args] = process.argv.slice(2)
const all = { ...globals, ...Object.fromEntries(SCRIPT_ENTRIES) }

process.exitCode =
  kind === 'run'
    ? await runScript(file!, args, all)
    : await startPrompt(all, { version: 'test', historyFile: process.env.TEST_HISTORY ?? null })
