import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bundledProgram } from './program.js'
import { hasScreen, Screen } from './screen.js'

let program: Awaited<ReturnType<typeof bundledProgram>>
beforeAll(async () => {
  program = await bundledProgram()
})
afterAll(() => program.remove())

/** A prompt, closed after the test. @param environment of the program */
async function onScreen(
  work: (screen: Screen) => Promise<void>,
  environment: Record<string, string> = {},
): Promise<void> {
  const screen = new Screen([process.execPath, program.file], { environment })
  try {
    await screen.prompt()
    await work(screen)
  } finally {
    screen.close()
  }
}

/** Waits until a file has this in it. */
async function has(file: string, text: string): Promise<void> {
  for (let round = 0; round < 500; round++) {
    try {
      if (readFileSync(file, 'utf8').includes(text)) return
    } catch {
      // Not there yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`${file} has no ${text}`)
}

it.skipIf(!hasScreen)('output is shown as it comes, once, and kept', async () => {
  await onScreen(async (screen) => {
    // It goes on only when the file is there, so what is seen before is seen while it runs.
    const gate = join(screen.home, 'gate')
    screen.enter(`!sh -c 'echo first; while [ ! -e ${gate} ]; do sleep 0.02; done; echo second >&2; exit 3'`)
    await screen.shows(/^first$/m)
    expect(screen.text()).not.toContain('exit status')
    writeFileSync(gate, '')
    await screen.shows(/^first\nsecond\n(?:_1 = )?exit status 3$/m)
    await screen.prompt()
    expect(screen.text().match(/^first$/gm)).toHaveLength(1)
    screen.enter('_.lines.length')
    await screen.shows(/\b1$/m)
  })
})

it.skipIf(!hasScreen)('what a program writes is not obeyed but for its colours', async () => {
  await onScreen(
    async (screen) => {
      screen.enter("!printf 'a\\033[31mred\\033[0m b\\033[2Jc \\033]0;title\\007\\n10 of\\r20 of\\n'")
      const text = await screen.shows(/\\x1b\[2Jc/)
      expect(text).toContain('ared b\\x1b[2Jc')
      expect(text).toContain('\\x1b]0;title\\x07')
      expect(screen.text()).toMatch(/^20 of$/m)
      expect(screen.text({ colours: true })).toContain('\x1b[31mred')
      await screen.prompt()
    },
    { NO_COLOR: '', TERM: 'xterm-256color' },
  )
})

it.skipIf(!hasScreen)('Ctrl-C ends the program, keeps its output and leaves jobs alone', async () => {
  await onScreen(async (screen) => {
    screen.enter('job = bg(sh`sleep 100`)')
    await screen.shows(/running/)
    await screen.prompt()
    screen.enter("x = !sh -c 'echo out; echo $$ > ~/pid; sleep 100'")
    await has(join(screen.home, 'pid'), '\n')
    screen.press('C-c')
    await screen.shows(/out\ninterrupted/)
    await screen.prompt()
    screen.enter('[x.stdout, x.interrupted, job.state]')
    await screen.shows(/'out\\n', true, 'running'/)
    // What takes no notice is ended by the second one.
    screen.enter('!sh -c \'trap "" INT; echo begun; echo $$ > ~/pid2; while :; do sleep 0.05; done\'')
    await has(join(screen.home, 'pid2'), '\n')
    screen.press('C-c')
    // Two presses at once are one signal.
    await screen.shows(/begun\n\^C$/)
    screen.press('C-c')
    await screen.shows(/interrupted\n+netshell[^\n]*[>#]$/)
    const pid = readFileSync(join(screen.home, 'pid2'), 'utf8').trim()
    screen.enter(`process.kill(${pid}, 0)`)
    await screen.shows('ESRCH')
    await screen.prompt()
  })
})

it.skipIf(!hasScreen)('programs that need the terminal get it and give it back', async () => {
  await onScreen(async (screen) => {
    mkdirSync(join(screen.home, 'folder'))
    const file = join(screen.home, 'folder', 'lines')
    writeFileSync(file, Array.from({ length: 100 }, (_, index) => `row ${index}`).join('\n'))
    screen.enter(`!less ${file}`)
    await screen.shows(/row 20/)
    screen.press('q')
    await screen.prompt()
    screen.enter(`!cat ${file} | less`)
    await screen.shows(/row 20/)
    screen.press('q')
    await screen.prompt()
    screen.enter('1 + 1')
    await screen.shows(/\b2$/m)
    await screen.prompt()
    // Ctrl-C is the program's there.
    screen.enter('!!sh')
    await screen.shows(/^[$#] ?$/m)
    screen.enter("trap 'echo caught' INT; sleep 0.2; read line")
    await new Promise((resolve) => setTimeout(resolve, 100))
    screen.press('C-c')
    await screen.shows(/(?:^|\^C)caught$/m)
    screen.press('Enter')
    screen.enter('exit 4')
    await screen.shows(/exit status 4\nnetshell/)
    await screen.prompt()
    screen.enter('_.status')
    await screen.shows(/\b4$/m)
  })
})

it.skipIf(!hasScreen)('commands stand in blocks, history and saved sessions', async () => {
  await onScreen(async (screen) => {
    screen.enter("names = ['a b', 'c']")
    await screen.shows(/\[ 'a b', 'c' \]/)
    await screen.prompt()
    screen.paste("for (const name of names) {\n  !printf '[%s]\\n' {name}\n}")
    screen.press('Enter')
    await screen.shows(/^\[a b\]\n\[c\]$/m)
    await screen.prompt()
    screen.enter('!echo {names}')
    await screen.shows(/^a b c$/m)
    await screen.prompt()
    screen.press('Up')
    await screen.shows(/!echo \{names\}$/)
    screen.press('C-c')
    await screen.prompt()
  })
})

it.skipIf(!hasScreen)('!false is still JavaScript, and so is the negation of what the user has', async () => {
  await onScreen(async (screen) => {
    screen.enter('ready = false')
    await screen.prompt()
    screen.enter('[!ready, !true]')
    await screen.shows('[ true, false ]')
    screen.enter('!ready')
    await screen.shows(/!ready\n[^\n]*true/)
    screen.enter('!ready && 5')
    await screen.shows(/!ready && 5\n[^\n]*\b5/)
  })
})
