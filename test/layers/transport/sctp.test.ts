import { describe, expect, test } from 'vitest'
import * as layers from '../../../src/layers/index.js'
import { crc32c } from '../../../src/layers/transport/sctp-checksum.js'
import { type AnyPacket, answers, dissect, fromHex, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

const {
  IP,
  SCTP,
  SCTPChunkAbort,
  SCTPChunkAddressConf,
  SCTPChunkAddressConfAck,
  SCTPChunkAuthentication,
  SCTPChunkCookieAck,
  SCTPChunkCookieEcho,
  SCTPChunkCWR,
  SCTPChunkData,
  SCTPChunkECNE,
  SCTPChunkError,
  SCTPChunkForwardTSN,
  SCTPChunkHeartbeatAck,
  SCTPChunkHeartbeatReq,
  SCTPChunkIData,
  SCTPChunkIForwardTSN,
  SCTPChunkInit,
  SCTPChunkInitAck,
  SCTPChunkPad,
  SCTPChunkReConfig,
  SCTPChunkSACK,
  SCTPChunkShutdown,
  SCTPChunkShutdownAck,
  SCTPChunkShutdownComplete,
  SCTPChunkUnknown,
  SCTPerror,
  UDP,
} = layers

familySuite('sctp', [
  SCTP,
  SCTPChunkAbort,
  SCTPChunkAddressConf,
  SCTPChunkAddressConfAck,
  SCTPChunkAuthentication,
  SCTPChunkCookieAck,
  SCTPChunkCookieEcho,
  SCTPChunkCWR,
  SCTPChunkData,
  SCTPChunkECNE,
  SCTPChunkError,
  SCTPChunkForwardTSN,
  SCTPChunkHeartbeatAck,
  SCTPChunkHeartbeatReq,
  SCTPChunkIData,
  SCTPChunkIForwardTSN,
  SCTPChunkInit,
  SCTPChunkInitAck,
  SCTPChunkPad,
  SCTPChunkReConfig,
  SCTPChunkSACK,
  SCTPChunkShutdown,
  SCTPChunkShutdownAck,
  SCTPChunkShutdownComplete,
  SCTPChunkUnknown,
  SCTPerror,
])

const there = { src: '10.0.0.1', dst: '10.0.0.2' }
const back = { src: '10.0.0.2', dst: '10.0.0.1' }
const ask = (chunk: AnyPacket, tag = 7) => stack(IP(there), SCTP({ sport: 1, dport: 2, tag }), chunk).rebuilt()
const reply = (chunk: AnyPacket, tag = 8) => stack(IP(back), SCTP({ sport: 2, dport: 1, tag }), chunk).rebuilt()
const any = (packet: unknown) => packet as AnyPacket

describe('the checksum of SCTP', () => {
  test('is CRC32c', () => {
    // The check value of the algorithm, and the examples of RFC 3720 §B.4.
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283)
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43)
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e)
    expect(crc32c(fromHex('ff313233343536373839'), 1)).toBe(0xe3069283)
  })

  test('a wrong one stays', () => {
    expect(SCTP({ chksum: 1 }).hex()).toBe('000000000000000000000001')
  })
})

