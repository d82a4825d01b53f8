/** A real browser for the tests of the page, and a host that shows one window in it. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach } from 'vitest'
import { AppHost, type AppHostOptions } from '../../../../src/sessions/app/page/host.js'
import { launchChromium } from '../../../lab/chromium.js'

/** What is done to a page before it goes to the host. */
type Prepare = (page: Page) => Promise<void>

/** One browser for the tests of a file; all that was opened in a test is closed after it. */
export function openChromium() {
  let browser: Browser | undefined
  const toClose: (() => Promise<void>)[] = []

  afterEach(async () => {
    for (const close of toClose.splice(0).reverse()) await close()
  })
  afterAll(async () => {
    await browser?.close()
  })

  /** Shows a window. `console` is what the browser's console says; `log` what the host tells. */
  async function show(
    options: Partial<AppHostOptions> & { interface: string },
    context: BrowserContextOptions = {},
    prepare: Prepare = async () => {},
  ) {
    const log: string[] = []
    const host = new AppHost({ handlers: '', call: async () => null, log: (line) => log.push(line), ...options })
    await host.open()
    toClose.push(() => host.close())
    const { page, console } = await visit(host, context, prepare)
    return { host, page, console, log }
  }

  async function visit(
    host: AppHost,
    context: BrowserContextOptions = {},
    prepare: Prepare = async () => {},
  ): Promise<{ page: Page; console: string[] }> {
    browser ??= await launchChromium()
    const own = await browser.newContext(context)
    toClose.push(() => own.close())
    const page = await own.newPage()
    page.setDefaultTimeout(10_000)
    const console: string[] = []
    page.on('console', (message) => console.push(message.text()))
    page.on('pageerror', (error) => console.push(String(error)))
    await prepare(page)
    await page.goto(host.url)
    await page.locator('.window').first().waitFor()
    return { page, console }
  }

  return { show, visit }
}

/** The widget of that id in the XML. */
export function widget(page: Page, id: string) {
  return page.locator(`[data-id="${id}"]`)
}

/** GtkBuilder XML of a window with these objects in a box, one below the other. */
export function windowOf(...objects: string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<interface>
  <object class="GtkWindow" id="window"><property name="title">Test</property><child>
    <object class="GtkBox" id="box"><property name="orientation">vertical</property><property name="spacing">8</property>
${objects.map((object) => `      <child>${object}</child>`).join('\n')}
    </object></child>
    <signal name="delete-event" handler="on_window_delete_event"/>
  </object>
</interface>`
}

export function buttonOf(id: string): string {
  return `<object class="GtkButton" id="${id}"><property name="label">${id}</property><signal name="clicked" handler="on_${id}_clicked"/></object>`
}

export function labelOf(id: string, text = ''): string {
  return `<object class="GtkLabel" id="${id}"><property name="label">${text}</property></object>`
}
