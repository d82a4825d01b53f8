/** Files over HTTP: whole, in parts, on conditions, under their names; asked for by other people's clients, and beside another server. */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer as createTls } from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fileResource } from '../../../src/sessions/serve/file-resource.js'
import { serverTls } from '../../../src/sessions/tls/tls-options.js'
import { web } from '../../../src/sessions/web/index.js'
import { must, run, start } from '../../lab/process.js'
import { answerOf, curl, raw, serve } from '../web/asking.js'
import { delivering, lastOf } from './delivering.js'

const base = mkdtempSync(path.join(tmpdir(), 'netshell-deliver-'))
const root = path.join(base, 'root')
const SIZE = 3_000_000
const bytes = Buffer.from(Uint8Array.from({ length: SIZE }, (_, i) => ((i * 7 + (i >> 8) * 13) & 0x7f) | 0x20))
const changed = new Date('2024-05-06T07:08:09.250Z')

beforeAll(() => {
  mkdirSync(root)
  writeFileSync(path.join(root, 'file.txt'), bytes)
  utimesSync(path.join(root, 'file.txt'), changed, changed)
  writeFileSync(path.join(root, 'empty.txt'), '')
  writeFileSync(path.join(root, 'small.html'), '<p>small')
})

afterAll(() => rmSync(base, { recursive: true, force: true }))

const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex')

describe('a file', () => {
  it('is sent whole, with what a client should know of it', async () => {
    const server = await delivering(root, { headers: { 'Content-Security-Policy': 'sandbox' } })
    const file = path.join(base, 'got')
    await must(['curl', '-sS', '-D', `${file}.head`, '-o', file, `${server.url}file.txt`])
    expect(sha256(readFileSync(file))).toBe(sha256(bytes))
    expect(answerOf(readFileSync(`${file}.head`, 'latin1'))).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        'content-length': String(SIZE),
        'content-disposition': 'inline; filename="file.txt"',
        'last-modified': 'Mon, 06 May 2024 07:08:09 GMT',
        'accept-ranges': 'bytes',
        'x-content-type-options': 'nosniff',
        'content-security-policy': 'sandbox',
        etag: expect.stringMatching(/^"[^"]+"$/),
      },
    })
    expect(await lastOf(server, 1)).toEqual({ status: 200, ranges: [[0, SIZE]], bytes: SIZE, isWhole: true })
    expect(server.transfers[0]).toEqual({ total: SIZE, done: SIZE, ended: expect.any(Date), outcome: 'complete' })
  })

  it('that is empty is whole as well, and HEAD gets no byte', async () => {
    const server = await delivering(root)
    expect(await curl(server, '/empty.txt')).toMatchObject({
      status: 200,
      headers: { 'content-length': '0' },
      body: '',
    })
    expect(await lastOf(server, 1)).toEqual({ status: 200, ranges: [[0, 0]], bytes: 0, isWhole: true })
    const head = await curl(server, '/file.txt', '-I', '-H', 'Range: bytes=0-1')
    expect(head).toMatchObject({
      status: 200,
      headers: { 'content-length': String(SIZE), 'accept-ranges': 'bytes' },
      body: '',
    })
    expect(await lastOf(server, 2)).toEqual({ status: 200, ranges: [], bytes: 0, isWhole: false })
  })

  it('has another tag when it has other bytes, another time, or is another file', async () => {
    const file = path.join(root, 'tagged.txt')
    const tags = new Set<string>()
    const look = async (): Promise<void> => void tags.add((await fileResource(file)).etag!)
    writeFileSync(file, 'one')
    utimesSync(file, changed, changed)
    await look()
    await look()
    expect(tags.size).toBe(1)
    writeFileSync(file, 'three')
    utimesSync(file, changed, changed)
    await look()
    utimesSync(file, changed, new Date(changed.getTime() + 1))
    await look()
    writeFileSync(`${file}.new`, 'seven')
    utimesSync(`${file}.new`, changed, new Date(changed.getTime() + 1))
    await must(['mv', `${file}.new`, file])
    await look()
    expect(tags.size).toBe(4)
  })

  it('has the name that it should, in all alphabets', async () => {
    const names = ['données.tar.gz', 'a "quoted" name.txt', '100%.txt', '写真 🦊.jpg', "it's; filename=x.txt"]
    for (const name of names) {
      const resource = { ...(await fileResource(path.join(root, 'small.html'), { name, disposition: 'attachment' })) }
      const server = await delivering(resource)
      const { headers } = await curl(server, '/x')
      // Python knows RFC 2231, of which RFC 8187 is a part.
      const script = `import sys, email.message, email.utils
message = email.message.Message()
message['Content-Disposition'] = sys.argv[1]
names = [value for key, value in message.get_params(header='content-disposition') if key == 'filename']
print(message.get_content_disposition(), email.utils.collapse_rfc2231_value(names[-1]), sep='|', end='')
`
      expect(
        await must(['python3', '-c', script, headers['content-disposition']!], { environment: { PYTHONUTF8: '1' } }),
      ).toBe(`attachment|${name}`)
    }
    const server = await delivering({
      ...(await fileResource(path.join(root, 'small.html'), { name: 'été €.txt', disposition: 'attachment' })),
    })
    const folder = mkdtempSync(path.join(base, 'wget-'))
    await must(['wget', '-q', '--content-disposition', `${server.url}x`], {
      folder,
      environment: { LC_ALL: 'C.UTF-8' },
    })
    expect(readFileSync(path.join(folder, 'été €.txt'), 'utf8')).toBe('<p>small')
  })
})

