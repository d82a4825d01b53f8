/** Downloads from servers that can go on in the middle, and from one that cannot. */
import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { http } from '../../../src/sessions/http/index.js'
import { type Child, must, start } from '../../lab/process.js'
import { serving } from './misbehaving.js'
import { type Nginx, startNginx } from './nginx.js'

let nginx: Nginx
let python: Child
let pythonOrigin: string
let folder: string
const content = randomBytes(3_000_000)
const LONG_AGO = new Date('2020-01-02T03:04:05Z')

beforeAll(async () => {
  nginx = await startNginx()
  place('file.bin', content)
  python = start(['/usr/bin/python3', '-u', '-m', 'http.server', '0', '--bind', '127.0.0.1', '--directory', nginx.root])
  const [, port] = await python.waitFor(/port (\d+)/, { timeout: 30_000 })
  pythonOrigin = `http://127.0.0.1:${port}`
}, 60_000)
afterAll(async () => {
  await python?.stop('SIGKILL')
  await nginx?.close()
})
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'netshell-download-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
})

/** A file at the servers, as old as files there usually are. */
function place(name: string, bytes: Uint8Array | string, changed = LONG_AGO): void {
  writeFileSync(path.join(nginx.root, name), bytes)
  utimesSync(path.join(nginx.root, name), changed, changed)
}

function partIn(where: string): string {
  const parts = readdirSync(where).filter((name) => name.endsWith('.part'))
  expect(parts).toHaveLength(1)
  return path.join(where, parts[0]!)
}

/** Downloads until that many bytes are there, and presses Ctrl-C. */
async function interrupted(url: string, file: string, bytes = 100_000): Promise<Error> {
  const task = http.download(url, file, {
    progress: (_direction, done) => {
      if (done >= bytes) task.interrupt()
    },
  })
  return task.then(
    () => expect.unreachable('it was too quick'),
    (error: unknown) => error as Error,
  )
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

describe('a download', () => {
  it('writes the file under its own name, and beside one that is there already with a number', async () => {
    const first = await http.download(`${nginx.origin}/file.bin`, folder)
    expect(first).toMatchObject({ file: path.join(folder, 'file.bin'), bytes: content.length, resumed: 0, status: 200 })
    expect(hash(readFileSync(first.file))).toBe(hash(content))
    expect(String(first)).toMatch(/file\.bin: 3\.0 MB in \d/)
    const second = await http.download(`${nginx.origin}/file.bin`, folder)
    expect(path.basename(second.file)).toBe('file (2).bin')
    expect(readdirSync(folder).sort()).toEqual(['file (2).bin', 'file.bin'])
  })

  it('takes the place of a file only where that is asked for, and of one that was named', async () => {
    const file = path.join(folder, 'mine')
    writeFileSync(file, 'mine')
    const url = `${nginx.origin}/file.bin`
    await expect(http.download(url, file)).rejects.toThrow(/there is a file 'mine' already/)
    expect(readFileSync(file, 'utf8')).toBe('mine')
    await expect(http.download(url, folder, { overwrite: true })).rejects.toThrow(/give its name/)
    expect((await http.download(url, file, { overwrite: true })).file).toBe(file)
    expect(hash(readFileSync(file))).toBe(hash(content))
    expect(readdirSync(folder)).toEqual(['mine'])
  })

  it('follows redirects, and has the name that they lead to', async () => {
    const done = await http.download(`${nginx.origin}/moved`, folder)
    expect(path.basename(done.file)).toBe('file.bin')
    expect(done.url).toBe(`${nginx.origin}/file.bin`)
  })

  it('tells how far it is', async () => {
    const task = http.download(`${nginx.origin}/slow/file.bin`, path.join(folder, 'a'))
    await expect.poll(() => task.state.done ?? 0, { timeout: 10_000 }).toBeGreaterThan(100_000)
    expect(task.state).toMatchObject({ total: content.length, unit: 'bytes' })
    task.interrupt()
    await expect(task).rejects.toMatchObject({ name: 'Interrupted' })
  })

  it('of an empty file is an empty file', async () => {
    place('empty', '')
    const done = await http.download(`${nginx.origin}/empty`, folder)
    expect(statSync(done.file).size).toBe(0)
    expect(readdirSync(folder)).toEqual(['empty'])
  })

  it.each([
    ['missing', /404 Not Found$/, 'HTTP_404'],
    ['login', /401 Unauthorized$/, 'HTTP_401'],
  ])('of what is %s leaves nothing behind', async (name, words, code) => {
    const failed = http.download(`${nginx.origin}/${name}`, folder)
    await expect(failed).rejects.toThrow(words)
    await expect(failed).rejects.toMatchObject({ code })
    expect(readdirSync(folder)).toEqual([])
  })

  it('goes through a session, with its base, headers and who asks, and not when it is closed', async () => {
    const own = await serving((request, response) => response.end(JSON.stringify(request.headers)))
    onTestFinished(() => own.close())
    const api = http.session({
      base: `${own.origin}/v1/`,
      headers: { 'X-A': '1' },
      auth: 'me:secret',
      cookies: { c: '2' },
    })
    const { file, url } = await api.download('things', folder)
    expect(url).toBe(`${own.origin}/v1/things`)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      'x-a': '1',
      authorization: `Basic ${btoa('me:secret')}`,
      cookie: 'c=2',
      'accept-encoding': 'identity',
    })
    await api.close()
    await expect(api.download('things', folder)).rejects.toThrow(/closed/)
  })
})

