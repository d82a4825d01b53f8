import { describe, expect, test } from 'vitest'
import {
  IP,
  Raw,
  readAlike,
  TFTP,
  TFTP_ACK,
  TFTP_DATA,
  TFTP_ERROR,
  TFTP_OACK,
  TFTP_Options,
  TFTP_RRQ,
  TFTP_WRQ,
  UDP,
} from '../../../src/layers/index.js'
import { answers, dissect, fromHex, type Packet, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('tftp', [TFTP, TFTP_RRQ, TFTP_WRQ, TFTP_DATA, TFTP_ACK, TFTP_ERROR, TFTP_OACK, TFTP_Options])

describe('TFTP, beyond the suite', () => {
  test('a request takes port and operation from what it is', () => {
    const packet = stack(
      IP(),
      UDP({ sport: 1024 }),
      TFTP(),
      TFTP_RRQ({ filename: 'a.txt' }),
      TFTP_Options({ options: [{ oname: 'blksize', value: '1468' }] }),
    )
    expect([packet.dport, packet.op]).toEqual([69, 1])
    expect(packet.get(TFTP)!.hex()).toBe(Buffer.from('\0\x01a.txt\0octet\0blksize\x001468\0').toString('hex'))
    expect(packet.summary()).toContain('TFTP RRQ "a.txt" octet blksize=1468')
  })

  test('each message answers the one before it', () => {
    const data = (block: number) => stack(TFTP(), TFTP_DATA({ block }), 'x')
    const ack = (block: number) => stack(TFTP(), TFTP_ACK({ block }))
    const read = stack(TFTP(), TFTP_RRQ({ filename: 'a' }))
    expect(answers(data(1), read)).toBe(true)
    expect(answers(data(2), read)).toBe(false)
    expect(answers(ack(2), data(2))).toBe(true)
    expect(answers(data(0), ack(65535))).toBe(true)
    expect(answers(stack(TFTP(), TFTP_OACK()), read)).toBe(true)
    expect(answers(stack(TFTP(), TFTP_ERROR()), data(3))).toBe(true)
  })

  test('what is no message on its port is bytes, and a text without an end is said', () => {
    expect(dissect(UDP, stack(UDP({ dport: 69 }), 'zzzz').bytes()).summary()).toContain('Raw')
    expect(String(dissect(TFTP, fromHex('00016161')).issues()[0])).toContain('no zero byte ends the text')
    expect(() => TFTP_RRQ({ filename: 'a\0b' })).toThrow('TFTP_RRQ.filename: ')
  })

  test('the answer to a request comes from another port, and is read like it', () => {
    const there = { src: '10.0.0.1', dst: '10.0.0.2' }
    const back = { src: '10.0.0.2', dst: '10.0.0.1' }
    const read = (packet: Packet) => dissect(IP, packet.bytes())
    const request = read(stack(IP(there), UDP({ sport: 4000 }), TFTP(), TFTP_RRQ({ filename: 'a' })))
    const from = (sport: number, dport: number, hex: string) =>
      read(stack(IP(back), UDP({ sport, dport }), Raw({ load: fromHex(hex) })))
    const data = from(5000, 4000, '0003000178')
    expect(answers(data, request)).toBe(true)
    expect(readAlike(data, request).summary()).toContain('TFTP DATA block 1')
    // Another block, another port of ours, another protocol, and the wrong way round.
    expect(answers(from(5000, 4000, '0003000278'), request)).toBe(false)
    expect(answers(from(5000, 4001, '0003000178'), request)).toBe(false)
    expect(answers(from(5000, 4000, '7878787878'), request)).toBe(false)
    expect(answers(request, data)).toBe(false)
    const other = read(stack(IP(there), UDP({ sport: 4000, dport: 70 }), Raw({ load: fromHex('0001610000') })))
    expect(answers(data, other)).toBe(false)
    expect(readAlike(data, other)).toBe(data)
  })
})
