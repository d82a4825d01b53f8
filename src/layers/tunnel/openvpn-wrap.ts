/** Putting control packets of OpenVPN under a key, and taking them out again. */
import { type AnyPacket, Packet, PacketError } from '../../packet/index.js'
import { OpenVPN } from './openvpn.js'
import { OpenvpnKey, openvpnKeys } from './openvpn-key.js'
import { CLIENT_RESET, CLIENT_RESET_WITH_KEY, carriesKey, HEAD, isControl, OPENVPN_OPCODES } from './openvpn-opcodes.js'
import { isWhole } from './openvpn-places.js'
import { rememberShape } from './openvpn-shape.js'

/** Options of `openvpnWrap`. */
export interface OpenvpnWrapOptions {
  /** Number of the packet, against replays: each packet of a session has a higher one. Default 1. */
  packetId?: number
  /** Seconds since 1970, the same in all packets of a session. Default: now. */
  time?: number
}

const LARGEST = 0xffffffff

/**
 * The packet with its OpenVPN layers signed (tls-auth) or signed and encrypted (tls-crypt) with the key. With a client's
 * key of tls-crypt-v2, HARD_RESET_CLIENT_V2 becomes HARD_RESET_CLIENT_V3 and carries the wrapped key.
 * @throws PacketError for a packet that has no plain control packet of OpenVPN
 */
export function openvpnWrap<P extends Packet>(packet: P, key: OpenvpnKey, options: OpenvpnWrapOptions = {}): P {
  const { packetId = 1, time = Math.floor(Date.now() / 1000), ...others } = options
  for (const name of Object.keys(others))
    throw new PacketError(`openvpnWrap: no option '${name}'; its options are packetId, time`)
  if (!(key instanceof OpenvpnKey)) throw new PacketError("openvpnWrap: give a key of openvpnKey('ta.key', {mode})")
  if (!key.canWrap)
    throw new PacketError("openvpnWrap: the server's key of tls-crypt-v2 only reads packets; give a client's key")
  for (const [name, value] of Object.entries({ packetId, time }))
    if (!(Number.isInteger(value) && value >= 0 && value <= LARGEST))
      throw new PacketError(`openvpnWrap: ${name} is a whole number, 0..${LARGEST}`)
  let number = packetId
  return withMessages('openvpnWrap', packet, (message) => wrapped(message, key, number++, time))
}

/**
 * The packet with its OpenVPN layers as they are without protection: signatures verified, content decrypted. Made by either
 * side. Without a key, those of `useOpenvpnKey` are tried.
 * @throws PacketError when no key fits, and for a packet that has no control packet of OpenVPN
 */
export function openvpnUnwrap<P extends Packet>(packet: P, key?: OpenvpnKey): P {
  const keys = key === undefined ? openvpnKeys() : [key]
  if (keys.some((each) => !(each instanceof OpenvpnKey)))
    throw new PacketError("openvpnUnwrap: give a key of openvpnKey('ta.key', {mode})")
  if (keys.length === 0) throw new PacketError('openvpnUnwrap: give a key, or name one with useOpenvpnKey(key) before')
  return withMessages('openvpnUnwrap', packet, (message) => unwrapped(message, keys))
}

/** The bytes of one OpenVPN packet alone: without the length of TCP, and without what stands behind it. */
function bytesOf(message: AnyPacket): Uint8Array {
  const alone = message.copy() as AnyPacket
  if (alone.payload?._layer === alone._layer) {
    // Alone, what it carries is its payload.
    const data = message.data as Uint8Array
    alone.payload = message.wkc === undefined ? data : null
  }
  return alone.bytes()
}

function wrapped(message: AnyPacket, key: OpenvpnKey, packetId: number, time: number): Uint8Array {
  const opcode = message.opcode as number
  if (message.protection !== 'plain')
    throw new PacketError(`openvpnWrap: the OpenVPN packet is not plain (${message.protection}); unwrap it before`)
  const bytes = bytesOf(message)
  const head = bytes.slice(0, HEAD)
  const { wkc } = message as { wkc?: Uint8Array }
  const keyBytes = wkc === undefined ? 0 : wkc.length + 2
  const content = bytes.subarray(HEAD, bytes.length - keyBytes)
  if (key.wrapped !== undefined && opcode === CLIENT_RESET) head[0] = (CLIENT_RESET_WITH_KEY << 3) | (head[0]! & 7)
  const made = key.wrap(head, content, packetId, time)
  const trailer = carriesKey(head[0]! >>> 3) ? (key.wrapped ?? bytes.subarray(bytes.length - keyBytes)) : []
  return remembered(Buffer.concat([made, Uint8Array.from(trailer)]), key)
}

const remembered = (bytes: Uint8Array, { mode, hmacLength }: OpenvpnKey): Uint8Array =>
  mode === 'tls-auth' ? rememberShape(bytes, 'tls-auth', hmacLength) : rememberShape(bytes, 'tls-crypt')

function unwrapped(message: AnyPacket, keys: readonly OpenvpnKey[]): Uint8Array {
  if (!isWhole(message))
    throw new PacketError(
      'openvpnUnwrap: the OpenVPN packet goes on in the next segment; its signature is over all of it',
    )
  const bytes = bytesOf(message)
  for (const key of keys) {
    const found = key.unwrap(bytes)
    if (found === undefined) continue
    return rememberShape(Buffer.concat([found.head, found.content, found.wrapped]), 'plain')
  }
  const names = keys.map(String).join(', ')
  const one = keys.length === 1
  throw new PacketError(
    `openvpnUnwrap: the signature of the ${OPENVPN_OPCODES[message.opcode]} packet does not fit ${names}: ${one ? 'another key, digest or mode, ' : ''}or the packet was changed on its way${message.protection === 'plain' ? ' (it looks plain)' : ''}`,
  )
}

/** A copy of the packet in which other bytes stand for each OpenVPN layer. */
function withMessages<P extends Packet>(name: string, packet: P, bytesFor: (message: AnyPacket) => Uint8Array): P {
  if (!(packet instanceof Packet)) throw new PacketError(`${name}: give a packet that has an OpenVPN layer`)
  const root = packet.copy()
  const first = root.get(OpenVPN) as AnyPacket | undefined
  if (first === undefined) throw new PacketError(`${name}: the packet has no OpenVPN layer: ${packet.summary()}`)
  const messages: AnyPacket[] = []
  for (let next: Packet | null = first; next !== null && next._layer === first._layer; next = next.payload)
    messages.push(next as AnyPacket)
  for (const { opcode } of messages)
    if (!isControl(opcode as number))
      throw new PacketError(
        `${name}: ${OPENVPN_OPCODES[opcode as number] ?? `opcode ${opcode}`} is no control packet; no key file protects it`,
      )
  const made = messages.map((message) => OpenVPN(bytesFor(message)) as AnyPacket)
  // All that is in them, before they stand in a packet with bytes of its own.
  for (const each of made) each.layers()
  const { under } = first
  if (under === null) return made[0] as unknown as P
  made.reduce((holder: Packet, each, i) => {
    holder.append(each)
    if (i < made.length - 1 && each.wkc === undefined) {
      const content = each.payload?.bytes() ?? new Uint8Array(0)
      each.payload = null
      each.data = content
    }
    return each
  }, under)
  // Lengths and checksums that were read are those of the packet before.
  for (let outer: Packet | null = root; outer !== null && outer !== made[0]; outer = outer.payload)
    for (const { index } of outer._layer.automatic) if (outer._isFromBytes(index)) outer._write(index, undefined)
  return root
}
