import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { atHome, fullPath, invokingUser } from '../../src/exchange/invoking-user.js'
import { readUserFile } from '../../src/exchange/user-files.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'netshell-user-files-'))
  vi.stubEnv('SUDO_UID', undefined)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

describe('readUserFile', () => {
  it('refuses a file in a folder into which others may put another one', () => {
    const inside = path.join(folder, 'netshell')
    mkdirSync(inside)
    const file = path.join(inside, 'rc.nsh')
    writeFileSync(file, '1', { mode: 0o600 })
    expect(readUserFile(file)).toEqual({ text: '1' })
    chmodSync(inside, 0o777)
    expect(readUserFile(file)).toEqual({
      refused: `of its folder others may write to it; keep it to yourself: chmod go-w ${inside}`,
    })
  })
})

describe.runIf(process.getuid?.() === 0)('invokingUser', () => {
  it.each(['-5', 'abc', '', '0x10', '1e3', '1.5', '4294967295', '99999999999'])('is nobody for %j', (text) => {
    vi.stubEnv('SUDO_UID', text)
    vi.stubEnv('SUDO_GID', '1000')
    expect(invokingUser()).toBeNull()
  })

  it('is who called sudo', () => {
    vi.stubEnv('SUDO_UID', '1000')
    vi.stubEnv('SUDO_GID', '100')
    expect(invokingUser()).toEqual({ user: 1000, group: 100 })
  })
})

describe('~', () => {
  it.each([
    ['~', '/home/$&me'],
    ['~/a/b', '/home/$&me/a/b'],
    ['~other/a', '~other/a'],
    ['a/~/b', 'a/~/b'],
  ])('%s is %s', (given, read) => {
    vi.stubEnv('HOME', '/home/$&me')
    expect(atHome(given)).toBe(read)
    expect(fullPath(given)).toBe(path.resolve(read))
  })
})
