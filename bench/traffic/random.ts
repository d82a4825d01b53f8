/** Ports that clients choose; above the registered ones, which tshark would take for another protocol. */
export const EPHEMERAL = [53_000, 60_999] as const

const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567'

/** Seeded random numbers for the traffic generator (mulberry32): the same seed gives the same capture on every machine. */
export class SeededRandom {
  private state: number

  /** @param seed any 32-bit number */
  constructor(seed: number) {
    this.state = seed >>> 0
  }

  /** An unsigned 32-bit number. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let mixed = this.state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }

  /** A whole number in 0..limit-1. */
  below(limit: number): number {
    return Math.floor((this.next() / 0x100000000) * limit)
  }

  /** A whole number in first..last, both included. */
  between(first: number, last: number): number {
    return first + this.below(last - first + 1)
  }

  /** True with the given probability (0..1). */
  chance(probability: number): boolean {
    return this.next() < probability * 0x100000000
  }

  /** One element of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }

  /** A key of `weights`, each as likely as its weight. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries(weights) as [K, number][]
    let left = this.below(entries.reduce((sum, entry) => sum + entry[1], 0))
    for (const [key, weight] of entries) {
      left -= weight
      if (left < 0) return key
    }
    return entries[0]![0]
  }

  /** Random bytes. */
  bytes(length: number): Uint8Array {
    const result = new Uint8Array(length)
    for (let index = 0; index < length; index++) result[index] = this.next() >>> 24
    return result
  }

  /** Random letters and digits: content that no heuristic dissector takes for a binary protocol. */
  letters(length: number): Uint8Array {
    const result = this.bytes(length)
    for (let index = 0; index < length; index++) result[index] = LETTERS.charCodeAt(result[index]! & 31)
    return result
  }
}
