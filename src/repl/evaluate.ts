/** Evaluation: source → syntax tree → transformed script → running, waiting program → value. */
import vm from 'node:vm'
import { runFunctionsWith } from '../exchange/job.js'
import { Interrupted, type Interruptible, InterruptScope } from '../exchange/task.js'
import { divide, isIn, loadedLayers, loadLayers, multiply, onLayersLoaded, remove } from '../packet/index.js'
import type { EditedText } from './edits.js'
import type { Parsed } from './parse.js'
import { type Operators, Runtime, type Waiting } from './run-time.js'

/** Source that is not a program. `source` and `offset` say where. */
export class SourceError extends SyntaxError {
  override readonly name = 'SyntaxError'
  readonly file: string
  readonly source: string
  readonly offset: number
  /** More text could make it right. */
  readonly incomplete: boolean

  constructor(message: string, place: { file: string; source: string; offset: number; incomplete?: boolean }) {
    super(message)
    this.file = place.file
    this.source = place.source
    this.offset = place.offset
    this.incomplete = place.incomplete ?? false
  }
}

/** How to evaluate. */
export interface EvaluateOptions {
  /** Name of the source: the absolute path of a script, or something like `prompt-3`. */
  file: string
  /** Declarations are global and may be repeated; `{a: 1}` is an object. Else the source is a script. */
  prompt: boolean
  /** End synchronous code at SIGINT, without its `finally` blocks; for when no thread watches (see sigint.ts). */
  breakOnSigint?: boolean
}

/** Names whose values are made when first used may be given as getters. */
export type Globals = Record<string, unknown>

/** Evaluates source in this process's global scope, one piece at a time. */
export class Evaluator {
  readonly runtime: Runtime
  readonly #sources = new Map<string, EditedText>()
  readonly #typed = new Map<string, EditedText>()
  #compiler: typeof import('./compiler.js') | null = null
  #scope: InterruptScope | null = null
  /** Ctrl-C was pressed before what it is meant for had begun. */
  #pressedEarly = false
  /** Names declared with const at the prompt. */
  readonly #constants = new Set<string>()

  /** @param globals what the user finds preloaded: becomes properties of the global object */
  constructor(
    globals: Globals = {},
    operators: Operators = { divide, isIn, multiply, remove: remove as Operators['remove'] },
  ) {
    this.runtime = new Runtime(operators)
    this.runtime.onPress = () => this.press()
    runFunctionsWith((work, name) => this.runtime.background(work, name))
    this.preload(globals)
    // A user's line may lie below many frames of ours.
    Error.stackTraceLimit = Math.max(Error.stackTraceLimit, 50)
  }

  /** Makes names global, without asking their getters. */
  preload(globals: Globals): void {
    preload(globals)
  }

  /** Whether something is being evaluated. */
  get running(): boolean {
    return this.#scope !== null
  }

  /** Something is about to be evaluated: a press from now on is meant for that, one before it is forgotten. */
  expect(): void {
    this.#pressedEarly = false
    this.runtime.calm()
  }

  /** What the evaluation waits for now; empty when nothing is being evaluated. */
  waits(): Iterable<Interruptible> {
    return this.#scope?.operations() ?? []
  }

  /** What the text is. TypeScript is understood when plain JavaScript does not parse. */
  async parse(source: string, { prompt }: { prompt: boolean }): Promise<Parsed> {
    this.#compiler ??= await import('./compiler.js')
    const { looksTyped, mayHaveTypes, parse } = this.#compiler
    const plain = parse(source, { prompt })
    const misread = plain.state === 'complete' && looksTyped(source)
    if (!misread && (plain.state !== 'wrong' || !mayHaveTypes(source))) return plain
    const { parseTyped } = await import('./types.js')
    const typed = await parseTyped(source, { prompt })
    if (plain.state !== 'wrong') return typed.state === 'complete' ? typed : plain
    if (typed.state === 'wrong') return typed.offset > plain.offset || typed.final ? typed : plain
    return typed
  }

  /** What text is that was evaluated before; null when nothing was evaluated yet. */
  parseAgain(source: string): Parsed | null {
    return this.#compiler?.parse(source, { prompt: true }) ?? null
  }

  /** The edited text of a source that was evaluated, by its file name. */
  sourceOf(file: string): EditedText | undefined {
    const text = this.#sources.get(file)
    const typed = this.#typed.get(file)
    return text === undefined || typed === undefined ? text : text.after(typed)
  }

