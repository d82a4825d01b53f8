/** What members of something known are: fields of packets, properties of values, what classes are known to have. */
import { membersDescribed } from '../../commands/metadata.js'
import { Job } from '../../exchange/index.js'
import { type LayerDefinition, layerByName } from '../../packet/index.js'
import { asPacket, classesOf, elementOf, fieldType, instance, type Known, type KnownPacket } from './known.js'
import { prototypeNamed, returnedBy, typeOfMember } from './return-types.js'
import { shippedLayers } from './session.js'
import { shapeOf } from './shapes.js'
import { isA, ownProperty, plainValue, propertyOf } from './values.js'

/** A member of something known. */
export function memberOf(owner: Known, name: string): Known | null {
  if (owner.is === 'object') return owner.members.get(name)?.() ?? null
  const packet = asPacket(owner)
  if (packet !== null) return packetMember(packet, name)
  if (owner.is === 'field') return memberOf(fieldType(owner.field), name)
  if (owner.is === 'function' || owner.is === 'method') return { is: 'method', owner, name }
  if (owner.is === 'value') {
    const { value } = owner
    if (isA(value, Job) && /^results?$/.test(name)) return jobResult(value)
    const property = propertyOf(value, name)
    if (property !== undefined && property.get === undefined) {
      const inner: unknown = property.value
      return typeof inner === 'function' ? { is: 'method', owner, name, value: inner } : { is: 'value', value: inner }
    }
  }
  const type = memberType(owner, name)
  if (type !== undefined) return isMethod(owner, name) ? { is: 'method', owner, name } : resolve(type, owner)
  return isDescribed(owner, name) || isMethod(owner, name) ? { is: 'method', owner, name } : null
}

/** The layers that packets of unknown layers are likely to have. */
export const USUAL = ['Ether', 'IP', 'IPv6', 'TCP', 'UDP', 'ICMP', 'ARP', 'DNS']

function jobResult(job: Job): Known | null {
  const name = plainValue(plainValue(job, 'task'), 'name')
  const type = typeof name === 'string' ? returnedBy(name) : undefined
  return type === undefined ? null : instance(type)
}

function packetMember(packet: KnownPacket, name: string): Known | null {
  const layer = layerByName(name)?.definition
  if (layer !== undefined) return { is: 'packet', layers: [layer] }
  if (name === 'payload') return { is: 'packet', layers: packet.layers?.slice(1) ?? null }
  if (name === 'last') return { is: 'packet', layers: packet.layers?.slice(-1) ?? null }
  for (const each of packet.layers ?? []) {
    const index = each.find(name)
    if (index >= 0) return { is: 'field', field: each.fields[index]!, layer: each }
  }
  const type = typeOfMember('Packet', name)
  if (type !== undefined && !isMethod(packet, name)) return resolve(type, packet)
  if (isMethod(packet, name)) return { is: 'method', owner: packet, name }
  const owner = packet.layers === null ? anyLayerWith(name) : undefined
  return owner === undefined ? null : { is: 'field', field: owner.fields[owner.find(name)]!, layer: owner }
}

/** A layer that has a field of this name: of several the usual one. */
export function anyLayerWith(field: string): LayerDefinition | undefined {
  for (const name of USUAL) {
    const definition = layerByName(name)?.definition
    if (definition !== undefined && definition.find(field) >= 0) return definition
  }
  for (const { definition } of shippedLayers()) if (definition.find(field) >= 0) return definition
  return undefined
}

export function memberType(owner: Known, name: string): string | undefined {
  for (const className of classesOf(owner)) {
    const shape = shapeOf(className)
    if (Object.hasOwn(shape, name)) return shape[name]![0]
    const type = typeOfMember(className, name) ?? describedType(membersDescribed(className).get(name)?.returns)
    if (type !== undefined) return type
  }
  return undefined
}

/** The type that a description begins with: `PacketList: the packets that …`. */
export function describedType(returns: string | undefined): string | undefined {
  const type = /^(?:(?:an?|the) )?([A-Za-z]\w*(?:\[\])?)(?=$|[\s:,;.])/.exec(returns ?? '')?.[1]
  if (type === undefined) return undefined
  const name = type.replace('[]', '')
  const isKnown =
    prototypeNamed(name) !== undefined || membersDescribed(name).size > 0 || /^(?:string|number|boolean)$/.test(name)
  return isKnown ? type : undefined
}

function isDescribed(owner: Known, name: string): boolean {
  return classesOf(owner).some((className) => membersDescribed(className).has(name))
}

/** Whether a member of a class is a function. */
function isMethod(owner: Known, name: string): boolean {
  for (const className of classesOf(owner)) {
    const prototype = prototypeNamed(className)
    const property = prototype === undefined ? undefined : ownProperty(prototype, name)
    if (property !== undefined) return typeof property.value === 'function'
  }
  const usage = classesOf(owner).map((className) => membersDescribed(className).get(name)?.usage)
  return usage.some((text) => text?.includes('(') === true)
}

export function resolve(type: string, owner: Known): Known | null {
  if (type === 'this') return owner
  return type === 'element' ? elementOf(owner) : instance(type)
}
