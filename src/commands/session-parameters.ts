/** Options that several kinds of sessions have, for their help. */
import type { ParameterMetadata } from './metadata.js'

export const HOST: ParameterMetadata = {
  name: 'host',
  type: 'string | number',
  summary: "name or address; 'host:port' in one; a port alone is one of this machine; a path is a unix socket",
}
export const ENCODING: ParameterMetadata = {
  name: 'encoding',
  type: 'string',
  summary: "what bytes become: text of this encoding, or 'bytes'",
  default: 'utf8',
  choices: ['utf8', 'latin1', 'ascii', 'utf16le', 'bytes'],
}
export const HISTORY: ParameterMetadata = {
  name: 'history',
  type: 'number',
  summary: 'messages that history keeps',
  default: '1000',
}
export const EXPLAIN: ParameterMetadata = {
  name: 'explain',
  type: 'boolean',
  summary: 'record its packets for explain(); needs the right to capture',
  default: 'false',
}
export const TIMEOUT: ParameterMetadata = { name: 'timeout', type: 'number', summary: 'seconds', default: 'none' }
