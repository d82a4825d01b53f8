/** One block of a session as text of a script, in which a name can be declared once and only what is printed is shown. */
import path from 'node:path'
import { declaredBy, eachName, importKey, type ParsedBlock } from './saved-names.js'
import { eachChild, type SyntaxNode } from './syntax.js'

/** What is known of the script so far, and of the whole session. */
export interface SavedNames {
  /** Declared in the script, or used in it as a global before: can only be assigned. */
  taken: Set<string>
  /** Declared more than once in the session. */
  repeated: ReadonlySet<string>
  /** Results that are used by name: `_3`. */
  used: ReadonlySet<string>
  /** What `_` stands for; null: something of the user's own. */
  last: string | null
  /** Imports that are there, as text. */
  imports: Set<string>
  /** Folder of the script that is written. */
  folder: string
}

/** The text of a block. @param guarded it failed in the session: what it got done is repeated, its error printed */
export function savedBlock(block: ParsedBlock, names: SavedNames, guarded = false): string {
  return new BlockWriter(block, names, guarded).text()
}

/** The statement that gives a program its value, as JavaScript has it. */
function valueStatement({ body }: SyntaxNode): SyntaxNode | undefined {
  return body.findLast(({ type }: SyntaxNode) => !/Declaration$|^EmptyStatement$/.test(type))
}

class BlockWriter {
  readonly #block: ParsedBlock
  readonly #names: SavedNames
  readonly #guarded: boolean
  #edits: { from: number; to: number; text: string }[] = []
  /** What stands before the block. */
  readonly #head: string[] = []
  readonly #tail: string[] = []
  /** Types stay, unless a declaration becomes something that cannot have any. */
  #source: string

  constructor(block: ParsedBlock, names: SavedNames, guarded: boolean) {
    this.#block = block
    this.#names = names
    this.#guarded = guarded
    this.#source = block.entry.source
  }

