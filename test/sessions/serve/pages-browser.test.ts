/** Pages of the file server in Chromium, with JavaScript off: on a phone, light and dark. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { FileServer } from '../../../src/sessions/serve/index.js'
import { launchChromium } from '../../lab/chromium.js'
import { must } from '../../lab/process.js'
import { put } from './archiving.js'
import { at, folderHere, served } from './serving.js'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
}, 60_000)
afterAll(() => browser?.close())

const ended: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ended.splice(0)) await end()
})

/** A page in a window as narrow as a small phone's; what its policy forbids is an error of the test. */
async function opened(url: string, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  const viewport = { width: 360, height: 640 }
  const context = await browser.newContext({ viewport, colorScheme, javaScriptEnabled: false, acceptDownloads: true })
  ended.push(() => context.close())
  const page = await context.newPage()
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('404')) throw new Error(message.text())
  })
  await page.goto(url)
  return page
}

async function tree(): Promise<FileServer> {
  const folder = path.join(folderHere(), 'holiday photos')
  put(folder, 'small.txt', 'x')
  put(folder, 'big.bin', Buffer.alloc(5000))
  put(folder, `${'a very long name without an end '.repeat(6)}.txt`, '')
  put(folder, `${'x'.repeat(240)}.txt`, '')
  put(folder, 'été/deep/file.txt', 'deep')
  return await served(folder, { upload: true })
}

const IN_PAGE = readFileSync(path.join(import.meta.dirname, 'in-page.js'), 'utf8').trim()

/** Calls one of the functions of in-page.js in the page. */
function ask<T>(page: Page, call: string): Promise<T> {
  return page.evaluate(`${IN_PAGE}.${call}`)
}

describe.each(['light', 'dark'] as const)('a folder in %s', (scheme) => {
  it('can be read: the contrast is enough, and the background is that of the scheme', async () => {
    const page = await opened((await tree()).url, scheme)
    const all = await ask<[text: string, ratio: number][]>(page, 'contrasts()')
    expect(all.length).toBeGreaterThan(15)
    expect(all.filter(([, ratio]) => ratio < 4.5)).toEqual([])
    const [red] = await ask<number[]>(page, 'canvas()')
    expect(red! > 128).toBe(scheme === 'light')
  })
})

describe('a folder on a phone', () => {
  it('is no wider than the window, and its links are big enough for fingers', async () => {
    const page = await opened((await tree()).url)
    expect(await ask<number>(page, 'width()')).toBeLessThanOrEqual(360)
    expect(await ask(page, 'smallerThan(24)')).toEqual([])
  })

  it('names all that can be used, for who does not see it', async () => {
    const page = await opened((await tree()).url)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('holiday photos')
    expect(await page.getByRole('table').count()).toBe(1)
    expect(await page.getByRole('columnheader').allTextContents()).toEqual(['Name ▲', 'Size', 'Changed (UTC)'])
    expect(await page.getByRole('rowheader').count()).toBe(5)
    expect(await page.getByRole('rowheader', { name: 'small.txt' }).count()).toBe(1)
    expect(await ask(page, 'nameless()')).toEqual([])
    expect(await ask(page, 'language()')).toBe('en')
  })
})

describe('without JavaScript', () => {
  it('rows are sorted, folders opened and left again', async () => {
    const server = await tree()
    const page = await opened(server.url)
    const names = () => page.getByRole('rowheader').allTextContents()
    await page.getByRole('link', { name: 'Size' }).click()
    expect((await names()).slice(0, 3)).toEqual(['été/', 'big.bin', 'small.txt'])
    await page.getByRole('link', { name: 'Size' }).click()
    expect((await names()).at(-1)).toBe('big.bin')
    await page.getByRole('link', { name: 'été/' }).click()
    await page.getByRole('link', { name: 'deep/' }).click()
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('deep')
    expect(await names()).toEqual(['file.txt'])
    await page.getByRole('navigation').getByRole('link', { name: 'holiday photos' }).click()
    expect(page.url()).toBe(at(server, '/'))
  })

  it('all of a folder is downloaded by a link', async () => {
    const page = await opened(at(await tree(), '/%C3%A9t%C3%A9/'))
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'tar.gz', exact: true }).click(),
    ])
    expect(download.suggestedFilename()).toBe('été.tar.gz')
    expect(await must(['tar', 'tzf', (await download.path())!], { environment: { LC_ALL: 'C.UTF-8' } })).toBe(
      'été/\nété/deep/\nété/deep/file.txt\n',
    )
  })

  it('what is not there has a page that leads on', async () => {
    const page = await opened(at(await tree(), '/nothing'))
    expect(await page.getByRole('heading').textContent()).toBe('404 Not Found')
    await page.getByRole('link').click()
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('holiday photos')
  })
})
