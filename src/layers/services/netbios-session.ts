/**
 * NetBIOS sessions: messages over TCP, each with its length in front. RFC 1002 §4.3; directly over TCP on port 445:
 * Microsoft, [MS-SMB2] §2.1.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+-----------------------------------------------+
 *   |     TYPE      |                    LENGTH                     |
 *   +---------------+-----------------------------------------------+
 */
import {
  type AnyPacket,
  type BuildContext,
  behave,
  bind,
  ipv4,
  type LayerReference,
  layer,
  type Packet,
  u8Enum,
  u16,
  u24,
} from '../../packet/index.js'
import { Raw } from '../raw.js'
import { TCP } from '../transport/tcp.js'
import { netbiosName } from './netbios-name.js'

const HEADER = 4
const SESSION_PORT = 139
const DIRECT_PORT = 445

/** RFC 1002 §4.3.1. */
const TYPES: Readonly<Record<number, string>> = {
  0x00: 'message',
  0x81: 'request',
  0x82: 'positive-response',
  0x83: 'negative-response',
  0x84: 'retarget-response',
  0x85: 'keepalive',
}
const MESSAGE = 0
const REQUEST = 0x81
const KEEPALIVE = 0x85

/** RFC 1002 §4.3.4. */
const ERRORS: Readonly<Record<number, string>> = {
  0x80: 'not-listening-on-called-name',
  0x81: 'not-listening-for-calling-name',
  0x82: 'called-name-not-present',
  0x83: 'insufficient-resources',
  0x8f: 'unspecified',
}

/** Bytes of the content of each type; a message may have any number. */
const LENGTHS: Readonly<Record<number, number>> = { [REQUEST]: 68, 0x82: 0, 0x83: 1, 0x84: 6, [KEEPALIVE]: 0 }

/** The next message behind this one, in a packet that is being made. */
function following(packet: Packet): Packet | null {
  for (let inner = packet.payload; inner !== null; inner = inner.payload)
    if (inner.layerName === 'NBTSession') return inner
  return null
}

/** How long messages were when their length was computed, for the messages in front of them in the same packet. */
const builtLengths = new WeakMap<Packet, number>()

/** Notes the length of the message being built, and gives that of the next one behind it (0 without one). */
export function lengthBehind(context: BuildContext, next: Packet | null, lengthField: string): number {
  builtLengths.set(context.packet, context.headerLength + context.payloadLength)
  if (next === null) return 0
  const index = next._layer.indexOf(lengthField)
  const isComputed = !next._isSet(index) && !next._isFromBytes(index)
  return (isComputed ? builtLengths.get(next) : undefined) ?? next.bytes().length
}

export const NBTSession = layer(
  'NBTSession',
  () => ({
    TYPE: u8Enum(MESSAGE, TYPES),
    LENGTH: u24()
      .auto((c) => c.headerLength - HEADER + c.payloadLength - lengthBehind(c, following(c.packet), 'LENGTH'))
      .about('Bytes behind this header; on port 139 at most 131071.'),
    called_name: netbiosName('*SMBSERVER<20>').when((me) => me.TYPE === REQUEST),
    calling_name: netbiosName('WORKGROUP<00>').when((me) => me.TYPE === REQUEST),
    error_code: u8Enum(0x8f, ERRORS).when((me) => me.TYPE === 0x83),
    retarget_ip: ipv4().when((me) => me.TYPE === 0x84),
    retarget_port: u16(SESSION_PORT).when((me) => me.TYPE === 0x84),
  }),
  'NetBIOS session: type and length of a message over TCP.',
  'RFC 1002 §4.3',
)

/** Whether a message starts here: a known type with a length that it may have, and of a message the start of SMB. */
function isStart(buffer: Uint8Array, start: number, end: number): boolean {
  if (end - start < HEADER) return false
  const type = buffer[start]!
  const length = (buffer[start + 1]! << 16) | (buffer[start + 2]! << 8) | buffer[start + 3]!
  if (type !== MESSAGE)
    return (
      LENGTHS[type] !== undefined &&
      buffer[start + 1] === 0 &&
      (type === REQUEST ? length >= 68 : length === LENGTHS[type])
    )
  // What is sent in several segments may start with its four bytes alone.
  if (end - start < HEADER + 4) return end - start === HEADER && buffer[start + 1]! < 2 && length >= 4
  const mark = buffer[start + HEADER]!
  return mark >= 0xfc && buffer[start + 5] === 0x53 && buffer[start + 6] === 0x4d && buffer[start + 7] === 0x42
}

/** Whether what stands behind this layer's content was dissected already. */
export function isPassed(me: AnyPacket): boolean {
  const stop = me._contentStop()
  for (let inner = me._payload; inner !== null && inner !== undefined; inner = inner._payload)
    if (inner._offset >= stop) return true
  return false
}

behave(NBTSession, {
  refine: (buffer, start, end) => (isStart(buffer, start, end) ? undefined : Raw),
  // A message that goes on in the next segment ends here with what is there.
  payloadLength: (me) => {
    const header = me._headerStop()
    return Math.max(0, Math.min((me.LENGTH as number) + HEADER - (header - me._offset), me._end - header))
  },
  payloadLengthField: 'LENGTH',
  trailer: (me) =>
    (isStart(me._buffer!, me._contentStop(), me._end) ? NBTSession : undefined) as LayerReference | undefined,
  summary: (me) => `NBTSession ${me.text('TYPE')}${me.TYPE === MESSAGE ? ` ${me.LENGTH ?? 'auto'} bytes` : ''}`,
  answers: (me, request) => answersMessage(me, request),
})

function answersMessage(me: AnyPacket, request: AnyPacket): boolean {
  if (request.layerName !== 'NBTSession') return false
  if (request.TYPE === REQUEST) return me.TYPE > REQUEST && me.TYPE < KEEPALIVE
  return (
    me.TYPE === MESSAGE &&
    request.TYPE === MESSAGE &&
    me.payload !== null &&
    request.payload !== null &&
    sameExchange(me.payload, request.payload)
  )
}

const sameExchange = (me: Packet, request: Packet): boolean =>
  me._layer.behaviour.answers?.(me as AnyPacket, request as AnyPacket) === true

for (const port of [SESSION_PORT, DIRECT_PORT]) {
  bind(TCP, NBTSession, { sport: port }, { build: false })
  bind(TCP, NBTSession, { dport: port })
}
