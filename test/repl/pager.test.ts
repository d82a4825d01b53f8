import { afterEach, describe, expect, it } from 'vitest'
import { changeSetting } from '../../src/exchange/settings.js'
import { Pager, type PagerScreen, rowsOf } from '../../src/repl/pager.js'

afterEach(() => changeSetting('pager', 'auto'))

describe('rowsOf', () => {
  it('counts wrapped lines, wide characters and colours as the terminal does', () => {
    expect(rowsOf('', 10)).toBe(1)
    expect(rowsOf('a\n\nb', 10)).toBe(3)
    expect(rowsOf('x'.repeat(10), 10)).toBe(1)
    expect(rowsOf('x'.repeat(21), 10)).toBe(3)
    expect(rowsOf('語'.repeat(6), 10)).toBe(2)
    expect(rowsOf(`\x1b[38;5;160m${'x'.repeat(10)}\x1b[0m`, 10)).toBe(1)
  })

  it('does not look at all of a long text when some is enough', () => {
    const lines = 'x\n'.repeat(5_000_000)
    expect(rowsOf(lines, 80, 24)).toBe(25)
  })
})

describe('Pager', () => {
  const setUp = (
    given: Partial<PagerScreen> = {},
  ): { pager: Pager; printed: string[]; handed: () => number; warned: string[] } => {
    const printed: string[] = []
    const warned: string[] = []
    let handed = 0
    const screen: PagerScreen = {
      rows: 10,
      columns: 80,
      isTerminal: true,
      print: (text) => printed.push(text),
      handOver: (work) => {
        handed++
        return work()
      },
      output: process.stdout,
      warn: (text) => warned.push(text),
      ...given,
    }
    return { pager: new Pager(screen), printed, handed: () => handed, warned }
  }
  const long = 'line\n'.repeat(20)

  it('prints what fits, what goes to no terminal, and all with the setting never', () => {
    const fits = setUp()
    fits.pager.page('line\n'.repeat(8))
    expect(fits.printed).toHaveLength(1)
    const file = setUp({ isTerminal: false })
    file.pager.page(long)
    expect(file.printed).toEqual([long])
    changeSetting('pager', 'never')
    const never = setUp()
    never.pager.page(long)
    expect([never.printed, never.handed()]).toEqual([[long], 0])
  })

  it('prints what fits on so many screens', () => {
    const { pager, printed, handed } = setUp()
    changeSetting('pager', 'true')
    pager.page('line\n'.repeat(18), 2)
    expect([printed.length, handed()]).toEqual([1, 0])
    pager.page('line\n'.repeat(19), 2)
    expect([printed.length, handed()]).toEqual([1, 1])
  })

  it('runs the command of the setting, waits for its end, and prints meanwhile what others print', async () => {
    changeSetting('pager', `${process.execPath} -e "process.stdin.resume()"`)
    const { pager, printed, handed } = setUp()
    const paged = pager.page(long)
    pager.page('meanwhile')
    expect(printed).toEqual(['meanwhile'])
    expect(pager.settled).not.toBeNull()
    await paged
    expect(pager.settled).toBeNull()
    expect(handed()).toBe(1)
  })

  it('a pager that leaves before it has read all is no error', async () => {
    changeSetting('pager', `${process.execPath} -e 0`)
    const { pager, warned } = setUp()
    await pager.page('x'.repeat(80).concat('\n').repeat(50_000))
    expect(warned).toEqual([])
  })
})
