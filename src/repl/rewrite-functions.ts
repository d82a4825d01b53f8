/** Functions and classes: a function that may wait becomes a generator inside, run by the run-time. */
import { standsIn } from './rewrite-calls.js'
import { type Context, Locals, neverWaiting, type Rewriter, type Visitor } from './rewriter.js'
import type { FunctionFacts } from './analysis.js'
import { afterDirectives, skipBlank, type SyntaxNode } from './syntax.js'

const anyFunction: Visitor = (rewriter, node) => {
  const facts = rewriter.analysis.facts.get(node)
  if (!facts) return
  const parameters = neverWaiting('a default parameter', facts, true)
  rewriter.visitAll(node.params, parameters)
  const locals = new Locals()
  const { mode, reason } = facts
  const inside: Context = {
    mode,
    reason,
    facts,
    locals,
    program: false,
    completion: false,
    parameters: false,
  }
  if (node.body.type === 'BlockStatement') functionBody(rewriter, node, facts, inside, locals)
  else arrowExpression(rewriter, node, facts, inside, locals)
}

function functionBody(
  rewriter: Rewriter,
  node: SyntaxNode,
  facts: FunctionFacts,
  inside: Context,
  locals: Locals,
): void {
  const { edits } = rewriter
  const { body } = node
  const start = afterDirectives(body.body, body.start + 1)
  const head = edits.insert(start, '')
  for (const statement of body.body) if (statement.start >= start) rewriter.visit(statement, inside)
  const separator = start > body.start + 1 ? ';' : ''
  const standIns = facts.arrow ? '' : standInDeclarations(rewriter, facts)
  const declaration = locals.declaration(rewriter)
  if (facts.mode !== 'yield') {
    head.parts = [separator + standIns + declaration]
    return
  }
  head.parts = [`${separator}${standIns}return ${rewriter.name('r')}.go(function*(){${declaration}`]
  edits.insert(body.end - 1, `}${callWithThis(facts)}${facts.constructible ? ',new.target' : ''})`)
}

function arrowExpression(
  rewriter: Rewriter,
  node: SyntaxNode,
  facts: FunctionFacts,
  inside: Context,
  locals: Locals,
): void {
  const { edits } = rewriter
  const head = edits.insert(arrowEnd(rewriter, node), '')
  rewriter.visit(node.body, inside)
  const declaration = locals.declaration(rewriter)
  if (facts.mode === 'yield') {
    head.parts = [`${rewriter.name('r')}.go(function*(){${declaration}return(`]
    edits.insert(node.end, `)}${callWithThis(facts)})`)
  } else if (declaration !== '') {
    head.parts = [`{${declaration}return(`]
    edits.insert(node.end, ')}')
  }
}

function callWithThis(facts: FunctionFacts): string {
  return facts.usesThis ? '.call(this)' : '()'
}

/** The place just behind `=>`. */
function arrowEnd({ source }: Rewriter, node: SyntaxNode): number {
  let place = node.params.at(-1)?.end ?? node.start
  for (;;) {
    place = skipBlank(source, place)
    if (source.startsWith('=>', place)) return place + 2
    place++
  }
}

/** `arguments`, `super` and `new.target` are not the same in the generator inside, so they get stand-ins. */
function standInDeclarations(rewriter: Rewriter, facts: FunctionFacts): string {
  if (!facts.wrapsInside) return ''
  let text = ''
  if (facts.usesArguments) text += `const ${rewriter.name('a')}=arguments;`
  if (facts.usesNewTarget) text += `const ${rewriter.name('n')}=new.target;`
  if (facts.usesSuper) {
    const reference = `${rewriter.name('r')}.superReference`
    text += `const ${rewriter.name('s')}=${reference}(k=>super[k],(k,v)=>{super[k]=v});`
  }
  return text
}

const identifier: Visitor = (rewriter, node, context) => {
  if (node.name === 'arguments' && standsIn(context)) {
    rewriter.edits.replace(node.start, node.end, [rewriter.name('a')])
  }
}

const metaProperty: Visitor = (rewriter, node, context) => {
  if (node.meta.name === 'new' && standsIn(context)) {
    rewriter.edits.replace(node.start, node.end, [rewriter.name('n')])
  }
}

const property: Visitor = (rewriter, node, context) => {
  if (node.computed) rewriter.visit(node.key, context)
  const shorthandArguments = node.shorthand && node.value.type === 'Identifier' && node.value.name === 'arguments'
  if (shorthandArguments && standsIn(context)) {
    rewriter.edits.replace(node.start, node.end, [`arguments:${rewriter.name('a')}`])
    return
  }
  rewriter.visit(node.value, context)
}

const methodDefinition: Visitor = (rewriter, node, context) => {
  if (node.computed) rewriter.visit(node.key, context)
  rewriter.visit(node.value, context)
}

const propertyDefinition: Visitor = (rewriter, node, context) => {
  if (node.computed) rewriter.visit(node.key, context)
  rewriter.visit(node.value, neverWaiting('a class field', null))
}

const staticBlock: Visitor = (rewriter, node) => {
  rewriter.visitAll(node.body, neverWaiting('a static block', null))
}

const classLike: Visitor = (rewriter, node, context) => {
  rewriter.visit(node.superClass, context)
  rewriter.visit(node.body, context)
}

export const functionVisitors: Record<string, Visitor> = {
  FunctionDeclaration: anyFunction,
  FunctionExpression: anyFunction,
  ArrowFunctionExpression: anyFunction,
  Identifier: identifier,
  MetaProperty: metaProperty,
  Property: property,
  MethodDefinition: methodDefinition,
  PropertyDefinition: propertyDefinition,
  StaticBlock: staticBlock,
  ClassDeclaration: classLike,
  ClassExpression: classLike,
}
