/** TypeScript at the prompt: types are blanked with spaces, so that places stay the same. Loaded only when needed. */
import { type Options, Parser } from 'acorn'
import { type Parse, type Parsed, parse } from './parse.js'
import { TransformError } from './rewriter.js'
import { eachChild, isFunction, type SyntaxNode, skipBlank } from './syntax.js'

let parser: Parse | undefined

async function loadParser(): Promise<Parse> {
  // Imported here and not at the top: a bundler would load it at the start of the program.
  const { tsPlugin } = await import('@sveltejs/acorn-typescript')
  const TypedParser = Parser.extend(tsPlugin() as unknown as (parser: typeof Parser) => typeof Parser)
  return (source, options: Options) =>
    TypedParser.parse(source, { ...options, locations: true }) as unknown as SyntaxNode
}

/**
 * Parses TypeScript and gives the tree of the JavaScript in it. `final` marks an error of what is TypeScript for sure
 * (an `enum`), for which plain JavaScript's own error would be a worse one.
 */
export async function parseTyped(
  source: string,
  { prompt }: { prompt: boolean },
): Promise<Parsed & { final?: boolean }> {
  parser ??= await loadParser()
  const typed = parse(source, { prompt: false }, parser)
  if (typed.state !== 'complete') return typed
  try {
    return parse(blankTypes(source, typed.program), { prompt })
  } catch (error) {
    if (!(error instanceof TransformError)) throw error
    return { state: 'wrong', message: error.message, offset: error.offset, final: true }
  }
}

/** Source with everything that is only TypeScript replaced by spaces; line ends stay. */
function blankTypes(source: string, program: SyntaxNode): string {
  const blanks: [from: number, to: number, text?: string][] = []
  const ends: number[] = []
  collect(program, source, (from, to, text) => blanks.push([from, to, text]), ends)
  blanks.sort((a, b) => a[0] - b[0])
  let result = ''
  let place = 0
  for (const [from, to, text = ''] of blanks) {
    if (to <= place) continue
    const start = Math.max(from, place)
    const blank = source.slice(start, to).replace(/[^\r\n]/g, ' ')
    result += source.slice(place, start) + text + blank.slice(text.length)
    place = to
  }
  result += source.slice(place)
  // Where a type has ended a statement, what follows must not go on with it: `let a = b as number` before a line `[1]`.
  for (const end of ends) {
    if (result[end - 1] === ' ') result = `${result.slice(0, end - 1)};${result.slice(end)}`
  }
  return result
}

/** Gives a function that takes the types out of a TypeScript module. It throws TransformError. */
export async function typeStripper(): Promise<(source: string) => string> {
  parser ??= await loadParser()
  const ready = parser
  return (source) => {
    const typed = parse(source, { prompt: false }, ready)
    if (typed.state !== 'complete') throw new TransformError(typed.message, typed.offset)
    return blankTypes(source, typed.program)
  }
}

type Blank = (from: number, to: number, text?: string) => void

