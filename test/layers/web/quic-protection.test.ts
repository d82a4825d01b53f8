/** The packets of RFC 9001 appendix A and RFC 9369 appendix A, to the bit. */
import { expect, test } from 'vitest'
import '../../../src/layers/index.js'
import {
  ja4,
  openInitial,
  QUIC_1RTT,
  QUIC_CRYPTO,
  QUIC_Initial,
  QUIC_PADDING,
  QUIC_Retry,
  TLSClientHello,
  verifyRetry,
} from '../../../src/layers/web/index.js'
import { initialKeys, VERSION_1, VERSION_2 } from '../../../src/layers/web/quic-protection.js'
import { dissect, fromHex, toHex } from '../../../src/packet/index.js'
import { vectorsOf } from '../vectors.js'

const DCID = fromHex('8394c8f03e515708')
const SCID = fromHex('f067a5502a4262b5')
const hexOf = (name: string): string => vectorsOf('quic').find((vector) => vector.name === name)!.hex

const CRYPTO = fromHex(
  '010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c00000413011302010000c000000010000e00000b6578' +
    '616d706c652e636f6dff01000100000a00080006001d0017001800100007000504616c706e000500050100000000003300260024001d00209370b2c9' +
    'caa47fbabaf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b0003020304000d0010000e0403050306030203080408050806002d000201' +
    '01001c00024001003900320408ffffffffffffffff05048000ffff07048000ffff0801100104800075300901100f088394c8f03e51570806048000ffff',
)

test.each([
  [
    VERSION_1,
    ['1f369613dd76d5467730efcbe3b1a22d', 'fa044b2f42a3fd3b46fb255c', '9f50449e04a0e810283a1e9933adedd2'],
    ['cf3a5331653c364c88f0f379b6067e37', '0ac1493ca1905853b0bba03e', 'c206b8d9b9f0f37644430b490eeaa314'],
  ],
  [
    VERSION_2,
    ['8b1a0bc121284290a29e0971b5cd045d', '91f73e2351d8fa91660e909f', '45b95e15235d6f45a6b19cbcb0294ba9'],
    ['82db637861d55e1d011f19ea71d5d2a7', 'dd13c276499c0249d3310652', 'edf6d05c83121201b436e16877593c3a'],
  ],
])('keys of version %i', (version, client, server) => {
  for (const [side, expected] of [
    ['client', client],
    ['server', server],
  ] as const) {
    const [keys] = initialKeys(version, DCID, side)
    expect([keys!.key, keys!.iv, keys!.hp].map((bytes) => toHex(bytes))).toEqual(expected)
  }
  expect(initialKeys(0x12345678, DCID, 'client')).toEqual([])
})

test.each([
  [VERSION_1, 'RFC 9001 appendix A.2'],
  [VERSION_2, 'RFC 9369 appendix A.2'],
])('a client packet of version %i is read and built', (version, name) => {
  const hex = hexOf(name)
  const packet = dissect(QUIC_Initial, fromHex(hex))
  expect(packet.PacketNumber).toBe(2)
  expect(packet.PacketNumberLen).toBe(4)
  expect(packet.frames.map((frame) => frame.summary())).toEqual(['CRYPTO 0 to 241', 'PADDING 917'])
  expect(packet.messages.map((message) => message.summary())).toEqual(['TLSClientHello TLS 1.3 example.com alpn'])
  const built = QUIC_Initial({
    Version: version,
    DstConnID: DCID,
    PacketNumberLen: 4,
    PacketNumber: 2,
    frames: [QUIC_CRYPTO({ Data: CRYPTO }), QUIC_PADDING({ zeros: 917 })],
  })
  expect(built.hex()).toBe(hex)
  // The message alone is sent in a packet that fills a datagram: as in the examples.
  const short = QUIC_Initial({
    Version: version,
    DstConnID: DCID,
    PacketNumberLen: 4,
    PacketNumber: 2,
    messages: [TLSClientHello(CRYPTO)],
  })
  expect(short.hex()).toBe(hex)
  packet.PacketNumber = 3
  const changed = dissect(QUIC_Initial, packet.bytes())
  expect(changed.PacketNumber).toBe(3)
  expect(changed.messages).toHaveLength(1)
  expect(ja4(changed)).toMatch(/^q13d0211an_/)
})

test.each(['RFC 9001 appendix A.3', 'RFC 9369 appendix A.3'])(
  'a server packet needs the first id of the client: %s',
  (name) => {
    const packet = dissect(QUIC_Initial, fromHex(hexOf(name)))
    expect(packet.frames).toEqual([])
    expect(packet.load).toHaveLength(117)
    expect(openInitial(packet)).toBeUndefined()
    expect(openInitial(packet, SCID)).toBeUndefined()
    const content = openInitial(packet, DCID)!
    expect(content.packetNumber).toBe(1)
    expect(content.frames.map((frame) => frame.summary())).toEqual(['ACK 0', 'CRYPTO 0 to 90'])
    expect(content.messages.map((message) => message.summary())).toEqual([
      'TLSServerHello TLS 1.3 TLS_AES_128_GCM_SHA256',
    ])
  },
)

test.each(['RFC 9001 appendix A.4', 'RFC 9369 appendix A.4'])('the tag of a Retry packet: %s', (name) => {
  const packet = dissect(QUIC_Retry, fromHex(hexOf(name)))
  expect(toHex(packet.Token)).toBe(toHex(Buffer.from('token')))
  expect(verifyRetry(packet, DCID)).toBe(true)
  expect(verifyRetry(packet, SCID)).toBe(false)
})

test('a changed bit makes a packet unreadable, not wrong', () => {
  const bytes = fromHex(hexOf('RFC 9001 appendix A.2'))
  bytes[700]! ^= 1
  const packet = dissect(QUIC_Initial, bytes)
  expect(packet.messages).toEqual([])
  expect(packet.issues()).toEqual([])
  expect(packet.hex()).toBe(toHex(bytes))
})

test('what cannot be is refused with its remedy', () => {
  expect(() => QUIC_Initial({ Version: 0x12345678, frames: [QUIC_PADDING({ zeros: 20 })] }).bytes()).toThrow(
    'QUIC_Initial.Version: 0x12345678 has no known keys',
  )
  expect(() => QUIC_Initial({ PacketNumberLen: 5 })).toThrow(
    'QUIC_Initial.PacketNumberLen: 5 is no whole number (1..4)',
  )
  expect(() => openInitial(QUIC_1RTT({}))).toThrow(/^there is no QUIC_Initial that was read from bytes in /)
})
