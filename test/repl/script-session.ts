/** A session without a terminal: what is typed is taken by the shell, what it prints is kept. */
import { SCRIPT_ENTRIES } from '../../src/commands/script-entries.js'
import { plain } from '../../src/exchange/terminal-colours.js'
import type { Globals } from '../../src/repl/evaluate.js'
import { History } from '../../src/repl/history.js'
import { type Face, Shell } from '../../src/repl/shell.js'
import { globals } from './stand-ins.js'

export class ScriptSession implements Face {
  readonly paint = plain
  columns = 100
  rows = 30
  readonly shell: Shell
  readonly listeners = new Set<(data: string | Uint8Array) => void>()
  left: number | null = null
  /** What was printed for the last block. */
  readonly printed: string[] = []

  /** @param more names besides the stand-ins and what scripts are written with */
  constructor(more: Globals = {}) {
    this.shell = new Shell({ ...globals, ...Object.fromEntries(SCRIPT_ENTRIES), ...more }, this, new History(null))
  }

  /** Types a block; gives what was printed for it. An empty one is Enter. */
  async type(block: string): Promise<string> {
    this.printed.length = 0
    if (block === '') await this.shell.stepping?.enter()
    else await this.shell.take(block)
    return this.printed.join('\n')
  }

  print(text: string): void {
    this.printed.push(text)
    for (const listener of this.listeners) listener(`${text}\n`)
  }

  page(text: string): void {
    this.print(text)
  }

  get errors(): NodeJS.WritableStream {
    return { write: (text: string) => this.print(text.trimEnd()) } as unknown as NodeJS.WritableStream
  }

  tap(listener: (data: string | Uint8Array) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  clear(): void {}

  leave(code: number): void {
    this.left = code
  }

  offer(): void {}

  handOver<T>(work: () => T): T {
    return work()
  }

  running(): () => void {
    return () => {}
  }
}
