/** The scripts of the OpenVPN layer and the TCP client, run as a user runs them: alone, and with a real server. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Lab, openLab } from './lab.js'
import type { RunResult } from './process.js'

let lab: Lab
beforeAll(async () => {
  lab = await openLab()
})
afterAll(() => lab?.close())

const run = (script: string, ...words: readonly string[]): Promise<RunResult> =>
  lab.netshell('here', ['run', `scripts/${script}.nsh`, ...words])

/** What stands behind a heading, up to the next one. */
const part = (text: string, number: number): string => text.split(/^\d\. .*:.*$/m)[number] ?? ''

const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length

describe('openvpn-layer.nsh', () => {
  test('alone it shows both layers, and asks servers that it starts itself, with and without a key', async () => {
    const { stdout, stderr, status } = await run('openvpn-layer', '--timeout', '1')
    expect([stderr, status]).toEqual(['', 0])
    expect(part(stdout, 1)).toContain('###[ SmallVpn ]###\n  opcode    = HARD_RESET_CLIENT_V2\n  keyid     = 0\n')
    // Over TCP: fourteen bytes, and what they are.
    expect(part(stdout, 1)).toContain('\n000e3878dd5d8aa7d1c9380000000000\n')
    expect(part(stdout, 2)).toContain('OpenVPN() alone gives the same bytes: 3878dd5d8aa7d1c9380000000000')
    expect(part(stdout, 3)).toContain('It repeats our session id: true')
    expect(part(stdout, 4)).toMatch(
      /With the key: OpenVPN HARD_RESET_CLIENT_V2 .* message 0\nWith another: .* does not fit/,
    )
    const real = part(stdout, 5)
    expect(count(real, /opcode {4}= HARD_RESET_SERVER_V2/g)).toBe(3)
    expect(count(real, /its signature is right/g)).toBe(2)
    expect(real).toMatch(/Without its key it says nothing:[\s\S]*?no answer; a key .* may be needed/)
  }, 60_000)

  test('over TCP too', async () => {
    const { stdout, stderr, status } = await run('openvpn-layer', '--tcp', '--timeout', '3')
    expect([stderr, status]).toEqual(['', 0])
    const real = part(stdout, 5)
    expect(count(real, /opcode {4}= HARD_RESET_SERVER_V2/g)).toBe(3)
    expect(count(real, /\d+\/tcp +openvpn /g)).toBe(3)
  }, 60_000)

  test.each([
    ['plain', 'udp', []],
    ['plain', 'tcp', []],
    ['tls-auth', 'udp', ['--direction', '1']],
    ['tls-crypt', 'udp', []],
    ['tls-crypt', 'tcp', []],
  ] as const)(
    'a server with %s over %s answers',
    async (mode, protocol, words) => {
      const server = await lab.openvpn({ mode, protocol })
      try {
        const key = mode === 'plain' ? [] : ['--key', join(lab.folder, 'openvpn', 'static.key'), '--mode', mode]
        const way = protocol === 'tcp' ? ['--tcp'] : []
        const { stdout, stderr, status } = await run(
          'openvpn-layer',
          '--host',
          lab.there.ipv4,
          ...key,
          ...words,
          ...way,
        )
        expect([stderr, status]).toEqual(['', 0])
        const real = part(stdout, 5)
        expect(real).toMatch(new RegExp(`${lab.there.ipv4} +1194/${protocol} +openvpn `))
        expect(real).toMatch(/opcode {4}= HARD_RESET_SERVER_V2[\s\S]*protection= plain[\s\S]*acks {6}= \[0\]/)
        expect(real.includes('its signature is right')).toBe(mode !== 'plain')
      } finally {
        await server.stop()
      }
    },
    60_000,
  )

  test('a server says nothing to another key, and a key of which nobody says what it is for is refused', async () => {
    const server = await lab.openvpn({ mode: 'tls-auth' })
    try {
      const key = join(lab.folder, 'openvpn', 'static.key')
      const asked = ['--host', lab.there.ipv4, '--timeout', '500ms', '--key', key]
      // Signed as the server itself would, and with another digest.
      for (const words of [
        ['--direction', '0'],
        ['--digest', 'SHA256'],
      ]) {
        const { stdout, stderr, status } = await run('openvpn-layer', ...asked, '--mode', 'tls-auth', ...words)
        expect([stderr, status]).toEqual(['', 0])
        expect(part(stdout, 5)).toMatch(/1 port asked \(tls-auth\), 0 OpenVPN/)
      }
      const { stderr, status } = await run('openvpn-layer', ...asked)
      expect(stderr).toContain("give mode: 'tls-auth' or 'tls-crypt'")
      expect(status).toBe(1)
    } finally {
      await server.stop()
    }
  }, 60_000)
})

describe('tcp-client.nsh', () => {
  test('alone it gets a page from the practice network', async () => {
    const { stdout, stderr, status } = await run('tcp-client')
    expect([stderr, status]).toEqual(['', 0])
    for (const state of ['closed', 'synSent', 'established', 'lastAck']) expect(stdout).toContain(`  ${state} `)
    expect(stdout).toMatch(/\nclosed by the server\nHTTP\/1\.1 200 OK\r?\n[\s\S]*It works\./)
  })

  test('a port of the practice network where nobody listens refuses', async () => {
    const { stdout, stderr, status } = await run('tcp-client', '--port', '81')
    expect([stderr, status]).toEqual(['', 1])
    expect(stdout).toMatch(/\nrefused\n$/)
  })
})
