import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { History, redact } from '../../src/repl/history.js'

const folder = mkdtempSync(path.join(tmpdir(), 'netshell-history-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('History', () => {
  it('keeps entries of several lines over a restart, newest first, for the user alone', () => {
    const file = path.join(folder, 'deep', 'history')
    const first = new History(file)
    for (const entry of ['one', 'function f() {\n  return "\\n"\n}', ' hidden', '  ', 'last', 'last']) first.add(entry)
    first.close()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(new History(file).entries).toEqual(['last', 'function f() {\n  return "\\n"\n}', 'one'])
  })

  it('takes the rights of others from a file that is there', () => {
    const file = path.join(folder, 'open')
    writeFileSync(file, 'old\n', { mode: 0o644 })
    expect(new History(file).entries).toEqual(['old'])
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('does not follow a link, and works without a file', () => {
    const target = path.join(folder, 'target')
    writeFileSync(target, '')
    symlinkSync(target, path.join(folder, 'link'))
    const history = new History(path.join(folder, 'link'))
    history.add('x')
    expect(readFileSync(target, 'utf8')).toBe('')
    expect(history.entries).toEqual(['x'])
    expect(new History(null).entries).toEqual([])
  })
})

describe('redact', () => {
  const cases: [source: string, kept: string][] = [
    ['login({user: "bob", password: "s3cret"})', 'login({user: "bob", password: "REDACTED"})'],
    ["const API_KEY = 'abc'", "const API_KEY = 'REDACTED'"],
    ['token=`x${1}`', 'token=`REDACTED`'],
    ['{"access_token": "a\\"b"}', '{"access_token": "REDACTED"}'],
    ['github("ghp_0123456789abcdefghij")', 'github("REDACTED")'],
    ["slack('xoxb-1234567890-abc')", "slack('REDACTED')"],
    [
      "http.get(u, {headers: {Authorization: 'Bearer abcdefgh1234'}})",
      "http.get(u, {headers: {Authorization: 'REDACTED'}})",
    ],
    ["get('https://bob:pw1@host/x')", "get('https://bob:REDACTED@host/x')"],
    ["login({user: 'bob', pass: 's3cret'})", "login({user: 'bob', pass: 'REDACTED'})"],
    ["wifi({psk: 's3cret'})", "wifi({psk: 'REDACTED'})"],
    [
      'key = `-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----`',
      'key = `-----BEGIN RSA PRIVATE KEY----- REDACTED`',
    ],
    ["bypass('x'); compass = 'north'", "bypass('x'); compass = 'north'"],
    ["IP({dst: '10.0.0.1'})/Raw('key')", "IP({dst: '10.0.0.1'})/Raw('key')"],
    ['tokens.map(t => t.length)', 'tokens.map(t => t.length)'],
  ]
  for (const [source, kept] of cases) {
    it(source, () => {
      expect(redact(source)).toBe(kept)
    })
  }
})
