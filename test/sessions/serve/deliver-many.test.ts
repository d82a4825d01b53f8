/** Very large files and very many clients: memory stays what it was. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { fileResource } from '../../../src/sessions/serve/file-resource.js'
import { must } from '../../lab/process.js'
import { delivering, lastOf } from './delivering.js'

const root = mkdtempSync(path.join(tmpdir(), 'netshell-many-'))

afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Runs work and gives by how many bytes the resident memory grew at most. */
async function growth(work: Promise<unknown>): Promise<number> {
  globalThis.gc?.()
  const before = process.memoryUsage.rss()
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
  }, 10)
  await work
  clearInterval(timer)
  return most - before
}

/** Clients that all begin before the first one may end; they print how many got all that they were promised. */
const CLIENTS = `
import asyncio, sys, zlib
port, count, size, crc = map(int, sys.argv[1:])
async def main():
    begun = 0
    all_begun = asyncio.Event()
    async def client():
        nonlocal begun
        reader, writer = await asyncio.open_connection('127.0.0.1', port)
        writer.write(b'GET /file.bin HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n')
        head = await reader.readuntil(b'\\r\\n\\r\\n')
        begun += 1
        if begun == count: all_begun.set()
        await all_begun.wait()
        found, got = 0, 0
        while piece := await reader.read(1 << 16):
            found = zlib.crc32(piece, found); got += len(piece)
        writer.close()
        return head.startswith(b'HTTP/1.1 200 ') and got == size and found == crc
    print(sum(await asyncio.gather(*(client() for _ in range(count)), return_exceptions=True)))
asyncio.run(main())
`

describe('memory', () => {
  it('is the same for a file of 1 GiB as for one of 16 MiB', async () => {
    const grown: number[] = []
    for (const size of [16 << 20, 1 << 30]) {
      const file = path.join(root, 'large.bin')
      await must(['truncate', '-s', String(size), file])
      const server = await delivering(await fileResource(file))
      grown.push(await growth(must(['curl', '-sS', '-o', '/dev/null', server.url], { timeout: 60_000 })))
      expect(await lastOf(server, 1)).toMatchObject({ bytes: size, isWhole: true })
    }
    expect(grown[1]! - grown[0]!).toBeLessThan(32 << 20)
  }, 90_000)

  it('of 1000 clients that download at the same time is bounded, and all of them get all', async () => {
    const size = 3_000_000
    const bytes = Buffer.from(Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 9)) & 0xff))
    writeFileSync(path.join(root, 'file.bin'), bytes)
    const server = await delivering(root)
    const sum = await must([
      'python3',
      '-c',
      'import sys,zlib;print(zlib.crc32(open(sys.argv[1],"rb").read()))',
      path.join(root, 'file.bin'),
    ])
    const asking = must(['python3', '-c', CLIENTS, String(server.port), '1000', String(size), sum.trim()], {
      timeout: 100_000,
    })
    const grown = await growth(asking)
    expect((await asking).trim()).toBe('1000')
    expect(server.done.every((each) => !(each instanceof Error) && each.isWhole)).toBe(true)
    expect(grown).toBeLessThan(300 << 20)
  }, 120_000)
})
