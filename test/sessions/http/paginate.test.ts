/** Lists in pages: a server in Python with each way of paging, and GitHub's own as emulate has it. Also publicIp, which asks the same server. */
import { fileURLToPath } from 'node:url'
import { createEmulator, type Emulator } from 'emulate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OptionError } from '../../../src/exchange/index.js'
import { HttpClient } from '../../../src/sessions/http/client.js'
import { paginate } from '../../../src/sessions/http/paging/pages.js'
import { publicIp } from '../../../src/sessions/http/public-ip.js'
import { type Child, start } from '../../lab/process.js'
import { closedPort } from '../tcp/kinds.js'

const client = new HttpClient()
let server: Child
let origin: string
beforeAll(async () => {
  server = start(['/usr/bin/python3', fileURLToPath(new URL('pages-peer.py', import.meta.url))])
  const [, port] = await server.waitFor(/"port": (\d+)/, { timeout: 30_000 })
  origin = `http://127.0.0.1:${port}`
})
afterAll(async () => {
  await client.close()
  await server?.stop('SIGKILL')
})

let asks = 0

/** What was asked meanwhile: all of it has been told when what is asked last is. */
async function askedBy(work: () => Promise<unknown>): Promise<{ asked: string; authorization: string; key: string }[]> {
  const from = server.mark()
  await work()
  const last = `/say/over-${++asks}`
  await fetch(origin + last)
  await server.waitFor(new RegExp(`"${last}".*\\n`), { from })
  return server.stdout
    .slice(from.stdout)
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
    .filter(({ asked }) => asked !== last)
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

describe('pages', () => {
  test.each([
    [10, 3],
    [9, 3],
    [1, 5],
    [0, 5],
  ])('by the header Link: %i items, %i in each', async (n, per) => {
    expect(await paginate(client, `${origin}/pages`, { params: { n, per } }).all()).toEqual(upTo(n))
  })

  test('are asked for one by one, when their items are wanted, with the same credentials', async () => {
    const seen: unknown[] = []
    const asked = await askedBy(async () => {
      for await (const item of paginate(client, `${origin}/pages?n=100&per=2`, { auth: 'me:word' })) {
        seen.push(item)
        if (seen.length === 3) break
      }
    })
    expect(seen).toEqual([0, 1, 2])
    expect(asked).toEqual([
      { asked: '/pages?n=100&per=2', authorization: `Basic ${btoa('me:word')}`, key: '' },
      { asked: '/pages?n=100&per=2&page=2', authorization: `Basic ${btoa('me:word')}`, key: '' },
    ])
  })

  test('are no more than limit and pages say', async () => {
    const url = `${origin}/pages?n=100&per=4`
    expect(await paginate(client, url, { limit: 6 }).all()).toEqual(upTo(6))
    expect(await paginate(client, url, { pages: 2 }).all()).toEqual(upTo(8))
    const asked = await askedBy(() => paginate(client, url, { limit: 8 }).all())
    expect(asked.length).toBe(2)
  })

  test('by a URL in the JSON, and by a cursor', async () => {
    expect(await paginate(client, `${origin}/next`, { next: 'next' }).all()).toEqual([10, 11, 20, 21, 30, 31])
    const pages = paginate(client, `${origin}/cursor`, {
      params: { size: 2 },
      items: 'data.items',
      next: (response) => response.json().cursor && { params: { after: response.json().cursor } },
    })
    const asked = await askedBy(async () => expect(await pages.all()).toEqual(upTo(8)))
    expect(asked.map((one) => one.asked)).toEqual([
      '/cursor?size=2',
      '/cursor?size=2&after=2',
      '/cursor?size=2&after=4',
      '/cursor?size=2&after=6',
    ])
    expect(String(pages)).toBe('4 pages, 8 items taken, no more')
  })

  test('as they came, one after the other', async () => {
    const pages = paginate(client, `${origin}/pages?n=3&per=2`)
    expect((await pages.page())!.json()).toEqual([0, 1])
    expect(String(pages)).toBe('1 page, 0 items taken, there may be more')
    expect((await pages.page())!.json()).toEqual([2])
    expect(await pages.page()).toBeNull()
  })

  test('that go in a circle are an error, and so are those on another server', async () => {
    await expect(Promise.resolve(paginate(client, `${origin}/circle`).all())).rejects.toMatchObject({ code: 'LOOP' })
    const asked = await askedBy(() =>
      expect(Promise.resolve(paginate(client, `${origin}/foreign`, { auth: 'a:b' }).all())).rejects.toMatchObject({
        code: 'FOREIGN',
        message: /localhost:1; next: res/,
      }),
    )
    expect(asked.length).toBe(1)
  })

  test.each(['circle', 'foreign'])('that came are given, whatever is wrong with the next one: %s', async (path) => {
    const url = `${origin}/${path}`
    // The circle is seen when the second page leads to itself.
    const before = path === 'circle' ? [1, 1] : [1]
    for (const options of [{ limit: before.length }, { pages: before.length }])
      expect(await paginate(client, url, options).all()).toEqual(before)
    const pages = paginate(client, url)
    for (const item of before) expect((await pages.page())!.json()).toEqual([item])
    expect(String(pages)).toMatch(/there may be more/)
    await expect(Promise.resolve(pages.page())).rejects.toMatchObject({ name: 'SessionError' })
    const task = paginate(client, url).all()
    await expect(Promise.resolve(task)).rejects.toThrow()
    expect(task.partial).toEqual(before)
  })

  test('on another server get what the function gives, and nothing secret of the call', async () => {
    const url = `${origin}/elsewhere`
    const secret = { auth: 'me:word', headers: { 'X-Api-Key': 'secret', 'X-Plain': '1' } }
    const next = (response: { links: Record<string, string> }): string | undefined => response.links.next
    for (const [option, authorization] of [
      [next, ''],
      [(response: never) => next(response) && { url: next(response)! }, ''],
      [(response: never) => next(response) && { url: next(response)!, auth: 'you:too' }, `Basic ${btoa('you:too')}`],
    ] as const) {
      const asked = await askedBy(async () =>
        expect(await paginate(client, url, { ...secret, next: option as never }).all()).toEqual([1, 0]),
      )
      expect(asked.map((one) => [one.authorization, one.key])).toEqual([
        [`Basic ${btoa('me:word')}`, 'secret'],
        [authorization, ''],
      ])
    }
  })

  test('that break leave what came', async () => {
    const pages = paginate(client, `${origin}/broken`, { retries: 0 })
    const task = pages.all()
    await expect(Promise.resolve(task)).rejects.toThrow(/500.*it broke/)
    expect(task.partial).toEqual([1, 2])
  })

  test('Ctrl-C keeps what came', async () => {
    const pages = paginate(client, `${origin}/pages?n=100000&per=1`)
    const task = pages.all()
    await new Promise<void>((resolve) => {
      const stop = task.onProgress(({ done }) => {
        if (done! < 3) return
        stop()
        resolve()
      })
    })
    task.interrupt()
    const found = await task
    expect(found.length).toBeGreaterThanOrEqual(3)
    expect(found).toEqual(upTo(found.length))
  })

  test('without a list say where lists are', async () => {
    await expect(Promise.resolve(paginate(client, `${origin}/two`).all())).rejects.toThrow(
      /several lists: 'a', 'b'; option items/,
    )
    await expect(Promise.resolve(paginate(client, `${origin}/two`, { items: 'c.d' }).all())).resolves.toEqual([])
    await expect(Promise.resolve(paginate(client, `${origin}/next`, { items: 'count' }).all())).rejects.toThrow(
      /no list but 6/,
    )
    await expect(Promise.resolve(paginate(client, `${origin}/next`, { next: 'count' }).all())).rejects.toThrow(
      /a cursor needs a function/,
    )
    expect(() => paginate(client, origin, { limit: 0 })).toThrow(OptionError)
    expect(() => paginate(client, origin, { jsn: 1 } as never)).toThrow(OptionError)
    expect(() => paginate(client, origin, { itms: 'a' } as never)).toThrow(/no option 'itms'.*did you mean 'items'/)
  })
})

describe('GitHub as emulate has it', () => {
  let github: Emulator
  beforeAll(async () => {
    github = await createEmulator({ service: 'github', port: await closedPort() })
  }, 60_000)
  afterAll(() => github?.close())

  test('gives all issues, page by page', async () => {
    const headers = { Authorization: 'Bearer test_token_admin', Accept: 'application/vnd.github+json' }
    const made = await client.send('POST', `${github.url}/user/repos`, { headers, json: { name: 'many' } })
    const { full_name } = made.expectOk().json() as { full_name: string }
    for (let i = 1; i <= 7; i++)
      (
        await client.send('POST', `${github.url}/repos/${full_name}/issues`, { headers, json: { title: `issue ${i}` } })
      ).expectOk()
    const issues = await paginate(client, `${github.url}/repos/${full_name}/issues`, {
      headers,
      params: { per_page: 3, state: 'all', direction: 'asc' },
    }).all()
    expect(issues.map((issue) => (issue as { title: string }).title).sort()).toEqual(
      upTo(7).map((index) => `issue ${index + 1}`),
    )
  })
})

describe('publicIp', () => {
  const say = (text: string): string => `${origin}/say/${encodeURIComponent(text)}`

  test.each([
    ['203.0.113.7\n', '203.0.113.7'],
    ['2001:db8::1', '2001:db8::1'],
    ['{"ip": "203.0.113.8"}', '203.0.113.8'],
    ['{"origin": "203.0.113.9"}', '203.0.113.9'],
    ['"203.0.113.10"', '203.0.113.10'],
  ])('reads %j', async (text, address) => {
    expect(await publicIp(client, { service: say(text) })).toBe(address)
  })

  test('asks the next service where one has no address', async () => {
    const services = [
      `http://127.0.0.1:${await closedPort()}/`,
      `${origin}/none`,
      say('<html>login'),
      say('203.0.113.7'),
    ]
    expect(await publicIp(client, { service: services })).toBe('203.0.113.7')
    await expect(Promise.resolve(publicIp(client, { service: services.slice(0, 3) }))).rejects.toThrow(
      /refused.*404.*that is no address: <html>login/,
    )
  })

  test('takes only the version of IP that was asked for', async () => {
    expect(await publicIp(client, { service: say('2001:db8::1'), family: 6 })).toBe('2001:db8::1')
    await expect(Promise.resolve(publicIp(client, { service: say('2001:db8::1'), family: 4 }))).rejects.toThrow(
      /is no address of IPv4/,
    )
  })

  test.each(['1.2.3', '999.1.1.1', '', '203.0.113.7 extra', '{"ip": 5}', 'null', '\u001b[31m'])(
    'takes %j for no address',
    async (text) => {
      const error = await publicIp(client, { service: say(text) }).then(
        () => undefined,
        (reason: unknown) => reason as Error,
      )
      expect(error!.message).toMatch(/no address/)
      expect(error!.message).not.toContain('\u001b')
    },
  )

  test('refuses options that make no sense', () => {
    expect(() => publicIp(client, { family: 5 as never })).toThrow(/family must be 4 or 6/)
    expect(() => publicIp(client, { service: [] })).toThrow(/no URL/)
  })
})
