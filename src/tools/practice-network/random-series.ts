/** Random numbers of one network: the same series again for the same seed (the small generator mulberry32). */
export class RandomSeries {
  private state: number

  constructor(seed: number) {
    this.state = seed >>> 0
  }

  /** 32 random bits. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }

  /** A number from 0 up to, but not, 1. */
  fraction(): number {
    return this.next() / 0x100000000
  }

  /** True in this part (0..1) of all cases. Draws nothing for 0, so that other series stay as they are. */
  chance(part: number): boolean {
    return part > 0 && this.fraction() < part
  }
}
