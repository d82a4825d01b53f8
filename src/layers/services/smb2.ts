/**
 * SMB 2 and 3: files over a network. Microsoft, [MS-SMB2] §2.2.1; encrypted: §2.2.41; compressed: §2.2.42. Numbers are
 * little-endian.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+
 *   |                 Start: fe 'SMB' (fd, fc below)                |
 *   +-------------------------------+-------------------------------+
 *   |         StructureSize         |         CreditCharge          |
 *   +-------------------------------+-------------------------------+
 *   |                            Status                             |
 *   +-------------------------------+-------------------------------+
 *   |            Command            |       CreditsRequested        |
 *   +-------------------------------+-------------------------------+
 *   |                             Flags                             |
 *   +---------------------------------------------------------------+
 *   |                          NextCommand                          |
 *   +---------------------------------------------------------------+
 *   |                         MID (8 bytes)                         |
 *   +-------------------------------+-------------------------------+
 *   |              PID              |              TID              |  AsyncId (8 bytes) with ASYNC_COMMAND
 *   +-------------------------------+-------------------------------+
 *   |            SessionId (8), SecuritySignature (16)              |
 *   +---------------------------------------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bind,
  bytes,
  type LayerReference,
  layer,
  type Packet,
  u16le,
  u32le,
  u64le,
} from '../../packet/index.js'
import { flags32le } from '../little-endian-flags.js'
import { Raw } from '../raw.js'
import { isPassed, lengthBehind, NBTSession } from './netbios-session.js'
import { COMMANDS, COMPRESSIONS, HEADER_FLAGS, STATES } from './smb2-numbers.js'

const SIZE = 64
const PLAIN = 0xfe
const ENCRYPTED = 0xfd
const COMPRESSED = 0xfc
const marked = (mark: number) => bytes(4).default(Uint8Array.of(mark, 0x53, 0x4d, 0x42))

const isAsync = (me: AnyPacket): boolean => ((me.Flags ?? '') as string).includes('ASYNC_COMMAND')
const isSync = (me: AnyPacket): boolean => !isAsync(me)
export const isReply = (me: AnyPacket): boolean => ((me.Flags ?? '') as string).includes('SERVER_TO_REDIR')

/** The next message of a compound, in a packet that is being made. */
function following(packet: Packet): Packet | null {
  for (let inner = packet.payload; inner !== null; inner = inner.payload) {
    if (inner.layerName === 'NBTSession') return null
    if (inner.layerName === 'SMB2_Header') return inner
  }
  return null
}

export const SMB2_Header = layer(
  'SMB2_Header',
  () => ({
    Start: marked(PLAIN),
    StructureSize: u16le(SIZE),
    CreditCharge: u16le(1),
    Status: u32le().names(STATES).hex().about('In requests of SMB 3: ChannelSequence.'),
    Command: u16le().names(COMMANDS),
    CreditsRequested: u16le(1).about('In answers: granted.'),
    Flags: flags32le(HEADER_FLAGS),
    NextCommand: u32le()
      .auto((c) => {
        const next = following(c.packet)
        const behind = lengthBehind(c, next, 'NextCommand')
        return next === null ? 0 : c.headerLength + c.payloadLength - behind
      })
      .about('Bytes to the next message of a compound, 0 in the last.'),
    MID: u64le().about('Says which answer is to which request.'),
    AsyncId: u64le().when(isAsync),
    PID: u32le(0xfeff).when(isSync).hex(),
    TID: u32le().when(isSync).hex(),
    SessionId: u64le().hex(),
    SecuritySignature: bytes(16),
  }),
  'SMB 2 or 3: header of a message.',
  'Microsoft, [MS-SMB2] §2.2.1',
)

export const SMB2_Transform_Header = layer(
  'SMB2_Transform_Header',
  () => ({
    Start: marked(ENCRYPTED),
    Signature: bytes(16),
    Nonce: bytes(16),
    OriginalMessageSize: u32le().auto((c) => c.payloadLength),
    Reserved: u16le(),
    Flags: u16le(1).names({ 1: 'encrypted' }).about('In SMB 3.0: the algorithm, 1 for AES-128-CCM.'),
    SessionId: u64le().hex(),
  }),
  'SMB 3: an encrypted message; what follows is encrypted.',
  'Microsoft, [MS-SMB2] §2.2.41',
)

