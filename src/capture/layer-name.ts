import { type LayerReference, layerByName, PacketError } from '../packet/index.js'

/** A layer, or its name. */
export type LayerName = LayerReference | string

/** Name of the layer, or undefined for a function that is none. @throws PacketError for a name that no layer has */
export function layerNameOf(value: unknown): string | undefined {
  if (typeof value === 'string') {
    if (layerByName(value) === undefined) throw new PacketError(`there is no layer '${value}'; ls() lists them`)
    return value
  }
  const definition = (value as Partial<LayerReference>).definition
  if (definition !== undefined) return definition.layerName
  if (typeof value === 'function') return undefined
  throw new PacketError(`a filter is a function, or a layer such as TCP, not ${value === null ? 'null' : typeof value}`)
}
