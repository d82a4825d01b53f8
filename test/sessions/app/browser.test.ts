/** The whole application in Chromium: pages that people click, with our server and with the one in Python. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { AppSession, AppSessionOptions } from '../../../src/sessions/app/client.js'
import { app } from '../../../src/sessions/app/index.js'
import type { AppCommand, AppServer } from '../../../src/sessions/app/server.js'
import { launchChromium } from '../../lab/chromium.js'
import { netshellCommand } from '../../lab/netshell-program.js'
import { type Child, start } from '../../lab/process.js'
import { IHM, pythonServer } from './peers.js'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser?.close())

const ended: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end()
})

const VERSIONS = [1, 2, 3, 4] as const
const WAIT = { timeout: 8000 }

/** A page of its own, as another user has it. */
async function opened(url: string): Promise<Page> {
  const context = await browser.newContext()
  ended.push(() => context.close())
  const page = await context.newPage()
  await page.goto(url)
  return page
}

/** What a widget shows; what is said to screen readers stands elsewhere in the page. */
const labels = (page: Page, text: string) => page.locator('#window').getByText(text, { exact: true })

async function click(page: Page, name: string, button: string): Promise<void> {
  await page.getByRole('textbox').fill(name)
  await page.getByRole('button', { name: button, exact: true }).click()
}

const files = (version: number, name: string): AppSessionOptions =>
  version === 4 ? { interface: name } : { interface: `${IHM}/${name}.glade`, handlers: `${IHM}/${name}.js` }

async function connect(port: number, options: AppSessionOptions): Promise<AppSession> {
  const session = await app.connect('127.0.0.1', port, options)
  ended.push(() => session.close())
  return session
}

const COMMANDS = {
  hello: (text: string, server: AppServer) => {
    server.shared.last = text
    return `Bonjour ${text}.`
  },
  bye: (text: string, server: AppServer) => {
    server.shared.last = text
    return `Au revoir ${text}.`
  },
} as Record<string, AppCommand>

async function listen(port = 0): Promise<AppServer> {
  const server = await app.listen(port, COMMANDS, { folder: IHM })
  ended.push(() => server.close())
  return server
}

describe('gui-hello.nsh', () => {
  const script = async (...words: (string | number)[]): Promise<{ child: Child; page: Page }> => {
    const child = start([...(await netshellCommand()), 'run', 'scripts/gui-hello.nsh', ...words.map(String)])
    ended.push(() => child.stop())
    const [, url] = await child.waitFor(/open (http:\S+) in a browser/)
    return { child, page: await opened(url!) }
  }
  const clicked = async (page: Page, version: number): Promise<void> => {
    await click(page, 'Zoë: <b>', 'Hello')
    await labels(page, 'Bonjour Zoë: <b>.').waitFor(WAIT)
    if (version === 1) return
    await click(page, 'World', 'Bye')
    await labels(page, 'Au revoir World.').waitFor(WAIT)
  }

  it.each(VERSIONS)('is clicked through in version %i', { timeout: 200_000 }, async (version) => {
    const { page } = await script('--version', version, '--port', 0)
    await clicked(page, version)
    // Our server tells all users whom it has answered last.
    if (version > 2) await labels(page, 'Last: World').waitFor(WAIT)
  })

  it.each(VERSIONS)(
    'is clicked through in version %i with the server in Python',
    { timeout: 200_000 },
    async (version) => {
      const { child, port } = await pythonServer(version)
      ended.push(() => child.stop())
      await clicked((await script('--version', version, '--host', '127.0.0.1', '--port', port)).page, version)
    },
  )

  it('ends when the window is closed', { timeout: 200_000 }, async () => {
    const { child, page } = await script('--version', 3, '--port', 0)
    await page.getByRole('button', { name: /close/i }).click()
    expect((await child.exited).status).toBe(0)
  })
})

