/**
 * How an SMB 2 or 3 session begins: dialects, authentication, shares. Microsoft, [MS-SMB2] §2.2.3 … §2.2.10. Numbers are
 * little-endian. Offsets count from the header's start, 64 bytes in front of these.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+-------------------------------+
 *   |         StructureSize         |         DialectCount          |  negotiate request
 *   +-------------------------------+-------------------------------+
 *   |         SecurityMode          |           Reserved            |
 *   +-------------------------------+-------------------------------+
 *   |                         Capabilities                          |
 *   +---------------------------------------------------------------+
 *   |                     ClientGUID (16 bytes)                     |
 *   +---------------------------------------------------------------+
 *   | NegotiateContextOffset, NegotiateCount, Reserved2; Dialects …
 *   +---------------------------------------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bytes,
  flags,
  type LayerReference,
  layer,
  layers,
  list,
  u8,
  u8Enum,
  u16le,
  u32le,
  u64le,
} from '../../packet/index.js'
import { flags16le, flags32le } from '../little-endian-flags.js'
import { Raw } from '../raw.js'
import { bindCommand, commandText } from './smb2.js'
import { guid, utf16 } from './smb2-fields.js'
import {
  CAPABILITIES,
  CONTEXTS,
  DIALECTS,
  NEGOTIATE,
  SECURITY_MODES,
  SESSION_SETUP,
  SHARE_TYPES,
  TREE_CONNECT,
} from './smb2-numbers.js'

const HEADER = 64
const LATEST = 0x0311
const SECURITY_FLAGS = ['SIGNING_ENABLED', 'SIGNING_REQUIRED']

/** Contexts start at multiples of 8 bytes. */
const filled = (length: number): number => Math.ceil(length / 8) * 8

export const SMB2_Negotiate_Context = layer(
  'SMB2_Negotiate_Context',
  () => ({
    ContextType: u16le(1).names(CONTEXTS),
    DataLength: u16le().lengthOf('Data'),
    Reserved: u32le(),
    Data: bytes('DataLength'),
    // The last one is not filled up.
    pad: bytes((me) => {
      const from = me._offset + 8 + (me.DataLength as number)
      return Math.min(filled(me.DataLength as number) - (me.DataLength as number), Math.max(0, me._end - from))
    }),
  }),
  'What a client or a server of SMB 3.1.1 can do; Data depends on ContextType.',
  'Microsoft, [MS-SMB2] §2.2.3.1',
)

const hasContexts = (me: AnyPacket): boolean => ((me.Dialects ?? []) as number[]).includes(LATEST)
const isLatest = (me: AnyPacket): boolean => me.DialectRevision === LATEST

/** Bytes from the header's start to the contexts, less what stands in front of the padding. */
const gapTo = (me: AnyPacket, before: number): number =>
  Math.max(0, (me.NegotiateContextOffset as number) - HEADER - before)

export const SMB2_Negotiate_Protocol_Request = layer(
  'SMB2_Negotiate_Protocol_Request',
  () => ({
    StructureSize: u16le(36),
    DialectCount: u16le().countOf('Dialects'),
    SecurityMode: flags16le(SECURITY_MODES),
    Reserved: u16le(),
    Capabilities: flags32le(CAPABILITIES),
    ClientGUID: guid(),
    NegotiateContextOffset: u32le()
      .auto((c) =>
        c.fieldCount('NegotiateContexts') === 0 ? 0 : HEADER + 36 + c.fieldLength('Dialects') + c.fieldLength('pad'),
      )
      .about('With SMB 3.1.1 only, else 0.'),
    NegotiateCount: u16le().auto((c) => c.fieldCount('NegotiateContexts')),
    Reserved2: u16le(),
    Dialects: list(u16le().names(DIALECTS).hex(), { count: 'DialectCount' }).default([0x0202]),
    pad: bytes((me) => gapTo(me, 36 + 2 * (me.DialectCount as number))).when(hasContexts),
    NegotiateContexts: layers(SMB2_Negotiate_Context, { count: 'NegotiateCount' }).when(hasContexts),
  }),
  'Offers dialects of SMB.',
  'Microsoft, [MS-SMB2] §2.2.3',
)

export const SMB2_Negotiate_Protocol_Response = layer(
  'SMB2_Negotiate_Protocol_Response',
  () => ({
    StructureSize: u16le(65),
    SecurityMode: flags16le(SECURITY_MODES),
    DialectRevision: u16le(0x0202).names(DIALECTS).hex(),
    NegotiateCount: u16le().auto((c) => c.fieldCount('NegotiateContexts')),
    GUID: guid(),
    Capabilities: flags32le(CAPABILITIES),
    MaxTransactionSize: u32le(65536),
    MaxReadSize: u32le(65536),
    MaxWriteSize: u32le(65536),
    ServerTime: u64le().about('In 100 nanoseconds since 1601.'),
    ServerStartTime: u64le().about('In 100 nanoseconds since 1601; 0 when it is not said.'),
    SecurityBlobOffset: u16le().auto(() => HEADER + 64),
    SecurityBlobLength: u16le().lengthOf('SecurityBlob'),
    NegotiateContextOffset: u32le().auto((c) =>
      c.fieldCount('NegotiateContexts') === 0 ? 0 : HEADER + 64 + c.fieldLength('SecurityBlob') + c.fieldLength('pad'),
    ),
    SecurityBlob: bytes('SecurityBlobLength').about('Which ways of authentication there are, in GSS-API.'),
    pad: bytes((me) => gapTo(me, 64 + (me.SecurityBlobLength as number))).when(isLatest),
    NegotiateContexts: layers(SMB2_Negotiate_Context, { count: 'NegotiateCount' }).when(isLatest),
  }),
  'Chooses a dialect of SMB.',
  'Microsoft, [MS-SMB2] §2.2.4',
)

