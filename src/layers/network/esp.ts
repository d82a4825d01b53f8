/**
 * ESP, the IP Encapsulating Security Payload. RFC 4303 §2; in UDP: RFC 3948 §2.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                              spi                              |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                              seq                              |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                   encrypted payload …                         |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
import { behave, bind, type LayerReference, layer, u8, u32 } from '../../packet/index.js'
import { Raw } from '../raw.js'
import { UDP } from '../transport/udp.js'
import { bindTransport } from './next-header.js'

const PROTOCOL = 50
/** UDP encapsulation and key exchange behind it. RFC 3948 §2. */
const PORT = 4500
const KEEPALIVE = 0xff
/** Bytes of an ESP header. */
const HEADER = 8

export const ESP = layer(
  'ESP',
  () => ({ spi: u32(1).hex(), seq: u32(1) }),
  'IP Encapsulating Security Payload; what follows is encrypted.',
  'RFC 4303 §2; in UDP: RFC 3948',
)

export const NON_ESP = layer(
  'NON_ESP',
  () => ({ non_esp: u32().hex() }),
  'Four zeros where an ESP would have its spi: a message of the key exchange follows.',
  'RFC 3948 §2.2',
)

export const NAT_KEEPALIVE = layer(
  'NAT_KEEPALIVE',
  () => ({ nat_keepalive: u8(KEEPALIVE).hex() }),
  'One byte that keeps the way through NAT open.',
  'RFC 3948 §2.3',
)

/** What stands on the port is told by its first bytes. */
function refine(buffer: Uint8Array, start: number, end: number): LayerReference {
  if (end - start === 1 && buffer[start] === KEEPALIVE) return NAT_KEEPALIVE
  if (end - start < 4) return Raw
  const isMarker = (buffer[start]! | buffer[start + 1]! | buffer[start + 2]! | buffer[start + 3]!) === 0
  return isMarker ? NON_ESP : end - start >= HEADER ? ESP : Raw
}

behave(ESP, { summary: (me) => `ESP spi ${me.text('spi')} seq ${me.seq}` })
behave(NON_ESP, { refine, summary: () => 'NON_ESP' })
behave(NAT_KEEPALIVE, { summary: () => 'NAT_KEEPALIVE' })

bindTransport(PROTOCOL, ESP)
for (const each of [ESP, NAT_KEEPALIVE, NON_ESP]) {
  bind(UDP, each, { sport: PORT }, { build: false })
  bind(UDP, each, { dport: PORT })
}
