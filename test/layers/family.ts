/** Runs the shared suite for several layers whose vectors lie in one file, each marked with its `layer`. */
import { allLayers, type LayerReference } from '../../src/packet/index.js'
import { layerSuite } from './layer-suite.js'
import { type Vector, vectorsOf } from './vectors.js'

/** @throws Error when a vector of the file belongs to none of the layers */
export function familySuite(name: string, layers: readonly LayerReference[]): void {
  const vectors = vectorsOf(name) as (Vector & { layer: string })[]
  const names = layers.map((layer) => layer.definition.layerName)
  for (const vector of vectors) {
    if (!names.includes(vector.layer))
      throw new Error(`vector '${vector.name}' of ${name} is for ${vector.layer}, which is not tested here`)
  }
  for (const layer of allLayers()) {
    if (!names.includes(layer.layerName)) continue
    layerSuite(layer, { vectors: vectors.filter((vector) => vector.layer === layer.layerName) })
  }
}
