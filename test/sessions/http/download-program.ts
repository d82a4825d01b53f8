/** Downloads what its arguments say, and prints what became of it: for tests that need another user, or less memory. */
import { http } from '../../../src/sessions/http/index.js'

const [url = '', file = ''] = process.argv.slice(2)
try {
  process.stdout.write(`${String(await http.download(url, file))}\n`)
} catch (error) {
  process.stdout.write(`${(error as Error).message}\n`)
}
process.stdout.write(`rss ${process.resourceUsage().maxRSS}\n`)
process.exit()
