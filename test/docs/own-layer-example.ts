import { bind, bytes, dissect, IP, layer, layers, stack, UDP, u8, u8Enum, u16 } from '../../src/index.js'

const Part = layer('Part', { kind: u8(), size: u8().lengthOf('value'), value: bytes('size') })
export const Parcel = layer('Parcel', {
  what: u8Enum(1, { 1: 'ask', 2: 'tell' }),
  size: u16().lengthOf('parts'),
  parts: layers(Part, { length: 'size' }),
})
bind(UDP, Parcel, { dport: 4404 })

const parcel = stack(
  IP({ src: '10.0.0.1', dst: '10.0.0.2' }),
  UDP({ sport: 4000 }),
  Parcel({ what: 'tell', parts: [Part({ kind: 5, value: 'abc' })] }),
)
console.log(parcel.get(Parcel)?.hex())

const size: number | undefined = dissect(IP, parcel.bytes()).get(Parcel)?.size
console.log(size)