  /** All sources that are known, the latest first. */
  sources(): [file: string, text: EditedText][] {
    return [...this.#sources.keys()].reverse().map((file) => [file, this.sourceOf(file)!])
  }

  /** The source of this name will be one that was made from what was typed: places are told in that. */
  madeFrom(file: string, typed: EditedText): void {
    this.#typed.set(file, typed)
  }

  /** Evaluates and waits. Returns the completion value. Throws {@link SourceError}, {@link Interrupted}, what the code throws. */
  async run(source: string, options: EvaluateOptions): Promise<unknown> {
    const parsed = await this.parse(source, options)
    if (parsed.state !== 'complete') {
      const { message, offset, state } = parsed
      throw new SourceError(message, { file: options.file, source, offset, incomplete: state === 'incomplete' })
    }
    return await this.runParsed(parsed, source, options)
  }

  /** As {@link run}, for source that is parsed already. */
  async runParsed(
    parsed: Parsed & { state: 'complete' },
    original: string,
    { file, prompt, breakOnSigint }: EvaluateOptions,
  ): Promise<unknown> {
    const { runtime } = this
    loadNamedLayers(original)
    if (/\bimport\b/.test(original)) {
      const { prepareImports } = await import('./imports.js')
      await prepareImports(parsed.program, file, (message, offset) => {
        throw new SourceError(message, { file, source: original, offset })
      })
    }
    const scope = new InterruptScope()
    const make = this.#compile(parsed, original, file, prompt)
    this.#scope = scope
    runtime.foreground = scope
    // Whoever does not wait for what has begun may have pressed already.
    const isPressed = this.#pressedEarly || runtime.isPressed
    this.expect()
    runtime.made = []
    try {
      const begin = () => runtime.start(make.call(globalThis, runtime).call(globalThis), scope)
      const ends = breakOnSigint ? breakable(begin) : begin()
      if (isPressed) this.#pressBehindFirstTurn()
      return await ends
    } finally {
      this.#scope = null
      runtime.foreground = null
      runtime.calm()
    }
  }

  /** How many waits of the last evaluation nobody waited for: callbacks that others called waited in vain. */
  get forgotten(): number {
    return this.runtime.made.filter((task) => !task._observed).length
  }

  /** A press that came early: loops of the first turn see it, and what that waits for ends as if it were pressed then. */
  #pressBehindFirstTurn(): void {
    const { runtime } = this
    runtime.isPressed = true
    const press = (): void => {
      if (runtime.isPressed) this.press()
    }
    runtime.turns.run(press, () => undefined)
  }

  /** One press of Ctrl-C. Returns what it did; null when nothing is being evaluated: then it stops what is evaluated next (see {@link expect}). */
  press(): 'interrupted' | 'aborted' | null {
    const scope = this.#scope
    if (!scope) {
      this.#pressedEarly = true
      this.runtime.calm()
      return null
    }
    const did = scope.press()
    this.runtime.flags[0] = scope.stopping ? 2 : 0
    return did
  }

  #compile(
    parsed: Parsed & { state: 'complete' },
    original: string,
    file: string,
    prompt: boolean,
  ): (this: unknown, runtime: Runtime) => (this: unknown) => Waiting {
    try {
      const text = this.#compiler!.transform(parsed.source, parsed.program, {
        prompt,
        constants: prompt ? this.#constants : undefined,
      })
      this.#sources.set(file, text.of(original))
      return (text.code.includes('import') ? withImports : plainScript)(text.code, file).runInThisContext()
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      throw new SourceError(error.message, { file, source: original, offset: this.#offsetOf(error, file) })
    }
  }

  /** Where an error that the parser did not see is: V8 writes `file:line` and a line of carets on top of the stack. */
  #offsetOf(error: SyntaxError & { offset?: number }, file: string): number {
    if (typeof error.offset === 'number') return error.offset
    const [place, , carets] = String(error.stack).split('\n')
    const line = Number(place.slice(place.lastIndexOf(':') + 1))
    const text = this.#sources.get(file)
    if (!text || !Number.isInteger(line)) return 0
    return text.toSource(line, Math.max(carets?.indexOf('^') ?? 0, 0) + 1).offset
  }
}

/** Layers that are declared when they are needed are needed when their names are used: words with a capital that are no known name, member or text. */
function loadNamedLayers(source: string): void {
  for (const [name] of source.matchAll(/(?<![\w$.'"`#])[\w$]*[A-Z][\w$]*(?!\s*:)/g)) {
    if (name in globalThis) continue
    loadLayers()
    return
  }
}

onLayersLoaded(() => {
  const names = loadedLayers().filter(({ layerName }) => !(layerName in globalThis))
  preload(Object.fromEntries(names.map((layer) => [layer.layerName, layer])))
})

function preload(globals: Globals): void {
  for (const name of Object.keys(globals)) {
    const descriptor = Object.getOwnPropertyDescriptor(globals, name)
    if (!descriptor) continue
    const existing = Object.getOwnPropertyDescriptor(globalThis, name)
    if (existing && !existing.configurable) continue
    Object.defineProperty(globalThis, name, {
      ...(descriptor.get ? lazily(name, descriptor.get.bind(globals)) : { value: globals[name], writable: true }),
      configurable: true,
      enumerable: false,
    })
  }
}

/** A property that becomes an ordinary one when it is first read or set. */
function lazily(name: string, make: () => unknown): PropertyDescriptor {
  const settle = (value: unknown): unknown => {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false })
    return value
  }
  return { get: () => settle(make()), set: settle }
}

function plainScript(code: string, file: string): vm.Script {
  return new vm.Script(code, { filename: file })
}

/** A script that may use `import()`; what it imports is found from `file` when that is a path, else from the current folder. */
function withImports(code: string, file: string): vm.Script {
  silenceImportWarning()
  return new vm.Script(code, {
    filename: file,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
}

let silenced = false

/** Node 20 to 24 warn that the constant is experimental; there is no other way to import from a vm.Script without a flag. */
function silenceImportWarning(): void {
  if (silenced) return
  silenced = true
  const { emitWarning } = process
  process.emitWarning = (...parameters: unknown[]) => {
    if (String(parameters[0]).startsWith('vm.USE_MAIN_CONTEXT_DEFAULT_LOADER')) return
    emitWarning.apply(process, parameters as Parameters<typeof emitWarning>)
  }
}

const START = Symbol.for('netshell.start')
let starter: vm.Script | undefined

/** Runs `begin` so that SIGINT ends it. */
function breakable<T>(begin: () => T): T {
  starter ??= new vm.Script(`globalThis[Symbol.for('netshell.start')]()`)
  const global = globalThis as typeof globalThis & { [START]?: () => T }
  global[START] = begin
  try {
    return starter.runInThisContext({ breakOnSigint: true })
  } catch (error) {
    if ((error as { code?: string } | null)?.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED') throw new Interrupted()
    throw error
  } finally {
    delete global[START]
  }
}
