/** Asks for something small very often. */
import { createInterface } from 'node:readline'
import { type Ask, clients } from './clients.js'
import { ANSWER } from './serve.js'

/** What some requests took. */
export interface Taken {
  seconds: number
  /** Seconds of CPU of this process. */
  cpu: number
}

/**
 * One client in a process of its own, as in a program that uses it; whoever has started it says when it is its turn. For each line
 * `COUNT AT_ONCE` of standard input it asks so often and prints a line of JSON.
 */
export async function ask(name: string, url: string): Promise<void> {
  const client = clients(url)[name as 'ours']
  if (client === undefined) throw new Error(`nobody is called '${name}'`)
  console.log('ready')
  for await (const line of createInterface({ input: process.stdin })) {
    const [count = 0, atOnce = 1] = line.split(' ').map(Number)
    const [began, used] = [performance.now(), process.cpuUsage()]
    await many(client, count, atOnce)
    const seconds = (performance.now() - began) / 1e3
    const { user, system } = process.cpuUsage(used)
    console.log(JSON.stringify({ seconds, cpu: (user + system) / 1e6 } satisfies Taken))
  }
  process.exit()
}

/** @throws Error for an answer that is not the one that was asked for */
async function many(client: Ask, count: number, atOnce: number): Promise<void> {
  let left = count
  const one = async (): Promise<void> => {
    while (left-- > 0) {
      const text = await client()
      if (text !== ANSWER) throw new Error(`another answer came: ${text}`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, one))
}
