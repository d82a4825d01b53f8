import { replay } from '../../../src/tools/replay/index.js'
import { scan } from '../../../src/tools/scan/index.js'

/** `scan DESTINATION LAST`: the ports 1 to LAST, in the fresh process and once more. */
export async function runScan([destination = '', last = '']: string[]): Promise<object> {
  const first = await scanOnce(destination, last)
  const again = await scanOnce(destination, last)
  return { ...first, again: again.seconds }
}

async function scanOnce(destination: string, last: string): Promise<{ seconds: number; open: number[] }> {
  const start = performance.now()
  const { hosts } = await scan(destination, { ports: `1-${last}`, syn: true, all: true, quiet: true })
  const seconds = (performance.now() - start) / 1000
  return { seconds, open: hosts.flatMap((host) => host.open.map(({ port }) => port)) }
}

/** `replay INTERFACE FILE`: the capture with its timing. */
export async function runReplay([iface = '', file = '']: string[]): Promise<object> {
  const { sent, duration, largestLateness } = await replay(file, { iface })
  return { sent, seconds: duration, largestLateness }
}
