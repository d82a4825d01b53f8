import { describe, expect, it } from 'vitest'
import { type Frame, Painter } from '../../../src/repl/editor/painter.js'

/** A frame of rows; those that end with `\` go on in the next. */
function frame(rows: string[], row: number, column: number): Frame {
  return {
    rows: rows.map((text) => {
      const wraps = text.endsWith('\\')
      const content = wraps ? text.slice(0, -1) : text
      return { content, width: content.length, wraps }
    }),
    cursor: { row, column },
  }
}

/** As much of a terminal as is needed to see what the output makes of it. */
class Screen {
  rows: string[] = ['']
  row = 0
  column = 0
  constructor(readonly columns: number) {}

  write(output: string): void {
    for (const [code, count, action] of output.matchAll(/\x1b\[(\d*)([A-Z])|[\s\S]/g)) {
      const by = count ? Number(count) : 1
      if (action === 'A') this.row = Math.max(0, this.row - by)
      else if (action === 'B') this.row = Math.min(this.rows.length - 1, this.row + by)
      else if (action === 'C') this.column = Math.min(this.columns - 1, this.column + by)
      else if (action === 'D') this.column = Math.max(0, Math.min(this.column, this.columns - 1) - by)
      else if (action === 'K') this.rows[this.row] = this.rows[this.row]!.slice(0, this.column)
      else if (action === 'J') {
        this.rows[this.row] = this.rows[this.row]!.slice(0, this.column)
        this.rows.length = this.row + 1
      } else if (code === '\r') this.column = 0
      else if (code === '\n') this.down()
      else {
        if (this.column === this.columns) {
          this.column = 0
          this.down()
        }
        const text = this.rows[this.row]!.padEnd(this.column)
        this.rows[this.row] = text.slice(0, this.column) + code + text.slice(this.column + 1)
        this.column++
      }
    }
  }

  down(): void {
    this.row++
    while (this.rows.length <= this.row) this.rows.push('')
  }
}

describe('the painter', () => {
  it('shows each of many frames exactly, from whatever was there before', () => {
    const frames = [
      frame(['> a'], 0, 3),
      frame(['> ab'], 0, 4),
      frame(['> ab', '. c', '. d'], 2, 3),
      frame(['> ab', '. changed', '. d'], 1, 9),
      frame(['> 34567890\\', 'more'], 1, 4),
      frame(['> 34567890\\', 'less', 'below'], 0, 2),
      frame(['> 34567890', ''], 1, 0),
      frame(['> 34567890'], 0, 3),
      frame(['> x', 'hint'], 0, 3),
      frame(['> x'], 0, 3),
      frame(['> 34567890\\', '1234567890\\', '12', '. z'], 3, 0),
      frame(['> 34567890\\', '1x34567890\\', '12', '. z'], 1, 2),
      frame([''], 0, 0),
    ]
    const screen = new Screen(10)
    const painter = new Painter()
    screen.write('output\r\n')
    for (const next of frames) {
      screen.write(painter.draw(next, 10))
      const rows = screen.rows.map((row) => row.trimEnd())
      expect(rows.slice(0, next.rows.length + 1)).toEqual(['output', ...next.rows.map(({ content }) => content)])
      expect(rows.slice(next.rows.length + 1).join('')).toBe('')
      expect({ row: screen.row - 1, column: screen.column }).toEqual(next.cursor)
    }
    screen.write(painter.erase(10))
    expect(screen.rows).toEqual(['output', ''])
  })

  it('writes no more than what has changed', () => {
    const painter = new Painter()
    const rows = Array.from({ length: 30 }, (_, i) => `row ${i}`)
    painter.draw(frame(rows, 29, 6), 80)
    expect(painter.draw(frame(rows, 29, 6), 80)).toBe('')
    expect(painter.draw(frame(rows, 28, 3), 80)).toBe('\x1b[1A\x1b[3D')
    const output = painter.draw(frame(rows.with(10, 'other'), 10, 5), 80)
    expect(output).toContain('other')
    expect(output).not.toContain('row')
  })

  it('knows how far up it began when the terminal has become narrower or wider', () => {
    const painter = new Painter()
    const long = frame(['x'.repeat(80), '. a'], 1, 3)
    painter.draw(long, 80)
    expect(painter.erase(40)).toBe('\x1b[2A\r\x1b[J')
    painter.draw(frame([`${'x'.repeat(80)}\\`, 'x'.repeat(40)], 1, 40), 80)
    expect(painter.erase(120)).toBe('\r\x1b[J')
    painter.draw(frame([`${'x'.repeat(80)}\\`, 'x'.repeat(40)], 1, 39), 80)
    expect(painter.erase(30)).toBe('\x1b[3A\r\x1b[J')
    expect(painter.erase(30)).toBe('')
  })
})
