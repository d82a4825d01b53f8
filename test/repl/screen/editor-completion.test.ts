/** Tab and hints, on a real terminal. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { becomes, editorProgram, ends } from './editor-program.js'
import { hasScreen, type Screen, type ScreenOptions } from './screen.js'

let program: Awaited<ReturnType<typeof editorProgram>>
let screen: Screen
beforeAll(async () => {
  program = await editorProgram()
})
afterAll(() => program.remove())
afterEach(() => screen.close())

async function open(options?: ScreenOptions): Promise<void> {
  screen = await program.open(options)
  screen.enter('var shop = {apple: 1, apricot: 2, pear: 3}')
  await screen.prompt()
}

describe.skipIf(!hasScreen)('Tab', () => {
  it('puts in the only candidate, or what all begin with', async () => {
    await open()
    screen.type('shop.pe')
    screen.press('Tab')
    await ends(screen, 'netshell> shop.pear')
    screen.press('C-u')
    screen.type('shop.a')
    screen.press('Tab')
    await screen.shows(/netshell> shop\.ap\n apple .*\n apricot /)
    await becomes(screen, () => screen.cursor().column === 17)
  })

  it('cycles through a list, Enter takes one, Esc and typing close it', async () => {
    await open()
    screen.type('shop.ap')
    screen.press('Tab')
    await screen.shows(/shop\.ap\n apple /)
    screen.press('Tab')
    await screen.shows(/shop\.apple\n apple /)
    expect(screen.text({ colours: true })).toMatch(/\x1b\[7m apple /)
    screen.press('Down')
    await screen.shows(/shop\.apricot\n apple /)
    screen.press('Tab')
    await screen.shows(/shop\.apple\n apple /)
    screen.press('BTab')
    await screen.shows(/shop\.apricot\n apple /)
    screen.press('Escape')
    await ends(screen, 'netshell> shop.ap')
    screen.press('Tab')
    await screen.shows(/shop\.ap\n apple /)
    screen.press('Up')
    await screen.shows(/shop\.apricot\n apple /)
    // Takes it; a second Enter runs the line.
    screen.press('Enter')
    await ends(screen, 'netshell> shop.apricot')
    screen.press('Enter')
    await screen.shows('= 2')
    screen.type('shop.ap')
    screen.press('Tab', 'Tab')
    await screen.shows(/shop\.apple\n apple /)
    screen.type(' + 1')
    await ends(screen, 'netshell> shop.apple + 1')
    screen.press('C-_', 'C-_', 'C-_')
    await ends(screen, 'netshell> shop.ap')
  })

  it('goes in as far as the block asks for, then completes', async () => {
    await open()
    screen.type('[')
    screen.press('M-Enter')
    await becomes(screen, () => screen.cursor().column === 12)
    screen.press('BSpace')
    await becomes(screen, () => screen.cursor().column === 10)
    screen.press('Tab')
    await becomes(screen, () => screen.cursor().column === 12)
    screen.type('shop.pe')
    screen.press('Tab')
    await ends(screen, 'netshell> [', '      ...   shop.pear')
  })

  it('shows no more than the screen has room for', async () => {
    await open({ rows: 6 })
    screen.type('s')
    screen.press('Tab')
    const text = await screen.shows(/\d+–\d+ of \d+/)
    expect(text.split('\n').length).toBeLessThanOrEqual(6)
    expect(text).toContain('netshell>')
    screen.press('C-c')
    await screen.prompt()
  })

  it('leaves the rows above as they are when the list pushes them up', async () => {
    await open({ rows: 10 })
    for (let i = 1; i <= 6; i++) {
      screen.enter(`'line' + ${i}`)
      await screen.shows(`line${i}`)
      await screen.prompt()
    }
    screen.type('shop.')
    screen.press('Tab')
    await screen.shows(/shop\.\n apple/)
    screen.press('Escape')
    await becomes(screen, (text) => !text.includes('apricot'))
    expect(screen.text({ history: true })).toMatch(/line5.*line6.*\nnetshell> shop\.$/s)
  })
})

describe.skipIf(!hasScreen)('the hint', () => {
  it('shows the parameters when typing pauses, and goes without a trace', async () => {
    await open()
    screen.type('sniff(')
    const text = await screen.shows(/netshell> sniff\(\n.*count/)
    expect(text.split('\n').at(-1)).toMatch(/sniff/)
    await becomes(screen, () => screen.cursor().column === 16)
    screen.type('1)')
    await ends(screen, 'netshell> sniff(1)')
    screen.press('C-u')
    screen.type('sniff(')
    await screen.shows(/netshell> sniff\(\n.*count/)
    screen.press('C-c')
    await ends(screen, 'netshell> sniff(^C', 'netshell>')
  })
})
