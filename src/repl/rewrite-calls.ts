/** Calls: they wait for a Task; callbacks of arrays may wait; optional chains keep their short circuit. */
import type { Context, Rewriter, Visitor } from './rewriter.js'
import { isFunction, type SyntaxNode, shortText, skipBlank } from './syntax.js'

const CALLBACK_METHODS = new Set(
  `map filter some every find findIndex findLast findLastIndex sort toSorted reduce reduceRight flatMap forEach`.split(
    ' ',
  ),
)
const TOGETHER = new Set(['all', 'race', 'any', 'allSettled'])

const call: Visitor = (rewriter, node, context) => {
  new Spine(rewriter, context, false).emit(node, '')
}

const chain: Visitor = (rewriter, node, context) => {
  emitChain(rewriter, node, context, '')
}

/** `before` is put at the head of what is evaluated when the chain is not cut short. */
export function emitChain(rewriter: Rewriter, node: SyntaxNode, context: Context, before: string): void {
  const { expression } = node
  const spine = new Spine(rewriter, context, context.locals !== null && needsSplit(rewriter, expression))
  const closers = spine.emit(expression, before)
  rewriter.edits.insert(node.end, ')'.repeat(closers))
  spine.release()
}

/** Whether something below the top of the chain is wrapped, which would end the short circuit too early. */
function needsSplit(rewriter: Rewriter, top: SyntaxNode): boolean {
  for (let node = top; ; ) {
    if (node.type === 'CallExpression') {
      if (isAdapted(rewriter, node)) return true
      if (node !== top && waits(rewriter, node)) return true
      node = node.callee
    } else if (node.type === 'MemberExpression') {
      node = node.object
    } else {
      return false
    }
  }
}

function waits(rewriter: Rewriter, node: SyntaxNode): boolean {
  return rewriter.analysis.mayWait(node) && !rewriter.unawaited.has(node)
}

/** Whether the call is one of an array method whose callback may wait. */
function isAdapted(rewriter: Rewriter, node: SyntaxNode): boolean {
  const { callee } = node
  if (callee.type !== 'MemberExpression' || callee.computed || callee.object.type === 'Super') return false
  if (!CALLBACK_METHODS.has(callee.property.name) || rewriter.unawaited.has(node)) return false
  const callback = node.arguments[0]
  if (!callback || callback.type === 'SpreadElement' || callback.type === 'Literal') return false
  if (rewriter.source[skipBlank(rewriter.source, callee.property.end)] !== '(') return false
  if (!isFunction(callback)) return true
  const facts = rewriter.analysis.facts.get(callback)
  return facts?.mode === 'yield' || handsOn(rewriter, callback)
}

/** Whether a function without waits of its own may return the Task of something that it calls last. */
function handsOn(rewriter: Rewriter, callback: SyntaxNode): boolean {
  if (callback.async || callback.generator) return false
  for (const tail of rewriter.analysis.tails) {
    if (tail.start >= callback.start && tail.end <= callback.end) return true
  }
  return false
}

/** Emits the callee-and-object side of calls and members, from the outermost call inwards. */
class Spine {
  readonly #rewriter: Rewriter
  readonly #context: Context
  readonly #split: boolean
  /** Variables that hold the objects of optional parts; free again when the whole chain is done. */
  #taken = 0

  constructor(rewriter: Rewriter, context: Context, split: boolean) {
    this.#rewriter = rewriter
    this.#context = context
    this.#split = split
  }

  release(): void {
    this.#context.locals?.release(this.#taken)
  }

  /** Emits `node` with `before` at its head. Returns how many parentheses of optional parts are still open. */
  emit(node: SyntaxNode, before: string): number {
    if (node.type === 'CallExpression') return this.#call(node, before)
    if (node.type === 'MemberExpression' && node.object.type !== 'Super') return this.#member(node, before)
    this.#rewriter.edits.insert(node.start, before)
    this.#rewriter.visit(node, this.#context)
    return 0
  }

