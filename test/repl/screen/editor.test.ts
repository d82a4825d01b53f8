/** Typing, on a real terminal. */
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { becomes, cursorAt, editorProgram, ends } from './editor-program.js'
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
}

/** Types the rows of a block, each when the one before it stands there. */
async function block(...rows: string[]): Promise<void> {
  for (const [i, row] of rows.entries()) {
    screen.type(row)
    await becomes(screen, (text) => text.trimEnd().endsWith(row.trim()))
    if (i < rows.length - 1) {
      const before = screen.cursor().row
      screen.press('Enter')
      await becomes(screen, () => screen.cursor().row === before + 1)
    }
  }
}

describe.skipIf(!hasScreen)('a block of several rows', () => {
  it('is indented while it is typed, and runs when it is complete', async () => {
    await open()
    await block('function f(x) {', 'return [', 'x,', ']')
    await ends(screen, 'netshell> function f(x) {', '      ...   return [', '      ...     x,', '      ...   ]')
    const { row } = screen.cursor()
    screen.press('Enter')
    await becomes(screen, () => screen.cursor().row === row + 1)
    screen.type('}')
    await ends(screen, '      ...   ]', '      ... }')
    screen.press('Enter')
    await screen.prompt()
    screen.enter('f(4)')
    await screen.shows(/\[ 4 \]\n/)
  })

  it('can be changed in each of its rows', async () => {
    await open()
    await block('[', '1,', '2,')
    screen.press('Up')
    await cursorAt(screen, 1, 14)
    screen.press('Left')
    screen.type('1')
    await ends(screen, 'netshell> [', '      ...   11,', '      ...   2,')
    screen.press('Home')
    await cursorAt(screen, 1, 10)
    screen.press('End')
    await cursorAt(screen, 1, 15)
    // A new row between two others: the cursor is not in the last one.
    screen.press('Enter')
    await ends(screen, 'netshell> [', '      ...   11,', '      ...', '      ...   2,')
    await cursorAt(screen, 1, 12)
    screen.type('7')
    screen.press('C-u')
    await ends(screen, 'netshell> [', '      ...   11,', '      ...', '      ...   2,')
    screen.press('C-y')
    await ends(screen, '      ...   7', '      ...   2,')
    screen.press('C-a', 'C-k')
    await ends(screen, '      ...   11,', '      ...', '      ...   2,')
    screen.press('C-k')
    await ends(screen, '      ...   11,', '      ...   2,')
    screen.press('C-_')
    await ends(screen, '      ...   11,', '      ...', '      ...   2,')
  })

  it('goes on with Alt-Enter though it is complete, and ends with two empty rows though it is not', async () => {
    await open()
    screen.type('1 + 1')
    screen.press('M-Enter')
    await cursorAt(screen, 0, 10)
    await block('2 + 2')
    screen.press('Enter')
    await screen.shows(/= 4\n/)
    await block('foo(')
    const { row } = screen.cursor()
    for (const below of [1, 2]) {
      screen.press('Enter')
      await becomes(screen, () => screen.cursor().row === row + below)
    }
    screen.press('Enter')
    await screen.shows('SyntaxError')
    await screen.prompt()
  })

  it('keeps what is typed while a block is looked at', async () => {
    await open()
    screen.type('const a = [\n1,\n2].length\na * 7\n')
    await screen.shows(/= 14\n/)
  })
})

describe.skipIf(!hasScreen)('readline’s keys', () => {
  it('move and delete by words, and undo', async () => {
    await open()
    screen.type('one two.three')
    screen.press('M-b', 'M-b', 'C-w')
    await ends(screen, 'netshell> one .three')
    screen.press('C-y', 'M-f', 'M-d')
    await ends(screen, 'netshell> one two.')
    screen.press('C-_')
    await ends(screen, 'netshell> one two.three')
    screen.press('C-a', 'M-f', 'C-t', 'C-d')
    await ends(screen, 'netshell> one wo.three')
    screen.press('C-e', 'C-h', 'BSpace', 'C-b', 'C-b', 'C-f', 'DC')
    await ends(screen, 'netshell> one wo.th')
    screen.press('C-u')
    await ends(screen, 'netshell>')
    screen.press('C-y', 'M-y')
    await ends(screen, 'netshell> three')
  })

  it('read Esc and a key as Alt and the key', async () => {
    await open()
    screen.type('one two')
    screen.press('Escape')
    await new Promise((resolve) => setTimeout(resolve, 200))
    screen.type('b')
    await cursorAt(screen, 0, 14)
  })

  it('give up the line with Ctrl-C, leave with Ctrl-D, clear with Ctrl-L', async () => {
    await open()
    await block('[', '1')
    screen.press('C-c')
    await ends(screen, 'netshell> [', '      ...   1^C', 'netshell>')
    screen.press('C-c')
    await ends(screen, 'netshell>', '(Ctrl-D or .exit leaves)', 'netshell>')
    screen.type('xy')
    screen.press('C-a', 'C-d', 'C-l')
    await becomes(screen, (text) => text === 'netshell> y')
    await cursorAt(screen, 0, 10)
    screen.press('C-k', 'C-d')
    expect(await screen.ended()).toBe(0)
  })
})

