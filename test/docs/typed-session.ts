/**
 * ```text session: what a terminal shows. Rows that begin with a prompt are typed, those with `...` below them too; the others are
 * what comes out, `…` standing for anything, and times for other times. `‹Tab›` at the end of a row is that key instead of Enter, a
 * prompt alone is Enter. ```js NAME: a file of that name in the folder where this happens.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'vitest'
import { Screen } from '../repl/screen/screen.js'
import { fits, type Page, UPDATES, updateLines } from './examples.js'

/** Longer rows are hard to read in a page. */
const COLUMNS = 108
/** How long to wait for what must come, ms: generous, since the machine may be busy. */
const PATIENCE = 60_000

/** One thing to type, and the rows that a page says come out. */
interface Step {
  /** As it stands in front of the first row: `netshell>`. */
  prompt: string
  /** The rows that are typed, as the screen shows them; the first one without its prompt. */
  lines: string[]
  expected: string[]
  /** Index of the first row of what is expected, in the page's lines. */
  at: number
}

const PROMPT = /^(netshell|step \d+\/\d+)>(?: (.*))?$/
const CONTINUED = /^ +\.\.\./
const TAB = '‹Tab›'

/** Whether a page has something to type into a terminal. */
export function hasSession(page: Page): boolean {
  return page.blocks.some(isSession)
}

/**
 * Types all sessions of a page into one terminal, and compares what it shows. With UPDATE_DOCS=1 the page gets what it shows.
 * @param program the program's file
 * @returns the names of the files that are then in the folder where it happened, in order
 */
export async function typePage(page: Page, program: string): Promise<string[]> {
  const own = mkdtempSync(path.join(tmpdir(), 'netshell-session-'))
  const folder = path.join(own, 'place')
  const settings = path.join(own, 'settings/netshell')
  mkdirSync(folder)
  mkdirSync(settings, { recursive: true })
  for (const { language, mark, text } of page.blocks)
    if (language === 'js' && mark !== '') writeFileSync(path.join(folder, mark), `${text}\n`)
  // The same on every machine, whoever runs it: no interface and no rights in the prompt, and all output on one screen.
  writeFileSync(path.join(settings, 'config.json'), '{"prompt": "netshell> ", "pager": "never"}\n')
  const screen = new Screen([process.execPath, program], {
    columns: COLUMNS,
    rows: 40,
    folder,
    environment: { XDG_CONFIG_HOME: path.dirname(settings), NETSHELL_NORC: '', NETSHELL_DEBUG: '' },
  })
  try {
    const typist = new Typist(screen)
    await typist.begin()
    const results: [Step, string[]][] = []
    for (const step of stepsOf(page)) results.push([step, await typist.perform(step)])
    await typist.end()
    compare(page, results)
    return readdirSync(folder).sort()
  } finally {
    screen.close()
    rmSync(own, { recursive: true, force: true })
  }
}

function compare(page: Page, results: readonly [Step, string[]][]): void {
  for (const [step, actual] of results.toReversed()) {
    if (fits(timeless(actual), timeless(step.expected))) continue
    if (UPDATES) updateLines(page, step.at, step.expected.length, actual)
    else expect(actual, `${page.name}:${step.at}: ${step.lines.join('\n')}`).toEqual(step.expected)
  }
}

/** What is measured or told by the clock is another thing each time: `0.165 ms`, `0.165/0.201 ms`, `0.000180`, `2024-05-01 12:00`. */
function timeless(rows: readonly string[]): string[] {
  return rows.map((row) =>
    row
      .replace(/\d{4}-\d\d-\d\d \d\d:\d\d/g, 'DATE')
      .replace(/\b\d+\.\d{6}\b/g, 'TIME')
      .replace(/\b\d[\d./]* (?:ns|µs|ms|s)(?!\w)/g, 'TIME'),
  )
}

function isSession({ language, mark }: Page['blocks'][number]): boolean {
  return language === 'text' && mark === 'session'
}