  #member(node: SyntaxNode, before: string): number {
    const { edits, source } = this.#rewriter
    let open: number
    if (node.optional && this.#split) {
      const base = this.#take()
      edits.insert(node.start, `((${base}=`)
      const inner = this.emit(node.object, '')
      const at = skipBlank(source, node.object.end, ')')
      const dot = node.computed ? '' : '.'
      edits.replace(at, at + 2, [`${')'.repeat(inner)})==null?void 0:${before}${base}${dot}`])
      open = 1
    } else {
      open = this.#under(node, node.object, before)
    }
    if (node.computed) this.#rewriter.visit(node.property, this.#context)
    return open
  }

  /** Emits `inner`, the head of `node`, with `before` put where `node` begins to be evaluated. */
  #under(node: SyntaxNode, inner: SyntaxNode, before: string): number {
    if (this.#split && hasOptional(inner)) return this.emit(inner, before)
    this.#rewriter.edits.insert(node.start, before)
    return this.emit(inner, '')
  }

  #call(node: SyntaxNode, outerBefore: string): number {
    const rewriter = this.#rewriter
    const { edits, source } = rewriter
    const { callee } = node
    const [opening, closing] = waits(rewriter, node) ? waitingParts(rewriter, node, this.#context) : ['', '']
    const before = outerBefore + opening
    let open = 0
    if (isTogether(rewriter, node)) {
      for (const argument of node.arguments) markUnawaited(rewriter, argument)
      edits.insert(node.start, before)
      if (callee.type === 'MemberExpression') {
        edits.replace(callee.start, callee.end, [`${rewriter.name('r')}.${callee.property.name}`], callee.start)
      }
    } else if (callee.type === 'MemberExpression' && isAdapted(rewriter, node)) {
      open = this.#adapted(node, before)
    } else if (node.optional && this.#split) {
      open = this.#optionalCall(node, before)
    } else if (isSuperMember(callee) && standsIn(this.#context)) {
      edits.insert(node.start, before)
      rewriter.visit(callee, this.#context)
      const at = skipBlank(source, callee.end)
      edits.replace(at, at + 1, [`.call(this${node.arguments.length > 0 ? ',' : ''}`])
    } else {
      open = this.#under(node, callee, before)
    }
    rewriter.visitAll(node.arguments, this.#context)
    const label = jobLabel(rewriter, node)
    if (label !== null) edits.insert(node.arguments[0].end, `,${JSON.stringify(label)}`)
    edits.insert(node.end, closing)
    return open
  }

  /** `xs.map(f)` → `run.call(xs,"map","xs.map",f)` */
  #adapted(node: SyntaxNode, before: string): number {
    const rewriter = this.#rewriter
    const { edits, source } = rewriter
    const { callee } = node
    const text = JSON.stringify(shortText(source, callee))
    const opening = `${rewriter.name('r')}.call(`
    const dot = skipBlank(source, callee.object.end, ')')
    const parenthesis = skipBlank(source, callee.property.end)
    const middle = `,"${callee.property.name}",${text},`
    if (this.#split && callee.optional) {
      const base = this.#take()
      edits.insert(node.start, `((${base}=`)
      const inner = this.emit(callee.object, '')
      edits.replace(
        dot,
        parenthesis + 1,
        [`${')'.repeat(inner)})==null?void 0:${before}${opening}${base}${middle}`],
        callee.property.start,
      )
      return 1
    }
    const split = this.#split && hasOptional(callee.object)
    if (!split) edits.insert(node.start, before + opening, callee.property.start)
    const open = this.emit(callee.object, split ? before + opening : '')
    edits.replace(dot, parenthesis + 1, [middle], callee.property.start)
    return open
  }

  /** `a.b?.(x)` → `((2=(1=a).b)==null?void 0:2.call(1,x))`; `f?.(x)` needs no `this`. */
  #optionalCall(node: SyntaxNode, before: string): number {
    const rewriter = this.#rewriter
    const { edits, source } = rewriter
    const { callee } = node
    const held = this.#take()
    edits.insert(node.start, `((${held}=`)
    let inner = 0
    let receiver = ''
    if (callee.type === 'MemberExpression' && callee.object.type !== 'Super' && !callee.optional) {
      receiver = this.#take()
      const opening = `(${receiver}=`
      if (hasOptional(callee.object)) inner = this.emit(callee.object, opening)
      else {
        edits.insert(callee.start, opening)
        this.emit(callee.object, '')
      }
      edits.insert(skipBlank(source, callee.object.end, ')'), ')')
      if (callee.computed) rewriter.visit(callee.property, this.#context)
    } else {
      inner = this.emit(callee, '')
      if (callee.type === 'MemberExpression' && callee.optional) receiver = this.#lastBase
    }
    const at = skipBlank(source, callee.end, ')')
    const parenthesis = skipBlank(source, at + 2)
    const start = receiver ? `${held}.call(${receiver}${node.arguments.length > 0 ? ',' : ''}` : `${held}(`
    edits.replace(at, parenthesis + 1, [`${')'.repeat(inner)})==null?void 0:${before}${start}`])
    return 1
  }

  #lastBase = ''

  #take(): string {
    this.#taken++
    this.#lastBase = this.#rewriter.name(this.#context.locals?.take() ?? 0)
    return this.#lastBase
  }
}

