/** Statements inside a program or function: ends of statements, loops, `try`, `var`. */
import { declaredNames } from './analysis.js'
import type { Context, Rewriter, Visitor } from './rewriter.js'
import { type SyntaxNode, shortText } from './syntax.js'

const expressionStatement: Visitor = (rewriter, node, context) => {
  const { edits, source } = rewriter
  if (context.completion) edits.insert(node.start, `${rewriter.name('v')}=(`)
  rewriter.visit(node.expression, context)
  if (context.completion) edits.insert(source[node.end - 1] === ';' ? node.end - 1 : node.end, ')')
  endStatement(rewriter, node)
}

const simpleStatement: Visitor = (rewriter, node, context) => {
  rewriter.visitChildren(node, context)
  endStatement(rewriter, node)
}

const jump: Visitor = (rewriter, node) => endStatement(rewriter, node)

/** Ends a statement with a semicolon, since what we put before the next one could continue it. */
function endStatement({ edits, source }: Rewriter, node: SyntaxNode): void {
  if (source[node.end - 1] !== ';') edits.insert(node.end, ';')
}

const labeled: Visitor = (rewriter, node, context) => rewriter.visit(node.body, context)

const variableDeclaration: Visitor = (rewriter, node, context) => {
  if (isAssignment(rewriter, node, context)) assignVariables(rewriter, node, context)
  else rewriter.visitAll(node.declarations, context)
  endStatement(rewriter, node)
}

/** Whether a `var` becomes an assignment: at the prompt it is global. */
function isAssignment(rewriter: Rewriter, node: SyntaxNode, { program }: Context): boolean {
  return node.kind === 'var' && program && rewriter.prompt
}

/** Rewrites a declaration as assignments to names that are declared elsewhere. */
export function assignVariables(rewriter: Rewriter, node: SyntaxNode, context: Context): void {
  const { edits } = rewriter
  for (const name of declaredNames(node)) rewriter.declared.add(name)
  edits.replace(node.start, node.declarations[0].start, [''])
  for (const declarator of node.declarations) {
    if (declarator.init || node.kind !== 'var') edits.insert(declarator.start, '(')
    if (declarator.init || node.kind !== 'var') rewriter.visit(declarator.id, context)
    else edits.replace(declarator.start, declarator.end, ['void 0'])
    if (declarator.init) {
      rewriter.visit(declarator.init, context)
      edits.insert(declarator.end, ')')
    } else if (node.kind !== 'var') {
      edits.insert(declarator.end, '=void 0)')
    }
  }
}

function visitHead(rewriter: Rewriter, node: SyntaxNode | null, context: Context): void {
  if (node?.type !== 'VariableDeclaration') rewriter.visit(node, context)
  else if (isAssignment(rewriter, node, context)) assignVariables(rewriter, node, context)
  else rewriter.visitAll(node.declarations, context)
}

const forStatement: Visitor = (rewriter, node, context) => {
  visitHead(rewriter, node.init, context)
  rewriter.visit(node.test, context)
  rewriter.visit(node.update, context)
  loopBody(rewriter, node.body, context)
}

const forIn: Visitor = (rewriter, node, context) => {
  eachHead(rewriter, node, context)
  rewriter.visit(node.right, context)
  loopBody(rewriter, node.body, context)
}

/** The head of `for…in` and of a `for…of` that cannot wait. */
function eachHead(rewriter: Rewriter, node: SyntaxNode, context: Context): void {
  const { left } = node
  if (left.type !== 'VariableDeclaration' || !isAssignment(rewriter, left, context)) {
    rewriter.visit(left.type === 'VariableDeclaration' ? left.declarations[0].id : left, context)
    return
  }
  for (const name of declaredNames(left)) rewriter.declared.add(name)
  rewriter.edits.replace(left.start, left.declarations[0].start, [''])
  rewriter.visit(left.declarations[0].id, context)
}

/**
 * `for (const x of xs) body` → `for (const i of run.live(xs,"xs")) {let e=i;…wait…;const x=e;body}`, so that live streams
 * can be waited for. The target moves into the body.
 */
