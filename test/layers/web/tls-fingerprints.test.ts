import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import '../../../src/layers/index.js'
import {
  certificates,
  clientHello,
  ja3,
  ja3s,
  ja3Text,
  ja4,
  ja4Text,
  serverHello,
} from '../../../src/layers/web/index.js'
import { fromHex, layerByName, type Packet } from '../../../src/packet/index.js'
import { vectorsOf } from '../vectors.js'

interface Fingerprint {
  name: string
  source: string
  from: string
  hex: string
  ja3?: string
  ja3s?: string
  ja4?: string
}

const { vectors } = JSON.parse(
  readFileSync(new URL('../../vectors/tls-fingerprints.json', import.meta.url), 'utf8'),
) as { vectors: Fingerprint[] }
const packetOf = ({ from, hex }: { from?: string; hex: string }): Packet => layerByName(from!)!(fromHex(hex)) as Packet

describe('fingerprints', () => {
  for (const vector of vectors)
    test(vector.name, () => {
      const packet = packetOf(vector)
      if (vector.ja3 !== undefined) expect(ja3(packet)).toBe(vector.ja3)
      if (vector.ja4 !== undefined) expect(ja4(packet)).toBe(vector.ja4)
      if (vector.ja3s !== undefined) expect(ja3s(packet)).toBe(vector.ja3s)
    })

  test('the texts that are hashed', () => {
    const packet = packetOf(vectors.find(({ ja4 }) => ja4 === 't12d220500_5fd681855ab9_c70a3c84db07')!)
    expect(ja3Text(packet)).toMatch(/^771,[\d-]+,[\d-]+,[\d-]+,[\d-]+$/)
    expect(ja4Text(packet)).toMatch(/^t12d220500_0005,002f,0032,[0-9a-f,]+_000a,000b,000d,[0-9a-f]{4}_[0-9a-f,]+$/)
    expect(clientHello(packet)?.layerName).toBe('TLSClientHello')
    expect(serverHello(packet)).toBeUndefined()
  })

  test('a packet without a ClientHello is refused, with what it is', () => {
    const packet = packetOf(vectors.find(({ ja3s }) => ja3s !== undefined)!)
    expect(() => ja3(packet)).toThrow(/^ja3 takes a packet with a ClientHello: there is none in Ether \/ IP /)
    expect(() => ja4(packet)).toThrow(/^ja4 takes a packet with a ClientHello/)
  })
})

test('certificates say whose they are', () => {
  const vector = vectorsOf('tls').find(({ name }) => name.startsWith('TLSCertificate') && name.includes('frame 6'))!
  const [own] = certificates(packetOf(vector))
  expect(own).toMatchObject({ subject: 'CN=web.test', issuer: 'CN=web.test', alternativeNames: 'DNS:web.test' })
  expect(certificates(packetOf(vectors[0]!))).toEqual([])
})