describe('a download that was interrupted', () => {
  it('keeps what there is, says so, and goes on from there', async () => {
    const file = path.join(folder, 'f')
    const url = `${nginx.origin}/slow/file.bin`
    const error = await interrupted(url, file)
    expect(error.name).toBe('Interrupted')
    const part = partIn(folder)
    const { size } = statSync(part)
    expect(error.message).toContain(part)
    expect(error.message).toMatch(/interrupted; \d+ kB are kept in .*: the same call goes on from there/)
    expect(hash(readFileSync(part))).toBe(hash(content.subarray(0, size)))
    expect(existsSync(file)).toBe(false)

    const done = await http.download(url, file)
    expect(done).toMatchObject({ resumed: size, bytes: content.length, status: 206 })
    expect(hash(readFileSync(file))).toBe(hash(content))
    expect(readdirSync(folder)).toEqual(['f'])
    expect(readFileSync(nginx.log, 'utf8')).toContain(`GET /slow/file.bin 206 bytes=${size}- `)
  }, 40_000)

  it('begins again where the file is another one now', async () => {
    place('changing.bin', content)
    const file = path.join(folder, 'f')
    await interrupted(`${nginx.origin}/slow/changing.bin`, file)
    const other = randomBytes(1_000_000)
    place('changing.bin', other, new Date('2021-01-01'))
    const done = await http.download(`${nginx.origin}/slow/changing.bin`, file)
    expect(done).toMatchObject({ resumed: 0, status: 200 })
    expect(hash(readFileSync(file))).toBe(hash(other))
  }, 40_000)

  it('begins again where the server cannot go on, and where that is asked for', async () => {
    const file = path.join(folder, 'f')
    const big = Buffer.alloc(40_000_000, 7)
    place('big.bin', big)
    await interrupted(`${pythonOrigin}/big.bin`, file, 1)
    expect(statSync(partIn(folder)).size).toBeGreaterThan(0)
    expect(await http.download(`${pythonOrigin}/big.bin`, file)).toMatchObject({ resumed: 0, status: 200 })
    expect(hash(readFileSync(file))).toBe(hash(big))
    rmSync(file)

    await interrupted(`${nginx.origin}/slow/file.bin`, file)
    const done = await http.download(`${nginx.origin}/file.bin`, file, { resume: false })
    expect(done).toMatchObject({ resumed: 0, status: 200 })
  }, 60_000)

  it('of another URL is left alone', async () => {
    place('other.bin', 'other')
    await interrupted(`${nginx.origin}/slow/file.bin`, path.join(folder, 'f'))
    const part = partIn(folder)
    const { size } = statSync(part)
    expect(await http.download(`${nginx.origin}/other.bin`, path.join(folder, 'f'))).toMatchObject({ bytes: 5 })
    expect(statSync(part).size).toBe(size)
  })

  it('is finished without another byte where all of it is there', async () => {
    const file = path.join(folder, 'f')
    const url = `${nginx.origin}/slow/file.bin`
    await interrupted(url, file)
    writeFileSync(partIn(folder), content)
    expect(await http.download(url, file)).toMatchObject({
      bytes: content.length,
      resumed: content.length,
      status: 416,
    })
    expect(hash(readFileSync(file))).toBe(hash(content))
  })

  it('with more bytes than the file has begins again', async () => {
    const file = path.join(folder, 'f')
    const url = `${nginx.origin}/slow/file.bin`
    await interrupted(url, file)
    writeFileSync(partIn(folder), Buffer.alloc(content.length + 1))
    expect(await http.download(url, file)).toMatchObject({ resumed: 0, status: 200 })
    expect(hash(readFileSync(file))).toBe(hash(content))
  }, 40_000)

  it('is not gone on with where others could have written it', async () => {
    const file = path.join(folder, 'f')
    const url = `${nginx.origin}/slow/file.bin`
    await interrupted(url, file)
    chmodSync(partIn(folder), 0o666)
    expect(await http.download(url, file)).toMatchObject({ resumed: 0, status: 200 })

    const target = path.join(folder, 'target')
    writeFileSync(target, 'precious')
    rmSync(file)
    await interrupted(url, file)
    const part = partIn(folder)
    rmSync(part)
    symlinkSync(target, part)
    expect(await http.download(url, file)).toMatchObject({ resumed: 0 })
    expect(readFileSync(target, 'utf8')).toBe('precious')
  }, 60_000)

  it('is not begun twice at the same time', async () => {
    const first = http.download(`${nginx.origin}/slow/file.bin`, path.join(folder, 'f'))
    await expect.poll(() => first.state.done ?? 0, { timeout: 10_000 }).toBeGreaterThan(0)
    await expect(http.download(`${nginx.origin}/slow/file.bin`, path.join(folder, 'f'))).rejects.toThrow(
      /is being downloaded to the same place already/,
    )
    first.interrupt()
    await expect(first).rejects.toMatchObject({ name: 'Interrupted' })
  })
})

