/** A URL as a QR code of text, for a telephone that is held before the screen. */
import { encode } from 'uqr'

/** Light modules around the code that readers need (ISO/IEC 18004, quiet zone). */
const QUIET = 4
/** Two modules, one above the other, in one character: a character is twice as high as wide. The lower one counts double. */
const PAIRS = [' ', '▀', '▄', '█'] as const
/**
 * Dark on light, whatever colours the terminal has: a code whose colours are swapped is not read by every telephone. These two are the same on all
 * terminals with 256 colours; with fewer it is their black and white.
 */
const MANY = '\x1b[38;5;16;48;5;231m'
const FEW = '\x1b[0;30;47m'
const PLAIN = '\x1b[0m'

/**
 * The code, line by line, without a line end at its end.
 * @param options.columns of the screen; on one that is too narrow for it there is none
 * @returns undefined when it does not fit
 */
export function qrText(
  url: string,
  { columns = Number.POSITIVE_INFINITY, environment = process.env }: QrOptions = {},
): string | undefined {
  const { data, size } = encode(url, { ecc: 'L', border: QUIET })
  if (size > columns) return undefined
  const colours =
    /256|kitty|alacritty|ghostty|foot|wezterm|direct/.test(environment.TERM ?? '') || environment.COLORTERM
  const lines: string[] = []
  for (let row = 0; row < size; row += 2) {
    let line = ''
    for (let column = 0; column < size; column++)
      line += PAIRS[(data[row]![column] ? 1 : 0) + (data[row + 1]?.[column] ? 2 : 0)]
    lines.push(`${colours ? MANY : FEW}${line}${PLAIN}`)
  }
  return lines.join('\n')
}

interface QrOptions {
  columns?: number | undefined
  environment?: Readonly<Record<string, string | undefined>>
}
