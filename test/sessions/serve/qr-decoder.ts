/** A decoder of QR codes (zbarimg) that is shown what a terminal shows. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether the decoder is installed (Debian: zbar-tools). */
export const hasDecoder = spawnSync('zbarimg', ['--version']).status === 0

/** The brightness of the colours that a code may have, as terminals show them: xterm's table, and the sixteen of old ones. */
const BRIGHTNESS: Readonly<Record<string, number>> = { '38;5;16': 0, '48;5;231': 255, '30': 0, '47': 229, '90': 127 }
const SCALE = 4
/** The quiet zone at the right, which is cut off what a terminal gives. */
const QUIET = 4

/** What a terminal of one background colour shows of a text, as a picture (PGM); the code stands in its middle. */
function picture(text: string, background: number): Buffer {
  const rows = text.split('\n')
  const margin = 3
  const width = Math.max(...rows.map((row) => [...row.replace(/\x1b\[[\d;]*m/g, '')].length)) + 2 * margin + QUIET
  const height = 2 * rows.length + 2 * margin
  const pixels = Buffer.alloc(width * height * SCALE * SCALE, background)
  const put = (column: number, row: number, value: number): void => {
    for (let y = row * SCALE; y < (row + 1) * SCALE; y++)
      pixels.fill(value, y * width * SCALE + column * SCALE, y * width * SCALE + (column + 1) * SCALE)
  }
  // Colours stay until they are changed, also from one row to the next.
  let [dark, light] = [255 - background, background]
  rows.forEach((line, i) => {
    let column = margin
    for (const [all, colours] of line.matchAll(/\x1b\[([\d;]*)m|./gu)) {
      if (colours !== undefined) {
        if (colours === '0') [dark, light] = [255 - background, background]
        for (const [code] of colours.matchAll(/[34]8;5;\d+|\b\d+\b/g)) {
          const value = BRIGHTNESS[code]
          if (value !== undefined)
            [dark, light] = code.startsWith('3') || code.startsWith('9') ? [value, light] : [dark, value]
        }
        continue
      }
      const [upper, lower] = { ' ': [0, 0], '▀': [1, 0], '▄': [0, 1], '█': [1, 1] }[all]!
      put(column, margin + 2 * i, upper ? dark : light)
      put(column, margin + 2 * i + 1, lower ? dark : light)
      column++
    }
    // Blanks at the end of a row were cut off what a terminal gave.
    for (; column < width - margin; column++) {
      put(column, margin + 2 * i, light)
      put(column, margin + 2 * i + 1, light)
    }
  })
  return Buffer.concat([Buffer.from(`P5\n${width * SCALE} ${height * SCALE}\n255\n`), pixels])
}

/** What a decoder reads off a terminal of one background colour (0 black, 255 white) that shows this text; else what it says. */
export function decoded(text: string, background: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'netshell-code-'))
  const file = join(folder, 'code.pgm')
  writeFileSync(file, picture(text, background))
  const { stdout, stderr } = spawnSync('zbarimg', ['--quiet', '--raw', '-Sdisable', '-Sqrcode.enable', file], {
    encoding: 'utf8',
  })
  rmSync(folder, { recursive: true })
  return stdout.trimEnd() || stderr
}
