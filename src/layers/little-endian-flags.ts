/** Flags in little-endian order. */
import { type Field, u16le, u32le } from '../packet/index.js'

/** Flags whose bytes stand in little-endian order; names from the lowest bit up. */
function littleEndianFlags(
  field: Field<number>,
  names: readonly string[],
  value: number | string,
): Field<string, string | number> {
  field.flagNames = Array.from({ length: field.bits }, (_, bit) => names[bit] ?? `bit${bit}`)
  return (field as unknown as Field<string, string | number>).default(value)
}

/** 16 flags, little-endian. */
export const flags16le = (names: readonly string[], value: number | string = 0): Field<string, string | number> =>
  littleEndianFlags(u16le(), names, value)
/** 32 flags, little-endian. */
export const flags32le = (names: readonly string[], value: number | string = 0): Field<string, string | number> =>
  littleEndianFlags(u32le(), names, value)
