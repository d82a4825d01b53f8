/** The file server in Chromium: pages that people look at, download from and drop files on. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import path from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FileServer, ServeOptions } from '../../../src/sessions/serve/index.js'
import { serve } from '../../../src/sessions/serve/index.js'
import { launchChromium } from '../../lab/chromium.js'
import { must } from '../../lab/process.js'
import { atEnd, emptyFolder, until } from './uploading.js'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser?.close())

const WAIT = { timeout: 15_000 }

interface Served {
  server: FileServer
  folder: string
  names(): Promise<string[]>
}

/** A folder with some files in it, served to this machine. */
async function served(options: ServeOptions = {}): Promise<Served> {
  const folder = path.join(await emptyFolder(), 'photos')
  await mkdir(path.join(folder, 'sub'), { recursive: true })
  await writeFile(path.join(folder, 'numbers.bin'), Buffer.from([0, 1, 2, 253, 254, 255]))
  await writeFile(path.join(folder, 'été <b>&.txt'), 'texte\n')
  await writeFile(path.join(folder, 'sub', 'deep.txt'), 'deep\n')
  const all = { port: 0, host: '127.0.0.1', upload: true, log: false, qr: false, ...options }
  const server = await serve(folder, all)
  atEnd(() => server.close())
  return { server, folder, names: async () => (await readdir(folder)).sort() }
}

/** A page of its own; that it says nothing in the console, as of what its policy forbids, is part of each test. */
async function opened(url: string, options: BrowserContextOptions = {}): Promise<{ page: Page; said: string[] }> {
  const context = await browser.newContext(options)
  atEnd(() => context.close())
  const page = await context.newPage()
  const said: string[] = []
  page.on('pageerror', (error) => said.push(String(error)))
  page.on('console', (message) => {
    // Broken connections are told there by Chromium itself.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load')) said.push(message.text())
  })
  await page.goto(url)
  return { page, said }
}

/** Lets go of files above the page, as a hand does. `content` is repeated `times`. */
async function drop(page: Page, files: { name: string; content: string; times?: number }[]): Promise<void> {
  const made = files.map(
    ({ name, content, times = 1 }) =>
      `data.items.add(new File([${JSON.stringify(content)}.repeat(${times})], ${JSON.stringify(name)}))`,
  )
  const dataTransfer = await page.evaluateHandle(
    `(() => { const data = new DataTransfer(); ${made.join(';')}; return data })()`,
  )
  await page.dispatchEvent('h1', 'dragover', { dataTransfer })
  await page.locator('.upload.over').waitFor(WAIT)
  await page.dispatchEvent('h1', 'drop', { dataTransfer })
}

const row = (page: Page, name: string) => page.locator('.sending li').filter({ hasText: name })
const status = (page: Page) => page.getByRole('status')

/** Makes what the page sends slow. */
async function slow(page: Page, bytesPerSecond: number): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  const conditions = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: bytesPerSecond }
  await devtools.send('Network.emulateNetworkConditions', conditions)
}

