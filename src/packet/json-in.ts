import { PacketError, suggestion } from './errors.js'
import { printed } from './literal.js'
import { allDefinitions, createPacket, definitionByName, type Packet } from './packet.js'

/**
 * The packet that a JSON object describes: `{"layers": [{"name": "IP", "fields": {"dst": "10.0.0.1"}}, …]}`.
 * Fields that are left out are automatic. @throws PacketError that names the layer and the field
 */
export function packetFromJson(json: unknown): Packet {
  const layers = (json as { layers?: unknown } | null)?.layers
  if (!Array.isArray(layers) || layers.length === 0)
    throw new PacketError('a packet in JSON has a list "layers" with at least one layer')
  let first: Packet | undefined
  let last: Packet | undefined
  for (const [i, entry] of layers.entries()) {
    const layer = layerFromJson(entry, i)
    if (last === undefined) first = layer
    else last.append(layer)
    last = layer
  }
  const time = (json as { time?: unknown }).time
  if (typeof time === 'number') first!.time = time
  return first!
}

function layerFromJson(entry: unknown, position: number): Packet {
  const { name, fields } = (entry ?? {}) as { name?: unknown; fields?: unknown }
  if (typeof name !== 'string') throw new PacketError(`layer ${position + 1} of the JSON has no "name"`)
  const definition = definitionByName(name)?.prepare()
  if (definition === undefined) {
    throw new PacketError(
      `there is no layer '${name}'${suggestion(
        name,
        allDefinitions().map((known) => known.layerName),
      )}`,
    )
  }
  const values: Record<string, unknown> = {}
  if (fields !== undefined && fields !== null && (typeof fields !== 'object' || Array.isArray(fields)))
    throw new PacketError(`${name}: "fields" of the JSON is ${printed(fields)}, not an object`)
  for (const [key, value] of Object.entries(fields ?? {})) {
    const field = definition.fields[definition.indexOf(key)]!
    try {
      values[key] = field.parse(value)
    } catch (error) {
      throw new PacketError(`${field.where}: ${(error as Error).message}`)
    }
  }
  return createPacket(definition, values)
}
