import { expect, test } from 'vitest'
import {
  NBTSession,
  SMB2_Compression_Transform_Header,
  SMB2_Header,
  SMB2_Negotiate_Context,
  SMB2_Negotiate_Protocol_Request,
  SMB2_Negotiate_Protocol_Response,
  SMB2_Session_Setup_Request,
  SMB2_Session_Setup_Response,
  SMB2_Transform_Header,
  SMB2_Tree_Connect_Request,
  SMB2_Tree_Connect_Response,
  TCP,
} from '../../../src/layers/index.js'
import { answers, fromHex, hashKey, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('smb2', [
  SMB2_Header,
  SMB2_Transform_Header,
  SMB2_Compression_Transform_Header,
  SMB2_Negotiate_Protocol_Request,
  SMB2_Negotiate_Protocol_Response,
  SMB2_Session_Setup_Request,
  SMB2_Session_Setup_Response,
  SMB2_Tree_Connect_Request,
  SMB2_Tree_Connect_Response,
])

test('a request of SMB 3.1.1 has its contexts at a multiple of 8', () => {
  const request = stack(
    NBTSession(),
    SMB2_Header(),
    SMB2_Negotiate_Protocol_Request({
      Dialects: ['SMB 2.1', 'SMB 3.1.1'],
      pad: fromHex('00000000'),
      NegotiateContexts: [SMB2_Negotiate_Context({ ContextType: 1, Data: fromHex('0100 0000 0100') })],
    }),
  ).rebuilt()
  expect([request.DialectCount, request.NegotiateContextOffset, request.NegotiateCount]).toEqual([2, 108, 1])
  expect(request.issues()).toEqual([])
  expect(request.summary()).toBe('NBTSession / SMB2_Header / SMB2 NEGOTIATE request 2.1 3.1.1')
})

test('a compound: each message says where the next one starts', () => {
  const echo = fromHex('04000000')
  const packet = stack(
    NBTSession(),
    SMB2_Header({ Command: 'ECHO', MID: 1 }),
    echo,
    SMB2_Header({ Command: 'ECHO', MID: 2, Flags: 'RELATED_OPERATIONS' }),
    echo,
  )
  const read = packet.rebuilt()
  expect(read.layers().map((each) => each.layerName)).toEqual([
    'NBTSession',
    'SMB2_Header',
    'Raw',
    'SMB2_Header',
    'Raw',
  ])
  expect(read.NextCommand).toBe(68)
  expect(read.LENGTH).toBe(136)
  expect(read.issues()).toEqual([])
})

test('an answer has the number of its request', () => {
  const request = stack(NBTSession(), SMB2_Header({ Command: 3, MID: 5 }), SMB2_Tree_Connect_Request()).rebuilt()
  const reply = (MID: number) => stack(NBTSession(), SMB2_Header({ MID }), SMB2_Tree_Connect_Response()).rebuilt()
  expect(reply(5).Flags).toBe('SERVER_TO_REDIR')
  expect(answers(reply(5), request)).toBe(true)
  expect(answers(reply(6), request)).toBe(false)
  expect(hashKey(reply(5))).toBe(hashKey(request))
})

test('with a number of its own instead of process and tree', () => {
  const header = SMB2_Header({ Flags: 'ASYNC_COMMAND', AsyncId: 7 })
  expect(header.bytes().length).toBe(64)
  expect(header.rebuilt().AsyncId).toBe(7n)
  expect(header.rebuilt().TID).toBeUndefined()
})

test('encrypted messages are bytes behind their header', () => {
  const packet = stack(TCP({ dport: 445 }), NBTSession(), SMB2_Transform_Header({ SessionId: 1 }), 'secret').rebuilt()
  expect(packet.OriginalMessageSize).toBe(6)
  expect(packet.layers().map((each) => each.layerName)).toEqual(['TCP', 'NBTSession', 'SMB2_Transform_Header', 'Raw'])
})

test('identifiers are text', () => {
  const id = 'd9fd9dd8-df92-45ec-8b26-0a8b3f4c0a3e'
  expect(SMB2_Negotiate_Protocol_Request({ ClientGUID: id }).rebuilt().ClientGUID).toBe(id)
  expect(() => SMB2_Negotiate_Protocol_Request({ ClientGUID: 'x' })).toThrow('is no GUID such as')
})
