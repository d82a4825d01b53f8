/** Values that mean nothing, and are sent so that nobody trips over unknown ones. RFC 8701 §2. */

/** Whether a 16-bit value is one of 0x0a0a, 0x1a1a … 0xfafa. */
export const isGrease = (value: number): boolean => (value & 0x0f0f) === 0x0a0a && value >>> 8 === (value & 0xff)

/** The sixteen values, each named GREASE. */
export function greaseNames(): Record<number, string> {
  const names: Record<number, string> = {}
  for (let high = 0; high < 16; high++) names[(high << 12) | 0x0a0a | (high << 4)] = 'GREASE'
  return names
}
