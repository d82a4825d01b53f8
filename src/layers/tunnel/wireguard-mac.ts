/** The first signature of WireGuard's handshake, which shows that its sender knows the receiver's public key. */
import { type AnyPacket, Packet, PacketError, toHex } from '../../packet/index.js'
import { blake2s } from './wireguard-blake2s.js'

const LABEL = 'mac1----'
const KEY = 32
const MAC = 16
/** Both signatures stand at the end: neither is part of what the first one is made over. */
const BEHIND = 2 * MAC
/** Type and zeros, in front of the message. */
const HEAD = 4

/**
 * mac1 of an initiation or response to the owner of this public key, hexadecimal: `message.mac1 = wireguardMac1(message, key)`
 * sets it, comparing verifies it. "WireGuard: Next Generation Kernel Network Tunnel" §5.4.4.
 * @param packet an initiation or response, also inside other layers
 * @param publicKey of the receiver, in base64 as `wg` prints it, or 32 bytes
 * @throws PacketError for another packet or key
 */
export function wireguardMac1(packet: Packet, publicKey: string | Uint8Array): string {
  const message =
    packet instanceof Packet ? (packet.get('WireguardInitiation') ?? packet.get('WireguardResponse')) : undefined
  if (message === undefined)
    throw new PacketError(
      'wireguardMac1: give a packet with a WireguardInitiation or WireguardResponse; others have no mac1',
    )
  const bytes = new Uint8Array(HEAD + message.bytes().length)
  bytes[0] = message.layerName === 'WireguardInitiation' ? 1 : 2
  const reserved = message.under?.layerName === 'Wireguard' ? ((message.under as AnyPacket).reserved_zero as number) : 0
  bytes.set([reserved >>> 16, reserved >>> 8, reserved], 1)
  bytes.set(message.bytes(), HEAD)
  const key = blake2s(Buffer.concat([Buffer.from(LABEL), keyBytes(publicKey)]), KEY)
  return toHex(blake2s(bytes.subarray(0, bytes.length - BEHIND), MAC, key))
}

function keyBytes(publicKey: string | Uint8Array): Uint8Array {
  const isText = typeof publicKey === 'string' && /^[A-Za-z0-9+/]{43}=$/.test(publicKey.trim())
  const bytes = isText ? Buffer.from(publicKey, 'base64') : publicKey
  if (bytes instanceof Uint8Array && bytes.length === KEY) return bytes
  throw new PacketError(`wireguardMac1: a public key has ${KEY} bytes: 44 characters of base64, as wg pubkey prints it`)
}
