import * as groups from './groups.js'

/** All that the groups export: the program has it only on demand. */
export function allOfLayers(): typeof groups {
  return groups
}
