/** Before a program imports: what cannot be imported is refused, and Node is taught TypeScript where it does not know it. */
import { placeOf } from './edits.js'
import { noteImport } from './imported-places.js'
import { TransformError } from './rewriter.js'
import { eachChild, type SyntaxNode } from './syntax.js'
import { typeStripper } from './types.js'

/**
 * Looks at what a program imports by name.
 * @param file the program's own, from which paths are found
 * @param refuse throws the error for what cannot be imported
 */
export async function prepareImports(
  program: SyntaxNode,
  file: string,
  refuse: (message: string, offset: number) => never,
): Promise<void> {
  const names: SyntaxNode[] = []
  const look = (node: SyntaxNode): void => {
    if (
      (node.type === 'ImportDeclaration' || node.type === 'ImportExpression') &&
      typeof node.source?.value === 'string'
    )
      names.push(node.source)
    eachChild(node, look)
  }
  look(program)
  for (const { value, start } of names) {
    noteImport(value, file)
    if (!/\.nsh$/.test(value)) continue
    refuse(
      `a script cannot be imported: put what both need into a module (.mjs, .ts), or run '${value}' first (.load at the prompt)`,
      start,
    )
  }
  if (names.some(({ value }) => /\.m?ts$/.test(value))) await understandTypescript()
}

let understood = false

/**
 * From here on modules that end in .ts can be imported. Node from 22.18 on can do that itself, but does not say where in the file a
 * mistake is. See https://nodejs.org/api/module.html#customization-hooks
 */
async function understandTypescript(): Promise<void> {
  // Run from its sources, TypeScript is understood already.
  if (understood || import.meta.url.endsWith('.ts')) return
  understood = true
  const strip = await typeStripper()
  const loaded = (url: string): string => {
    const { readFileSync } = process.getBuiltinModule('node:fs')
    const file = process.getBuiltinModule('node:url').fileURLToPath(url)
    const source = readFileSync(file, 'utf8')
    try {
      return strip(source)
    } catch (error) {
      if (!(error instanceof TransformError)) throw error
      const { line, column } = placeOf(source, error.offset)
      throw new SyntaxError(`${error.message} (${file}:${line}:${column})`)
    }
  }
  const { registerHooks } = process.getBuiltinModule('node:module') as unknown as { registerHooks?: RegisterHooks }
  if (registerHooks === undefined) registerThread(loaded)
  else
    registerHooks({
      load: (url, context, next) =>
        TYPESCRIPT.test(url) ? { format: 'module', source: loaded(url), shortCircuit: true } : next(url, context),
    })
}

const TYPESCRIPT = /^file:.*\.m?ts$/

/** From Node 22.15 on; not in the types of Node 20. */
type RegisterHooks = (hooks: {
  load(url: string, context: unknown, next: (url: string, context: unknown) => unknown): unknown
}) => void

/** For Node 20: in the thread of its module loader; this thread takes the types out. Goes with Node 20. */
const HOOK = `
const waiting = new Map()
let count = 0
let port
export function initialize(data) {
  port = data.port
  port.on('message', ({ number, ...answer }) => {
    waiting.get(number)(answer)
    waiting.delete(number)
  })
}
export async function load(url, context, next) {
  if (!${TYPESCRIPT}.test(url)) return next(url, context)
  const number = ++count
  const answer = await new Promise((resolve) => {
    waiting.set(number, resolve)
    port.postMessage({ number, url })
  })
  if (answer.error) throw new SyntaxError(answer.error)
  return { format: 'module', source: answer.source, shortCircuit: true }
}
`

function registerThread(loaded: (url: string) => string): void {
  const { register } = process.getBuiltinModule('node:module')
  const { MessageChannel } = process.getBuiltinModule('node:worker_threads')
  const { port1, port2 } = new MessageChannel()
  port1.on('message', ({ number, url }: { number: number; url: string }) => {
    try {
      port1.postMessage({ number, source: loaded(url) })
    } catch (error) {
      port1.postMessage({ number, error: (error as Error).message })
    }
  })
  port1.unref()
  register(`data:text/javascript,${encodeURIComponent(HOOK)}`, { data: { port: port2 }, transferList: [port2] })
}
