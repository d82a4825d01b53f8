/** The prompt without a terminal: what is typed is evaluated, what would be shown is given back. */

import { preloaded } from '../../src/commands/globals.js'
import { setReporter, useKernelRoutes } from '../../src/exchange/index.js'
import { setPrinter } from '../../src/packet/index.js'
import { renderError } from '../../src/repl/errors.js'
import { Evaluator } from '../../src/repl/evaluate.js'
import { helpGlobals } from '../../src/repl/help.js'
import { render } from '../../src/repl/render.js'

export class Session {
  readonly evaluator: Evaluator
  /** What was evaluated last. */
  last: unknown
  /** The error of what was evaluated last, or null. */
  failed: string | null = null
  private printed: string[] = []
  private count = 0

  constructor() {
    useKernelRoutes()
    setReporter((text, kind) => this.print(kind === 'warning' ? `warning: ${text}` : text))
    setPrinter((text) => this.print(text))
    this.evaluator = new Evaluator({
      ...helpGlobals(
        {
          print: (text) => this.print(text),
          paint: () => (_style, text) => text,
          columns: () => undefined,
        },
        () => this.evaluator,
      ),
      _: undefined,
    })
    this.evaluator.preload(preloaded())
  }

  /** As the `console.log` of what is evaluated. */
  print(text: string): void {
    this.printed.push(text)
  }

  /** Types lines one by one, as at the prompt; gives what is shown after the last of them. */
  async type(source: string): Promise<string[]> {
    let block = ''
    for (const line of source.split('\n')) {
      block = block === '' ? line : `${block}\n${line}`
      if (block.trim() === '') continue
      const parsed = await this.evaluator.parse(block, { prompt: true })
      if (parsed.state === 'incomplete') continue
      this.printed = []
      await this.evaluate(block)
      block = ''
    }
    if (block.trim() !== '') throw new Error(`this is not complete: ${block}`)
    return this.printed.flatMap((text) => text.split('\n'))
  }

  private async evaluate(source: string): Promise<void> {
    this.last = undefined
    this.failed = null
    try {
      this.last = await this.evaluator.run(source, { file: `prompt-${++this.count}`, prompt: true })
      const text = render(this.last)
      if (text !== undefined) this.print(text)
    } catch (error) {
      this.failed = renderError(error, this.evaluator, {})
      this.print(this.failed)
    }
  }
}