describe('parts of a file', () => {
  it('continue a download that was broken off, with curl, wget and aria2', async () => {
    const server = await delivering(root)
    const half = bytes.subarray(0, 1_234_567)
    for (const [program, ...words] of [
      ['curl', '-sS', '-C', '-', '-O'],
      ['wget', '-q', '-c'],
      ['aria2c', '-q', '-c', '--allow-overwrite=true', '-s', '4', '-x', '4', '-k', '1M'],
    ]) {
      const folder = mkdtempSync(path.join(base, 'part-'))
      if (program !== 'aria2c') writeFileSync(path.join(folder, 'file.txt'), half)
      await must([program!, ...words, `${server.url}file.txt`], { folder })
      expect([program, sha256(readFileSync(path.join(folder, 'file.txt')))]).toEqual([program, sha256(bytes)])
    }
    const found = server.done.filter((each) => !(each instanceof Error) && each.status === 206)
    expect(found[0]).toEqual({ status: 206, ranges: [[1_234_567, SIZE]], bytes: SIZE - 1_234_567, isWhole: true })
    expect(found.length).toBeGreaterThanOrEqual(4)
  })

  it('several at a time are read by another program as what they are', async () => {
    const server = await delivering(root)
    const wanted = [
      [10, 20],
      [2_999_990, 3_000_000],
      [1_000_000, 1_700_000],
      [500, 501],
    ] as const
    const header = `bytes=${wanted.map(([start, end]) => `${start}-${end - 1}`).join()}`
    const file = path.join(base, 'parts')
    await must(['curl', '-sS', '-D', `${file}.head`, '-o', file, '-r', header.slice(6), `${server.url}file.txt`])
    const head = answerOf(readFileSync(`${file}.head`, 'latin1'))
    expect([head.status, head.headers['content-range']]).toEqual([206, undefined])
    expect(head.headers['content-length']).toBe(String(readFileSync(file).length))
    const script = `import sys, email, hashlib, email.policy
kind = sys.argv[1]
for part in email.message_from_bytes(('Content-Type: '+kind+'\\n\\n').encode()+open(sys.argv[2],'rb').read(), policy=email.policy.HTTP).iter_parts():
    data = part.get_payload(decode=True)
    print(part['content-type'].replace('"', ''), '|', part['content-range'], '|', hashlib.sha256(data).hexdigest())
`
    const said = await must(['python3', '-c', script, head.headers['content-type']!, file])
    expect(said.trim().split('\n')).toEqual(
      wanted.map(([start, end]) =>
        ['text/plain; charset=utf-8', `bytes ${start}-${end - 1}/${SIZE}`, sha256(bytes.subarray(start, end))].join(
          ' | ',
        ),
      ),
    )
    expect(await lastOf(server, 1)).toMatchObject({ status: 206, ranges: wanted, bytes: 700_021, isWhole: true })
    expect(server.transfers[0]).toMatchObject({ total: 700_021, done: 700_021 })
  })

  it('are found beyond 4 GiB, in a file with holes', async () => {
    const file = path.join(root, 'holes.bin')
    const place = 2 ** 32 + 7
    await must(['truncate', '-s', String(place + 5 + 1_000_000), file])
    await must(['dd', `of=${file}`, 'bs=1', `seek=${place}`, 'conv=notrunc', 'status=none'], { input: 'HELLO' })
    const server = await delivering(root)
    const part = await curl(server, '/holes.bin', '-r', `${place - 3}-${place + 6}`)
    expect(part).toMatchObject({ status: 206, body: '\0\0\0HELLO\0\0' })
    expect(part.headers['content-range']).toBe(`bytes ${place - 3}-${place + 6}/${place + 1_000_005}`)
    expect((await curl(server, '/holes.bin', '-r', '-1000005', '-o', path.join(base, 'end'))).status).toBeNaN()
    expect(readFileSync(path.join(base, 'end')).includes('HELLO')).toBe(true)
    expect((await lastOf(server, 2)).ranges).toEqual([[place, place + 1_000_005]])
    rmSync(file)
  })
})

