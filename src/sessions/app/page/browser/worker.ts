import type { PropertyType, Value } from '../model.js'
import type { BoundValue } from './bound-value.js'

/** What the worker has of the browser while our part of it runs. */
interface WorkerScope {
  postMessage(message: string): void
  addEventListener(type: string, listener: (event: WorkerEvent) => void): void
  setTimeout(task: () => void, delay: number): number
  queueMicrotask(task: () => void): void
  console: unknown
}
interface WorkerEvent {
  data: string
  reason: unknown
  message: string
  lineno: number
  preventDefault(): void
}
type Functions = Record<string, ((...args: unknown[]) => unknown) | undefined>
export type Change = [id: string, property: string, value: Value]
/** From the page. */
export type ToWorker =
  | { type: 'start'; widgets: [id: string, kind: string, values: Record<string, Value>, group: string][] }
  | { type: 'set'; changes: Change[] }
  | { type: 'event'; number: number; handler: string; id: string }
  | { type: 'push'; number: number; event: string; value: unknown }
  | { type: 'reply'; number: number; value?: unknown; error?: string }
  | { type: 'ping' }

/**
 * Our part of the worker in which handlers run: `ui`, `app`, and the exchange with the page. It takes away what else a worker has; that
 * is for good measure, as the policy of the frame forbids connections anyway. Its messages are paced, so that no honest handler sends
 * more than the page takes. (Sent as text: it uses nothing from outside.)
 * @param firstLine the line of the worker's source before that of the handlers
 * @returns takes the handlers, and starts
 */
