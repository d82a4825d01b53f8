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

/** All that a dissection shows of bytes that stand between `outside` bytes. */
function seen(layer: Layer, bytes: Uint8Array, outside: number): { packet: Packet; text: string; json: string } {
  const before = 37
  const buffer = new Uint8Array(before + bytes.length + 91).fill(outside)
  buffer.set(bytes, before)
  const packet = dissect(layer, buffer, before, before + bytes.length)
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

/** Dissects the bytes in every way and checks all that must hold for any bytes. @throws an assertion that names the bytes */
export function examine(layer: Layer, bytes: Uint8Array): void {
  try {
    const one = seen(layer, bytes, 0xa5)
    const other = seen(layer, bytes, 0x5a)
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
 * Dissects bytes that stand between others, and checks that no single byte of those is read, even where it would change
 * nothing. Views are not watched: what they hold is what `examine` compares.
 */
function examineReads(layer: Layer, bytes: Uint8Array): void {
  const before = 37
  const end = before + bytes.length
  const buffer = new Uint8Array(end + 91)
  buffer.set(bytes, before)
  const outside = new Set<number>()
  const watched = new Proxy(buffer, {
    get(target, key) {
      if (typeof key === 'string' && /^\d+$/.test(key)) {
        const at = Number(key)
        if (at < before || at >= end) outside.add(at - before)
        return target[at]
      }
      const member: unknown = Reflect.get(target, key, target)
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
  dissect(layer, watched, before, end).show({ dump: true })
  if (outside.size > 0)
    expect([...outside], `${layer.layerName} over ${toHex(bytes)}: bytes read outside, by place`).toEqual([])
}

/** Every way to cut the bytes short, the whole and the empty run included. */
export function examineTruncations(layer: Layer, bytes: Uint8Array): void {
  for (let length = 0; length <= bytes.length; length++) {
    examine(layer, bytes.subarray(0, length))
    examineReads(layer, bytes.subarray(0, length))
  }
}

/** `count` seeded mutations of the bytes. */
export function examineMutations(layer: Layer, bytes: Uint8Array, count: number, seed: number): void {
  const random = seeded(seed)
  for (let i = 0; i < count; i++) examine(layer, mutated(bytes, random))
}