export const SMB2_Compression_Transform_Header = layer(
  'SMB2_Compression_Transform_Header',
  () => ({
    Start: marked(COMPRESSED),
    OriginalCompressedSegmentSize: u32le().about('Bytes of the message once it is unpacked.'),
    CompressionAlgorithm: u16le().names(COMPRESSIONS),
    Flags: u16le().names({ 0: 'none', 1: 'chained' }),
    Offset_or_Length: u32le().about(
      'Bytes that are not compressed, in front of the others; chained: bytes of this part.',
    ),
  }),
  'SMB 3.1.1: a compressed message; what follows is compressed.',
  'Microsoft, [MS-SMB2] §2.2.42',
)

/** The layers of requests and answers by command; those without one stay bytes. */
const bodies = new Map<string, readonly [LayerReference, number]>()

/** Adds the layer of a command's request or answer, with the size that its StructureSize says. */
export function bindCommand(command: number, reply: boolean, upper: LayerReference, structureSize: number): void {
  bodies.set(`${command} ${reply}`, [upper, structureSize])
  bind(SMB2_Header, upper, { Command: command, ...(reply ? { Flags: 'SERVER_TO_REDIR' } : {}) })
}

/** An error has another content than the command's answer, which its StructureSize tells. */
function bodyOf(me: AnyPacket): LayerReference {
  const found = bodies.get(`${me.Command} ${isReply(me)}`)
  if (found === undefined) return Raw
  const at = me._headerStop()
  const buffer = me._buffer!
  if (at + found[1] > me._contentStop() + 1) return Raw
  return (buffer[at]! | (buffer[at + 1]! << 8)) === found[1] ? found[0] : Raw
}

const startsMessage = (me: AnyPacket, at: number): boolean => {
  const buffer = me._buffer!
  return (
    at + SIZE <= me._end &&
    buffer[at] === PLAIN &&
    buffer[at + 1] === 0x53 &&
    buffer[at + 2] === 0x4d &&
    buffer[at + 3] === 0x42
  )
}

behave(SMB2_Header, {
  refine: (buffer, start, end) => {
    if (end - start < 4 || buffer[start + 1] !== 0x53 || buffer[start + 2] !== 0x4d || buffer[start + 3] !== 0x42)
      return Raw
    const mark = buffer[start]
    if (mark === PLAIN) return end - start >= SIZE ? undefined : Raw
    if (mark === ENCRYPTED) return end - start >= 52 ? SMB2_Transform_Header : Raw
    return mark === COMPRESSED && end - start >= 16 ? SMB2_Compression_Transform_Header : Raw
  },
  payloadLength: (me) => {
    const left = me._end - me._headerStop()
    const next = me.NextCommand as number
    return next > SIZE && next - SIZE <= left && startsMessage(me, me._offset + next) ? next - SIZE : left
  },
  payloadLengthField: 'NextCommand',
  trailer: (me) =>
    (!isPassed(me) && startsMessage(me, me._contentStop()) ? SMB2_Header : undefined) as LayerReference | undefined,
  guess: bodyOf,
  summary: (me) => `SMB2 ${commandText(me)}`,
  answers: (me, request) =>
    request.layerName === 'SMB2_Header' &&
    isReply(me) &&
    !isReply(request) &&
    me.MID === request.MID &&
    me.Command === request.Command,
  hash: (me) => `SMB2 ${me.MID}`,
})

/** `NEGOTIATE request`, `CREATE response STATUS_OBJECT_NAME_NOT_FOUND`. */
export function commandText(me: AnyPacket): string {
  if (!isReply(me)) return `${me.text('Command')} request`
  return `${me.text('Command')} response${me.Status === 0 ? '' : ` ${me.text('Status')}`}`
}

behave(SMB2_Transform_Header, {
  summary: (me) => `SMB2 encrypted, ${me.OriginalMessageSize ?? 'auto'} bytes`,
  guess: () => Raw,
})
behave(SMB2_Compression_Transform_Header, {
  summary: (me) => `SMB2 compressed ${me.text('CompressionAlgorithm')}, ${me.OriginalCompressedSegmentSize} bytes`,
  guess: () => Raw,
})

bind(NBTSession, SMB2_Header, { TYPE: 0 })
bind(NBTSession, SMB2_Transform_Header, { TYPE: 0 })
bind(NBTSession, SMB2_Compression_Transform_Header, { TYPE: 0 })
bind(NBTSession, SMB2_Header, { TYPE: 0 })
