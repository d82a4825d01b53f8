/** The scripts that show HTTP: as they stand, and with peers that others wrote. */
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { netshellCommand } from '../../lab/netshell-program.js'
import { type RunResult, run } from '../../lab/process.js'
import { closedPort } from '../tcp/kinds.js'
import { type Httpbin, startHttpbin } from './httpbin.js'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
let command: string[]
let httpbin: Httpbin
beforeAll(async () => {
  command = await netshellCommand()
  httpbin = await startHttpbin()
}, 240_000)
afterAll(() => httpbin?.close())

function script(name: string, ...parameters: string[]): Promise<RunResult> {
  return run([...command, '--norc', 'run', `${ROOT}scripts/${name}.nsh`, ...parameters], {
    timeout: 90_000,
    environment: { GITHUB_TOKEN: '' },
  })
}

describe('rest.nsh', { timeout: 120_000 }, () => {
  /** What each call brings, wherever httpbin is. */
  function shows({ stdout, stderr, status }: RunResult): void {
    expect([stderr, status]).toEqual(['', 0])
    for (const line of [
      '200 true application/json true {"tag":["a","b"],"type":"member"}',
      '{"description":"a gist","public":false}',
      '{"a":"1","b":"two words"}',
      'put put',
      'patch patch',
      'delete delete',
      'head 200 options GET HEAD OPTIONS',
      'no content 204',
      'custom TRACE',
      'wrong 401',
      'basic true',
      'digest true',
      'bearer true',
      'bound 200 not sent elsewhere',
      'practice practice',
      '{"flavour":"chocolate"} netshell 200',
      'cookies: flavour=chocolate for 127.0.0.1',
      '200 302 302 302',
      '{"first":"file one","second":"file two"} both',
      'file one',
      '100000',
      '3 lines',
      '1 cache',
      'TIMEOUT',
      'after retries 503',
      '10 11 20 21 30 31',
      'Bonjour',
      'true 8 exchanges, HAR 1.2',
    ])
      expect(stdout.split('\n')).toContain(line)
  }

  test('makes every call with an httpbin that it starts', async () => {
    shows(await script('rest'))
  })

  test('makes every call with one elsewhere', async () => {
    shows(await script('rest', '--host', httpbin.origin))
    expect(httpbin.requests).toContain('GET /digest-auth/auth/me/word/SHA-256 200')
    expect(httpbin.requests).toContain('PATCH /patch 200')
  })
})

describe('public-ip.nsh', { timeout: 60_000 }, () => {
  test('says how this machine is seen, and tells a joke', async () => {
    const { stdout, stderr, status } = await script('public-ip')
    expect([stderr, status]).toEqual(['', 0])
    expect(stdout).toMatch(/^this machine is seen as 127\.0\.0\.1\n.*(kinds of people|UDP)/)
  })

  test('asks a service elsewhere', async () => {
    const { stdout, status } = await script('public-ip', '--service', httpbin.url('/ip'), '--family', '4')
    expect([stdout, status]).toEqual(['this machine is seen as 127.0.0.1\n', 0])
  })

  test('says so when no address comes', async () => {
    const none = await script('public-ip', '--service', httpbin.url('/html'))
    expect([none.status, none.stderr]).toEqual([1, expect.stringMatching(/that is no address/)])
    const nobody = await script('public-ip', '--service', `http://127.0.0.1:${await closedPort()}/`)
    expect([nobody.status, nobody.stderr]).toEqual([1, expect.stringMatching(/refused/)])
  })
})

describe('gist.nsh', { timeout: 60_000 }, () => {
  test('makes a gist, reads, changes and deletes it', async () => {
    const { stdout, stderr, status } = await script('gist')
    expect([stderr, status]).toEqual(['', 0])
    expect(stdout).toBe(
      [
        'repositories of octo-org: docs, tools, website, lessons, lab',
        'as a form: 400 Problems parsing JSON',
        'as JSON: 201',
        'read: Bonjour',
        'changed: 200 changed with netshell',
        'deleted: 204',
        'and gone: 404',
        'nobody: 401',
        '',
      ].join('\n'),
    )
  })

  test('wants a token for an API elsewhere', async () => {
    const { stderr, status } = await script('gist', '--api', httpbin.origin)
    expect([status, stderr]).toEqual([1, expect.stringMatching(/GITHUB_TOKEN/)])
  })
})
