export { formatIpv4, formatIpv6, formatMac, parseIpv4, parseIpv6, parseMac } from './addresses.js'
export { answers, hashKey } from './answers.js'
export { writeNested } from './build.js'
export { BuildContext } from './build-context.js'
export { escapeBytes, fromHex, Reader, sameBytes, toBytes, toHex, Writer } from './bytes.js'
export { checksum, finish, fold, sum } from './checksum.js'
export type { FieldDifference } from './diff.js'
export type { ByteDifference } from './diff-bytes.js'
export { BytesDiff, type DiffOptions, diff, PacketDiff } from './diff-text.js'
export { closest, Issue, PacketError, suggestion } from './errors.js'
export { type AnyPacket, type Codec, Deferred, Field, Kind } from './field.js'
export { fuzz } from './fuzz.js'
export { hexdumpOf } from './hexdump.js'
export type { LayerJson, PacketJson } from './json.js'
export { packetFromJson } from './json-in.js'
export * from './kinds.js'
export {
  allLayers,
  behave,
  bind,
  dissect,
  type Given,
  type Inputs,
  type Layer,
  layer,
  isLayer,
  layerByName,
  loadedLayers,
  recognize,
  stack,
  unbind,
  type Values,
} from './layer.js'
export { type Behaviour, LayerDefinition, type LayerReference } from './layer-definition.js'
export { bytesCommand, printed, quoted } from './literal.js'
export { type ElementLayer, LayerListCodec, layers, list, type ListExtent, nested } from './lists.js'
export * from './number-kinds.js'
export { divide, isIn, multiply, remove } from './operators.js'
export { type Option, type OptionKind, options, type OptionsFormat } from './options.js'
export {
  asPacket,
  createPacket,
  layersDeclared,
  loadLayers,
  onLayersLoaded,
  setLayerLoader,
  Packet,
  type PacketMeta,
  type PrintOptions,
  print,
  setPrinter,
  type Stackable,
  useOpaqueLayers,
} from './packet.js'
export { type Painter, painterFor, type Role, setPainter, unpainted } from './paint.js'
export type { FieldPath, FieldRange } from './places.js'
export { PlainValueCodec } from './plain-value.js'
export * from './random.js'
export { hardwareSource, routeSource, setHardwareSource, setRouteSource } from './route-source.js'
export { FieldSet } from './sets.js'
export * from './volatile.js'
