/** A script statement by statement, for teaching: each is shown, and runs when the user presses Enter. */
import path from 'node:path'
import { highlight, painted } from './editor/highlight.js'
import type { Globals } from './evaluate.js'
import { withoutExit } from './script-exit.js'
import type { PreparedScript } from './script-file.js'
import type { Shell } from './shell.js'
import type { SyntaxNode } from './syntax.js'

/** A statement of the script, with the comments before it. */
interface Step {
  node: SyntaxNode
  /** Where the text that is shown begins and ends. */
  from: number
  to: number
  /** Line of the statement, from 1. */
  line: number
}

/** Rows of a statement that are shown at least, however small the terminal is. */
const LEAST_ROWS = 8
/** Rows for what stands around it. */
const ROWS_AROUND = 6

/** One script that is being stepped through. The prompt asks it what Enter means. */
export class Stepper {
  readonly #shell: Shell
  readonly #script: PreparedScript
  readonly #file: { path: string; shown: string }
  readonly #values: ReadonlyMap<string, unknown> | undefined
  readonly #steps: readonly Step[]
  #next = 0

  constructor(
    shell: Shell,
    script: PreparedScript,
    { file, values }: { file: { path: string; shown: string }; values?: ReadonlyMap<string, unknown> },
  ) {
    this.#shell = shell
    this.#script = script
    this.#file = file
    this.#values = values
    this.#steps = stepsOf(script.source, script.parsed.program)
  }

  /** Stands instead of the prompt: `step 3/12> `. */
  get prompt(): string {
    return `step ${this.#next + 1}/${this.#steps.length}> `
  }

  /** How the script is named in messages. */
  get shown(): string {
    return this.#file.shown
  }

  /** Shows the first statement. */
  async begin(globals: Globals): Promise<void> {
    const { face } = this.#shell
    const count = this.#steps.length
    if (count === 0) {
      face.print(`${this.shown} has no statements`)
      return
    }
    this.#shell.evaluator.preload(globals)
    await this.#declareFunctions()
    face.print(
      face.paint(
        'gray',
        `${path.basename(this.shown)}, ${count} statement${count === 1 ? '' : 's'}. Enter runs the one shown, .skip leaves it out,\n.run runs the rest, .quit ends. What else you type is evaluated as usual.`,
      ),
    )
    this.#shell.stepping = this
    this.#show()
  }

  /** Runs the statement that is shown, and shows the next one. */
  async enter(): Promise<void> {
    if (await this.#run(true)) this.#advance()
    else this.#failed()
  }

  /** Leaves the statement that is shown out. */
  skip(): void {
    this.#advance()
  }

  /** Runs what is left, without showing it. */
  async rest(): Promise<void> {
    for (; this.#next < this.#steps.length; this.#next++) {
      if (await this.#run(false)) continue
      this.#failed()
      return
    }
    this.#end()
  }

  /** Ends it; the rest is not run. Ctrl-C in an empty line does the same. */
  leave(): void {
    const { face } = this.#shell
    this.#shell.stepping = null
    const left = this.#steps.length - this.#next
    face.print(
      face.paint('gray', `left ${this.shown}; ${left} statement${left === 1 ? ' has' : 's have'} not been run`),
    )
  }

  #advance(): void {
    this.#next++
    if (this.#next < this.#steps.length) this.#show()
    else this.#end()
  }

  #end(): void {
    this.#shell.stepping = null
    const { face } = this.#shell
    face.print(face.paint('gray', `end of ${this.shown}; what it declared is still there`))
  }

  #failed(): void {
    const { face } = this.#shell
    face.print(
      face.paint(
        'yellow',
        `statement ${this.#next + 1} is not done: Enter tries again, .skip goes on without it, .quit ends`,
      ),
    )
  }

  /** Runs the next statement. Its text stays where it is in the file, so that errors name the right place. */
  async #run(shows: boolean): Promise<boolean> {
    const { node } = this.#steps[this.#next]!
    const { source, parsed } = this.#script
    const text = source.slice(node.start, node.end)
    const entry = { folder: path.dirname(this.#file.path), values: this.#values }
    // It has been declared at the start, since those before it may call it.
    if (node.type === 'FunctionDeclaration') {
      this.#shell.journal.add({ source: text, ok: true, ...entry })
      return true
    }
    const before = parsed.source.slice(0, node.start).replace(/[^\n]/g, ' ')
    // Each has a name of its own: functions of earlier ones still have to find their text.
    const file = { path: `${this.#file.path}#${this.#next + 1}`, shown: this.#file.shown }
    return await withoutExit(() =>
      this.#shell.evaluate(before + parsed.source.slice(node.start, node.end), {
        file,
        shows,
        entry: { ...entry, source: text },
      }),
    )
  }

  async #declareFunctions(): Promise<void> {
    const { source, program } = this.#script.parsed
    let text = ''
    let place = 0
    for (const node of program.body) {
      if (node.type !== 'FunctionDeclaration') continue
      text += source.slice(place, node.start).replace(/[^\n]/g, ' ') + source.slice(node.start, node.end)
      place = node.end
    }
    if (text !== '') await this.#shell.evaluate(text, { file: this.#file, entry: null })
  }

  #show(): void {
    const { face } = this.#shell
    const { from, to, line } = this.#steps[this.#next]!
    const head = `${this.#next + 1}/${this.#steps.length} · ${path.basename(this.shown)}:${line}`
    const rows = sourceLines(this.#script.source.slice(from, to), face.paint)
    const most = Math.max(LEAST_ROWS, face.rows - ROWS_AROUND)
    const more = rows.length - most
    const shown = more > 1 ? [...rows.slice(0, most), face.paint('gray', `… ${more} more lines`)] : rows
    face.print(['', face.paint('gray', head), ...shown].join('\n'))
  }
}

/** A text of source in lines, coloured. */
function sourceLines(text: string, paint: Shell['face']['paint']): string[] {
  let coloured = ''
  let place = 0
  for (const { start, end, look } of highlight(text, null)) {
    coloured += text.slice(place, start)
    // Line by line: a colour that reaches over a line end confuses what cuts lines.
    coloured += text
      .slice(start, end)
      .split('\n')
      .map((part) => painted(paint, look, part))
      .join('\n')
    place = end
  }
  return (coloured + text.slice(place)).split('\n')
}

/** The statements of a script, each with the comments that belong to it. */
function stepsOf(source: string, { body }: SyntaxNode): Step[] {
  const steps: Step[] = []
  let place = /^#!.*/.exec(source)?.[0].length ?? 0
  let line = 1
  let counted = 0
  for (const node of body as SyntaxNode[]) {
    for (; counted < node.start; counted++) if (source[counted] === '\n') line++
    const blank = /^\s*/.exec(source.slice(place, node.start))![0].length
    const to = endWithComment(source, node.end)
    if (node.type !== 'EmptyStatement' && node.directive === undefined)
      steps.push({ node, from: place + blank, to, line })
    place = Math.max(place, to)
  }
  return steps
}

/** The end of a statement, with a comment behind it in the same line. */
function endWithComment(source: string, end: number): number {
  const [tail] = /^[ \t;]*(?:\/\/.*|\/\*.*?\*\/[ \t]*(?=\n|$))/.exec(source.slice(end, end + 2000)) ?? ['']
  return end + tail.length
}
