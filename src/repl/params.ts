/** What a script says of its parameters, found in its text before anything runs. */
import { type Parameter, type ParamOptions, parameter } from '../commands/param-declaration.js'
import { TransformError } from './rewriter.js'
import { eachName } from './saved-names.js'
import { bindingNames, eachChild, isFunction, type SyntaxNode, shortText } from './syntax.js'

/** A parameter and its place: that of the call, and where its declaration begins. */
export interface Declared extends Parameter {
  start: number
  end: number
}

/** What can be known of a script without running it. */
export interface ScriptFacts {
  params: readonly Declared[]
  /** It looks at `args`. */
  usesArgs: boolean
  /** It speaks of `help` in its code, so that `--help` is its own matter. */
  speaksOfHelp: boolean
  /** The comment that it begins with, without the comment's marks; '' where there is none. */
  description: string
}

/** Looks at a script. @throws TransformError for a declaration that cannot be read before the script runs */
export function factsOf(source: string, program: SyntaxNode): ScriptFacts {
  const params: Declared[] = []
  const names = new Set<string>()
  const facts = { params, usesArgs: false, speaksOfHelp: false, description: descriptionOf(source) }
  const own = declaresParam(program)
  const look = (node: SyntaxNode, top: boolean): void => {
    if (node.type === 'Identifier' || node.type === 'Literal' || node.type === 'TemplateElement') {
      const text = String(node.name ?? node.value?.raw ?? node.value)
      if (/\bhelp\b/.test(text)) facts.speaksOfHelp = true
    }
    if (!own && isParamCall(node)) {
      if (!top)
        throw new TransformError(
          'param() must stand at the top level of the script, not in a function, loop or branch: parameters are read before the script runs',
          node.start,
        )
      const declared = declaration(source, node)
      for (const name of [declared.option, declared.short ?? '', declared.name]) {
        if (names.has(name)) throw new TransformError(`param: '${name}' is declared twice`, node.start)
      }
      for (const name of new Set([declared.option, declared.short ?? declared.option, declared.name])) names.add(name)
      params.push(declared)
      return
    }
    const nested = isFunction(node) || (/Statement$|^Class/.test(node.type) && node.type !== 'ExpressionStatement')
    eachChild(node, (child) => look(child, top && !nested))
  }
  for (const statement of program.body) look(statement, true)
  // Not the property of that name: `res.json().args`.
  eachName(program, ({ name }) => {
    facts.usesArgs ||= name === 'args'
  })
  checkOrder(params)
  return facts
}

function isParamCall(node: SyntaxNode): boolean {
  return node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.name === 'param'
}

/** Whether the script has a `param` of its own. */
function declaresParam(program: SyntaxNode): boolean {
  const names = new Set<string>()
  for (const statement of program.body) {
    for (const { id } of statement.declarations ?? []) bindingNames(id, names)
    for (const { local } of statement.specifiers ?? []) if (local?.name) names.add(local.name)
    if (statement.id?.name) names.add(statement.id.name)
  }
  return names.has('param')
}

function declaration(source: string, call: SyntaxNode): Declared {
  const [name, options, ...more] = call.arguments
  const told = "param takes its name and its options, as in param('host', {type: 'address'})"
  if (name === undefined) throw new TransformError(told, call.start)
  if (more.length > 0) throw new TransformError(told, more[0].start)
  const values = [literal(source, name), options === undefined ? undefined : literal(source, options)]
  try {
    return { ...parameter(values[0], values[1] as ParamOptions | undefined), start: call.start, end: call.end }
  } catch (error) {
    throw new TransformError((error as Error).message, call.start)
  }
}

/** The value of an expression that is written out. */
function literal(source: string, node: SyntaxNode): unknown {
  switch (node.type) {
    case 'Literal':
      if (node.regex === undefined && node.bigint === undefined) return node.value
      break
    case 'TemplateLiteral':
      if (node.expressions.length === 0) return node.quasis[0].value.cooked
      break
    case 'Identifier':
      if (node.name === 'undefined') return undefined
      if (node.name === 'Infinity') return Number.POSITIVE_INFINITY
      break
    case 'UnaryExpression':
      if (node.operator === '-' && typeof node.argument.value === 'number') return -node.argument.value
      break
    case 'BinaryExpression':
      // A long text in two lines.
      if (node.operator === '+') {
        const [left, right] = [literal(source, node.left), literal(source, node.right)]
        if (typeof left === 'string' && typeof right === 'string') return left + right
      }
      break
    case 'ArrayExpression':
      if (node.elements.every((element: SyntaxNode | null) => element !== null))
        return node.elements.map((element: SyntaxNode) => literal(source, element))
      break
    case 'ObjectExpression': {
      const result: Record<string, unknown> = {}
      for (const property of node.properties) {
        if (property.type !== 'Property' || property.computed || property.method || property.shorthand)
          throw notWritten(source, property)
        const value = literal(source, property.value)
        Object.defineProperty(result, property.key.name ?? String(property.key.value), { value, enumerable: true })
      }
      return result
    }
  }
  throw notWritten(source, node)
}

function notWritten(source: string, node: SyntaxNode): TransformError {
  return new TransformError(
    `what param() is given must be written out (text, numbers, true, lists): '${shortText(source, node, 30)}' is known only when the script runs, and parameters are read before`,
    node.start,
  )
}

/** A positional parameter can only be found by its place when those before it are there. */
function checkOrder(params: readonly Declared[]): void {
  let optional: Declared | undefined
  let many: Declared | undefined
  for (const each of params.filter(({ positional }) => positional)) {
    if (many) throw new TransformError(`'${many.name}' takes all that is left, so nothing can follow it`, each.start)
    if (each.required && optional)
      throw new TransformError(
        `'${each.name}' is required and stands behind '${optional.name}', which may be left out; declare it first`,
        each.start,
      )
    if (!each.required) optional = each
    if (each.multiple) many = each
  }
}

/** The comment at the start of a script: what it is for. */
export function descriptionOf(source: string): string {
  const text = source
    .replace(/^#!.*\n?/, '')
    .replace(/^\s*['"]use strict['"];?/, '')
    .trimStart()
  const block = /^\/\*\*?([\s\S]*?)\*\//.exec(text)
  if (block)
    return block[1]!
      .split('\n')
      .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
      .join('\n')
      .trim()
  const lines = /^(?:[ \t]*\/\/.*(?:\n|$))+/.exec(text)?.[0] ?? ''
  return lines
    .split('\n')
    .map((line) => line.replace(/^\s*\/\/ ?/, '').trimEnd())
    .join('\n')
    .trim()
}
