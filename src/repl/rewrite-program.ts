/** The program itself: what it declares, what it imports, and its wrapping in one function. */
import { assignVariables } from './rewrite-statements.js'
import { type Context, Locals, type Rewriter, TransformError } from './rewriter.js'
import type { SyntaxNode } from './syntax.js'

/**
 * Rewrites a whole program as an expression whose value is a function of the run-time that gives a generator function:
 * `(function(r){…return function*(){…program…}})`. The generator's result is the completion value.
 */
export function rewriteProgram(rewriter: Rewriter, program: SyntaxNode): void {
  const { edits, prompt } = rewriter
  const [run, task, flags, value] = ['r', 'T', 'f', 'v'].map((letter) => rewriter.name(letter))
  const locals = new Locals()
  const context: Context = {
    mode: 'yield',
    reason: '',
    facts: null,
    locals,
    program: true,
    completion: true,
    parameters: false,
  }
  const shebang = /^#!.*/.exec(rewriter.source)?.[0] ?? ''
  const head = edits.replace(0, shebang.length, [])
  const strict = program.body.some((statement: SyntaxNode) => statement.directive === 'use strict')
  for (const statement of program.body) {
    if (hasCompletion(statement)) edits.insert(statement.start, `${value}=void 0;`)
    programStatement(rewriter, statement, context)
  }
  const names = [...rewriter.declared].map((name) => JSON.stringify(name)).join()
  const functions = [...rewriter.functions]
    .map((name) => `${name}=${run}.named(${JSON.stringify(name)},${rewriter.name(`_${name}`)});`)
    .join('')
  const declare = prompt && names !== '' ? `${run}.declare([${names}]);${functions}` : ''
  head.parts = [
    `(function(${run}){${strict ? '"use strict";' : ''}const ${task}=${run}.Task,${flags}=${run}.flags;`,
    `return function*(){let ${value};${locals.declaration(rewriter)}${declare}`,
  ]
  const settle =
    prompt && givesValue(program)
      ? `if(${value} instanceof Promise||typeof ${value}?.then==='function')${value}=yield ${value};`
      : ''
  edits.insert(rewriter.source.length, `\n;${settle}return ${value}}})`)
}

/** Whether a promise that the program ends with is to be shown by its result: when nobody keeps it for later. */
function givesValue({ body }: SyntaxNode): boolean {
  const last = body.at(-1)
  return last?.type !== 'ExpressionStatement' || last.expression.type !== 'AssignmentExpression'
}

/** Compound statements start with an empty value, as `if (false) 1` after `2` gives undefined. */
function hasCompletion({ type }: SyntaxNode): boolean {
  return /^(If|For|ForIn|ForOf|While|DoWhile|Switch|Try|With)Statement$/.test(type)
}

function programStatement(rewriter: Rewriter, statement: SyntaxNode, context: Context): void {
  switch (statement.type) {
    case 'ImportDeclaration':
      importDeclaration(rewriter, statement)
      return
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration':
    case 'ExportAllDeclaration':
      throw new TransformError('export has no meaning here: nobody can import a prompt or a script', statement.start)
  }
  if (!rewriter.prompt) {
    rewriter.visit(statement, context)
    return
  }
  const { edits } = rewriter
  switch (statement.type) {
    case 'VariableDeclaration':
      assignVariables(rewriter, statement, context)
      if (rewriter.source[statement.end - 1] !== ';') edits.insert(statement.end, ';')
      return
    case 'FunctionDeclaration': {
      const { id } = statement
      rewriter.declared.add(id.name)
      rewriter.functions.add(id.name)
      // A function of its own name would hide a later version of itself from those who call it.
      edits.replace(id.start, id.end, [rewriter.name(`_${id.name}`)])
      rewriter.visit(statement, context)
      return
    }
    case 'ClassDeclaration':
      rewriter.declared.add(statement.id.name)
      edits.insert(statement.start, `${statement.id.name}=`)
      rewriter.visit(statement, context)
      edits.insert(statement.end, ';')
      return
  }
  rewriter.visit(statement, context)
}

/** `import a, {b as c} from 'x'` → `({default:a,b:c}=run.imported(yield import('x'),["default","b"],"x"))` */
function importDeclaration(rewriter: Rewriter, node: SyntaxNode): void {
  const { edits, prompt, source } = rewriter
  const from = source.slice(node.source.start, node.source.end)
  const names: string[] = []
  const pairs: string[] = []
  let whole = ''
  for (const specifier of node.specifiers) {
    if (specifier.type === 'ImportNamespaceSpecifier') {
      whole = specifier.local.name
      continue
    }
    const imported = specifier.type === 'ImportDefaultSpecifier' ? 'default' : importedName(specifier)
    names.push(JSON.stringify(imported))
    pairs.push(`${JSON.stringify(imported)}:${specifier.local.name}`)
  }
  if (prompt) for (const { local } of node.specifiers) rewriter.declared.add(local.name)
  const attributes = node.attributes?.length
    ? `,{with:{${node.attributes.map((one: SyntaxNode) => source.slice(one.start, one.end)).join()}}}`
    : ''
  const loaded = `${rewriter.name('r')}.imported(yield import(${from}${attributes}),[${names.join()}],${from})`
  const declare = prompt ? '' : 'const '
  let text = ''
  if (whole === '' && pairs.length === 0) text = `${loaded};`
  if (whole !== '') text += `${declare}${whole}=${loaded};`
  if (pairs.length > 0) {
    const pattern = `{${pairs.join()}}`
    text += prompt ? `(${pattern}=${whole || loaded});` : `const ${pattern}=${whole || loaded};`
  }
  edits.replace(node.start, node.end, [text], node.source.start)
}

function importedName({ imported }: SyntaxNode): string {
  return imported.type === 'Identifier' ? imported.name : imported.value
}
