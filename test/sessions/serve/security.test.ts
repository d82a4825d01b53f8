/** What a hostile client must not get out of a file server. */
import { readdirSync, truncateSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { hostname } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { at, curl, folderHere, served } from './serving.js'

const openFiles = (): number => readdirSync('/proc/self/fd').length

test.runIf(process.platform === 'linux')(
  'requests ahead of their turn take no files, and too many of them end the connection',
  async () => {
    const folder = folderHere()
    writeFileSync(path.join(folder, 'big.bin'), '')
    truncateSync(path.join(folder, 'big.bin'), 300e6)
    writeFileSync(path.join(folder, 'a.txt'), 'hello')
    const server = await served(folder)
    const before = openFiles()
    const ask = async (count: number): Promise<{ open: number; isEnded: boolean }> => {
      const socket = net.connect(server.port, '127.0.0.1')
      let isEnded = false
      socket.on('error', () => undefined)
      socket.on('close', () => {
        isEnded = true
      })
      // Without reading, so that the first answer never ends.
      await new Promise<void>((resolve) => socket.once('connect', resolve))
      socket.pause()
      socket.write('GET /big.bin HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(count))
      await new Promise((resolve) => setTimeout(resolve, 500))
      const open = openFiles()
      if (count > 256) socket.resume()
      await new Promise((resolve) => setTimeout(resolve, 500))
      const result = { open, isEnded }
      socket.destroy()
      return result
    }
    const some = await ask(200)
    expect(some.open - before).toBeLessThan(10)
    expect(some.isEnded).toBe(false)
    const many = await ask(20_000)
    expect(many.open - before).toBeLessThan(10)
    expect(many.isEnded).toBe(true)
    expect((await curl(at(server, '/a.txt'))).body.toString()).toContain('hello')
  },
)

test('requests that come together are answered all, in their order', async () => {
  const folder = folderHere()
  for (let i = 0; i < 100; i++) writeFileSync(path.join(folder, `${i}.txt`), `this is ${i}.`)
  const server = await served(folder)
  const socket = net.connect(server.port, '127.0.0.1')
  let text = ''
  socket.on('data', (piece) => {
    text += piece.toString()
  })
  const ended = new Promise((resolve) => socket.once('close', resolve))
  const all = Array.from({ length: 100 }, (_, i) => i)
  const requests = all.map(
    (i) => `GET /${i}.txt HTTP/1.1\r\nHost: localhost\r\n${i === 99 ? 'Connection: close\r\n' : ''}\r\n`,
  )
  socket.write(requests.join(''))
  await ended
  expect([...text.matchAll(/this is (\d+)\./g)].map(([, i]) => Number(i))).toEqual(all)
})

test('what a password is asked for cannot be built into the pages of others', async () => {
  const data = { name: 'a.js', data: 'secret = 1' }
  const asked = await served(data, { password: 'opensesame', user: 'ann' })
  const { headers, status } = await curl(at(asked, '/a.js'), '-u', 'ann:opensesame')
  expect(status).toBe(200)
  expect(headers['cross-origin-resource-policy']).toBe('same-origin')
  expect((await curl(at(await served(data), '/a.js'))).headers['cross-origin-resource-policy']).toBeUndefined()
})

test('a server that all may reach answers to names of its own alone, unless it has a password', async () => {
  const folder = folderHere()
  writeFileSync(path.join(folder, 'a.txt'), 'hello')
  const server = await served(folder, { host: '*' })
  const asked = async (name: string): Promise<number> =>
    (await curl(`http://127.0.0.1:${server.port}/a.txt`, '-H', `Host: ${name}:${server.port}`)).status
  const own = hostname().split('.', 1)[0]!
  for (const name of [
    '127.0.0.1',
    '[::1]',
    'localhost',
    own,
    `${own}.example.org`,
    'raspi',
    'raspi.local',
    'nas.home.arpa',
  ])
    expect([name, await asked(name)]).toEqual([name, 200])
  for (const name of ['evil.example', `evil-${own}.example`, 'local.evil.example', '127.0.0.1.evil.example'])
    expect([name, await asked(name)]).toEqual([name, 421])
  await server.close()
  const guarded = await served(folder, { host: '*', password: 'hush', insecurePassword: true })
  const words = ['-H', 'Host: files.example.org', '-u', 'me:hush'] as const
  expect((await curl(`http://127.0.0.1:${guarded.port}/a.txt`, ...words)).status).toBe(200)
})
