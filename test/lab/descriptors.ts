import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** How many descriptors this process has open, once those that are being closed on a thread are gone. */
export async function descriptors(): Promise<number> {
  let last = -1
  for (let same = 0; same < 3; ) {
    const count = readdirSync('/proc/self/fd').length
    same = count === last ? same + 1 : 0
    last = count
    await sleep(50)
  }
  return last
}
