import { describe, expect, test } from 'vitest'
import {
  IP,
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
import { answers, dissect, fromHex, stack } from '../../../src/packet/index.js'
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
})
