import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import ssh2 from 'ssh2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../../src/sessions/ssh/ssh.js'
import type { SshSession } from '../../../src/sessions/ssh/ssh-session.js'
import { eventually, Sshd } from './sshd.js'

let server: Sshd
let session: SshSession
let here: string
let there: string
beforeAll(async () => {
  server = await Sshd.start()
  session = await connect(server.target, server.login)
  here = join(server.folder, 'here')
  there = join(server.folder, 'there')
  mkdirSync(here)
  mkdirSync(there)
})
afterAll(async () => {
  await session?.close()
  await server?.stop()
})

// By another program: a file of this size read here would be counted below.
const sha256 = (file: string): string => execFileSync('sha256sum', [file], { encoding: 'utf8' }).slice(0, 64)
/** Bytes of buffers that are really held. */
function usedMemory(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().arrayBuffers
}
const parts = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.part'))

describe('sftp', () => {
  it('copies 50 MB there and back, tells how far it is, and memory does not grow with it', {
    timeout: 60_000,
  }, async () => {
    const original = join(here, 'big')
    execFileSync('dd', ['if=/dev/urandom', `of=${original}`, 'bs=1M', 'count=50', 'status=none'])
    chmodSync(original, 0o640)
    const before = usedMemory()
    const seen: number[] = []
    const put = session.sftp.put(original, join(there, 'big'))
    put.onProgress(({ done = 0, total }) => {
      seen.push(done)
      expect(total).toBe(50 << 20)
    })
    const sent = await put
    expect(sent).toMatchObject({ files: 1, bytes: 50 << 20 })
    expect(String(sent)).toMatch(/big → .*big: 52 MB in \d+\.\d s, \d+ MB\/s$/)
    expect(seen.at(-1)).toBe(50 << 20)
    expect(sha256(join(there, 'big'))).toBe(sha256(original))
    expect(statSync(join(there, 'big')).mode & 0o777).toBe(0o640)
    let most = 0
    let looked = 0
    const get = session.sftp.get(join(there, 'big'), join(here, 'back'))
    get.onProgress(({ done = 0 }) => {
      if (done < looked + (10 << 20)) return
      looked = done
      most = Math.max(most, usedMemory() - before)
    })
    await get
    expect(sha256(join(here, 'back'))).toBe(sha256(original))
    expect(statSync(join(here, 'back')).mode & 0o777).toBe(0o640)
    // What is thrown away is collected when V8 likes to.
    expect(most).toBeLessThan(30 << 20)
    expect([...parts(here), ...parts(there)]).toEqual([])
  })

  it('reads, writes, lists, looks at, renames and removes', async () => {
    const { sftp } = session
    const file = join(there, 'note.txt')
    await sftp.write(file, 'eins – zwei\n')
    await sftp.write(file, 'drei\n', { append: true })
    expect(readFileSync(file, 'utf8')).toBe('eins – zwei\ndrei\n')
    expect(await sftp.read(file)).toBe('eins – zwei\ndrei\n')
    expect(await sftp.readBytes(file)).toEqual(readFileSync(file))
    expect(await sftp.stat(file)).toMatchObject({ name: 'note.txt', type: 'file', size: statSync(file).size })
    await sftp.mkdir(join(there, 'a/b/c'))
    await sftp.mkdir(join(there, 'a/b/c'))
    const list = await sftp.list(there)
    expect(list.map(({ name, type }) => `${type} ${name}`)).toEqual(
      expect.arrayContaining(['folder a', 'file note.txt']),
    )
    expect(String(list)).toMatch(/^MODE +BYTES +MODIFIED \(UTC\) +NAME\n/)
    await sftp.rename(file, join(there, 'other.txt'))
    expect(existsSync(file)).toBe(false)
    await sftp.remove(join(there, 'other.txt'))
    await sftp.remove(join(there, 'a/b/c'))
    expect(readdirSync(join(there, 'a/b'))).toEqual([])
    expect(await sftp.read('/proc/self/status')).toMatch(/^Name:/)
  })

  it('says what is wrong', async () => {
    const { sftp } = session
    await expect(sftp.read('/no/such')).rejects.toThrow(/^sftp root@\S+: \/no\/such: there is no such file/)
    await expect(sftp.get('/etc/hosts', '/no/such/folder/x')).rejects.toThrow(
      /\(here\): there is no such file or folder/,
    )
    await expect(sftp.put('/no/such', '/tmp')).rejects.toThrow(/no\/such \(here\)/)
    await expect(sftp.get('/etc', here)).rejects.toThrow(/recursive: true/)
    await expect(sftp.read('/etc/services', { limit: 100 })).rejects.toThrow(/more than 100 bytes/)
    expect(() => sftp.read('' as never)).toThrow(/the path there is a text/)
  })

  it('copies folders both ways, and leaves links out', async () => {
    const tree = join(here, 'tree')
    mkdirSync(join(tree, 'sub/deep'), { recursive: true })
    writeFileSync(join(tree, 'one'), '1')
    writeFileSync(join(tree, 'sub/deep/two'), '22')
    symlinkSync('/etc/passwd', join(tree, 'link'))
    const sent = await session.sftp.put(tree, there, { recursive: true })
    expect(sent).toMatchObject({ files: 2, bytes: 3, skipped: [{ why: 'it is a link' }] })
    symlinkSync('/etc/passwd', join(there, 'tree/link'))
    const got = await session.sftp.get(join(there, 'tree'), join(here, 'again'), { recursive: true })
    expect(got).toMatchObject({ files: 2, bytes: 3, skipped: [{ path: join(there, 'tree/link') }] })
    expect(readFileSync(join(here, 'again/sub/deep/two'), 'utf8')).toBe('22')
    expect(existsSync(join(here, 'again/link'))).toBe(false)
  })

  it('takes away what is not complete at Ctrl-C, and leaves what was there before', async () => {
    writeFileSync(join(there, 'long'), randomBytes(40 << 20))
    writeFileSync(join(here, 'long'), 'as it was')
    const get = session.sftp.get(join(there, 'long'), here)
    get.onProgress(({ done = 0 }) => {
      if (done > 1 << 20) get.interrupt()
    })
    await expect(get).rejects.toThrow(/interrupted/)
    expect(parts(here)).toEqual([])
    expect(readFileSync(join(here, 'long'), 'utf8')).toBe('as it was')
    const put = session.sftp.put(join(there, 'long'), join(there, 'copy'))
    put.onProgress(({ done = 0 }) => {
      if (done > 1 << 20) put.interrupt()
    })
    await expect(put).rejects.toThrow(/interrupted/)
    expect(parts(there)).toEqual([])
    expect(existsSync(join(there, 'copy'))).toBe(false)
  })

  it('takes away what is not complete when the server is killed in the middle', async () => {
    const mortal = await Sshd.start({ folder: server.folder })
    const other = await connect(mortal.target, server.login)
    const get = other.sftp.get(join(there, 'long'), join(here, 'lost'))
    let killed: Promise<void> | undefined
    get.onProgress(({ done = 0 }) => {
      if (done > 1 << 20) killed ??= mortal.kill()
    })
    await expect(get).rejects.toThrow(/the connection was lost|server/i)
    await killed
    expect(existsSync(join(here, 'lost'))).toBe(false)
    await eventually(() => parts(here)).toEqual([])
  })

  it('never writes outside of the folder, whatever names a server gives', async () => {
    const hostile = await hostileServer(server.key, ['../escaped', '/tmp/escaped', 'a/../../escaped', '..', 'fine'])
    const other = await connect(`root@127.0.0.1:${hostile.port}`, { ...server.login, known: join(server.folder, 'h') })
    try {
      mkdirSync(join(here, 'cage/inner'), { recursive: true })
      const got = await other.sftp.get('/evil', join(here, 'cage/inner/evil'), { recursive: true })
      expect(got.skipped.map(({ why }) => why)).toEqual(Array(3).fill('the name leads out of the folder'))
      expect(readdirSync(join(here, 'cage/inner/evil'))).toEqual(['fine'])
      expect(readdirSync(join(here, 'cage'))).toEqual(['inner'])
      expect(readdirSync(join(here, 'cage/inner'))).toEqual(['evil'])
      expect(existsSync('/tmp/escaped')).toBe(false)
    } finally {
      await other.close()
      hostile.close()
      rmSync(join(here, 'cage'), { recursive: true })
    }
  })
})

