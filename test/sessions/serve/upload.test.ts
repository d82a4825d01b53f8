/** Uploads as people and programs make them: forms, PUT, many at once, and what is wrong with some. */
import { createHash } from 'node:crypto'
import { readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Limiter } from '../../../src/sessions/serve/limiter.js'
import { isTemporaryName } from '../../../src/sessions/serve/upload/index.js'
import { must, run } from '../../lab/process.js'
import { raw } from '../web/asking.js'
import { atEnd, curl, emptyFolder, type UploadServer, until, uploadServer } from './uploading.js'

/** A file of its own folder. */
async function file(name: string, content: string | Uint8Array): Promise<string> {
  const full = path.join(await emptyFolder(), name)
  await writeFile(full, content)
  return full
}

const sum = async (name: string) =>
  createHash('sha256')
    .update(await readFile(name))
    .digest('hex')

/** A form with one file, as bytes; without its end where that is asked for. */
function form(filename: string, content: string, { isWhole = true, field = 'file' } = {}): string {
  const head = `--b\r\nContent-Disposition: form-data; name="${field}"; filename="${filename}"\r\nContent-Type: text/plain\r\n\r\n`
  return `${head}${content}${isWhole ? '\r\n--b--\r\n' : ''}`
}

function post(server: UploadServer, body: string, ...headers: string[]): Promise<{ text: string; closed: boolean }> {
  const lines = ['POST / HTTP/1.1', `Host: 127.0.0.1:${server.port}`, 'Content-Type: multipart/form-data; boundary=b']
  const length = Buffer.byteLength(body, 'latin1')
  return raw(server, `${[...lines, `Content-Length: ${length}`, ...headers].join('\r\n')}\r\n\r\n${body}`)
}

