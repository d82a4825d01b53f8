/** A program of its own that asks for a page with tokens of a store: `oauth-program.ts OPTIONS URL`. It begins when it is told to, and says the status. */
import { oauth } from '../../../src/sessions/http/oauth/index.js'
import { ask } from './oauth-peers.js'

const [options, url] = process.argv.slice(2)
const auth = oauth(JSON.parse(options!))
process.stdout.write('ready\n')
process.stdin.once('data', async () => {
  try {
    const { status } = await ask(url!, auth)
    process.stdout.write(`status ${status}\n`)
  } catch (error) {
    process.stdout.write(`error ${(error as Error).message}\n`)
  }
  process.exit(0)
})
