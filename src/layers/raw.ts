/**
 * Raw: bytes that no layer understands. Padding: bytes behind the end that a length field gives.
 * Neither is a protocol; both keep a packet complete.
 */
import { bytes, layer, useOpaqueLayers } from '../packet/index.js'

export const Raw = layer(
  'Raw',
  () => ({ load: bytes() }),
  'Bytes that no layer understands, or a payload of your own.',
  'no protocol',
)
export const Padding = layer(
  'Padding',
  () => ({ load: bytes() }),
  'Bytes behind the end that a length field gives; no length or checksum counts them.',
  'no protocol',
)

useOpaqueLayers(Raw.definition, Padding.definition)