describe('a form', () => {
  it('brings several files at once with curl', async () => {
    const server = await uploadServer()
    const [one, two] = [await file('one.txt', 'first'), await file('données é.bin', Buffer.from([0, 13, 10, 255]))]
    const answer = await curl('-F', `file=@${one}`, '-F', `file=@${two}`, '-H', 'Accept: application/json', server.url)
    expect(answer.status).toBe(201)
    expect(JSON.parse(answer.body)).toEqual({
      files: [
        { name: 'one.txt', asked: 'one.txt', bytes: 5, url: '/one.txt' },
        { name: 'données é.bin', asked: 'données é.bin', bytes: 4, url: '/donn%C3%A9es%20%C3%A9.bin' },
      ],
    })
    expect(await server.names()).toEqual(['données é.bin', 'one.txt'])
    expect(await sum(path.join(server.folder, 'données é.bin'))).toBe(await sum(two))
    expect(server.transfers).toMatchObject([
      { direction: 'up', name: 'one.txt', done: 5, outcome: 'complete' },
      { name: 'données é.bin', done: 4, outcome: 'complete' },
    ])
    expect(server.received[0]).toMatchObject({ status: 201, bytes: 9, files: [{ name: 'one.txt' }, { bytes: 4 }] })
  })

  it("comes from Python's requests and keeps large files as they are", async () => {
    const server = await uploadServer()
    const large = await file('large.bin', Buffer.alloc(20_000_000, 'A line of text that is not all the same.\r\n'))
    const script = `
import sys, requests
url, large = sys.argv[1:]
with open(large, 'rb') as one:
    answer = requests.post(url, files=[('file', one), ('file', ('b.txt', 'small'))], timeout=20)
print(answer.status_code, answer.text)`
    const told = await must(['/usr/bin/python3', '-c', script, server.url, large], { timeout: 30_000 })
    expect(told).toContain('201 large.bin: 20 MB\nb.txt: 5 bytes')
    expect(await sum(path.join(server.folder, 'large.bin'))).toBe(await sum(large))
  })

  it('sent by a browser is answered with a page that says what things are called now', async () => {
    const server = await uploadServer()
    await writeFile(path.join(server.folder, 'a&b.txt'), 'old')
    const answer = await curl('-F', 'file=new;filename=a&b.txt', '-H', 'Accept: text/html,*/*;q=0.8', server.url)
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': expect.stringMatching(/^default-src 'none'/),
      'x-content-type-options': 'nosniff',
    })
    expect(answer.body).toContain('<a href="/a%26b%20(2).txt">a&amp;b (2).txt</a>')
    expect(answer.body).toContain('there was a file a&amp;b.txt already')
    expect(await server.content('a&b.txt')).toBe('old')
    expect(await server.content('a&b (2).txt')).toBe('new')
  })

  it.each([
    ['another field before the file', ['-F', 'user=me', '-F', 'file=x;filename=a.txt']],
    ['another field behind the file', ['-F', 'file=x;filename=a.txt', '-F', 'user=me']],
    ['bytes without the name of a file', ['-F', 'file=x;type=application/octet-stream']],
    ['no file', ['-F', 'file=;filename=;type=application/octet-stream']],
    ['a name that is hidden', ['-F', 'file=x;filename=a.txt', '-F', 'file=x;filename=.bashrc']],
    ['a name that is only dots', ['-F', 'file=x;filename=...']],
    ['a name of which nothing is left', ['-F', 'file=x;filename=sub/']],
  ])('with %s is refused, and nothing of it stays', async (_what, args) => {
    const server = await uploadServer()
    const answer = await curl(...args, server.url)
    expect(answer.status).toBe(400)
    expect(await server.names()).toEqual([])
    expect(server.transfers.every(({ outcome }) => outcome === 'broken')).toBe(true)
  })

  it('that ends too early is refused, and nothing of it stays', async () => {
    const server = await uploadServer()
    expect((await post(server, form('a.txt', 'half', { isWhole: false }))).text).toMatch(/^HTTP\/1.1 400 /)
    expect(await server.names()).toEqual([])
  })

  it('without a boundary, and one that is no form with files, is refused', async () => {
    const server = await uploadServer()
    const types = { 'multipart/form-data': 400, 'application/x-www-form-urlencoded': 415, 'text/plain': 415 }
    for (const [type, status] of Object.entries(types))
      expect((await curl('-d', 'a=1', '-H', `Content-Type: ${type}`, server.url)).status).toBe(status)
    expect((await curl('-X', 'DELETE', server.url)).status).toBe(405)
    expect((await curl('-d', 'a=1', '-H', 'Content-Type: text/plain', server.url)).body).toContain(
      'multipart/form-data',
    )
  })

  it('with more than a thousand files is refused whole', async () => {
    const server = await uploadServer()
    const part = (i: number) => form(`${i}.txt`, 'x', { isWhole: false })
    const parts = Array.from({ length: 1001 }, (_, i) => part(i)).join('\r\n')
    const body = await file('form', `${parts}\r\n--b--\r\n`)
    const type = 'Content-Type: multipart/form-data; boundary=b'
    expect(await curl('--data-binary', `@${body}`, '-H', type, server.url)).toMatchObject({
      status: 413,
      body: expect.stringContaining('more than 1000 files'),
    })
    await until('all are gone', async () => (await server.names()).length === 0)
  })
})

