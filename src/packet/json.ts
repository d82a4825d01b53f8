import type { Packet } from './packet.js'

/** One layer in JSON: field values as numbers, text, flag letters, and hexadecimal for bytes. */
export interface LayerJson {
  name: string
  fields: Record<string, unknown>
  /** Why the layer could not be read as it claims to be, when that is so. */
  issue?: string
}

/** A packet in JSON: the contract of `netshell read --json` and `netshell dissect` (docs/json.md). */
export interface PacketJson {
  /** Seconds since 1970, when known. */
  time?: number
  /** Bytes of the packet as captured or built. */
  length: number
  /** Bytes that it had on the wire, when fewer were captured. */
  originalLength?: number
  layers: LayerJson[]
}

/** The JSON of a packet. One that was made or changed is built first, so that automatic fields have their values. */
export function jsonOf(packet: Packet): PacketJson {
  const source = packet.layers().every((layer) => layer._isUntouched()) ? packet : packet.rebuilt()
  const length = source._end - source._offset
  const json: PacketJson = { length, layers: source.layers().map(layerJson) }
  const meta = packet._meta
  if (meta === null) return json
  const timed = meta.time === undefined ? json : { time: meta.time, ...json }
  if (meta.originalLength !== undefined && meta.originalLength > length) {
    return { ...timed, length, originalLength: meta.originalLength, layers: json.layers }
  }
  return timed
}

function layerJson(layer: Packet): LayerJson {
  const fields: Record<string, unknown> = {}
  for (const field of layer._layer.fields) {
    const value = layer._read(field.index)
    if (value !== undefined) fields[field.name] = field.json(value)
  }
  const { issue } = layer
  return issue === null ? { name: layer.layerName, fields } : { name: layer.layerName, fields, issue: issue.toString() }
}
