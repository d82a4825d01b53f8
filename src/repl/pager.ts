/** Text that is longer than the screen, a screen at a time: in the user's pager, or in one of our own where there is none. */
import type { ReadStream } from 'node:tty'
import { wordsOf } from '../exchange/command-words.js'
import { setting } from '../exchange/settings.js'
import { textWidth } from '../exchange/text-width.js'
import { findProgram } from '../link/find-program.js'

/** What the pager needs of the terminal. */
export interface PagerScreen {
  readonly rows: number
  readonly columns: number
  readonly isTerminal: boolean
  /** Prints whole lines as always. */
  print(text: string): void
  /** Lets something else have the terminal until it is done; what is printed meanwhile waits. */
  handOver<T>(work: () => T): T
  /** The terminal itself, for our own pager. */
  readonly output: NodeJS.WritableStream
  /** Where a pager that does not start is complained of. */
  warn(text: string): void
}

/** Fewer rows than this are not worth paging in. */
const LEAST_ROWS = 6
/** What less says instead of a bare `:`, in its own language; not to those who have set it up for themselves. */
const LESS_PROMPT = 'lines %lt-%lb?L of %L.?e (end), : - Space\\: next page, b\\: back, /\\: search, .q\\: leave'

/** Rows that a text takes at that width; counts no further than `most`. */
export function rowsOf(text: string, columns: number, most = Number.POSITIVE_INFINITY): number {
  let rows = 0
  for (let at = 0; at <= text.length && rows <= most; ) {
    const end = text.indexOf('\n', at)
    const line = text.slice(at, end < 0 ? undefined : end)
    rows += Math.max(1, Math.ceil(textWidth(line) / columns))
    if (end < 0) break
    at = end + 1
  }
  return rows
}

/** Shows text on a screen; one pager at a time. */
export class Pager {
  #running: Promise<void> | null = null

  constructor(private readonly screen: PagerScreen) {}

  /** Resolves when no pager has the terminal. */
  get settled(): Promise<void> | null {
    return this.#running
  }

  /**
   * Prints a text that fits on the screen; for a longer one, starts the pager and resolves when it has been left.
   * @param screens so many screens are printed all the same: for what is not read from its start
   */
  page(text: string, screens = 1): void | Promise<void> {
    const { screen } = this
    const { rows, columns, isTerminal } = screen
    const command = setting('pager')
    const isShort = (): boolean => rowsOf(text, columns, rows * screens) < rows * screens
    // What is printed while a pager runs comes below it.
    const isUseless = !isTerminal || process.env.TERM === 'dumb' || rows < LEAST_ROWS
    if (isUseless || command === 'never' || this.#running !== null || isShort()) {
      screen.print(text)
      return
    }
    const words = pagerWords(command)
    if (words?.[0] === 'cat') {
      screen.print(text)
      return
    }
    const running = screen.handOver(() => (words === null ? ownPager(text, screen) : this.#program(words, text)))
    this.#running = running
      // No terminal to read keys from after all.
      .catch(() => screen.print(text))
      .finally(() => {
        this.#running = null
      })
    return this.#running
  }

  async #program(words: readonly string[], text: string): Promise<void> {
    const problem = await runPager(words, text)
    if (problem === undefined) return
    this.screen.warn(`the pager '${words.join(' ')}' ${problem}; conf.pager names another, 'never' goes without`)
    await ownPager(text, this.screen)
  }
}

/** Program and arguments of the pager; null: our own. */
function pagerWords(command: string): string[] | null {
  const wanted = command === 'auto' ? (process.env.PAGER ?? '') : command
  const words = wordsOf(wanted)
  if (words.length > 0) return words
  const less = findProgram('less')
  return less === undefined ? null : [less, '-FRX']
}

/**
 * Runs a pager; no shell reads its command, and the text is its standard input.
 * @returns what went wrong, or undefined
 */
function runPager([program, ...args]: readonly string[], text: string): Promise<string | undefined> {
  const { spawn } = process.getBuiltinModule('node:child_process')
  // Of the environment that some distributions give less: nothing of the text is to run anything (LESSOPEN), and nothing that
  // a person does in it is to start a shell or an editor.
  const environment = { LESS: `-FRX -Ps${LESS_PROMPT}$`, LV: '-c', ...process.env, LESSSECURE: '1', LESSHISTFILE: '-' }
  return new Promise((resolve) => {
    const child = spawn(program!, args, {
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { ...environment, LESSOPEN: undefined },
    })
    let isStarted = false
    child.once('spawn', () => {
      isStarted = true
    })
    child.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'ENOENT' ? 'is not there' : `does not start: ${error.message}`)
    })
    child.once('close', (code) => {
      // A pager that ends with an error has most likely shown nothing; 130 and the like are a person's Ctrl-C.
      if (isStarted) resolve(code === null || code === 0 || code >= 128 ? undefined : `ended with exit code ${code}`)
    })
    // Whoever leaves early has read enough.
    child.stdin.on('error', () => undefined)
    child.stdin.end(`${text}\n`)
  })
}

/** Space a page, Enter a line, q the end. */
async function ownPager(text: string, screen: PagerScreen): Promise<void> {
  const { output } = screen
  const lines = text.split('\n')
  let next = 0
  const show = (rows: number): void => {
    let left = rows
    do {
      left -= rowsOf(lines[next]!, screen.columns)
      output.write(`${lines[next++]}\n`)
    } while (next < lines.length && left >= rowsOf(lines[next]!, screen.columns))
  }
  const keys = new KeyReader()
  try {
    show(screen.rows - 1)
    while (next < lines.length) {
      output.write(`\x1b[7m lines ${next} of ${lines.length} · Space: next page, Enter: next line, q: enough \x1b[0m`)
      const key = await keys.read()
      output.write('\r\x1b[K')
      if (key === 'q' || key === 'Q' || key === '\x03' || key === '\x04' || key === '\x1b' || key === '') break
      if (key === 'G' || key === '\x1b[F') show(Number.POSITIVE_INFINITY)
      else show(key === '\r' || key === '\n' || key === 'j' || key === '\x1b[B' ? 1 : Math.max(1, screen.rows - 2))
    }
  } finally {
    keys.close()
  }
}

/** Single keys of the terminal. It is opened anew: what reads the lines that are typed gets none of these keys. */
class KeyReader {
  readonly #input: ReadStream
  readonly #keys: string[] = []
  #ask: ((key: string) => void) | null = null

  constructor() {
    const { ReadStream } = process.getBuiltinModule('node:tty')
    this.#input = new ReadStream(process.getBuiltinModule('node:fs').openSync('/dev/tty', 'r'))
    this.#input.setRawMode(true)
    this.#input.on('data', (chunk) => this.#give(chunk.toString()))
    this.#input.once('error', () => this.#give(''))
    this.#input.once('end', () => this.#give(''))
  }

  /** The next key; '' when there will be none. */
  async read(): Promise<string> {
    const given = this.#keys.shift()
    if (given !== undefined) return given
    return await new Promise((resolve) => {
      this.#ask = resolve
    })
  }

  close(): void {
    this.#input.setRawMode(false)
    this.#input.destroy()
  }

  #give(key: string): void {
    const ask = this.#ask
    this.#ask = null
    if (ask) ask(key)
    else this.#keys.push(key)
  }
}
