/** The line and its terminal: pastes, sizes, output above it, job control, terminals that can do little. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { becomes, cursorAt, editorProgram, ends } from './editor-program.js'
import { hasScreen, Screen, type ScreenOptions } from './screen.js'

let program: Awaited<ReturnType<typeof editorProgram>>
let screen: Screen | undefined
beforeAll(async () => {
  program = await editorProgram()
})
afterAll(() => program.remove())
afterEach(() => {
  screen?.close()
  screen = undefined
})

async function open(options?: ScreenOptions): Promise<Screen> {
  screen = await program.open(options)
  return screen
}

describe.skipIf(!hasScreen)('a paste', () => {
  it('is one block that runs at Enter, and one step for undo', async () => {
    const on = await open()
    on.type('// ')
    on.paste('above\nfor (const i of [1, 2]) {\n    console.log("no" + i)\n}\n\nlet z = 5\nz\n')
    await ends(
      on,
      'netshell> // above',
      '      ... for (const i of [1, 2]) {',
      '      ...     console.log("no" + i)',
      '      ... }',
      '      ...',
      '      ... let z = 5',
      '      ... z',
    )
    on.press('C-_')
    await ends(on, 'netshell> //')
    on.press('C-^')
    await ends(on, '      ... let z = 5', '      ... z')
    on.press('Enter')
    await on.shows(/no1\nno2\n.*= 5\n/)
  })

  it('without brackets is taken row by row, in order, with its own indentation', async () => {
    const on = await open()
    on.type('let seen = []\nfor (const i of [1, 2]) {\n    seen.push(i)\n\n\n}\nsleep(0.2)\nseen.length * 100\n')
    await on.shows(/= 200\n/)
    expect(on.text()).toContain('netshell> for (const i of [1, 2]) {\n      ...     seen.push(i)\n')
  })

  it('shows control characters instead of sending them', async () => {
    const on = await open()
    on.paste("'a\x1b]0;title\x07\x9b2J\u202e'")
    await ends(on, "netshell> 'a^[]0;title^G\\x9b2J\\u202e'")
    on.press('Home', 'Right', 'Right', 'Right')
    await cursorAt(on, 0, 14)
  })
})

describe.skipIf(!hasScreen)('typing ahead', () => {
  it('waits until the evaluation is over', async () => {
    const on = await open()
    on.enter('sleep(0.7)')
    await cursorAt(on, -1, 0)
    on.type("'ab' + ")
    on.press('Enter')
    on.type("'cd'\n5 + ")
    await on.shows(/= abcd|'abcd'/)
    await ends(on, 'netshell> 5 +')
    on.type('5\n')
    await on.shows('= 10')
  })

  it('leaves with Ctrl-D when the evaluation is over', async () => {
    const on = await open()
    on.enter("sleep(0.7); console.log('d' + 'one')")
    await cursorAt(on, -1, 0)
    on.press('C-d')
    expect(await on.ended()).toBe(0)
    expect(on.text()).toContain('\ndone\n')
  })

  it('interrupts with Ctrl-C what was typed before it', async () => {
    const on = await open()
    on.type('let got = sniff({iface: "lo", filter: "ip proto 254"})\n\x03')
    await on.shows('^C')
    await on.prompt()
    on.enter('1 + 1')
    await on.shows('= 2')
  })
})

describe.skipIf(!hasScreen)('output', () => {
  it('goes above the rows that are typed; the start of a line waits for its end', async () => {
    const on = await open()
    on.enter(
      "setTimeout(() => { process.stdout.write('first\\nsec'); setTimeout(() => console.error('ond'), 300) }, 600); 0",
    )
    await on.prompt()
    on.type('[')
    on.press('M-Enter')
    on.type('"日本", 1')
    on.press('Left')
    await ends(on, 'first', 'netshell> [', '      ...   "日本", 1')
    await cursorAt(on, 0, 20)
    await ends(on, 'first', 'second', 'netshell> [', '      ...   "日本", 1')
    await cursorAt(on, 0, 20)
  })

  it('tells the end of a job', async () => {
    const on = await open()
    on.enter('bg(sleep(0.6))')
    await on.prompt()
    on.type('[')
    on.press('M-Enter')
    on.type('half')
    await on.shows(/\n\[1\] sleep: done after [^\n]*\nnetshell> \[\n {6}\.\.\. {3}half$/)
    await cursorAt(on, 0, 16)
  })

  it('of what runs meanwhile waits while a pager has the terminal', async () => {
    const on = await open({ rows: 10, environment: { PAGER: 'less' } })
    on.enter('setTimeout(() => console.log("mean" + "while"), 500); Array.from({length: 60}, (_, i) => i).join("\\n")')
    await on.shows(/\n5\n/)
    on.press('Space', 'Space')
    await on.shows(/\n20\n/)
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect(on.text({ history: true })).not.toContain('\nmeanwhile')
    on.press('q')
    await on.shows(/meanwhile\nnetshell>$/)
    // What was typed for the pager is not typed here.
    on.type('6 * 7')
    await ends(on, 'netshell> 6 * 7')
  })

  it('keeps its lines when much comes while the block is at the edge of the screen', async () => {
    const on = await open({ rows: 8, columns: 40 })
    on.enter(
      'let n = 0; const timer = setInterval(() => { console.log("tick" + ++n); if (n === 30) clearInterval(timer) }, 10); 0',
    )
    await on.prompt()
    on.type(`[${'1234567890, '.repeat(5)}`)
    await on.shows('tick30')
    const lines = on.text({ history: true }).split('\n')
    expect(lines.filter((line) => /^tick\d+$/.test(line))).toEqual(Array.from({ length: 30 }, (_, i) => `tick${i + 1}`))
    expect(on.text()).toMatch(/tick30\nnetshell> \[1234567890, .*\n(?:.*\n)?.*1234567890,$/)
  })
})

describe.skipIf(!hasScreen)('sizes', () => {
  it('draws right again when the terminal has another width', async () => {
    const on = await open()
    on.enter("'a' + 'bove'")
    await on.prompt()
    const text = `'${'0123456789'.repeat(12)}'`
    on.type(text)
    await becomes(on, (shown) => shown.replaceAll('\n', '').endsWith(text))
    for (const [columns, rows] of [
      [40, 24],
      [100, 30],
      [23, 24],
      [200, 24],
      [66, 12],
      [80, 24],
    ] as const) {
      on.resize(columns, rows)
      // tmux moves lines that were above into what can be scrolled back to.
      const whole = `netshell> ${text}`
      const broken = whole.match(new RegExp(`.{1,${columns}}`, 'g'))!.join('\n')
      await becomes(on, (shown) => {
        const { row, column } = on.cursor()
        const first = shown.split('\n').findIndex((line) => line.startsWith("netshell> '0"))
        return (
          on.text({ history: true }).endsWith(`above'\n${broken}`) &&
          row === first + Math.floor(whole.length / columns) &&
          column === whole.length % columns
        )
      })
    }
    on.press('Enter')
    await on.shows(/= .?0123/)
  })

  it('counts wide and combined characters in columns', async () => {
    const on = await open({ columns: 24 })
    on.type("'日本語e\u0301🦈日")
    await cursorAt(on, 0, 22)
    on.type('本')
    await cursorAt(on, -1, 0)
    on.type('語')
    await ends(on, "netshell> '日本語e\u0301🦈日本", '語')
    await cursorAt(on, 0, 2)
    on.press('Left', 'Left', 'Left', 'Left', 'Left')
    await cursorAt(on, 1, 17)
    on.press('DC')
    await ends(on, "netshell> '日本語🦈日本", '語')
  })

  it('fits 20 and 200 columns', async () => {
    const narrow = await open({ columns: 20 })
    narrow.type('[12345, ')
    narrow.press('M-Enter')
    narrow.type('6789012345678901')
    await ends(narrow, 'netshell> [12345,', '...   67890123456789', '01')
    await cursorAt(narrow, 0, 2)
    narrow.close()
    const wide = await open({ columns: 200 })
    wide.type(`'${'x'.repeat(188)}`)
    await ends(wide, `netshell> '${'x'.repeat(188)}`)
    await cursorAt(wide, 0, 199)
    wide.type('y')
    await becomes(wide, () => wide.cursor().column === 0)
  })

  it('shows the part around the cursor of a block that is higher than the screen, and leaves all of it', async () => {
    const on = await open({ rows: 8 })
    const rows = Array.from({ length: 20 }, (_, i) => `  ${100 + i},`)
    on.paste(`[\n${rows.join('\n')}\n].length`)
    await ends(on, ...rows.slice(-7).map((row) => `      ... ${row}`), '      ... ].length')
    for (let i = 0; i < 20; i++) on.press('Up')
    await becomes(on, (text) => text.startsWith('netshell> [\n') || text.startsWith('      ...   100,'))
    on.press('Up')
    await becomes(on, (text) => text.startsWith('netshell> [\n') && text.endsWith('106,'))
    on.press('C-a')
    on.type('99,')
    await becomes(on, (text) => text.startsWith('netshell> 99,['))
    on.press('C-_')
    on.press('M->', 'Enter')
    await on.shows('= 20')
    const all = on.text({ history: true })
    expect(all).toContain(['netshell> [', ...rows.map((row) => `      ... ${row}`), '      ... ].length'].join('\n'))
  })
})

describe.skipIf(!hasScreen || spawnSync('bash', ['--version']).status !== 0)('Ctrl-Z', () => {
  it('stops the shell, and fg brings the line back', async () => {
    screen = new Screen(['bash', '--norc', '--noprofile'], { environment: { PS1: 'sh> ', HISTFILE: '' } })
    const on = screen
    await on.shows(/sh>$/)
    on.enter(`'${process.execPath}' '${program.file}'`)
    await on.prompt()
    on.type('[')
    on.press('M-Enter')
    on.type('12')
    on.press('Left')
    await cursorAt(on, 0, 13)
    on.press('C-z')
    await on.shows(/Stopped.*\nsh>$/s)
    on.enter('stty -a | tr ";" "\\n" | grep -o "[- ]icanon" | tr -d " "; printf pasted')
    await on.shows(/\nicanon\npasted/)
    on.enter('fg')
    await becomes(on, (text) => /fg\n(?:(?!netshell> ).*\n)+netshell> \[\n {6}\.\.\. {3}12$/.test(text))
    on.type('9')
    on.press('End', 'Enter')
    await cursorAt(on, 0, 12)
    on.type(']')
    on.press('Enter')
    await on.shows('[ 192 ]')
    await on.prompt()
    on.paste('3\n+4')
    await ends(on, 'netshell> 3', '      ... +4')
    on.press('C-c')
    // While code runs the terminal itself stops it.
    on.enter("sleep(2); 'wo' + 'ke'")
    await cursorAt(on, -1, 0)
    on.press('C-z')
    await on.shows(/\^Z\n.*Stopped.*\nsh>$/s)
    on.enter('fg')
    await on.shows(/woke/)
    await on.prompt()
    on.enter('40 + 2')
    await on.shows('= 42')
    on.press('C-d')
    await on.shows(/sh>$/)
  })

  it('goes on where nothing could continue it', async () => {
    const on = await open()
    on.type('4')
    on.press('C-z')
    on.type('2')
    await ends(on, 'netshell> 42')
  })
})

describe.skipIf(spawnSync('script', ['--version']).status !== 0)('a dumb terminal', () => {
  let child: ChildProcess
  let output = ''
  afterEach(() => child.kill('SIGKILL'))

  async function shows(expected: RegExp): Promise<void> {
    const until = Date.now() + 20_000
    while (!expected.test(output)) {
      if (Date.now() > until) throw new Error(`${expected} was not shown, but: ${JSON.stringify(output)}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  it('gets text and line ends alone', async () => {
    const command = `stty cols 80 rows 24; exec '${process.execPath}' '${program.file}'`
    child = spawn('script', ['-qefc', command, '/dev/null'], {
      env: { ...process.env, TERM: 'dumb', HOME: program.folder },
    })
    const ended = new Promise((resolve) => child.on('close', resolve))
    child.stdout?.on('data', (chunk) => {
      output += String(chunk).replaceAll('\r', '')
    })
    await shows(/netshell> $/)
    child.stdin?.write('function f(x) {\n')
    await shows(/\n {6}\.\.\. $/)
    child.stdin?.write('return x * 2 }\nf(21)\n')
    await shows(/= 42\nnetshell> $/)
    child.stdin?.write('foo(\n')
    await shows(/foo\(\n {6}\.\.\. $/)
    child.stdin?.write('\x03')
    await shows(/\^C\nnetshell> $/)
    child.stdin?.write("setTimeout(() => console.log('ev' + 'ent'), 300); 0\n")
    await shows(/\nevent\nnetshell> $/)
    child.stdin?.write('sleep(1.5)\n5 + 5\n')
    await shows(/= 10\nnetshell> $/)
    child.stdin?.write('\x04')
    expect(await ended).toBe(0)
    expect(output).not.toContain('\x1b')
  })
})
