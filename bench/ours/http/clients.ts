/** Clients that ask for the same: ours as one types it, and what is below it. */
import { request } from 'undici'
import { http } from '../../../src/sessions/index.js'

/** Asks once and gives the body as text. */
export type Ask = () => Promise<string>

/** All of them, for one URL. */
export function clients(url: string): Record<'ours' | 'undici' | 'fetch', Ask> {
  const session = http.session({ base: url })
  return {
    ours: async () => (await session.get(url)).text(),
    undici: async () => (await request(url)).body.text(),
    fetch: async () => (await fetch(url)).text(),
  }
}
