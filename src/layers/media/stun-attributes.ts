/** Attributes of STUN and TURN. RFC 8489 §14, RFC 8656 §18, RFC 8445 §16.1, RFC 5780 §7. IANA, "STUN Attributes". */
import {
  type AnyPacket,
  formatIpv4,
  formatIpv6,
  PacketError,
  parseIpv4,
  parseIpv6,
  printed,
} from '../../packet/index.js'
import { type TlvFormat, TlvListCodec } from '../transport/tlv-list.js'
import { anyBytes, anyText, bigNumber, listOf, numberOf, tupleOf, type ValueForm } from '../transport/tlv-values.js'

/** RFC 8489 §5. */
export const MAGIC_COOKIE = 0x2112a442

/** Families of addresses. RFC 8489 §14.1. */
const IPV4 = 1
const IPV6 = 2

/** What addresses are combined with: the cookie and the transaction identifier. RFC 8489 §14.2. */
function maskOf(packet: AnyPacket, isXor: boolean): Uint8Array {
  const mask = new Uint8Array(16)
  if (!isXor) return mask
  new DataView(mask.buffer).setUint32(0, packet.magic_cookie as number)
  mask.set((packet.raw('transaction_id') as Uint8Array).subarray(0, 12), 4)
  return mask
}

const ENDPOINT = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):(\d{1,5})$/

/** Address and port as text, `'192.0.2.1:3478'` or `'[2001:db8::1]:3478'`; with `isXor` hidden from address-changing middleboxes. */
function endpoint(isXor: boolean): ValueForm {
  return {
    read: (bytes, packet) => {
      const family = bytes[1]
      const size = family === IPV4 ? 4 : family === IPV6 ? 16 : -1
      if (bytes[0] !== 0 || bytes.length !== size + 4) return undefined
      const mask = maskOf(packet, isXor)
      const port = ((bytes[2]! ^ mask[0]!) << 8) | (bytes[3]! ^ mask[1]!)
      const address = bytes.subarray(4).map((byte, i) => byte ^ mask[i]!)
      if (family === IPV6) return `[${formatIpv6(address)}]:${port}`
      return `${formatIpv4(address.reduce((total, byte) => total * 256 + byte, 0))}:${port}`
    },
    write: (value, packet) => {
      const [, long, short, port] = ENDPOINT.exec(value as string)!
      const mask = maskOf(packet, isXor)
      const address = long === undefined ? ipv4Bytes(short!) : parseIpv6(long)!
      const bytes = new Uint8Array(4 + address.length)
      bytes[1] = long === undefined ? IPV4 : IPV6
      bytes[2] = (Number(port) >>> 8) ^ mask[0]!
      bytes[3] = (Number(port) & 255) ^ mask[1]!
      for (const [i, byte] of address.entries()) bytes[4 + i] = byte ^ mask[i]!
      return bytes
    },
    coerce: (value, where) => {
      const match = typeof value === 'string' ? ENDPOINT.exec(value) : null
      if (match !== null && Number(match[3]) <= 0xffff) {
        const [, long, short, port] = match
        if (long === undefined && parseIpv4(short!) >= 0) return `${short}:${Number(port)}`
        const address = long === undefined ? undefined : parseIpv6(long)
        if (address !== undefined) return `[${formatIpv6(address)}]:${Number(port)}`
      }
      throw new PacketError(
        `${where}: ${printed(value)} is no address with port such as '192.0.2.1:3478' or '[2001:db8::1]:3478'`,
      )
    },
  }
}

function ipv4Bytes(address: string): Uint8Array {
  const number = parseIpv4(address)
  return Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number)
}

