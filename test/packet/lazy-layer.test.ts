/** Layers whose layout is given as a function: it is asked for at the first use, and nothing else shows. */
import { describe, expect, test } from 'vitest'
import { Raw, UDP } from '../../src/layers/index.js'
import {
  allLayers,
  behave,
  bind,
  dissect,
  type Field,
  fromHex,
  isLayer,
  layer,
  layerByName,
  layers,
  packetFromJson,
  recognize,
  stack,
  u8,
  u16,
} from '../../src/packet/index.js'

let number = 0

/** A layer of two fields, and how often its layout was asked for. */
function lazy(fields: Record<string, Field<number>> = { kind_: u8(7), size: u8() }) {
  const asked = { times: 0 }
  const made = layer(
    `Lazy${++number}`,
    () => {
      asked.times++
      return fields
    },
    'Waits.',
    'RFC 0',
  )
  return { made, asked }
}

describe('a layout given as a function', () => {
  test('is not asked for by names, texts, behaviour and bindings', () => {
    const { made, asked } = lazy()
    behave(made, { summary: () => 'lazy' })
    const unbind = bind(UDP, made, { dport: 7101 })
    const forget = recognize(made, Raw, () => true)
    expect([made.layerName, made.about, made.source, `${made as unknown as string}`, made.name]).toEqual([
      `Lazy${number}`,
      'Waits.',
      'RFC 0',
      `Lazy${number}`,
      `Lazy${number}`,
    ])
    expect(isLayer(made)).toBe(true)
    expect(allLayers()).toContain(made)
    expect(layerByName(`Lazy${number}`)).toBe(made)
    // Another payload of the lower layer is looked for and found.
    expect(dissect(UDP, fromHex('0001000100090000ff')).payload!.layerName).toBe('Raw')
    expect(asked.times).toBe(0)
    // Nor by the declaration of another layer.
    layer(`Another${number}`, { another: u8() })
    layer(`Later${number}`, () => ({ later: u8() }))
    expect(asked.times).toBe(0)
    unbind()
    forget()
  })

  const uses: [string, (made: ReturnType<typeof lazy>['made']) => void][] = [
    ['calling it', (made) => expect(made({ size: 3 }).hex()).toBe('0703')],
    ['dissecting it', (made) => expect(dissect(made, fromHex('0102')).show({ dump: true })).toContain('kind_')],
    ['its definition', (made) => expect(made.definition.fields.length).toBe(2)],
    ['JSON', (made) => expect(packetFromJson({ layers: [{ name: made.layerName, fields: {} }] }).hex()).toBe('0700')],
    [
      'a list',
      (made) =>
        expect(layer(`${made.layerName}s`, { all: layers(made) })(fromHex('01020304')).show({ dump: true })).toContain(
          'kind_',
        ),
    ],
    ['stacking', (made) => expect(stack(UDP(), made as never).payload!.hex()).toBe('0700')],
  ]
  test.each(uses)('is asked for once: %s', (_name, use) => {
    const { made, asked } = lazy()
    use(made)
    use(made) as unknown
    expect(asked.times).toBe(1)
  })

  test('the payload behind a binding is read, its fields found from outside', () => {
    const { made, asked } = lazy({ [`inner${number}`]: u8(), [`deep${number}`]: u8() })
    const name = `deep${number - 1}`
    const unbind = bind(UDP, made, { dport: 7102 })
    const packet = dissect(UDP, fromHex('00011bbe000a00000102')) as unknown as Record<string, unknown>
    expect(packet[name]).toBe(2)
    packet[name] = 9
    expect(packet[name]).toBe(9)
    expect(asked.times).toBe(1)
    unbind()
  })

  test('`in` knows fields of layers that nobody has used', () => {
    const name = `unused${number}`
    lazy({ [name]: u8() })
    expect(name in UDP()).toBe(true)
    expect('nobodysfield' in UDP()).toBe(false)
  })

  test('building sets the fields of the lower layer, also when the binding waited', () => {
    const { made } = lazy()
    const unbind = bind(UDP, made, { dport: 7103 })
    expect(stack(UDP(), made()).dport).toBe(7103)
    unbind()
    expect(stack(UDP(), made()).dport).toBe(53)
  })

  test('a binding that is taken back before anything was read is gone', () => {
    const { made, asked } = lazy()
    bind(UDP, made, { dport: 7104 })()
    expect(dissect(UDP, fromHex('00011bc0000a00000102')).payload!.layerName).toBe('Raw')
    expect(asked.times).toBe(0)
  })

  test('the latest binding wins, whether it waited or not', () => {
    const first = lazy().made
    const second = layer(`Eager${number}`, { eager: u16() })
    const undo = [bind(UDP, first, { dport: 7105 }), bind(UDP, second, { dport: 7105 })]
    const bytes = fromHex('00011bc1000a00000102')
    expect(dissect(UDP, bytes).payload!.layerName).toBe(second.layerName)
    undo[1]!()
    expect(dissect(UDP, bytes).payload!.layerName).toBe(first.layerName)
    undo[0]!()
  })

  test('a layer declared again takes its place in bindings that wait', () => {
    const { made } = lazy()
    const unbind = bind(UDP, made, { dport: 7106 })
    const again = layer(made.layerName, { other: u16() })
    expect(dissect(UDP, fromHex('00011bc2000a00000102')).payload!._layer).toBe(again.definition)
    unbind()
  })
})

describe('recognize', () => {
  const Magic = layer('MagicExample', { magic: u16(), rest_: u8() })
  const starts = (buffer: Uint8Array, start: number, end: number): boolean =>
    end - start >= 3 && buffer[start] === 0xca && buffer[start + 1] === 0xfe

  test('finds a layer by its bytes where no binding fits, until it is taken back', () => {
    const forget = recognize(UDP, Magic, starts)
    const at = (port: string): string => dissect(UDP, fromHex(`0001${port}000b0000cafe01`)).payload!.layerName
    expect(at('1bc3')).toBe('MagicExample')
    expect(dissect(UDP, fromHex('00011bc3000b0000cafd01')).payload!.layerName).toBe('Raw')
    const unbind = bind(UDP, Raw, { dport: 7107 })
    expect(at('1bc3')).toBe('Raw')
    unbind()
    forget()
    expect(at('1bc3')).toBe('Raw')
  })
})

describe('all layers of netshell', () => {
  test('can be prepared: no field has a name that is taken', () => {
    for (const each of allLayers()) expect(() => each.definition, each.layerName).not.toThrow()
    const names = new Set(allLayers().map(({ layerName }) => layerName))
    for (const { layerName, definition } of allLayers())
      for (const field of definition.fields) expect(names.has(field.name), `${layerName}.${field.name}`).toBe(false)
  })
})
