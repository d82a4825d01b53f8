import { Deferred, type Field } from './field.js'
import { bytesCommand } from './literal.js'
import type { Packet } from './packet.js'

/** The JavaScript expression that builds this packet: every field whose value building alone would not give. */
export function commandOf(packet: Packet): string {
  return newsOf(packet).map(layerCommand).join('/')
}

/** A layer, and the fields that say more than building it from nothing would give, each as JavaScript. */
export interface LayerNews {
  layer: Packet
  fields: { field: Field; code: string }[]
}

/** What a text that shall build the packet again must say. */
export function newsOf(packet: Packet): LayerNews[] {
  const plain = packet.layers().some((layer) => layer._buffer !== null) ? computedPacket(packet) : null
  const reference = plain?.layers()
  return packet.layers().map((layer, i) => ({ layer, fields: fieldNews(layer, reference?.[i]) }))
}

/** The same packet with all its automatic fields computed anew, to see which of the values in the bytes are no accident. */
function computedPacket(packet: Packet): Packet | null {
  const copy = packet.copy()
  for (const layer of copy.layers()) {
    for (const field of layer._layer.automatic)
      if (layer._isFromBytes(field.index)) layer._write(field.index, undefined)
  }
  try {
    return copy.rebuilt()
  } catch {
    return null
  }
}

function layerCommand({ layer, fields }: LayerNews): string {
  const definition = layer._layer
  if (definition.isOpaque) {
    const load = layer._read(0)
    const value = load instanceof Deferred ? load.toString() : bytesCommand(load as Uint8Array)
    return `${definition.layerName}(${value === "''" ? '' : value})`
  }
  const parts = fields.map(({ field, code }) => `${field.name}: ${code}`)
  return parts.length === 0 ? `${definition.layerName}()` : `${definition.layerName}({${parts.join(', ')}})`
}

function fieldNews(layer: Packet, reference: Packet | undefined): LayerNews['fields'] {
  const news: LayerNews['fields'] = []
  if (layer._layer.isOpaque) return news
  let plain: Packet | null = null
  for (const field of layer._layer.fields) {
    const isSet = layer._isSet(field.index)
    if (!isSet && layer._buffer === null) continue
    const read = layer._read(field.index)
    if (!isSet && read === undefined) continue
    // Once a field: of layers in layers in layers, twice would be twice as often with every level.
    const code = field.command(read)
    if (!isSet) {
      // One copy for all fields: a copy has all layers inside this one.
      if (field.automatic === null) plain ??= layer.copy()
      if (!isNews(layer, field, code, reference, plain)) continue
    }
    // A list that was only looked at is kept, though nobody set it.
    if (code === '[]' && field.defaultValue === undefined) continue
    news.push({ field, code })
  }
  return news
}

/** Whether the bytes have another value than an unset field would be built with; `plain` is a copy of the layer. */
function isNews(
  layer: Packet,
  field: Field,
  value: string,
  reference: Packet | undefined,
  plain: Packet | null,
): boolean {
  if (plain === null || field.automatic !== null) {
    return (
      reference === undefined ||
      reference._layer !== layer._layer ||
      field.command(reference._read(field.index)) !== value
    )
  }
  plain._write(field.index, undefined)
  const fallback = plain._read(field.index)
  plain._values![field.index] = layer._values?.[field.index]
  return fallback === undefined || field.command(fallback) !== value
}