describe.skipIf(!hasScreen)('what was typed before', () => {
  it('comes back in whole blocks, and by its beginning', async () => {
    await open()
    screen.enter('let one = 1')
    await screen.prompt()
    await block('let two = [', '2', ']')
    screen.press('Enter')
    await screen.prompt()
    screen.enter('3')
    await screen.shows('= 3')
    await screen.prompt()
    screen.type('le')
    screen.press('Up')
    await ends(screen, 'netshell> let two = [', '      ...   2', '      ... ]')
    screen.press('Up')
    await cursorAt(screen, 1, 11)
    screen.press('Up', 'Up')
    await ends(screen, 'netshell> let one = 1')
    screen.press('Down', 'Down')
    await ends(screen, 'netshell> le')
    screen.press('C-u', 'C-p', 'C-p', 'C-p')
    await ends(screen, 'netshell> let one = 1')
    screen.press('C-n')
    await ends(screen, 'netshell> let two = [', '      ...   2', '      ... ]')
    screen.press('Enter')
    await screen.prompt()
    screen.enter('two')
    await screen.shows('[ 2 ]')
  })

  it('is searched with Ctrl-R, and what was found is marked', async () => {
    await open()
    for (const line of ['let first = 1', 'let second = 2', 'first + second']) {
      screen.enter(line)
      await becomes(screen, (text) => text.includes(line) && text.endsWith('netshell>'))
    }
    screen.type('draft')
    screen.press('C-r')
    await screen.shows(/^search: {4,}Ctrl-R older/m)
    screen.type('sec')
    await ends(
      screen,
      'netshell> first + second',
      'search: sec    Ctrl-R older, Ctrl-S newer, Enter takes it, Esc gives up',
    )
    expect(screen.text({ colours: true })).toMatch(/first \+ \x1b\[7msec(?:\x1b\[[\d;]*m)+ond/)
    screen.press('C-r')
    await screen.shows(/netshell> let second = 2\nsearch: sec/)
    screen.press('C-r')
    await screen.shows(/netshell> let second = 2\nnot found: sec/)
    screen.press('C-s')
    await screen.shows(/netshell> first \+ second\nsearch: sec/)
    screen.press('Escape')
    await ends(screen, 'netshell> draft')
    screen.press('C-r', 'C-r')
    await screen.shows(/netshell> first \+ second\nsearch: sec/)
    screen.press('C-g')
    await ends(screen, 'netshell> draft')
    screen.press('C-r')
    screen.type('second =')
    await screen.shows(/netshell> let second = 2\nsearch: second =/)
    // Enter takes it, and nothing has run yet.
    screen.press('Enter')
    await ends(screen, 'netshell> let second = 2')
    screen.press('End', 'BSpace')
    screen.type('5')
    screen.press('Enter')
    await screen.prompt()
    screen.enter('second')
    await screen.shows('= 5')
  })
})

describe.skipIf(!hasScreen)('edit', () => {
  const editing = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('netshell-edit-'))

  it('gives the last block, or what is typed, to an editor and takes it back', async () => {
    const editor = join(program.folder, 'fake editor.sh')
    const log = join(program.folder, 'editor.log')
    writeFileSync(
      editor,
      `#!/bin/sh\n{ stat -c %a "$2"; cat "$2"; } > '${log}'\nprintf 'let q = [\\n  1, // %s\\n]\\n' "$1" > "$2"\n`,
    )
    chmodSync(editor, 0o755)
    const before = editing()
    await open({ environment: { VISUAL: `'${editor}' --wait` } })
    await block('let p = {', 'a: 1', '}')
    screen.press('Enter')
    await screen.prompt()
    screen.enter('edit')
    await ends(screen, 'netshell> let q = [', '      ...   1, // --wait', '      ... ]')
    expect(readFileSync(log, 'utf8')).toBe('600\nlet p = {\n  a: 1\n}\n')
    screen.press('Enter')
    await screen.prompt()
    screen.enter('q')
    await screen.shows('[ 1 ]')
    screen.type('half')
    screen.press('C-x', 'C-e')
    await ends(screen, 'netshell> let q = [', '      ...   1, // --wait', '      ... ]')
    expect(readFileSync(log, 'utf8')).toBe('600\nhalf\n')
    screen.press('C-_')
    await ends(screen, 'netshell> half')
    expect(editing()).toEqual(before)
  })

  it('says which editor is missing, and is a name like others when there is a global of that name', async () => {
    await open({ environment: { VISUAL: '', EDITOR: 'no-such-editor' } })
    screen.enter('.edit')
    await screen.shows("there is no editor 'no-such-editor'")
    await screen.prompt()
    screen.enter('let edit = 77')
    await screen.prompt()
    screen.enter('edit')
    await screen.shows('= 77')
  })

  it('leaves the line alone when the editor fails', async () => {
    await open({ environment: { VISUAL: 'false' } })
    screen.type('half')
    screen.press('C-x', 'C-e')
    screen.type('!')
    await ends(screen, 'netshell> half!')
  })
})

it.skipIf(!hasScreen)('colours what is typed', async () => {
  await open({ environment: { NO_COLOR: '' } })
  screen.type("const x = IP('a')")
  const text = await becomes(screen, (shown) => /'a'\x1b/.test(shown), true)
  expect(text).toMatch(/\x1b\[[\d;]+mconst\x1b/)
  expect(text).toMatch(/\x1b\[[\d;]+mIP\x1b/)
  expect(text).toMatch(/\x1b\[[\d;]+m'a'\x1b/)
  screen.type(')')
  await becomes(screen, (shown) => /\x1b\[31m\)|\x1b\[38;5;160m\)/.test(shown), true)
})
