import { afterEach, describe, expect, test } from 'vitest'
import { DNS, DNSQR, DNSRR, Ether, ICMP, IP, Raw, TCP, UDP } from '../../src/layers/index.js'
import { byteDifferenceLines, byteDifferences } from '../../src/packet/diff-bytes.js'
import { diff, type Packet, setPainter, stack, unpainted } from '../../src/packet/index.js'

afterEach(() => setPainter(() => unpainted))

const ping = (ttl = 64): Packet => stack(IP({ src: '10.0.0.1', dst: '10.0.0.2', ttl }), ICMP())

describe('diff of packets', () => {
  test('equal packets have no difference, whether built or read', () => {
    expect(diff(ping(), ping())).toHaveLength(0)
    expect(String(diff(ping(), ping()))).toBe('no difference')
    expect(diff(ping(), ping().rebuilt())).toHaveLength(0)
    const answer = stack(
      IP(),
      UDP(),
      DNS({ qd: [DNSQR({ qname: 'a.example' })], an: [DNSRR({ rrname: 'a.example' })] }),
    )
    expect(diff(answer, answer.rebuilt())).toHaveLength(0)
  })

  test('fields that differ, with what building computes, and their places', () => {
    expect(diff(ping(64), ping(63)).toJSON()).toEqual([
      { layer: 'IP', field: 'ttl', a: 64, b: 63 },
      { layer: 'IP', field: 'chksum', a: 0x66de, b: 0x67de },
    ])
    expect(diff(ping(64), ping(63))[0]).toMatchObject({ aRange: { offset: 8, length: 1 } })
    expect(String(diff(ping(64), ping(63)))).toBe(
      [
        'IP',
        '-   ttl       = 64  byte 8',
        '+   ttl       = 63',
        '-   chksum    = 0x66de  bytes 10–11',
        '+   chksum    = 0x67de',
      ].join('\n'),
    )
  })

  test('layers are aligned by their kind', () => {
    const differences = diff(stack(Ether(), ping()), ping())
    expect(new Set(differences.map(({ layer }) => layer))).toEqual(new Set(['Ether']))
    expect(differences.every(({ b }) => b === undefined)).toBe(true)
    expect(String(differences)).toMatch(/^- Ether only in the first\n- {3}dst/)
    const replaced = diff(stack(IP(), UDP(), 'x'), stack(IP(), TCP(), 'x'))
    expect(replaced.some(({ layer }) => layer === 'Raw')).toBe(false)
    expect(String(replaced)).toContain('+ TCP only in the second')
  })

  test('fields that are the same, when asked for', () => {
    const all = diff(ping(), ping(), { all: true })
    expect(all.length).toBeGreaterThan(15)
    expect(all.every(({ isSame }) => isSame)).toBe(true)
    expect(String(all)).toContain('    ttl       = 64  byte 8')
  })

  test('inside lists of layers', () => {
    const answer = (rdata: string): Packet =>
      stack(
        IP(),
        UDP(),
        DNS({ an: [DNSRR({ rrname: 'a.example', rdata: '10.0.0.1' }), DNSRR({ rrname: 'b.example', rdata })] }),
      )
    const differences = diff(answer('10.0.0.2'), answer('10.0.0.3')).filter(({ layer }) => layer === 'DNS')
    expect(differences).toMatchObject([{ field: 'an[1].rdata', a: '10.0.0.2', b: '10.0.0.3' }])
    const { offset, length } = differences[0]!.aRange!
    expect([
      ...answer('10.0.0.2')
        .bytes()
        .subarray(offset, offset + length),
    ]).toEqual([10, 0, 0, 2])
  })

  test('long bytes as rows', () => {
    const text = String(diff(Raw('a long text, so long'), Raw('a long text, no long')))
    expect(text.split('\n')).toEqual([
      'Raw',
      '    load      : 20 bytes  bytes 0–19',
      '-   0000  61 20 6c 6f 6e 67 20 74  65 78 74 2c 20 73 6f 20  a long text, so',
      '+   0000  61 20 6c 6f 6e 67 20 74  65 78 74 2c 20 6e 6f 20  a long text, no',
      '                                                  ^^',
    ])
  })

  test('a layer that its bytes would not be read back as', () => {
    const one = stack(IP({ proto: 99 }), TCP({ dport: 80 }))
    const other = stack(IP({ proto: 99 }), TCP({ dport: 81 }))
    expect(diff(one, other).map(({ layer, field }) => `${layer}.${field}`)).toEqual(['TCP.dport', 'TCP.chksum'])
  })

  test('of a set the first packet', () => {
    expect(diff(IP({ ttl: [1, 2] }), IP({ ttl: 1 }))).toHaveLength(0)
  })

  test('as a method', () => {
    expect(
      ping()
        .diff(ping(1))
        .map(({ field }) => field),
    ).toEqual(['ttl', 'chksum'])
  })

  test('painted', () => {
    setPainter(
      () => unpainted,
      () => (role, text) => `{${role}:${text}}`,
    )
    const inspected = diff(ping(), ping(1)) as unknown as Record<symbol, (depth: number, options: object) => string>
    expect(inspected[Symbol.for('nodejs.util.inspect.custom')]!(0, { colors: true })).toContain(
      '{title:IP}\n{before:-   ttl       = 64}  {aside:byte 8}\n{after:+   ttl       = 1}',
    )
  })

  test('what it cannot compare', () => {
    expect(() => diff(ping(), undefined as never)).toThrow(
      'diff: takes two packets, or two byte strings, not undefined',
    )
    expect(() => diff([ping()] as never, [ping()] as never)).toThrow('give one packet of it, such as list[0]')
  })
})

