/** A program with the shell and the stand-ins, for tests that need a process or a terminal. */
import { startPrompt } from '../../src/repl/prompt.js'
import { evaluateOnce, runScript } from '../../src/repl/script.js'
import { globals } from './stand-ins.js'

const [kind, ...rest] = process.argv.slice(2)
const json = rest.includes('--json')

async function main(): Promise<number> {
  if (kind === 'run') return await runScript(rest[0], rest.slice(1), globals)
  if (kind === '-e') return await evaluateOnce(rest[0], globals, { json })
  return await startPrompt(globals, {
    version: 'test',
    historyFile: process.env.TEST_HISTORY ?? null,
    prompt: 'netshell> ',
  })
}

process.exit(await main())
