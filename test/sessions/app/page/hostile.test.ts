import { type AddressInfo, createServer, type Server } from 'node:net'
import type { Frame, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { buttonOf, labelOf, openChromium, widget, windowOf } from './chromium.js'

const { show } = openChromium()
const XML = windowOf(labelOf('out'), buttonOf('bad'), buttonOf('good'))
const GOOD = `
let count = 0
function on_good_clicked(ui) { ui.out.text = 'good ' + ++count }
`

/** Stands for a stranger's server on this machine: what reaches it has got out of the sandbox. */
let stranger: Server
let address = ''
let reached = 0
let asked = 0

beforeAll(async () => {
  stranger = createServer((socket) => {
    reached++
    socket.on('error', () => {})
    socket.once('data', () => {
      asked++
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\naccess-control-allow-origin: *\r\nconnection: close\r\n\r\n')
    })
  })
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
  address = `127.0.0.1:${(stranger.address() as AddressInfo).port}`
})
beforeEach(() => {
  reached = 0
  asked = 0
})
afterAll(() => {
  stranger.close()
})

async function goodStillWorks(page: Page, expected = 'good 1') {
  await widget(page, 'good').click()
  await expect.poll(() => widget(page, 'out').textContent(), { timeout: 8000 }).toBe(expected)
}

/** Handlers that try each way in turn, and call home with what came of it. */
function trying(ways: Readonly<Record<string, string>>): string {
  const attempts = Object.entries(ways).map(
    ([way, code]) => `
  try { let text = 'done'; ${code}; results[${JSON.stringify(way)}] = text }
  catch (error) { results[${JSON.stringify(way)}] = 'failed: ' + error.message }`,
  )
  return `${GOOD}\nasync function on_bad_clicked(ui, app) { const results = {}; ${attempts.join('\n')}\n await app.call('results', results) }`
}

describe('code from a server cannot reach another one', () => {
  test('the stranger of these tests is heard of when somebody does reach it', async () => {
    await fetch(`http://${address}/`)
    expect([reached, asked]).toEqual([1, 1])
  })

  const ways = (place: string): Record<string, string> => ({
    fetch: `await fetch('http://${place}/')`,
    XMLHttpRequest: `const r = new XMLHttpRequest(); r.open('GET', 'http://${place}/', false); r.send()`,
    WebSocket: `await new Promise((yes, no) => { const s = new WebSocket('ws://${place}/'); s.onopen = yes; s.onerror = no })`,
    EventSource: `await new Promise((yes, no) => { const s = new EventSource('http://${place}/'); s.onopen = yes; s.onerror = no })`,
    WebTransport: `await new WebTransport('https://${place}/').ready`,
    importScripts: `importScripts('http://${place}/x.js')`,
    'import()': `await import('http://${place}/x.js')`,
    'import() of data': `await import('data:text/javascript,export default 1')`,
    sendBeacon: `navigator.sendBeacon('http://${place}/', 'x')`,
    Image: `new Image().src = 'http://${place}/x.png'`,
    RTCPeerConnection: `new RTCPeerConnection()`,
    'a worker in the worker': `new Worker(URL.createObjectURL(new Blob(['1'])))`,
    BroadcastChannel: `new BroadcastChannel('x').postMessage(1)`,
    indexedDB: `indexedDB.open('x')`,
    caches: `await caches.open('x')`,
    navigator: `text = navigator.userAgent`,
    location: `text = location.href`,
    eval: `text = eval('1 + 1')`,
    Function: `text = Function('return 1')()`,
    'the constructor of functions': `text = (async () => {}).constructor('return 1')()`,
    'top and parent': `text = top.location.href + parent.document.title`,
    'document and cookies': `text = document.cookie`,
    localStorage: `localStorage.x = 1`,
    'a post beyond our messages': `postMessage({ type: 'call' })`,
    'what was taken away, by its prototype': `let o = globalThis, all = []; while (o) { all.push(...Object.getOwnPropertyNames(o)); o = Object.getPrototypeOf(o) }
       if (!all.some((name) => /fetch|Socket|import|post|Worker|open|navigator|location/i.test(name))) throw new Error('nothing left')
       text = all.join(' ')`,
  })
  const PLACE = 'PLACE'
  let outcomes: Record<string, string> = {}

  beforeAll(async () => {
    const handlers = trying(ways(PLACE)).replaceAll(PLACE, address)
    outcomes = await new Promise((resolve, reject) => {
      const call = async ({ message }: { message: unknown }) => resolve(message as Record<string, string>)
      show({ interface: XML, handlers, call }).then(({ page }) => widget(page, 'bad').click(), reject)
    })
    // What was sent would be here by now.
    await new Promise((resolve) => setTimeout(resolve, 300))
    reachedByThen = reached
  })
  let reachedByThen = 0

  test.each(Object.keys(ways(PLACE)))('by %s', (way) => {
    expect(outcomes[way]).toMatch(/^failed: /)
    expect(reachedByThen).toBe(0)
  })
})

describe('the policy alone holds what has got out of the worker', () => {
  /** The frame of the sandbox, and a way to run code in it that no handler has. */
  async function inFrame() {
    const shown = await show({ interface: XML, handlers: GOOD })
    const frame = shown.page.frames().find((other) => other !== shown.page.mainFrame())!
    return { ...shown, frame }
  }
  const attempt = (frame: Frame, code: string) =>
    frame.evaluate(
      `(async () => { try { ${code}; return 'done' } catch (error) { return 'failed: ' + error.name } })()`,
    )

  test('a frame has no connections, pictures, forms, frames or windows', async () => {
    const { frame, page } = await inFrame()
    const url = `http://${address}/`
    expect(await attempt(frame, `await fetch('${url}')`)).toBe('failed: TypeError')
    expect(await attempt(frame, `const r = new XMLHttpRequest(); r.open('GET', '${url}', false); r.send()`)).toMatch(
      /^failed/,
    )
    await attempt(frame, `new WebSocket('ws://${address}/')`)
    await attempt(frame, `new EventSource('${url}')`)
    await attempt(frame, `navigator.sendBeacon('${url}', 'x')`)
    await attempt(frame, `new Image().src = '${url}'`)
    await attempt(frame, `document.body.append(Object.assign(document.createElement('iframe'), { src: '${url}' }))`)
    await attempt(frame, `document.body.append(Object.assign(document.createElement('script'), { src: '${url}' }))`)
    await attempt(
      frame,
      `document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: '${url}' }))`,
    )
    await attempt(
      frame,
      `document.head.append(Object.assign(document.createElement('link'), { rel: 'prefetch', href: '${url}' }))`,
    )
    await attempt(
      frame,
      `const f = document.createElement('form'); f.action = '${url}'; document.body.append(f); f.submit()`,
    )
    expect(await frame.evaluate(`String(open('${url}'))`)).toBe('null')
    await new Promise((resolve) => setTimeout(resolve, 500))
    // A connection that Chromium opens ahead of a navigation that it then forbids carries nothing.
    expect(asked).toBe(0)
    await goodStillWorks(page)
  })

  test('a frame reaches neither the page nor what is stored for it', async () => {
    const { frame } = await inFrame()
    expect(await frame.evaluate('origin')).toBe('null')
    for (const code of [
      'parent.document',
      'top.location.href',
      'document.cookie',
      'localStorage',
      "indexedDB.open('x')",
    ])
      expect(await attempt(frame, `(${code})`), code).toBe('failed: SecurityError')
  })

  test('a worker of the frame has no connections either', async () => {
    const { frame } = await inFrame()
    const inWorker = `(async () => {
      const results = []
      try { await fetch('http://${address}/'); results.push('fetch') } catch {}
      try { importScripts('http://${address}/'); results.push('importScripts') } catch {}
      try { await import('http://${address}/'); results.push('import') } catch {}
      try { eval('1'); results.push('eval') } catch {}
      try { await new Promise((yes, no) => { const s = new WebSocket('ws://${address}/'); s.onopen = yes; s.onerror = no }); results.push('socket') } catch {}
      postMessage(results.join() || 'nothing')
    })()`
    const result = await frame.evaluate(
      `new Promise((resolve) => {
        const worker = new Worker(URL.createObjectURL(new Blob([${JSON.stringify(inWorker)}])))
        worker.onmessage = (event) => resolve(event.data)
        worker.onerror = (event) => resolve(String(event.message))
      })`,
    )
    expect(result).toBe('nothing')
    expect(reached).toBe(0)
  })

  test('a frame cannot navigate the page, and leaves nowhere itself', async () => {
    const { frame, page, host, log } = await inFrame()
    await attempt(frame, `top.location.href = 'http://${address}/'`)
    await attempt(frame, `location.href = 'http://${address}/?' + location.href`)
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect(page.url()).toBe(host.url)
    expect(asked).toBe(0)
    expect(log.join()).toContain('it left its place')
    await goodStillWorks(page)
  })

  test('the frame does not know the address of the page', async () => {
    const { frame, host } = await inFrame()
    const token = new URL(host.url).pathname.slice(1, -1)
    expect(token).toMatch(/^[0-9a-f]{32}$/)
    expect(
      await frame.evaluate(`location.href + document.referrer + (location.ancestorOrigins?.[0] ?? '')`),
    ).not.toContain(token)
    expect(await attempt(frame, `await fetch('${host.url}call', { method: 'POST' })`)).toBe('failed: TypeError')
  })
})

describe('code that does not end, or does too much', () => {
  test('an endless loop is ended and told, the page reacts meanwhile, and the next click works', async () => {
    const { page, log } = await show({
      interface: XML,
      handlers: `${GOOD}\nfunction on_bad_clicked() { for (;;) {} }`,
      handlerTimeout: 1500,
    })
    await goodStillWorks(page)
    await widget(page, 'bad').click()
    // The page itself answers at once.
    const before = Date.now()
    expect(await page.evaluate('1 + 1')).toBe(2)
    expect(Date.now() - before).toBeLessThan(1000)
    await page.getByText('on_bad_clicked: it did not answer for 1.5 s, and was ended').waitFor({ timeout: 8000 })
    expect(page.workers()).toHaveLength(0)
    // Anew: what it had counted is lost.
    await goodStillWorks(page, 'good 1')
    expect(log.join()).toContain('on_bad_clicked: it did not answer')
  })

  test('a loop that never starts anything is ended too', async () => {
    const { page } = await show({ interface: XML, handlers: 'for (;;) {}', handlerTimeout: 500 })
    await page.getByText('it did not answer for 0.5 s').waitFor({ timeout: 15_000 })
    expect(page.workers()).toHaveLength(0)
  })

  test('a loop of promises is ended too', async () => {
    const { page } = await show({
      interface: XML,
      handlers: `${GOOD}\nasync function on_bad_clicked() { for (;;) await null }`,
      handlerTimeout: 1000,
    })
    await widget(page, 'bad').click()
    await page.getByText('did not answer for 1 s').waitFor({ timeout: 8000 })
    await goodStillWorks(page)
  })

  test('huge output is cut, and told', async () => {
    const { page } = await show({
      interface: windowOf(labelOf('out'), buttonOf('bad'), buttonOf('good'), '<object class="GtkTreeView" id="list"/>'),
      handlers: `${GOOD}
function on_bad_clicked(ui) {
  ui.out.text = 'x'.repeat(50_000_000)
  ui.list.items = Array.from({ length: 500_000 }, (_, i) => ['row ' + i, 'y'.repeat(5000)])
}`,
    })
    await widget(page, 'bad').click()
    await page.getByText('ui.out.text was too long: the rest is left out').waitFor()
    await page.getByText('ui.list.items was too long').waitFor()
    expect((await widget(page, 'out').textContent())?.length).toBe(100_001)
    expect(await page.locator('.list tbody tr').count()).toBeLessThanOrEqual(2000)
    await goodStillWorks(page)
  })

  test('many changes in a loop are drawn as the last of them', async () => {
    const { page } = await show({
      interface: XML,
      handlers: `${GOOD}\nfunction on_bad_clicked(ui) { for (let i = 0; i <= 200_000; i++) ui.out.text = i }`,
    })
    await widget(page, 'bad').click()
    await expect.poll(() => widget(page, 'out').textContent()).toBe('200000')
    await goodStillWorks(page)
  })

  test('many calls and messages are paced, and all of them answered', async () => {
    const { page } = await show({
      interface: XML,
      handlers: `${GOOD}\nasync function on_bad_clicked(ui, app) { let sum = 0; for (let i = 1; i <= 250; i++) sum += await app.call('n', i); ui.out.text = sum }`,
      call: async ({ message }) => message,
    })
    await widget(page, 'bad').click()
    await expect.poll(() => widget(page, 'out').textContent(), { timeout: 15_000 }).toBe(String((250 * 251) / 2))
  })

  test('a thousand calls at once fail beyond a number, and the rest is answered', async () => {
    const { page } = await show({
      interface: XML,
      handlers: `${GOOD}\nasync function on_bad_clicked(ui, app) {
        const all = await Promise.allSettled(Array.from({ length: 1000 }, (_, i) => app.call('n', i)))
        ui.out.text = all.filter((one) => one.status === 'fulfilled').length + ' ' + all.at(-1).reason.message }`,
      call: async ({ message }) => message,
    })
    await widget(page, 'bad').click()
    await expect.poll(() => widget(page, 'out').textContent()).toBe('50 50 calls wait for an answer already')
  })

  test('errors without end do not fill the page', async () => {
    const { page } = await show({
      interface: XML,
      handlers: `${GOOD}\nlet n = 0; function on_bad_clicked() { setInterval(() => { throw new Error('no ' + ++n) }, 1); setInterval(() => Promise.reject(n), 1) }`,
    })
    await widget(page, 'bad').click()
    await page.getByText('no 1', { exact: false }).first().waitFor()
    await page.waitForTimeout(2500)
    expect(await page.locator('#note-list li').count()).toBeLessThanOrEqual(20)
    await goodStillWorks(page)
  })
})
