/** What very many requests take that all wait for their answer. */
import { get } from 'node:http'
import { clients } from './clients.js'
import { ANSWER } from './serve.js'

/** Prints `{bytes, answered}`: memory of the heap, and beside it, for each request that is under way. */
export async function underWay(name: string, url: string, count: number): Promise<void> {
  const before = clients(url)
  const held = clients(`${url}held`)
  if (name !== 'ours' && name !== 'undici') throw new Error(`nobody is called '${name}'`)
  for (let i = 0; i < 200; i++) await before[name]()
  const rest = used()
  const answers = Promise.all(Array.from({ length: count }, () => held[name]()))
  // Long enough for all that can be sent to be sent.
  await new Promise((resolve) => setTimeout(resolve, 2000))
  const bytes = (used() - rest) / count
  get(`${url}release`, (response) => response.resume())
  const answered = (await answers).filter((text) => text === ANSWER).length
  console.log(JSON.stringify({ bytes, answered }))
  process.exit()
}

function used(): number {
  globalThis.gc!()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
