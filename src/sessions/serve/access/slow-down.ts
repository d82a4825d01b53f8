/** Who guesses passwords has to wait longer and longer. */
import { isIPv6 } from 'node:net'
import { plainAddress } from '../../stream/place.js'

/** Wrong passwords that cost nothing: people mistype. */
const FREE = 3
/** The wait after the first one that does, and the longest, ms. It doubles from one to the next. */
const SHORTEST = 1000
const LONGEST = 60_000
/** After so long without a wrong one all is forgotten, ms. */
const FORGOTTEN_AFTER = 15 * 60_000
/** Addresses that are remembered; the one that was seen longest ago goes. */
const MOST = 10_000

interface Guesser {
  wrong: number
  last: number
  until: number
}

/** Counts wrong passwords by address. Those of IPv6 are counted by network: its 64 last bits cost nothing. */
export class SlowDown {
  readonly #guessers = new Map<string, Guesser>()

  /** Seconds that an address has to wait until it is listened to; 0: it is. */
  wait(address: string, now = Date.now()): number {
    const guesser = this.#guessers.get(networkOf(address))
    return guesser === undefined ? 0 : Math.max(0, Math.ceil((guesser.until - now) / 1000))
  }

  /** It gave a wrong password. */
  wrong(address: string, now = Date.now()): void {
    const network = networkOf(address)
    const before = this.#guessers.get(network)
    this.#guessers.delete(network)
    const wrong = before === undefined || now - before.last > FORGOTTEN_AFTER ? 1 : before.wrong + 1
    const wait = wrong < FREE ? 0 : Math.min(LONGEST, SHORTEST * 2 ** (wrong - FREE))
    this.#guessers.set(network, { wrong, last: now, until: now + wait })
    if (this.#guessers.size > MOST) this.#guessers.delete(this.#guessers.keys().next().value!)
  }

  /** It gave the right one. */
  right(address: string): void {
    this.#guessers.delete(networkOf(address))
  }
}

/** The address, of IPv6 its first 64 bits. */
function networkOf(address: string): string {
  const plain = plainAddress(address).replace(/%.*$/, '')
  if (!isIPv6(plain)) return plain
  const [head = '', tail = ''] = plain.split('::')
  const first = head === '' ? [] : head.split(':')
  const last = tail === '' ? [] : tail.split(':')
  const zeros = plain.includes('::') ? Math.max(0, 8 - first.length - last.length) : 0
  return [...first, ...new Array<string>(zeros).fill('0'), ...last].slice(0, 4).join(':')
}
