import { Deferred } from './field.js'
import type { Packet } from './packet.js'

/** Makes every field automatic again whose value it would have anyway, in all layers. Values from bytes that are computed stay. */
export function hideDefaults(packet: Packet): void {
  for (const layer of packet.layers()) {
    const { fields } = layer._layer
    for (const field of fields) {
      const { index } = field
      const isSet = layer._isSet(index)
      if ((!isSet && !layer._isFromBytes(index)) || (field.automatic !== null && !isSet)) continue
      const value = layer._read(index)
      if (value === undefined || value instanceof Deferred) continue
      const unset = layer.copy()
      unset._under = layer._under
      unset._write(index, undefined)
      const fallback = unset._read(index)
      if (fallback !== undefined && field.command(fallback) === field.command(value)) layer._write(index, undefined)
    }
  }
}
