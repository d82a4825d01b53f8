import { mkdtempSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import type { AppCall } from '../../../../src/sessions/app/page/host.js'
import { buttonOf, labelOf, openChromium, widget, windowOf } from './chromium.js'

const { show, visit } = openChromium()
const HELLO = readFileSync(new URL('hello.glade', import.meta.url), 'utf8')
const WIDGETS = readFileSync(new URL('widgets.glade', import.meta.url), 'utf8')
const HANDLERS = `
async function on_hello_clicked(ui, app) { ui.answer.text = await app.call('hello', ui.name.text) }
const on_bye_clicked = async (ui, app) => { ui.answer.text = await app.call('bye', ui.name.text) }
function on_server_told(ui, app, value) { ui.answer.text = 'told ' + value.what }
`

function answering() {
  const calls: AppCall[] = []
  const call = async (request: AppCall) => {
    calls.push(request)
    if (request.command === 'bye') throw new Error('nobody leaves')
    return `Bonjour ${String(request.message)}.`
  }
  return { calls, call }
}

const textOf = (page: Page, id: string) => expect.poll(() => widget(page, id).textContent())

describe('a Glade file with an entry, a label and two buttons', () => {
  test('does what its handlers say, and tells what a call throws', async () => {
    const { calls, call } = answering()
    const { page, console, log } = await show({ interface: HELLO, handlers: HANDLERS, call })
    expect(await page.title()).toBe('Hello')
    await page.getByLabel('Your name').fill('Ada')
    await page.getByRole('button', { name: 'Hello' }).click()
    await textOf(page, 'answer').toBe('Bonjour Ada.')
    await page.getByRole('button', { name: 'Bye' }).click()
    await page.getByText('on_bye_clicked: nobody leaves').waitFor()
    expect(calls).toEqual([
      { command: 'hello', message: 'Ada' },
      { command: 'bye', message: 'Ada' },
    ])
    await expect.poll(() => log.join()).toContain('on_bye_clicked: nobody leaves')
    expect(console).toEqual([])
    await page.getByRole('button', { name: 'Clear' }).click()
    expect(await page.locator('#notes').isVisible()).toBe(false)
  })

  test('can be used with the keyboard alone, in the order of the XML', async () => {
    const { call } = answering()
    const { page } = await show({ interface: HELLO, handlers: HANDLERS, call })
    const focused = () => page.evaluate('document.activeElement.dataset.id ?? document.activeElement.ariaLabel')
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('Close the window')
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('name')
    await page.keyboard.type('Bo')
    await page.keyboard.press('Enter')
    await textOf(page, 'answer').toBe('Bonjour Bo.')
    await page.keyboard.type('b')
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('hello')
    await page.keyboard.press('Space')
    await textOf(page, 'answer').toBe('Bonjour Bob.')
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('bye')
    // A screen reader is told of the answer.
    await expect.poll(() => page.locator('#live').textContent()).toBe('Bonjour Bob.')
  })

  test('is told at once in all browsers what the server pushes, and new windows', async () => {
    const { call } = answering()
    const { host, page } = await show({ interface: HELLO, handlers: HANDLERS, call })
    const other = await visit(host)
    expect(host.pages).toBe(2)
    host.push('told', { what: 'it' })
    for (const each of [page, other.page]) await textOf(each, 'answer').toBe('told it')
    await expect(host.replace({ interface: '<interface>', handlers: '' })).rejects.toThrow('line 1')
    await host.replace({
      interface: windowOf(labelOf('fresh', 'new')),
      handlers: `function on_server_told(ui) { ui.fresh.text = 'newer' }`,
    })
    for (const each of [page, other.page]) await textOf(each, 'fresh').toBe('new')
    expect(await page.title()).toBe('Test')
    host.push('told', null)
    for (const each of [page, other.page]) await textOf(each, 'fresh').toBe('newer')
    await other.page.close()
    await expect.poll(() => host.pages).toBe(1)
  })

  test('gets all of what is pushed in a burst, in order', async () => {
    const { host, page } = await show({
      interface: windowOf(labelOf('count'), labelOf('wrong')),
      handlers: `let count = 0
        function on_server_told(ui, app, value) { if (value !== count++) ui.wrong.text = value; ui.count.text = count }`,
    })
    for (let count = 0; count < 800; count++) host.push('told', count)
    await expect.poll(() => widget(page, 'count').textContent(), { timeout: 15_000 }).toBe('800')
    expect(await widget(page, 'wrong').textContent()).toBe('')
    expect(await page.locator('#notes').isVisible()).toBe(false)
  })

  test('a page that opens is pushed what the host says, and shows its notice', async () => {
    const { host, page } = await show({
      interface: windowOf(labelOf('out')),
      handlers: `function on_server_told(ui, app, value) { ui.out.text = value }`,
      pushed: () => [['told', 'before']],
    })
    await textOf(page, 'out').toBe('before')
    host.notice('The server is away')
    await page.getByText('The server is away').waitFor()
    const other = await visit(host)
    await other.page.getByText('The server is away').waitFor()
    host.notice('')
    await page.getByText('The server is away').waitFor({ state: 'hidden' })
  })

  test('says when the program has ended, and keeps what was typed', async () => {
    const { call } = answering()
    const { host, page } = await show({ interface: HELLO, handlers: HANDLERS, call })
    await widget(page, 'name').fill('kept')
    await host.close()
    await page.getByText('The program that showed this window has ended.').waitFor()
    expect(await widget(page, 'name').inputValue()).toBe('kept')
  })
})

describe('closing the window', () => {
  async function closing(handlers: string) {
    let closed = 0
    const shown = await show({
      interface: windowOf(labelOf('out'), buttonOf('quit')),
      handlers,
      onClose: () => closed++,
    })
    return { ...shown, closed: () => closed }
  }

  test('tells the host when it was the last one', async () => {
    const { host, page, closed } = await closing('function on_window_delete_event() {}')
    const other = await visit(host)
    await page.getByRole('button', { name: 'Close the window' }).click()
    await page.getByText('The window is closed.').waitFor()
    await expect.poll(() => host.pages).toBe(1)
    await page.waitForTimeout(300)
    expect(closed()).toBe(0)
    await other.page.getByRole('button', { name: 'Close the window' }).click()
    await expect.poll(closed).toBe(1)
  })

  test('does not happen when the handler gives true, and happens by app.quit()', async () => {
    const { page, closed } = await closing(`
      function on_window_delete_event(ui) { ui.out.text = 'stay'; return true }
      function on_quit_clicked(ui, app) { app.quit() }`)
    await page.getByRole('button', { name: 'Close the window' }).click()
    await textOf(page, 'out').toBe('stay')
    await page.waitForTimeout(200)
    expect(closed()).toBe(0)
    await widget(page, 'quit').click()
    await expect.poll(closed).toBe(1)
  })

  test('is not what a page that is left does', async () => {
    const { host, page, closed } = await closing('')
    await page.goto('about:blank')
    await expect.poll(() => host.pages).toBe(0)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(closed()).toBe(0)
  })
})

describe('every widget', () => {
  const HEARD = `
function heard(ui, text) { ui.heard.text = text }
const on_user_changed = (ui) => heard(ui, 'user ' + ui.user.text)
const on_protocol_changed = (ui) => heard(ui, 'protocol ' + ui.protocol.text + ' ' + ui.protocol.selected)
const on_amount_value_changed = (ui) => heard(ui, 'amount ' + ui.amount.value)
const on_level_value_changed = (ui) => heard(ui, 'level ' + ui.level.value)
const on_promiscuous_state_set = (ui) => heard(ui, 'promiscuous ' + ui.promiscuous.active)
const on_resolve_toggled = (ui) => heard(ui, 'resolve ' + ui.resolve.active)
const on_version_toggled = (ui) => heard(ui, 'version ' + ui.ipv4.active + ui.ipv6.active)
const on_pause_toggled = (ui) => heard(ui, 'pause ' + ui.pause.active)
const on_pages_switch_page = (ui) => heard(ui, 'page ' + ui.pages.selected)
const on_table_changed = (ui) => heard(ui, 'table ' + ui.table.items[ui.table.selected].join())
const on_table_row_activated = (ui) => heard(ui, 'activated ' + ui.table.selected)
const on_fruits_row_selected = (ui) => heard(ui, 'fruit ' + ui.fruits.items[ui.fruits.selected])
const on_note_changed = (ui) => heard(ui, 'note ' + ui.note.text)
function on_ok_clicked(ui) {
  ui.user.text = 'set'
  ui.protocol.items = ['SCTP', 'QUIC']
  ui.protocol.text = 'QUIC'
  ui.amount.value = 7
  ui.level.value = 9
  ui.promiscuous.active = false
  ui.resolve.active = true
  ui.ipv6.active = true
  ui.pause.active = true
  ui.pages.selected = 1
  ui.fruits.items = ['Fig', 'Kiwi']
  ui.fruits.selected = 1
  ui.progress.fraction = 0.9
  ui.progress.text = 'nearly'
  ui.off.sensitive = true
  ui.cancel.visible = false
  ui.choices.text = 'Set'
  ui.window.title = 'Renamed'
  heard(ui, 'set ' + ui.ipv4.active)
}`
  const said = (page: Page) => textOf(page, 'heard')

  test('is drawn, with its name, and tells its handler of what the user does', async () => {
    const { page, console } = await show({ interface: WIDGETS, handlers: HEARD })
    await page.getByLabel('User').fill('root')
    await said(page).toBe('user root')
    expect(await page.getByLabel('User').getAttribute('maxlength')).toBe('8')
    expect(await page.getByLabel('Password').getAttribute('type')).toBe('password')
    await page.getByLabel('Protocol').selectOption('ICMP')
    await said(page).toBe('protocol ICMP 2')
    await page.getByLabel('Amount').press('ArrowUp')
    await said(page).toBe('amount 5')
    await page.getByRole('slider', { name: 'Level' }).press('ArrowRight')
    await said(page).toBe('level 4.5')
    await page.getByRole('switch', { name: 'Promiscuous' }).press('Space')
    await said(page).toBe('promiscuous false')
    await page.getByRole('checkbox', { name: 'Resolve names' }).check()
    await said(page).toBe('resolve true')
    await page.getByRole('group', { name: 'Choices & more' }).getByRole('radio', { name: 'IPv6' }).check()
    await said(page).toBe('version falsetrue')
    await page.getByRole('button', { name: 'Pause' }).click()
    await said(page).toBe('pause true')
    expect(await page.getByRole('button', { name: 'Pause', pressed: true }).count()).toBe(1)
    await page.getByRole('columnheader', { name: 'Address' }).waitFor()
    await page.getByRole('row', { name: 'printer 192.0.2.9' }).click()
    await said(page).toBe('table printer,192.0.2.9')
    await page.keyboard.press('End')
    await said(page).toBe('table camera,192.0.2.30')
    await page.keyboard.press('Enter')
    await said(page).toBe('activated 2')
    await page.getByRole('tab', { name: 'Machines' }).press('ArrowRight')
    await said(page).toBe('page 1')
    expect(await page.getByRole('tab', { name: 'Note', selected: true }).count()).toBe(1)
    await widget(page, 'note').fill('mine')
    await said(page).toBe('note mine')
    await page.getByRole('option', { name: 'Apple' }).click()
    await page.keyboard.press('ArrowDown')
    await said(page).toBe('fruit Pear')
    expect(await page.getByRole('progressbar').getAttribute('value')).toBe('0.4')
    await page.getByText('More', { exact: true }).click()
    await page.getByRole('img', { name: 'network-wired' }).waitFor()
    expect(await page.getByRole('button', { name: 'Off' }).isDisabled()).toBe(true)
    await page.getByText('GtkCalendar is not drawn here').waitFor()
    await page.getByText('inside the calendar').waitFor()
    expect(console.filter((line) => !line.startsWith('[DOM]'))).toEqual([])
  })

  test('shows what a handler sets', async () => {
    const { page } = await show({ interface: WIDGETS, handlers: HEARD })
    await page.getByRole('button', { name: 'OK' }).click()
    await said(page).toBe('set false')
    expect(await page.getByLabel('User').inputValue()).toBe('set')
    expect(await page.getByLabel('Protocol').inputValue()).toBe('QUIC')
    expect(await page.getByLabel('Amount').inputValue()).toBe('7')
    expect(await page.getByRole('slider', { name: 'Level' }).inputValue()).toBe('9')
    expect(await page.getByText('9.0').count()).toBe(1)
    expect(await page.getByRole('switch').isChecked()).toBe(false)
    expect(await page.getByRole('checkbox', { name: 'Resolve names' }).isChecked()).toBe(true)
    expect(await page.getByRole('radio', { name: 'IPv4' }).isChecked()).toBe(false)
    expect(await page.getByRole('radio', { name: 'IPv6' }).isChecked()).toBe(true)
    expect(await page.getByRole('button', { name: 'Pause', pressed: true }).count()).toBe(1)
    expect(await widget(page, 'note').isVisible()).toBe(true)
    expect(await page.getByRole('listbox').getByRole('option', { selected: true }).last().textContent()).toBe('Kiwi')
    expect(await page.getByRole('progressbar').getAttribute('value')).toBe('0.9')
    await page.locator('main').getByText('nearly').waitFor()
    await expect.poll(() => page.locator('#live').textContent()).toBe('nearly set false')
    expect(await page.getByRole('button', { name: 'Off' }).isDisabled()).toBe(false)
    expect(await page.getByRole('button', { name: 'Cancel' }).isVisible()).toBe(false)
    expect(await page.getByRole('group', { name: 'Set' }).count()).toBe(1)
    expect(await page.title()).toBe('Renamed')
  })

  const LOOKS = {
    light: {},
    dark: { colorScheme: 'dark' },
    phone: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
  } as const

  test.each(Object.keys(LOOKS) as (keyof typeof LOOKS)[])('fits its window (%s)', async (look) => {
    const { page } = await show({ interface: WIDGETS, handlers: HEARD }, LOOKS[look])
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'netshell-page-')), `${look}.png`)
    await page.screenshot({ path: file, fullPage: true })
    expect(statSync(file).size).toBeGreaterThan(10_000)
    // Nothing is cut off or must be scrolled to the side.
    const wider = await page.evaluate(
      `[...document.querySelectorAll('html, .window, .inside, .box, .grid')].filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.className)`,
    )
    expect(wider).toEqual([])
  })
})

