/** The user's own text of a function: what runs is a transformed copy of it. */
import { offsetOf, placeOf } from './edits.js'
import type { Evaluator } from './evaluate.js'
import type { SyntaxNode } from './syntax.js'
import { eachChild, isFunction } from './syntax.js'

/** A function or class as the user wrote it. */
export interface FunctionSource {
  /** The whole of it, with the statement that declares it. */
  text: string
  /** What stands in front of its body: `probe(host, {count = 2} = {})`. */
  signature: string
  /** The comment above it, or the first one inside, without its marks; empty where there is none. */
  comment: string
  /** Where it was written: a path, or `prompt-3`. */
  file: string
  /** Line in there, from 1. */
  line: number
}

/** The source of a function that was evaluated, or null: it is not the user's. */
export function sourceOfFunction(value: unknown, evaluator: Evaluator): FunctionSource | null {
  if (typeof value !== 'function') return null
  const compiled = Function.prototype.toString.call(value)
  for (const [file, text] of evaluator.sources()) {
    const at = text.code.indexOf(compiled)
    if (at < 0) continue
    const parsed = evaluator.parseAgain(text.source)
    if (parsed?.state !== 'complete') continue
    const place = placeOf(text.code, at)
    const start = text.toSource(place.line, place.column).offset
    const end = endOf(text, at + compiled.length)
    const found = nodeAt(parsed.program, start, end, value.name)
    if (found !== null) return described(text.source, found, value.name, file)
  }
  return null
}

function endOf(
  text: { code: string; toSource(line: number, column: number): { offset: number } },
  end: number,
): number {
  const place = placeOf(text.code, end - 1)
  return text.toSource(place.line, place.column).offset + 1
}

/** A function's node, and what declares it: a statement, or a member of an object or class. */
interface Found {
  node: SyntaxNode
  owner: SyntaxNode
}

/** The function around a place; of several the one of that name, else the innermost. */
function nodeAt(program: SyntaxNode, start: number, end: number, name: string): Found | null {
  const found: (Found & { named: boolean })[] = []
  const visit = (node: SyntaxNode, owner: SyntaxNode): void => {
    if (node.end <= start || node.start > Math.max(start, end)) return
    const own = isOwner(node) ? node : owner
    if (isFunction(node) || /^Class(Declaration|Expression)$/.test(node.type)) {
      if (node.start <= start || own.start <= start) found.push({ node, owner: own, named: nameOf(node, own) === name })
    }
    eachChild(node, (child) => visit(child, own))
  }
  visit(program, program)
  return found.findLast(({ named }) => named) ?? found.at(-1) ?? null
}

function isOwner({ type, method, kind, value }: SyntaxNode): boolean {
  if (type === 'VariableDeclaration' || type === 'ExpressionStatement' || type === 'MethodDefinition') return true
  if (type === 'FunctionDeclaration' || type === 'ClassDeclaration' || type === 'PropertyDefinition') return true
  return type === 'Property' && (method === true || kind !== 'init' || (value !== undefined && isFunction(value)))
}

function nameOf(node: SyntaxNode, owner: SyntaxNode): string | undefined {
  if (node.id?.name !== undefined) return node.id.name
  if (owner.key?.name !== undefined) return owner.key.name
  const declarator = owner.declarations?.find((each: SyntaxNode) => each.init === node)
  return declarator?.id?.name ?? owner.expression?.left?.name
}

function described(source: string, { node, owner }: Found, name: string, file: string): FunctionSource {
  const start = owner.type === 'Program' ? node.start : owner.start
  const end = owner.type === 'Program' ? node.end : owner.end
  return {
    text: dedented(source, start, end),
    signature: signatureOf(source, node, name),
    comment: commentAbove(source, start) || commentInside(source, node),
    file,
    line: placeOf(source, start).line,
  }
}

function signatureOf(source: string, node: SyntaxNode, name: string): string {
  if (node.type.startsWith('Class')) {
    const parent = node.superClass ? ` extends ${source.slice(node.superClass.start, node.superClass.end)}` : ''
    return `class ${name}${parent}`
  }
  const parameters = (node.params as SyntaxNode[]).map((each) =>
    source.slice(each.start, each.end).replace(/\s+/g, ' '),
  )
  return `${node.async ? 'async ' : ''}${name}(${parameters.join(', ')})`
}

/** Text from a place in its line, so that further lines keep their distance to it. */
function dedented(source: string, start: number, end: number): string {
  const { line } = placeOf(source, start)
  const indentation = /^\s*/.exec(source.slice(offsetOf(source, line, 1), start))![0]
  const text = source.slice(start, end)
  return indentation === '' ? text : text.replaceAll(`\n${indentation}`, '\n')
}

/** The comment that ends on the line above. */
function commentAbove(source: string, start: number): string {
  const above = /((?:^[ \t]*\/\/[^\n]*\n)+|\/\*(?:(?!\*\/)[\s\S])*\*\/[ \t]*\n)[ \t]*(?:export\s+)?$/m.exec(
    source.slice(0, start),
  )
  return above === null ? '' : withoutMarks(above[1]!)
}

/** A comment that the body begins with. */
function commentInside(source: string, node: SyntaxNode): string {
  if (node.body === undefined || node.body.type !== 'BlockStatement') return ''
  const inside = /^\{\s*(\/\*\*?(?:(?!\*\/)[\s\S])*\*\/|(?:\/\/[^\n]*\n\s*)+)/.exec(
    source.slice(node.body.start, node.body.end),
  )
  return inside === null ? '' : withoutMarks(inside[1]!)
}

function withoutMarks(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*(?:\/\*\*?|\*\/|\*|\/\/)\s?/, '').replace(/\s*\*\/\s*$/, ''))
    .join('\n')
    .trim()
}
