/**
 * HTTP/2: the preface, and frames of each type. RFC 9113 §3.4, §4.1, §6. Header blocks (HPACK) stay bytes.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-----------------------------------------------+---------------+
 *   |                      len                      |     type      |
 *   +---------------+-+-----------------------------+---------------+
 *   |     flags     |R|                  stream_id                  …
 *   +---------------+-+---------------------------------------------+
 *   | content, len bytes
 *   +---------------
 */
import {
  type AnyPacket,
  behave,
  bits,
  bytes,
  flags,
  type LayerReference,
  layer,
  layers,
  recognize,
  u8,
  u8Enum,
  u16Enum,
  u24,
  u32,
  u32Enum,
  u64,
} from '../../packet/index.js'
import { TCP } from '../transport/tcp.js'

const HEADER = 9
/** Frames in one packet; what is behind them stays bytes, before the engine's own bound. */
const DEEPEST = 58
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'

/** "HTTP/2 Frame Type". */
const TYPES: Readonly<Record<number, string>> = {
  0: 'DATA',
  1: 'HEADERS',
  2: 'PRIORITY',
  3: 'RST_STREAM',
  4: 'SETTINGS',
  5: 'PUSH_PROMISE',
  6: 'PING',
  7: 'GOAWAY',
  8: 'WINDOW_UPDATE',
  9: 'CONTINUATION',
  10: 'ALTSVC',
  12: 'ORIGIN',
  16: 'PRIORITY_UPDATE',
}

/** "HTTP/2 Settings". */
const SETTINGS: Readonly<Record<number, string>> = {
  1: 'HEADER_TABLE_SIZE',
  2: 'ENABLE_PUSH',
  3: 'MAX_CONCURRENT_STREAMS',
  4: 'INITIAL_WINDOW_SIZE',
  5: 'MAX_FRAME_SIZE',
  6: 'MAX_HEADER_LIST_SIZE',
  8: 'ENABLE_CONNECT_PROTOCOL',
  9: 'NO_RFC7540_PRIORITIES',
  16: 'TLS_RENEG_PERMITTED',
}

/** "HTTP/2 Error Code". */
const ERRORS: Readonly<Record<number, string>> = {
  0: 'NO_ERROR',
  1: 'PROTOCOL_ERROR',
  2: 'INTERNAL_ERROR',
  3: 'FLOW_CONTROL_ERROR',
  4: 'SETTINGS_TIMEOUT',
  5: 'STREAM_CLOSED',
  6: 'FRAME_SIZE_ERROR',
  7: 'REFUSED_STREAM',
  8: 'CANCEL',
  9: 'COMPRESSION_ERROR',
  10: 'CONNECT_ERROR',
  11: 'ENHANCE_YOUR_CALM',
  12: 'INADEQUATE_SECURITY',
  13: 'HTTP_1_1_REQUIRED',
}

/** Flags by their bits; the lowest means ACK in settings and pings, END_STREAM elsewhere. */
const STREAM_FLAGS = ['END_STREAM', 'bit1', 'END_HEADERS', 'PADDED', 'bit4', 'PRIORITY', 'bit6', 'bit7']
const ACK_FLAGS = ['ACK', 'bit1', 'bit2', 'bit3', 'bit4', 'bit5', 'bit6', 'bit7']
const PADDED = 8
const PRIORITY = 32

const header = (type: number, names = STREAM_FLAGS) => ({
  len: u24().auto((c) => c.headerLength - HEADER),
  type: u8Enum(type, TYPES),
  flags: flags(8, names),
  reserved: bits(1),
  stream_id: bits(31),
})

const has = (flag: number) => (me: AnyPacket) => ((me.raw('flags') as number) & flag) !== 0

/** Length of the padding, the content and the padding itself, where a frame has the flag for it. */
const padded = (name: string) => ({
  before: { padlen: u8().when(has(PADDED)).about('Bytes of padding at the end.') },
  after: {
    [name]: bytes((me) => Math.max(0, frameEnd(me) - me._offset - contentAt(me) - ((me.raw('padlen') as number) ?? 0))),
    padding: bytes(),
  },
})