/** Class and number of an error and its reason: `[401, 'Unauthorized']`. RFC 8489 §14.8. */
const errorCode: ValueForm = {
  read: (bytes, packet) => {
    if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || bytes[2]! > 7 || bytes[3]! > 99) return undefined
    const reason = anyText.read(bytes.subarray(4), packet)
    return reason === undefined ? undefined : [bytes[2]! * 100 + bytes[3]!, reason]
  },
  write: (value, packet) => {
    const [code, reason] = value as [number, string]
    return Uint8Array.from([0, 0, Math.floor(code / 100), code % 100, ...anyText.write(reason, packet)])
  },
  coerce: (value, where) => {
    const [code, reason = ''] = (Array.isArray(value) ? value : [value]) as [unknown, unknown]
    if (typeof code === 'number' && Number.isInteger(code) && code >= 0 && code <= 799 && typeof reason === 'string')
      return [code, reason]
    throw new PacketError(`${where}: ${printed(value)} is no error such as [401, 'Unauthorized']`)
  },
}

const u32 = numberOf(4)
/** Protocols for which an address is asked. */
const transport = tupleOf(numberOf(1, { 6: 'tcp', 17: 'udp' }), anyBytes)
const family = tupleOf(numberOf(1, { 1: 'ipv4', 2: 'ipv6' }), anyBytes)

/** The CRC is computed over the finished message. */
const fingerprint: ValueForm = { ...u32, sizeWhenUnset: 4 }

const kinds: TlvFormat['kinds'] = () => {
  const clear = endpoint(false)
  const hidden = endpoint(true)
  return {
    1: ['MAPPED-ADDRESS', clear],
    2: ['RESPONSE-ADDRESS', clear],
    3: ['CHANGE-REQUEST', u32],
    4: ['SOURCE-ADDRESS', clear],
    5: ['CHANGED-ADDRESS', clear],
    6: ['USERNAME', anyText],
    8: ['MESSAGE-INTEGRITY'],
    9: ['ERROR-CODE', errorCode],
    10: ['UNKNOWN-ATTRIBUTES', listOf(numberOf(2))],
    12: ['CHANNEL-NUMBER', tupleOf(numberOf(2), numberOf(2))],
    13: ['LIFETIME', u32],
    18: ['XOR-PEER-ADDRESS', hidden],
    19: ['DATA'],
    20: ['REALM', anyText],
    21: ['NONCE', anyText],
    22: ['XOR-RELAYED-ADDRESS', hidden],
    23: ['REQUESTED-ADDRESS-FAMILY', family],
    24: ['EVEN-PORT'],
    25: ['REQUESTED-TRANSPORT', transport],
    26: ['DONT-FRAGMENT'],
    27: ['ACCESS-TOKEN'],
    28: ['MESSAGE-INTEGRITY-SHA256'],
    29: ['PASSWORD-ALGORITHM', tupleOf(numberOf(2, { 1: 'md5', 2: 'sha256' }), anyBytes)],
    30: ['USERHASH'],
    32: ['XOR-MAPPED-ADDRESS', hidden],
    34: ['RESERVATION-TOKEN'],
    36: ['PRIORITY', u32],
    37: ['USE-CANDIDATE'],
    38: ['PADDING'],
    39: ['RESPONSE-PORT', tupleOf(numberOf(2), anyBytes)],
    42: ['CONNECTION-ID', u32],
    32768: ['ADDITIONAL-ADDRESS-FAMILY', family],
    32769: ['ADDRESS-ERROR-CODE'],
    32770: ['PASSWORD-ALGORITHMS'],
    32771: ['ALTERNATE-DOMAIN', anyText],
    32772: ['ICMP'],
    32802: ['SOFTWARE', anyText],
    32803: ['ALTERNATE-SERVER', clear],
    32805: ['TRANSACTION-TRANSMIT-COUNTER'],
    32807: ['CACHE-TIMEOUT', u32],
    32808: ['FINGERPRINT', fingerprint],
    32809: ['ICE-CONTROLLED', bigNumber],
    32810: ['ICE-CONTROLLING', bigNumber],
    32811: ['RESPONSE-ORIGIN', clear],
    32812: ['OTHER-ADDRESS', clear],
    32813: ['ECN-CHECK'],
    32814: ['THIRD-PARTY-AUTHORIZATION', anyText],
    32816: ['MOBILITY-TICKET'],
    49239: ['GOOG-NETWORK-INFO', tupleOf(numberOf(2), numberOf(2))],
  }
}

export const stunAttributes = new TlvListCodec({ kinds, lengthCounts: 'value' })
