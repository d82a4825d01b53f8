/** Dumps as other programs write them come in, and what goes out comes in again. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rdpcap, wrpcap } from '../../../src/capture/index.js'
import { Ether, ICMP, IP, UDP } from '../../../src/layers/index.js'
import { packetFromJson, stack, toHex } from '../../../src/packet/index.js'
import { EXPORT_FORMATS, type ExportFormat, exportPacket, importHexdump } from '../../../src/tools/interop/index.js'

const link = { src: '02:00:00:00:00:01', dst: '02:00:00:00:00:02' }
const addresses = { src: '10.0.0.1', dst: '10.0.0.2' }
const frames = [
  stack(Ether(link), IP(addresses), ICMP(), 'abcdef 0123456789 deadbeef'),
  stack(Ether(link), IP(addresses), UDP({ sport: 5000, dport: 5001 }), '  12 34 '),
  stack(Ether(link), IP(addresses), UDP({ sport: 5000, dport: 5001 }), 'x'),
]
const bytes = frames.map((frame) => frame.hex())
const inner = frames.map((frame) => frame.payload!.hex())

let folder: string
let file: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netshell-dumps-'))
  file = join(folder, 'frames.pcap')
  await wrpcap(file, frames)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const output = (program: string, ...argv: string[]): string =>
  execFileSync(program, argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
const hexOf = (text: string): string[] => importHexdump(text).map((packet) => packet.hex())

describe('importHexdump', () => {
  test.each([
    ['tcpdump -xx', () => output('tcpdump', '-n', '-r', file, '-xx'), bytes],
    ['tcpdump -XX', () => output('tcpdump', '-n', '-r', file, '-XX'), bytes],
    ['tcpdump -x, from IP on', () => output('tcpdump', '-n', '-r', file, '-x'), inner],
    ['tcpdump -X, from IP on', () => output('tcpdump', '-n', '-r', file, '-X'), inner],
    ['tshark -x', () => output('tshark', '-n', '-r', file, '-x'), bytes],
    ['xxd', () => output('xxd', join(folder, 'one')), [bytes[0]!]],
    ['hexdump -C', () => output('hexdump', '-C', join(folder, 'one')), [bytes[0]!]],
    ['od', () => output('od', '-Ax', '-tx1', join(folder, 'one')), [bytes[0]!]],
  ])('%s', (name, text, expected) => {
    writeFileSync(join(folder, 'one'), Buffer.from(bytes[0]!, 'hex'))
    let dump: string
    try {
      dump = text()
    } catch (error) {
      // Not every machine has all of them; tcpdump and tshark are there for certain.
      if (/^(?:xxd|hexdump|od)/.test(name) && (error as NodeJS.ErrnoException).code === 'ENOENT') return
      throw error
    }
    expect(hexOf(dump)).toEqual(expected)
  })

  test("netshell's own dumps, with what is printed around them", () => {
    const dump = frames.map((frame) => `${frame.summary()}\n${frame.hexdump({ dump: true })}`).join('\n\n')
    expect(hexOf(dump)).toEqual(bytes)
  })

  test.each(['c', 'python', 'hex', 'hexdump'] satisfies ExportFormat[])('what exportPacket gives as %s', (format) => {
    const text = exportPacket(frames, format)
    expect(importHexdump(text).map((packet) => packet.hex())).toEqual(bytes)
  })

  test('strings of C, broken over lines; digits with colons; a time in front', () => {
    const [first] = bytes
    const escaped = first!.replace(/../g, '\\x$&')
    expect(hexOf(`"${escaped.slice(0, 40)}"\n  "${escaped.slice(40)}"`)).toEqual([first])
    expect(hexOf(first!.match(/../g)!.join(':'))).toEqual([first])
    const [timed] = importHexdump(`1700000000.25 IP 10.0.0.1\n${frames[0]!.hexdump({ dump: true })}`)
    expect(timed!.time).toBe(1700000000.25)
  })

  test('the layer may be told', () => {
    expect(importHexdump('0035 0035 0009 0000 ff', { layer: UDP as never })[0]!.layerName).toBe('UDP')
  })

  test.each([
    ['nothing here', 'there are no packets in'],
    ['0000  45 00\n0010  00 01', 'line 2: offset 16 (0x10) after 2 bytes: some are missing'],
    ['{ 0x45, 300 }', '300 in the array does not fit a byte'],
  ])('%s: %s', (text, message) => {
    expect(() => importHexdump(text)).toThrow(message)
  })

  test('any text is read or refused, quickly', () => {
    for (const text of [
      '0000'.repeat(5000),
      `0000 ${'45 '.repeat(20000)}`,
      '{'.repeat(10000),
      `b'${'\\'.repeat(9999)}`,
      '"\\x'.repeat(5000),
      ' '.repeat(100000),
    ]) {
      try {
        importHexdump(text)
      } catch (error) {
        expect((error as Error).name).toBe('PacketError')
      }
    }
  })
})

describe('exportPacket', () => {
  test('C compiles to the same bytes', () => {
    const source = `#include <stdio.h>\n${exportPacket(frames, 'c')}\nint main(void) { fwrite(packet_1, 1, sizeof packet_1, stdout); return 0; }\n`
    writeFileSync(join(folder, 'packet.c'), source)
    execFileSync('cc', [
      '-Wall',
      '-Werror',
      '-Wno-unused-variable',
      '-o',
      join(folder, 'packet'),
      join(folder, 'packet.c'),
    ])
    expect(toHex(execFileSync(join(folder, 'packet')))).toBe(bytes[0])
  })

  test('text2pcap makes a capture of the dump', async () => {
    writeFileSync(join(folder, 'dump.txt'), exportPacket(frames, 'hexdump'))
    output('text2pcap', '-F', 'pcap', join(folder, 'dump.txt'), join(folder, 'again.pcap'))
    expect((await rdpcap(join(folder, 'again.pcap'))).map((packet) => packet.hex())).toEqual(bytes)
  })

  test('base64, JSON, the own expression', () => {
    expect(exportPacket(frames[0]!, 'base64')).toBe(Buffer.from(bytes[0]!, 'hex').toString('base64'))
    expect(packetFromJson(JSON.parse(exportPacket(frames[0]!, 'json'))).hex()).toBe(bytes[0])
    expect(exportPacket(frames[0]!, 'netshell')).toBe(frames[0]!.command())
  })

  test('text of a packet does not end the comment of C', () => {
    const layer = stack(IP(addresses), UDP({ sport: 1, dport: 53 }), '*/ int evil; /*')
    expect(exportPacket(layer, 'c').split('\n')[0]).toMatch(/^\/\* .* \*\/$/)
  })

  test('a format that is not there', () => {
    expect(() => exportPacket(frames[0]!, 'bse64' as never)).toThrow(
      "there is no format 'bse64'; did you mean 'base64'?",
    )
    expect(Object.keys(EXPORT_FORMATS)).toContain('scapy')
    expect(readFileSync(file).length).toBeGreaterThan(0)
  })
})
