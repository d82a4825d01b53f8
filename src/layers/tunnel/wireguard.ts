/**
 * WireGuard: four kinds of messages, all numbers little-endian. J. A. Donenfeld, "WireGuard: Next Generation Kernel Network
 * Tunnel" (wireguard.com/papers/wireguard.pdf) §5.4.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+-----------------------------------------------+
 *   | message_type  |                 reserved_zero                 |
 *   +---------------+-----------------------------------------------+
 *   |                 sender_index: initiation, response            |
 *   +---------------------------------------------------------------+
 *   |             receiver_index: all but the initiation            |
 *   +---------------------------------------------------------------+
 *   |    keys and ciphertext, as the kind of message has them       |
 *   +---------------------------------------------------------------+
 *   |               mac1 (16 bytes): initiation, response           |
 *   +---------------------------------------------------------------+
 *   |               mac2 (16 bytes): initiation, response           |
 *   +---------------------------------------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bind,
  bytes,
  layer,
  type Packet,
  recognize,
  u8Enum,
  u24,
  u32le,
  u64le,
} from '../../packet/index.js'
import { Raw } from '../raw.js'
import { UDP } from '../transport/udp.js'
import { hexBytes } from './hex-bytes.js'

/** The port that examples use; WireGuard has none of its own. */
const PORT = 51820

const MESSAGE_TYPES: Readonly<Record<number, string>> = {
  1: 'initiation',
  2: 'response',
  3: 'cookie reply',
  4: 'transport data',
}

const KEY = 32
const MAC = 16
/** Bytes of a message, its type included; transport data has any length from that of an empty packet on. */
const SIZES: Readonly<Record<number, number>> = { 1: 148, 2: 92, 3: 64 }
const SMALLEST_DATA = 32

const AUTHORITY = 'WireGuard: Next Generation Kernel Network Tunnel'

export const Wireguard = layer(
  'Wireguard',
  () => ({
    message_type: u8Enum(1, MESSAGE_TYPES),
    reserved_zero: u24(),
  }),
  'WireGuard message: its type; the message follows.',
  `${AUTHORITY} §5.4`,
)

export const WireguardInitiation = layer(
  'WireguardInitiation',
  () => ({
    sender_index: u32le().hex().about("The sender's number for this session."),
    unencrypted_ephemeral: hexBytes(KEY).about('Public key of this handshake, hexadecimal.'),
    encrypted_static: bytes(KEY + MAC).about("The sender's public key, encrypted."),
    encrypted_timestamp: bytes(12 + MAC).about('Time of the handshake (TAI64N), encrypted.'),
    mac1: hexBytes(MAC).about("Made with the receiver's public key: wireguardMac1() computes it."),
    mac2: hexBytes(MAC).about('Made with a cookie; zeros without one.'),
  }),
  'Begins a WireGuard session.',
  `${AUTHORITY} §5.4.2`,
)

export const WireguardResponse = layer(
  'WireguardResponse',
  () => ({
    sender_index: u32le().hex().about("The sender's number for this session."),
    receiver_index: u32le().hex().about("The receiver's number: sender_index of the initiation."),
    unencrypted_ephemeral: hexBytes(KEY).about('Public key of this handshake, hexadecimal.'),
    encrypted_nothing: bytes(MAC).about('Nothing, encrypted: only its tag.'),
    mac1: hexBytes(MAC).about("Made with the receiver's public key: wireguardMac1() computes it."),
    mac2: hexBytes(MAC).about('Made with a cookie; zeros without one.'),
  }),
  'Answers a WireGuard initiation.',
  `${AUTHORITY} §5.4.3`,
)

export const WireguardTransport = layer(
  'WireguardTransport',
  () => ({
    receiver_index: u32le().hex().about("The receiver's number for this session."),
    counter: u64le().about('Number of the packet, from 0.'),
    encrypted_encapsulated_packet: bytes().about(
      'Packet, filled up to 16 bytes, encrypted; 16 bytes of tag alone keep alive.',
    ),
  }),
  'A packet in a WireGuard tunnel.',
  `${AUTHORITY} §5.4.6`,
)

export const WireguardCookieReply = layer(
  'WireguardCookieReply',
  () => ({
    receiver_index: u32le().hex().about('sender_index of the message that it is for.'),
    nonce: bytes(24),
    encrypted_cookie: bytes(MAC + MAC),
  }),
  'Says under load: ask again, with this cookie in mac2.',
  `${AUTHORITY} §5.4.7`,
)

const hex = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`

/** Bytes of a tunnelled packet, filled up. */
const tunnelled = (me: AnyPacket): number => (me.encrypted_encapsulated_packet as Uint8Array).length - MAC

behave(Wireguard, {
  summary: (me) => `Wireguard ${me.text('message_type')}`,
  refine: (buffer, start, end) => (isMessage(buffer, start, end) ? undefined : Raw),
  // The messages of both sides are of different types: which of them answers which, they say themselves.
  answers: (me, request) => me._layer === request._layer && answersMessage(me.payload, request.payload),
  hash: () => '',
})
behave(WireguardInitiation, { summary: (me) => `WireguardInitiation from ${hex(me.sender_index)}` })
behave(WireguardResponse, {
  summary: (me) => `WireguardResponse from ${hex(me.sender_index)} to ${hex(me.receiver_index)}`,
})
behave(WireguardCookieReply, { summary: (me) => `WireguardCookieReply to ${hex(me.receiver_index)}` })
behave(WireguardTransport, {
  summary: (me) =>
    `WireguardTransport to ${hex(me.receiver_index)} packet ${me.counter}${tunnelled(me) <= 0 ? ' keepalive' : ` ${tunnelled(me)} bytes`}`,
})

/** A response or a cookie answers what has its receiver's index; tunnelled packets do not tell. */
function answersMessage(reply: Packet | null, request: Packet | null): boolean {
  if (reply === null || request === null) return false
  const kind = reply.layerName
  if (kind === 'WireguardResponse' && request.layerName !== 'WireguardInitiation') return false
  if (kind !== 'WireguardResponse' && kind !== 'WireguardCookieReply') return false
  return (reply as AnyPacket).receiver_index === (request as AnyPacket).sender_index
}

/** Whether these bytes are a message: its type, the zeros behind it, and the length that its type has. */
function isMessage(buffer: Uint8Array, start: number, end: number): boolean {
  const length = end - start
  if (length < SMALLEST_DATA) return false
  const type = buffer[start]!
  if (type < 1 || type > 4 || (buffer[start + 1]! | buffer[start + 2]! | buffer[start + 3]!) !== 0) return false
  return type === 4 || length === SIZES[type]
}

/** On ports of others only what is certain: handshakes, by their lengths. */
const isHandshake = (buffer: Uint8Array, start: number, end: number): boolean =>
  (end - start === SIZES[1] || end - start === SIZES[2]) && isMessage(buffer, start, end)

bind(Wireguard, WireguardInitiation, { message_type: 1 })
bind(Wireguard, WireguardResponse, { message_type: 2 })
bind(Wireguard, WireguardCookieReply, { message_type: 3 })
bind(Wireguard, WireguardTransport, { message_type: 4 })
bind(UDP, Wireguard, { sport: PORT }, { build: false })
bind(UDP, Wireguard, { dport: PORT })
recognize(UDP, Wireguard, isHandshake, [1, 4])
