/**
 * What every dissection of any bytes must hold to: it does not throw, it does not hang, it reads nothing outside of its
 * bytes, and what it makes of them is bounded.
 */
import { expect } from 'vitest'
import { dissect, type Layer, type Packet, toHex } from '../../src/packet/index.js'

/** Layers inside one another: the engine's limit, the Raw that says so, and the padding behind it. */
const MAX_LAYERS = 68

/** A seeded generator of numbers from 0 up to 1 (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A seed from a text, so that every layer has its own mutations and every run the same. */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

const EXTREMES = [0, 1, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xff]

/** The bytes with one to four damages: flipped bits, extreme values, spans cut out, doubled or overwritten with noise. */
export function mutated(bytes: Uint8Array, random: () => number): Uint8Array {
  const below = (limit: number): number => Math.floor(random() * limit)
  let result = Array.from(bytes)
  for (let damages = 1 + below(4); damages > 0; damages--) {
    const at = below(result.length + 1)
    const size = 1 + below(8)
    switch (below(6)) {
      case 0:
        if (at < result.length) result[at]! ^= 1 << below(8)
        break
      case 1:
        if (at < result.length) result[at] = EXTREMES[below(EXTREMES.length)]!
        break
      case 2:
        for (let i = at; i < Math.min(at + 2, result.length); i++) result[i] = EXTREMES[below(EXTREMES.length)]!
        break
      case 3:
        result.splice(at, size)
        break
      case 4:
        result.splice(at, 0, ...result.slice(at, at + size))
        break
      default:
        result = [...result.slice(0, at), ...Array.from({ length: size }, () => below(256)), ...result.slice(at + size)]
    }
  }
  return Uint8Array.from(result)
}

/** Bytes that stand between others: how many are before and behind them. */
const BEFORE = 37
const BEHIND = 91

/** The bytes between `outside` bytes. */
function between(bytes: Uint8Array, outside: number): Uint8Array {
  const buffer = new Uint8Array(BEFORE + bytes.length + BEHIND).fill(outside)
  buffer.set(bytes, BEFORE)
  return buffer
}

/** All that a dissection of the bytes in such a buffer shows. */
function seen(layer: Layer, buffer: Uint8Array): { packet: Packet; text: string; json: string } {
  const packet = dissect(layer, buffer, BEFORE, buffer.length - BEHIND)
  return {
    packet,
    text: `${packet.summary()}\n${packet.show({ dump: true, color: false })}`,
    json: JSON.stringify(packet),
  }
}

/** Values in a JSON tree. */
function leaves(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce((total: number, inner) => total + leaves(inner), 1)
}

/**
 * As `expect(value, what).toBe(expected)`, which costs more than most of what is compared here: it is asked only for its
 * message, once the two differ.
 */
function same(value: unknown, expected: unknown, what: string): void {
  if (value !== expected) expect(value, what).toBe(expected)
}

function atMost(value: number, limit: number, what: string): void {
  if (!(value <= limit)) expect(value, what).toBeLessThanOrEqual(limit)
}

/**
 * Dissects the bytes in every way and checks all that must hold for any bytes.
 * @param readOutside when given, takes the place of every single byte that is read outside of them
 * @throws an assertion that names the bytes
 */
export function examine(layer: Layer, bytes: Uint8Array, readOutside?: Set<number>): void {
  try {
    const one = seen(layer, between(bytes, 0xa5))
    const elsewhere = between(bytes, 0x5a)
    const other = seen(layer, readOutside === undefined ? elsewhere : watched(elsewhere, readOutside))
    same(other.text, one.text, 'bytes outside of the packet show')
    same(other.json, one.json, 'bytes outside of the packet show in JSON')
    const { packet } = one
    const hex = toHex(bytes)
    same(packet.hex(), hex, 'rebuild of an untouched packet')
    same(packet.copy().hex(), hex, 'rebuild of a copy')
    atMost(packet.layers().length, MAX_LAYERS, 'layers')
    // No field is smaller than a bit, and a layer has at most as many fields as it declares.
    const fields = packet.layers().reduce((total, inner) => total + inner._layer.fields.length, 0)
    // Each value but the first takes two characters at least, itself and a comma: mostly there is no need to count.
    const limit = 64 + 2 * fields + 16 * bytes.length
    if (one.json.length > 2 * limit) atMost(leaves(JSON.parse(one.json)), limit, 'values')
    same(typeof packet.command(), 'string', 'command()')
    packet.issues()
  } catch (error) {
    ;(error as Error).message = `${layer.layerName} over ${toHex(bytes)}: ${(error as Error).message}`
    throw error
  }
}

/**
 * The buffer, which notes the place of each single byte that is read outside of the packet, even where it would change
 * nothing. Views are not watched: what they hold is what `examine` compares.
 */
function watched(buffer: Uint8Array, readOutside: Set<number>): Uint8Array {
  const end = buffer.length - BEHIND
  return new Proxy(buffer, {
    get(target, key) {
      // Names of members start with a letter.
      const at = typeof key === 'string' && key.charCodeAt(0) <= 57 ? Number(key) : -1
      if (at >= 0) {
        if (at < BEFORE || at >= end) readOutside.add(at - BEFORE)
        return target[at]
      }
      const member: unknown = Reflect.get(target, key, target)
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
}

/** What was cut short already, by outermost layer: one packet is a known packet of many layers, and many begin alike. */
const cut = new Map<Layer, Uint8Array[]>()

/** How many bytes two runs share from their start on. */
function shared(one: Uint8Array, other: Uint8Array): number {
  const most = Math.min(one.length, other.length)
  for (let i = 0; i < most; i++) if (one[i] !== other[i]) return i
  return most
}

/** Every way to cut the bytes short, the whole and the empty run included; starts that were examined before only once. */
export function examineTruncations(layer: Layer, bytes: Uint8Array): void {
  const earlier = cut.get(layer) ?? []
  const known = earlier.reduce((most, other) => Math.max(most, shared(bytes, other)), -1)
  for (let length = known + 1; length <= bytes.length; length++) {
    const start = bytes.subarray(0, length)
    const readOutside = new Set<number>()
    examine(layer, start, readOutside)
    if (readOutside.size > 0)
      expect([...readOutside], `${layer.layerName} over ${toHex(start)}: bytes read outside, by place`).toEqual([])
  }
  // Only now: what failed, fails again wherever it is asked for.
  cut.set(layer, [...earlier, bytes])
}

/** `count` seeded mutations of the bytes. */
export function examineMutations(layer: Layer, bytes: Uint8Array, count: number, seed: number): void {
  const random = seeded(seed)
  for (let i = 0; i < count; i++) examine(layer, mutated(bytes, random))
}
