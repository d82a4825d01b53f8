import { compileGetter, HOT } from './compile.js'
import { closest, PacketError } from './errors.js'
import { type LayerDefinition, nameId } from './layer-definition.js'
import type { Packet } from './packet.js'

/** A field name that all packets have, with the layers that know it. */
interface ExposedName {
  readonly id: number
  readonly owners: LayerDefinition[]
  reads: number
  /** Most names are never used: the accessor of one is put in place when it first is. */
  isDefined: boolean
  /** Whether its getter was made for these layers alone. */
  isCompiled: boolean
}

/** Names that libraries probe objects for: reading them is never a typing mistake. */
const PROBED = new Set([
  'then',
  'catch',
  'finally',
  'constructor',
  'nodeType',
  'tagName',
  'inspect',
  'asymmetricMatch',
  'sample',
  'size',
])

/**
 * Fields by their names on every packet: `packet.dport` is the field of the first layer that has it. One accessor for a
 * name stands on the prototype of all packets, so that packets of all layers are of one shape.
 */
export class FieldAccess {
  private readonly exposed = new Map<string, ExposedName>()
  /** Reads of one name after which getters are made. Each time costs: V8 forgets all code that relied on the old ones. */
  private nextCompilation = HOT

  constructor(private readonly prototype: Packet) {}

  /** Makes the fields of a layer reachable. @throws PacketError for a name that packets use themselves */
  expose(definition: LayerDefinition): void {
    // All names are checked before the first is known.
    for (const { name } of definition.fields) this.check(name)
    for (const { name } of definition.fields) this.exposeName(name, definition)
  }

  private check(name: string): void {
    if (this.exposed.has(name)) return
    if (Object.hasOwn(this.prototype, name) || name in Object.prototype || name.startsWith('_')) {
      throw new PacketError(
        `a field cannot be named '${name}': every packet has that already; choose another name, such as '${name}_'`,
      )
    }
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name))
      throw new PacketError(`a field's name is a word of letters, digits and _, not '${name}'`)
  }

  private exposeName(name: string, definition: LayerDefinition): void {
    const known = this.exposed.get(name)
    if (known !== undefined) {
      known.owners.push(definition)
      if (known.isCompiled) this.defineGeneric(name, known)
      return
    }
    this.exposed.set(name, { id: nameId(name), owners: [definition], reads: 0, isDefined: false, isCompiled: false })
  }

  /** Whether packets have that field name; its accessor is in place from now on. */
  reach(name: string): boolean {
    const entry = this.exposed.get(name)
    if (entry === undefined) return false
    if (!entry.isDefined) this.defineGeneric(name, entry)
    return true
  }

  private defineGeneric(name: string, entry: ExposedName): void {
    const { id } = entry
    const noteRead = (): void => {
      if (++entry.reads === this.nextCompilation) this.compileGetters()
    }
    entry.isDefined = true
    entry.isCompiled = false
    this.define(name, id, function (this: Packet): unknown {
      noteRead()
      for (let layer: Packet | null = this; layer !== null; layer = layer.payload) {
        // The prototype itself, which completion and debuggers look at, has no layer.
        if (layer._layer === undefined) return undefined
        const index = layer._layer.slots[id]
        if (index !== undefined && index >= 0) return layer._read(index)
      }
      return undefined
    })
  }

  private define(name: string, id: number, get: (this: Packet) => unknown): void {
    const set = function (this: Packet, value: unknown): void {
      for (let layer: Packet | null = this; layer !== null; layer = layer.payload) {
        const index = layer._layer.slots[id]
        if (index !== undefined && index >= 0) {
          layer._write(index, value)
          return
        }
      }
      throw this._unknownField(name)
    }
    Object.defineProperty(this.prototype, name, { configurable: true, get, set })
  }

  /** Makes the getters of all names that were read lately, in one go, and waits ten times as long before it does so again. */
  private compileGetters(): void {
    const least = this.nextCompilation / 20
    this.nextCompilation *= 10
    for (const [name, entry] of this.exposed) {
      if (entry.isCompiled || entry.reads < least) continue
      const get = compileGetter(entry.id, entry.owners)
      if (get === null) return
      entry.isCompiled = true
      this.define(name, entry.id, get)
    }
  }
}

/**
 * Puts a proxy behind the prototype of all packets. Names come to it that stand on no packet yet: fields that are used for
 * the first time, `packet[TCP]` (a layer turns into its name), and mistyped fields, which must not vanish in silence.
 */
export function watchNames(
  prototype: Packet,
  fields: FieldAccess,
  isPacket: (value: unknown) => value is Packet,
  isLayer: (name: string) => boolean,
  prepareAll: () => void,
): void {
  const watcher = new Proxy(Object.create(Object.prototype) as object, {
    get(target, key, receiver: unknown) {
      if (typeof key === 'symbol' || key in target || !isPacket(receiver)) return Reflect.get(target, key, receiver)
      if (fields.reach(key)) return Reflect.get(prototype, key, receiver)
      if (isLayer(key)) return receiver.get(key)
      if (PROBED.has(key) || key.startsWith('_')) return undefined
      // The names of a layer are known when it was used: those further in may not have been looked at yet.
      const layers = receiver.layers()
      if (fields.reach(key)) return Reflect.get(prototype, key, receiver)
      for (const layer of layers) {
        const names = layer._layer.fields.map((field) => field.name)
        if (closest(key, names) !== undefined) throw receiver._unknownField(key)
      }
      return undefined
    },
    set(_target, key, value, receiver: unknown) {
      if (!isPacket(receiver)) return false
      if (typeof key === 'string') {
        if (!fields.reach(key)) receiver.layers()
        if (fields.reach(key)) return Reflect.set(prototype, key, value, receiver)
      }
      throw receiver._unknownField(String(key))
    },
    has(target, key) {
      if (key in target || typeof key === 'symbol') return key in target
      // Which packet is meant is not told: any layer may have it.
      if (!fields.reach(key)) prepareAll()
      return fields.reach(key)
    },
  })
  Object.setPrototypeOf(prototype, watcher)
}
