import { describe, expect, test } from 'vitest'
import { DNS, IP, TCP } from '../../../src/layers/index.js'
import { dissect, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('dns-tcp', [DNS])

const names = (bytes: Uint8Array): string[] =>
  dissect(IP, bytes)
    .layers()
    .map((each) => each.layerName)
const segment = (...messages: ReturnType<typeof DNS>[]) => stack(IP(), TCP({ dport: 53 }), ...messages).bytes()

describe('DNS over TCP', () => {
  test('several messages in a segment follow one another', () => {
    expect(names(segment(DNS({ qd: 'a.example' }), DNS({ qd: 'b.example' }), DNS({ qd: 'c.example' })))).toEqual([
      'IP',
      'TCP',
      'DNS',
      'DNS',
      'DNS',
    ])
  })

  test('a message that goes on in the next segment has no issue, wherever it is cut', () => {
    const bytes = segment(
      DNS({ qr: 1, qd: 'a.example', an: [{ rrname: 'a.example', rdata: '192.0.2.1' }] }),
      DNS({ qr: 1, qd: 'b.example', an: [{ rrname: 'b.example', rdata: '192.0.2.2' }] }),
    )
    for (let end = 40; end < bytes.length; end++) {
      const cut = bytes.slice(0, end)
      cut[2] = end >>> 8
      cut[3] = end
      const packet = dissect(IP, cut)
      expect([end, packet.issues()]).toEqual([end, []])
      expect(packet.hex()).toBe(Buffer.from(cut).toString('hex'))
    }
  })

  test('the middle of a message is bytes', () => {
    const bytes = segment(
      DNS({ qr: 1, qd: 'a.example', an: { rrname: 'a.example', type: 'TXT', rdata: 'x'.repeat(99) } }),
    )
    for (const at of [60, 75, 90, 120]) {
      const rest = stack(IP(), TCP({ sport: 53 }), bytes.slice(at)).bytes()
      expect(names(rest)).toEqual(['IP', 'TCP', 'Raw'])
    }
  })
})
