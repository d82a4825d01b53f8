const FNV_START = 2166136261
const FNV_PRIME = 16777619
const MODULUS = 9007199254740881n

/** Digest of what was read: the peers compute the same one, in the same order. */
export class Sink {
  count = 0
  private sum = 0n
  private text = FNV_START

  number(value: number): void {
    this.sum = (this.sum + BigInt(value)) % MODULUS
  }

  string(value: string): void {
    for (let index = 0; index < value.length; index++) this.byte(value.charCodeAt(index))
  }

  byte(value: number): void {
    this.text = Math.imul(this.text ^ value, FNV_PRIME) >>> 0
  }

  toString(): string {
    return `${this.count} ${this.sum} ${this.text}`
  }
}
