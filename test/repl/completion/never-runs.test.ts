/** Completing runs nothing of the user's, whatever is typed. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { behave, layer, u8 } from '../../../src/packet/index.js'
import { completionsAt, hintAt } from '../../../src/repl/completion/index.js'
import { type } from './session.js'

const ran: string[] = []
const spy =
  (name: string) =>
  (...args: unknown[]): unknown => {
    ran.push(name)
    return args[0]
  }
const traps = new Proxy({}, { get: (_, name) => spy(`trap ${String(name)}`) }) as ProxyHandler<object>
const proxy = new Proxy({ inner: 1 }, traps)
const functionProxy = new Proxy(spy('function'), traps as ProxyHandler<() => void>)
const behindProxy = Object.create(proxy) as object
const spied = {
  get computed() {
    return spy('getter')()
  },
  set computed(value: unknown) {
    spy('setter')(value)
  },
  plain: { inner: 1 },
  call: spy('function'),
  toString: spy('toString'),
  valueOf: spy('valueOf'),
  toJSON: spy('toJSON'),
  [Symbol.toPrimitive]: spy('toPrimitive'),
  [Symbol.iterator]: spy('iterator'),
  [Symbol.for('nodejs.util.inspect.custom')]: spy('inspect'),
  get [Symbol.toStringTag]() {
    return String(spy('tag')('x'))
  },
  get constructor() {
    return spy('constructor')(Object)
  },
  get length() {
    return spy('length')(1)
  },
  get name() {
    return spy('name')('x')
  },
  get events() {
    return spy('events')({})
  },
}
class Spied {
  static get events(): unknown {
    return spy('static events')({})
  }
  static [Symbol.hasInstance](): boolean {
    return spy('hasInstance')(true) as boolean
  }
  get field(): unknown {
    return spy('class getter')()
  }
  on(): void {
    spy('method')()
  }
}
const spiedFunction = Object.defineProperties(() => spy('function')(), {
  name: { get: spy('function name') },
  length: { get: spy('function length') },
  definition: { get: spy('function definition') },
  toString: { value: spy('function toString') },
})
const spiedList = Object.defineProperties([1, 2], { 0: { get: spy('element') }, map: { get: spy('map') } })
const Guessing = layer('Guessing', { kind: u8() })
behave(Guessing, { guess: () => spy('guess')() as never })

/** All names that the inputs have, and members of them, are spied on. */
const things: Record<string, unknown> = {
  proxy,
  functionProxy,
  behindProxy,
  spied,
  spiedFunction,
  spiedList,
  Spied,
  spiedInstance: new Spied(),
  guessing: Guessing(new Uint8Array([1, 2, 3])),
}

const CONTROLS = /[\x00-\x1f\x7f]/

function complete(text: string, cursor: number): void {
  const { from, to, items } = completionsAt(text, cursor)
  expect(from).toBeLessThanOrEqual(cursor)
  expect(to).toBeGreaterThanOrEqual(cursor)
  // One look at all of them: there are many.
  const shown = items.map(({ text, label, detail }) => `${text}${label ?? ''}${detail ?? ''}`).join('')
  if (CONTROLS.test(shown)) throw new Error(`control characters in the candidates for ${JSON.stringify(text)}`)
  hintAt(text, cursor)
}

it('asks no getter, no proxy and calls no function', () => {
  Object.assign(globalThis, things)
  Object.defineProperty(globalThis, 'globalGetter', { get: spy('global getter'), configurable: true, enumerable: true })
  const forms = [
    'X', 'X.', 'X?.', 'X.in', 'X[0].', 'X["a"].', "X['", 'X[', 'X().', 'X.call().', 'new X().', 'new X(', 'X(', "X('", 'X({',
    "X({a: '", 'X.computed.', 'X.plain.', 'X.call(', "X.on('", "X.call('", "X.computed = '", "X.computed === '", 'TCP in X',
    '`${X.', 'X`${', 'X`a`.', '(X).', '(X/IP()).', '(X*2).', '[X][0].', '[...X].', '({X}).X.', '(X, X).', 'await X.', '!X.',
    'for (const x of X) { x.', 'X.map(x => x.', 'X.filter(({a}) => a.', 'let {a} = X; a.', 'let [a] = X; a.', 'X.on(X.', 'X ?? X.',
    'X ? X.a : X.', 'sr1(X).', 'bg(X).result.', 'stack(X, X).', 'dissect(X, X).', 'IP(X).', "pkt[X].", 'X.length.', 'X.name.',
    'X.constructor.', 'X.constructor(', 'X.__proto__.', 'Object.keys(X).', 'X instanceof X.', 'class A extends X { m() { this.',
    'JSON.stringify(X).', "help('X", 'ls(X', 'X = X.', 'X\n.', 'X!.', '(X as any).', 'X.field.', 'X.payload.', 'X.last.', "X.get('"
  ] // biome-ignore format: a table
  for (const name of [...Object.keys(things), 'globalGetter'])
    for (const form of forms) {
      const text = form.replaceAll('X', name)
      complete(text, text.length)
    }
  expect(ran).toEqual([])
  // The spies do tell.
  void spied.computed
  expect(ran).toEqual(['getter'])
  ran.length = 0
})

/** Sources in which the tests of the shell have their inputs. */
function inputs(): string[] {
  const folder = join(import.meta.dirname, '..')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /^(?:inputs|positions|shell)/.test(name),
  )
  return files.map((name) => join(folder, name)).filter((file) => statSync(file).isFile() && file.endsWith('.ts'))
}

it('takes every beginning of every line of the shell’s inputs', async () => {
  await type(
    "var pkt = IP()/TCP(); var o = {p: IP()}; var dst = '10.0.0.1'; var xs = [1]; var pkts = new PacketList([pkt])",
  )
  const lines = new Set(inputs().flatMap((file) => readFileSync(file, 'utf8').split('\n')))
  expect(lines.size).toBeGreaterThan(100)
  for (const line of lines) {
    const inner = /^\s*(?:\[|')?(['"`])(.*)\1/.exec(line)?.[2]?.replaceAll('\\n', '\n').replaceAll('\\', '')
    for (const text of inner === undefined ? [line.trim()] : [inner])
      for (let cursor = 0; cursor <= text.length; cursor++) complete(text, cursor)
  }
  expect(ran).toEqual([])
}, 120_000)

it('takes whatever is typed', () => {
  const pieces = ["'", '"', '`', '${', '}', '{', '(', ')', '[', ']', '.', '?.', ',', ':', '=>', '=', '/', '/*', '*/', '//', '\n', ' ', 'spied', 'proxy', 'IP', 'pkt',
    'let', 'const', 'for', 'of', 'in', 'new', 'class', 'function', 'async', 'await', 'import', 'from', '#a', '5', '0x', '\\', '😀', 'ä', '…', '?', '!', '...', 'as', '<', '>', ';', 'sniff', 'flags'] // biome-ignore format: a table
  let seed = 7
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
    return seed % below
  }
  for (let round = 0; round < 3000; round++) {
    let text = ''
    for (let count = random(14) + 1; count > 0; count--) text += pieces[random(pieces.length)]
    complete(text, random(3) === 0 ? random(text.length + 1) : text.length)
  }
  expect(ran).toEqual([])
}, 120_000)