/** Where the data or the header block starts in the frame. */
function contentAt(me: AnyPacket): number {
  const type = me.raw('type') as number
  const padding = has(PADDED)(me) ? 1 : 0
  return HEADER + padding + (type === 5 ? 4 : type === 1 && has(PRIORITY)(me) ? 5 : 0)
}

/** Where a frame ends, as far as its bytes are there. */
const frameEnd = (me: AnyPacket): number => Math.min(me._offset + HEADER + (me.raw('len') as number), me._end)

const priority = (isThere: (me: AnyPacket) => boolean) => ({
  exclusive: bits(1).when(isThere),
  stream_dependency: bits(31).when(isThere),
  weight: u8().when(isThere).about('One less than the weight.'),
})

export const H2Preface = layer(
  'H2Preface',
  () => ({ magic: bytes(PREFACE.length).default(PREFACE) }),
  'What a client of HTTP/2 sends first, so that a server of HTTP/1 takes fright.',
  'RFC 9113 §3.4',
)

export const H2Frame = layer(
  'H2Frame',
  () => ({ ...header(0), data: bytes() }),
  'Frame of HTTP/2 of a type without a layer of its own, or one cut short.',
  'RFC 9113 §4.1',
)

export const H2DataFrame = layer(
  'H2DataFrame',
  () => {
    const { before, after } = padded('data')
    return { ...header(0), ...before, ...after }
  },
  'Data of a request or response.',
  'RFC 9113 §6.1',
)

export const H2HeadersFrame = layer(
  'H2HeadersFrame',
  () => {
    const { before, after } = padded('hdrs')
    return { ...header(1), ...before, ...priority(has(PRIORITY)), ...after }
  },
  'Header fields, compressed (HPACK).',
  'RFC 9113 §6.2',
)

export const H2PriorityFrame = layer(
  'H2PriorityFrame',
  () => ({ ...header(2), exclusive: bits(1), stream_dependency: bits(31), weight: u8() }),
  'How much a stream matters; no longer used.',
  'RFC 9113 §6.3',
)

export const H2ResetFrame = layer(
  'H2ResetFrame',
  () => ({ ...header(3), error: u32Enum(0, ERRORS) }),
  'Ends a stream at once.',
  'RFC 9113 §6.4',
)

export const H2Setting = layer(
  'H2Setting',
  () => ({ id: u16Enum(1, SETTINGS), value: u32() }),
  'One setting of a settings frame.',
  'RFC 9113 §6.5.1',
)

export const H2SettingsFrame = layer(
  'H2SettingsFrame',
  () => ({ ...header(4, ACK_FLAGS), settings: layers(H2Setting) }),
  "What the sender can take. With the flag ACK: it has read the other side's.",
  'RFC 9113 §6.5',
)

export const H2PushPromiseFrame = layer(
  'H2PushPromiseFrame',
  () => {
    const { before, after } = padded('hdrs')
    return { ...header(5), ...before, reserved2: bits(1), promised_stream_id: bits(31), ...after }
  },
  'Announces a response that nobody asked for.',
  'RFC 9113 §6.6',
)

export const H2PingFrame = layer(
  'H2PingFrame',
  () => ({ ...header(6, ACK_FLAGS), opaque: u64().hex() }),
  'Asks for an answer (ACK) with the same eight bytes.',
  'RFC 9113 §6.7',
)

export const H2GoAwayFrame = layer(
  'H2GoAwayFrame',
  () => ({
    ...header(7),
    reserved2: bits(1),
    last_stream_id: bits(31),
    error: u32Enum(0, ERRORS),
    additional_data: bytes(),
  }),
  'Ends the connection: streams beyond the last one were not looked at.',
  'RFC 9113 §6.8',
)

export const H2WindowUpdateFrame = layer(
  'H2WindowUpdateFrame',
  () => ({ ...header(8), reserved2: bits(1), win_size_incr: bits(31) }),
  'Allows so many bytes more, in a stream or (0) in all.',
  'RFC 9113 §6.9',
)