/** An SFTP server that no honest one is: it names files as it likes. */
async function hostileServer(hostKey: string, names: string[]): Promise<{ port: number; close(): void }> {
  const { STATUS_CODE, OPEN_MODE } = ssh2.utils.sftp
  void OPEN_MODE
  const attrs = (mode: number) => ({ mode, size: 4, uid: 0, gid: 0, atime: 0, mtime: 0 })
  const daemon = new ssh2.Server({ hostKeys: [readFileSync(hostKey)] }, (client) => {
    client.on('error', () => undefined)
    client.on('authentication', (context) => context.accept())
    client.on('session', (accept) => {
      accept().on('sftp', (take) => {
        const sftp = take()
        let told = false
        sftp.on('STAT', (id) => sftp.attrs(id, attrs(0o040755) as never))
        sftp.on('OPENDIR', (id) => sftp.handle(id, Buffer.from('d')))
        sftp.on('READDIR', (id) => {
          if (told) return sftp.status(id, STATUS_CODE.EOF)
          told = true
          sftp.name(id, names.map((filename) => ({ filename, longname: filename, attrs: attrs(0o100644) })) as never)
        })
        sftp.on('OPEN', (id) => sftp.handle(id, Buffer.from('f')))
        sftp.on('READ', (id, _handle, offset) =>
          offset >= 4 ? sftp.status(id, STATUS_CODE.EOF) : sftp.data(id, Buffer.from('evil').subarray(offset)),
        )
        sftp.on('CLOSE', (id) => sftp.status(id, STATUS_CODE.OK))
      })
    })
  })
  const sockets = new Set<Duplex>()
  const listener = createServer((socket) => {
    sockets.add(socket)
    daemon.injectSocket(socket)
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as { port: number }
  return {
    port,
    close: () => {
      for (const socket of sockets) socket.destroy()
      listener.close()
    },
  }
}
