/** The parts of the file server together: uploads, passwords, TLS, speed, logs, netshell itself. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { setReporter } from '../../../src/exchange/index.js'
import { sessions } from '../../../src/sessions/face/session-list.js'
import type { Transfer } from '../../../src/sessions/serve/index.js'
import { ownPackage, packedFiles } from '../../../src/sessions/serve/own-package.js'
import { must, run } from '../../lab/process.js'
import { at, curl, download, folderHere, served, until } from './serving.js'

describe('uploads', () => {
  it('go into the folder of the URL, and are told', async () => {
    const folder = folderHere()
    mkdirSync(path.join(folder, 'sub'))
    const server = await served(folder, { upload: true })
    const heard: Transfer[] = []
    server.on('upload', (transfer) => void heard.push(transfer))
    const source = path.join(folderHere(), 'new.bin')
    writeFileSync(source, randomBytes(3_000_000))
    expect((await curl(at(server, '/sub/'), '-F', `file=@${source}`)).status).toBe(201)
    expect((await curl(at(server, '/put.bin'), '-T', source)).status).toBe(201)
    for (const name of ['sub/new.bin', 'put.bin'])
      expect(readFileSync(path.join(folder, name)).equals(readFileSync(source))).toBe(true)
    expect(server.uploads).toBe(2)
    expect(heard.map(({ name, outcome, done }) => [name, outcome, done])).toEqual([
      ['sub/new.bin', 'complete', 3_000_000],
      ['put.bin', 'complete', 3_000_000],
    ])
    expect(String(server)).toMatch(/0 downloads, 2 uploads, .* 6\.0 MB in$/)
    const page = (await curl(at(server, '/'), '-H', 'Accept: text/html')).body
    expect(page).toContain('type="file"')
    expect((await curl(at(server, '/.netshell/upload.js'))).headers['content-type']).toMatch(/^text\/javascript/)
  })

  it('in parts are called by their folder, too', async () => {
    const folder = folderHere()
    mkdirSync(path.join(folder, 'é b'))
    const server = await served(folder, { upload: true })
    const begun = await curl(at(server, '/%C3%A9%20b/a.txt'), '-X', 'PUT', '-H', 'Upload-Complete: ?0')
    expect(begun.status).toBe(201)
    const headers = ['Content-Type: application/partial-upload', 'Upload-Offset: 0', 'Upload-Complete: ?1']
    const last = await curl(
      at(server, begun.headers.location!),
      ...['-X', 'PATCH', '-d', 'Hello'],
      ...headers.flatMap((header) => ['-H', header]),
    )
    expect(last.status).toBe(201)
    expect(readFileSync(path.join(folder, 'é b', 'a.txt'), 'utf8')).toBe('Hello')
    expect(server.transfers().map(({ name }) => name)).toEqual(['é b/a.txt'])
  })

  it('go into a folder of their own, which nobody can read', async () => {
    const inbox = folderHere()
    writeFileSync(path.join(inbox, 'others.txt'), 'secret')
    const server = await served(undefined, { upload: inbox, uploadLimit: '1 kB' })
    expect((await curl(at(server, '/a.txt'), '-X', 'PUT', '-d', 'Hello')).status).toBe(201)
    expect(readFileSync(path.join(inbox, 'a.txt'), 'utf8')).toBe('Hello')
    expect((await curl(at(server, '/big.txt'), '-X', 'PUT', '-d', 'x'.repeat(2000))).status).toBe(413)
    for (const place of ['/others.txt', '/a.txt', '/others.txt.zip'])
      expect((await curl(at(server, place))).status).toBe(404)
    expect((await curl(at(server, '/'), '-H', 'Accept: text/html')).body).not.toContain('others')
    expect(readdirSync(inbox).sort()).toEqual(['a.txt', 'others.txt'])
    expect(server.transfers().map(({ name }) => name)).toEqual(['a.txt'])
  })

  it('are taken by nobody who was not told to', async () => {
    const folder = folderHere()
    const server = await served(folder)
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      expect((await curl(at(server, '/a.txt'), '-X', method, '-d', 'x')).status).toBe(405)
    expect(readdirSync(folder)).toEqual([])
  })

  it('that run when it closes leave nothing behind', async () => {
    const folder = folderHere()
    const server = await served(folder, { upload: true })
    const slow = run(['bash', '-c', `head -c 20M /dev/zero | curl -sS --limit-rate 1M -T - '${at(server, '/a.bin')}'`])
    await until(() => server.transfers().some(({ done }) => done > 100_000), 'some of it had come')
    const closing = server.close()
    closing.interrupt()
    await closing.catch(() => undefined)
    await server.wait()
    expect((await slow).status).not.toBe(0)
    await until(() => readdirSync(folder).length === 0, 'nothing was left')
  })
})

describe('who may ask', () => {
  it('is who knows the password, over TLS', async () => {
    const folder = folderHere()
    writeFileSync(path.join(folder, 'a.txt'), 'Hello')
    const server = await served(folder, { tls: true, password: 'hunter2-x', user: 'ann', upload: true })
    expect(server.url).toBe(`https://127.0.0.1:${server.port}/`)
    const certificate = path.join(folderHere(), 'cert.pem')
    writeFileSync(certificate, server.certificate!)
    const url = at(server, '/a.txt')
    const trust = ['--cacert', certificate]
    expect((await curl(url, ...trust)).status).toBe(401)
    expect((await curl(url, ...trust, '-u', 'ann:wrong')).status).toBe(401)
    expect((await curl(url, ...trust, '-u', 'bob:hunter2-x')).status).toBe(401)
    expect((await curl(at(server, '/b.txt'), ...trust, '-X', 'PUT', '-d', 'x')).status).toBe(401)
    const right = await curl(url, ...trust, '-u', 'ann:hunter2-x')
    expect([right.status, right.body, right.headers['cache-control']]).toEqual([200, 'Hello', 'private, no-cache'])
    expect(readdirSync(folder)).toEqual(['a.txt'])
    expect((await run(['curl', '-sS', `http://127.0.0.1:${server.port}/a.txt`])).status).not.toBe(0)
  })
})

describe('what is told', () => {
  it('is where it is, who took what, and that there is no password', async () => {
    const told: [string, string][] = []
    setReporter((text, kind) => void told.push([kind, text]))
    try {
      const server = await served({ name: 'a.txt', data: 'Hello' }, { host: '*', count: 2 })
      expect(told[0]![1]).toContain('serving a.txt')
      expect(told[0]![1]).toContain(`http://127.0.0.1:${server.port}/a.txt`)
      expect(told[0]![1]).toContain('it ends after 2 complete downloads')
      expect(told[1]).toEqual(['warning', expect.stringContaining('anyone in the network can read it')])
      await curl(`http://127.0.0.1:${server.port}/a.txt`)
      await until(() => /^127\.0\.0\.1 took a\.txt: 5 bytes/.test(told.at(-1)![1]), 'the download was told')
      told.length = 0
      await served({ name: 'a.txt', data: 'Hello' })
      expect(told.filter(([kind]) => kind === 'warning')).toEqual([])
      told.length = 0
      const inbox = await served(undefined, { upload: folderHere(), host: '*' })
      expect(told[0]![1].split('\n')[0]).toBe('waiting for uploads:')
      expect(told[0]![1]).toContain(inbox.url)
      expect(told.filter(([kind]) => kind === 'warning').map(([, text]) => text)).toEqual([
        'there is no password: anyone in the network can upload',
      ])
    } finally {
      setReporter(() => undefined)
    }
  })

  it('goes into a log file, which other programs read', async () => {
    const folder = folderHere()
    const log = path.join(folder, 'access.log')
    const server = await served({ name: 'a.txt', data: 'Hello' }, { log })
    await curl(server.url)
    await curl(at(server, '/"x'))
    await server.close()
    const lines = readFileSync(log, 'utf8').trim().split('\n')
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatch(/^127\.0\.0\.1 - - \[.+\] "GET \/a\.txt HTTP\/1\.1" 200 5$/)
    expect(lines[1]).toMatch(/"GET \/\\x22x HTTP\/1\.1" 302 7$/)
    expect(server.history.toArray().map(({ data }) => data)).toEqual(['GET /a.txt', '200', 'GET /"x', '302'])
  })

  it('has the bytes that clients got, of errors too', async () => {
    const log = path.join(folderHere(), 'access.log')
    const folder = folderHere()
    writeFileSync(path.join(folder, 'a.txt'), 'Hello')
    const server = await served(folder, { log, upload: true })
    const requests = [
      ['/a.txt'],
      ['/a.txt', '-r', '1-2'],
      ['/a.txt', '-r', '9-'],
      ['/a.txt', '-H', 'If-Match: "x"'],
      ['/a.txt', '-I'],
      ['/nothing'],
      ['/nothing', '-I'],
      ['/', '-H', 'Accept: text/html'],
      ['/', '-X', 'TRACE'],
      ['/', '-d', 'x=1'],
      ['/b.txt', '-X', 'PUT', '-d', 'x'],
      ['/c.txt', '-X', 'PUT', '-d', 'x', '-H', 'Content-Range: bytes 0-0/1'],
    ]
    const got: string[] = []
    for (const [place, ...more] of requests) {
      const words = ['-s', '-o', '/dev/null', '-w', '%{http_code} %{size_download}', ...more, at(server, place!)]
      got.push(await must(['curl', ...words]))
    }
    await server.close()
    const lines = readFileSync(log, 'utf8').trim().split('\n')
    expect(lines.map((line) => /" (\d+ \d+)$/.exec(line)?.[1])).toEqual(got)
    expect(new Set(got.map((line) => line.split(' ')[0]))).toEqual(
      new Set(['200', '206', '416', '412', '404', '405', '415', '201', '400']),
    )
  })

  it('says when a file changes while it is sent, and the client gets no whole file', async () => {
    const folder = folderHere()
    const file = path.join(folder, 'a.bin')
    writeFileSync(file, randomBytes(10_000_000))
    const server = await served(file, { limit: '5 MB' })
    const errors: string[] = []
    server.on('error', ({ message }) => void errors.push(message))
    const status = download(server.url, `${folderHere()}/a`)
    await until(() => server.transfers().some(({ done }) => done > 500_000), 'some of it had left')
    writeFileSync(file, 'short')
    expect(await status).toBe(18)
    await until(() => errors.length > 0, 'it was told')
    expect(errors[0]).toMatch(/a\.bin for 127\.0\.0\.1: the file/)
    expect(server.transfers().at(-1)!.outcome).toBe('broken')
  })
})

describe('a limit', () => {
  it('is that of all downloads together', async () => {
    const server = await served({ name: 'a.bin', data: randomBytes(1_000_000) }, { limit: '1 MB' })
    const folder = folderHere()
    const began = Date.now()
    expect(await Promise.all([1, 2].map((name) => download(server.url, `${folder}/${name}`)))).toEqual([0, 0])
    expect(Date.now() - began).toBeGreaterThan(1500)
  })
})

describe('netshell itself', () => {
  it('is packed as npm packs it', async () => {
    const root = fileURLToPath(new URL('../../../', import.meta.url))
    // What npm says is the second source; --ignore-scripts: it is not built anew.
    const [packed] = JSON.parse(
      await must(['npm', 'pack', '--dry-run', '--json', '--ignore-scripts', root], { timeout: 60_000 }),
    ) as [{ files: { path: string }[] }]
    const names = packed.files.map((file) => file.path)
    expect(await packedFiles(root)).toEqual(names.sort())
  }, 90_000)

  it('can be downloaded, and npm reads what is in it', async () => {
    const root = folderHere()
    mkdirSync(path.join(root, 'dist'))
    writeFileSync(path.join(root, 'dist/cli.cjs'), '#!/usr/bin/env node\nconsole.log("hello")\n', { mode: 0o755 })
    writeFileSync(path.join(root, 'secret.txt'), 'S')
    const description = { name: 'netshell', version: '9.9.9', bin: { netshell: 'dist/cli.cjs' }, files: ['dist'] }
    writeFileSync(path.join(root, 'package.json'), JSON.stringify(description))
    const packed = await ownPackage(root)
    expect(packed.name).toBe('netshell-9.9.9.tgz')
    const server = await served({ name: packed.name, data: packed.read(0, packed.size) })
    const target = folderHere()
    await must(
      ['npm', 'install', '--prefix', target, '--no-audit', '--no-fund', '--registry=http://127.0.0.1:9/', server.url],
      {
        timeout: 60_000,
      },
    )
    expect(await must([path.join(target, 'node_modules/.bin/netshell')])).toBe('hello\n')
    expect(readdirSync(path.join(target, 'node_modules/netshell')).sort()).toEqual(['dist', 'package.json'])
    await expect(ownPackage(folderWithout(root))).rejects.toThrow(/not built/)
  }, 90_000)
})

/** The same, not built. */
function folderWithout(root: string): string {
  const folder = folderHere()
  writeFileSync(path.join(folder, 'package.json'), readFileSync(path.join(root, 'package.json')))
  return folder
}

describe('the session', () => {
  it('is in the list while it is open', async () => {
    const server = await served({ name: 'a.txt', data: 'Hello' })
    expect(sessions()).toContain(server)
    await server.close()
    expect(sessions()).not.toContain(server)
  })
})
