/**
 * A server of small answers and those who ask it, each in a process of its own: `http.mjs serve`, `http.mjs ask CLIENT URL` and
 * `http.mjs under-way SIDE URL COUNT`.
 */

import { ask } from './http/ask.js'
import { serve } from './http/serve.js'
import { underWay } from './http/under-way.js'

const [what = '', ...parameters] = process.argv.slice(2)

if (what === 'serve') serve()
else if (what === 'ask') await ask(parameters[0]!, parameters[1]!)
else if (what === 'under-way') await underWay(parameters[0]!, parameters[1]!, Number(parameters[2]))
else throw new Error(`nothing is called '${what}'`)
