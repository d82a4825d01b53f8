import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { IP, UDP } from '../../../src/layers/index.js'
import { stack } from '../../../src/packet/index.js'
import { tcpdump, tshark, wireshark } from '../../../src/tools/interop/index.js'

const packet = stack(IP({ src: '10.0.0.1', dst: '10.0.0.2' }), UDP({ sport: 1000, dport: 2000 }), 'x')
const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith('netshell-packets-'))

afterEach(() => vi.unstubAllEnvs())

describe('other programs', () => {
  test('tcpdump says what it sees, with options', async () => {
    const before = left()
    const result = await tcpdump([packet, packet], '-v -e')
    expect(result.status).toBe(0)
    expect(result.stdout.match(/10\.0\.0\.1\.1000 > 10\.0\.0\.2\.2000/g)).toHaveLength(2)
    expect(left()).toEqual(before)
  })

  test('tshark, with a list of options', async () => {
    const result = await tshark(packet, ['-T', 'fields', '-e', 'udp.dstport'])
    expect(result.stdout.trim()).toBe('2000')
  })

  test('what is wrong with the options is what the program says', async () => {
    const result = await tcpdump(packet, '--no-such-option')
    expect(result.status).not.toBe(0)
    expect(result.stderr).toContain('no-such-option')
  })

  test('a program that is not there, and no desktop', async () => {
    vi.stubEnv('DISPLAY', '')
    vi.stubEnv('WAYLAND_DISPLAY', '')
    await expect(wireshark(packet)).rejects.toThrow(/wireshark: (?:it is not installed|there is no desktop)/)
  })
})