describe('beside nginx', () => {
  /** Starts nginx in the foreground on a socket of its own. */
  async function nginx(): Promise<{ socket: string; end: () => Promise<void> }> {
    const folder = mkdtempSync(path.join(base, 'nginx-'))
    const socket = path.join(folder, 'socket')
    writeFileSync(
      path.join(folder, 'conf'),
      `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error; user root;
      events { worker_connections 64; }
      http { access_log off; client_body_temp_path ${folder}/a; proxy_temp_path ${folder}/b; fastcgi_temp_path ${folder}/c;
        uwsgi_temp_path ${folder}/d; scgi_temp_path ${folder}/e; default_type application/octet-stream;
        server { listen unix:${socket}; root ${root}; etag on; } }`,
    )
    const program = start(['nginx', '-e', `${folder}/error`, '-c', path.join(folder, 'conf')])
    await expect
      .poll(async () => (await run(['curl', '-sS', '--unix-socket', socket, 'http://a/empty.txt'])).status, {
        timeout: 10_000,
      })
      .toBe(0)
    return {
      socket,
      end: async () => {
        program.kill('SIGTERM')
        await program.exited
      },
    }
  }

  it('the same is answered to ranges and conditions', async () => {
    const peer = await nginx()
    try {
      const server = await delivering(root)
      const ask = async (who: string[], url: string, headers: string[]): Promise<unknown> => {
        const file = path.join(base, 'answer')
        rmSync(file, { force: true })
        const words = [
          'curl',
          '-sS',
          '-D',
          `${file}.head`,
          '-o',
          file,
          ...who,
          ...headers.flatMap((each) => ['-H', each]),
        ]
        await must([...words, url])
        const { status, headers: got } = answerOf(readFileSync(`${file}.head`, 'latin1'))
        const body = status === 200 || status === 206 ? sha256(readFileSync(file)) : ''
        return [status, got['content-range'], status < 400 && got['last-modified'], body]
      }
      const tags = await Promise.all(
        [['--unix-socket', peer.socket, 'http://a/file.txt'], [`${server.url}file.txt`]].map(
          async (words) => answerOf(await must(['curl', '-sSI', ...words])).headers.etag!,
        ),
      )
      const [date, before, after] = ['09', '08', '10'].map((second) => `Mon, 06 May 2024 07:08:${second} GMT`)
      const questions = [
        [],
        ...[
          '0-0',
          '0-499',
          '2999999-',
          '-1',
          '-500',
          '-9999999',
          '100-99999999',
          '2999999-3000000',
          '3000000-',
          '9999999-99999999',
        ].map((range) => [`Range: bytes=${range}`]),
        ['Range: lines=1-2'],
        [`If-Modified-Since: ${date}`],
        [`If-Unmodified-Since: ${before}`],
        [`If-Unmodified-Since: ${date}`],
        [`If-Unmodified-Since: ${after}`],
        ['If-None-Match: TAG'],
        ['If-None-Match: W/TAG'],
        ['If-None-Match: "x", TAG'],
        ['If-None-Match: *'],
        ['If-None-Match: "x"'],
        ['If-None-Match: "x"', `If-Modified-Since: ${date}`],
        ['If-Match: TAG'],
        ['If-Match: *'],
        ['If-Match: "x"'],
        ['If-Match: TAG', 'Range: bytes=1-2'],
        ['Range: bytes=1-2', 'If-Range: TAG'],
        ['Range: bytes=1-2', 'If-Range: "x"'],
        ['Range: bytes=1-2', `If-Range: ${date}`],
        ['Range: bytes=1-2', `If-Range: ${before}`],
        ['Range: bytes=1-2', `If-Range: ${after}`],
        ['Range: bytes=1-2', 'If-Range: nonsense'],
        ['Range: bytes=1-2', 'If-None-Match: TAG'],
      ]
      for (const question of questions) {
        const tagged = (tag: string): string[] => question.map((each) => each.replace('TAG', tag))
        const theirs = await ask(['--unix-socket', peer.socket], 'http://a/file.txt', tagged(tags[0]!))
        const ours = await ask([], `${server.url}file.txt`, tagged(tags[1]!))
        expect([question, ours]).toEqual([question, theirs])
      }
    } finally {
      await peer.end()
    }
  })
})

