/** `open: true` starts the browser of this machine: here a script of that name, which loads what it is given as one would. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { app } from '../../../src/sessions/index.js'

const folder = mkdtempSync(path.join(tmpdir(), 'netshell-open-'))
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

const WINDOW =
  '<interface><object class="GtkWindow" id="w"><property name="title">Opened</property><child><object class="GtkLabel" id="l"/></child></object></interface>'

it.runIf(process.platform === 'linux')('opens the page by an address that is good for once', async () => {
  const program = path.join(folder, 'xdg-open')
  writeFileSync(
    program,
    `#!/bin/sh\nprintf %s "$1" > ${folder}/address\ncurl -sSL "$1" > ${folder}/loading && mv ${folder}/loading ${folder}/page\n`,
  )
  chmodSync(program, 0o755)
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
  vi.stubEnv('SUDO_UID', '')
  const session = await app.show(WINDOW, '', { open: true })
  try {
    await vi.waitFor(() => expect(existsSync(path.join(folder, 'page'))).toBe(true), 20_000)
    const address = readFileSync(path.join(folder, 'address'), 'utf8')
    expect(readFileSync(path.join(folder, 'page'), 'utf8')).toMatch(/<html/)
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/$/)
    expect(address).not.toBe(session.url)
    expect((await fetch(address)).status).toBe(403)
    expect((await fetch(session.url!)).status).toBe(200)
  } finally {
    await session.close()
  }
})
