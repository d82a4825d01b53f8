/** Functions and classes: a function that may wait becomes a generator inside, run by the run-time. */

import type { FunctionFacts } from './analysis.js'
import { standsIn } from './rewrite-calls.js'
import { type Context, Locals, neverWaiting, type Rewriter, type Visitor } from './rewriter.js'
import { afterDirectives, type SyntaxNode, skipBlank } from './syntax.js'

/**
 * A function that may wait becomes a function that hands its parameters to a generator of the same body:
 *
 *     function f(a, b = 1) {…}   →   function f(p1){return run.go(g.apply(this,arguments))}function*g(a, b = 1) {…}
 *     (a) => …                   →   (p1)=>run.go((g??=function*(a) {return(…)})(p1))
 *
 * The generator function is made once for each function, not for each call: making one costs 50 times a call.
 */
const anyFunction: Visitor = (rewriter, node, context) => {
  const facts = rewriter.analysis.facts.get(node)
  if (!facts) return
  const waits = facts.mode === 'yield'
  const end = waits ? openGenerator(rewriter, node, facts, context) : ''
  rewriter.visitAll(node.params, neverWaiting('a default parameter', facts, !(waits && facts.arrow)))
  const locals = new Locals()
  const { mode, reason } = facts
  const inside: Context = { mode, reason, facts, locals, program: false, completion: false, parameters: false }
  if (node.body.type === 'BlockStatement') functionBody(rewriter, node, facts, inside, locals)
  else arrowExpression(rewriter, node, facts, inside, locals)
  rewriter.edits.insert(node.end, end)
}

/** Writes what stands before the parameters of the generator. Returns what stands behind its body. */
function openGenerator(rewriter: Rewriter, node: SyntaxNode, facts: FunctionFacts, context: Context): string {
  const run = `return ${rewriter.name('r')}.go(`
  const { names, hasMore } = placeholders(rewriter, node)
  const standIns = facts.usesNewTarget || facts.usesSuper
  const strict = isStrict(node) ? '"use strict";' : ''
  if (node.type === 'FunctionDeclaration' && !standIns && !facts.bare) {
    const generator = rewriter.name(`${node.id.name}_`)
    const head = `(${names.join()}){${strict}${run}${generator}.apply(this,arguments),new.target)}function*${generator}`
    rewriter.edits.insert(node.id.end, head)
    return ''
  }
  const [before, opening, closing, after] = memory(rewriter, node, facts, context, standIns)
  rewriter.edits.insert(node.start, before)
  if (!facts.arrow) {
    const isMethod = rewriter.source[node.start] === '('
    const keyword = isMethod ? node.start : node.start + 'function'.length
    const parenthesis = skipBlank(rewriter.source, node.id?.end ?? keyword)
    const declarations = strict + outerStandIns(rewriter, facts)
    rewriter.edits.insert(parenthesis, `(${names.join()}){${declarations}${run}${opening}function*`)
    return `${closing}.apply(this,arguments)${facts.constructible ? ',new.target' : ''})}${after}`
  }
  const rest = hasMore ? [...names, `...${rewriter.name('p')}`] : names
  const parenthesised = rewriter.source[node.start] === '('
  const head = `(${rest.join()})=>${rewriter.name('r')}.go(${opening}function*${parenthesised ? '' : '('}`
  rewriter.edits.insert(node.start, head)
  const call = facts.usesThis ? `.call(${['this', ...rest].join()})` : `(${rest.join()})`
  return `${closing}${call})${after}`
}

/** How a generator function is kept: before the function, before and behind the generator function, behind the function. */
function memory(
  rewriter: Rewriter,
  node: SyntaxNode,
  facts: FunctionFacts,
  { locals }: Context,
  standIns: boolean,
): [string, string, string, string] {
  // Inside a stand-in declaration of the outer function it depends on the call.
  if (standIns && !facts.arrow) return ['', '', '', '']
  if (locals && facts.once) return ['', `(${rewriter.name(locals.keep())}??=`, ')', '']
  const isMethod = node.type === 'FunctionExpression' && rewriter.source[node.start] === '('
  if (isMethod || node.type === 'FunctionDeclaration') return ['', '', '', '']
  const variable = rewriter.name('g')
  return [`(${variable}=>`, `(${variable}??=`, ')', ')()']
}

/** Parameters that keep `length` right. `hasMore` when others follow: with defaults, or a rest. */
function placeholders(rewriter: Rewriter, { params }: SyntaxNode): { names: string[]; hasMore: boolean } {
  const more = params.findIndex(({ type }: SyntaxNode) => type === 'AssignmentPattern' || type === 'RestElement')
  const plain = more === -1 ? params : params.slice(0, more)
  return { names: plain.map((_: SyntaxNode, index: number) => rewriter.name(`p${index + 1}`)), hasMore: more !== -1 }
}

function isStrict({ body }: SyntaxNode): boolean {
  return body.type === 'BlockStatement' && body.body.some(({ directive }: SyntaxNode) => directive === 'use strict')
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
  const waits = facts.mode === 'yield'
  if (waits && facts.arrow)
    edits.replace(arrowEnd(rewriter, node) - 2, arrowEnd(rewriter, node), closeParameters(rewriter, node))
  const head = edits.insert(start, '')
  for (const statement of body.body) if (statement.start >= start) rewriter.visit(statement, inside)
  const separator = start > body.start + 1 ? ';' : ''
  const outer = waits ? '' : outerStandIns(rewriter, facts)
  head.parts = [separator, outer, argumentsStandIn(rewriter, facts), locals.declaration(rewriter)]
}

function arrowExpression(
  rewriter: Rewriter,
  node: SyntaxNode,
  facts: FunctionFacts,
  inside: Context,
  locals: Locals,
): void {
  const { edits } = rewriter
  const waits = facts.mode === 'yield'
  const end = arrowEnd(rewriter, node)
  if (waits) edits.replace(end - 2, end, closeParameters(rewriter, node))
  const head = edits.insert(end, '')
  rewriter.visit(node.body, inside)
  const declaration = locals.declaration(rewriter)
  if (!waits && declaration === '') return
  head.parts = [`{${declaration}return(`]
  edits.insert(node.end, ')}')
}

/** What takes the place of `=>` when an arrow function becomes a generator function. */
function closeParameters({ source }: Rewriter, node: SyntaxNode): string[] {
  return [source[node.start] === '(' ? '' : ')']
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

/** `arguments` is not the same in the generator of an arrow function, so it gets a stand-in. */
function argumentsStandIn(rewriter: Rewriter, facts: FunctionFacts): string {
  const needed = !facts.arrow && facts.wrapsInside && facts.usesArguments
  return needed ? `const ${rewriter.name('a')}=arguments;` : ''
}

/** `super` and `new.target` cannot be written in a generator function, so they get stand-ins in the function around it. */
function outerStandIns(rewriter: Rewriter, facts: FunctionFacts): string {
  if (facts.arrow || !facts.wrapsInside) return ''
  let text = ''
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