const forOf: Visitor = (rewriter, node, context) => {
  const waits = (context.mode === 'yield' || context.mode === 'await') && context.locals !== null
  if (!waits || (node.await && context.mode === 'await')) {
    eachHead(rewriter, node, context)
    rewriter.visit(node.right, context)
    loopBody(rewriter, node.body, context)
    return
  }
  const { edits, source } = rewriter
  const { left, right, body } = node
  const [run, item, element] = ['r', 'i', 'e'].map((letter) => rewriter.name(letter))
  if (node.await) edits.replace(source.indexOf('await', node.start), source.indexOf('await', node.start) + 5, [''])
  edits.replace(left.start, left.end, [`const ${item} `])
  const declares = left.type === 'VariableDeclaration'
  const target = declares ? left.declarations[0].id : left
  rewriter.visit(target, context)
  edits.insert(right.start, `${run}.live(`)
  rewriter.visit(right, context)
  edits.insert(right.end, `,${JSON.stringify(shortText(source, right))}${node.await ? ',true' : ''})`)
  const wait = context.mode === 'await' ? 'await' : 'yield'
  const next = `let ${element}=${item};if(${element} instanceof ${run}.Pending&&(${element}=${wait} ${element})===${run}.END)break;`
  const range = { from: target.start, to: target.end }
  const keyword = declares && !isAssignment(rewriter, left, context) ? `${left.kind} ` : ''
  if (declares && keyword === '') for (const name of declaredNames(left)) rewriter.declared.add(name)
  const assign = keyword === '' ? ['(', range, `=${element});`] : [keyword, range, `=${element};`]
  edits.replace(body.start, body.start, [`{${checkpoint(rewriter, context)}${next}`, ...assign])
  rewriter.visit(body, context)
  edits.insert(body.end, '}')
}

const whileStatement: Visitor = (rewriter, node, context) => {
  rewriter.visit(node.test, context)
  loopBody(rewriter, node.body, context)
}

const doWhile: Visitor = (rewriter, node, context) => {
  loopBody(rewriter, node.body, context)
  rewriter.visit(node.test, context)
  endStatement(rewriter, node)
}

function loopBody(rewriter: Rewriter, body: SyntaxNode, context: Context): void {
  const { edits } = rewriter
  const check = checkpoint(rewriter, context)
  if (body.type === 'BlockStatement') {
    edits.insert(body.start + 1, check)
    rewriter.visit(body, context)
    return
  }
  edits.insert(body.start, `{${check}`)
  rewriter.visit(body, context)
  edits.insert(body.end, '}')
}

/** Lets Ctrl-C in: every loop looks at a flag; where it can, it also lets the event loop run now and then. */
function checkpoint(rewriter: Rewriter, { mode, locals }: Context): string {
  const run = rewriter.name('r')
  const flagged = `${rewriter.name('f')}[0]`
  if (mode !== 'yield' || locals === null) return `if(${flagged})${run}.stop();`
  locals.counter = true
  return `if(${flagged}?${run}.look():(++${rewriter.name('k')}&63)===0&&${run}.due())yield ${run}.pause();`
}

/** `catch` hands on an interrupt; `finally` may wait even after one. */
const tryStatement: Visitor = (rewriter, node, context) => {
  const { edits, source } = rewriter
  const { block, handler, finalizer } = node
  const run = rewriter.name('r')
  rewriter.visit(block, context)
  if (handler) {
    const { param, body } = handler
    const error = rewriter.name('c')
    let first = `${run}.caught(${error});`
    let moved: { from: number; to: number } | null = null
    if (!param) {
      edits.insert(source.indexOf('catch', block.end) + 'catch'.length, `(${error})`)
    } else if (param.type === 'Identifier') {
      first = `${run}.caught(${param.name});`
    } else {
      edits.replace(param.start, param.end, [error])
      rewriter.visit(param, context)
      moved = { from: param.start, to: param.end }
    }
    const parts = moved ? [`${first}let `, moved, `=${error};`] : [first]
    edits.replace(body.start + 1, body.start + 1, parts)
    rewriter.visit(body, context)
  }
  if (finalizer) {
    const shield = rewriter.name('d')
    edits.insert(finalizer.start + 1, `const ${shield}=${run}.shield();try{`)
    rewriter.visit(finalizer, { ...context, completion: false })
    edits.insert(finalizer.end - 1, `}finally{${run}.unshield(${shield})}`)
  }
}

export const statementVisitors: Record<string, Visitor> = {
  ExpressionStatement: expressionStatement,
  VariableDeclaration: variableDeclaration,
  ReturnStatement: simpleStatement,
  ThrowStatement: simpleStatement,
  BreakStatement: jump,
  ContinueStatement: jump,
  DebuggerStatement: jump,
  LabeledStatement: labeled,
  ForStatement: forStatement,
  ForInStatement: forIn,
  ForOfStatement: forOf,
  WhileStatement: whileStatement,
  DoWhileStatement: doWhile,
  TryStatement: tryStatement,
}