describe('the page of a folder', () => {
  it('shows what is there, and a click downloads it', async () => {
    const { server } = await served()
    const { page, said } = await opened(server.url)
    await page.getByRole('link', { name: 'été <b>&.txt' }).waitFor(WAIT)
    const [download] = await Promise.all([
      page.waitForEvent('download', WAIT),
      page.getByRole('link', { name: 'numbers.bin' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('numbers.bin')
    expect([...(await readFile(await download.path()))]).toEqual([0, 1, 2, 253, 254, 255])
    await until('it is counted', () => server.downloads === 1)
    await page.getByRole('link', { name: /^sub/ }).click()
    await page.getByRole('link', { name: 'deep.txt' }).waitFor(WAIT)
    expect(said).toEqual([])
  })

  it('gives all of it as an archive', async () => {
    const { server } = await served()
    const { page } = await opened(server.url)
    const [download] = await Promise.all([
      page.waitForEvent('download', WAIT),
      page.getByRole('link', { name: 'zip', exact: false }).first().click(),
    ])
    expect(download.suggestedFilename()).toBe('photos.zip')
    expect((await readFile(await download.path())).subarray(0, 4).toString('latin1')).toBe('PK\x03\x04')
  })
})

describe('files that are dropped on the page', () => {
  it('are uploaded, and their progress is shown', async () => {
    const { server, folder, names } = await served()
    const { page, said } = await opened(server.url)
    await slow(page, 1_000_000)
    await drop(page, [
      { name: 'large.txt', content: 'line\n', times: 400_000 },
      { name: 'été <b>&.txt', content: 'other' },
    ])
    const bar = page.getByRole('progressbar', { name: 'Upload of large.txt' })
    const seen = new Set<number>()
    await until('it is there', async () => {
      const values = await bar.evaluateAll((bars: { value: number }[]) => bars.map(({ value }) => value))
      for (const value of values) seen.add(value)
      return values.length === 0 && (await row(page, 'large.txt').count()) === 1
    })
    expect([...seen].filter((value) => value > 0 && value < 100).length).toBeGreaterThan(0)
    await until('all is told', async () => (await status(page).textContent()) === '2 of 2 files uploaded.')
    expect(await row(page, 'été').textContent()).toContain('uploaded; there was a file été <b>&.txt already')
    expect(await names()).toEqual(['large.txt', 'numbers.bin', 'sub', 'été <b>& (2).txt', 'été <b>&.txt'])
    expect(await readFile(path.join(folder, 'large.txt'), 'utf8')).toBe('line\n'.repeat(400_000))
    expect(await readFile(path.join(folder, 'été <b>& (2).txt'), 'utf8')).toBe('other')
    expect(server.uploads).toBe(2)
    // What the row leads to is the file.
    const href = await row(page, 'été').getByRole('link').getAttribute('href')
    expect(await (await fetch(new URL(href!, server.url))).text()).toBe('other')
    await page.getByRole('link', { name: 'Show the new files' }).click()
    await page.locator('table, main ul').getByRole('link', { name: 'large.txt' }).first().waitFor(WAIT)
    expect(said).toEqual([])
  })

  it('into a folder below go there', async () => {
    const { server, folder } = await served()
    const { page } = await opened(`${server.url}sub/?sort=size`)
    await drop(page, [{ name: 'below.txt', content: 'b' }])
    await until('it is told', async () => (await status(page).textContent()) === '1 of 1 file uploaded.')
    expect((await readdir(path.join(folder, 'sub'))).sort()).toEqual(['below.txt', 'deep.txt'])
  })

  it('go on where they were when the connection broke', async () => {
    const { server, folder } = await served()
    const between = await relay(server.port)
    const { page } = await opened(`http://127.0.0.1:${between.port}/`)
    const size = 4_000_000
    await slow(page, 1_500_000)
    await drop(page, [{ name: 'large.txt', content: 'text', times: size / 4 }])
    const done = () =>
      server
        .transfers()
        .filter(({ direction }) => direction === 'up')
        .at(-1)?.done ?? 0
    await until('some of it is there', () => done() > 500_000)
    await between.cut()
    await row(page, 'large.txt').getByText('no connection, trying again').waitFor(WAIT)
    await between.mend()
    await until('it is told', async () => (await status(page).textContent()) === '1 of 1 file uploaded.')
    expect(await readFile(path.join(folder, 'large.txt'), 'utf8')).toBe('text'.repeat(size / 4))
    const ups = server.transfers().filter(({ direction }) => direction === 'up')
    expect(ups.map(({ outcome }) => outcome)).toEqual(['broken', 'complete'])
    // Nothing of it went over twice.
    expect(ups[0]!.done).toBeGreaterThan(500_000)
    expect(ups[0]!.done + ups[1]!.done).toBe(size)
  }, 60_000)

  it('can be called off', async () => {
    const { server, names } = await served()
    const { page } = await opened(server.url)
    await slow(page, 200_000)
    await drop(page, [{ name: 'large.txt', content: 'x', times: 5_000_000 }])
    await page.getByRole('button', { name: 'Cancel: large.txt' }).click()
    await until('it is told', async () => (await status(page).textContent())!.startsWith('large.txt: cancelled'))
    await until('nothing is left', async () => (await names()).length === 3)
    expect(await row(page, 'large.txt').count()).toBe(0)
  })

  it('can be called off before the server has said where they go', async () => {
    const { server, names } = await served()
    const { page, said } = await opened(server.url)
    let goOn = (): void => {}
    const held = new Promise<void>((resolve) => {
      goOn = resolve
    })
    await page.route('**/early.txt', async (route) => {
      await held
      await route.continue()
    })
    const removed = page.waitForResponse((response) => response.request().method() === 'DELETE', WAIT)
    await drop(page, [{ name: 'early.txt', content: 'x', times: 100_000 }])
    await page.getByRole('button', { name: 'Cancel: early.txt' }).click()
    await until('it is told', async () => (await status(page).textContent())!.startsWith('early.txt: cancelled'))
    goOn()
    expect((await removed).status()).toBe(204)
    expect(await names()).toHaveLength(3)
    expect(said).toEqual([])
  })

  it('that are too big are not even sent', async () => {
    const { server, names } = await served({ uploadLimit: 1000 })
    const { page } = await opened(server.url)
    await drop(page, [{ name: 'large.txt', content: 'x', times: 1001 }])
    await row(page, 'large.txt').getByText('it is bigger than what is taken here').waitFor(WAIT)
    expect(await names()).toHaveLength(3)
    expect(server.transfers()).toHaveLength(0)
  })

  it('that the server refuses are told with its words, and can be tried again', async () => {
    const { server, names } = await served()
    const { page } = await opened(server.url)
    await drop(page, [{ name: '.hidden', content: 'x' }])
    await row(page, '.hidden').getByText('hidden files are not taken').waitFor(WAIT)
    expect(await status(page).textContent()).toContain('0 of 1 file uploaded, 1 failed.')
    await page.getByRole('button', { name: 'Try again: .hidden' }).click()
    await row(page, '.hidden').getByText('hidden files are not taken').waitFor(WAIT)
    expect(await names()).toHaveLength(3)
  })
})

const SMALL = { name: 'one.txt', mimeType: 'text/plain', buffer: Buffer.from('one') }

describe('the form', () => {
  const chosen = [SMALL, { name: 'zwei ü.txt', mimeType: 'text/plain', buffer: Buffer.from('two') }]

  it('is worked by keyboard alone', async () => {
    const { server, folder } = await served()
    const { page, said } = await opened(server.url)
    await page.getByLabel('Files', { exact: true }).setInputFiles(chosen)
    await page.getByLabel('Files', { exact: true }).focus()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await until('it is told', async () => (await status(page).textContent()) === '2 of 2 files uploaded.')
    expect(await readFile(path.join(folder, 'zwei ü.txt'), 'utf8')).toBe('two')
    expect(said).toEqual([])
  })

  it('works without JavaScript', async () => {
    const { server, folder } = await served()
    const { page } = await opened(server.url, { javaScriptEnabled: false })
    expect(await page.getByText('Or drop files').isVisible()).toBe(false)
    await page.getByLabel('Files', { exact: true }).setInputFiles([...chosen, { ...SMALL, name: 'numbers.bin' }])
    await page.getByRole('button', { name: 'Upload' }).click()
    await page.getByRole('heading', { name: 'Uploaded' }).waitFor(WAIT)
    expect(await page.locator('li').allTextContents()).toEqual([
      'one.txt: 3 bytes',
      'zwei ü.txt: 3 bytes',
      'numbers (2).bin: 3 bytes; there was a file numbers.bin already',
    ])
    expect(await readFile(path.join(folder, 'zwei ü.txt'), 'utf8')).toBe('two')
    await page.getByRole('link', { name: 'Back to the folder' }).click()
    await page.getByRole('link', { name: 'one.txt' }).waitFor(WAIT)
  })

  it('without JavaScript is told why, when a file is too big', async () => {
    const { server, names } = await served({ uploadLimit: 100_000 })
    const { page } = await opened(server.url, { javaScriptEnabled: false })
    // The answer comes while the browser still sends.
    await slow(page, 1_000_000)
    const large = path.join(await emptyFolder(), 'large.bin')
    await writeFile(large, Buffer.alloc(20_000_000))
    await page.getByLabel('Files', { exact: true }).setInputFiles(large)
    await page.getByRole('button', { name: 'Upload' }).click()
    await page.getByText('at most are taken here').waitFor(WAIT)
    expect(await names()).toHaveLength(3)
  })

  it('is not there where nothing is taken', async () => {
    const { server } = await served({ upload: false })
    const { page } = await opened(server.url)
    await page.getByRole('link', { name: 'numbers.bin' }).waitFor(WAIT)
    expect(await page.locator('form, script').count()).toBe(0)
  })
})

describe('a server with TLS and a password', () => {
  it('shows, gives and takes files to who knows it', async () => {
    const { server, folder } = await served({ tls: true, user: 'me', password: 'a password' })
    const { page, said } = await opened(server.url, {
      ignoreHTTPSErrors: true,
      httpCredentials: { username: 'me', password: 'a password' },
    })
    await drop(page, [{ name: 'secret.txt', content: 'hidden' }])
    await until('it is told', async () => (await status(page).textContent()) === '1 of 1 file uploaded.')
    expect(await readFile(path.join(folder, 'secret.txt'), 'utf8')).toBe('hidden')
    await page.getByLabel('Files', { exact: true }).setInputFiles([{ ...SMALL, name: 'more.txt' }])
    await page.getByRole('button', { name: 'Upload', exact: true }).click()
    await until('it is told', async () => (await status(page).textContent()) === '2 of 2 files uploaded.')
    expect(said).toEqual([])
  })

  it('takes nothing from who does not', async () => {
    const { server, names } = await served({ tls: true, user: 'me', password: 'a password' })
    const context = await browser.newContext({ ignoreHTTPSErrors: true })
    atEnd(() => context.close())
    const put = () => context.request.put(`${server.url}a.txt`, { data: 'x' })
    expect((await put()).status()).toBe(401)
    expect(await names()).toHaveLength(3)
  })
})

describe('strangers', () => {
  it("cannot bring files with their pages and the visitor's browser", async () => {
    const { server, names } = await served()
    const form = `<form method="post" enctype="multipart/form-data" action="${server.url}"><input type="file" name="file"><button>Go</button></form>`
    const other = createHttpServer((_request, response) => response.setHeader('Content-Type', 'text/html').end(form))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    atEnd(() => {
      other.closeAllConnections()
      other.close()
    })
    const { page } = await opened(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`)
    await page.locator('input').setInputFiles([{ name: 'evil.txt', mimeType: 'text/plain', buffer: Buffer.from('x') }])
    await page.getByRole('button', { name: 'Go' }).click()
    await page.getByText('pages of other servers', { exact: false }).waitFor(WAIT)
    const put = `fetch('${server.url}evil.txt', { method: 'PUT', body: 'x' }).then(() => 'sent', () => 'not sent')`
    expect(await page.evaluate(put)).toBe('not sent')
    expect(await names()).toHaveLength(3)
  })

  it('cannot bring files to other folders, however they write them', async () => {
    const { server, folder } = await served()
    const outside = path.dirname(folder)
    const paths =
      '../e ..%2fe %2e%2e/e %2e%2e%2fe ..%5ce ..\\\\e sub/../../e sub/..%2f..%2fe /%2ftmp/e .%2e/e ..%00/e %c0%ae%c0%ae/e ....//e'
    for (const each of paths.split(' ')) {
      const url = `${server.url}${each}`
      await must(['curl', '-sS', '--path-as-is', '-o', '/dev/null', '-X', 'PUT', '-d', 'x', url])
    }
    expect(await readdir(outside)).toEqual(['photos'])
    // Some are in the folder, under a name that leads nowhere.
    const inside = (await readdir(folder, { recursive: true })).filter((name) => !/(?:^|\/)e(?: \(\d+\))?$/.test(name))
    expect(inside.sort()).toEqual(['numbers.bin', 'sub', 'sub/deep.txt', 'été <b>&.txt'])
  })

  it('who upload a page run nothing with it in the name of who looks at it', async () => {
    const { server, names } = await served()
    const evil = `<title>harmless</title><script>document.title = 'ran'; fetch('/evil.txt', { method: 'PUT', body: 'x' })</script>`
    await fetch(`${server.url}page.html`, { method: 'PUT', body: evil })
    const context = await browser.newContext()
    atEnd(() => context.close())
    const page = await context.newPage()
    // Shown or downloaded: either will do.
    await page.goto(`${server.url}page.html`).catch(() => undefined)
    await page.waitForTimeout(500)
    expect(await page.title()).not.toBe('ran')
    expect(await names()).toEqual(['numbers.bin', 'page.html', 'sub', 'été <b>&.txt'])
  })
})

describe('the look', () => {
  const sizes = { desk: { width: 1000, height: 700 }, phone: { width: 360, height: 700 } }

  it.each([
    ['light', 'desk'],
    ['dark', 'desk'],
    ['light', 'phone'],
    ['dark', 'phone'],
  ] as const)('is %s on a %s, and nothing sticks out', async (colorScheme, size) => {
    const { server } = await served()
    const { page } = await opened(server.url, { colorScheme, viewport: sizes[size] })
    await slow(page, 100_000)
    const long = `a file with quite a long name ${'that-cannot-be-broken-'.repeat(4)}.txt`
    await drop(page, [
      { name: '.hidden', content: 'x' },
      { name: 'small.txt', content: 'x' },
      { name: long, content: 'x', times: 1_000_000 },
    ])
    await row(page, 'small.txt').getByText('uploaded').waitFor(WAIT)
    await row(page, '.hidden').getByText('hidden files').waitFor(WAIT)
    const bar = page.getByRole('progressbar', { name: long })
    await until('some is sent', async () => (await bar.evaluate((each: { value: number }) => each.value)) > 5)
    const { SCREENSHOTS } = process.env
    if (SCREENSHOTS)
      await page.screenshot({ path: path.join(SCREENSHOTS, `${colorScheme}-${size}.png`), fullPage: true })
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
    const [, red] = /^rgba?\((\d+)/.exec(String(await page.evaluate('getComputedStyle(document.body).color')))!
    if (colorScheme === 'dark') expect(Number(red)).toBeGreaterThan(180)
    else expect(Number(red)).toBeLessThan(80)
    // Fingers need 24 pixels (WCAG 2.2 §2.5.8).
    for (const button of await page.getByRole('button').all())
      expect((await button.boundingBox())!.height).toBeGreaterThanOrEqual(24)
  })
})

/** Stands between the browser and the server, and can break all connections off. */
async function relay(target: number): Promise<{ port: number; cut(): Promise<void>; mend(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1')
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
  })
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const { port } = server.address() as AddressInfo
  const cut = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  atEnd(cut)
  return { port, cut, mend: () => listen(port) }
}
