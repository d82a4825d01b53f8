/** Scripts in a real terminal: `.load --step`, `netshell run --step`, `.record`. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { bundledProgram } from './program.js'
import { hasScreen, Screen, type ScreenOptions } from './screen.js'

const SCRIPT = `#!/usr/bin/env netshell
// Steps to show.

// First a packet.
const packet = IP({dst: '10.0.0.1'})
twice(packet.ttl) // with a function from below

function twice(x) {
  return x * 2
}
packet.tll = 3
console.log('wait' + 'ing'), sleep(600)
console.log('pri' + 'nted')
`

let program: Awaited<ReturnType<typeof bundledProgram>>
let screen: Screen
const folder = mkdtempSync(path.join(tmpdir(), 'netshell-step-'))
beforeAll(async () => {
  program = await bundledProgram()
  writeFileSync(path.join(folder, 'steps.nsh'), SCRIPT)
  writeFileSync(path.join(folder, 'given.nsh'), "const n = param('n', {default: 1})\nn + 1\nprocess.exit(3)\n")
})
afterAll(() => {
  program.remove()
  rmSync(folder, { recursive: true })
})
afterEach(() => screen.close())

function start(args: string[] = [], options: ScreenOptions = {}): void {
  screen = new Screen([process.execPath, program.file, ...args], { folder, ...options })
}

const step = (number: number): RegExp => new RegExp(`(?:^|\\n)step ${number}/6>$`)

describe.skipIf(!hasScreen)('.load --step', () => {
  it('shows each statement with its comments, runs it at Enter, shows its value', async () => {
    start()
    await screen.prompt()
    screen.enter('.load --step steps.nsh')
    const first = await screen.shows(step(1))
    expect(first).toContain(
      "1/6 · steps.nsh:5\n// Steps to show.\n\n// First a packet.\nconst packet = IP({dst: '10.0.0.1'})\n",
    )
    expect(first).toMatch(/Enter runs the one shown, \.skip leaves it out/)
    screen.press('Enter')
    expect(await screen.shows(step(2))).toContain(
      '2/6 · steps.nsh:6\ntwice(packet.ttl) // with a function from below\n',
    )
    screen.enter('packet.dst')
    await screen.shows(/10\.0\.0\.1'\nstep 2\/6>$/)
    screen.press('Enter')
    expect(await screen.shows(step(3))).toMatch(
      /\b128\n\n3\/6 · steps\.nsh:8\nfunction twice\(x\) \{\n {2}return x \* 2\n\}\n/,
    )
  })

  it('stops at an error until it is skipped, is interrupted by Ctrl-C, and runs the rest', async () => {
    start([], { rows: 50 })
    await screen.prompt()
    screen.enter('.load --step steps.nsh')
    await screen.shows(step(1))
    for (const number of [2, 3, 4]) {
      screen.press('Enter')
      await screen.shows(step(number))
    }
    screen.press('Enter')
    await screen.shows(
      /has no field 'tll'[\s\S]*at steps\.nsh:11:12[\s\S]*statement 4 is not done: Enter tries again[\s\S]*\nstep 4\/6>$/,
    )
    screen.enter('packet.ttl = 7')
    await screen.shows(/\b7\nstep 4\/6>$/)
    screen.enter('.skip')
    await screen.shows(step(5))
    screen.press('Enter')
    await screen.shows(/\nwaiting$/)
    screen.press('C-c')
    await screen.shows(/interrupted\nstatement 5 is not done[\s\S]*\nstep 5\/6>$/)
    screen.enter('.skip')
    await screen.shows(step(6))
    screen.enter('.run')
    await screen.shows(/\nprinted\nend of steps\.nsh; what it declared is still there\nnetshell[^\n]*[>#]$/)
    screen.enter('packet.ttl')
    await screen.shows(/\b7\n/)
  })

  it.each([
    ['.quit', () => screen.enter('.quit')],
    ['Ctrl-C', () => screen.press('C-c')],
  ])('is left with %s, and the rest does not run', async (_, leave) => {
    start()
    await screen.prompt()
    screen.enter('.load --step steps.nsh')
    await screen.shows(step(1))
    screen.press('Enter')
    await screen.shows(step(2))
    leave()
    await screen.shows(/left steps\.nsh; 5 statements have not been run\nnetshell[^\n]*[>#]$/)
    screen.enter('.skip')
    await screen.shows('.skip is for stepping through a script: .load --step FILE')
  })

  it('gives parameters, and a script that ends itself does not end the session', async () => {
    start()
    await screen.prompt()
    screen.enter('.load --step given.nsh --n x')
    await screen.shows(
      "given.nsh: --n 'x': it must be a whole number\n(.load --step given.nsh --help lists what it takes)",
    )
    screen.enter('.load --step given.nsh --n 5')
    await screen.shows(/step 1\/3>$/)
    screen.press('Enter')
    await screen.shows(/step 2\/3>$/)
    screen.press('Enter')
    await screen.shows(/\b6\n\n3\/3/)
    screen.press('Enter')
    await screen.shows(/ended with exit code 3[\s\S]*step 3\/3>$/)
    screen.enter('.load given.nsh')
    await screen.shows(/given\.nsh: ended with exit code 3\nstep 3\/3>$/)
    screen.enter('.quit')
    await screen.prompt()
  })

  it('is what netshell run --step does', async () => {
    start(['run', '--step', 'given.nsh', '--n', '7'])
    await screen.shows(/step 1\/3>$/)
    screen.press('Enter')
    await screen.shows(/step 2\/3>$/)
    screen.press('Enter')
    await screen.shows(/\b8\n\n3\/3/)
  })
})

describe.skipIf(!hasScreen)('.record', () => {
  it('writes what asciinema plays: all that is shown, and changes of the size', async () => {
    start()
    await screen.prompt()
    const file = path.join(folder, 'demo.cast')
    screen.enter('.record demo.cast')
    await screen.shows(/recording to demo\.cast all that is shown/)
    await screen.prompt()
    screen.enter('6 * 7')
    await screen.shows(/\b42\n/)
    screen.resize(100, 30)
    screen.enter("console.log('gr' + 'üße')")
    await screen.shows('grüße')
    screen.enter('.record other.cast')
    await screen.shows(/demo\.cast is being recorded/)
    screen.enter('.record stop')
    await screen.shows(/recorded \d+ s; asciinema play demo\.cast plays it/)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(existsSync(path.join(folder, 'other.cast'))).toBe(false)

    const [header, ...events] = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(header).toMatchObject({ version: 2, width: 80, height: 24, env: { TERM: expect.any(String) } })
    expect(Math.abs(header.timestamp - Date.now() / 1000)).toBeLessThan(3600)
    let before = 0
    for (const event of events) {
      expect(event).toEqual([expect.any(Number), expect.stringMatching(/^[or]$/), expect.any(String)])
      expect(event[0]).toBeGreaterThanOrEqual(before)
      before = event[0]
    }
    expect(events).toContainEqual([expect.any(Number), 'r', '100x30'])
    const shown = events.flatMap(([, type, data]) => (type === 'o' ? [data] : [])).join('')
    expect(shown).toContain('42\r\n')
    expect(shown).toContain('grüße\r\n')
    // Every line end has its return: a player does not add it.
    expect(shown).not.toMatch(/(?<!\r)\n/)
  })

  it('ends when the shell is left, and replaces nothing unless told to', async () => {
    const file = path.join(folder, 'left.cast')
    writeFileSync(file, 'mine')
    start()
    await screen.prompt()
    screen.enter('.record left.cast')
    await screen.shows('left.cast is there already; --force replaces it')
    expect(readFileSync(file, 'utf8')).toBe('mine')
    screen.enter('.record left.cast --force')
    await screen.shows('recording to left.cast')
    await screen.prompt()
    screen.press('C-d')
    expect(await screen.ended()).toBe(0)
    for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) expect(() => JSON.parse(line)).not.toThrow()
  })
})
