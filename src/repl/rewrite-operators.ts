/** `/`, `/=`, `*`, `*=`, `in` and `delete`: through the run-time, which knows packets; plain numbers take a short way. */
import type { Context, Rewriter, Visitor } from './rewriter.js'
import { type SyntaxNode, skipBlank } from './syntax.js'

const FUNCTIONS: Record<string, string> = { '/': 'divide', '*': 'multiply', '/=': 'divide', '*=': 'multiply' }

const binary: Visitor = (rewriter, node, context) => {
  if (node.operator === '/' || node.operator === '*') rewriteArithmetic(rewriter, node, context)
  else if (node.operator === 'in' && node.left.type !== 'PrivateIdentifier') rewriteIn(rewriter, node, context)
  else rewriter.visitChildren(node, context)
}

function rewriteArithmetic(rewriter: Rewriter, node: SyntaxNode, context: Context): void {
  const { edits } = rewriter
  const { left, right, operator } = node
  if (neverPacket(left) && neverPacket(right)) {
    rewriter.visitChildren(node, context)
    return
  }
  const run = `${rewriter.name('r')}.${FUNCTIONS[operator]}`
  const operatorAt = skipBlank(rewriter.source, left.end, ')')
  if (isSimple(left) && isSimple(right)) {
    const [a, b] = [left, right].map((side) => rewriter.source.slice(side.start, side.end))
    const tests = [left, right].filter((side) => !neverPacket(side))
    const test = tests.map((side) => `typeof ${rewriter.source.slice(side.start, side.end)}==="number"`).join('&&')
    edits.insert(node.start, `(${test}?`)
    edits.insert(node.end, `:${run}(${a},${b}))`, operatorAt)
    return
  }
  if (context.locals === null) {
    edits.insert(node.start, `${run}(`, operatorAt)
    rewriter.visit(left, context)
    edits.replace(operatorAt, operatorAt + 1, [','])
    rewriter.visit(right, context)
    edits.insert(node.end, ')')
    return
  }
  const a = rewriter.name(context.locals.take())
  edits.insert(node.start, `(${a}=`, left.start)
  rewriter.visit(left, context)
  const bare = skipBlank(rewriter.source, operatorAt + 1) === right.start
  if (bare && right.type === 'Literal' && typeof right.value === 'number') {
    edits.replace(operatorAt, right.end, [
      `,typeof ${a}==="number"?${a}${operator}${right.raw}:${run}(${a},${right.raw})`,
    ])
    edits.insert(node.end, ')')
    context.locals.release(1)
    return
  }
  const b = rewriter.name(context.locals.take())
  // V8 names the assignment when reading the operand fails, so this text stands for the operand.
  edits.replace(operatorAt, operatorAt + 1, [`,${b}=`], right.start)
  rewriter.visit(right, context)
  edits.insert(node.end, `,${chosen(a, b, operator, run)})`, operatorAt)
  context.locals.release(2)
}

function rewriteIn(rewriter: Rewriter, node: SyntaxNode, context: Context): void {
  const { edits } = rewriter
  const operatorAt = skipBlank(rewriter.source, node.left.end, ')')
  edits.insert(node.start, `${rewriter.name('r')}.isIn(`, operatorAt)
  rewriter.visit(node.left, context)
  edits.replace(operatorAt, operatorAt + 2, [','])
  rewriter.visit(node.right, context)
  edits.insert(node.end, ')')
}

const assignment: Visitor = (rewriter, node, context) => {
  const { left, right } = node
  const operator = node.operator === '/=' ? '/' : node.operator === '*=' ? '*' : ''
  if (left.type === 'Identifier' && rewriter.constants.has(left.name)) {
    const { edits } = rewriter
    edits.insert(right.start, `${rewriter.name('r')}.constant("${left.name}",`, left.start)
    rewriter.visit(right, context)
    edits.insert(node.end, ')')
    return
  }
  const superTarget = left.type === 'MemberExpression' && left.object.type === 'Super'
  if (operator === '' || superTarget) {
    rewriter.visitChildren(node, context)
    return
  }
  const { edits } = rewriter
  const run = `${rewriter.name('r')}.${FUNCTIONS[operator]}`
  const operatorAt = skipBlank(rewriter.source, left.end, ')')
  if (left.type === 'Identifier') {
    if (context.locals === null || isSimple(right)) {
      edits.replace(operatorAt, operatorAt + 2, [`=${run}(${left.name},`])
      rewriter.visit(right, context)
      edits.insert(node.end, ')', operatorAt)
      return
    }
    const [a, b] = [context.locals.take(), context.locals.take()].map((number) => rewriter.name(number))
    edits.replace(operatorAt, operatorAt + 2, [`=(${a}=${left.name},${b}=`], right.start)
    rewriter.visit(right, context)
    edits.insert(node.end, `,${chosen(a, b, operator, run)})`, operatorAt)
    context.locals.release(2)
    return
  }
  rewriteMemberAssignment(rewriter, node, context, operatorAt, run)
}

