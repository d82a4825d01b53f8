/** Files as answers: the right bytes and types, and nothing that is outside of the folder. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { web } from '../../../src/sessions/web/index.js'
import { must } from '../../lab/process.js'
import { curl, serve } from './asking.js'

const base = mkdtempSync(path.join(tmpdir(), 'netshell-web-'))
const root = path.join(base, 'root')
const big = Buffer.alloc(3_000_001, 'netshell ')

beforeAll(() => {
  mkdirSync(path.join(root, 'sub dir'), { recursive: true })
  mkdirSync(path.join(root, 'empty'))
  writeFileSync(path.join(base, 'secret.txt'), 'secret')
  writeFileSync(path.join(root, 'index.html'), '<p>top')
  writeFileSync(path.join(root, 'sub dir/é.css'), 'p {}')
  writeFileSync(path.join(root, 'sub dir/index.html'), '<p>sub')
  writeFileSync(path.join(root, '.hidden'), 'hidden')
  writeFileSync(path.join(root, 'none'), '')
  writeFileSync(path.join(root, 'big.bin'), big)
  symlinkSync('../secret.txt', path.join(root, 'out'))
  symlinkSync('index.html', path.join(root, 'in.txt'))
  symlinkSync('..', path.join(root, 'up'))
  symlinkSync('loop', path.join(root, 'loop'))
  mkdirSync(path.join(root, 'sly'))
  symlinkSync('../../secret.txt', path.join(root, 'sly/index.html'))
  execFileSync('mkfifo', [path.join(root, 'pipe')])
})

afterAll(() => rmSync(base, { recursive: true, force: true }))

describe('a folder', () => {
  it('gives its files with their types', async () => {
    const server = await serve({
      'GET /s/*': web.folder(root),
      '/*': web.folder(root),
      '/one': web.file(path.join(root, 'in.txt')),
    })
    expect(await curl(server, '/s/')).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8', 'x-content-type-options': 'nosniff' },
      body: '<p>top',
    })
    expect((await curl(server, '/')).body).toBe('<p>top')
    expect(await curl(server, '/s/sub%20dir/%C3%A9.css')).toMatchObject({
      headers: { 'content-type': 'text/css; charset=utf-8' },
      body: 'p {}',
    })
    expect((await curl(server, '/s/none')).headers['content-length']).toBe('0')
    // The name that was asked for says the type, not the one behind the link.
    expect(await curl(server, '/s/in.txt')).toMatchObject({
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: '<p>top',
    })
    expect((await curl(server, '/one')).body).toBe('<p>top')
    const moved = await curl(server, '/s/sub%20dir?x=1')
    expect([moved.status, moved.headers.location]).toEqual([301, './sub%20dir/?x=1'])
    expect(await must(['curl', '-sSL', `${server.url}s/sub%20dir?x=1`])).toBe('<p>sub')
  })

  it('gives large files whole, and of HEAD only the size', async () => {
    const server = await serve({ '/*': web.folder(root) })
    const head = await curl(server, '/big.bin', '-I')
    expect([head.headers['content-length'], head.headers['content-type'], head.body]).toEqual([
      String(big.length),
      'application/octet-stream',
      '',
    ])
    const file = path.join(base, 'got')
    await must(['curl', '-sS', '-o', file, '--limit-rate', '20M', `${server.url}big.bin`])
    const sum = await must(['sha256sum', file])
    expect(sum.slice(0, 64)).toBe(createHash('sha256').update(big).digest('hex'))
    // A reader that leaves in the middle.
    await new Promise<void>((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () =>
        socket.write('GET /big.bin HTTP/1.1\r\nHost: localhost\r\n\r\n'),
      )
      socket.once('data', () => socket.destroy()).on('close', () => resolve())
    })
    await expect.poll(() => server.requests.length).toBe(3)
    expect((await curl(server, '/none')).status).toBe(200)
  })

  it('gives nothing that is outside, hidden, or no file', async () => {
    const server = await serve({ '/s/*': web.folder(root) })
    const paths = [
      '/s/../secret.txt',
      '/s/%2e%2e/secret.txt',
      '/s/..%2fsecret.txt',
      '/s/sub%20dir/../../secret.txt',
      '/s/..%5csecret.txt',
      '/s//etc/passwd',
      '/s/%2fetc/passwd',
      '/s/out',
      '/s/up/secret.txt',
      '/s/up/',
      '/s/sly/',
      '/s/loop',
      '/s/.hidden',
      '/s/index.html/',
      '/s/index.html%00.png',
      '/s/empty/',
      '/s/pipe',
      '/s/none/x',
      `/s/${'a'.repeat(300)}`,
    ]
    for (const each of paths) expect([each, (await curl(server, each)).status]).toEqual([each, 404])
    expect((await curl(server, '/s/%ff')).status).toBe(400)
    const post = await curl(server, '/s/none', '-X', 'POST')
    expect([post.status, post.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS'])
    // A function decides for itself.
    server.route('POST /made', () => web.file(path.join(root, 'index.html')))
    expect((await curl(server, '/made', '-X', 'POST')).body).toBe('<p>top')
  })
})
