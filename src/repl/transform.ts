/**
 * The transform: what is typed → JavaScript that stacks packets with `/` and waits for Tasks by itself.
 * One parse, one copy with edits; every place of the result maps back to the source.
 */
import { analyse } from './analysis.js'
import { EditList, type EditedText } from './edits.js'
import { callVisitors } from './rewrite-calls.js'
import { functionVisitors } from './rewrite-functions.js'
import { operatorVisitors } from './rewrite-operators.js'
import { rewriteProgram } from './rewrite-program.js'
import { statementVisitors } from './rewrite-statements.js'
import { Rewriter, type Visitor } from './rewriter.js'
import type { SyntaxNode } from './syntax.js'

const VISITORS: Record<string, Visitor> = {
  ...callVisitors,
  ...functionVisitors,
  ...operatorVisitors,
  ...statementVisitors,
}

/**
 * Rewrites a parsed program. With `prompt` its declarations become global and may be repeated; else they are those of a
 * script. The result is an expression: a function that takes the {@link Runtime} and returns a generator function.
 * Throws TransformError for what has no meaning here (`export`).
 */
export function transform(source: string, program: SyntaxNode, { prompt }: { prompt: boolean }): EditedText {
  const edits = new EditList(source)
  const rewriter = new Rewriter(edits, analyse(program), VISITORS, prompt)
  rewriteProgram(rewriter, program)
  return edits.apply()
}
