/** The shells that are compared, each started in a terminal of its own. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Screen } from '../repl/screen/screen.js'

const ROOT = join(import.meta.dirname, '../..')
/** Where scripts/setup.sh --for compare puts mongosh. */
const MONGOSH = join(ROOT, 'node_modules/.cache/compare/node_modules/.bin/mongosh')

export const SHELLS = ['netshell', 'scapy', 'ipython', 'mongosh'] as const
export type ShellName = (typeof SHELLS)[number]

interface ShellStart {
  command: readonly string[]
  /** The last row of the screen when it is ready. */
  prompt: RegExp
}

const STARTS: Record<ShellName, ShellStart> = {
  netshell: { command: [process.execPath, join(ROOT, 'dist/cli.cjs')], prompt: /(?:^|\n)netshell[^\n]*[>#]$/ },
  scapy: { command: ['/usr/bin/scapy'], prompt: /(?:^|\n)>>>$/ },
  ipython: { command: ['/usr/bin/ipython3', '--no-banner', '--no-confirm-exit'], prompt: /(?:^|\n)In \[\d+\]:$/ },
  mongosh: { command: [MONGOSH, '--nodb', '--quiet'], prompt: /(?:^|\n)>$/ },
}

/** What is missing here, in words; undefined when all four can be started. */
export function missingShell(): string | undefined {
  const missing = Object.values(STARTS).flatMap(({ command }) =>
    command.filter((word) => word.startsWith('/') && !existsSync(word)),
  )
  return missing.length === 0 ? undefined : `${missing.join(', ')} is missing: scripts/setup.sh --for compare`
}

/** A shell at its prompt. */
export class ComparedShell {
  readonly screen: Screen

  constructor(
    readonly name: ShellName,
    folder: string,
  ) {
    this.screen = new Screen(STARTS[name].command, { columns: 100, rows: 30, folder })
  }

  /** Waits until it is ready for a line; gives the screen with what has left it at the top. */
  async prompt(): Promise<string> {
    await this.screen.shows(STARTS[this.name].prompt)
    return this.screen.text({ history: true })
  }

  /** Types a line and waits until it has been dealt with. */
  async line(text: string): Promise<string> {
    this.screen.enter(text)
    await new Promise((resolve) => setTimeout(resolve, 150))
    return await this.prompt()
  }
}

/** How each evaluates one expression without a terminal. */
export const ONE_SHOTS: Record<ShellName, readonly string[]> = {
  netshell: [...STARTS.netshell.command, '-e', '6 * 7'],
  scapy: ['/usr/bin/scapy', '-H'],
  ipython: ['/usr/bin/ipython3', '-c', 'print(6 * 7)'],
  mongosh: [MONGOSH, '--nodb', '--quiet', '--eval', '6 * 7'],
}
