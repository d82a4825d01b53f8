/** Pages of the file server as a program reads them. */
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  errorPage,
  type Listing,
  type ListingEntry,
  listingJson,
  listingOrder,
  listingPage,
  page,
} from '../../../src/sessions/serve/pages/index.js'
import { must } from '../../lab/process.js'
import { ODD_NAMES, put } from './archiving.js'
import { at, curl, folderHere, served } from './serving.js'

/** What Python's html.parser finds in a page. */
interface Parsed {
  /** Elements that are not closed as they were opened. */
  wrong: string[]
  tags: Record<string, number>
  links: [href: string, text: string][]
  text: Record<string, string>
  attributes: string[]
}

async function parsed(html: string): Promise<Parsed> {
  return JSON.parse(await must(['/usr/bin/python3', path.join(import.meta.dirname, 'pages.py')], { input: html }))
}

const ENTRIES: ListingEntry[] = [
  { name: 'b.txt', kind: 'file', size: 5, modified: new Date('2026-01-02T03:04:05Z') },
  { name: 'a10.txt', kind: 'file', size: 2000, modified: new Date('2026-01-03T00:00:00Z') },
  { name: 'a9.txt', kind: 'file', size: 30, modified: new Date('2026-01-01T00:00:00Z') },
  { name: 'Z', kind: 'folder', modified: new Date('2025-01-01T00:00:00Z') },
  { name: 'y', kind: 'folder', modified: new Date('2024-01-01T00:00:00Z') },
]

function listing(more: Partial<Listing> = {}): Listing {
  return { name: 'top', path: [], entries: ENTRIES, order: { sort: 'name', order: 'asc' }, archives: [], ...more }
}

/** Names in the order of the rows. */
async function rows(query: string): Promise<string[]> {
  const { links } = await parsed(listingPage(listing({ order: listingOrder(new URLSearchParams(query)) })))
  return links.filter(([href]) => !href.startsWith('?')).map(([, text]) => text)
}

/** What an attacker would call a file. */
const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '&lt;b&gt;',
  '</title></style><h1>hi',
  'javascript:alert(1)',
  '//example.net',
  '..%2f..%2fetc',
  '?archive=zip',
  '#top',
  'gpj.\u202eexe',
  'a\nb\tc\u0000d\u001b[31m',
]

describe('the listing', () => {
  it('is whole HTML with a language, a title, a heading, and a table with heads', async () => {
    const { wrong, tags, text } = await parsed(listingPage(listing({ path: ['sub', 'deep'] })))
    expect(wrong).toEqual([])
    expect(text).toMatchObject({ title: 'top/sub/deep', h1: 'deep' })
    expect(tags).toMatchObject({
      html: 1,
      main: 1,
      h1: 1,
      nav: 1,
      table: 1,
      caption: 1,
      thead: 1,
      tbody: 1,
      th: 8,
      td: 10,
    })
    expect(tags).not.toHaveProperty('script')
    expect(text['caption']).toBe('2 folders, 3 files with 2.0 kB')
    expect(text['time']).toContain('2026-01-02 03:04')
  })

  it('shows names as they are, whatever is in them, and links to just these files', async () => {
    const names = [...HOSTILE, ...ODD_NAMES.filter((name) => !name.includes('/'))]
    const entries = names.map((name) => ({ name, kind: 'file' as const, size: 1 }))
    const { wrong, tags, links, attributes } = await parsed(
      listingPage(listing({ name: HOSTILE[0]!, path: [HOSTILE[1]!], entries })),
    )
    expect(wrong).toEqual([])
    for (const tag of ['script', 'img', 'b']) expect(tags).not.toHaveProperty(tag)
    expect(attributes.filter((name) => /^on|^src$/.test(name))).toEqual([])
    expect(tags['h1']).toBe(1)
    const files = links.filter(([href]) => !/^\?|^\.\.\/$/.test(href))
    expect(files).toHaveLength(names.length)
    const base = 'http://192.0.2.1/folder/'
    for (const [href, text] of files) {
      const url = new URL(href, base)
      // A name of this folder, whoever reads it.
      expect(url.href.startsWith(base)).toBe(true)
      expect(names).toContain(decodeURIComponent(url.pathname.slice('/folder/'.length)))
      expect(text).not.toMatch(/[\u0000-\u001f\u202e]/)
    }
    expect(links.map(([, text]) => text)).toEqual(expect.arrayContaining(HOSTILE.slice(0, 10)))
  })

  it('has folders first, and is sorted by what the query says', async () => {
    expect(await rows('')).toEqual(['y/', 'Z/', 'a9.txt', 'a10.txt', 'b.txt'])
    expect(await rows('sort=name&order=desc')).toEqual(['Z/', 'y/', 'b.txt', 'a10.txt', 'a9.txt'])
    expect(await rows('sort=size')).toEqual(['y/', 'Z/', 'b.txt', 'a9.txt', 'a10.txt'])
    expect(await rows('sort=size&order=desc')).toEqual(['y/', 'Z/', 'a10.txt', 'a9.txt', 'b.txt'])
    expect(await rows('sort=date&order=asc')).toEqual(['y/', 'Z/', 'a9.txt', 'b.txt', 'a10.txt'])
    expect(await rows('sort=__proto__&order=DROP')).toEqual(await rows(''))
  })

  it('has links that sort, and says by what it is sorted', async () => {
    const html = listingPage(listing({ order: { sort: 'size', order: 'desc' } }))
    const { links } = await parsed(html)
    expect(links.slice(0, 3)).toEqual([
      ['?sort=name&order=asc', 'Name'],
      ['?sort=size&order=asc', 'Size'],
      ['?sort=date&order=desc', 'Changed (UTC)'],
    ])
    expect(html.match(/aria-sort="\w+"/g)).toEqual(['aria-sort="descending"'])
  })

  it('leads back to each folder on the way, without a word about where the top is', async () => {
    const { links } = await parsed(listingPage(listing({ path: ['a b', 'c'], entries: [] })))
    expect(links).toEqual([
      ['../../', 'top'],
      ['../', 'a b'],
    ])
  })

  it('offers the archives that there are', async () => {
    const { links } = await parsed(listingPage(listing({ archives: ['tar.gz', 'zip'] })))
    expect(links.slice(0, 2)).toEqual([
      ['?archive=tar.gz', 'tar.gz'],
      ['?archive=zip', 'zip'],
    ])
  })

  it('says that there is nothing in an empty folder', async () => {
    const { text } = await parsed(listingPage(listing({ entries: [] })))
    expect(text['p']).toBe('There is nothing in this folder.')
  })

  it('shows the begin of a folder of very many files, and says so', async () => {
    const entries = Array.from({ length: 30_000 }, (_, i) => ({ name: `${i}`, kind: 'file' as const, size: 1 }))
    const { tags, text } = await parsed(listingPage(listing({ entries })))
    expect(tags['tr']).toBe(20_001)
    expect(text['caption']).toBe('30000 files with 30 kB; only the first 20000 are shown')
  })
})

