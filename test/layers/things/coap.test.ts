import { describe, expect, test } from 'vitest'
import { CoAP, IP, UDP } from '../../../src/layers/index.js'
import { answers, dissect, fromHex, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('coap', [CoAP])

describe('CoAP, beyond the suite', () => {
  test('options are written in the order of their numbers, and a payload gets its marker', () => {
    const put = stack(
      CoAP({
        code: 'PUT',
        msg_id: 1,
        options: [
          ['Content-Format', 'application/json'],
          ['Uri-Path', 'a'],
          ['uri-path', 'b'],
        ],
      }),
      '{}',
    )
    expect(put.hex()).toBe('40030001' + 'b161' + '0162' + '1132' + 'ff' + '7b7d')
    expect(CoAP({ msg_id: 1 }).hex()).toBe('40010001')
    expect(stack(CoAP({ token: fromHex('aabb'), code: '2.05 Content' }), 'x').hex()).toBe('42450000aabbff78')
    expect(stack(UDP(), CoAP()).dport).toBe(5683)
  })

  test('distances and lengths above 12 and 268 take more bytes', () => {
    for (const size of [12, 13, 268, 269, 1000]) {
      for (const number of [12, 13, 269, 65535]) {
        const packet = CoAP({ options: [[number, new Uint8Array(size).fill(1)]] })
        expect(JSON.stringify(CoAP(packet.bytes()))).toBe(JSON.stringify(packet))
        expect(CoAP(packet.bytes()).hex()).toBe(packet.hex())
      }
    }
  })

  test('blocks are number, more and size', () => {
    expect(CoAP({ options: [['Block2', '0/1/64']] }).hex()).toBe('40010000' + 'd10a0a')
    expect(CoAP(fromHex('40010000' + 'd20a0132')).options).toEqual([['Block2', '19/0/64']])
    expect(() => CoAP({ options: [['Block2', '0/1/65']] })).toThrow("such as '0/1/64'")
  })

  test('what cannot be right is kept as bytes', () => {
    const cut = CoAP(fromHex('40010000' + 'b5' + '6162'))
    expect(cut.command()).toBe("CoAP({options: [['bytes', hex('b56162')]]})")
    expect(cut.hex()).toBe('40010000b56162')
    expect(cut.issues()).toEqual([])
    // Zeros in front of a number, a size that does not exist.
    expect(String(CoAP(fromHex('40010000' + '620007')).command())).toContain("['Observe', hex('0007')]")
    expect(String(CoAP(fromHex('40010000' + 'd10a07')).command())).toContain("['Block2', hex('07')]")
  })

  test('an answer has the token of its request, or at least its number', () => {
    const request = CoAP({ type: 'CON', code: 'GET', msg_id: 5, token: 'ab' })
    expect(answers(CoAP({ type: 'ACK', code: '2.05 Content', msg_id: 5, token: 'ab' }), request)).toBe(true)
    expect(answers(CoAP({ type: 'CON', code: '2.05 Content', msg_id: 99, token: 'ab' }), request)).toBe(true)
    expect(answers(CoAP({ type: 'ACK', code: '2.05 Content', msg_id: 6, token: 'ab' }), request)).toBe(false)
    expect(answers(CoAP({ type: 'NON', code: '2.05 Content', msg_id: 5, token: 'cd' }), request)).toBe(false)
    expect(answers(CoAP({ type: 'ACK', code: 'Empty', msg_id: 5 }), request)).toBe(true)
    expect(answers(CoAP({ type: 'RST', code: 'Empty', msg_id: 5 }), request)).toBe(true)
    expect(answers(CoAP({ type: 'CON', code: 'GET', msg_id: 5, token: 'ab' }), request)).toBe(false)
  })

  test('other bytes on the port are Raw', () => {
    const read = (hex: string): string =>
      stack(IP({ src: '10.0.0.1', dst: '10.0.0.2' }), UDP({ dport: 5683 }), fromHex(hex)).rebuilt().last.layerName
    expect(read('40010000')).toBe('CoAP')
    for (const hex of ['c0010000', '4901000001', '400100', '44010000aa']) expect(read(hex)).toBe('Raw')
  })

  test('options are refused with what there is', () => {
    expect(() => CoAP({ options: [['Uri-Pat', 'a']] })).toThrow(
      "CoAP.options: no option 'Uri-Pat'; did you mean 'Uri-Path'?",
    )
    expect(() => CoAP({ options: [['Uri-Path', 5]] as never })).toThrow('CoAP.options Uri-Path: 5 is no text')
    expect(() => CoAP({ options: [['Max-Age', -1]] })).toThrow('is no whole number (0..4294967295)')
    expect(dissect(CoAP, fromHex('40010000')).options).toEqual([])
  })
})
