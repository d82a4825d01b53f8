/** Watches a folder in a process of its own, and prints what it is told: FOLDER [OPTIONS as JSON]. */
import { setReporter } from '../../../src/exchange/index.js'
import { watch } from '../../../src/sessions/watch/index.js'
import { short } from './changes.js'

const [folder = '', options = '{}'] = process.argv.slice(2)
setReporter((text) => console.log(`report: ${text}`))
try {
  const watcher = await watch(folder, (change) => console.log(short(change)), JSON.parse(options) as object)
  watcher.on('close', (error) => console.log(`closed: ${error?.message}`))
  console.log(`watching ${watcher.folders}`)
} catch (error) {
  console.log(`error: ${(error as Error).message}`)
}
