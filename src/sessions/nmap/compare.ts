/** `compare` at the prompt. */
import { Task } from '../../exchange/task.js'
import type { Comparison } from './comparison.js'

/**
 * Puts lists side by side: `compare({here: nmap(host), there: nmap(host, {via: session})})` shows which port is open from where. Lists are
 * results of `nmap` and `scan`, arrays of ports, and of anything that has a name.
 */
export function compare(lists: Readonly<Record<string, unknown>> | readonly unknown[]): Task<Comparison> {
  return Task.run(
    async () => {
      const { compareLists, placesOf } = await import('./comparison.js')
      if (typeof lists !== 'object' || lists === null)
        throw new TypeError('compare: give lists with names, compare({here: a, there: b}), or an array of them')
      const named = Object.entries(lists)
      // Scans that still run are waited for, all at the same time.
      const values = await Promise.all(named.map(async ([name, value]) => [name, await value] as const))
      return compareLists(Array.isArray(lists) ? placesOf(values.map(([, value]) => value)) : values)
    },
    { name: 'compare' },
  )
}
