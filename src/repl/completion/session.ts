/** What netshell itself has put into the session, so that it can be told from what the user has. */
import { allMetadata, membersDescribed } from '../../commands/metadata.js'
import * as layers from '../../layers/index.js'
import type { Layer } from '../../packet/index.js'
import '../language.js'
import { isPlainLayer, ownProperty } from './values.js'

let preloaded: Map<unknown, string> | null = null
let shipped: Set<Layer> | null = null

/** Remembers which functions, and namespaces of functions, are netshell's own. The first time counts: the user may give their names to others later. */
export function rememberPreloaded(): void {
  if (preloaded !== null) return
  preloaded = new Map()
  for (const name of allMetadata().keys()) {
    // `_` is the user's last result.
    const value = name.startsWith('_') ? undefined : ownProperty(globalThis, name)?.value
    // Functions, and objects that hold some, such as `tcp`.
    const isNamespace = typeof value === 'object' && value !== null && membersDescribed(name).size > 0
    if (typeof value === 'function' || isNamespace) preloaded.set(value, name)
  }
}

/** The name under which netshell has preloaded a function; undefined for what is the user's. */
export function isPreloaded(value: unknown): string | undefined {
  rememberPreloaded()
  return preloaded!.get(value)
}

/** Netshell's own layers. */
export function shippedLayers(): ReadonlySet<Layer> {
  if (shipped === null) {
    shipped = new Set()
    for (const value of Object.values(layers)) if (isPlainLayer(value)) shipped.add(value)
  }
  return shipped
}
