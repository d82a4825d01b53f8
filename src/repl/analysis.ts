/** First look at a program: what each function needs, before anything is rewritten. */
import { bindingNames, eachChild, isFunction, isLoop, type SyntaxNode } from './syntax.js'

/**
 * How the calls of a function wait: `yield` in a function that becomes a generator inside, `await` in an async one, `never`
 * where JavaScript cannot wait (constructors, getters, generators, initialisers), `plain` where no call needs it.
 */
export type WaitingMode = 'yield' | 'await' | 'never' | 'plain'

/** What is known of one function. */
export interface FunctionFacts {
  readonly node: SyntaxNode
  readonly arrow: boolean
  /** The nearest enclosing function that is not an arrow; itself when it is none. Null for arrows at the top level. */
  owner: FunctionFacts | null
  mode: WaitingMode
  /** Why it can never wait, as in 'a constructor'. */
  reason: string
  /** Can be called with `new`. */
  constructible: boolean
  usesThis: boolean
  usesArguments: boolean
  usesSuper: boolean
  usesNewTarget: boolean
  callsSuper: boolean
  waits: boolean
  /** It, or an arrow function in it, becomes a generator; then `arguments`, `super` and `new.target` need a stand-in. */
  wrapsInside: boolean
  /** Its place is reached at most once in each run of the function around it. */
  once: boolean
  /** A function declaration that is the only statement of an `if` or label. */
  bare: boolean
}

/** The result of {@link analyse}. */
export interface Analysis {
  facts: Map<SyntaxNode, FunctionFacts>
  /** Names bound anywhere in the program, in any scope. */
  bound: Set<string>
  /** Names bound in inner scopes of the program. */
  inner: Set<string>
  /** Calls whose result is handed on as it is, so that the receiver waits. */
  tails: Set<SyntaxNode>
  /** Whether a call may give a Task. */
  mayWait(call: SyntaxNode): boolean
}

const SYNCHRONOUS_FUNCTIONS = new Set(
  `parseInt parseFloat isNaN isFinite encodeURIComponent decodeURIComponent encodeURI decodeURI String Number Boolean
   BigInt Symbol Array Object RegExp Error TypeError RangeError structuredClone setTimeout setInterval setImmediate
   clearTimeout clearInterval queueMicrotask require`.split(/\s+/),
)
const SYNCHRONOUS_NAMESPACES = new Set(
  `Math JSON Object Array Number String Symbol BigInt Date Buffer console RegExp Uint8Array DataView Atomics Intl
   performance`.split(/\s+/),
)

/** Looks at the whole program once. */
export function analyse(program: SyntaxNode): Analysis {
  const analysis: Analysis = {
    facts: new Map(),
    bound: new Set(),
    inner: new Set(),
    tails: new Set(),
    mayWait: (call) => mayWait(call, analysis),
  }
  for (const statement of program.body) {
    const own = statement.type === 'VariableDeclaration' ? statement.declarations : []
    for (const declarator of own) {
      bindingNames(declarator.id, analysis.bound)
      if (declarator.init) collectBound(declarator.init, analysis.inner)
    }
    if (own.length === 0) eachChild(statement, (child) => collectBound(child, analysis.inner))
    if (own.length === 0) collectParameters(statement, analysis.inner)
  }
  collectBound(program, analysis.bound)
  collectAssigned(program, analysis.bound)
  new Walk(analysis).visit(program, null, false)
  for (const facts of analysis.facts.values()) decideMode(facts)
  for (const facts of analysis.facts.values()) {
    if (facts.mode !== 'yield') continue
    facts.wrapsInside = true
    if (facts.arrow && facts.owner) facts.owner.wrapsInside = true
  }
  return analysis
}