export const SMB2_Session_Setup_Request = layer(
  'SMB2_Session_Setup_Request',
  () => ({
    StructureSize: u16le(25),
    Flags: flags(8, ['BINDING']),
    SecurityMode: flags(8, SECURITY_FLAGS),
    Capabilities: flags32le(CAPABILITIES),
    Channel: u32le(),
    SecurityBufferOffset: u16le(HEADER + 24),
    SecurityLen: u16le().auto((c) => c.payloadLength),
    PreviousSessionId: u64le().hex(),
  }),
  'Authenticates a user; what follows is GSS-API.',
  'Microsoft, [MS-SMB2] §2.2.5',
)

export const SMB2_Session_Setup_Response = layer(
  'SMB2_Session_Setup_Response',
  () => ({
    StructureSize: u16le(9),
    SessionFlags: flags16le(['IS_GUEST', 'IS_NULL', 'ENCRYPT_DATA']),
    SecurityBufferOffset: u16le(HEADER + 8),
    SecurityLen: u16le().auto((c) => c.payloadLength),
  }),
  'Goes on with the authentication of a user, or ends it; what follows is GSS-API.',
  'Microsoft, [MS-SMB2] §2.2.6',
)

export const SMB2_Tree_Connect_Request = layer(
  'SMB2_Tree_Connect_Request',
  () => ({
    StructureSize: u16le(9),
    Flags: flags16le(['CLUSTER_RECONNECT', 'REDIRECT_TO_OWNER', 'EXTENSION_PRESENT']),
    PathBufferOffset: u16le(HEADER + 8),
    PathLen: u16le().lengthOf('Path'),
    Path: bytes('PathLen').about('\\\\server\\share, in UTF-16.'),
  }),
  'Asks for a share.',
  'Microsoft, [MS-SMB2] §2.2.9',
)

export const SMB2_Tree_Connect_Response = layer(
  'SMB2_Tree_Connect_Response',
  () => ({
    StructureSize: u16le(16),
    ShareType: u8Enum(1, SHARE_TYPES),
    Reserved: u8(),
    ShareFlags: u32le(0x30).hex(),
    Capabilities: u32le().hex(),
    MaximalAccess: u32le().hex(),
  }),
  'Gives access to a share.',
  'Microsoft, [MS-SMB2] §2.2.10',
)

const header = (me: AnyPacket): string =>
  me.under !== null && me.under.layerName === 'SMB2_Header' ? commandText(me.under as AnyPacket) : me.layerName

const dialects = (me: AnyPacket): string =>
  ((me.Dialects ?? []) as number[])
    .map((value) => (DIALECTS[value] ?? `0x${value.toString(16)}`).replace('SMB ', ''))
    .join(' ')

for (const each of [SMB2_Session_Setup_Request, SMB2_Session_Setup_Response])
  behave(each, {
    payloadLength: (me) => Math.min(me.SecurityLen as number, me._end - me._headerStop()),
    payloadLengthField: 'SecurityLen',
    guess: () => Raw,
    summary: (me) => `SMB2 ${header(me)}`,
  })
behave(SMB2_Negotiate_Protocol_Request, { summary: (me) => `SMB2 ${header(me)} ${dialects(me)}` })
behave(SMB2_Negotiate_Protocol_Response, {
  summary: (me) => `SMB2 ${header(me)} ${me.text('DialectRevision').replace('SMB ', '')}`,
})
behave(SMB2_Tree_Connect_Request, { summary: (me) => `SMB2 ${header(me)} ${utf16(me.Path as Uint8Array)}` })
behave(SMB2_Tree_Connect_Response, { summary: (me) => `SMB2 ${header(me)} ${me.text('ShareType')}` })

const BODIES: readonly (readonly [number, boolean, LayerReference, number])[] = [
  [NEGOTIATE, false, SMB2_Negotiate_Protocol_Request, 36],
  [NEGOTIATE, true, SMB2_Negotiate_Protocol_Response, 65],
  [SESSION_SETUP, false, SMB2_Session_Setup_Request, 25],
  [SESSION_SETUP, true, SMB2_Session_Setup_Response, 9],
  [TREE_CONNECT, false, SMB2_Tree_Connect_Request, 9],
  [TREE_CONNECT, true, SMB2_Tree_Connect_Response, 16],
]
for (const [command, reply, upper, size] of BODIES) bindCommand(command, reply, upper, size)