describe('the web server', () => {
  it('gives parts and heeds conditions in the same way', async () => {
    const server = await serve({ '/s/*': web.folder(root), '/one': web.file(path.join(root, 'file.txt')) })
    for (const url of ['/s/file.txt', '/one']) {
      const part = await curl(server, url, '-r', '5-9')
      expect([part.status, part.body, part.headers['content-range']]).toEqual([
        206,
        bytes.subarray(5, 10).toString(),
        `bytes 5-9/${SIZE}`,
      ])
      const { etag } = part.headers
      expect(await curl(server, url, '-H', `If-None-Match: ${etag}`)).toMatchObject({ status: 304, body: '' })
      expect((await curl(server, url, '-H', 'If-Match: "x"')).status).toBe(412)
      expect(await curl(server, url, '-r', '3000000-')).toMatchObject({
        status: 416,
        headers: { 'content-range': `bytes */${SIZE}` },
      })
      expect((await curl(server, url, '-r', '5-9', '-H', 'If-Range: "x"')).body).toHaveLength(SIZE)
    }
    expect(server.requests.filter(({ status }) => status === 206).map((each) => each.bytes)).toEqual([5, 5])
  })
})

describe('connections', () => {
  it('with TLS get the same bytes', async () => {
    const tls = await serverTls('test', true, ['127.0.0.1'])
    const server = await delivering(root, { create: ((listener: never) => createTls(tls, listener)) as never })
    const file = path.join(base, 'secure')
    await must(['curl', '-sSk', '-o', file, `${server.url.replace('http', 'https')}file.txt`])
    expect(sha256(readFileSync(file))).toBe(sha256(bytes))
    expect((await lastOf(server, 1)).isWhole).toBe(true)
  })

  it('with many requests ahead of their turn get all answers in order', async () => {
    const server = await delivering(root)
    const warnings: string[] = []
    const hear = ({ message }: Error): unknown => warnings.push(message)
    process.on('warning', hear)
    const ask = (i: number): string => `GET /file.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=${i * 7}-${i * 7 + 6}\r\n\r\n`
    const { text } = await raw(server, Array.from({ length: 40 }, (_, i) => ask(i)).join(''))
    process.off('warning', hear)
    expect([...text.matchAll(/Content-Range: bytes (\d+)-/g)].map(([, start]) => Number(start) / 7)).toEqual([
      ...Array(40).keys(),
    ])
    expect(
      text
        .split('\r\n\r\n')
        .slice(1)
        .map((body) => body.slice(0, 7))
        .join(''),
    ).toBe(bytes.subarray(0, 280).toString())
    expect(warnings).toEqual([])
  })
})
