import { OPTION_COMMENT, OPTION_END, padded } from './pcapng-blocks.js'

const text = new TextDecoder()

/**
 * Calls `handle` with each option between `start` and `end`: its code and where its value lies. An option that claims
 * more than the block holds ends the list; what follows it cannot be told apart from padding.
 */
export function forEachOption(
  view: DataView,
  start: number,
  end: number,
  littleEndian: boolean,
  handle: (code: number, valueStart: number, length: number) => void,
): void {
  let position = start
  while (end - position >= 4) {
    const code = view.getUint16(position, littleEndian)
    const length = view.getUint16(position + 2, littleEndian)
    if (code === OPTION_END || length > end - position - 4) return
    handle(code, position + 4, length)
    position += 4 + padded(length)
  }
}

/** UTF-8 text of an option; a zero byte that some writers add ends it. */
export function optionText(view: DataView, start: number, length: number): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + start, length)
  const zero = bytes.indexOf(0)
  return text.decode(zero === -1 ? bytes : bytes.subarray(0, zero))
}

/** The comments among the options, joined by line feeds; undefined when there are none. */
export function commentsOf(view: DataView, start: number, end: number, littleEndian: boolean): string | undefined {
  let result: string | undefined
  forEachOption(view, start, end, littleEndian, (code, valueStart, length) => {
    if (code !== OPTION_COMMENT) return
    const comment = optionText(view, valueStart, length)
    result = result === undefined ? comment : `${result}\n${comment}`
  })
  return result
}

/** A 64-bit unsigned option as a number; exact up to 2⁵³. */
export function option64(view: DataView, start: number, littleEndian: boolean): number {
  return Number(view.getBigUint64(start, littleEndian))
}
