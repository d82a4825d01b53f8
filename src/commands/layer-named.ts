import { allLayers, type Layer, layerByName } from '../packet/index.js'

/** The layer of that name, whatever the case of its letters. */
export function layerNamed(name: string): Layer | undefined {
  return layerByName(name) ?? allLayers().find((layer) => layer.layerName.toLowerCase() === name.toLowerCase())
}