export const H2ContinuationFrame = layer(
  'H2ContinuationFrame',
  () => ({ ...header(9), hdrs: bytes() }),
  'More of the header fields of the frame before.',
  'RFC 9113 §6.10',
)

const FRAMES: Readonly<Record<number, LayerReference>> = {
  0: H2DataFrame,
  1: H2HeadersFrame,
  2: H2PriorityFrame,
  3: H2ResetFrame,
  4: H2SettingsFrame,
  5: H2PushPromiseFrame,
  6: H2PingFrame,
  7: H2GoAwayFrame,
  8: H2WindowUpdateFrame,
  9: H2ContinuationFrame,
}

/** Content of the types that always have as much. */
const SIZES: Readonly<Record<number, number>> = { 2: 5, 3: 4, 6: 8, 8: 4 }

const lengthAt = (buffer: Uint8Array, at: number): number =>
  (buffer[at]! << 16) | (buffer[at + 1]! << 8) | buffer[at + 2]!

/** The layer of the frame at `start`. */
export function frameAt(buffer: Uint8Array, start: number, end: number): LayerReference {
  const type = buffer[start + 3]!
  const length = lengthAt(buffer, start)
  const isWhole = start + HEADER + length <= end
  const flag = buffer[start + 4]!
  const content = start + HEADER
  const padding = (flag & PADDED) !== 0 ? 1 : 0
  switch (type) {
    case 0:
    case 1: {
      const least = padding + (type === 1 && (flag & PRIORITY) !== 0 ? 5 : 0)
      if (content + least > end || length < least) return H2Frame
      // A frame that goes on has its padding elsewhere.
      return !isWhole && padding > 0
        ? H2Frame
        : padding > 0 && length < least + buffer[content]!
          ? H2Frame
          : FRAMES[type]!
    }
    case 4:
      return isWhole && length % 6 === 0 ? H2SettingsFrame : H2Frame
    case 5: {
      const least = padding + 4
      return isWhole && length >= least + (padding > 0 ? buffer[content]! : 0) ? H2PushPromiseFrame : H2Frame
    }
    case 7:
      return isWhole && length >= 8 ? H2GoAwayFrame : H2Frame
    case 9:
      return H2ContinuationFrame
    default:
      return isWhole && SIZES[type] === length ? FRAMES[type]! : H2Frame
  }
}

/** Whether a frame can start here: a type that exists, a length that connections allow, and the reserved bit clear. */
function isFrame(buffer: Uint8Array, start: number, end: number): boolean {
  if (end - start < HEADER || TYPES[buffer[start + 3]!] === undefined) return false
  return lengthAt(buffer, start) <= 0x4000 + 256 && buffer[start + 5]! < 128
}

function next(me: AnyPacket): LayerReference | undefined {
  const at = me._headerStop()
  return me._depth < DEEPEST && isFrame(me._buffer!, at, me._end) ? frameAt(me._buffer!, at, me._end) : undefined
}

/** Whether the client's first bytes stand here. */
export function isPreface(buffer: Uint8Array, start: number, end: number): boolean {
  if (buffer[start] !== 80 || end - start < PREFACE.length) return false
  for (let i = 0; i < PREFACE.length; i++) if (buffer[start + i] !== PREFACE.charCodeAt(i)) return false
  return true
}

/** Whether settings stand here, with which a server begins: settings that exist, and nothing but zeros around them. */
function isSettings(buffer: Uint8Array, start: number, end: number): boolean {
  if (buffer[start] !== 0 || end - start < HEADER || buffer[start + 3] !== 4 || buffer[start + 1] !== 0) return false
  const length = buffer[start + 2]!
  const flag = buffer[start + 4]!
  if (length % 6 !== 0 || flag > 1 || (flag === 1 && length > 0) || start + HEADER + length > end) return false
  for (let at = start + 5; at < start + HEADER; at++) if (buffer[at] !== 0) return false
  if (length === 0) return true
  for (let at = start + HEADER; at < start + HEADER + length; at += 6)
    if (buffer[at] !== 0 || buffer[at + 1] === 0 || buffer[at + 1]! > 16) return false
  return true
}

