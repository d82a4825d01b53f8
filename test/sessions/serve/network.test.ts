/** `netshell serve` as another machine sees it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Lab, openLab } from '../../lab/lab.js'
import { Program } from './program.js'

const program = new Program()
let lab: Lab
beforeAll(async () => {
  ;[lab] = await Promise.all([openLab(), program.build()])
  writeFileSync(join(program.folder, 'notes.txt'), 'some notes\n')
}, 60_000)
afterAll(async () => {
  await lab.close()
  await program.remove()
})

const begin = (...words: string[]) =>
  lab.spawn('here', [...program.command, 'serve', 'notes.txt', ...words], {
    folder: program.folder,
    environment: { HOME: program.folder },
  })

test('every address that is told can be used, and the client is told by its own', async () => {
  const server = begin('--port', '0')
  const [first] = await server.waitFor(/^http\S+$/m, { timeout: 30_000 })
  const urls = [...server.stderr.matchAll(/^ {2}(http\S+) +(\S+)$/gm)].map(([, url, iface]) => ({ url: url!, iface }))
  expect(urls[0]!.url).toBe(first)
  const outside = urls.filter(({ iface }) => iface === lab.here.interfaceName)
  expect(outside).toHaveLength(2)
  for (const { url } of outside)
    expect((await lab.exec('there', ['curl', '-s', '-g', url])).stdout, url).toBe('some notes\n')
  for (const { url } of urls)
    expect((await lab.exec('here', ['curl', '-s', '-g', url])).stdout, url).toBe('some notes\n')
  await server.waitFor(new RegExp(`^${lab.there.ipv4} took notes\\.txt`, 'm'))
  await server.waitFor(new RegExp(`^${lab.there.ipv6} took notes\\.txt`, 'm'))
  server.kill('SIGINT')
  expect((await server.exited).status).toBe(0)
}, 60_000)

test('who guesses has to wait, and others have not', async () => {
  const server = begin('--port', '0', '--password', 'right', '--insecure-password')
  const [url] = await server.waitFor(/^http\S+$/m, { timeout: 30_000 })
  const from = async (side: 'here' | 'there', password: string): Promise<string> =>
    (await lab.exec(side, ['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', '-u', `:${password}`, url!])).stdout
  const guesses: string[] = []
  for (let i = 0; i < 6; i++) guesses.push(await from('there', `guess ${i}`))
  expect(guesses.slice(0, 3)).toEqual(['401', '401', '401'])
  expect(guesses.slice(3)).toContain('429')
  expect(await from('here', 'right')).toBe('200')
  server.kill('SIGINT')
  expect((await server.exited).status).toBe(0)
}, 60_000)
