/** Every field of every layer takes several values, which stand for several packets. */
import { describe, expect, test } from 'vitest'
import '../../src/layers/index.js'
import { type AnyPacket, allLayers, type Field, type Layer } from '../../src/packet/index.js'

/** Values that are lists themselves, so that a list of them is one value: the fields of these codecs take a set as `[[…], […]]`. */
const isListed = (value: unknown): boolean => Array.isArray(value)

/** A list is a value of theirs: texts of a TXT record. */
const HELD = new Set(['DNSRR.rdata'])

/** What the field of a new packet has; undefined where it is not there, as with fields that depend on others. */
function usualValue(layer: Layer, field: Field): unknown {
  const packet = layer() as AnyPacket
  const own = packet[field.name]
  if (own !== undefined && own !== null) return own
  return typeof field.default === 'function' ? undefined : field.default
}

describe.each(allLayers().map((layer) => [layer.layerName, layer] as const))('%s', (_, layer) => {
  test('a set in each field', () => {
    const refused: string[] = []
    for (const field of layer.definition.prepare().fields) {
      const value = usualValue(layer, field)
      if (value === undefined || value === null || isListed(value) || HELD.has(field.where)) continue
      try {
        const packets = [...layer({ [field.name]: [value, value] } as never)] as AnyPacket[]
        expect(packets).toHaveLength(2)
        for (const packet of packets)
          expect(packet.hex()).toBe((layer({ [field.name]: value } as never) as AnyPacket).hex())
      } catch (error) {
        refused.push(`${field.name}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`)
      }
    }
    expect(refused).toEqual([])
  })
})
