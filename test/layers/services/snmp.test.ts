import { describe, expect, test } from 'vitest'
import {
  IP,
  SNMP,
  SNMPbulk,
  SNMPget,
  SNMPresponse,
  SNMPtrapv1,
  SNMPv3,
  SNMPvarbind,
  UDP,
} from '../../../src/layers/index.js'
import { type AnyPacket, answers, dissect, fromHex, hashKey, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('snmp', [SNMP, SNMPv3])

/** Bytes as hexadecimal: they may be views of different kinds. */
const plain = (value: unknown): unknown => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value)

const get = (id: number) => SNMP({ PDU: SNMPget({ id, varbindlist: [{ oid: 'sysDescr.0' }] }) })

describe('SNMP, beyond the suite', () => {
  test('a request is built with all its lengths', () => {
    expect(get(1).hex()).toBe(
      '3026020101040670' + '75626c6963a0190201' + '01020100020100' + '300e300c06082b06010201010100' + '0500',
    )
    expect(stack(IP(), UDP(), get(1)).dport).toBe(161)
    expect(get(1).summary()).toBe('SNMP v2c public get 1: sysDescr.0')
    const third = dissect(SNMPv3, SNMPv3({ msgUserName: 'bob', PDU: SNMPget() }).bytes())
    expect([third.issues(), third.msgUserName, third.PDU![0]!.layerName]).toEqual([[], 'bob', 'SNMPget'])
  })

  test('values of all types come back', () => {
    const values: [string, number | bigint | string | Uint8Array][] = [
      ['INTEGER', -129],
      ['INTEGER', 128],
      ['OCTET STRING', 'text'],
      ['OCTET STRING', fromHex('00ff')],
      ['NULL', ''],
      ['OID', '1.3.6.1.4.1.9'],
      ['IpAddress', '10.0.0.1'],
      ['Counter32', 4294967295],
      ['Gauge32', 0],
      ['TimeTicks', 12345],
      ['Opaque', fromHex('9f7804')],
      ['Counter64', 18446744073709551615n],
      ['noSuchObject', ''],
      ['noSuchInstance', ''],
      ['endOfMibView', ''],
    ]
    for (const [type, value] of values) {
      const read = dissect(SNMPvarbind, SNMPvarbind({ oid: '1.3.6.1', type, value }).bytes())
      expect([read.text('type'), plain(read.value)]).toEqual([type, plain(value)])
    }
    const types = [5, 'a', undefined].map((value) => SNMPvarbind(value === undefined ? {} : { value }).text('type'))
    expect(types).toEqual(['INTEGER', 'OCTET STRING', 'NULL'])
  })

  test('what does not fit is refused with its place', () => {
    expect(() => SNMPvarbind({ oid: '3.1' })).toThrow("SNMPvarbind.oid: '3.1' is no object identifier")
    expect(() => SNMPvarbind({ type: 'IpAddress', value: 'x' }).bytes()).toThrow('SNMPvarbind.value: ')
    expect(() => SNMPget({ error: 'nonsense' })).toThrow('the names are no_error')
  })

  test('lengths in more bytes than they need are kept until something changes', () => {
    const long = fromHex(
      '30820026020101040670' + '75626c6963a0190201' + '01020100020100' + '300e300c06082b06010201010100' + '0500',
    )
    const packet = dissect(SNMP, long)
    expect([packet.length, packet.hex()]).toEqual([38, Buffer.from(long).toString('hex')])
    expect(packet.rebuilt().hex()).toBe(Buffer.from(long).toString('hex'))
  })

  test('a change of a binding moves all lengths', () => {
    const packet = dissect(SNMP, get(1).bytes())
    const message = packet.PDU[0] as AnyPacket
    message.varbindlist = [{ oid: '1.3.6.1.2.1.1.1.0', value: 'x'.repeat(200) }]
    const again = dissect(SNMP, packet.rebuilt().bytes())
    expect(again.issues()).toEqual([])
    expect(again.summary()).toContain(' = xxx')
  })

  test('hostile lengths end at the message', () => {
    for (const hex of ['3080020101', '30ffffffff', '3084ffffffff020101', '30050201010404', '300302010104ff'])
      expect(() => dissect(SNMP, fromHex(hex)).show({ dump: true })).not.toThrow()
  })

  test('a response answers the request of its number', () => {
    const reply = (id: number) => SNMP({ PDU: SNMPresponse({ id }) })
    expect(answers(reply(5), get(5))).toBe(true)
    expect(answers(reply(6), get(5))).toBe(false)
    expect(answers(get(5), get(5))).toBe(false)
    expect(hashKey(reply(5))).toBe(hashKey(get(5)))
    expect(answers(reply(0), SNMP({ PDU: SNMPtrapv1() }))).toBe(false)
    expect(answers(reply(7), SNMP({ PDU: SNMPbulk({ id: 7 }) }))).toBe(true)
  })
})