describe('the parts of a form', () => {
  it('take up one descriptor at a time, however many they are', async () => {
    const server = await uploadServer()
    const open = async () => (await readdir('/proc/self/fd')).length
    const before = await open()
    let most = 0
    const files = Array.from({ length: 300 }, (_, i) => form(`${i}.txt`, 'x', { isWhole: false }))
    const socket = connect(server.port, '127.0.0.1')
    const head =
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000\r\n\r\n'
    socket.write(`${head}${files.join('\r\n')}\r\n--b\r\n`)
    await until('they are written', async () => {
      most = Math.max(most, await open())
      return (await server.names()).length === 300
    })
    expect(most - before).toBeLessThan(20)
    socket.destroy()
    await until('all are gone', async () => (await server.names()).length === 0)
  })

  it.each([
    [`form-data; name="file"; filename="../../../etc/passwd"`, 'passwd'],
    [`form-data; name="file"; filename="C:\\\\Users\\\\me\\\\photo.jpg"`, 'photo.jpg'],
    [`form-data; name="file"; filename*=UTF-8''..%2F..%2Fetc%2Fcron.d%2Fevil`, 'evil'],
    [`form-data; name="file"; filename*=UTF-8''%E2%82%AC.txt; filename="euro.txt"`, '€.txt'],
    [`form-data; name="file"; filename="a%00b.txt"`, 'a%00b.txt'],
    [`form-data; name="file"; filename="tab\there.txt"`, 'tabhere.txt'],
    [`form-data; name="file"; filename="${'n'.repeat(300)}.txt"`, `${'n'.repeat(251)}.txt`],
  ])('named as in %j stay in the folder', async (disposition, name) => {
    const server = await uploadServer()
    const body = `--b\r\nContent-Disposition: ${disposition}\r\n\r\nx\r\n--b--\r\n`
    expect((await post(server, body)).text).toMatch(/^HTTP\/1.1 201 /)
    expect(await server.names()).toEqual([name])
  })

  it('may be broken in any way: nothing half stays, and the server goes on', async () => {
    const server = await uploadServer({ limit: 10_000 })
    const whole = Buffer.from(`${form('a.txt', 'some text', { isWhole: false })}\r\n${form('b.bin', '\0\r\n--\r\n')}`)
    const change = fc.record({
      cut: fc.nat(whole.length),
      places: fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }),
    })
    await fc.assert(
      fc.asyncProperty(change, async ({ cut, places }) => {
        const body = Buffer.from(whole)
        for (const [place, byte] of places) body[place] = byte
        const headers = { 'Content-Type': 'multipart/form-data; boundary=b' }
        const answer = await fetch(server.url, {
          method: 'POST',
          headers,
          body: body.subarray(0, body.length - (cut % 50)),
        })
        await answer.text()
        const names = await server.names()
        await Promise.all(names.map((name) => rm(path.join(server.folder, name))))
        const isSafe = names.every((name) => !isTemporaryName(name) && !name.startsWith('.'))
        return isSafe && (answer.status === 201 ? names.length > 0 : answer.status < 500 && names.length === 0)
      }),
      { numRuns: 300, seed: 7 },
    )
    expect(server.received.map(({ failure }) => failure).filter((failure) => failure !== undefined)).toEqual([])
  })
})