describe('another program', () => {
  const command = (...words: string[]): string[] => [
    process.execPath,
    '--import',
    './scripts/typescript.mjs',
    path.join(import.meta.dirname, 'download-program.ts'),
    ...words,
  ]

  it('that downloads the same to the same place is left to it', async () => {
    place('long.bin', Buffer.alloc(30_000_000))
    const url = `${nginx.origin}/slow/long.bin`
    const file = path.join(folder, 'f')
    const child = start(command(url, file))
    try {
      const size = (): number =>
        readdirSync(folder)
          .filter((name) => name.endsWith('.part'))
          .reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0)
      await expect.poll(size, { timeout: 20_000 }).toBeGreaterThan(0)
      await expect(http.download(url, file)).rejects.toThrow(/is being downloaded to the same place already/)
    } finally {
      await child.stop('SIGKILL')
    }
    // It is gone: what it has left is gone on with.
    const done = await http.download(`${nginx.origin}/slow/long.bin`, file, { overwrite: true })
    expect(done.bytes).toBe(30_000_000)
    expect(done.resumed).toBeGreaterThan(0)
  }, 60_000)

  it('that runs under sudo gives the file to who called it', async () => {
    const file = path.join(folder, 'f')
    await must(command(`${nginx.origin}/file.bin`, file), {
      timeout: 60_000,
      environment: { SUDO_UID: '65534', SUDO_GID: '65533' },
    })
    expect(statSync(file)).toMatchObject({ uid: 65534, gid: 65533, size: content.length })
  }, 60_000)
})