/** `o[k] /= v` → `(1=o)[2=k]=run(1[2],v)`; without local variables through one call of the run-time. */
function rewriteMemberAssignment(
  rewriter: Rewriter,
  node: SyntaxNode,
  context: Context,
  operatorAt: number,
  run: string,
): void {
  const { edits, source } = rewriter
  const { left, right } = node
  const { object, property, computed } = left
  const separator = skipBlank(source, object.end, ')')
  if (context.locals === null) {
    const operator = run.endsWith('divide') ? 'divideMember' : 'multiplyMember'
    edits.insert(node.start, `${rewriter.name('r')}.${operator}(`, operatorAt)
    rewriter.visit(object, context)
    edits.replace(separator, separator + 1, [computed ? ',' : `,"${property.name}"`])
    if (computed) rewriter.visit(property, context)
    edits.replace(computed ? skipBlank(source, property.end, ')') : property.start, operatorAt + 2, [','])
    rewriter.visit(right, context)
    edits.insert(node.end, ')')
    return
  }
  const base = rewriter.name(context.locals.take())
  edits.insert(left.start, `(${base}=`)
  rewriter.visit(object, context)
  edits.insert(separator, ')')
  let taken = 1
  let member = `${base}.${source.slice(property.start, property.end)}`
  if (computed) {
    const key = rewriter.name(context.locals.take())
    taken++
    edits.insert(separator + 1, `${key}=(`)
    rewriter.visit(property, context)
    edits.insert(skipBlank(source, property.end, ')'), ')')
    member = `${base}[${key}]`
  }
  edits.replace(operatorAt, operatorAt + 2, [`=${run}(${member},`])
  rewriter.visit(right, context)
  edits.insert(node.end, ')', operatorAt)
  context.locals.release(taken)
}

const unary: Visitor = (rewriter, node, context) => {
  const { argument } = node
  const member = argument.type === 'MemberExpression' && argument.object.type !== 'Super'
  if (node.operator !== 'delete' || !member || argument.property.type === 'PrivateIdentifier') {
    rewriter.visitChildren(node, context)
    return
  }
  const { edits, source } = rewriter
  const { object, property, computed } = argument
  const separator = skipBlank(source, object.end, ')')
  edits.replace(node.start, node.start + 'delete'.length, [`${rewriter.name('r')}.remove(`], property.start)
  rewriter.visit(object, context)
  edits.replace(separator, separator + 1, [computed ? ',' : `,"${property.name}"`])
  if (computed) {
    rewriter.visit(property, context)
    const end = skipBlank(source, property.end, ')')
    edits.replace(end, end + 1, [''])
  } else {
    edits.replace(property.start, property.end, [''])
  }
  edits.insert(node.end, ')')
}

const update: Visitor = (rewriter, node, context) => {
  const { argument } = node
  if (argument.type !== 'Identifier' || !rewriter.constants.has(argument.name)) {
    rewriter.visit(argument, context)
    return
  }
  const refusal = `${rewriter.name('r')}.constant("${argument.name}")`
  rewriter.edits.replace(node.start, node.end, [refusal], argument.start)
}

function chosen(a: string, b: string, operator: string, run: string): string {
  return `typeof ${a}==="number"&&typeof ${b}==="number"?${a}${operator}${b}:${run}(${a},${b})`
}

/** Whether reading the expression twice is the same as reading it once. */
function isSimple(node: SyntaxNode): boolean {
  return node.type === 'Identifier' ? node.name !== 'arguments' : node.type === 'Literal' && !node.regex
}

/** Whether the value can be neither a packet or layer nor anything that one can be stacked on (text, bytes). */
function neverPacket(node: SyntaxNode): boolean {
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'number' || typeof node.value === 'bigint'
    case 'UpdateExpression':
      return true
    case 'UnaryExpression':
      return node.operator !== 'void'
    case 'BinaryExpression':
      return !['/', '+'].includes(node.operator)
  }
  return false
}

export const operatorVisitors: Record<string, Visitor> = {
  BinaryExpression: binary,
  AssignmentExpression: assignment,
  UnaryExpression: unary,
  UpdateExpression: update,
}
