/** The known packets of the layers' tests as tshark reads them: whole frames are compared field by field. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { linkTypeOf } from '../../src/layers/index.js'
import type { Packet } from '../../src/packet/index.js'
import { bytesOf, outermostOf, type Vector, vectorsOf } from '../layers/vectors.js'
import { FrameComparison, type ProtocolRows } from './frame-comparison.js'
import type { OurLayer, OurPacket } from './row.js'
import { readWithTshark } from './tshark.js'

/** What is compared of some files of vectors: one file of `rows/` gives one of these. */
export interface VectorAgreement extends ProtocolRows {
  /** Names of files in `test/vectors`, without `.json`. */
  vectors: readonly string[]
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
  { vectors, protocols, rows, decodeAs, preferences, except = {} }: VectorAgreement,
): Promise<{ frames: number; seen: Map<string, number>; differences: VectorDifference[] }> {
  const comparison = new FrameComparison([{ protocols, rows }])
  let frames = 0
  for (const [linkType, cases] of framesOf(vectors)) {
    const path = join(folder, `vectors-${vectors[0]}-${linkType}.pcap`)
    writeFileSync(path, captureOf(linkType, cases))
    const theirs = await readWithTshark(path, comparison.fields, { decodeAs, preferences })
    for (const [index, { vector, packet }] of cases.entries()) {
      if (vector.name in except) continue
      frames++
      const layers = (JSON.parse(JSON.stringify(packet.toJSON())) as { layers: OurLayer[] }).layers
      const ours: OurPacket = { time: '', originalLength: vector.hex.length / 2, length: vector.hex.length / 2, layers }
      comparison.frame(vector.name, theirs[index]!, ours)
    }
  }
  const { seen, differences } = comparison
  return { frames, seen, differences: differences.map(({ frame, ...rest }) => ({ vector: frame, ...rest })) }
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