describe('several users', () => {
  it('see what the others do at once, and who comes later sees how it is', async () => {
    const server = await listen()
    const sessions = [await connect(server.port, { version: 4, ...files(4, 'two-buttons') })]
    sessions.push(await connect(server.port, { version: 3, ...files(3, 'two-buttons') }))
    const [one, other] = [await opened(sessions[0]!.url!), await opened(sessions[1]!.url!)]
    await click(one, 'Ada', 'Hello')
    await labels(other, 'Last: Ada').waitFor(WAIT)
    await labels(one, 'Last: Ada').waitFor(WAIT)
    await click(other, 'Grace', 'Bye')
    await labels(one, 'Last: Grace').waitFor(WAIT)
    // The answer is only for who asked.
    expect(await labels(one, 'Au revoir Grace.').count()).toBe(0)
    const third = await opened(sessions[0]!.url!)
    await labels(third, 'Last: Grace').waitFor(WAIT)
    await expect.poll(() => sessions[0]!.pages).toBe(2)
    server.publish('last', 'the prompt')
    for (const page of [one, other, third]) await labels(page, 'Last: the prompt').waitFor(WAIT)
  })

  it('a flood of changes ends nothing, and the last one is seen', async () => {
    const server = await listen()
    const session = await connect(server.port, files(3, 'two-buttons'))
    const page = await opened(session.url!)
    await labels(page, 'Hello').waitFor(WAIT)
    for (let i = 0; i <= 5000; i++) server.publish('last', i)
    await labels(page, 'Last: 5000').waitFor(WAIT)
    await click(page, 'World', 'Hello')
    await labels(page, 'Last: World').waitFor(WAIT)
    // Nor had the page anything to complain of.
    expect(await page.locator('#note-list li').allTextContents()).toEqual([])
  })
})

describe('a server that goes', () => {
  it('is told on the page, its calls fail, and it goes on when it is back', async () => {
    const server = await listen()
    const { port } = server
    const session = await connect(port, { ...files(3, 'two-buttons'), reconnect: { first: 0.2, longest: 0.4 } })
    const page = await opened(session.url!)
    await click(page, 'World', 'Hello')
    await labels(page, 'Last: World').waitFor(WAIT)
    await server.close()
    await page
      .getByRole('status')
      .getByText(/127\.0\.0\.1:\d+: .*trying again/)
      .waitFor(WAIT)
    await click(page, 'nobody', 'Bye')
    await page.getByText(/on_bye_clicked.*the connection was refused: nothing listens there/).waitFor(WAIT)
    const late = await opened(session.url!)
    await late
      .getByRole('status')
      .getByText(/trying again/)
      .waitFor(WAIT)
    const again = await listen(port)
    again.publish('last', 'back')
    for (const each of [page, late]) {
      await labels(each, 'Last: back').waitFor(WAIT)
      await each.getByRole('status').waitFor({ state: 'hidden', ...WAIT })
    }
    await click(page, 'again', 'Bye')
    await labels(page, 'Au revoir again.').waitFor(WAIT)
  })

  it('gives another window when it is loaded anew', async () => {
    const first = await listen()
    const session = await connect(first.port, { version: 4, interface: 'two-buttons', reconnect: { first: 0.1 } })
    const page = await opened(session.url!)
    await page.getByRole('button', { name: 'Bye', exact: true }).waitFor(WAIT)
    await session.reload()
    await click(page, 'World', 'Bye')
    await labels(page, 'Au revoir World.').waitFor(WAIT)
    await first.close()
    await expect(session.reload()).rejects.toThrow(/refused/)
    // What was drawn stays.
    expect(await page.getByRole('button', { name: 'Bye', exact: true }).count()).toBe(1)
  })
})

describe('app.show', () => {
  const XML = `<interface><object class="GtkWindow" id="window"><child><object class="GtkBox" id="box">
    <child><object class="GtkEntry" id="name"/></child>
    <child><object class="GtkButton" id="go"><property name="label">Go</property><signal name="clicked" handler="on_go"/></object></child>
    <child><object class="GtkLabel" id="answer"/></child></object></child></object></interface>`

  it('calls functions of the prompt, and is told what the prompt pushes', async () => {
    const session = await app.show(
      XML,
      `async function on_go(ui, app) { ui.answer.text = JSON.stringify(await app.call('length', ui.name.text)) }
       function on_server_note(ui, app, value) { ui.answer.text = 'note ' + value }`,
      { calls: { length: async (text: string) => ({ length: text.length }) } },
    )
    ended.push(() => session.close())
    const page = await opened(session.url!)
    await click(page, 'four', 'Go')
    await labels(page, '{"length":4}').waitFor(WAIT)
    session.push('note', 7)
    await labels(page, 'note 7').waitFor(WAIT)
    await expect(session.call('nope')).rejects.toThrow(/no call 'nope'/)
    expect(String(session)).toMatch(/^app local: open, 2 calls, page http:\/\/127\.0\.0\.1:\d+\//)
  })

  it('says where the XML is wrong', async () => {
    await expect(app.show('<interface><object', '')).rejects.toThrow(/line/)
    await expect(app.show('no-such.glade', '')).rejects.toThrow(/no-such\.glade: there is no such file/)
  })
})