const TYPE_ONLY = new Set(['TSInterfaceDeclaration', 'TSTypeAliasDeclaration', 'TSDeclareFunction', 'TSIndexSignature'])
const UNSUPPORTED: Record<string, string> = {
  TSEnumDeclaration: "'enum' makes code; write an object instead: const Color = {red: 1}",
  TSModuleDeclaration: "'namespace' makes code; write an object instead",
  TSParameterProperty: 'parameter properties make code; assign the field in the constructor',
  TSImportEqualsDeclaration: "write import x from '…' instead",
  TSExportAssignment: 'export = makes code; write export default instead',
  AccessorProperty: "'accessor' makes code; write a getter and a setter",
  Decorator: 'decorators make code; call the function on the class or method instead',
}
/** What a line may begin with that goes on with the line before. */
const GOES_ON = /^\s*\n\s*[([`+\-/*]/

function collect(node: SyntaxNode, source: string, blank: Blank, ends: number[]): void {
  const { type } = node
  if (/Statement$|Declaration$/.test(type) && GOES_ON.test(source.slice(node.end, node.end + 400))) ends.push(node.end)
  if (TYPE_ONLY.has(type) || (node.declare === true && type !== 'PropertyDefinition') || isTypeOnly(node)) {
    // The semicolon keeps the statements around it apart.
    const statement = type !== 'TSIndexSignature' && !type.endsWith('Specifier') && type !== 'MethodDefinition'
    blank(node.start, node.end, statement ? ';' : '')
    if (type.endsWith('Specifier')) blankComma(node, source, blank)
    return
  }
  if (node.accessor === true) throw new TransformError(`TypeScript: ${UNSUPPORTED.AccessorProperty}`, node.start)
  if (UNSUPPORTED[type]) throw new TransformError(`TypeScript: ${UNSUPPORTED[type]}`, node.start)
  if (type === 'TSAsExpression' || type === 'TSSatisfiesExpression') {
    collect(node.expression, source, blank, ends)
    blank(endOfOperand(source, node.expression.end, node.typeAnnotation.start), node.end)
    return
  }
  if (type === 'TSNonNullExpression') {
    collect(node.expression, source, blank, ends)
    blank(node.end - 1, node.end)
    return
  }
  if (type === 'TSTypeAssertion') {
    blank(node.start, node.expression.start)
    collect(node.expression, source, blank, ends)
    return
  }
  if (type === 'TSInstantiationExpression') {
    collect(node.expression, source, blank, ends)
    blank(node.expression.end, node.end)
    return
  }
  if (type.startsWith('TS')) {
    blank(node.start, node.end)
    return
  }
  blankMarks(node, source, blank)
  eachChild(node, (child) => collect(child, source, blank, ends))
}

function isTypeOnly(node: SyntaxNode): boolean {
  if (node.importKind === 'type' || node.exportKind === 'type') return true
  if (node.type === 'MethodDefinition') return node.abstract === true || (node.value && !node.value.body)
  return node.type === 'PropertyDefinition' && (node.abstract === true || node.declare === true)
}

/** A specifier that goes takes the comma behind it along. */
function blankComma(node: SyntaxNode, source: string, blank: Blank): void {
  const comma = skipBlank(source, node.end)
  if (source[comma] === ',') blank(comma, comma + 1)
}

/** Marks that are not nodes: `?`, `!`, modifiers, `implements`, the `this` parameter. */
function blankMarks(node: SyntaxNode, source: string, blank: Blank): void {
  if (node.type === 'VariableDeclarator' && node.definite && node.id.typeAnnotation) {
    const mark = source.lastIndexOf('!', node.id.typeAnnotation.start)
    if (mark > node.id.start) blank(mark, mark + 1)
  }
  if (node.typeAnnotation && (node.optional || node.definite)) {
    const mark = source.lastIndexOf(node.optional ? '?' : '!', node.typeAnnotation.start)
    if (mark > node.start) blank(mark, mark + 1)
  } else if (node.type === 'Identifier' && node.optional && source[node.end - 1] === '?') {
    blank(node.end - 1, node.end)
  }
  if (isFunction(node)) {
    const [first, second] = node.params
    if (first?.type === 'Identifier' && first.name === 'this') blank(first.start, second ? second.start : first.end)
  }
  if (node.type === 'PropertyDefinition' || node.type === 'MethodDefinition') {
    const head = source.slice(node.start, node.key.start)
    for (const match of head.matchAll(/\b(?:public|private|protected|readonly|override|abstract|declare)\b/g)) {
      blank(node.start + match.index, node.start + match.index + match[0].length)
    }
    const after = source[node.key.end]
    if ((node.optional || node.definite) && (after === '?' || after === '!')) blank(node.key.end, node.key.end + 1)
  }
  if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') {
    if (node.abstract) blank(node.start, node.start + 'abstract'.length)
    if (node.implements?.length) {
      const word = source.lastIndexOf('implements', node.implements[0].start)
      blank(word, node.implements.at(-1).end)
    }
  }
}

/** The end of an operand, with the parentheses around it. */
function endOfOperand(source: string, from: number, to: number): number {
  const text = source.slice(from, to)
  const word = text.search(/\b(?:as|satisfies)\s+$/)
  return word === -1 ? from : from + word
}
