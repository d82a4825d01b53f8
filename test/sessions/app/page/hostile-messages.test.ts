import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { type AppCall, AppHost } from '../../../../src/sessions/app/page/host.js'
import { buttonOf, labelOf, openChromium, widget, windowOf } from './chromium.js'

const { show, visit } = openChromium()
const XML = windowOf(labelOf('out', 'nothing'), buttonOf('bad'), '<object class="GtkTreeView" id="list"/>')

/**
 * A page whose worker is not ours at all: what it would be if handlers had got around our part of it. The code runs at a click, and has
 * `postMessage` as the browser made it.
 */
async function withWorker(code: string, call: (request: AppCall) => Promise<unknown> = async () => null, xml = XML) {
  return await show({ interface: xml, call }, {}, async (page: Page) => {
    const source = `
      postMessage('{"type":"ready"}')
      onmessage = async ({ data }) => {
        const message = JSON.parse(data)
        if (message.type === 'ping') postMessage('{"type":"pong"}')
        if (message.type === 'event') { ${code} }
      }`
    await page.addInitScript(`
      if (window !== top) {
        const Original = Blob
        Blob = function (parts, options) { return new Original([${JSON.stringify(source)}], options) }
      }`)
  })
}

/** The longest time for which the page did nothing else while `work` went on, ms. */
async function longestPause(page: Page, work: () => Promise<void>): Promise<number> {
  await page.evaluate(`(() => {
    let last = performance.now(); window.longest = 0
    setInterval(() => { const now = performance.now(); window.longest = Math.max(window.longest, now - last); last = now }, 10)
  })()`)
  await work()
  return (await page.evaluate('window.longest')) as number
}

const TOO_MUCH = 'on_bad_clicked: it sent more than the page takes, and was ended'
const NOT_OURS = 'on_bad_clicked: it sent what no handler can send, and was ended'

test('a flood of messages is ended, and the page reacts meanwhile', async () => {
  const { page } = await withWorker(`for (;;) postMessage('{"type":"pong"}')`)
  const pause = await longestPause(page, async () => {
    await widget(page, 'bad').click()
    await page.getByText(TOO_MUCH).waitFor()
  })
  expect(pause).toBeLessThan(2000)
  expect(page.workers()).toHaveLength(0)
})

test('one message that is too long is ended', async () => {
  const { page } = await withWorker(`postMessage(JSON.stringify({ type: 'note', text: 'x'.repeat(50_000_000) }))`)
  await widget(page, 'bad').click()
  await page.getByText(TOO_MUCH).waitFor()
  expect(page.workers()).toHaveLength(0)
})

test('as much drawing as messages may ask for leaves the page alive', async () => {
  const { page } = await withWorker(`
    const items = Array.from({ length: 2000 }, (_, i) => [String(i), 'y'.repeat(50)])
    for (let n = 0; n < 25; n++) {
      postMessage(JSON.stringify({ type: 'set', changes: [['list', 'items', items.slice(n)], ['out', 'text', 'z'.repeat(100_000 - n)]] }))
      await new Promise((resolve) => setTimeout(resolve, 100))
    }`)
  const pause = await longestPause(page, async () => {
    await widget(page, 'bad').click()
    await page.waitForTimeout(3000)
  })
  expect(pause).toBeLessThan(2000)
})

/** What a worker might send, as it would write it, and what the page says then. */
const NO_MESSAGES: [what: string, message: string, told: string][] = [
  ['an object instead of text', `{ type: 'note', text: 'x' }`, TOO_MUCH],
  ['what the frame would say', `{ failed: 'I am the frame' }`, TOO_MUCH],
  ['text that is no JSON', `'hello'`, NOT_OURS],
  ['a list', `'[]'`, NOT_OURS],
  ['null', `'null'`, NOT_OURS],
  ['a type that there is not', `'{"type":"eval","text":"alert(1)"}'`, NOT_OURS],
  ['a type from the prototype', `'{"type":"constructor"}'`, NOT_OURS],
  ['a widget that there is not', `'{"type":"set","changes":[["nobody","text","x"]]}'`, NOT_OURS],
  ['the widget __proto__', `'{"type":"set","changes":[["__proto__","text","x"]]}'`, NOT_OURS],
  ['the property __proto__', `'{"type":"set","changes":[["out","__proto__",{"polluted":true}]]}'`, NOT_OURS],
  ['the property constructor', `'{"type":"set","changes":[["out","constructor","x"]]}'`, NOT_OURS],
  ['a property of the page', `'{"type":"set","changes":[["out","innerHTML","<b>x</b>"]]}'`, NOT_OURS],
  ['changes that are no list', `'{"type":"set","changes":{"length":1}}'`, NOT_OURS],
  ['items that are no list', `'{"type":"set","changes":[["list","items",{"length":1e9}]]}'`, NOT_OURS],
  [
    'a text that is an object with toString',
    `'{"type":"set","changes":[["list","selected",{"toString":1,"valueOf":1}]]}'`,
    NOT_OURS,
  ],
  ['a call without a command', `'{"type":"call","number":1,"command":{"x":1}}'`, NOT_OURS],
  ['a call with another number', `'{"type":"call","number":"1","command":"x"}'`, NOT_OURS],
]

