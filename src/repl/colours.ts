/** Colours, where they are wanted: not into files and pipes, not with NO_COLOR. */
import { styleText } from 'node:util'

/** A text in a style of node's util.styleText, or as it is. */
export type Paint = (style: Style, text: string) => string
export type Style = 'red' | 'yellow' | 'green' | 'cyan' | 'blue' | 'magenta' | 'gray' | 'bold' | 'dim'

/** No colours. */
export const plain: Paint = (_style, text) => text

// Whether colours are wanted is decided here, once; styleText would look at standard output each time.
const coloured: Paint = (style, text) => styleText(style, text, { validateStream: false })

/** The paint for a stream. NO_COLOR (any value) turns colours off, FORCE_COLOR (not 0) on; else a terminal has them. */
export function paintFor(stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv = process.env): Paint {
  if (environment.NO_COLOR) return plain
  if (environment.FORCE_COLOR) return environment.FORCE_COLOR === '0' ? plain : coloured
  return stream.isTTY && environment.TERM !== 'dumb' ? coloured : plain
}
