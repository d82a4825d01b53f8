/** netshell's prompt with a fixed text before the line, for tests of the editor. */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleSource } from '../../lab/bundle.js'
import { Screen, type ScreenOptions } from './screen.js'

export const PROMPT = 'netshell> '

/** Bundles the program; `open` starts it in a terminal, `remove` deletes it. */
export async function editorProgram() {
  const folder = mkdtempSync(join(tmpdir(), 'netshell-editor-'))
  cpSync(join(import.meta.dirname, '../../../package.json'), join(folder, 'package.json'))
  mkdirSync(join(folder, 'dist'))
  const file = await bundleSource(
    join(folder, 'dist'),
    `import { preloaded } from './src/commands/globals.js'
    import { startPrompt } from './src/repl/prompt.js'
    process.exit(await startPrompt(preloaded(), { prompt: '${PROMPT}' }))`,
  )
  return {
    file,
    folder,
    /** A terminal with the prompt in it, once what is loaded later is there too. */
    async open(options: ScreenOptions = {}): Promise<Screen> {
      const screen = new Screen([process.execPath, file], options)
      await screen.prompt()
      return screen
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Waits until the screen is as wanted, and gives its text. */
export async function becomes(screen: Screen, wanted: (text: string) => boolean, colours = false): Promise<string> {
  const until = Date.now() + 20_000
  for (;;) {
    const text = screen.text({ colours })
    if (wanted(text)) return text
    if (Date.now() > until) throw new Error(`the screen stays as it is:\n${text}`)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}

/** Waits until the screen ends with these rows. */
export async function ends(screen: Screen, ...rows: string[]): Promise<void> {
  const wanted = rows.join('\n')
  await becomes(screen, (text) => text === wanted || text.endsWith(`\n${wanted}`))
}

/** Waits until the cursor stands there: so many rows above the last one that is not empty. */
export async function cursorAt(screen: Screen, above: number, column: number): Promise<void> {
  await becomes(screen, (text) => {
    const { row, column: now } = screen.cursor()
    return now === column && row === Math.max(0, text.split('\n').length - 1 - above)
  })
}
