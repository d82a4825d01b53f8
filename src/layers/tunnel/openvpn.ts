/**
 * OpenVPN: opcode and key number in front of every packet, over TCP a length before them; then what the opcode calls for.
 * openvpn.net, "OpenVPN Network Protocol Security"; draft-ietf-openvpn-wire-protocol; OpenVPN's ssl_pkt.h, tls_crypt.h.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------+-----+-----------------------------------------------+
 *   | opcode  |keyid|             peerid (only DATA_V2)             |
 *   +---------+-----+-----------------------------------------------+
 *   |             sessionid (8 bytes): control packets              |
 *   +---------------------------------------------------------------+
 *   |        hmac (16 to 64 bytes, by the digest): tls-auth         |
 *   +---------------------------------------------------------------+
 *   |                 packetid: tls-auth, tls-crypt                 |
 *   +---------------------------------------------------------------+
 *   |                 nettime: tls-auth, tls-crypt                  |
 *   +---------------------------------------------------------------+
 *   |       tag (32 bytes): tls-crypt, what follows is encrypted    |
 *   +---------------+-----------------------------------------------+
 *   |   ackcount    |                   acks (4 bytes each)         |
 *   +---------------+-----------------------------------------------+
 *   |     remotesessionid (8 bytes): where there are acks           |
 *   +---------------------------------------------------------------+
 *   |                  messageid: all but ACK_V1                    |
 *   +---------------------------------------------------------------+
 *   |        payload; the wrapped key (tls-crypt-v2) behind it      |
 *   +---------------------------------------------------------------+
 */
import {
  type AnyPacket,
  type BuildContext,
  behave,
  bind,
  bits,
  bitsEnum,
  bytes,
  LayerDefinition,
  type LayerReference,
  layer,
  layerByName,
  list,
  recognize,
  u8,
  u16,
  u24,
  u32,
} from '../../packet/index.js'
import { Raw } from '../raw.js'
import { TCP } from '../transport/tcp.js'
import { UDP } from '../transport/udp.js'
import { hexBytes } from './hex-bytes.js'
import {
  ACK,
  carriesKey,
  DATA_V2,
  isClientReset,
  isControl,
  isServerReset,
  OPENVPN_OPCODES,
  SESSION_BYTES,
  TAG,
} from './openvpn-opcodes.js'
import { isFollowed, LENGTH, overTcp, placesOf } from './openvpn-places.js'
import { protection } from './openvpn-protection.js'
import { isReset, looksLikePacket, looksLikeStream } from './openvpn-shape.js'

const PORT = 1194

/** A session id that a server takes: zero is none. */
const SESSION = '78dd5d8aa7d1c938'

const control = (me: AnyPacket): boolean => isControl(me.opcode as number)
const isSigned = (me: AnyPacket): boolean => control(me) && me.protection === 'tls-auth'
const isEncrypted = (me: AnyPacket): boolean => control(me) && me.protection === 'tls-crypt'
const isClear = (me: AnyPacket): boolean => control(me) && (me.protection === 'plain' || me.protection === 'tls-auth')

/** Whether a wrapped key stands at the end: of a packet that is built, where it was given. */
function hasWrappedKey(me: AnyPacket): boolean {
  if (!carriesKey(me.opcode as number) || me.protection === 'protected') return false
  if (me._buffer === null) return me._isSet(me._layer.indexOf('wkc'))
  const { contentEnd, end } = placesOf(me)
  return contentEnd < end
}

/** Bytes of content that are a field, because something of OpenVPN's stands behind them. */
function dataLength(me: AnyPacket): number {
  const found = placesOf(me)
  const { content, contentEnd, end } = found
  return contentEnd < end || isFollowed(me, found) ? contentEnd - content : 0
}

/** Bytes of the packet; another message behind it counts for itself. */
function lengthOf(context: BuildContext): number {
  const isLast = context.packet.payload?._layer !== context.packet._layer
  return context.headerLength - LENGTH + (isLast ? context.payloadLength : 0)
}

