/** All layers, by the groups that `ls()` shows; a group's own index.ts is the only list of its files. */
import * as link from './link/index.js'
import * as network from './network/index.js'
import * as services from './services/index.js'
import * as transport from './transport/index.js'
import * as tunnel from './tunnel/index.js'

export * from './link/index.js'
export * from './network/index.js'
export * from './raw.js'
export * from './services/index.js'
export * from './transport/index.js'
export * from './tunnel/index.js'

const GROUPS: Readonly<Record<string, object>> = { link, network, transport, services, tunnel }

/** The groups, as `ls()` shows them. */
export const LAYER_GROUPS: readonly string[] = Object.keys(GROUPS)

/** Name of the group that a layer of netshell's own belongs to: `'link'`, `'network'` … Undefined for all others. */
export function layerGroup(layerName: string): string | undefined {
  return Object.keys(GROUPS).find((name) => layerName in GROUPS[name]!)
}