export function runWorker(
  scope: WorkerScope,
  kinds: Readonly<Record<string, Readonly<Record<string, PropertyType>>>>,
  boundValue: BoundValue,
  firstLine: number,
): (functions: Functions) => void {
  const MOST = { messages: 200, characters: 1_000_000, message: 900_000, calls: 50, notes: 20, frame: 16 }
  const post = scope.postMessage.bind(scope)
  const listen = scope.addEventListener.bind(scope)
  const later = scope.setTimeout.bind(scope)
  const soon = scope.queueMicrotask.bind(scope)
  const states = new Map<string, { kind: string; group: string; values: Map<string, Value>; face: object }>()
  const calls = new Map<number, { done: (value: unknown) => void; failed: (error: Error) => void }>()
  let functions: Functions = {}
  let lastCall = 0

  // ── Sending, at a pace that the page takes ──
  const waiting: string[] = []
  let second = 0
  let messages = 0
  let characters = 0
  let notes = 0
  let isWaiting = false
  const drain = () => {
    isWaiting = false
    const now = Math.floor(Date.now() / 1000)
    if (now !== second) [second, messages, characters, notes] = [now, 0, 0, 0]
    while (waiting.length > 0 && messages < MOST.messages && characters < MOST.characters) {
      const text = waiting.shift()!
      messages++
      characters += text.length
      post(text)
    }
    if (waiting.length === 0 || isWaiting) return
    isWaiting = true
    later(drain, 1000 - (Date.now() % 1000))
  }
  const send = (message: object) => {
    waiting.push(JSON.stringify(message))
    if (!isWaiting) drain()
  }
  const note = (text: string) => {
    if (++notes <= MOST.notes) send({ type: 'note', text: String(text).slice(0, 1000) })
  }

  // ── Changes of widgets: the last of each property, a few times a second ──
  let changes = new Map<string, Change>()
  let flushing = false
  let lastFlush = 0
  const flush = () => {
    flushing = false
    if (changes.size === 0) return
    lastFlush = Date.now()
    let batch: Change[] = []
    let size = 0
    for (const change of changes.values()) {
      const length = JSON.stringify(change).length
      if (size + length > MOST.message && batch.length > 0) {
        send({ type: 'set', changes: batch })
        batch = []
        size = 0
      }
      batch.push(change)
      size += length
    }
    changes = new Map()
    send({ type: 'set', changes: batch })
  }
  const change = (id: string, property: string, value: Value) => {
    changes.set(JSON.stringify([id, property]), [id, property, value])
    if (flushing) return
    flushing = true
    const wait = lastFlush + MOST.frame - Date.now()
    if (wait <= 0 && !isWaiting) soon(flush)
    else later(flush, isWaiting ? 250 : wait)
  }

  // ── ui ──
  const get = (id: string, property: string): unknown => {
    const { kind, values } = states.get(id)!
    if (property === 'label') property = 'text'
    if (kind === 'combo' && property === 'text')
      return (values.get('items') as string[][])[values.get('selected') as number]?.[0] ?? ''
    const value = values.get(property)
    if (!Array.isArray(value)) return value
    // Frozen: a change inside would be seen by nobody.
    const rows = value as string[][]
    if (rows.every((row) => row.length === 1)) return Object.freeze(rows.map(([text]) => text))
    return Object.freeze(rows.map((row) => Object.freeze([...row])))
  }
  const set = (id: string, property: string, given: unknown): void => {
    const { kind, group, values } = states.get(id)!
    if (property === 'label') property = 'text'
    if (kind === 'combo' && property === 'text') {
      const texts = (values.get('items') as string[][]).map((row) => row[0])
      set(id, 'selected', texts.indexOf(String(given)))
      return
    }
    const types = kinds[kind]!
    if (!Object.hasOwn(types, property))
      throw new TypeError(`ui.${id} has no '${property}'; it has ${Object.keys(types).join(', ')}`)
    const { value, cut } = boundValue(types[property]!, given)
    if (cut) note(`ui.${id}.${property} was too long: the rest is left out`)
    if (kind === 'radio' && property === 'active' && value === true)
      for (const other of states.values()) if (other.group === group) other.values.set('active', false)
    values.set(property, value)
    if (property === 'items') values.set('selected', -1)
    change(id, property, value)
  }
  const faceOf = (id: string, kind: string) =>
    new Proxy(Object.create(null) as object, {
      get: (_, property) => {
        if (typeof property === 'symbol' || property === 'then') return undefined
        return property === 'id' ? id : property === 'kind' ? kind : get(id, property)
      },
      set: (_, property, value) => {
        set(id, String(property), value)
        return true
      },
    })
  const ui = new Proxy(Object.create(null) as object, {
    get: (_, id) => {
      if (typeof id === 'symbol' || id === 'then') return undefined
      const state = states.get(id)
      if (state === undefined) throw new TypeError(`the interface has no widget '${id}'`)
      return state.face
    },
    set: (_, id) => {
      throw new TypeError(`ui.${String(id)} cannot be set; its properties can, such as text`)
    },
  })

  // ── app ──
  const call = async (command: unknown, message: unknown): Promise<unknown> => {
    if (calls.size >= MOST.calls) throw new Error(`${MOST.calls} calls wait for an answer already`)
    flush()
    const number = ++lastCall
    const request = { type: 'call', number, command: String(command), message: message === undefined ? null : message }
    if (JSON.stringify(request).length > MOST.message) throw new Error('the message is too long')
    send(request)
    return await new Promise((done, failed) => {
      calls.set(number, { done, failed })
    })
  }
  const quit = () => send({ type: 'quit' })
  const app = Object.freeze({ call, quit })

  // ── Handlers ──
  const describe = (error: unknown): string => {
    const { message = String(error), stack = '' } = (error ?? {}) as { message?: string; stack?: string }
    const line = Number(/:(\d+):\d+\)?$/m.exec(stack)?.[1]) - firstLine
    return `${line > 0 ? `line ${line}: ` : ''}${message}`
  }
  const run = async (number: number, name: string, args: unknown[]) => {
    let keep = false
    try {
      const handler = functions[name]
      if (handler !== undefined) keep = (await handler(...args)) === true
      else if (name === 'gtk_main_quit') quit()
      else if (!name.startsWith('on_server_')) note(`there is no function ${name}`)
    } catch (error) {
      note(`${name}: ${describe(error)}`)
    }
    flush()
    send({ type: 'done', number, keep })
  }
  const receive = (message: ToWorker): void => {
    switch (message.type) {
      case 'start':
        for (const [id, kind, values, group] of message.widgets)
          states.set(id, { kind, group, values: new Map(Object.entries(values)), face: faceOf(id, kind) })
        return
      case 'set':
        for (const [id, property, value] of message.changes) states.get(id)?.values.set(property, value)
        return
      case 'event':
        void run(message.number, message.handler, [ui, app, states.get(message.id)?.face])
        return
      case 'push':
        void run(message.number, `on_server_${message.event}`, [ui, app, message.value])
        return
      case 'reply': {
        const { number, error, value } = message
        const open = calls.get(number)
        calls.delete(number)
        if (error === undefined) open?.done(value)
        else open?.failed(new Error(error))
        return
      }
      case 'ping':
        // Not paced: it is the page that decides how often.
        post('{"type":"pong"}')
    }
  }
  listen('message', ({ data }) => receive(JSON.parse(data) as ToWorker))
  listen('unhandledrejection', (event) => {
    event.preventDefault()
    note(describe(event.reason))
  })
  listen('error', (event) => {
    event.preventDefault()
    note(`${event.lineno > firstLine ? `line ${event.lineno - firstLine}: ` : ''}${event.message}`)
  })

  // ── What is left to handlers: the language, timers, and texts ──
  const write = (...values: unknown[]) => note(values.map(String).join(' '))
  const LEFT = new Set(
    `AggregateError Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Boolean DataView Date Error EvalError FinalizationRegistry
    Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array Intl Iterator JSON Map Math NaN Number Object Promise Proxy
    RangeError ReferenceError Reflect RegExp Set String Symbol SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array
    Uint8ClampedArray WeakMap WeakRef WeakSet decodeURI decodeURIComponent encodeURI encodeURIComponent escape eval globalThis isFinite
    isNaN parseFloat parseInt undefined unescape TextDecoder TextEncoder URL URLSearchParams atob btoa clearInterval clearTimeout
    constructor crypto performance queueMicrotask self setInterval setTimeout structuredClone`.split(/\s+/),
  )
  for (let level: object = scope; level !== Object.prototype; level = Reflect.getPrototypeOf(level)!)
    for (const name of Reflect.ownKeys(level))
      if (typeof name === 'string' && !LEFT.has(name)) Reflect.deleteProperty(level, name)
  scope.console = Object.freeze({ log: write, info: write, warn: write, error: write, debug: write })

  return (found) => {
    functions = Object.assign(Object.create(null) as Functions, found)
    send({ type: 'ready' })
  }
}
