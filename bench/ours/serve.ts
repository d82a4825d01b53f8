/** Our file server, and very many who ask it at once, each in a process of its own: `serve.mjs serve PATH` and `serve.mjs crowd PORT PATH CLIENTS`. */

import { crowd } from './serve/crowd.js'
import { serveFile } from './serve/serve-file.js'

const [what = '', ...parameters] = process.argv.slice(2)

if (what === 'serve') await serveFile(parameters[0]!)
else if (what === 'crowd') await crowd(Number(parameters[0]), parameters[1]!, Number(parameters[2]))
else throw new Error(`nothing is called '${what}'`)
