/** Ping as a program of its own, for a user without rights: prints its lines and its result as JSON. */
import { ping } from '../../src/tools/ping/index.js'

const [hosts, options] = process.argv.slice(2).map((text) => JSON.parse(text))
try {
  console.log(JSON.stringify(await ping(hosts, options)))
} catch (error) {
  console.log((error as Error).message)
  process.exitCode = 1
}