describe('PUT', () => {
  it('stores what curl -T sends, to a folder and under a name', async () => {
    const server = await uploadServer()
    const large = await file('large.bin', Buffer.alloc(5_000_000, 'abc'))
    expect((await curl('-T', large, server.url)).headers['location']).toBe('/large.bin')
    expect((await curl('-T', large, `${server.url}caf%C3%A9.bin`)).headers['location']).toBe('/caf%C3%A9.bin')
    expect(await sum(path.join(server.folder, 'café.bin'))).toBe(await sum(large))
    expect(server.transfers).toMatchObject([{ total: 5_000_000, done: 5_000_000 }, { name: 'café.bin' }])
  })

  it('stores what has no length, and what is empty', async () => {
    const server = await uploadServer()
    const piped = await must(['curl', '-sS', '-T', '-', `${server.url}piped.txt`], { input: 'from a pipe' })
    expect(piped).toBe('piped.txt: 11 bytes\n')
    expect((await curl('-T', await file('nothing', ''), server.url)).status).toBe(201)
    expect(await server.content('piped.txt')).toBe('from a pipe')
    expect(await server.content('nothing')).toBe('')
  })

  it('is for the user alone, whatever the files around it are', async () => {
    const server = await uploadServer()
    await curl('-T', await file('a.txt', 'x'), server.url)
    expect((await stat(path.join(server.folder, 'a.txt'))).mode & 0o777).toBe(0o600)
  })

  it('never overwrites: the next free number is taken, before the whole ending', async () => {
    const server = await uploadServer()
    for (const text of ['one', 'two', 'three']) await curl('-T', await file('a.tar.gz', text), server.url)
    expect(await server.names()).toEqual(['a (2).tar.gz', 'a (3).tar.gz', 'a.tar.gz'])
    expect(await server.content('a.tar.gz')).toBe('one')
    expect(await server.content('a (3).tar.gz')).toBe('three')
  })

  it('does not write through a link, nor into what a link leads to', async () => {
    const server = await uploadServer()
    const outside = await file('secret', 'as it was')
    await symlink(outside, path.join(server.folder, 'link'))
    await symlink('/nowhere/at/all', path.join(server.folder, 'dangling'))
    expect((await curl('-T', await file('link', 'new'), server.url)).headers['location']).toBe('/link%20(2)')
    expect((await curl('-T', await file('dangling', 'new'), server.url)).headers['location']).toBe('/dangling%20(2)')
    expect(await readFile(outside, 'utf8')).toBe('as it was')
  })

  it('with If-None-Match: * is refused where there is a file of the name', async () => {
    const server = await uploadServer()
    const put = async () => curl('-T', await file('a.txt', 'x'), '-H', 'If-None-Match: *', server.url)
    expect((await put()).status).toBe(201)
    expect((await put()).status).toBe(412)
    expect(await server.names()).toEqual(['a.txt'])
  })

  it('of a part of a file is refused: it would be taken for all', async () => {
    const server = await uploadServer()
    const answer = await curl('-C', '3', '-T', await file('a.txt', 'abcdef'), server.url)
    expect(answer.status).toBe(400)
    expect(answer.body).toContain('Upload-Complete')
    expect(await server.names()).toEqual([])
  })

  it('of something compressed on the way is refused', async () => {
    const server = await uploadServer()
    const answer = await curl('-T', await file('a.txt', 'x'), '-H', 'Content-Encoding: gzip', server.url)
    expect(answer.status).toBe(415)
  })

  it('belongs to who called sudo', async () => {
    const server = await uploadServer()
    const { SUDO_UID, SUDO_GID } = process.env
    Object.assign(process.env, { SUDO_UID: '12345', SUDO_GID: '12346' })
    try {
      await curl('-T', await file('a.txt', 'x'), server.url)
    } finally {
      for (const [name, value] of Object.entries({ SUDO_UID, SUDO_GID }))
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
    }
    expect(await stat(path.join(server.folder, 'a.txt'))).toMatchObject({ uid: 12345, gid: 12346 })
  })

  it('to a folder that is not given to others tells no URL of it', async () => {
    const server = await uploadServer({ hasUrls: false })
    const small = await file('a.txt', 'x')
    expect((await curl('-T', small, server.url)).headers['location']).toBeUndefined()
    const answer = await curl('-T', small, '-H', 'Accept: application/json', server.url)
    expect(JSON.parse(answer.body)).toEqual({ files: [{ name: 'a (2).txt', asked: 'a.txt', bytes: 1 }] })
    expect((await curl('-T', small, '-H', 'Accept: text/html', server.url)).body).toContain('<li>a (3).txt: 1 byte;')
  })

  it('is as slow as all transfers together are to be', async () => {
    const server = await uploadServer({ limiter: new Limiter(1_000_000) })
    const large = await file('large.bin', Buffer.alloc(400_000))
    const began = performance.now()
    await Promise.all([curl('-T', large, server.url), curl('-T', large, server.url)])
    // The first tenth of a second is free, and the last pieces need not be waited for.
    expect(performance.now() - began).toBeGreaterThan(500)
  })

  it('of one name many times at once keeps every one', async () => {
    const server = await uploadServer()
    const texts = Array.from({ length: 20 }, (_, i) => `${i}`.repeat(20_000))
    const bodies = await Promise.all(
      texts.map(async (body) => (await fetch(`${server.url}same.txt`, { method: 'PUT', body })).status),
    )
    expect(new Set(bodies)).toEqual(new Set([201]))
    const names = await server.names()
    expect(names).toHaveLength(20)
    const stored = await Promise.all(names.map((name) => server.content(name)))
    expect(stored.sort()).toEqual(texts.sort())
  })
})

