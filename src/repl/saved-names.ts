/** The names in a block of a session: which it declares, which it uses. */
import path from 'node:path'
import type { JournalEntry } from './journal.js'
import { bindingNames, eachChild, isFunction, type SyntaxNode } from './syntax.js'

/** A block with its syntax tree. `source` is its text without types, with the same places. */
export interface ParsedBlock {
  entry: JournalEntry
  source: string
  program: SyntaxNode
}

/** Names that the block itself declares, a list for each statement. */
export function declaredBy(statement: SyntaxNode): string[] {
  const names = new Set<string>()
  for (const { id } of statement.declarations ?? []) bindingNames(id, names)
  for (const { local } of statement.specifiers ?? []) names.add(local.name)
  if (/^(?:Function|Class)Declaration$/.test(statement.type)) names.add(statement.id.name)
  return [...names]
}

/**
 * Calls `found` for each name that is used and not bound by a function around it: variables, not properties.
 * @param found `shorthand`: as in `{name}`
 */
export function eachName(
  node: SyntaxNode,
  found: (node: SyntaxNode, shorthand: boolean) => void,
  bound: ReadonlySet<string> = new Set(),
): void {
  switch (node.type) {
    case 'Identifier':
      if (!bound.has(node.name)) found(node, false)
      return
    case 'MemberExpression':
      eachName(node.object, found, bound)
      if (node.computed) eachName(node.property, found, bound)
      return
    case 'Property':
      if (node.shorthand) {
        if (node.value.type === 'Identifier' && !bound.has(node.value.name)) found(node.value, true)
        else if (node.value.type !== 'Identifier') eachName(node.value, found, bound)
        return
      }
      if (node.computed) eachName(node.key, found, bound)
      eachName(node.value, found, bound)
      return
    case 'MethodDefinition':
    case 'PropertyDefinition':
      if (node.computed) eachName(node.key, found, bound)
      if (node.value) eachName(node.value, found, bound)
      return
    case 'LabeledStatement':
      eachName(node.body, found, bound)
      return
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'ImportDeclaration':
    case 'MetaProperty':
      return
  }
  const inside = isFunction(node) ? new Set([...bound, ...boundIn(node)]) : bound
  eachChild(node, (child) => eachName(child, found, inside))
}

/** Names that a function binds anywhere in it. */
function boundIn(node: SyntaxNode): Set<string> {
  const names = new Set<string>()
  const look = (inner: SyntaxNode): void => {
    if (isFunction(inner)) for (const parameter of inner.params) bindingNames(parameter, names)
    if (inner.type === 'VariableDeclarator') bindingNames(inner.id, names)
    if (inner.type === 'CatchClause') bindingNames(inner.param, names)
    eachChild(inner, look)
  }
  look(node)
  return names
}

/** The same for imports that do the same. */
export function importKey({ entry, source }: ParsedBlock, statement: SyntaxNode): string {
  const from = String(statement.source.value)
  const specifiers = statement.specifiers.map(({ start, end }: SyntaxNode) => source.slice(start, end))
  return `${specifiers.join()} ${from.startsWith('.') ? path.resolve(entry.folder ?? '', from) : from}`
}