describe('handlers with mistakes', () => {
  test('an error of syntax is told with its line, and the page stays', async () => {
    const { page } = await show({ interface: HELLO, handlers: 'function a() {}\nlet 1x = 2\n' })
    await page.getByText(/line 2: SyntaxError/).waitFor()
    await page.getByLabel('Your name').fill('still here')
  })

  test.each([
    ['ui.nobody.text = 1', `the interface has no widget 'nobody'`],
    ['ui.name.txet = 1', `ui.name has no 'txet'; it has visible, sensitive, tooltip, text, placeholder, editable`],
    ['ui.name = 1', `ui.name cannot be set; its properties can, such as text`],
    ['nothing()', 'line 2: nothing is not defined'],
  ])('%s', async (code, told) => {
    const { page } = await show({ interface: HELLO, handlers: `function on_hello_clicked(ui) {\n${code} }` })
    await widget(page, 'hello').click()
    await page.getByText(told).waitFor()
  })

  test('a handler that is missing is told', async () => {
    const { page } = await show({ interface: HELLO, handlers: '' })
    await widget(page, 'hello').click()
    await page.getByText('there is no function on_hello_clicked').waitFor()
  })
})

test('a call that takes too long is thrown in the handler', async () => {
  const { page } = await show({
    interface: windowOf(labelOf('out'), buttonOf('slow')),
    handlers: `async function on_slow_clicked(ui, app) { try { await app.call('wait') } catch (error) { ui.out.text = error.message } }`,
    call: async () => await new Promise(() => {}),
    callTimeout: 300,
  })
  await widget(page, 'slow').click()
  await textOf(page, 'out').toBe('no answer within 0.3 s')
})
