/**
 * Echo servers and those who ask them, each in a process of its own: `sessions.mjs serve KIND` and
 * `sessions.mjs load PORT HOW CONNECTIONS SECONDS PID`, `sessions.mjs crowd PORT CLIENTS PID`.
 */

import { crowd } from './sessions/crowd.js'
import { load } from './sessions/load.js'
import { serve } from './sessions/serve.js'

const [what = '', ...parameters] = process.argv.slice(2)

if (what === 'serve') await serve(parameters[0]!)
else if (what === 'load')
  await load(Number(parameters[0]), parameters[1]!, Number(parameters[2]), Number(parameters[3]), Number(parameters[4]))
else if (what === 'crowd') await crowd(Number(parameters[0]), Number(parameters[1]), Number(parameters[2]))
else throw new Error(`nothing is called '${what}'`)
