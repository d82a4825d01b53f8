/** All layers, by groups; a group's own index.ts is the only list of its files. */
import { layersDeclared } from '../packet/index.js'
import { LAYER_GROUPS } from './group-names.js'
import * as link from './link/index.js'
import * as media from './media/index.js'
import * as network from './network/index.js'
import * as routing from './routing/index.js'
import * as services from './services/index.js'
import * as things from './things/index.js'
import * as transport from './transport/index.js'
import * as tunnel from './tunnel/index.js'
import * as web from './web/index.js'
import * as wireless from './wireless/index.js'

export * from './link/index.js'
export * from './media/index.js'
export * from './network/index.js'
export * from './raw.js'
export * from './routing/index.js'
export * from './services/index.js'
export * from './things/index.js'
export * from './transport/index.js'
export * from './tunnel/index.js'
export * from './web/index.js'
export * from './wireless/index.js'
export { LAYER_GROUPS }

const GROUPS: Readonly<Record<(typeof LAYER_GROUPS)[number], object>> = {
  link,
  wireless,
  network,
  routing,
  transport,
  tunnel,
  services,
  web,
  media,
  things,
}

/** Name of the group that a layer of netshell's own belongs to: `'link'`, `'network'` … Undefined for all others. */
export function layerGroup(layerName: string): string | undefined {
  return LAYER_GROUPS.find((name) => layerName in GROUPS[name])
}

layersDeclared()
