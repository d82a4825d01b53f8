import { closest, PacketError } from './errors.js'
import { type AnyPacket, Field, Kind } from './field.js'
import { printed } from './literal.js'

/** What is wrong with the declaration of a layer is said when it is declared, in the words of whoever wrote it. */

const NO_NAMES: readonly string[] = []

/** Names of values, as the kinds take them behind the default. @throws PacketError for anything else */
export function checkNames<N>(kind: string, names: N): N {
  if (typeof names === 'object' && names !== null) return names
  const [usage, example] =
    kind === 'bitsEnum'
      ? ['count, default, names', '4, 1, ']
      : kind === 'names'
        ? ['names', '']
        : ['default, names', '1, ']
  throw new PacketError(`${kind}(${usage}) wants names by number: ${kind}(${example}{1: 'ask', 2: 'tell'})`)
}

/**
 * The fields that an extent names: they must be read before it.
 * @throws PacketError for what is no extent
 */
export function extentNames(kind: string, extent: unknown): readonly string[] {
  if (typeof extent === 'string') return [extent]
  if (extent === undefined || typeof extent === 'function' || (typeof extent === 'object' && extent !== null))
    return NO_NAMES
  if (typeof extent === 'number' && Number.isInteger(extent) && extent >= 0) return NO_NAMES
  throw new PacketError(
    `${kind}(${printed(extent)}): give a whole number of bytes, the name of a field that says it, or a function of the packet`,
  )
}

/** The same of the extent of a list: `{ count, length }`. */
export function listExtentNames(kind: string, extent: Readonly<Record<string, unknown>>): readonly string[] {
  if (typeof extent !== 'object' || extent === null)
    throw new PacketError(`${kind}(…, ${printed(extent)}): where it ends is {count: …} or {length: …}`)
  for (const part of Object.keys(extent))
    if (part !== 'count' && part !== 'length')
      throw new PacketError(`${kind}(…, {${part}}): where it ends is {count: …} or {length: …}, not '${part}'`)
  return [...extentNames(`${kind} count`, extent.count), ...extentNames(`${kind} length`, extent.length)]
}

/** The fields of a layer as they were given. @throws PacketError for what is no layout */
export function checkLayout(layer: string, layout: unknown): [name: string, field: Field][] {
  if (typeof layout !== 'object' || layout === null || Array.isArray(layout))
    throw new PacketError(
      `layer('${layer}', …): the fields are an object, in the order of their bytes: layer('${layer}', {kind: u8(), size: u16()})`,
    )
  const entries = Object.entries(layout)
  for (const [name, given] of entries) {
    if (!(given instanceof Field)) throw new PacketError(`${layer}.${name}: ${whatItIs(given)}`)
    if (given.kind !== Kind.CODEC) continue
    if ((given.enumNames !== null || given.nameTables !== null) && typeof given.codec!.empty() !== 'number')
      throw new PacketError(`${layer}.${name}: only numbers have names of values`)
    // A field class of its own may know how its number is written.
    if (given.automatic !== null && given.writeAt === Field.prototype.writeAt)
      throw new PacketError(
        `${layer}.${name}: only numbers are computed (u8, u16, u24, u32, bits …), not ${given.codec!.kindName ?? 'this'}`,
      )
  }
  return entries as [string, Field][]
}

function whatItIs(given: unknown): string {
  const isLayer = (typeof given === 'function' || (typeof given === 'object' && given !== null)) && 'layerName' in given
  if (isLayer) {
    const { layerName } = given as { layerName: string }
    return `a layer is no kind of field; write nested(${layerName}) for one of it, layers(${layerName}) for a list`
  }
  if (typeof given === 'function')
    return `${given.name === '' ? 'a function' : given.name} is no field yet; write ${given.name === '' ? 'u8' : given.name}()`
  return `${printed(given)} is no kind of field; write u8(), u16(), text(8) … (help('Fields of layers') lists them)`
}

/**
 * Fields that name others of their layer must name some that are there, in front of them where reading needs them.
 * @throws PacketError
 */
export function checkReferences(layer: string, fields: readonly Field[]): void {
  const names = fields.map((field) => field.name)
  const indexOf = (other: string, { name }: Field, why: string): number => {
    const index = names.indexOf(other)
    if (index >= 0) return index
    const near = closest(other, names)
    throw new PacketError(
      `${layer}.${name}: there is no field '${other}' ${why}; ${near === undefined ? `the fields are ${names.join(' ')}` : `did you mean '${near}'?`}`,
    )
  }
  for (const field of fields) {
    if (field.condition !== null) checkCondition(layer, field, fields)
    if (field.measured !== '') indexOf(field.measured, field, 'to be measured')
    if (field.nameTables !== null) indexOf(field.namesField, field, 'that its names depend on')
    for (const other of field.codec?.needs ?? [])
      if (indexOf(other, field, 'that says how long it is') >= field.index)
        throw new PacketError(
          `${layer}.${field.name}: '${other}' says how long it is, and must stand in front of it in the bytes`,
        )
  }
}

/**
 * What a condition reads must be known while a packet is built, and a field that counts others is computed last: the condition would
 * never hold. It is asked once, of a packet that has nothing, and watched.
 */
function checkCondition(layer: string, { name, condition }: Field, fields: readonly Field[]): void {
  const counted = fields.filter(({ measured }) => measured !== '')
  if (counted.length === 0) return
  const read = new Set<unknown>()
  try {
    condition!(new Proxy({}, { get: (_, key) => void read.add(key) }) as AnyPacket)
  } catch {
    // It has got as far as it can without a packet.
  }
  for (const { name: other, measured } of counted)
    if (read.has(other))
      throw new PacketError(
        `${layer}.${name}: its condition reads '${other}', which is computed when all else is there; let it read '${measured}'`,
      )
}
