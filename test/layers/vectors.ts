/** Known packets: bytes as hex, where they come from, what their fields are. They lie in `test/vectors/*.json`. */
import { readFileSync } from 'node:fs'
import { fromHex, layerByName } from '../../src/packet/index.js'

/** One known packet. */
export interface Vector {
  /** What the packet is: the test's name. */
  name: string
  /** Where the bytes come from: program with version, RFC with section. */
  source: string
  /** Who made or decoded them: `tcpdump`, `tshark`, `RFC`, `Scapy` … */
  tool: string
  /** Outermost layer of the bytes; the suite's own layer unless given. */
  from?: string
  hex: string
  /** Names of all layers, outermost first; not checked when left out. */
  layers?: string[]
  /** Fields that the layer must have, as the JSON contract has them; those left out are not checked. */
  fields: Record<string, unknown>
  /** The same for other layers of the packet, by name. */
  other?: Record<string, Record<string, unknown>>
  /** Text of `summary()`. */
  summary?: string
  /** The packet is broken in itself (a wrong checksum, say): automatic fields are not computed to the same value. */
  wrong?: string
  /** Why the sender's encoding is another than ours, though it means the same: it is not compared after a full re-encode. */
  encoding?: string
}

/** The vectors of `test/vectors/<name>.json`. */
export function vectorsOf(name: string): Vector[] {
  const path = new URL(`../vectors/${name}.json`, import.meta.url)
  const file = JSON.parse(readFileSync(path, 'utf8')) as { vectors: Vector[] }
  return file.vectors
}

/** Bytes of a vector. */
export function bytesOf(vector: Vector): Uint8Array {
  return fromHex(vector.hex)
}

/** The layer that a vector's bytes start with. */
export function outermostOf(vector: Vector, fallback: string): NonNullable<ReturnType<typeof layerByName>> {
  const layer = layerByName(vector.from ?? fallback)
  if (layer === undefined) throw new Error(`vector '${vector.name}': there is no layer '${vector.from ?? fallback}'`)
  return layer
}
