/** The file server as a whole: what its URLs give to curl, wget and Python. */
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { must, run } from '../../lab/process.js'
import { at, curl, download, folderHere, served } from './serving.js'

const hashOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')

describe('one file', () => {
  it('comes whole to curl, wget and Python, under its name', async () => {
    const folder = folderHere()
    const file = path.join(folder, 'données 1.bin')
    writeFileSync(file, randomBytes(3_000_001))
    const server = await served(file)
    expect(server.url).toBe(`http://127.0.0.1:${server.port}/donn%C3%A9es%201.bin`)
    await must(['curl', '-sS', '--fail', '-o', `${folder}/curl`, server.url])
    await must(['wget', '-q', '--content-disposition', '-P', `${folder}/wget`, server.url], {
      environment: { LC_ALL: 'C.UTF-8' },
    })
    await must([
      'python3',
      '-c',
      'import http.client, sys; c = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1])); c.request("GET", sys.argv[2]); open(sys.argv[3], "wb").write(c.getresponse().read())',
      String(server.port),
      new URL(server.url).pathname,
      `${folder}/python`,
    ])
    const [wgot] = readdirSync(`${folder}/wget`)
    expect(wgot).toBe('données 1.bin')
    for (const copy of ['curl', `wget/${wgot}`, 'python']) expect(hashOf(path.join(folder, copy))).toBe(hashOf(file))
    expect(server.downloads).toBe(3)
    expect(String(server.transfers())).toMatch(/127\.0\.0\.1 +down +données 1\.bin +3\.0 MB +100 % .* complete/)
    expect(String(server)).toMatch(/^serve http:\S+: open, données 1\.bin, 3 downloads, 9\.0 MB out$/)
  })

  it('is where every other path leads to', async () => {
    const server = await served({ name: 'a b.txt', data: 'Hello' })
    for (const place of ['/', '/index.html', '/x/y?z=1', '/%ff']) {
      const { status, headers } = await curl(at(server, place))
      expect([place, status, headers.location]).toEqual([place, 302, '/a%20b.txt'])
    }
    expect(await must(['curl', '-sSL', at(server, '/other')])).toBe('Hello')
    // A browser that shows a text asks for this by itself: it is no second download.
    expect((await curl(at(server, '/favicon.ico'))).status).toBe(404)
  })

  it('has what HTTP has: HEAD, parts, conditions, and says what it does not do', async () => {
    const server = await served({ name: 'a.txt', data: '0123456789' })
    const head = await curl(server.url, '-I')
    expect([head.status, head.headers['content-length'], head.headers['accept-ranges'], head.body]).toEqual([
      200,
      '10',
      'bytes',
      '',
    ])
    const part = await curl(server.url, '-r', '2-4')
    expect([part.status, part.headers['content-range'], part.body]).toEqual([206, 'bytes 2-4/10', '234'])
    const again = await curl(server.url, '-H', `If-None-Match: ${head.headers.etag}`)
    expect([again.status, again.body]).toEqual([304, ''])
    const posted = await curl(server.url, '-d', 'x')
    expect([posted.status, posted.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS'])
    expect((await curl(server.url, '-X', 'OPTIONS')).status).toBe(204)
    expect((await curl(server.url, '-X', 'BREW')).status).toBe(400)
    for (const answer of [head, part, posted]) expect(answer.headers['x-content-type-options']).toBe('nosniff')
  })
})

describe('a folder', () => {
  function tree(): string {
    const folder = folderHere()
    const top = path.join(folder, 'photos')
    mkdirSync(path.join(top, 'sub'), { recursive: true })
    writeFileSync(path.join(top, 'a.txt'), 'A')
    writeFileSync(path.join(top, '.secret'), 'S')
    writeFileSync(path.join(top, 'sub', 'b.txt'), 'B')
    writeFileSync(path.join(folder, 'outside.txt'), 'O')
    symlinkSync('../outside.txt', path.join(top, 'out'))
    symlinkSync('a.txt', path.join(top, 'in'))
    return top
  }

  it('lists what can be had, for people and for programs', async () => {
    const server = await served(tree())
    const page = await curl(at(server, '/'), '-H', 'Accept: text/html')
    expect(page.status).toBe(200)
    expect(page.headers['content-security-policy']).toContain("default-src 'none'")
    expect(page.body).toContain('href="a.txt"')
    expect(page.body).not.toMatch(/secret|outside|"out"/)
    const listed = JSON.parse((await curl(at(server, '/'), '-H', 'Accept: application/json')).body) as {
      entries: { name: string; size: number | null }[]
    }
    expect(listed.entries.map(({ name, size }) => [name, size])).toEqual([
      ['sub', null],
      ['a.txt', 1],
      ['in', 1],
    ])
  })

  it('gives its files and no others', async () => {
    const server = await served(tree())
    expect((await curl(at(server, '/sub/b.txt'))).body).toBe('B')
    expect((await curl(at(server, '/in'))).body).toBe('A')
    for (const place of [
      '/.secret',
      '/out',
      '/../outside.txt',
      '/%2e%2e/outside.txt',
      '/sub/../../outside.txt',
      '//a.txt',
      '/no',
    ])
      expect([place, (await curl(at(server, place))).status]).toEqual([place, 404])
    const { status, headers } = await curl(at(server, '/sub?sort=size'))
    expect([status, headers.location]).toEqual([301, './sub/?sort=size'])
  })

  it('gives hidden files when it is told so', async () => {
    const server = await served(tree(), { hidden: true })
    expect((await curl(at(server, '/.secret'))).body).toBe('S')
  })

  it.each([
    ['tar', ['tar', '-x']],
    ['tar.gz', ['tar', '-xz']],
    ['tar.bz2', ['tar', '-xj']],
    ['tar.zst', ['tar', '-x', '--zstd']],
  ] as const)('comes packed as %s, by its query, by its name and by the option', async (format, unpack) => {
    const top = tree()
    const byPage = await served(top)
    const byOption = await served(top, { archive: format })
    expect(byOption.url).toMatch(new RegExp(`/photos\\.${format}$`))
    expect((await curl(at(byOption, '/'))).headers.location).toBe(`/photos.${format}`)
    for (const url of [at(byPage, `/?archive=${format}`), at(byPage, `/photos.${format}`), byOption.url]) {
      const target = folderHere()
      const file = path.join(target, 'archive')
      expect(await download(url, file)).toBe(0)
      await must([...unpack, '-f', file, '-C', target])
      expect(readFileSync(path.join(target, 'photos/sub/b.txt'), 'utf8')).toBe('B')
      expect(await must(['find', target, '-name', '.secret'])).toBe('')
    }
    const sub = folderHere()
    expect(await download(at(byPage, `/sub.${format}`), `${sub}/archive`)).toBe(0)
    await must([...unpack, '-f', `${sub}/archive`, '-C', sub])
    expect(readFileSync(path.join(sub, 'sub/b.txt'), 'utf8')).toBe('B')
  })

  it('comes packed as zip', async () => {
    const server = await served(tree())
    const target = folderHere()
    expect(await download(at(server, '/?archive=zip'), `${target}/a.zip`)).toBe(0)
    await must(['python3', '-m', 'zipfile', '-e', `${target}/a.zip`, target])
    expect(readFileSync(path.join(target, 'photos/sub/b.txt'), 'utf8')).toBe('B')
  })

  it('keeps scripts of its files away from the others', async () => {
    const top = tree()
    writeFileSync(path.join(top, 'page.html'), '<script>1</script>')
    const server = await served(top)
    expect((await curl(at(server, '/page.html'))).headers['content-security-policy']).toMatch(
      /^sandbox .*allow-scripts/,
    )
    const taking = await served(top, { upload: true })
    expect((await curl(at(taking, '/page.html'))).headers['content-security-policy']).toMatch(
      /^sandbox (?!.*allow-scripts)/,
    )
  })
})

describe('several things', () => {
  it('are on one page, those of the same name too', async () => {
    const folder = folderHere()
    for (const name of ['one', 'two']) {
      mkdirSync(path.join(folder, name))
      writeFileSync(path.join(folder, name, 'a.txt'), name)
    }
    const server = await served(['one/a.txt', 'two/a.txt', 'two'].map((name) => path.join(folder, name)))
    expect((await curl(at(server, '/a.txt'))).body).toBe('one')
    expect((await curl(at(server, '/a%20(2).txt'))).body).toBe('two')
    expect((await curl(at(server, '/two/a.txt'))).body).toBe('two')
    expect((await curl(at(server, '/two'))).headers.location).toBe('./two/')
    expect((await curl(at(server, '/one/a.txt'))).status).toBe(404)
    expect((await curl(at(server, '/'), '-H', 'Accept: text/html')).body).toContain('a (2).txt')
    const file = path.join(folder, 'all.tar.gz')
    expect(await download(at(server, '/?archive=tar.gz'), file)).toBe(0)
    expect((await must(['tar', '-tzf', file])).trim().split('\n').sort()).toEqual([
      'a (2).txt',
      'a.txt',
      'two/',
      'two/a.txt',
    ])
    expect(await download(at(server, '/two.tar.gz'), file)).toBe(0)
    expect((await must(['tar', '-tzf', file])).trim().split('\n').sort()).toEqual(['two/', 'two/a.txt'])
  })
})

describe('what comes piece by piece', () => {
  it('is given whole to many, also again after a download that broke off', async () => {
    const bytes = randomBytes(20_000_000)
    const folder = folderHere()
    let given = 0
    const pieces = Readable.from(
      (function* () {
        for (; given < bytes.length; given += 50_000) yield bytes.subarray(given, given + 50_000)
      })(),
    )
    const server = await served({ name: 'stream.bin', data: pieces })
    // Nobody wants it yet: it is not read to its end.
    expect(given).toBeLessThan(8_000_000)
    const broken = await run([
      'bash',
      '-c',
      `curl -sS --max-time 20 '${server.url}' | head -c 1000000 > '${folder}/part'`,
    ])
    expect(broken.stderr).toMatch(/write|Failure/i)
    const both = await Promise.all([download(server.url, `${folder}/1`), download(server.url, `${folder}/2`)])
    expect(both).toEqual([0, 0])
    for (const name of ['1', '2']) expect(readFileSync(`${folder}/${name}`).equals(bytes)).toBe(true)
    expect(server.downloads).toBe(2)
    // All of it has come by now, so it has a size and parts.
    expect((await curl(server.url, '-I')).headers['content-length']).toBe(String(bytes.length))
    expect((await curl(server.url, '-r', '0-0')).status).toBe(206)
  })

  it('comes while it comes', async () => {
    let say: (text: string) => void = () => undefined
    const words = new Readable({ read() {} })
    say = (text) => void words.push(text)
    const server = await served({ name: 'words.txt', data: words })
    const response = await fetch(server.url)
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    for (const word of ['one', 'two']) {
      say(word)
      expect((await reader.read()).value).toBe(word)
    }
    words.push(null)
    expect((await reader.read()).done).toBe(true)
  })

  it('is broken off for the client too when the source breaks', async () => {
    const source = Readable.from(
      (async function* () {
        yield 'beginning'
        await new Promise((resolve) => setTimeout(resolve, 400))
        throw new Error('the cable was pulled')
      })(),
    )
    const server = await served({ name: 'a.txt', data: source })
    const errors: string[] = []
    server.on('error', ({ message }) => void errors.push(message))
    expect(await download(server.url, `${folderHere()}/a`)).toBe(18)
    expect(errors.join()).toContain('the cable was pulled')
    expect(server.downloads).toBe(0)
  })
})

describe('what cannot be served', () => {
  it('is told before anything is open', async () => {
    const folder = folderHere()
    const file = path.join(folder, 'a.txt')
    writeFileSync(file, 'A')
    await must(['mkfifo', path.join(folder, 'pipe')])
    const error = async (...given: Parameters<typeof served>): Promise<string> =>
      await served(...given).then(
        () => 'opened',
        (error: Error) => `${error.name}: ${error.message}`,
      )
    expect(await error(`${folder}/none`)).toBe(`OptionError: serve: there is no file and no folder '${folder}/none'`)
    expect(await error(`${folder}/pipe`)).toMatch(/neither a file nor a folder/)
    expect(await error()).toMatch(/give a file or a folder/)
    expect(await error(file, { archive: 'zip' })).toMatch(/'a\.txt' is a file/)
    expect(await error(file, { upload: true })).toMatch(/into which folder/)
    expect(await error(folder, { upload: file })).toMatch(/is a file/)
    expect(await error(folder, { prot: 8000 } as never)).toMatch(/no option 'prot'.*did you mean 'port'/)
    expect(await error(folder, { limit: 'much' })).toMatch(/a number of bytes above 0, or a text as '2 GB'/)
    expect(await error(folder, { count: 2, openOnce: true })).toMatch(/leave out (?:option )?count/)
    expect(await error({ name: '../a', data: 'x' })).toMatch(/a name without \//)
    expect(await error(file, { password: 'x', host: '0.0.0.0' })).toMatch(/add (option )?tls/)
  })

  it('is what may not be read: at once, and when that is so later', async () => {
    const folder = folderHere()
    const file = path.join(folder, 'a.txt')
    writeFileSync(file, 'A')
    chmodSync(folder, 0o755)
    const server = await served(folder)
    chmodSync(file, 0)
    // Root may read it all the same.
    process.seteuid!(65_534)
    try {
      const response = await fetch(at(server, '/a.txt'))
      expect([response.status, await response.text()]).toEqual([403, '403 Forbidden: this cannot be read\n'])
      await expect(served(file)).rejects.toThrow(`serve: '${file}' cannot be read: permission denied`)
    } finally {
      process.seteuid!(0)
    }
  })
})
