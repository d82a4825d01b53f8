/** A real terminal of a chosen size (tmux), for tests of what a person sees and types. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether there is a tmux to run tests in. */
export const hasScreen = spawnSync('tmux', ['-V']).status === 0

export interface ScreenOptions {
  columns?: number
  rows?: number
  folder?: string
  environment?: Readonly<Record<string, string>>
}

/** How long to wait for something on the screen, ms: generous, since the machine may be busy. */
const PATIENCE = 20_000

/** A program in a terminal. */
export class Screen {
  readonly #socket: string
  readonly #home: string

  /** @param command words of the program; nothing in them is read by a shell */
  constructor(command: readonly string[], { columns = 80, rows = 24, folder, environment = {} }: ScreenOptions = {}) {
    this.#home = mkdtempSync(join(tmpdir(), 'netshell-screen-'))
    this.#socket = join(this.#home, 'tmux')
    const variables = { HOME: this.#home, NO_COLOR: '1', LANG: 'C.UTF-8', ...environment }
    const program = [
      'env',
      ...['XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'SUDO_UID', 'SUDO_GID'].flatMap((name) => ['-u', name]),
      ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
      ...command,
    ]
    const text = program.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
    const size = ['-x', String(columns), '-y', String(rows)]
    this.#tmux(['-f', '/dev/null', 'new-session', '-d', ...size, ...(folder === undefined ? [] : ['-c', folder]), text])
    // The screen of a program that has ended can still be read.
    this.#tmux(['set-option', '-g', 'remain-on-exit', 'on'])
    this.#tmux(['set-option', '-g', 'escape-time', '0'])
  }

  /** The home folder of the program, empty at the start, removed with the screen. */
  get home(): string {
    return this.#home
  }

  /** Types text as it stands, key by key. */
  type(text: string): void {
    this.#tmux(['send-keys', '-l', '--', text])
  }

  /** Presses keys by tmux's names: `Enter`, `Tab`, `Up`, `C-r`, `M-Enter`, `BSpace`. */
  press(...keys: string[]): void {
    this.#tmux(['send-keys', ...keys])
  }

  /** Types a line and presses Enter. */
  enter(text: string): void {
    this.type(text)
    this.press('Enter')
  }

  /** Pastes as a terminal does, in brackets where the program has asked for them. */
  paste(text: string): void {
    this.#tmux(['load-buffer', '-'], text)
    this.#tmux(['paste-buffer', '-p', '-r'])
  }

  resize(columns: number, rows: number): void {
    this.#tmux(['resize-window', '-x', String(columns), '-y', String(rows)])
  }

  /** The rows of the screen, without blanks at their ends; with `history` also those that have left it at the top. */
  rows({ colours = false, history = false }: { colours?: boolean; history?: boolean } = {}): string[] {
    const text = this.#tmux(['capture-pane', '-p', ...(colours ? ['-e'] : []), ...(history ? ['-S', '-'] : [])])
    return text.split('\n').map((row) => row.trimEnd())
  }

  /** The screen as text, without empty rows at its end. */
  text(options: { colours?: boolean; history?: boolean } = {}): string {
    return this.rows(options).join('\n').trimEnd()
  }

  /** Where the cursor is, both counted from 0. */
  cursor(): { column: number; row: number } {
    const [column, row] = this.#tmux(['display-message', '-p', '#{cursor_x} #{cursor_y}']).split(' ').map(Number)
    return { column: column!, row: row! }
  }

  /** Waits until the screen shows this, and gives its text. */
  async shows(expected: string | RegExp, options: { colours?: boolean; history?: boolean } = {}): Promise<string> {
    const until = Date.now() + PATIENCE
    for (;;) {
      const text = this.text(options)
      if (typeof expected === 'string' ? text.includes(expected) : expected.test(text)) return text
      if (Date.now() > until) throw new Error(`${expected} is not on the screen:\n${text}`)
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
  }

  /** Waits until the last row is a prompt with nothing typed behind it; gives the screen. */
  async prompt(options: { colours?: boolean; history?: boolean } = {}): Promise<string> {
    return await this.shows(/(?:^|\n)netshell[^\n]*[>#]$/, options)
  }

  /** Waits until the program has ended; gives its exit code. */
  async ended(): Promise<number> {
    const until = Date.now() + PATIENCE
    for (;;) {
      const format = '#{pane_dead} #{pid} #{pane_dead_status}'
      const [dead, server, status] = this.#tmux(['display-message', '-p', format]).trim().split(' ')
      if (dead === '1' && status) return Number(status)
      // tmux 3.3a now and then misses that its child has ended, and knows only that the terminal is closed: it looks again.
      if (dead === '1') process.kill(Number(server), 'SIGCHLD')
      if (Date.now() > until) throw new Error(`the program goes on:\n${this.text()}`)
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
  }

  /** The process id of the program. */
  get pid(): number {
    return Number(this.#tmux(['display-message', '-p', '#{pane_pid}']))
  }

  /** Ends the program and its terminal. */
  close(): void {
    spawnSync('tmux', ['-S', this.#socket, 'kill-server'])
    rmSync(this.#home, { recursive: true, force: true, maxRetries: 5 })
  }

  #tmux(args: readonly string[], input?: string): string {
    const { status, stdout, stderr } = spawnSync('tmux', ['-S', this.#socket, ...args], { encoding: 'utf8', input })
    if (status !== 0) throw new Error(`tmux ${args.join(' ')}: ${stderr}`)
    return stdout
  }
}
