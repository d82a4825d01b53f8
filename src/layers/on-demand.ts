/**
 * What stands in the program for groups.ts: the usual layers, and a way to the others, which are hundreds and are declared when a payload, a name or
 * a list needs them. Only the program may import it: `require` is the bundler's (scripts/program-parts.mjs).
 */
import { loadLayers, setLayerLoader } from '../packet/index.js'

export { LAYER_GROUPS } from './group-names.js'
export * from './usual.js'

declare const require: (path: './groups.js') => typeof import('./groups.js')

/** All that the groups export, declared by now if it was not. */
export function allOfLayers(): typeof import('./groups.js') {
  loadLayers()
  return require('./groups.js')
}

setLayerLoader(() => void require('./groups.js'))

/** Name of the group that a layer of netshell's own belongs to. */
export function layerGroup(layerName: string): string | undefined {
  return allOfLayers().layerGroup(layerName)
}