function mayWait(call: SyntaxNode, { bound, tails }: Analysis): boolean {
  if (tails.has(call)) return false
  if (call.type === 'TaggedTemplateExpression') return true
  const { callee } = call
  if (callee.type === 'Super' || callee.type === 'Import') return false
  if (callee.type === 'Identifier') return !SYNCHRONOUS_FUNCTIONS.has(callee.name) || bound.has(callee.name)
  if (callee.type !== 'MemberExpression' || callee.computed || callee.object.type !== 'Identifier') return true
  const { name } = callee.object
  return !SYNCHRONOUS_NAMESPACES.has(name) || bound.has(name)
}

function decideMode(facts: FunctionFacts): void {
  const { node } = facts
  if (node.generator && !node.async) {
    facts.mode = 'never'
    facts.reason = 'a generator (write async function* to wait in one)'
  } else if (node.async) {
    facts.mode = 'await'
  } else if (facts.callsSuper && facts.arrow) {
    facts.mode = 'never'
    facts.reason = 'a constructor'
  } else if (facts.mode !== 'never') {
    facts.mode = facts.waits ? 'yield' : 'plain'
  }
  if (facts.arrow && facts.usesSuper && facts.owner === null && facts.mode === 'yield') {
    facts.mode = 'never'
    facts.reason = 'a class field that uses super'
  }
}

class Walk {
  readonly #analysis: Analysis
  /** A function that is written as the argument of bg(): it may be suspended even if it calls nothing that waits. */
  #sideBySide: SyntaxNode | undefined
  /** Loops around the current place, within the current function. */
  #loops = 0

  constructor(analysis: Analysis) {
    this.#analysis = analysis
  }

  visit(node: SyntaxNode, facts: FunctionFacts | null, inTry: boolean): void {
    if (isFunction(node)) {
      this.#enter(node, facts, roleOf(node, undefined))
      return
    }
    switch (node.type) {
      case 'MethodDefinition':
      case 'Property': {
        if (node.computed) this.visit(node.key, facts, inTry)
        if (isFunction(node.value) && (node.type === 'MethodDefinition' || node.method || node.kind !== 'init')) {
          this.#enter(node.value, facts, roleOf(node.value, node))
        } else {
          this.visit(node.value, facts, inTry)
        }
        return
      }
      case 'PropertyDefinition':
        if (node.computed) this.visit(node.key, facts, inTry)
        // `this`, `arguments` and `super` of an initialiser are not those of the function around the class.
        if (node.value) this.visit(node.value, null, false)
        return
      case 'StaticBlock':
        for (const statement of node.body) this.visit(statement, null, false)
        return
      case 'TryStatement':
        eachChild(node, (child) => this.visit(child, facts, true))
        return
      case 'ReturnStatement':
        if (facts && !inTry && mayHandOn(facts) && node.argument) this.#tail(node.argument)
        break
      case 'ThisExpression':
        this.#use(facts, 'usesThis')
        break
      case 'Super':
        this.#use(facts, 'usesSuper')
        this.#use(facts, 'usesThis')
        break
      case 'MetaProperty':
        if (node.meta.name === 'new') this.#use(facts, 'usesNewTarget')
        return
      case 'Identifier':
        if (node.name === 'arguments') this.#use(facts, 'usesArguments')
        return
      case 'CallExpression':
        if (node.callee.type === 'Super') this.#use(facts, 'callsSuper')
        if (node.callee.type === 'Identifier' && node.callee.name === 'bg') this.#sideBySide = node.arguments[0]
        if (facts && this.#analysis.mayWait(node)) facts.waits = true
        break
      case 'TaggedTemplateExpression':
        if (facts && this.#analysis.mayWait(node)) facts.waits = true
        break
      case 'ForOfStatement':
        if (facts) facts.waits = true
        break
    }
    const loop = isLoop(node) ? 1 : 0
    this.#loops += loop
    eachChild(node, (child) => this.visit(child, facts, inTry))
    this.#loops -= loop
    if (node.type === 'IfStatement' || node.type === 'LabeledStatement') {
      for (const part of [node.consequent, node.alternate, node.body]) {
        const inner = part && this.#analysis.facts.get(part)
        if (inner) inner.bare = true
      }
    }
  }

  /** `role` is the reason why the function can never wait, '' when it can. */
  #enter(node: SyntaxNode, outer: FunctionFacts | null, role: { reason: string; method: boolean }): void {
    const arrow = node.type === 'ArrowFunctionExpression'
    const facts: FunctionFacts = {
      node,
      arrow,
      owner: null,
      mode: role.reason === '' ? 'plain' : 'never',
      reason: role.reason,
      constructible: !arrow && !role.method,
      usesThis: false,
      usesArguments: false,
      usesSuper: false,
      usesNewTarget: false,
      callsSuper: false,
      waits: node === this.#sideBySide,
      wrapsInside: false,
      once: this.#loops === 0,
      bare: false,
    }
    facts.owner = arrow ? (outer?.owner ?? null) : facts
    this.#analysis.facts.set(node, facts)
    if (arrow && node.body.type !== 'BlockStatement') this.#tail(node.body)
    // What a default parameter calls is rewritten as something that can never wait; it does not make the function wait.
    for (const parameter of node.params) {
      const before = facts.waits
      this.visit(parameter, facts, false)
      facts.waits = before
    }
    const loops = this.#loops
    this.#loops = 0
    this.visit(node.body, facts, false)
    this.#loops = loops
    if (arrow && outer) {
      for (const use of USES) if (facts[use]) outer[use] = true
    }
  }

  #use(facts: FunctionFacts | null, use: (typeof USES)[number]): void {
    if (facts) facts[use] = true
  }