describe('a place', () => {
  it('whose disk is full is told of before, and where that comes as a surprise what there is can be gone on with', async () => {
    await must(['mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder])
    onTestFinished(async () => void (await must(['umount', folder])))
    const file = path.join(folder, 'f')
    const failed = http.download(`${nginx.origin}/file.bin`, file)
    await expect(failed).rejects.toThrow(/3\.0 MB are to come, and the disk has room for 1\.0 MB/)
    expect(readdirSync(folder)).toEqual([])

    // In chunks: nobody knows before how much it is.
    const own = await serving((request, response) => {
      response.setHeader('ETag', '"1"')
      const from = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0)
      if (from > 0)
        response.writeHead(206, { 'Content-Range': `bytes ${from}-${content.length - 1}/${content.length}` })
      for (let at = from; at < content.length; at += 100_000) response.write(content.subarray(at, at + 100_000))
      response.end()
    })
    onTestFinished(() => own.close())
    await expect(http.download(own.origin, file)).rejects.toThrow(/the disk is full; 1\.0 MB are kept/)
    const part = partIn(folder)
    const { size } = statSync(part)
    await must(['mount', '-o', 'remount,size=8m', folder])
    expect(await http.download(own.origin, file)).toMatchObject({ resumed: size, bytes: content.length })
    expect(hash(readFileSync(file))).toBe(hash(content))
  })

  it('where nothing may be written, or that is not there, is told in words', async () => {
    await must(['mount', '-t', 'tmpfs', '-o', 'ro,size=1m', 'tmpfs', folder])
    onTestFinished(async () => void (await must(['umount', folder])))
    const url = `${nginx.origin}/file.bin`
    await expect(http.download(url, path.join(folder, 'f'), { timeout: 5 })).rejects.toThrow(
      /may only be read|disk has room/,
    )
    await expect(http.download(url, path.join(folder, 'no/f'))).rejects.toThrow(/there is no such folder/)
    await expect(http.download(url, path.join(folder, 'no/'))).rejects.toThrow(/there is no folder/)
    await expect(http.download(url, path.join(folder, 'n'.repeat(256)))).rejects.toThrow(/longer than 255 bytes/)
    await expect(http.download(url, 'a\0b')).rejects.toThrow(/give the name of a file/)
  })

  it('that belongs to another user is told in words', async () => {
    // Root may write everywhere: this asks as somebody else.
    const closed = path.join(folder, 'closed')
    mkdirSync(closed, { mode: 0o555 })
    const program = path.join(import.meta.dirname, 'download-program.ts')
    chmodSync(folder, 0o755)
    const out = await must(
      [
        'setpriv',
        '--reuid=65534',
        '--regid=65534',
        '--clear-groups',
        process.execPath,
        '--import',
        './scripts/typescript.mjs',
        program,
        `${nginx.origin}/file.bin`,
        path.join(closed, 'f'),
      ],
      { timeout: 60_000 },
    )
    expect(out).toMatch(/closed\/f\.\w+\.part: permission denied/)
  }, 90_000)
})

describe('names from outside', () => {
  it.each([
    ['attachment; filename="../../etc/passwd"', 'passwd'],
    ['attachment; filename="..\\\\..\\\\evil.txt"', 'evil.txt'],
    ['attachment; filename="/etc/cron.d/evil"', 'evil'],
    ['attachment; filename=".bashrc"', 'bashrc'],
    ['attachment; filename=".."', 'download'],
    ['attachment; filename="..."', 'download'],
    ['attachment; filename=""', 'download'],
    ["attachment; filename*=UTF-8''%e2%82%ac%20rates.txt", '€ rates.txt'],
    ["attachment; filename*=UTF-8''..%2f..%2fevil", 'evil'],
    ["attachment; filename*=UTF-8''%1b%5b2Jred", '[2Jred'],
    ["attachment; filename*=UTF-8''photo%e2%80%aegpj.exe", 'photogpj.exe'],
    [`attachment; filename="${'n'.repeat(400)}.tar.gz"`, `${'n'.repeat(248)}.tar.gz`],
    ['attachment; filename="con.txt"', '_con.txt'],
    ['attachment; filename=', 'download'],
    ['nonsense;;;=', 'download'],
  ])('%s', async (disposition, expected) => {
    const own = await serving((_request, response) => {
      response.setHeader('Content-Disposition', disposition)
      response.end('x')
    })
    onTestFinished(() => own.close())
    const { file } = await http.download(own.origin, folder)
    expect(file).toBe(path.join(folder, expected))
    expect(readdirSync(folder)).toEqual([expected])
    // Saving what is in memory goes by the same rules.
    const saved = await (await http.get(own.origin)).save(folder)
    expect(path.dirname(saved)).toBe(folder)
    expect(readdirSync(folder)).toHaveLength(2)
  })

  it('are taken from the URL where the server gives none', async () => {
    const own = await serving((_request, response) => response.end('x'))
    onTestFinished(() => own.close())
    const name = async (place: string): Promise<string> =>
      path.basename((await http.download(`${own.origin}${place}`, folder)).file)
    expect(await name('/a/b%20c.txt?x=/y')).toBe('b c.txt')
    expect(await name('/a/%2e%2e%2fevil')).toBe('evil')
    expect(await name('/%ff')).toBe('%ff')
    expect(await name('/')).toBe('download')
  })
})
