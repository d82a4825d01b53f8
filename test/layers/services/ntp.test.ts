import { describe, expect, test } from 'vitest'
import {
  NTPAuthenticator,
  NTPControl,
  NTPExtension,
  NTPExtensions,
  NTPHeader,
  NTPPrivate,
  UDP,
} from '../../../src/layers/index.js'
import { answers, dissect, hashKey, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('ntp', [NTPHeader, NTPExtensions, NTPAuthenticator, NTPControl, NTPPrivate])

describe('NTP, beyond the suite', () => {
  test('times are seconds since 1970, exact to the last bit', () => {
    const bits = (sent: string | number | bigint) => NTPHeader({ sent }).hex().slice(-16)
    expect(bits(0)).toBe('0000000000000000')
    expect(bits(1700000000.5)).toBe('e8fd05c080000000'.replace('e8fd05c0', (1700000000 + 2208988800).toString(16)))
    for (const time of [0n, 1n, 0xe8fd05c000000001n, 0xe8fd05c0ffffffffn, 0x7fffffff12345678n, 0xffffffffffffffffn]) {
      const read = dissect(NTPHeader, NTPHeader({ sent: time }).bytes()).sent
      expect(bits(read)).toBe(time.toString(16).padStart(16, '0'))
    }
    expect(dissect(NTPHeader, NTPHeader({ sent: '1700000000.25' }).bytes()).text('sent')).toBe(
      '1700000000.2500000000 (2023-11-14 22:13:20)',
    )
    expect(() => NTPHeader({ sent: 'now' })).toThrow("NTPHeader.sent: 'now' is no time")
    expect(() => NTPHeader({ delay: 70000 })).toThrow('is no number of seconds')
  })

  test('the reference is an address or a clock, as the stratum says', () => {
    expect(NTPHeader({ stratum: 1, ref_id: 'GPS' }).hex().slice(24, 32)).toBe('47505300')
    expect(NTPHeader({ stratum: 3, id: '10.0.0.1' }).hex().slice(24, 32)).toBe('0a000001')
    expect(() => NTPHeader({ stratum: 1, ref_id: 'LONGER' })).toThrow('NTPHeader.ref_id: ')
  })

  test('an answer has the time at which the request left', () => {
    const request = NTPHeader({ sent: 1700000000.125 })
    const reply = (orig: number) => NTPHeader({ mode: 'server', orig })
    expect(answers(reply(1700000000.125), request)).toBe(true)
    expect(answers(reply(1700000000), request)).toBe(false)
    expect(hashKey(reply(1700000000.125))).toBe(hashKey(request))
  })

  test('extensions are told from an authenticator by their length', () => {
    const layersOf = (packet: ReturnType<typeof stack>) =>
      dissect(NTPHeader, packet.bytes())
        .layers()
        .map((each) => each.layerName)
    const extension = NTPExtension({ type: 0x104, value: new Uint8Array(32) })
    expect(layersOf(stack(NTPHeader(), NTPExtensions({ extensions: [extension] })))).toEqual([
      'NTPHeader',
      'NTPExtensions',
    ])
    expect(
      layersOf(
        stack(NTPHeader(), NTPExtensions({ extensions: [extension] }), NTPAuthenticator({ dgst: new Uint8Array(16) })),
      ),
    ).toEqual(['NTPHeader', 'NTPExtensions', 'NTPAuthenticator'])
    expect(layersOf(stack(NTPHeader(), NTPAuthenticator({ dgst: new Uint8Array(20) })))).toEqual([
      'NTPHeader',
      'NTPAuthenticator',
    ])
  })

  test('control messages count their data; what is no NTP is bytes', () => {
    const control = NTPControl({ response: 1, sequence: 3, data: 'a=1' })
    expect(control.hex()).toBe('16820003000000000000' + '0003' + '613d31')
    expect(answers(control, NTPControl({ sequence: 3 }))).toBe(true)
    expect(answers(control, NTPControl({ sequence: 4 }))).toBe(false)
    expect(dissect(UDP, stack(UDP({ dport: 123 }), 'nothing of it').bytes()).payload!.layerName).toBe('Raw')
  })
})
