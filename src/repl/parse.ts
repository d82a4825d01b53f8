/** Source text → syntax tree: complete, incomplete or wrong. */
import { parse as acornParse, type Options, parseExpressionAt } from 'acorn'
import { TransformError } from './rewriter.js'
import { eachChild, type SyntaxNode, skipBlank } from './syntax.js'

const OPTIONS: Options = {
  ecmaVersion: 'latest',
  sourceType: 'script',
  allowAwaitOutsideFunction: true,
  allowImportExportEverywhere: true,
  allowHashBang: true,
}

/** Parses source text, throwing acorn's SyntaxError. */
export type Parse = (source: string, options: Options) => SyntaxNode

/** What a piece of source is. */
export type Parsed =
  | { state: 'complete'; program: SyntaxNode; source: string }
  /** More lines could make it right. */
  | { state: 'incomplete'; message: string; offset: number }
  | { state: 'wrong'; message: string; offset: number }

/**
 * Parses JavaScript. With `prompt`, text in braces that can be an object is one: `{a: 1}`.
 * @param parser another parser than acorn's, for TypeScript
 */
export function parse(source: string, { prompt }: { prompt: boolean }, parser: Parse = parseWithAcorn): Parsed {
  try {
    const program = (prompt && parseObject(source)) || parser(source, OPTIONS)
    if (/\byield\b/.test(source)) refuseYieldAsName(program)
    if (/\blayer\s*\(/.test(source)) refuseFieldTwice(program)
    return { state: 'complete', program, source }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const offset = offsetOfError(error)
    const message = error.message.replace(/ \(\d+:\d+\)$/, '')
    return { state: isIncomplete(source, message, offset) ? 'incomplete' : 'wrong', message, offset }
  }
}

function parseWithAcorn(source: string, options: Options): SyntaxNode {
  return acornParse(source, options) as unknown as SyntaxNode
}

/** A program of one object literal, when the text is that and nothing else. */
function parseObject(source: string): SyntaxNode | null {
  const start = skipBlank(source, 0)
  if (source[start] !== '{') return null
  try {
    const expression = parseExpressionAt(source, start, OPTIONS) as unknown as SyntaxNode
    if (skipBlank(source, expression.end) < source.length) return null
    const statement = { type: 'ExpressionStatement', start, end: expression.end, expression }
    return { type: 'Program', start: 0, end: source.length, body: [statement] }
  } catch {
    return null
  }
}

function offsetOfError(error: SyntaxError): number {
  if (error instanceof TransformError) return error.offset
  return (error as SyntaxError & { pos?: number }).pos ?? 0
}

function isIncomplete(source: string, message: string, offset: number): boolean {
  if (message.startsWith('Unterminated template') || message === 'Unterminated comment') return true
  if (message === 'Unterminated string constant') return /\\\r?\n?$/.test(source)
  const atEnd = skipBlank(source, offset) >= source.length
  if (message.startsWith('Missing catch or finally')) return /\}\s*$/.test(source)
  return atEnd && /^Unexpected token/.test(message)
}

/** Programs run inside a generator, where `yield` has a meaning of its own. */
function refuseYieldAsName(node: SyntaxNode): void {
  if (node.type === 'Identifier' && node.name === 'yield') {
    throw new TransformError("'yield' cannot be a name here", node.start)
  }
  if ((node.type === 'Property' || node.type === 'MethodDefinition') && !node.computed) {
    if (node.value && node.value !== node.key) refuseYieldAsName(node.value)
    return
  }
  if (node.type === 'MemberExpression' && !node.computed) {
    refuseYieldAsName(node.object)
    return
  }
  eachChild(node, refuseYieldAsName)
}

/** In `layer('Mine', { a: u8(), a: u16() })` JavaScript drops the first one without a word. */
function refuseFieldTwice(node: SyntaxNode): void {
  if (node.type === 'CallExpression' && node.callee.name === 'layer') {
    const names = new Set<string>()
    for (const { key, computed } of node.arguments[1]?.properties ?? []) {
      if (key === undefined || computed) continue
      const name = String(key.name ?? key.value)
      if (names.has(name)) throw new TransformError(`the field '${name}' stands twice in this layer`, key.start)
      names.add(name)
    }
  }
  eachChild(node, refuseFieldTwice)
}

/** Whether the text has something that only TypeScript could mean, so that loading its parser is worth it. */
export function mayHaveTypes(source: string): boolean {
  return /:|<|!|@|\b(?:as|accessor|satisfies|interface|type|enum|declare|namespace|abstract|private|public|protected|readonly|implements)\b/.test(
    source,
  )
}

/** Whether the text has what is TypeScript though JavaScript has a reading of it, too: `new Map<string, number>()` as a comparison. */
export function looksTyped(source: string): boolean {
  return /[\p{L}\d_$]<[\p{L}_$[{'"][^()=;&\n]*>\(/u.test(source)
}
