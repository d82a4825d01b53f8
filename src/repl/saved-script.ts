/** The session as a script: what `.save` writes. */
import type { JournalEntry } from './journal.js'
import type { Parsed } from './parse.js'
import { type SavedNames, savedBlock } from './saved-block.js'
import { declaredBy, eachName, importKey, type ParsedBlock } from './saved-names.js'
import { bindingNames, eachChild, type SyntaxNode } from './syntax.js'

/** How to write the script. */
export interface SaveOptions {
  /** Folder of the script: paths of imports are written as seen from there. */
  folder: string
  /** Failed blocks are written too, as comments. */
  all: boolean
  /** Replaces secrets. */
  redact(text: string): string
  /** What a block is. */
  parse(source: string): Promise<Parsed>
}

/** What came of it. */
export interface SavedSession {
  /** The blocks, without the header. */
  text: string
  /** Blocks in it that run. */
  count: number
  /** Blocks in which something was redacted. */
  redacted: number
}

interface Planned {
  entry: JournalEntry
  /** Null: it is no program. */
  block: ParsedBlock | null
  runs: boolean
  /** It failed, but what it declared is used later. */
  guarded: boolean
}

/** `help`, `sr1`: shown at the prompt, and nothing in a script. */
function isLookAtName({ entry, program }: ParsedBlock): boolean {
  const [only, more] = program.body
  return entry.ok && entry.result === undefined && more === undefined && only?.expression?.type === 'Identifier'
}

/** Writes the blocks of a session as a script that does the same and prints what was shown. */
export async function savedSession(entries: readonly JournalEntry[], options: SaveOptions): Promise<SavedSession> {
  const planned: Planned[] = []
  for (const entry of entries) {
    const parsed = await options.parse(entry.source)
    const block = parsed.state === 'complete' ? { entry, source: parsed.source, program: parsed.program } : null
    if (block !== null && isLookAtName(block)) continue
    planned.push({ entry, block, runs: entry.ok && block !== null, guarded: false })
  }
  planned.forEach((each, index) => {
    if (each.runs || each.block === null || !isUsedLater(each.block, planned.slice(index + 1))) return
    each.runs = true
    each.guarded = true
  })
  const running = planned.flatMap(({ runs, block }) => (runs && block !== null ? [block] : []))
  const names: SavedNames = {
    taken: new Set(),
    repeated: repeatedNames(running),
    used: usedResults(running),
    last: null,
    imports: new Set(),
    folder: options.folder,
  }
  const texts: string[] = []
  let redacted = 0
  const put = (text: string): void => {
    const safe = options.redact(text)
    if (safe !== text) redacted++
    texts.push(safe)
  }
  let ownLast = false
  for (const { entry, block, runs, guarded } of planned) {
    if (!runs || block === null) {
      if (options.all) put(commented(entry))
      continue
    }
    ownLast ||= givesOwn(block)
    if (ownLast) names.last = null
    if (guarded) texts.push('// This failed in the session; what it had done by then is used below.')
    if (entry.from !== undefined) put(loadedHead(entry, block))
    put(savedBlock(block, names, guarded))
    if (entry.from !== undefined) texts.push('')
    noteUsed(block, names)
    if (!ownLast && entry.result !== undefined) names.last = entry.result
  }
  return { text: texts.join('\n'), count: running.length, redacted }
}

/** Whether what a failed block declares is used before it is declared again. */
function isUsedLater({ program }: ParsedBlock, later: readonly Planned[]): boolean {
  const open = new Set<string>(program.body.flatMap(declaredBy))
  for (const { runs, block } of later) {
    if (!runs || block === null || open.size === 0) continue
    const declared = new Set(block.program.body.flatMap(declaredBy))
    let used = false
    eachName(block.program, ({ name }) => {
      used ||= open.has(name) && !declared.has(name)
    })
    if (used) return true
    for (const name of declared) open.delete(name as string)
  }
  return false
}

function repeatedNames(blocks: readonly ParsedBlock[]): Set<string> {
  const once = new Set<string>()
  const repeated = new Set<string>()
  const imports = new Set<string>()
  for (const block of blocks) {
    for (const statement of block.program.body as SyntaxNode[]) {
      if (statement.type === 'ImportDeclaration') {
        // The same once more is left out.
        const key = importKey(block, statement)
        if (imports.has(key)) continue
        imports.add(key)
      }
      for (const name of declaredBy(statement)) (once.has(name) ? repeated : once).add(name)
    }
  }
  return repeated
}

/** The results that later blocks use, by their own name or as `_`. */
function usedResults(blocks: readonly ParsedBlock[]): Set<string> {
  const used = new Set<string>()
  let last: string | undefined
  let own = false
  for (const block of blocks) {
    own ||= givesOwn(block)
    eachName(block.program, ({ name }) => {
      if (/^_\d+$/.test(name)) used.add(name)
      if (name === '_' && !own && last !== undefined) used.add(last)
    })
    last = block.entry.result ?? last
  }
  return used
}

/** Whether the block gives `_` a meaning of the user's own. */
function givesOwn({ program }: ParsedBlock): boolean {
  if (program.body.flatMap(declaredBy).includes('_')) return true
  return program.body.some(
    ({ type, expression }: { type: string; expression?: { type: string; left?: { name?: string } } }) =>
      type === 'ExpressionStatement' && expression?.type === 'AssignmentExpression' && expression.left?.name === '_',
  )
}

/** What is used as a global cannot be declared further down: in a script, a name means the same from its first line on. */
function noteUsed({ program }: ParsedBlock, names: SavedNames): void {
  const own = new Set<string>()
  for (const statement of program.body) {
    if (statement.type === 'FunctionDeclaration') own.add(statement.id.name)
    else eachInner(statement, (name) => own.add(name))
  }
  eachName(program, ({ name }) => {
    if (!own.has(name)) names.taken.add(name)
  })
}

/** Names that are declared within a statement, such as those of a loop. */
function eachInner(statement: SyntaxNode, found: (name: string) => void): void {
  const look = (node: SyntaxNode): void => {
    if (node !== statement) for (const name of declaredBy(node)) found(name)
    if (node.type === 'CatchClause') for (const name of bindingNames(node.param, new Set())) found(name)
    eachChild(node, look)
  }
  look(statement)
}

function loadedHead({ from, args = [], values }: JournalEntry, { program }: ParsedBlock): string {
  const words = [from, ...args].map((word) => (/^[\w./:@%+=,-]+$/.test(word!) ? word : JSON.stringify(word)))
  let usesArgs = false
  eachName(program, ({ name }) => {
    usesArgs ||= name === 'args'
  })
  const given = usesArgs && values === undefined ? `\nargs = ${JSON.stringify(args)}` : ''
  return `\n// .load ${words.join(' ').replaceAll('\n', ' ')}${given}`
}

function commented({ source, from }: JournalEntry): string {
  const text = from === undefined ? source : `.load ${from}`
  return text
    .split('\n')
    .map((line, index) => `// ${index === 0 ? 'failed: ' : '        '}${line}`)
    .join('\n')
}
