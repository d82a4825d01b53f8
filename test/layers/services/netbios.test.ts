import { expect, test } from 'vitest'
import {
  IP,
  NBNS_ADD_ENTRY,
  NBNSHeader,
  NBNSNodeStatusRequest,
  NBNSNodeStatusResponse,
  NBNSQueryRequest,
  NBNSQueryResponse,
  NBNSRegistrationRequest,
  NBNSWackResponse,
  NBTDatagram,
  NBTSession,
  TCP,
  UDP,
} from '../../../src/layers/index.js'
import { type AnyPacket, answers, fromHex, hashKey, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('netbios', [
  NBNSHeader,
  NBNSQueryRequest,
  NBNSNodeStatusRequest,
  NBNSQueryResponse,
  NBNSNodeStatusResponse,
  NBNSRegistrationRequest,
  NBNSWackResponse,
  NBTDatagram,
  NBTSession,
])

// RFC 1001 §14.1 gives the form of 'FRED'.
test('names in two-letter form', () => {
  const name = (given: string) => NBNSQueryRequest({ QUESTION_NAME: given }).bytes().subarray(1, 33).toString('latin1')
  expect(name('FRED<20>')).toBe('EGFCEFEECACACACACACACACACACACACA')
  expect(name('*')).toBe('CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')
  expect(name('\\x01\\x02__MSBROWSE__\\x02<01>')).toBe('ABACFPFPENFDECFCEPFHFDEFFPFPACAB')
})

test('a query and its answer', () => {
  const query = stack(
    IP(),
    UDP({ sport: 137 }),
    NBNSHeader({ NAME_TRN_ID: 9 }),
    NBNSQueryRequest({ QUESTION_NAME: 'SRV<20>' }),
  )
  const answer = stack(
    IP(),
    UDP({ sport: 137 }),
    NBNSHeader({ NAME_TRN_ID: 9 }),
    NBNSQueryResponse({ RR_NAME: 'SRV<20>', ADDR_ENTRY: [NBNS_ADD_ENTRY({ NB_ADDRESS: '10.0.0.7' })] }),
  )
  expect(query.rebuilt().QDCOUNT).toBe(1)
  expect(answer.rebuilt().summary()).toBe('IP / UDP / NBNSHeader / NBNS query response SRV<20> 10.0.0.7')
  expect(answers(answer.rebuilt(), query.rebuilt())).toBe(true)
  expect(answers(query.rebuilt(), answer.rebuilt())).toBe(false)
  expect(hashKey(answer.rebuilt())).toBe(hashKey(query.rebuilt()))
})

test('a registration points to its own name', () => {
  const bytes = stack(NBNSHeader(), NBNSRegistrationRequest({ QUESTION_NAME: 'SRV', NB_ADDRESS: '10.0.0.7' })).bytes()
  expect(bytes.subarray(50, 52).toString('hex')).toBe('c00c')
  const read = NBNSHeader(bytes) as AnyPacket
  expect([read.OPCODE, read.QDCOUNT, read.ARCOUNT, read.RDLENGTH]).toEqual([5, 1, 1, 6])
})

test('names that cannot be are refused', () => {
  expect(() => NBNSQueryRequest({ QUESTION_NAME: 'a name that is too long' })).toThrow('a NetBIOS name has at most 15')
  expect(() => NBNSQueryRequest({ QUESTION_NAME: 5 as never })).toThrow("5 is no name such as 'WORKGROUP<1d>'")
})

test('a datagram counts its names and its data', () => {
  const packet = stack(NBTDatagram({ SourceName: 'A', DestinationName: 'B<1d>' }), 'hello').rebuilt()
  expect(packet.Length).toBe(34 + 34 + 5)
  expect(packet.Offset).toBe(0)
})

test('several messages in a segment', () => {
  const keepalive = NBTSession({ TYPE: 'keepalive' })
  const packet = stack(IP(), TCP({ dport: 139 }), keepalive, keepalive)
  expect(packet.hex().slice(-16)).toBe('8500000085000000')
  const read = packet.rebuilt()
  expect(read.layers().map((each) => each.layerName)).toEqual(['IP', 'TCP', 'NBTSession', 'NBTSession'])
  expect(read.get('IP')!.len).toBe(48)
})

test('a message that goes on in the next segment is no error, and what goes on is Raw', () => {
  const start = stack(IP(), TCP({ dport: 445 }), fromHex('00000100fe534d42400001')).rebuilt()
  expect(start.issues()).toEqual([])
  expect(start.layers().map((each) => each.layerName)).toEqual(['IP', 'TCP', 'NBTSession', 'Raw'])
  expect(start.LENGTH).toBe(256)
  const rest = stack(IP(), TCP({ dport: 445 }), fromHex('00000100aabbccdd')).rebuilt()
  expect(rest.layers().map((each) => each.layerName)).toEqual(['IP', 'TCP', 'Raw'])
})

test('many messages in a segment are built in no time', () => {
  const packet = stack(IP(), TCP({ dport: 139 }), fromHex('85000000'.repeat(50))).rebuilt()
  expect(packet.layers()).toHaveLength(52)
  for (const each of packet.layers()) for (const field of each._layer.automatic) each._write(field.index, undefined)
  expect(packet.hex().slice(-400)).toBe('85000000'.repeat(50))
})
