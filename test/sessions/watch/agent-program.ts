/** An agent in a process of its own: FOLDER PORT NAME [SPOOL]. */
import { watch } from '../../../src/sessions/watch/index.js'

const [folder = '', port = '', name = '', spool] = process.argv.slice(2)
await watch.agent(folder, `127.0.0.1:${port}`, { name, ...(spool === undefined ? {} : { spool }) })
console.log('watching')
