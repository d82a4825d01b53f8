/**
 * The first message of SSL 2.0, which clients of TLS sent for years. RFC 5246 appendix E.2; RFC 6176.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-----------------------------+---------------+---------------+
 *   |1|             len             |    msgtype    |   version …   |
 *   +-+-----------------------------+---------------+---------------+
 *   |   … version   |          cipherslen           |   sidlen …    |
 *   +---------------+-------------------------------+---------------+
 *   |   … sidlen    |         challengelen          | ciphers, sid, challenge …
 *   +---------------+-------------------------------+----------------
 */
import { behave, bits, bytes, layer, list, recognize, u8Enum, u16, u16Enum, u24 } from '../../packet/index.js'
import { TCP } from '../transport/tcp.js'
import { cipherSuites } from './tls-cipher-suites.js'
import { u16At } from './tls-message.js'
import { TLS_VERSIONS } from './tls-numbers.js'

const HEADER = 11

/** Ciphers of SSL 2.0 itself; those of TLS have a zero before their number. */
const SSL2_CIPHERS: Readonly<Record<number, string>> = {
  0x010080: 'SSL2_RC4_128_WITH_MD5',
  0x020080: 'SSL2_RC4_128_EXPORT40_WITH_MD5',
  0x030080: 'SSL2_RC2_128_CBC_WITH_MD5',
  0x040080: 'SSL2_RC2_128_CBC_EXPORT40_WITH_MD5',
  0x050080: 'SSL2_IDEA_128_CBC_WITH_MD5',
  0x060040: 'SSL2_DES_64_CBC_WITH_MD5',
  0x0700c0: 'SSL2_DES_192_EDE3_CBC_WITH_MD5',
}

export const SSLv2ClientHello = layer(
  'SSLv2ClientHello',
  () => ({
    form: bits(1, 1).about('1: the length has two bytes, and nothing is padded.'),
    len: bits(15).auto((c) => c.headerLength - 2),
    msgtype: u8Enum(1, { 1: 'client_hello' }),
    version: u16Enum(0x0301, TLS_VERSIONS).hex().about('The highest that the client speaks.'),
    cipherslen: u16().lengthOf('ciphers'),
    sidlen: u16().lengthOf('sid'),
    challengelen: u16().lengthOf('challenge'),
    ciphers: list(u24().names({ ...cipherSuites(), ...SSL2_CIPHERS }), { length: 'cipherslen' }).default([
      0x2f, 0x35, 0x0a,
    ]),
    sid: bytes('sidlen'),
    challenge: bytes('challengelen').default(new Uint8Array(32)),
  }),
  'What a client offers in the way of SSL 2.0, often to go on with TLS.',
  'RFC 5246 appendix E.2',
)

/** Whether such a message stands here: a version that exists, and lengths that come out even. */
function isHello(buffer: Uint8Array, start: number, end: number): boolean {
  if (buffer[start]! < 128 || end - start < HEADER || buffer[start + 2] !== 1) return false
  const version = u16At(buffer, start + 3)
  if (version !== 2 && !(version >= 0x0300 && version <= 0x0303)) return false
  const ciphers = u16At(buffer, start + 5)
  const sid = u16At(buffer, start + 7)
  const challenge = u16At(buffer, start + 9)
  if (ciphers === 0 || ciphers % 3 !== 0 || (sid !== 0 && sid !== 16) || challenge < 16 || challenge > 32) return false
  const length = u16At(buffer, start) & 0x7fff
  return length === HEADER - 2 + ciphers + sid + challenge && start + 2 + length <= end
}

behave(SSLv2ClientHello, {
  headerLength: (me) => 2 + (me.raw('len') as number),
  headerLengthField: 'len',
  summary: (me) => `SSLv2ClientHello ${me.text('version')}`,
})

recognize(TCP, SSLv2ClientHello, isHello, [128, 255])

export { isHello as isSslv2Hello }
