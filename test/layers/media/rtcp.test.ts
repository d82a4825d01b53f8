import { describe, expect, test } from 'vitest'
import {
  ReceptionReport,
  RTCP,
  RTCP_APP,
  RTCP_BYE,
  RTCP_PSFB,
  RTCP_RR,
  RTCP_RTPFB,
  RTCP_SDES,
  RTCP_SR,
  RTCP_XR,
  SDESChunk,
  UDP,
} from '../../../src/layers/index.js'
import { dissect, fromHex, stack } from '../../../src/packet/index.js'
import { evaluateCommand } from '../evaluate-command.js'
import { familySuite } from '../family.js'
import { bindPortsOfVectors } from '../ports-of-vectors.js'

bindPortsOfVectors()

familySuite('rtcp', [RTCP, RTCP_APP, RTCP_BYE, RTCP_PSFB, RTCP_RR, RTCP_RTPFB, RTCP_SDES, RTCP_SR, RTCP_XR])

describe('RTCP, beyond the suite', () => {
  test('counts and lengths are computed', () => {
    expect(RTCP_RR({ sourcesync: 1, report_blocks: [ReceptionReport({ sourcesync: 2 })] }).hex()).toBe(
      `81c900070000000100000002${'00000000'.repeat(5)}`,
    )
    expect(RTCP_SDES({ sdes_chunks: [SDESChunk({ sourcesync: 1, items: [['CNAME', 'ab']] })] }).hex()).toBe(
      '81ca0003000000010102616200000000',
    )
    expect(RTCP_BYE({ sources: [1] }).hex()).toBe('81cb000100000001')
  })

  test('packets follow each other; what is no RTCP behind them is bytes', () => {
    const packet = stack(RTCP_SR(), RTCP_SDES(), RTCP_BYE({ sources: [5] }), fromHex('00112233')).rebuilt()
    expect(packet.layers().map((layer) => layer.layerName)).toEqual(['RTCP_SR', 'RTCP_SDES', 'RTCP_BYE', 'Raw'])
    expect(RTCP_BYE({ sources: [5, 16] }).summary()).toBe('RTCP_BYE 0x5 0x10')
  })

  test('a packet too short for its type stays general', () => {
    const read = stack(UDP({ dport: 5005 }), fromHex('80c8000100000001')).rebuilt()
    expect([read.payload!.layerName, read.issues()]).toEqual(['RTCP', []])
    expect(stack(UDP({ dport: 5005 }), fromHex('80480001aabbccdd')).rebuilt().payload!.layerName).toBe('Raw')
  })

  test('items that are no text stay bytes, and unknown ones have numbers', () => {
    const packet = dissect(RTCP_SDES, fromHex('81ca0003000000010102fffe40010000'))
    const items = (packet.sdes_chunks[0] as unknown as { items: unknown }).items
    expect(items).toEqual([
      ['CNAME', fromHex('fffe')],
      [0x40, '\u0000'],
    ])
    expect(evaluateCommand(packet.command()).hex()).toBe(packet.hex())
    expect(() => SDESChunk({ items: [['CNAM', 'x']] })).toThrow("did you mean 'CNAME'")
    expect(() => SDESChunk({ items: [['CNAME', 'x'.repeat(256)]] }).bytes()).toThrow('at most 255 fit')
  })
})
