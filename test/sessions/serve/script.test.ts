/** scripts/serve.nsh: alone, and with a client of ours. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { run } from '../../lab/process.js'
import { Program } from './program.js'

const SCRIPT = join(import.meta.dirname, '../../../scripts/serve.nsh')
const program = new Program()
beforeAll(async () => {
  await program.build()
}, 60_000)
afterAll(() => program.remove())

it('shows step by step what clients get, and leaves nothing behind', async () => {
  const child = program.start(['run', SCRIPT], { environment: { TMPDIR: program.folder } })
  expect(await child.exited).toEqual({ status: 0, signal: null })
  const { stdout } = child
  expect(stdout).toContain('302 Found\n  location: /%C3%A9t%C3%A9.txt\n')
  expect(stdout).toContain('content-length: 10000\n')
  expect(stdout).toContain('206 Partial Content\n  content-range: bytes 5-9/10000\n  fghij\n')
  expect(stdout.match(/été\.txt: 10000 bytes, complete/g)).toHaveLength(2)
  for (const format of ['tar', 'tar.gz', 'tar.bz2', 'tar.zst', 'zip'])
    expect(stdout).toContain(`filename="photos.${format}": there\n`)
  expect(stdout).toContain('  a.jpg, b.jpg\n')
  expect(stdout).toContain('404 and 404')
  expect(stdout).toContain('  letter.txt: first\n  letter (2).txt: second\n')
  expect(stdout).toMatch(/without the token: 410\n {2}with it: 200\n\nclosed\n$/)
  expect((await run(['ls', program.folder])).stdout).not.toContain('serve-')
}, 60_000)

it('serves a file to others until it was downloaded so often', async () => {
  const file = join(program.folder, 'report.pdf')
  writeFileSync(file, 'report')
  const child = program.start(['run', SCRIPT, file, '-n', '2', '--port', '0'])
  const [, url] = await child.waitFor(/(http:\/\/127\.0\.0\.1:\d+\/report\.pdf)/, { timeout: 20_000 })
  for (let i = 0; i < 2; i++) expect((await run(['curl', '-s', url!])).stdout).toBe('report')
  expect((await child.exited).status).toBe(0)
  expect(child.stdout.match(/complete/g)).toHaveLength(2)
}, 60_000)
