/** The page of facts in a browser. */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../../lab/chromium.js'
import { serve } from './asking.js'

let browser: Browser

beforeAll(async () => {
  browser = await launchChromium()
}, 60_000)

afterAll(() => browser?.close())

describe('the page of facts', () => {
  it('shows what was asked as text, light or dark', { timeout: 60_000 }, async () => {
    const server = await serve()
    const colours: string[] = []
    const extraHTTPHeaders = { 'X-Html': '<img src=x onerror=alert(3)>' }
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({ colorScheme, viewport: { width: 800, height: 600 }, extraHTTPHeaders })
      const wrong: string[] = []
      page.on('pageerror', (error) => wrong.push(String(error)))
      page.on('dialog', (dialog) => {
        wrong.push(dialog.message())
        void dialog.dismiss()
      })
      await page.goto(`${server.url}a%20b?x=<script>alert(1)</script>&y="><img src=x onerror=alert(2)>`)
      expect(await page.title()).toBe('Your request')
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Your request')
      expect(await page.locator('html').getAttribute('lang')).toBe('en')
      const items = await page.getByRole('main').getByRole('listitem').allTextContents()
      expect(items.slice(1, 4)).toEqual([
        'command: GET',
        expect.stringMatching(/^unparsed path: \/a%20b\?x=.*script/),
        'parsed path: /a%20b',
      ])
      expect(items.filter((item) => item.startsWith('HEADER ')).length).toBeGreaterThan(4)
      expect(items).toContain('HEADER X-Html: <img src=x onerror=alert(3)>')
      expect(await page.evaluate('document.images.length + document.scripts.length')).toBe(0)
      // Nothing is cut off, however long.
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      colours.push(String(await page.evaluate("getComputedStyle(document.querySelector('h1')).color")))
      const folder = process.env.NETSHELL_SCREENSHOTS
      if (folder !== undefined) {
        mkdirSync(folder, { recursive: true })
        await page.screenshot({ path: path.join(folder, `facts-${colorScheme}.png`) })
      }
      expect(wrong).toEqual([])
      await page.close()
    }
    expect(colours[0]).not.toBe(colours[1])
    // The browser asks for an icon, too.
    expect(server.requests.every(({ status }) => status === 200)).toBe(true)
  })
})