/** Flags that a type has; a sender leaves the others at zero. RFC 9113 §4.1. */
const USED_FLAGS: readonly number[] = [0x09, 0x2d, 0, 0, 1, 0x0c, 1, 0, 0, 4]
/** Types that are of the connection, and those that may be of it or of a stream. */
const OF_CONNECTION: readonly number[] = [4, 6, 7]
const WINDOW_UPDATE = 8

/** Whether a header stands here as implementations write it: what its type does not use is zero. */
function isLikely(buffer: Uint8Array, at: number): boolean {
  const length = lengthAt(buffer, at)
  const type = buffer[at + 3]!
  const flag = buffer[at + 4]!
  if (length > 0x4000 || USED_FLAGS[type] === undefined || (flag & ~USED_FLAGS[type]) !== 0 || buffer[at + 5] !== 0)
    return false
  const isStream = ((buffer[at + 6]! << 16) | (buffer[at + 7]! << 8) | buffer[at + 8]!) !== 0
  if (type !== WINDOW_UPDATE && isStream === OF_CONNECTION.includes(type)) return false
  const size = SIZES[type]
  if (size !== undefined) return length === size
  return type === 4 ? length % 6 === 0 : type === 7 ? length >= 8 : length > 0 || (type === 0 && flag === 1)
}

/**
 * Whether frames stand here, of a connection that began before: one behind the other up to the end. Behind other frames,
 * the last may be data that go on.
 */
function isFrames(buffer: Uint8Array, start: number, end: number): boolean {
  let at = start
  let isOther = false
  while (at + HEADER <= end && isLikely(buffer, at)) {
    const isData = buffer[at + 3] === 0
    at += HEADER + lengthAt(buffer, at)
    if (at >= end) return at === end || (isData && isOther)
    isOther ||= !isData
  }
  return false
}

/** Whether frames stand here: the settings of a server that begins, or those of a connection that began before. */
export const areFrames = (buffer: Uint8Array, start: number, end: number): boolean =>
  isSettings(buffer, start, end) || isFrames(buffer, start, end)

const stream = (me: AnyPacket): string => (me.stream_id === 0 ? '' : ` stream ${me.stream_id}`)
const flagged = (me: AnyPacket): string => (me.flags === '' ? '' : ` ${me.flags}`)

for (const each of [H2Frame, ...Object.values(FRAMES)])
  behave(each, {
    guess: next,
    refine: (buffer, start, end) => (isFrame(buffer, start, end) ? frameAt(buffer, start, end) : undefined),
    summary: (me) => `HTTP/2 ${me.text('type')}${stream(me)}${flagged(me)}`,
  })

// The others are always of one size.
for (const each of [
  H2Frame,
  H2DataFrame,
  H2HeadersFrame,
  H2SettingsFrame,
  H2PushPromiseFrame,
  H2GoAwayFrame,
  H2ContinuationFrame,
])
  behave(each, { headerLength: (me) => frameEnd(me) - me._offset, headerLengthField: 'len' })

behave(H2SettingsFrame, {
  summary: (me) =>
    `HTTP/2 SETTINGS${flagged(me)}${((me.settings ?? []) as AnyPacket[]).map((each) => ` ${each.text('id')}=${each.value}`).join('')}`,
})
behave(H2GoAwayFrame, { summary: (me) => `HTTP/2 GOAWAY ${me.text('error')} last stream ${me.last_stream_id}` })
behave(H2ResetFrame, { summary: (me) => `HTTP/2 RST_STREAM${stream(me)} ${me.text('error')}` })
behave(H2WindowUpdateFrame, { summary: (me) => `HTTP/2 WINDOW_UPDATE${stream(me)} ${me.win_size_incr}` })
behave(H2PingFrame, {
  answers: (me, request) => request.layerName === 'H2PingFrame' && me.flags === 'ACK' && me.opaque === request.opaque,
  hash: (me) => String(me.opaque),
})
behave(H2Preface, { guess: next, summary: () => 'HTTP/2 preface' })

recognize(TCP, H2Preface, isPreface, [80, 80])
// No frame that is likely has 65536 bytes.
recognize(TCP, H2SettingsFrame, areFrames, [0, 0])
