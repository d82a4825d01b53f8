import { Resolver } from 'node:dns/promises'
import { onAbort, pause } from '../exchange/index.js'

/** Milliseconds that a name server may take. */
const PATIENCE = 2000

/** Asks the name server whose addresses these are and notes the names that it knows. Never fails; takes 2 s at most. */
export async function nameAddresses(
  answers: readonly { address: string; name?: string }[],
  stop: AbortSignal,
): Promise<void> {
  const resolver = new Resolver({ timeout: PATIENCE, tries: 1 })
  const names = new Map<string, string>()
  const asked = [...new Set(answers.map(({ address }) => address))].map(async (address) => {
    try {
      const [name] = await resolver.reverse(address)
      if (name !== undefined) names.set(address, name)
    } catch {
      // It has no name, or nobody tells.
    }
  })
  const done = new AbortController()
  const end = (): void => done.abort()
  const noMore = onAbort(stop, end)
  void Promise.all(asked).then(end)
  await pause(PATIENCE, done.signal)
  noMore()
  resolver.cancel()
  for (const answer of answers) {
    const name = names.get(answer.address)
    if (name !== undefined) answer.name = name
  }
}