function hasOptional(node: SyntaxNode): boolean {
  for (let part = node; ; ) {
    if (part.optional) return true
    if (part.type === 'CallExpression') part = part.callee
    else if (part.type === 'MemberExpression') part = part.object
    else return false
  }
}

/** What is put before and behind an expression so that its Task is waited for. */
function waitingParts(rewriter: Rewriter, node: SyntaxNode, context: Context): [string, string] {
  const result = rewriter.name('t')
  const { mode, locals } = context
  if (mode === 'plain') return ['', '']
  if (mode === 'never' || locals === null) {
    const text = JSON.stringify(shortText(rewriter.source, node.callee ?? node.tag))
    return [`${rewriter.name('r')}.no(`, `,${text},${JSON.stringify(context.reason)})`]
  }
  locals.result = true
  const wait = mode === 'await' ? 'await' : 'yield'
  return [`((${result}=`, `)instanceof ${rewriter.name('T')}?${wait} ${result}:${result})`]
}

/** Promise.all and its like, and bg(): what is given to them runs side by side. */
function isTogether({ analysis, source }: Rewriter, { callee, optional }: SyntaxNode): boolean {
  if (optional) return false
  if (callee.type === 'Identifier') return callee.name === 'bg'
  if (callee.type !== 'MemberExpression' || callee.computed || callee.optional) return false
  const { object, property } = callee
  const promise = object.type === 'Identifier' && object.name === 'Promise' && !analysis.bound.has('Promise')
  return promise && TOGETHER.has(property.name) && source[callee.start] === 'P'
}

/** What a job is called that has no name of its own: the text of its call. */
function jobLabel({ analysis, source }: Rewriter, { callee, arguments: given }: SyntaxNode): string | null {
  if (callee.type !== 'Identifier' || callee.name !== 'bg' || analysis.bound.has('bg')) return null
  if (given.length !== 1 || given[0].type === 'SpreadElement') return null
  return shortText(source, given[0], 40)
}

function markUnawaited(rewriter: Rewriter, node: SyntaxNode | null): void {
  switch (node?.type) {
    case 'CallExpression':
    case 'TaggedTemplateExpression':
      rewriter.unawaited.add(node)
      break
    case 'ChainExpression':
      markUnawaited(rewriter, node.expression)
      break
    case 'ArrayExpression':
      for (const element of node.elements) markUnawaited(rewriter, element)
      break
    case 'SpreadElement':
      markUnawaited(rewriter, node.argument)
      break
    case 'ConditionalExpression':
      markUnawaited(rewriter, node.consequent)
      markUnawaited(rewriter, node.alternate)
      break
  }
}

const taggedTemplate: Visitor = (rewriter, node, context) => {
  const [opening, closing] = waits(rewriter, node) ? waitingParts(rewriter, node, context) : ['', '']
  rewriter.edits.insert(node.start, opening)
  rewriter.visit(node.tag, context)
  rewriter.visit(node.quasi, context)
  rewriter.edits.insert(node.end, closing)
}

const member: Visitor = (rewriter, node, context) => {
  if (!isSuperMember(node)) {
    rewriter.visit(node.object, context)
    if (node.computed) rewriter.visit(node.property, context)
    return
  }
  if (!standsIn(context)) {
    if (node.computed) rewriter.visit(node.property, context)
    return
  }
  const { edits, source } = rewriter
  const reference = rewriter.name('s')
  if (!node.computed) {
    edits.replace(node.start, node.end, [`${reference}("${node.property.name}").value`], node.property.start)
    return
  }
  const bracket = skipBlank(source, node.object.end)
  edits.replace(node.object.start, bracket + 1, [`${reference}(`])
  rewriter.visit(node.property, context)
  edits.replace(skipBlank(source, node.property.end, ')'), node.end, [').value'])
}

function isSuperMember(node: SyntaxNode): boolean {
  return node.type === 'MemberExpression' && node.object.type === 'Super'
}

/** Whether `super`, `arguments` and `new.target` are out of reach here, so that stand-ins are used. */
export function standsIn({ facts, parameters }: Context): boolean {
  return !parameters && facts?.owner?.wrapsInside === true
}

const awaitExpression: Visitor = (rewriter, node, context) => {
  if (context.mode !== 'yield') {
    rewriter.visitChildren(node, context)
    return
  }
  rewriter.edits.replace(node.start, node.start + 'await'.length, ['(yield '])
  rewriter.visit(node.argument, context)
  rewriter.edits.insert(node.end, ')')
}

export const callVisitors: Record<string, Visitor> = {
  CallExpression: call,
  ChainExpression: chain,
  TaggedTemplateExpression: taggedTemplate,
  MemberExpression: member,
  AwaitExpression: awaitExpression,
}