  #tail(expression: SyntaxNode): void {
    switch (expression.type) {
      case 'CallExpression':
        this.#analysis.tails.add(expression)
        break
      case 'ConditionalExpression':
        this.#tail(expression.consequent)
        this.#tail(expression.alternate)
        break
      case 'SequenceExpression':
        this.#tail(expression.expressions.at(-1))
        break
    }
  }
}

/** Whether `return f()` may hand on a Task without waiting for it: not where `new` or a getter would take it for the value. */
function mayHandOn({ constructible, mode, node }: FunctionFacts): boolean {
  return !constructible && mode !== 'never' && !node.generator
}

const USES = ['usesThis', 'usesArguments', 'usesSuper', 'usesNewTarget', 'callsSuper'] as const

function roleOf(node: SyntaxNode, definition: SyntaxNode | undefined): { reason: string; method: boolean } {
  if (!definition) return { reason: '', method: node.type === 'ArrowFunctionExpression' }
  if (definition.kind === 'constructor') return { reason: 'a constructor', method: false }
  if (definition.kind === 'get') return { reason: 'a getter', method: true }
  if (definition.kind === 'set') return { reason: 'a setter', method: true }
  return { reason: '', method: true }
}

/** The names that a variable declaration declares. */
export function declaredNames(declaration: SyntaxNode): Set<string> {
  const names = new Set<string>()
  for (const declarator of declaration.declarations) bindingNames(declarator.id, names)
  return names
}

function collectBound(node: SyntaxNode, bound: Set<string>): void {
  collectParameters(node, bound)
  if (node.type === 'VariableDeclarator') bindingNames(node.id, bound)
  else if (isFunction(node)) {
    if (node.id) bound.add(node.id.name)
  } else if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') {
    if (node.id) bound.add(node.id.name)
  } else if (node.type === 'CatchClause') bindingNames(node.param, bound)
  else if (node.type.startsWith('Import') && node.local) bound.add(node.local.name)
  eachChild(node, (child) => collectBound(child, bound))
}

function collectParameters(node: SyntaxNode, bound: Set<string>): void {
  if (isFunction(node)) for (const parameter of node.params) bindingNames(parameter, bound)
}

/** Names that are assigned: `Math = …` makes calls of Math unknown as well. */
function collectAssigned(node: SyntaxNode, assigned: Set<string>): void {
  if (node.type === 'AssignmentExpression' && node.left.type === 'Identifier') assigned.add(node.left.name)
  eachChild(node, (child) => collectAssigned(child, assigned))
}