describe('too much', () => {
  it('is refused before it is sent, where the client says how much it is', async () => {
    const server = await uploadServer({ limit: 1_000_000 })
    const large = await file('large.bin', Buffer.alloc(3_000_000))
    const { stdout } = await run(
      ['curl', '-sS', '-o', '/dev/null', '-w', '%{http_code} %{size_upload}', '-T', large, server.url],
      { timeout: 20_000 },
    )
    // curl waits for 100 Continue with files of this size.
    expect(stdout).toBe('413 0')
    expect((await curl('-F', `file=@${large}`, server.url)).status).toBe(413)
    expect(server.transfers).toEqual([])
  })

  it('is refused while it comes, and what came is removed', async () => {
    const server = await uploadServer({ limit: 1_000_000 })
    const large = await file('large.bin', Buffer.alloc(3_000_000))
    const chunked = ['-H', 'Transfer-Encoding: chunked', '-H', 'Expect:']
    expect((await curl('-T', large, ...chunked, server.url)).status).toBe(413)
    expect((await curl('-F', `file=@${large}`, ...chunked, server.url)).status).toBe(413)
    expect(server.transfers).toMatchObject([{ outcome: 'broken' }, { outcome: 'broken' }])
    await until('nothing is left', async () => (await server.names()).length === 0)
  })

  it('is what all files of a form have together', async () => {
    const server = await uploadServer({ limit: 100_000 })
    const args = ['a', 'b', 'c'].flatMap((name) => ['-F', `file=${'x'.repeat(40_000)};filename=${name}`])
    expect((await curl(...args.slice(0, 4), server.url)).status).toBe(201)
    expect((await curl(...args, server.url)).status).toBe(413)
    expect(await server.names()).toEqual(['a', 'b'])
  })

  it('for the disk is told with 507, at once or in the middle, and the disk is as free as before', async () => {
    const folder = await emptyFolder()
    await must(['mount', '-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder])
    atEnd(() => must(['umount', folder]))
    const server = await uploadServer({ folder })
    const large = await file('large.bin', Buffer.alloc(4_000_000))
    const foreseen = await curl('-T', large, server.url)
    expect(foreseen.status).toBe(507)
    expect(foreseen.body).toContain('2.1 MB')
    for (const args of [
      ['-T', large],
      ['-F', `file=@${large}`],
    ]) {
      const answer = await curl(...args, '-H', 'Transfer-Encoding: chunked', server.url)
      expect(answer.status).toBe(507)
      expect(answer.body).toContain('disk is full')
      await until('nothing is left', async () => (await server.names()).length === 0)
    }
    expect((await curl('-T', await file('small.bin', Buffer.alloc(1_500_000)), server.url)).status).toBe(201)
  })

  it('at the same time from one address is told to come later', async () => {
    const server = await uploadServer()
    for (let i = 0; i < 32; i++) {
      const socket = connect(server.port, '127.0.0.1')
      atEnd(() => socket.destroy())
      socket.write(`PUT /${i} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf`)
    }
    await until('all run', () => server.uploads.counts.running === 32)
    const answer = await curl('-T', await file('a.txt', 'x'), server.url)
    expect(answer.status).toBe(503)
    expect(answer.headers['retry-after']).toBe('30')
    for (const socket of [...server.sockets].slice(0, 5)) socket.destroy()
    await until('some are gone', () => server.uploads.counts.running < 32)
    expect((await curl('-T', await file('a.txt', 'x'), server.url)).status).toBe(201)
  })
})

describe('a folder that cannot be written to', () => {
  it('is told as such', async () => {
    const folder = await emptyFolder()
    await must(['mount', '-t', 'tmpfs', '-o', 'ro,size=1m', 'tmpfs', folder])
    atEnd(() => must(['umount', folder]))
    const server = await uploadServer({ folder })
    expect(await curl('-T', await file('a.txt', 'x'), server.url)).toMatchObject({
      status: 403,
      body: expect.stringContaining('may not write into this folder'),
    })
  })

  it('because it is gone, too', async () => {
    const server = await uploadServer({ folder: '/nowhere/at/all' })
    expect((await curl('-T', await file('a.txt', 'x'), server.url)).status).toBe(404)
  })

  it('but has no hard links, as on memory cards, takes files without overwriting', async () => {
    const folder = await emptyFolder()
    const program = path.join(import.meta.dirname, 'finish-files.ts')
    // The system call fails as it does there.
    const strace = [
      'strace',
      '-f',
      '-qq',
      '-o',
      '/dev/null',
      '-e',
      'trace=?link,linkat',
      '-e',
      'inject=?link,linkat:error=EPERM',
    ]
    const node = [process.execPath, '--import', './scripts/typescript.mjs', program, folder]
    expect(JSON.parse(await must([...strace, ...node, 'one', 'two'], { timeout: 60_000 }))).toEqual([
      'a.txt',
      'a (2).txt',
    ])
    expect((await readdir(folder)).sort()).toEqual(['a (2).txt', 'a.txt'])
    expect(await readFile(path.join(folder, 'a.txt'), 'utf8')).toBe('one')
    expect(await readFile(path.join(folder, 'a (2).txt'), 'utf8')).toBe('two')
  }, 90_000)
})

describe('a client that leaves in the middle', () => {
  it.each([
    ['PUT', (port: number) => `PUT /a.txt HTTP/1.1\r\nHost: x:${port}\r\nContent-Length: 1000\r\n\r\nhalf`],
    [
      'a form',
      (port: number) =>
        `POST / HTTP/1.1\r\nHost: x:${port}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000\r\n\r\n${form('a.txt', 'half', { isWhole: false })}`,
    ],
  ])('of %s leaves nothing behind', async (_what, text) => {
    const server = await uploadServer()
    const socket = connect(server.port, '127.0.0.1')
    socket.write(text(server.port))
    await until('it has begun', async () => (await server.names()).length === 1)
    expect((await server.names())[0]).toMatch(/^\.netshell-upload-/)
    expect((await stat(path.join(server.folder, (await server.names())[0]!))).mode & 0o777).toBe(0o600)
    socket.destroy()
    await until('it is gone', async () => (await server.names()).length === 0)
    await until('it is told', () => server.received.length === 1)
    expect(server.received[0]).toMatchObject({ status: 0, files: [], failure: undefined })
    expect(server.transfers).toMatchObject([{ outcome: 'broken' }])
  })

  it('or says nothing any more is given up', async () => {
    const server = await uploadServer({ patience: 0.3 })
    const { closed } = await raw(server, 'PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf', {
      quiet: 5000,
    })
    expect(closed).toBe(true)
    await until('it is gone', async () => (await server.names()).length === 0)
  })

  it('by the end of the server leaves nothing behind', async () => {
    const server = await uploadServer()
    const socket = connect(server.port, '127.0.0.1').on('error', () => undefined)
    atEnd(() => socket.destroy())
    socket.write('PUT /a.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf')
    await until('it has begun', async () => (await server.names()).length === 1)
    await server.uploads.close()
    expect(await server.names()).toEqual([])
  })
})

describe('pages of others', () => {
  const own = (server: UploadServer) => `Origin: http://127.0.0.1:${server.port}`

  it.each([
    ['another origin', 'Origin: http://evil.example'],
    ['another port of this machine', 'Origin: http://127.0.0.1:1'],
    ['no origin that is told', 'Origin: null'],
    ['another site', 'Sec-Fetch-Site: cross-site'],
    ['another machine of the site', 'Sec-Fetch-Site: same-site'],
  ])('of %s bring nothing', async (_what, header) => {
    const server = await uploadServer()
    const small = await file('a.txt', 'x')
    for (const args of [
      ['-T', small],
      ['-F', `file=@${small}`],
    ])
      expect((await curl(...args, '-H', header, server.url)).status).toBe(403)
    expect(await server.names()).toEqual([])
  })

  it('are not those of the server itself', async () => {
    const server = await uploadServer()
    const small = await file('a.txt', 'x')
    expect((await curl('-T', small, '-H', own(server), '-H', 'Sec-Fetch-Site: same-origin', server.url)).status).toBe(
      201,
    )
    expect((await curl('-F', `file=@${small}`, '-H', own(server), server.url)).status).toBe(201)
  })
})
