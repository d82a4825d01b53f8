/** A session to complete in: everything preloaded, some variables of the user's, and spies that tell when code was run. */
import { preloaded } from '../../../src/commands/globals.js'
import { completionsAt, hintAt } from '../../../src/repl/completion/index.js'
import type { Completion } from '../../../src/repl/completion/types.js'
import { Evaluator } from '../../../src/repl/evaluate.js'

const evaluator = new Evaluator({ help: () => {}, _: undefined })
evaluator.preload(preloaded())
let count = 0

/** Runs a line as typed at the prompt. */
export async function type(source: string): Promise<void> {
  await evaluator.run(source, { file: `completion-${++count}`, prompt: true })
}

/** Where the cursor is: at `|`, else at the end. */
function placed(input: string): [text: string, cursor: number] {
  const cursor = input.indexOf('|')
  return cursor < 0 ? [input, input.length] : [input.slice(0, cursor) + input.slice(cursor + 1), cursor]
}

/** The candidates for a text. */
export function items(input: string): Completion[] {
  return completionsAt(...placed(input)).items
}

/** What would be inserted. */
export function texts(input: string): string[] {
  return items(input).map(({ text }) => text)
}

/** What is said of a candidate, by its shown text. */
export function detail(input: string, label: string): string | undefined {
  return items(input).find((item) => (item.label ?? item.text) === label)?.detail
}

/** The text once a candidate was chosen; the cursor is where it then would be. */
export function chosen(input: string, label: string): string {
  const [text, cursor] = placed(input)
  const { from, to, items } = completionsAt(text, cursor)
  const item = items.find((each) => (each.label ?? each.text) === label)
  if (item === undefined) throw new Error(`${label} is not among ${items.map((each) => each.text).join(' ')}`)
  return `${text.slice(0, from)}${item.text}|${text.slice(to)}`
}

/** The hint for a text. */
export function hint(input: string): string | null {
  return hintAt(...placed(input))
}