describe('diff of bytes', () => {
  test('finds what was put in', () => {
    const differences = diff('GET / HTTP/1.0', 'GET /index HTTP/1.1')
    expect(differences.map((each) => [each.aOffset, each.bOffset, String(each.a), String(each.b)])).toEqual([
      [5, 5, '', '105,110,100,101,120'],
      [13, 18, '48', '49'],
    ])
    expect(String(differences)).toBe(
      [
        '- 0000  47 45 54 20 2f                 20 48 54 54 50 2f  GET /      HTTP/',
        '+ 0000  47 45 54 20 2f 69 6e 64  65 78 20 48 54 54 50 2f  GET /index HTTP/',
        '                       ^^ ^^ ^^  ^^ ^^',
        '- 000b  31 2e 30                                          1.0',
        '+ 0010  31 2e 31                                          1.1',
        '              ^^',
      ].join('\n'),
    )
  })

  test('of a packet and bytes', () => {
    expect(diff(ping(), ping().bytes())).toHaveLength(0)
    expect(diff(ping(), ping(1).bytes())).toHaveLength(2)
  })

  test('applying what differs to the first gives the second', () => {
    let seed = 7
    const random = (below: number): number => {
      seed = (seed * 48271) % 2147483647
      return seed % below
    }
    for (let round = 0; round < 200; round++) {
      const a = Uint8Array.from({ length: random(60) }, () => random(4))
      const b = Uint8Array.from({ length: random(60) }, () => random(4))
      const pieces: number[] = []
      let at = 0
      for (const { aOffset, bOffset, a: gone, b: come } of byteDifferences(a, b)) {
        pieces.push(...a.subarray(at, aOffset))
        expect(bOffset).toBe(pieces.length)
        expect(gone).toEqual(a.subarray(aOffset, aOffset + gone.length))
        pieces.push(...come)
        at = aOffset + gone.length
      }
      expect([...pieces, ...a.subarray(at)]).toEqual([...b])
    }
  })

  test('rows that are the same, when asked for; large ones in time', () => {
    expect(byteDifferenceLines(new Uint8Array(17), new Uint8Array(17), true)).toHaveLength(2)
    const large = new Uint8Array(100_000).fill(1)
    const other = new Uint8Array(90_000).fill(2)
    expect(byteDifferences(large, other)).toHaveLength(1)
  })
})
