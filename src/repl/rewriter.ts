/** The walk of the transform: visits a syntax tree once and records edits. The rules are in the `rewrite-*` files. */
import type { Analysis, FunctionFacts, WaitingMode } from './analysis.js'
import type { EditList } from './edits.js'
import { eachChild, type SyntaxNode } from './syntax.js'

/** Where a visited node stands. */
export interface Context {
  mode: WaitingMode
  /** Why this code can never wait, as in 'a getter'. */
  reason: string
  /** The function around it; null at the top level and in initialisers of class fields. */
  facts: FunctionFacts | null
  /** Local variables that expressions here may use; null where none can be declared. */
  locals: Locals | null
  /** In the program itself, not in a function. */
  program: boolean
  /** Expression statements here give the value of the program. */
  completion: boolean
  /** In the parameter list of `facts`. */
  parameters: boolean
}

/** The local variables that a rewritten function needs. */
export class Locals {
  /** Needs the variable for the result of a call. */
  result = false
  /** Needs the counter of loop iterations. */
  counter = false
  #live = 0
  #most = 0
  #kept = 0

  /** Takes a variable; give back as many as were taken, in any order. */
  take(): number {
    this.#live++
    if (this.#live > this.#most) this.#most = this.#live
    return this.#live
  }

  /** Takes a variable for good. Returns the part of its name after our prefix. */
  keep(): string {
    return `g${++this.#kept}`
  }

  release(count: number): void {
    this.#live -= count
  }

  /** The declaration, '' when nothing is needed. */
  declaration(rewriter: Rewriter): string {
    const names = []
    if (this.result) names.push(rewriter.name('t'))
    if (this.counter) names.push(`${rewriter.name('k')}=0`)
    for (let index = 1; index <= this.#most; index++) names.push(rewriter.name(index))
    for (let index = 1; index <= this.#kept; index++) names.push(rewriter.name(`g${index}`))
    return names.length > 0 ? `let ${names.join()};` : ''
  }
}

/** Rewrites one kind of node. */
export type Visitor = (rewriter: Rewriter, node: SyntaxNode, context: Context) => void

/** An error of the source that only the transform can see; `offset` is where. */
export class TransformError extends SyntaxError {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/** State of one transformation. */
export class Rewriter {
  readonly source: string
  readonly edits: EditList
  readonly analysis: Analysis
  /** At the prompt, declarations of the program itself become properties of the global object. */
  readonly prompt: boolean
  /** Names that cannot be assigned: constants of the prompt. */
  readonly constants: ReadonlySet<string>
  /** Names that the program declares globally (prompt only). */
  readonly declared = new Set<string>()
  /** Functions that the program declares globally (prompt only). */
  readonly functions = new Set<string>()
  /** Calls that are not awaited, since they run side by side. */
  readonly unawaited = new Set<SyntaxNode>()
  readonly #prefix: string
  readonly #visitors: Record<string, Visitor>

  constructor(
    edits: EditList,
    analysis: Analysis,
    visitors: Record<string, Visitor>,
    { prompt, constants }: { prompt: boolean; constants: ReadonlySet<string> },
  ) {
    this.source = edits.source
    this.edits = edits
    this.analysis = analysis
    this.prompt = prompt
    this.constants = constants
    this.#visitors = visitors
    this.#prefix = unusedPrefix(edits.source)
  }

  /** A name of ours, which the source does not use. */
  name(what: string | number): string {
    return this.#prefix + what
  }

  visit(node: SyntaxNode | null | undefined, context: Context): void {
    if (!node) return
    const visitor = this.#visitors[node.type]
    if (visitor) visitor(this, node, context)
    else this.visitChildren(node, context)
  }

  visitChildren(node: SyntaxNode, context: Context): void {
    eachChild(node, (child) => this.visit(child, context))
  }

  visitAll(nodes: (SyntaxNode | null)[], context: Context): void {
    for (const node of nodes) this.visit(node, context)
  }
}

/** The context of code that can never wait and that has no place for local variables. */
export function neverWaiting(reason: string, facts: FunctionFacts | null, parameters = false): Context {
  return { mode: 'never', reason, facts, locals: null, program: false, completion: false, parameters }
}

function unusedPrefix(source: string): string {
  let prefix = '$_'
  for (let number = 0; source.includes(prefix); number++) prefix = `$_${number}_`
  return prefix
}
