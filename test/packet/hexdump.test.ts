import { afterEach, describe, expect, test } from 'vitest'
import { Ether, IP, TCP } from '../../src/layers/index.js'
import { hexdumpOf, type Painter, type PrintOptions, setPainter, stack, unpainted } from '../../src/packet/index.js'

/** Says what each text is instead of painting it. */
const telling: Painter = (role, text, layer) => `{${role}${layer ?? ''}:${text}}`
const TEXT: PrintOptions = { dump: true }

afterEach(() => setPainter(() => unpainted))

const packet = stack(
  IP({ src: '10.0.0.1', dst: '10.0.0.2', id: 1 }),
  TCP({ sport: 1024, dport: 80, flags: 'S' }),
  'hello',
)

describe('hexdump', () => {
  test('bytes alone as always', () => {
    expect(hexdumpOf(new TextEncoder().encode('0123456789abcdefg\n'))).toBe(
      '0000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  0123456789abcdef\n' +
        '0010  67 0a                                             g.',
    )
    expect(packet.hexdump(TEXT)).toBe(hexdumpOf(packet.bytes()))
  })

  test('a bit field is pointed at, with its bits', () => {
    const lines = packet.hexdump('TCP.flags', TEXT)!.split('\n')
    expect(lines[2]).toMatch(/^0020 {2}50 02/)
    expect(lines[3]).toBe('      ^^ ^^')
    expect(lines.at(-1)).toBe('^ TCP.flags = S, bits 7–15 of bytes 32–33 (0x20–0x21): 0101000[0 00000010]')
    expect(packet.hexdump('IP.ihl', TEXT)).toContain('^ IP.ihl = 5, bits 4–7 of byte 0 (0x0): 0100[0101]')
  })

  test('several are told apart', () => {
    expect(packet.hexdump(['IP.src', 'IP.dst'], TEXT)!.split('\n')).toEqual([
      '0000  45 00 00 2d 00 01 00 00  40 06 66 c8 0a 00 00 01  E..-....@.f.....',
      '                                           11 11 11 11',
      expect.stringMatching(/^0010 {2}0a 00 00 02 04 00/),
      '      22 22 22 22',
      expect.stringMatching(/^0020/),
      '1 IP.src = 10.0.0.1, bytes 12–15 (0xc–0xf), 4 bytes',
      '2 IP.dst = 10.0.0.2, bytes 16–19 (0x10–0x13), 4 bytes',
    ])
  })

  test('a whole layer by name or by itself; a field that is empty', () => {
    expect(packet.hexdump('TCP', TEXT)).toContain('^ TCP, bytes 20–39 (0x14–0x27), 20 bytes')
    expect(packet.hexdump(TCP, TEXT)).toBe(packet.hexdump('TCP', TEXT))
    expect(packet.hexdump('TCP.options', TEXT)).toContain('^ TCP.options = [], empty, at byte 40 (0x28)')
  })

  test('a name that is none is an error', () => {
    expect(() => packet.hexdump('TCP.flgs', TEXT)).toThrow("TCP has no field 'flgs'; did you mean 'flags'?")
  })

  test('painted: fields are marked, the rest is not', () => {
    setPainter(() => telling)
    const lines = packet.hexdump('TCP.flags', { dump: true, color: true })!.split('\n')
    expect(lines[2]).toContain('{mark0:50 02} 20 00')
    expect(lines[2]).toContain('{mark0:P.} .')
    expect(lines[3]).toBe(
      '{mark0: TCP.flags } = S  {aside:bits 7–15 of bytes 32–33 (0x20–0x21):} 0101000{mark0:0 00000010}',
    )
  })

  test('painted: each layer has its own look, with a legend', () => {
    setPainter(() => telling)
    const lines = packet.hexdump({ dump: true, color: true })!.split('\n')
    expect(lines[1]).toContain('{layer0:0a 00 00 02} {layer1:04 00 00 50  00 00')
    expect(lines.at(-1)).toBe('{layer0:IP} {aside:0–19}  {layer1:TCP} {aside:20–39}  {layer2:Raw} {aside:40–44}')
  })

  test('text that is given back is plain unless asked for otherwise', () => {
    setPainter(() => telling)
    expect(packet.hexdump(TEXT)).toBe(hexdumpOf(packet.bytes()))
    expect(packet.show(TEXT)).not.toContain('{')
  })
})

describe('show', () => {
  test('painted: titles by layer, values by what they are', () => {
    setPainter(() => telling)
    const text = stack(Ether(), IP({ dst: '10.0.0.1' }), TCP({ dport: 80 })).show({ dump: true, color: true })!
    expect(text).toContain('{title0:###[ Ether ]###}')
    expect(text).toContain('{title2:###[ TCP ]###}')
    expect(text).toContain('  {field:dst       }= {address:10.0.0.1}')
    expect(text).toContain('{field:chksum    }= {open:auto}')
    expect(text).toContain('{field:dport     }= {name:http}')
    expect(text).toContain('{field:ttl       }= {number:64}')
    expect(text).toContain('{field:flags     }= {flags:S}')
  })

  test('painted: why a layer could not be read', () => {
    setPainter(() => telling)
    const cut = IP(packet.bytes().subarray(0, 30))
    expect(cut.show({ dump: true, color: true })).toMatch(/\{problem:! (IP|TCP) at byte \d+ needs/)
  })
})
