/** The known packets of the layers' tests as tshark reads them: whole frames are compared field by field. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { linkTypeOf } from '../../src/layers/index.js'
import type { Packet } from '../../src/packet/index.js'
import { bytesOf, outermostOf, type Vector, vectorsOf } from '../layers/vectors.js'
import type { OurLayer, OurPacket, Row } from './row.js'
import { readWithTshark } from './tshark.js'

/** What is compared of some files of vectors: one file of `rows/` gives one of these. */
export interface VectorAgreement {
  /** Names of files in `test/vectors`, without `.json`. */
  vectors: readonly string[]
  /** tshark's names of protocols (as in `frame.protocols`), and which of our layers are the same. */
  protocols: Readonly<Record<string, RegExp>>
  rows: readonly Row[]
  /** What tshark has to be told of ports: `udp.port==5000,rtp`. */
  decodeAs?: readonly string[]
  /** Preferences of tshark's: `tls.keylog_file:…`. */
  preferences?: readonly string[]
  /** Vectors of which tshark 4.0 says something else, by name, and why that is right. */
  except?: Readonly<Record<string, string>>
}

export interface VectorDifference {
  vector: string
  field: string
  tshark: string
  ours: string
}

interface Case {
  vector: Vector
  packet: Packet
}

/** The whole frames among the vectors, by link type. Those that start further in cannot be shown to tshark. */
export function framesOf(names: readonly string[]): Map<number, Case[]> {
  const frames = new Map<number, Case[]>()
  for (const vector of names.flatMap((name) => vectorsOf(name))) {
    const packet = outermostOf(vector, (vector as { layer?: string }).layer ?? '')(bytesOf(vector)) as Packet
    const linkType = linkTypeOf(packet)
    if (linkType === undefined) continue
    const list = frames.get(linkType) ?? []
    frames.set(linkType, list)
    list.push({ vector, packet })
  }
  return frames
}

/** What differs, and how many values were the same, by field of tshark's. */
export async function compareVectors(
  folder: string,
  { vectors, protocols, rows, decodeAs = [], preferences = [], except = {} }: VectorAgreement,
): Promise<{ frames: number; seen: Map<string, number>; differences: VectorDifference[] }> {
  const seen = new Map<string, number>()
  const differences: VectorDifference[] = []
  const fields = ['frame.protocols', ...new Set(rows.map(({ tshark }) => tshark))]
  let frames = 0
  for (const [linkType, cases] of framesOf(vectors)) {
    const path = join(folder, `vectors-${vectors[0]}-${linkType}.pcap`)
    writeFileSync(path, captureOf(linkType, cases))
    const theirs = await readWithTshark(path, fields, { decodeAs, preferences })
    for (const [index, { vector, packet }] of cases.entries()) {
      if (vector.name in except) continue
      frames++
      const layers = (JSON.parse(JSON.stringify(packet.toJSON())) as { layers: OurLayer[] }).layers
      const ours: OurPacket = { time: '', originalLength: vector.hex.length / 2, length: vector.hex.length / 2, layers }
      const differs = (field: string, tshark: string, our: string) =>
        differences.push({ vector: vector.name, field, tshark, ours: our })
      const their = theirs[index]!
      const names = (their.get('frame.protocols')?.[0] ?? '').split(':')
      for (const [protocol, match] of Object.entries(protocols)) {
        const isThere = layers.some(({ name }) => match.test(name))
        if (names.includes(protocol) !== isThere)
          differs(protocol, names.join(':'), layers.map(({ name }) => name).join(' / '))
      }
      for (const row of rows) {
        const values = (their.get(row.tshark) ?? []).map(row.normalise).filter(Boolean)
        const our = row.ours(ours)
        if (values.join('\n') === our.join('\n')) seen.set(row.tshark, (seen.get(row.tshark) ?? 0) + values.length)
        else differs(row.tshark, values.join(' ') || 'nothing', our.join(' ') || 'nothing')
      }
    }
  }
  return { frames, seen, differences }
}

/** A capture file (pcap) of frames of one link type. */
function captureOf(linkType: number, cases: readonly Case[]): Buffer {
  const header = Buffer.alloc(24)
  header.writeUInt32BE(0xa1b2c3d4)
  header.writeUInt16BE(2, 4)
  header.writeUInt16BE(4, 6)
  header.writeUInt32BE(262144, 16)
  header.writeUInt32BE(linkType, 20)
  const records = cases.flatMap(({ vector }) => {
    const bytes = bytesOf(vector)
    const record = Buffer.alloc(16)
    record.writeUInt32BE(bytes.length, 8)
    record.writeUInt32BE(bytes.length, 12)
    return [record, bytes]
  })
  return Buffer.concat([header, ...records])
}
