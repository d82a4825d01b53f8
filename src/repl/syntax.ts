/** What several parts of the transform ask of a syntax tree and of the text between its nodes. */

/** A node of acorn's ESTree. The fields beyond these depend on `type`. */
export interface SyntaxNode {
  type: string
  start: number
  end: number
  // biome-ignore lint/suspicious/noExplicitAny: one type for all node kinds; the rewriters check `type` first
  [field: string]: any
}

/** Calls `visit` for each direct child node, in the order of acorn's fields. */
export function eachChild(node: SyntaxNode, visit: (child: SyntaxNode) => void): void {
  for (const field in node) {
    const value = node[field]
    if (value === null || typeof value !== 'object') continue
    if (Array.isArray(value)) {
      for (const item of value) if (item && typeof item.type === 'string') visit(item)
    } else if (typeof value.type === 'string' && !(field === 'key' && value === node.value)) {
      visit(value)
    }
  }
}

/** Whether the node is a function of any kind (a method's value is one, too). */
export function isFunction(node: SyntaxNode): boolean {
  return (
    node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression'
  )
}

/** Whether the node is a loop of any kind. */
export function isLoop(node: SyntaxNode): boolean {
  switch (node.type) {
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
      return true
  }
  return false
}

/** Adds the names that a binding pattern declares to `names`. */
export function bindingNames(pattern: SyntaxNode | null, names: Set<string>): Set<string> {
  if (pattern === null) return names
  switch (pattern.type) {
    case 'Identifier':
      names.add(pattern.name)
      break
    case 'ObjectPattern':
      for (const property of pattern.properties) bindingNames(property.value ?? property.argument, names)
      break
    case 'ArrayPattern':
      for (const element of pattern.elements) bindingNames(element, names)
      break
    case 'AssignmentPattern':
      bindingNames(pattern.left, names)
      break
    case 'RestElement':
      bindingNames(pattern.argument, names)
      break
  }
  return names
}

/** Skips white space and comments from `at` on, and characters of `also`. Returns the first place of something else. */
export function skipBlank(source: string, at: number, also = ''): number {
  for (let place = at; ; ) {
    const character = source[place]
    if (character === '/' && source[place + 1] === '/') {
      const end = source.indexOf('\n', place)
      if (end === -1) return source.length
      place = end
    } else if (character === '/' && source[place + 1] === '*') {
      place = source.indexOf('*/', place) + 2
    } else if (character !== undefined && (/\s/.test(character) || (also !== '' && also.includes(character)))) {
      place++
    } else {
      return place
    }
  }
}

/** The place just behind the directives ('use strict') at the start of a list of statements. */
export function afterDirectives(body: SyntaxNode[], start: number): number {
  let place = start
  for (const statement of body) {
    if (statement.type !== 'ExpressionStatement' || typeof statement.directive !== 'string') break
    place = statement.end
  }
  return place
}

/** The source of a node as one short line, for messages. */
export function shortText(source: string, node: { start: number; end: number }, longest = 60): string {
  const text = source.slice(node.start, node.end).replace(/\s+/g, ' ')
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text
}