export const OpenVPN = layer(
  'OpenVPN',
  () => ({
    length: u16().auto(lengthOf).when(overTcp).about('Bytes behind it; only over TCP.'),
    opcode: bitsEnum(5, 7, OPENVPN_OPCODES),
    keyid: bits(3).about('Number of the TLS session, 0 for the first one; it goes up with each new negotiation.'),
    peerid: u24()
      .when((me) => me.opcode === DATA_V2)
      .about('Number of the client, given by the server.'),
    sessionid: hexBytes(SESSION_BYTES)
      .default(SESSION)
      .when(control)
      .about('Number of the sender’s session, hexadecimal. A server takes no zeros.'),
    protection: protection((me) => placesOf(me).shape.protection)
      .default('plain')
      .when(control)
      .about('How the packet is protected. It takes no bytes: it is found out, for certain with useOpenvpnKey().'),
    hmac: hexBytes((me) => placesOf(me).shape.hmacLength)
      .when(isSigned)
      .about('Signature of tls-auth, hexadecimal: openvpnWrap() computes it.'),
    packetid: u32(1)
      .when((me) => isSigned(me) || isEncrypted(me))
      .about('Number of the packet, against replays.'),
    nettime: u32()
      .when((me) => isSigned(me) || isEncrypted(me))
      .about('Seconds since 1970 when the sender’s session began.'),
    tag: hexBytes(TAG).when(isEncrypted).about('Signature of tls-crypt, hexadecimal; encryption begins with it.'),
    ackcount: u8().countOf('acks').when(isClear),
    acks: list(u32(), { count: 'ackcount' }).when(isClear).about('Ids of the messages that have arrived.'),
    remotesessionid: hexBytes(SESSION_BYTES)
      .when((me) => isClear(me) && (me.acks as number[]).length > 0)
      .about('Number of the session that the acks are of: the receiver’s.'),
    messageid: u32()
      .when((me) => isClear(me) && me.opcode !== ACK)
      .about('Number of this message, from 0.'),
    data: bytes(dataLength)
      .when((me) => overTcp(me) || hasWrappedKey(me))
      .about(
        'What the packet carries, where a wrapped key or another packet stands behind it; else that is its payload.',
      ),
    wkc: bytes((me) => placesOf(me).end - placesOf(me).contentEnd - 2)
      .when(hasWrappedKey)
      .about("The client's key, wrapped with the server's (tls-crypt-v2)."),
    wkclength: u16()
      .auto((c) => c.fieldLength('wkc') + 2)
      .when(hasWrappedKey)
      .about('Bytes of the wrapped key, this length included.'),
  }),
  'OpenVPN packet: opcode, key number, and what the opcode calls for; TLS or tunnelled data is its payload.',
  'openvpn.net: OpenVPN Network Protocol Security; draft-ietf-openvpn-wire-protocol',
)

/** Whether a TLS record begins here. */
function isTls(buffer: Uint8Array, at: number, end: number): boolean {
  return end - at >= 3 && buffer[at]! >= 0x14 && buffer[at]! <= 0x17 && buffer[at + 1] === 3 && buffer[at + 2]! <= 4
}

/** The layer of a clear content, or undefined where it is bytes. */
function contentLayer(buffer: Uint8Array, at: number, end: number): LayerReference | undefined {
  return isTls(buffer, at, end) ? layerByName('TLS') : undefined
}

/** What a control packet says besides its kind. */
function controlText(me: AnyPacket): string {
  const { protection } = me
  const mode = protection === 'plain' ? '' : ` (${protection})`
  if (!isClear(me)) return ` session ${me.sessionid}${mode}`
  const acks = me.acks as number[] | undefined
  const message = me.messageid === undefined ? '' : ` message ${me.messageid}`
  const acknowledged = acks === undefined || acks.length === 0 ? '' : ` acks ${acks.join(',')}`
  return ` session ${me.sessionid}${message}${acknowledged}${mode}`
}

behave(OpenVPN, {
  headerLength(me) {
    const found = placesOf(me)
    const { content, contentEnd, end } = found
    return (contentEnd < end || isFollowed(me, found) ? end : content) - me._offset
  },
  guess(me) {
    // A packet that was built has no places.
    if (me._buffer === null) return undefined
    const found = placesOf(me)
    if (isFollowed(me, found)) return IN_STREAM
    return isClear(me) ? contentLayer(me._buffer, found.content, found.end) : undefined
  },
  summary: (me) => `OpenVPN ${me.text('opcode')} keyid:${me.keyid}${control(me) ? controlText(me) : peerText(me)}`,
  answers: (me, request) => me._layer === request._layer && answersControl(me, request),
  hash: () => '',
})

const peerText = (me: AnyPacket): string => (me.peerid === undefined ? '' : ` peer:${me.peerid}`)

/**
 * What acknowledges a message answers it. Where acknowledgements are encrypted, a server's first packet answers a client's;
 * and what comes back as it was sent is an answer too, of an echo service.
 */
function answersControl(me: AnyPacket, request: AnyPacket): boolean {
  if (!control(me) || !control(request)) return false
  if (me.sessionid === request.sessionid) return me.opcode === request.opcode
  if (isClear(me) && isClear(request))
    return (
      me.remotesessionid === request.sessionid &&
      request.messageid !== undefined &&
      (me.acks as number[]).includes(request.messageid as number)
    )
  return isServerReset(me.opcode as number) && isClientReset(request.opcode as number)
}

/** Chooses between OpenVPN and bytes: a transport has only OpenVPN's port, and its segments begin anywhere in the stream. */
function chooser(fits: (buffer: Uint8Array, start: number, end: number) => boolean): LayerDefinition {
  const definition = new LayerDefinition('OpenVPN', {}, '')
  definition.behaviour.refine = (buffer, start, end) => (fits(buffer, start, end) ? OpenVPN : Raw)
  return definition
}

const IN_STREAM = chooser(looksLikeStream)
behave(OpenVPN, {
  refine: (buffer, start, end) => (looksLikePacket(buffer, start, end) ? undefined : Raw),
})

bind(UDP, OpenVPN, { sport: PORT }, { build: false })
bind(UDP, OpenVPN, { dport: PORT })
bind(TCP, OpenVPN, { dport: PORT })
bind(TCP, IN_STREAM, { sport: PORT }, { build: false })
bind(TCP, IN_STREAM, { dport: PORT }, { build: false })
recognize(UDP, OpenVPN, isReset)
recognize(TCP, IN_STREAM, (buffer, start, end) => {
  const length = end - start - LENGTH
  return (
    length > 0 &&
    buffer[start] === length >>> 8 &&
    buffer[start + 1] === (length & 0xff) &&
    isReset(buffer, start + LENGTH, end)
  )
})