describe('the listing for programs', () => {
  it('has the same in JSON, with names as they are', async () => {
    const entries: ListingEntry[] = [
      ...HOSTILE.map((name) => ({ name, kind: 'file' as const, size: 3, modified: new Date(0) })),
      { name: 'sub', kind: 'folder' },
    ]
    const program =
      'import json, sys, urllib.parse; d = json.load(sys.stdin); print(json.dumps([d["path"], [[e["type"], e["name"] + ("/" if e["type"] == "folder" else ""), urllib.parse.unquote(e["url"])] for e in d["entries"]]]))'
    const [place, list] = JSON.parse(
      await must(['/usr/bin/python3', '-c', program], { input: listingJson(listing({ path: ['x'], entries })) }),
    )
    expect(place).toBe('/x/')
    expect(list[0]).toEqual(['folder', 'sub/', 'sub/'])
    expect(list).toHaveLength(entries.length)
    for (const [, name, url] of list) expect(url).toBe(name)
    expect(JSON.parse(listingJson(listing())).entries[2]).toEqual({
      name: 'a9.txt',
      type: 'file',
      size: 30,
      modified: '2026-01-01T00:00:00.000Z',
      url: 'a9.txt',
    })
  })
})

describe('pages of errors', () => {
  it.each([400, 401, 403, 404, 405, 410, 413, 416, 429, 500, 503, 507])('%i says what it is', async (status) => {
    const { wrong, text } = await parsed(errorPage(status))
    expect(wrong).toEqual([])
    expect(text['title']).toMatch(new RegExp(`^${status} \\w`))
    expect(text['h1']).toBe(text['title'])
    expect(text['p']!.length).toBeGreaterThan(20)
  })

  it('say what they are given, as text', async () => {
    const { tags, text } = await parsed(errorPage(404, '<script>x</script>'))
    expect(tags).not.toHaveProperty('script')
    expect(text['p']).toContain('<script>x</script>')
  })
})

describe('the frame', () => {
  it('takes a title as text and a nonce as one', async () => {
    const html = page({ title: '<b>&', main: '<p>x</p>', nonce: 'a"b' })
    const { tags, text } = await parsed(html)
    expect(tags).not.toHaveProperty('b')
    expect(text).toMatchObject({ title: '<b>&', h1: '<b>&' })
    expect(html).toContain('<style nonce="a&quot;b">')
  })
})

describe('from the server', () => {
  it('a folder is a page, and JSON for who asks for that', async () => {
    const folder = path.join(folderHere(), 'tree')
    put(folder, 'sub/file.txt', 'x')
    const server = await served(folder)
    const asPage = await curl(at(server, '/sub/'))
    expect(asPage.headers['content-type']).toBe('text/html; charset=utf-8')
    expect((await parsed(asPage.body)).links.map(([href]) => href)).toContain('file.txt')
    const asJson = await curl(at(server, '/sub/'), '-H', 'Accept: application/json')
    expect(JSON.parse(asJson.body)).toMatchObject({ path: '/sub/', entries: [{ name: 'file.txt', size: 1 }] })
    const missing = await curl(at(server, '/nothing'), '-H', 'Accept: text/html')
    expect(missing.status).toBe(404)
    expect((await parsed(missing.body)).text['h1']).toBe('404 Not Found')
  })
})
