import * as engine from '../packet/index.js'
import { CAPTURE_ENTRIES } from './capture-entries.js'
import type { Entry } from './entry.js'
import { EXCHANGE_ENTRIES } from './exchange-entries.js'
import { FILE_ENTRIES } from './file-entries.js'
import { describe } from './metadata.js'
import { NETWORK_ENTRIES } from './network-entries.js'
import { FIELD_KINDS, PACKET_ENTRIES, RANDOM } from './packet-entries.js'
import { toolFunction } from './tool-command.js'
import { TOOL_COMMANDS } from './tools/index.js'
import '../layers/index.js'

/** Everything that the prompt has preloaded, described for `help`. */
export function preloaded(): Record<string, unknown> {
  const globals: Record<string, unknown> = {}
  const add = (group: string, entries: readonly Entry[]): void => {
    for (const [name, value, metadata] of entries) {
      globals[name] = value
      describe(name, { group, ...metadata })
    }
  }
  add('Wire', EXCHANGE_ENTRIES)
  add('Wire', CAPTURE_ENTRIES)
  add('Wire', NETWORK_ENTRIES)
  add('Capture files', FILE_ENTRIES)
  for (const command of TOOL_COMMANDS) add('Tools', [[command.name, toolFunction(command), command]])
  add('Packets', PACKET_ENTRIES)
  for (const layer of engine.allLayers()) {
    const { layerName } = layer
    globals[layerName] = layer
    describe(layerName, {
      group: 'Layers',
      summary: layer.definition.summaryText,
      usage: `${layerName}({field: value, …})`,
      example: `${layerName}()`,
    })
  }
  const exported = engine as unknown as Record<string, unknown>
  for (const [name, summary] of Object.entries(FIELD_KINDS))
    add('Fields of layers', [[name, exported[name], { summary, usage: `${name}(…)` }]])
  for (const [name, summary] of Object.entries(RANDOM))
    add('Random values', [[name, exported[name], { summary, usage: `${name}(…)` }]])
  return globals
}
