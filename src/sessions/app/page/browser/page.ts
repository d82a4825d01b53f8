import type { Interface, PropertyType, Value, Widget } from '../model.js'
import type { BoundValue } from './bound-value.js'
import type { PageWindow } from './dom.js'
import type { Drawn, drawing, Hooks } from './draw.js'
import type { DrawList } from './draw-list.js'
import type { notes } from './notes.js'
import type { Sandbox, sandbox } from './sandbox.js'
import type { Change, ToWorker } from './worker.js'

/** The event `window` that the host sends. */
export interface WindowMessage extends Interface {
  /** Goes up with each `replace`; a page that comes back after a break keeps what it has when it is the same. */
  version: number
  source: string
  linesBefore: number
  timeout: number
}

export interface PageParts {
  properties: Readonly<Record<string, Readonly<Record<string, PropertyType>>>>
  boundValue: BoundValue
  drawing: typeof drawing
  drawList: DrawList
  notes: typeof notes
  sandbox: typeof sandbox
}

/**
 * The page: draws the window that the host sends, gives what the user does to the sandbox, and what the sandbox asks for to widgets and
 * host. It believes nothing that comes from the sandbox. (Sent as text: it uses nothing from outside.)
 */
export function runPage(window: PageWindow, parts: PageParts): void {
  /** Calls that wait; handlers of which nothing is heard; pushes that wait; ms of drawing at a time; ms for which pushes do not wake what was ended. */
  const MOST = { calls: 50, running: 200, pushes: 1000, drawing: 20, asleep: 10_000 }
  const { document } = window
  const { tell, announce, status } = parts.notes(window)
  const main = document.getElementById('window')!
  let version = -1
  let timeout = 0
  let all = new Map<string, Drawn>()
  let values = new Map<string, Map<string, Value>>()
  let box: Sandbox | undefined
  let isClosed = false

  const request = async (path: string, body: object) => {
    const response = await window.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return (await response.json()) as { value?: unknown; error?: string }
  }
  const log = (text: string) => {
    if (!tell(text)) return
    request('log', { text: text.slice(0, 1000) }).catch(() => {})
  }

  // ── Drawing what the sandbox sets: the last value of each property, a little at a time ──
  let toDraw = new Map<string, Change>()
  let isDrawing = false
  const drawSome = () => {
    const until = Date.now() + MOST.drawing
    for (const [key, [id, property, value]] of toDraw) {
      toDraw.delete(key)
      show(id, property, value)
      if (Date.now() > until) break
    }
    isDrawing = toDraw.size > 0
    if (isDrawing) window.setTimeout(drawSome, MOST.drawing)
  }
  const show = (id: string, property: string, value: Value) => {
    const drawn = all.get(id)
    drawn?.set[property]?.(value)
    if (property === 'title' && id === all.keys().next().value) document.title = String(value)
    if (property === 'text' && drawn !== undefined && /^(label|progress)$/.test(drawn.widget.kind))
      announce(id, String(value))
  }
  const change = ([id, property, given]: Change): boolean => {
    const drawn = all.get(id)
    const types = drawn && parts.properties[drawn.widget.kind]!
    if (types === undefined || !Object.hasOwn(types, property)) return false
    const { value, cut } = parts.boundValue(types[property]!, given)
    if (cut) tell(`${id}.${property} was too long: the rest is left out`)
    values.get(id)!.set(property, value)
    if (property === 'items') values.get(id)!.set('selected', -1)
    toDraw.set(JSON.stringify([id, property]), [id, property, value])
    if (!isDrawing) {
      isDrawing = true
      window.setTimeout(drawSome, 0)
    }
    leaveGroup(drawn!, property, value)
    return true
  }
  /** Of radio buttons one is active: gives those that are no longer. */
  const leaveGroup = ({ widget }: Drawn, property: string, value: Value): Drawn[] => {
    if (widget.kind !== 'radio' || property !== 'active' || value !== true) return []
    const left = [...all.values()].filter(
      ({ widget: { id, look } }) =>
        look.group === widget.look.group && id !== widget.id && values.get(id)!.get('active') === true,
    )
    for (const {
      widget: { id },
    } of left) {
      values.get(id)!.set('active', false)
      send({ type: 'set', changes: [[id, 'active', false]] })
    }
    return left
  }

  // ── The sandbox ──
  const running = new Map<number, { handler: string; done?: (keep: boolean) => void }>()
  let lastNumber = 0
  let calls = 0
  let endedAt = Number.NEGATIVE_INFINITY
  /** What the server told and no handler has begun with yet. */
  let pushes: { event: string; value: unknown }[] = []
  const nextPushes = () => {
    while (pushes.length > 0 && running.size < MOST.running / 4) {
      const push = pushes.shift()!
      run({ type: 'push', number: ++lastNumber, ...push }, `on_server_${push.event}`)
    }
  }
  const send = (message: ToWorker) => box?.send(message)
  const run = (message: ToWorker & { number: number }, handler: string, done?: (keep: boolean) => void) => {
    if (running.size >= MOST.running) box?.end('too many handlers are at work')
    box?.wake()
    running.set(message.number, { handler, done })
    send(message)
  }
  const call = async (number: number, command: string, message: unknown) => {
    const caller = box
    let reply: { value?: unknown; error?: string } = { error: 'too many calls' }
    if (calls < MOST.calls) {
      calls++
      reply = await request('call', { command, message }).catch(() => ({ error: 'the program does not answer' }))
      calls--
    }
    if (caller === box) send({ type: 'reply', number, ...reply })
  }
  /** Obeys a message of the worker. False for one that our part of the worker does not send. */
  const obey = (message: Readonly<Record<string, unknown>>): boolean => {
    const { type, number } = message
    if (type === 'pong') box?.answered()
    else if (type === 'ready') box?.ready()
    else if (type === 'quit') closeWindow()
    else if (type === 'note' && typeof message.text === 'string') log(message.text)
    else if (type === 'call' && typeof number === 'number' && typeof message.command === 'string')
      void call(number, message.command, message.message)
    else if (type === 'done' && typeof number === 'number') {
      const handler = running.get(number)
      running.delete(number)
      handler?.done?.(message.keep === true)
      nextPushes()
    } else if (type === 'set' && Array.isArray(message.changes))
      return message.changes.every((entry: unknown) => Array.isArray(entry) && change(entry as Change))
    else return false
    return true
  }
  const sandboxHooks = {
    message: (text: string) => {
      try {
        const message = JSON.parse(text) as unknown
        return typeof message === 'object' && message !== null && obey(message as Record<string, unknown>)
      } catch {
        return false
      }
    },
    begun: () =>
      send({
        type: 'start',
        widgets: [...all.values()].map(({ widget: { id, kind, look } }) => [
          id,
          kind,
          Object.fromEntries(values.get(id)!),
          look.group ?? '',
        ]),
      }),
    failed: (text: string) => log(text),
    ended: (why: string) => {
      endedAt = Date.now()
      const names = [...new Set([...running.values()].map(({ handler }) => handler))].slice(0, 5)
      const ended = [...running.values()]
      running.clear()
      pushes = []
      toDraw = new Map()
      log(
        `${names.length > 0 ? names.join(', ') : 'The code of this window'}: ${why}, and was ended. What you do next starts it anew.`,
      )
      for (const { done } of ended) done?.(false)
    },
  }

  // ── The user ──
  const event = (drawn: Drawn | undefined, names: string[], done?: (keep: boolean) => void): boolean => {
    const signals = drawn?.widget.signals.filter(({ name }) => names.includes(name)) ?? []
    for (const { handler } of signals)
      run({ type: 'event', number: ++lastNumber, handler, id: drawn!.widget.id }, handler, done)
    return signals.length > 0
  }
  const hooks: Hooks = {
    changed: (id, property, value) => {
      values.get(id)?.set(property, value)
      send({ type: 'set', changes: [[id, property, value]] })
      const drawn = all.get(id)
      if (drawn !== undefined) for (const left of leaveGroup(drawn, property, value)) event(left, ['toggled'])
    },
    signal: (id, names) => {
      event(all.get(id), names)
    },
    closed: (id) => {
      const drawn = all.get(id)
      const isFirst = id === all.keys().next().value
      const close = () => (isFirst ? closeWindow() : change([id, 'visible', false]))
      // A handler that gives true keeps the window.
      if (!event(drawn, ['delete-event', 'close-request'], (keep) => keep || close())) close()
    },
  }
  const stop = (text: string) => {
    isClosed = true
    box?.end()
    events.close()
    main.inert = true
    main.className = 'closed'
    status(text)
  }
  const closeWindow = () => {
    if (isClosed) return
    stop('The window is closed. This tab can be closed too.')
    request('closed', {}).catch(() => {})
  }

  // ── The host ──
  const begin = (given: WindowMessage) => {
    status('')
    if (given.version === version) return
    version = given.version
    timeout = given.timeout
    box?.end()
    running.clear()
    pushes = []
    toDraw = new Map()
    all = new Map()
    document.title = given.title === '' ? 'netshell' : given.title
    const draw = parts.drawing(window, parts.drawList, hooks, all)
    main.replaceChildren(...given.widgets.map((widget: Widget) => draw(widget).node))
    // In the order of the XML, parents first: the first window is the first.
    all = new Map(given.widgets.flatMap(inOrder).map((id) => [id, all.get(id)!]))
    values = new Map([...all].map(([id, { widget }]) => [id, new Map(Object.entries(widget.values))]))
    box = parts.sandbox(window, document.body.dataset.frame!, given, sandboxHooks)
    box.wake()
  }
  const inOrder = (widget: Widget): string[] => [
    widget.id,
    ...widget.children.flatMap((child) => inOrder(child.widget)),
  ]
  const events = new window.EventSource('events')
  events.addEventListener('window', ({ data }) => begin(JSON.parse(String(data)) as WindowMessage))
  events.addEventListener('push', ({ data }) => {
    // What was ended for what a push did is not woken by the next one at once.
    if (box?.isRunning !== true && Date.now() - endedAt < Math.max(MOST.asleep, timeout)) return
    pushes.push(JSON.parse(String(data)) as (typeof pushes)[number])
    if (pushes.length > MOST.pushes) {
      pushes.shift()
      tell('The server tells more than the handlers can take: some of it is left out.')
    }
    nextPushes()
  })
  events.addEventListener('notice', ({ data }) => status(String(JSON.parse(String(data)))))
  events.addEventListener('ended', () => stop('The program that showed this window has ended.'))
  events.addEventListener('error', () => {
    if (!isClosed) status('No connection to the program that shows this window; trying again …')
  })
}
