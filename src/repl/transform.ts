/**
 * The transform: what is typed → JavaScript that stacks packets with `/` and waits for Tasks by itself.
 * One parse, one copy with edits; every place of the result maps back to the source.
 */
import { type Analysis, analyse, declaredNames } from './analysis.js'
import { type EditedText, EditList } from './edits.js'
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
 * script. `constants` are names that an earlier program declared with `const`; the program's own are added. The result is an expression: a function that takes the {@link Runtime} and returns a generator function.
 * Throws TransformError for what has no meaning here (`export`).
 */
export function transform(
  source: string,
  program: SyntaxNode,
  { prompt, constants = new Set() }: { prompt: boolean; constants?: Set<string> },
): EditedText {
  const analysis = analyse(program)
  if (prompt) noteConstants(program, constants)
  const edits = new EditList(source)
  const rewriter = new Rewriter(edits, analysis, VISITORS, {
    prompt,
    constants: assignedConstants(analysis, constants),
  })
  rewriteProgram(rewriter, program)
  return edits.apply()
}

/** Global constants are properties of the global object, so assigning to one has to be refused here. */
function noteConstants(program: SyntaxNode, constants: Set<string>): void {
  for (const statement of program.body) {
    if (statement.type === 'VariableDeclaration') {
      for (const name of declaredNames(statement)) {
        if (statement.kind === 'const') constants.add(name)
        else constants.delete(name)
      }
    } else if (statement.id) {
      constants.delete(statement.id.name)
    }
  }
}

/** Constants that no inner scope of this program hides. */
function assignedConstants({ inner }: Analysis, constants: Set<string>): Set<string> {
  return new Set([...constants].filter((name) => !inner.has(name)))
}