  text(): string {
    const { program, entry } = this.#block
    this.#references()
    for (const statement of program.body) this.#declaration(statement)
    if (entry.result !== undefined) this.#shown(entry.result)
    const shebang = /^#!.*\n?/.exec(entry.source)?.[0].length ?? 0
    const body = this.#render(shebang, entry.source.length).replace(/^\n+|\s+$/g, '')
    // At the prompt a block ends where it ends; in a script the next line could go on with it.
    const apart = /^[([`+\-/]/.test(body.replace(/^(?:\/\/.*\n|\/\*[\s\S]*?\*\/|\s)+/, '')) ? ';' : ''
    const text = /^(?:\/\/|\/\*)/.test(body) && apart ? `;\n${body}` : apart + body
    const all = this.#guarded
      ? [...this.#head, `try {\n${text}\n} catch (error) {\n  console.log(String(error))\n}`]
      : [...this.#head, text]
    return [...all, ...this.#tail].join('\n')
  }

  #edit(from: number, to: number, text: string): void {
    this.#edits.push({ from, to, text })
  }

  #render(from: number, to: number): string {
    const edits = this.#edits.map((edit, order) => ({ ...edit, order }))
    edits.sort((a, b) => a.from - b.from || a.order - b.order)
    let text = ''
    let place = from
    for (const edit of edits) {
      if (edit.from < place || edit.to > to) continue
      text += this.#source.slice(place, edit.from) + edit.text
      place = edit.to
    }
    return text + this.#source.slice(place, to)
  }

  /** Earlier results, parameters of a loaded script, paths of imports. */
  #references(): void {
    const { program, entry } = this.#block
    const { last } = this.#names
    eachName(program, (node, shorthand) => {
      if (node.name !== '_' || last === null) return
      this.#edit(node.start, node.end, shorthand ? `_: ${last}` : last)
    })
    const look = (node: SyntaxNode): void => {
      const { callee } = node
      const first = node.arguments?.[0]
      if (node.type === 'CallExpression' && callee.type === 'Identifier' && typeof first?.value === 'string') {
        if (callee.name === 'param' && entry.values?.has(first.value)) {
          this.#edit(node.start, node.end, literalText(entry.values.get(first.value)))
          return
        }
        if (callee.name === 'require') this.#moved(first)
      }
      if (node.type === 'ImportExpression' || node.type === 'ImportDeclaration') this.#moved(node.source)
      eachChild(node, look)
    }
    look(program)
  }

  /** A path that was found from one folder is now found from another. */
  #moved(literal: SyntaxNode): void {
    const text = this.#movedPath(literal)
    if (text !== undefined) this.#edit(literal.start, literal.end, text)
  }

  #movedPath({ value }: SyntaxNode): string | undefined {
    const { folder } = this.#block.entry
    if (typeof value !== 'string' || folder === undefined || !/^\.\.?(?:\/|$)/.test(value)) return undefined
    const relative = path.relative(this.#names.folder, path.resolve(folder, value))
    return quoted(relative.startsWith('.') ? relative : `./${relative}`)
  }

  #declaration(statement: SyntaxNode): void {
    const names = declaredBy(statement)
    if (names.length === 0) return
    const { taken, repeated } = this.#names
    const old = names.filter((name) => taken.has(name))
    const fresh = names.filter((name) => !taken.has(name))
    const again = this.#guarded || old.length > 0
    const many = names.some((name) => repeated.has(name))
    for (const name of names) taken.add(name)
    if (statement.type === 'ImportDeclaration') {
      this.#import(statement, again, many, fresh)
      return
    }
    if (!again && !many) return
    if (statement.type === 'VariableDeclaration') {
      if (again) this.#assignment(statement, fresh)
      else if (statement.kind === 'const') this.#edit(statement.start, statement.start + 'const'.length, 'let')
      return
    }
    if (again && fresh.length > 0) this.#head.push(`let ${fresh.join(', ')}`)
    const declare = again ? '' : 'let '
    const { id } = statement
    this.#edit(statement.start, statement.start, `${declare}${id.name} = `)
    if (statement.type === 'ClassDeclaration') return
    // Without its name inside: it calls itself by the variable, as at the prompt.
    this.#edit(id.start, id.end, '')
    // What stands before it in the block may call it.
    const { start, end } = statement
    const text = this.#render(start, end)
    this.#edits = this.#edits.filter(({ from, to }) => from < start || to > end)
    this.#edit(start, end, '')
    this.#head.push(text)
  }

  /** `const {a, b} = x` → `({a, b} = x)` */
  #assignment({ start, kind, declarations }: SyntaxNode, fresh: readonly string[]): void {
    this.#source = this.#block.source
    if (fresh.length > 0) this.#head.push(`let ${fresh.join(', ')}`)
    this.#edit(start, declarations[0].start, declarations[0].id.type === 'Identifier' ? '' : ';')
    for (const { id, init, end } of declarations as SyntaxNode[]) {
      if (!init && kind !== 'var') this.#edit(end, end, ' = undefined')
      if (id.type === 'Identifier') continue
      this.#edit(id.start, id.start, '(')
      this.#edit(end, end, ')')
    }
  }

  #import(statement: SyntaxNode, again: boolean, many: boolean, fresh: readonly string[]): void {
    const { source, specifiers, attributes = [], start, end } = statement
    const from = this.#movedPath(source) ?? this.#source.slice(source.start, source.end)
    const options = attributes.length
      ? `, {with: {${attributes.map((each: SyntaxNode) => this.#source.slice(each.start, each.end)).join(', ')}}}`
      : ''
    const key = importKey(this.#block, statement)
    const known = this.#names.imports.has(key)
    this.#names.imports.add(key)
    if (!again && !many) return
    const drop = this.#edits.findIndex((edit) => edit.from === source.start && edit.to === source.end)
    if (drop >= 0) this.#edits.splice(drop, 1)
    if (known && !this.#guarded) {
      this.#edit(start, end, '')
      return
    }
    const whole = specifiers.find(({ type }: SyntaxNode) => type === 'ImportNamespaceSpecifier')
    const pairs = specifiers
      .filter((each: SyntaxNode) => each !== whole)
      .map(({ type, imported, local }: SyntaxNode) => {
        const name = type === 'ImportDefaultSpecifier' ? 'default' : (imported.name ?? quoted(imported.value))
        return name === local.name ? name : `${name}: ${local.name}`
      })
    const parts: string[] = []
    const declare = again ? '' : 'let '
    if (again && fresh.length > 0) this.#head.push(`let ${fresh.join(', ')}`)
    const load = `await import(${from}${options})`
    if (whole !== undefined) parts.push(`${declare}${whole.local.name} = ${load}`)
    if (pairs.length > 0)
      parts.push(again ? `;({${pairs.join(', ')}} = ${load})` : `let {${pairs.join(', ')}} = ${load}`)
    this.#edit(start, end, parts.join('\n'))
  }

  /** What the prompt showed is printed, and kept where it is used later. */
  #shown(name: string): void {
    const { program, source } = this.#block
    const statement = valueStatement(program)
    if (statement === undefined) return
    const used = this.#names.used.has(name)
    if (statement.type !== 'ExpressionStatement') {
      this.#head.push(`let ${name}`)
      for (const each of completions(statement)) this.#wrap(each, `${name} = (`, ')')
      this.#tail.push(`print(${name})`)
      return
    }
    const { expression } = statement
    const keep = used ? `const ${name} = ` : ''
    if (isForEffect(expression)) {
      if (used) this.#wrap(statement, `${keep}(`, ')')
      return
    }
    const comma = expression.type === 'SequenceExpression' && source[statement.start] !== '('
    this.#wrap(statement, `${keep}print(${comma ? '(' : ''}`, `)${comma ? ')' : ''}`)
  }

  #wrap(statement: SyntaxNode, before: string, after: string): void {
    const { source } = this.#block
    const end = source[statement.end - 1] === ';' ? statement.end - 1 : statement.end
    // Before what else is put there, so that it stands around it.
    this.#edits.unshift({ from: statement.start, to: statement.start, text: before })
    this.#edit(end, end, after)
  }
}

/** Written for what it does: the prompt shows its value, a script has no need to. */
function isForEffect({ type, operator }: SyntaxNode): boolean {
  return (
    type === 'AssignmentExpression' ||
    type === 'UpdateExpression' ||
    (type === 'UnaryExpression' && operator === 'delete')
  )
}

/** The expressions in a compound statement one of which is its value. */
function completions(statement: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = []
  const look = (node: SyntaxNode): void => {
    if (node.type === 'ExpressionStatement') found.push(node)
    else if (node.type === 'TryStatement') {
      look(node.block)
      if (node.handler) look(node.handler.body)
    } else if (/Statement$|^SwitchCase$/.test(node.type)) eachChild(node, look)
  }
  look(statement)
  return found
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/** The value of a parameter as it is written in code. */
function literalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literalText).join(', ')}]`
  if (typeof value === 'string') return /^[^'\\\p{C}\u2028\u2029]*$/u.test(value) ? `'${value}'` : JSON.stringify(value)
  return String(value)
}