describe('chunks, beyond the suite', () => {
  test('are filled up to 4 bytes, which their lengths do not count', () => {
    expect(SCTPChunkData({ data: 'hello', tsn: 1 }).hex()).toBe(
      `00030015${'00000001'}${'00000000'}${'00000000'}68656c6c6f000000`,
    )
    expect(SCTPChunkCookieEcho({ cookie: 'abc' }).hex()).toBe('0a00000761626300')
    expect(
      SCTPChunkInit({ params: [['Hostname', 'abc']] })
        .hex()
        .slice(4, 8),
    ).toBe('001b')
    expect(
      SCTPChunkInit({ params: [['Hostname', 'abc'], ['ECNCapable']] })
        .hex()
        .slice(4, 8),
    ).toBe('0020')
    expect(SCTPChunkError({ error_causes: [['user-initiated-abort', 'x']] }).hex()).toBe('09000009000c000578000000')
  })

  test('the last one may lack what would fill it up', () => {
    const packet = dissect(SCTP, fromHex('00010002000000030000000000030011000000010000000000000000aa'))
    expect(packet.issues()).toEqual([])
    expect(any(packet.payload).data).toEqual(fromHex('aa'))
  })

  test('follow each other', () => {
    const packet = stack(SCTP(), SCTPChunkSACK(), SCTPChunkData({ data: 'a' }), SCTPChunkData({ data: 'bc' })).rebuilt()
    expect(packet.layers().map((each) => each.layerName)).toEqual([
      'SCTP',
      'SCTPChunkSACK',
      'SCTPChunkData',
      'SCTPChunkData',
    ])
  })

  test('bytes that fill up may be anything, and stay', () => {
    const hex = `00030015${'00000001'}${'00000000'}${'00000000'}68656c6c6faabbcc`
    const packet = dissect(SCTPChunkData, fromHex(hex))
    packet.stream_id = 5
    expect(packet.hex()).toBe(hex.replace('0000000000000000', '0005000000000000'))
  })

  test('parameters that break off or do not fit are kept as bytes', () => {
    const read = (hex: string) => dissect(SCTPChunkHeartbeatReq, fromHex(hex))
    expect(read('0400000800010009').params).toEqual([['bytes', fromHex('00010009')]])
    expect(read('0400000a000500060102').params).toEqual([['IPv4Addr', fromHex('0102')]])
    expect(read('0400000a00050006010200').issues()).toEqual([])
  })

  test('a length that is too short or too long leaves an issue', () => {
    expect(String(dissect(SCTPChunkData, fromHex(`00030003${'00'.repeat(16)}`)).issue)).toContain('SCTPChunkData.len')
    expect(String(dissect(SCTPChunkCookieEcho, fromHex('0a00000961626364')).issue)).toContain('SCTPChunkCookieEcho.len')
  })

  test('a chunk of a length that its type cannot have is unknown', () => {
    expect(dissect(SCTP, fromHex('0001000200000003000000000b00000800000000')).payload!.layerName).toBe(
      'SCTPChunkUnknown',
    )
    expect(
      dissect(SCTP, fromHex(`000100020000000300000000${'0300001400000001'}${'0000000000000000'}00000000`)).payload!
        .layerName,
    ).toBe('SCTPChunkUnknown')
  })

  test('an error may quote 8 bytes of the header', () => {
    const quoted = dissect(SCTPerror, fromHex('00010002000000aa'))
    expect([quoted.tag, quoted.chksum, quoted.issues(), quoted.hex()]).toEqual([
      0xaa,
      undefined,
      [],
      '00010002000000aa',
    ])
    expect(answers(quoted, SCTP({ sport: 1, dport: 2, tag: 0xaa }))).toBe(true)
    expect(answers(quoted, SCTP({ sport: 1, dport: 2, tag: 0xab }))).toBe(false)
  })

  test('what cannot be one is refused', () => {
    expect(() => SCTPChunkInit({ params: [['IPv4Adr', '10.0.0.1']] })).toThrow("did you mean 'IPv4Addr'")
    expect(() => SCTPChunkInit({ params: [['IPv4Addr', 'fd00::1']] })).toThrow('is no IPv4 address')
    expect(() => SCTPChunkSACK({ gap_ack_list: ['2-3'] })).toThrow("is no gap such as '2:3'")
    expect(() => SCTPChunkForwardTSN({ streams: ['1:2u'] })).toThrow("is no stream and number such as '3:17'")
    expect(() => SCTPChunkInit({ params: [['SupportedExtensions', ['forward-tns']]] })).toThrow(
      "did you mean 'forward-tsn'",
    )
  })

  test('types may be given by name, and read as it', () => {
    const packet = SCTPChunkInit({ params: [['SupportedExtensions', ['forward-tsn', 0xc1, 0x99]]] }).rebuilt()
    expect(packet.params).toEqual([['SupportedExtensions', ['forward-tsn', 'address-configuration', 0x99]]])
  })

  test('over UDP it has a port', () => {
    expect(stack(UDP(), SCTP()).dport).toBe(9899)
    expect(
      stack(UDP({ dport: 9899 }), SCTP(), SCTPChunkCookieAck())
        .rebuilt()
        .has(SCTP),
    ).toBe(true)
  })
})

describe('answers of SCTP', () => {
  test('an init ack has the tag that the init gives', () => {
    const init = ask(any(SCTPChunkInit({ init_tag: 8 })), 0)
    expect(answers(reply(any(SCTPChunkInitAck())), init)).toBe(true)
    expect(answers(reply(any(SCTPChunkInitAck()), 9), init)).toBe(false)
    expect(answers(reply(any(SCTPChunkAbort())), init)).toBe(true)
    expect(answers(reply(any(SCTPChunkAbort()), 9), init)).toBe(false)
    expect(answers(reply(any(SCTPChunkCookieAck())), init)).toBe(false)
  })

  test('a heartbeat comes back', () => {
    const beat = ask(any(SCTPChunkHeartbeatReq({ params: [['HeartbeatInfo', 'abc']] })))
    expect(answers(reply(any(SCTPChunkHeartbeatAck({ params: [['HeartbeatInfo', 'abc']] }))), beat)).toBe(true)
    expect(answers(reply(any(SCTPChunkHeartbeatAck({ params: [['HeartbeatInfo', 'abd']] }))), beat)).toBe(false)
  })

  test('data is acknowledged by a number at or behind its own', () => {
    const data = ask(any(SCTPChunkData({ tsn: 0xffffffff, data: 'x' })))
    expect(answers(reply(any(SCTPChunkSACK({ cumul_tsn_ack: 0xffffffff }))), data)).toBe(true)
    expect(answers(reply(any(SCTPChunkSACK({ cumul_tsn_ack: 2 }))), data)).toBe(true)
    expect(answers(reply(any(SCTPChunkSACK({ cumul_tsn_ack: 0xfffffffe }))), data)).toBe(false)
  })

  test('an abort with the T bit has the tag of what it answers', () => {
    const shutdown = ask(any(SCTPChunkShutdown()), 7)
    expect(answers(reply(any(SCTPChunkAbort({ TCB: 1 })), 7), shutdown)).toBe(true)
    expect(answers(reply(any(SCTPChunkAbort({ TCB: 1 })), 8), shutdown)).toBe(false)
    expect(answers(reply(any(SCTPChunkShutdownAck()), 8), shutdown)).toBe(true)
    expect(answers(ask(any(SCTPChunkShutdownAck()), 8), shutdown)).toBe(false)
  })
})