function stepsOf(page: Page): Step[] {
  const steps: Step[] = []
  for (const { text, line } of page.blocks.filter(isSession)) {
    for (const [i, row] of text.split('\n').entries()) {
      const [, name, typed = ''] = PROMPT.exec(row) ?? []
      const step = steps.at(-1)
      if (name !== undefined && row.length >= COLUMNS)
        throw new Error(`${page.name}:${line + i + 1}: longer than ${COLUMNS - 1} columns, the terminal would break it`)
      if (name !== undefined) steps.push({ prompt: `${name}>`, lines: [typed], expected: [], at: line + i + 1 })
      else if (step === undefined) throw new Error(`${page.name}:${line + 1}: a session begins with a prompt`)
      else if (step.expected.length === 0 && CONTINUED.test(row)) {
        step.lines.push(row)
        step.at++
      } else step.expected.push(row)
    }
  }
  return steps
}

/** Types at a screen and reads what comes out. */
class Typist {
  readonly #screen: Screen
  /** Where the last prompt stands, counted from the first row that the screen ever had. */
  #row = 0
  /** What stands behind it already. */
  #typed = ''

  constructor(screen: Screen) {
    this.#screen = screen
  }

  /** Waits for the first prompt. */
  async begin(): Promise<void> {
    this.#row = (await this.#until((rows) => PROMPT.test(rows.at(-1)!))).length - 1
  }

  /** Leaves. */
  async end(): Promise<void> {
    await this.#giveUp()
    this.#screen.press('C-d')
    expect(await this.#screen.ended()).toBe(0)
  }

  /** Types what a step says; gives the rows that come out. */
  async perform({ prompt, lines, expected }: Step): Promise<string[]> {
    const [first, ...more] = lines as [string, ...string[]]
    const hasTab = first.endsWith(TAB)
    const text = hasTab ? first.slice(0, -TAB.length) : first
    if (!text.startsWith(this.#typed)) await this.#giveUp()
    await this.#shows(0, `${prompt} ${this.#typed}`)
    this.#type(text.slice(this.#typed.length))
    await this.#shows(0, `${prompt} ${text}`)
    if (hasTab) {
      this.#typed = text
      this.#screen.press('Tab')
      return await this.#candidates(expected)
    }
    this.#typed = ''
    this.#screen.press('Enter')
    for (const [i, line] of more.entries()) {
      await this.#until((rows) => CONTINUED.test(rows[this.#row + i + 1] ?? ''))
      this.#type(line.replace(CONTINUED, '').trimStart())
      await this.#shows(i + 1, line)
      this.#screen.press('Enter')
    }
    const start = this.#row + lines.length
    const rows = await this.#promptBelow(start)
    return rows.slice(start, -1)
  }

  /** Gives up what stands in the line. */
  async #giveUp(): Promise<void> {
    if (this.#typed === '') return
    this.#typed = ''
    this.#screen.press('C-c')
    await this.#promptBelow(this.#row + 1)
  }

  async #promptBelow(start: number): Promise<string[]> {
    const rows = await this.#until((all) => all.length > start && PROMPT.test(all.at(-1)!))
    this.#row = rows.length - 1
    return rows
  }

  #type(text: string): void {
    if (text !== '') this.#screen.type(text)
  }

  /** Waits until a row, counted from the prompt's, reads like this. */
  async #shows(offset: number, text: string): Promise<void> {
    await this.#until((rows) => rows[this.#row + offset] === text.trimEnd(), text)
  }

  /** The list below the line: what is expected, or what stands there when nothing has changed for a second. */
  async #candidates(expected: readonly string[]): Promise<string[]> {
    let last = ''
    let since = Date.now()
    const rows = await this.#until((all) => {
      const below = all.slice(this.#row + 1)
      const text = below.join('\n')
      if (text !== last) {
        last = text
        since = Date.now()
      }
      return below.length > 0 && (fits(below, expected) || Date.now() - since > 1000)
    })
    return rows.slice(this.#row + 1)
  }

  async #until(isSo: (rows: string[]) => boolean, what = 'a prompt'): Promise<string[]> {
    const end = Date.now() + PATIENCE
    for (;;) {
      const rows = this.#screen.text({ history: true }).split('\n')
      if (isSo(rows)) return rows
      if (Date.now() > end) throw new Error(`${what} is not on the screen:\n${rows.join('\n')}`)
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
  }
}
