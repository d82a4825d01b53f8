import * as engine from '../packet/index.js'
import { ANSWERING_ENTRIES } from './answering-entries.js'
import { APP_ENTRIES } from './app-entries.js'
import { CAPTURE_ENTRIES } from './capture-entries.js'
import { CONF_ENTRIES } from './conf-entries.js'
import type { Entry } from './entry.js'
import { EXCHANGE_ENTRIES } from './exchange-entries.js'
import { EXPLAIN_ENTRIES } from './explain-entries.js'
import { FIELD_KIND_NAMES, fieldKindMetadata } from './field-kinds.js'
import { FILE_ENTRIES } from './file-entries.js'
import { HTTP_ENTRIES } from './http-entries.js'
import { INTEROP_ENTRIES } from './interop-entries.js'
import { layerMetadata } from './layer-metadata.js'
import { describe, describeLater, isDescribed } from './metadata.js'
import { NETWORK_ENTRIES } from './network-entries.js'
import { NMAP_ENTRIES } from './nmap-entries.js'
import { describeObjects } from './objects.js'
import { OPENVPN_ENTRIES } from './openvpn-entries.js'
import { PACKET_ENTRIES } from './packet-entries.js'
import { RANDOM_NAMES, randomMetadata } from './random-values.js'
import { SCRIPT_ENTRIES } from './script-entries.js'
import { SECURITY_ENTRIES } from './security-entries.js'
import { SERVE_ENTRIES } from './serve-entries.js'
import { SESSION_ENTRIES } from './session-entries.js'
import { SSH_ENTRIES } from './ssh-entries.js'
import { SYSTEM_ENTRIES } from './system-entries.js'
import { toolFunction } from './tool-command.js'
import { TOOL_COMMANDS } from './tools/index.js'
import { describeTopics } from './topics.js'
import { WATCH_ENTRIES } from './watch-entries.js'
import { WEB_ENTRIES } from './web-entries.js'
import '../layers/index.js'

/** Everything that the prompt has preloaded, described for `help`. */
export function preloaded(): Record<string, unknown> {
  const globals: Record<string, unknown> = {}
  const add = (group: string, entries: readonly Entry[]): void => {
    for (const [name, value, metadata] of entries) {
      globals[name] = value
      describe(name, metadata, group)
    }
  }
  add('Wire', EXCHANGE_ENTRIES)
  add('Wire', CAPTURE_ENTRIES)
  add('Wire', NETWORK_ENTRIES)
  add('Capture files', FILE_ENTRIES)
  for (const command of TOOL_COMMANDS) add('Tools', [[command.name, toolFunction(command), command]])
  add('Answering', ANSWERING_ENTRIES)
  for (const entries of [
    SESSION_ENTRIES,
    WEB_ENTRIES,
    APP_ENTRIES,
    SSH_ENTRIES,
    WATCH_ENTRIES,
    EXPLAIN_ENTRIES,
    HTTP_ENTRIES,
    SERVE_ENTRIES,
  ])
    add('Sessions', entries)
  add('Tools', NMAP_ENTRIES)
  add('System', SYSTEM_ENTRIES)
  add('Packets', PACKET_ENTRIES)
  add('Keys and fingerprints', OPENVPN_ENTRIES)
  add('Keys and fingerprints', SECURITY_ENTRIES)
  add('Other programs', INTEROP_ENTRIES)
  add('Scripts', SCRIPT_ENTRIES)
  add('Session', CONF_ENTRIES)
  for (const layer of engine.loadedLayers()) {
    globals[layer.layerName] = layer
    describe(layer.layerName, () => layerMetadata(layer))
  }
  engine.onLayersLoaded(() => {
    for (const layer of engine.loadedLayers())
      if (!isDescribed(layer.layerName)) describe(layer.layerName, () => layerMetadata(layer))
  })
  const exported = engine as unknown as Record<string, unknown>
  for (const name of FIELD_KIND_NAMES) add('Fields of layers', [[name, exported[name], () => fieldKindMetadata(name)]])
  for (const name of RANDOM_NAMES) add('Random values', [[name, exported[name], () => randomMetadata(name)]])
  // In a function, so that neither is loaded before.
  describeLater(() => {
    describeObjects()
    describeTopics()
  })
  return globals
}
