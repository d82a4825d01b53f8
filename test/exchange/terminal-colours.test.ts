import { afterEach, describe, expect, it } from 'vitest'
import { changeSetting } from '../../src/exchange/settings.js'
import { colouredPainter, painterOf, paintFor, plain } from '../../src/exchange/terminal-colours.js'
import { unpainted } from '../../src/packet/index.js'

afterEach(() => changeSetting('color', 'auto'))

const terminal = { isTTY: true }

describe('whether there are colours', () => {
  it.each([
    ['a terminal', terminal, {}, true],
    ['a pipe', {}, {}, false],
    ['a dumb terminal', terminal, { TERM: 'dumb' }, false],
    ['NO_COLOR', terminal, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['an empty NO_COLOR', terminal, { NO_COLOR: '' }, true],
    ['FORCE_COLOR', {}, { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, false],
  ] as const)('%s', (_name, stream, environment, expected) => {
    expect(paintFor(stream, environment) !== plain).toBe(expected)
    expect(painterOf(stream, environment) !== unpainted).toBe(expected)
  })

  it('the setting decides before all of them', () => {
    changeSetting('color', 'always')
    expect(paintFor({}, { NO_COLOR: '1' })).not.toBe(plain)
    changeSetting('color', 'never')
    expect(paintFor(terminal, { FORCE_COLOR: '1' })).toBe(plain)
  })
})

/** Relative luminance of the colour of that number among 256 (xterm's cube and greys), WCAG 2.2. */
function luminance(number: number): number {
  const level = (step: number): number => (step === 0 ? 0 : 55 + step * 40)
  const cube = number - 16
  const rgb =
    number >= 232
      ? [0, 0, 0].map(() => 8 + (number - 232) * 10)
      : [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(level)
  const [r, g, b] = rgb.map((value) => {
    const part = value / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}

describe('the shades', () => {
  it('can be read on black and on white, where there are 256', () => {
    const paint = paintFor(terminal, { TERM: 'xterm-256color' })
    for (const style of ['red', 'yellow', 'green', 'cyan', 'blue', 'magenta', 'gray'] as const) {
      const code = Number(/38;5;(\d+)/.exec(paint(style, 'x'))?.[1])
      const light = luminance(code)
      expect(1.05 / (light + 0.05), `${style} on white`).toBeGreaterThan(3)
      expect((light + 0.05) / 0.05, `${style} on black`).toBeGreaterThan(3)
    }
  })

  it('are the sixteen of the terminal where there are no more', () => {
    expect(paintFor(terminal, { TERM: 'linux' })('red', 'x')).toBe('\x1b[31mx\x1b[0m')
  })

  it('layers that follow one another differ', () => {
    const painter = colouredPainter({ TERM: 'xterm' })
    const looks = [0, 1, 2, 3, 4].map((layer) => painter('layer', 'x', layer))
    expect(new Set(looks).size).toBe(5)
  })

  it('a painter lets no control character through', () => {
    expect(colouredPainter({})('bytes', '\x1b[2J')).toContain('\\x1b[2J')
    expect(colouredPainter({})('list', '\x1b[31m')).toBe('\\x1b[31m')
  })
})
