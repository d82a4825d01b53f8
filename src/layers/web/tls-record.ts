/**
 * TLS, the record that carries all messages of TLS. RFC 8446 §5.1; versions before: RFC 5246 §6.2.1.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+-------------------------------+---------------+
 *   |     type      |            version            |     len …     |
 *   +---------------+-------------------------------+---------------+
 *   |     … len     | messages …
 *   +---------------+--------------------
 */
import { type AnyPacket, type BuildContext, layer, type Packet, u8Enum, u16, u16Enum } from '../../packet/index.js'
import {
  APPLICATION_DATA,
  CHANGE_CIPHER_SPEC,
  CONTENT_TYPES,
  HANDSHAKE,
  HEARTBEAT,
  TLS_VERSIONS,
} from './tls-numbers.js'

export const RECORD_HEADER = 5
/** 2^14 bytes, and what encryption may add. RFC 5246 §6.2.3. */
const LARGEST = 16384 + 2048
/** Records in one packet; what is behind them stays bytes, before the engine's own bound. */
const DEEPEST = 58

/** Whether bytes at `start` can be the start of a record: type, version and length are ones that exist. */
export function isRecord(buffer: Uint8Array, start: number, end: number): boolean {
  const type = buffer[start]!
  if (type < CHANGE_CIPHER_SPEC || type > HEARTBEAT || end - start < RECORD_HEADER) return false
  if (buffer[start + 1] !== 3 || buffer[start + 2]! > 4) return false
  const length = (buffer[start + 3]! << 8) | buffer[start + 4]!
  return length <= LARGEST && (length > 0 || type === APPLICATION_DATA)
}

/** The record that a message stands in, or null. */
function recordOf(me: Packet): AnyPacket | null {
  let outer = me.under
  while (outer !== null && outer.layerName !== 'TLS' && outer.layerName !== 'DTLS') outer = outer.under
  return outer as AnyPacket | null
}

/** Where the record that a message stands in ends in the message's buffer, as far as its bytes are there. */
export function recordEnd(me: AnyPacket): number {
  const record = recordOf(me)
  if (record === null || record._buffer !== me._buffer) return me._end
  return Math.min(me._end, record._headerStop() + (record.raw('len') as number))
}

/** Whether another record may follow as a layer of its own. */
export const isShallow = (me: Packet): boolean => me._depth < DEEPEST

/** Bytes of all that is in this record: up to the next one, which stands further in. */
export function contentLength(context: BuildContext): number {
  let padding = 0
  let next: Packet | null = null
  for (let inner = context.packet.payload; inner !== null; inner = inner.payload) {
    if (next === null && inner.layerName === context.packet.layerName) next = inner
    if (inner._layer.isPadding) padding += (inner._stored(0) as Uint8Array).length
  }
  return next === null ? context.payloadLength : context.payloadLength - (next.bytes().length - padding)
}

export const TLS = layer(
  'TLS',
  () => ({
    type: u8Enum(HANDSHAKE, CONTENT_TYPES),
    version: u16Enum(0x0303, TLS_VERSIONS)
      .hex()
      .about('TLS 1.3 writes TLS 1.2 here; the real one is in the hello messages.'),
    len: u16().auto(contentLength).about('Bytes of this record behind these five; it may go on in the next segment.'),
  }),
  'Record of TLS: its messages follow as layers, then the next record.',
  'RFC 8446 §5.1; RFC 5246 §6.2.1',
)