test('what is no message of ours ends the sandbox, and changes nothing', async () => {
  const buttons = NO_MESSAGES.map((_, position) => buttonOf(`bad${position}`))
  const messages = NO_MESSAGES.map(([, message]) => message)
  const code = `postMessage([${messages.join(', ')}][message.id.slice(3)])`
  const { page } = await withWorker(
    code,
    undefined,
    windowOf(labelOf('out', 'nothing'), '<object class="GtkTreeView" id="list"/>', ...buttons),
  )
  for (const [position, [what, , told]] of NO_MESSAGES.entries()) {
    await widget(page, `bad${position}`).click()
    await page.getByText(told.replace('on_bad_', `on_bad${position}_`)).waitFor()
    const state = `[({}).polluted, document.querySelector('[data-id=out]').innerHTML].join()`
    expect(await page.evaluate(state), what).toBe(',nothing')
    expect(page.workers(), what).toHaveLength(0)
  }
})

test('names of the prototype in a message of the right form do no harm', async () => {
  const calls: AppCall[] = []
  const { page } = await withWorker(
    `postMessage('{"__proto__":{"polluted":1},"type":"call","number":7,"command":"__proto__","message":{"__proto__":{"polluted":2}}}')`,
    async (request) => {
      calls.push(request)
      return null
    },
  )
  await widget(page, 'bad').click()
  await expect.poll(() => calls.length).toBe(1)
  expect(await page.evaluate('({}).polluted')).toBeUndefined()
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  expect(calls[0]!.command).toBe('__proto__')
})

test('ids such as __proto__, and of the page itself, are ids like others', async () => {
  const { page } = await show({
    interface: windowOf(
      labelOf('__proto__', 'a'),
      labelOf('status', 'b'),
      labelOf('constructor', 'c'),
      buttonOf('live'),
    ),
    handlers: `function on_live_clicked(ui) { ui.__proto__.text = 'A'; ui.status.text = 'B'; ui.constructor.text = 'C' }`,
  })
  await widget(page, 'live').click()
  await expect.poll(() => page.locator('.label').allTextContents()).toEqual(['A', 'B', 'C'])
  expect(await page.locator('#status').isVisible()).toBe(false)
})

test('HTML in texts is shown as text, wherever they come from', async () => {
  const html = '<img src=x onerror="top.broken = true"><script>top.broken = true</script>'
  const xml = html.replaceAll('<', '&lt;').replaceAll('"', '&quot;')
  const { page } = await show({
    interface: windowOf(
      labelOf('out', xml),
      labelOf('set'),
      buttonOf('bad'),
      `<object class="${xml.slice(0, 60)}" id="${xml}"/>`,
      `<object class="GtkComboBoxText" id="combo"><items><item>${xml}</item></items></object>`,
      '<object class="GtkTreeView" id="list"/>',
      `<object class="GtkFrame" id="frame"><property name="label">${xml}</property></object>`,
    ).replace('>Test<', `>${xml}<`),
    handlers: `function on_bad_clicked(ui) { const html = ${JSON.stringify(html).replaceAll('/', '\\/')}
      ui.set.text = html; ui.list.items = [[html, html]]; ui.frame.text = html; ui.bad.text = html; throw new Error(html) }`,
  })
  await widget(page, 'bad').click()
  await expect.poll(() => widget(page, 'set').textContent()).toBe(html)
  await page.locator('#note-list').getByText(html).waitFor()
  expect(await page.title()).toBe(html)
  expect(await page.locator('main img, main script, #notes img, #notes script').count()).toBe(0)
  expect(await page.evaluate('window.broken')).toBeUndefined()
})

test('one page that is flooded leaves the other alone', async () => {
  const handlers = `function on_bad_clicked() { for (;;) {} }\nfunction on_server_told(ui, app, value) { ui.out.text = value }`
  const host = new AppHost({ interface: XML, handlers, call: async () => null, handlerTimeout: 1000 })
  await host.open()
  try {
    const [one, other] = [await visit(host), await visit(host)]
    await widget(one.page, 'bad').click()
    await one.page.getByText('did not answer').waitFor()
    host.push('told', 'to all')
    await expect.poll(() => widget(other.page, 'out').textContent()).toBe('to all')
  } finally {
    await host.close()
  }
})
