/**
 * Our side of the wire benchmarks, run in a network namespace: `node --expose-gc wire.mjs MODE …`. Prints one JSON object
 * at the end; the modes are in the files of `wire/`.
 */

import { runEchoes, runExchange } from './wire/exchange.js'
import { runSend } from './wire/send.js'
import { runSniff } from './wire/sniff.js'
import { runReplay, runScan } from './wire/tools.js'

const MODES: Record<string, (words: string[]) => Promise<object>> = {
  sniff: runSniff,
  send: runSend,
  sr: runExchange,
  sr1: runEchoes,
  scan: runScan,
  replay: runReplay,
}

const [mode = '', ...words] = process.argv.slice(2)
const run = MODES[mode]
if (run === undefined) throw new Error(`no mode is called '${mode}'`)
console.log(JSON.stringify(await run(words)))
