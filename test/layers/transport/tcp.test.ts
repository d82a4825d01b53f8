import { describe, expect, test } from 'vitest'
import { IP, TCP, TCPerror } from '../../../src/layers/index.js'
import { answers, dissect, fromHex, hashKey, stack } from '../../../src/packet/index.js'
import { layerSuite } from '../layer-suite.js'
import { vectorsOf } from '../vectors.js'

const ip = () => IP({ src: '10.0.0.1', dst: '10.0.0.2' })

layerSuite(TCP, {
  vectors: vectorsOf('tcp'),
  // Bytes from Scapy 2.5.0.
  build: [
    {
      name: 'the options of a handshake',
      packet: () =>
        stack(
          ip(),
          TCP({
            sport: 1000,
            dport: 80,
            flags: 'SA',
            seq: 1,
            ack: 2,
            window: 3,
            options: [['MSS', 1460], ['SAckOK'], ['Timestamp', [1, 2]], ['NOP'], ['WScale', 7]],
          }),
        ),
      hex:
        '4500003c00010000400666b90a0000010a000002' +
        '03e800500000000100000002a01200032fad0000020405b40402080a000000010000000201030307',
    },
    {
      name: 'selective acknowledgements',
      packet: () => stack(ip(), TCP({ flags: 'A', options: [['NOP'], ['NOP'], ['SAck', [1, 2, 3, 4]]] }), 'x'),
      hex:
        '4500003d00010000400666b80a0000010a000002' +
        '001400500000000000000000a0102000ad3b0000' +
        '0101051200000001000000020000000300000004' +
        '78',
    },
  ],
})
layerSuite(TCPerror, { vectors: vectorsOf('tcp-error') })

describe('what cannot be', () => {
  test('a header shorter than its fixed fields', () => {
    const packet = dissect(TCP, fromHex('00140050000000000000000040022000000000006162'))
    expect(String(packet.issue)).toContain('TCP.dataofs')
    expect(packet.payload!.layerName).toBe('Raw')
  })

  test('a header longer than the packet', () => {
    const packet = dissect(TCP, fromHex('001400500000000000000000f002200000000000020405b4'))
    expect(String(packet.issue)).toContain('TCP at byte 0 needs 60 bytes, 24 are left (TCP.dataofs)')
    expect(packet.options).toEqual([['MSS', 1460]])
  })

  test.each(['0205', '020005b4', '02', '0801', '080a0000'])('options that break off: %s', (options) => {
    const bytes = fromHex(`0014005000000000000000006002200000000000${options.padEnd(8, '0')}`)
    expect(dissect(TCP, bytes).hex()).toBe(Buffer.from(bytes).toString('hex'))
  })
})

describe('answers', () => {
  const request = stack(IP({ src: '10.0.0.1', dst: '10.0.0.2' }), TCP({ sport: 4000, dport: 80, flags: 'S' }))
  const reply = (flags: string, sport = 80) =>
    stack(IP({ src: '10.0.0.2', dst: '10.0.0.1' }), TCP({ sport, dport: 4000, flags }))
  test.each([
    ['SA', true],
    ['RA', true],
    ['R', true],
    ['A', true],
    ['', false],
    ['F', false],
  ])('%s: %s', (flags, expected) => {
    expect(answers(reply(flags), request)).toBe(expected)
    expect(hashKey(reply(flags))).toBe(hashKey(request))
  })
  test('from another port', () => {
    expect(answers(reply('SA', 81), request)).toBe(false)
  })

  const sent = (fields: object, data = '') =>
    stack(IP({ src: '10.0.0.1', dst: '10.0.0.2' }), TCP({ sport: 4000, dport: 80, ...fields }), data)
  const came = (fields: object) =>
    stack(IP({ src: '10.0.0.2', dst: '10.0.0.1' }), TCP({ sport: 80, dport: 4000, ...fields }), 'data')
  test.each([
    ['a SYN', { flags: 'S', seq: 1000 }, '', { flags: 'SA', ack: 1001 }, true],
    ['the SYN of an older connection', { flags: 'S', seq: 1000 }, '', { flags: 'SA', ack: 5 }, false],
    ['a refused SYN', { flags: 'S', seq: 1000 }, '', { flags: 'RA', ack: 1001 }, true],
    ['a RST about something else', { flags: 'S', seq: 1000 }, '', { flags: 'RA', ack: 999 }, false],
    ['a RST that says of nothing', { flags: 'S', seq: 1000 }, '', { flags: 'R', seq: 77 }, true],
    ['the last number', { flags: 'S', seq: 0xffffffff }, '', { flags: 'SA', ack: 0 }, true],
    ['data', { flags: 'PA', seq: 1000, ack: 7 }, 'hello', { flags: 'A', ack: 1005 }, true],
    ['a part of it', { flags: 'PA', seq: 1000, ack: 7 }, 'hello', { flags: 'A', ack: 1003 }, true],
    ['more than was sent', { flags: 'PA', seq: 1000, ack: 7 }, 'hello', { flags: 'A', ack: 1010 }, false],
    ['an ACK out of the blue', { flags: 'A', seq: 1000, ack: 7 }, '', { flags: 'R', seq: 7 }, true],
    ['the same, by a stranger', { flags: 'A', seq: 1000, ack: 7 }, '', { flags: 'R', seq: 4711 }, false],
    ['a RST has no answer', { flags: 'R', seq: 1000 }, '', { flags: 'RA', ack: 1000 }, false],
  ])('numbers: %s', (_name, fields, data, reply, expected) => {
    expect(answers(came(reply), sent(fields, data))).toBe(expected)
  })
})
