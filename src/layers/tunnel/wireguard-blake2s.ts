/** BLAKE2s with a key, for signatures of 16 bytes: Node's own has neither keys nor other lengths than 32. RFC 7693 §3. */

/** What BLAKE2s starts with. RFC 7693 §2.6. */
const START = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19]

/** Order of the message's words in each of the ten rounds, a digit a word. RFC 7693 §2.7. */
const ORDERS = [
  '0123456789abcdef',
  'ea489fd61c02b753',
  'b8c052fdae367194',
  '7931dcbe265a40f8',
  '905724afe1bc683d',
  '2c6a0b834d75fe19',
  'c51fed4a0763928b',
  'db7ec13950f4862a',
  '6fe9b308c2d714a5',
  'a2847615fb9e3cd0',
]

/** Which four words each of the eight steps of a round mixes: the columns, then the diagonals. RFC 7693 §3.2. */
const STEPS = ['048c', '159d', '26ae', '37bf', '05af', '16bc', '278d', '349e']

const BLOCK = 64
const WORDS = 16

const digits = (text: string): number[] => [...text].map((digit) => Number.parseInt(digit, 16))

const rotateRight = (word: number, by: number): number => (word >>> by) | (word << (32 - by))

/** The hash of `message`, of 1 to 32 bytes, with a key of 0 to 32 bytes. */
export function blake2s(message: Uint8Array, length: number, key: Uint8Array = new Uint8Array(0)): Uint8Array {
  const state = Uint32Array.from(START)
  state[0]! ^= 0x01010000 ^ (key.length << 8) ^ length
  // A key is the first block.
  const before = key.length > 0 ? BLOCK : 0
  const total = before + message.length
  const all = new Uint8Array(Math.max(BLOCK, Math.ceil(total / BLOCK) * BLOCK))
  all.set(key)
  all.set(message, before)
  for (let at = 0; at < all.length; at += BLOCK)
    compress(state, all, at, Math.min(total, at + BLOCK), at + BLOCK === all.length)
  const hash = Buffer.alloc(state.length * 4)
  state.forEach((word, i) => {
    hash.writeUInt32LE(word, i * 4)
  })
  return hash.subarray(0, length)
}

/** Takes one block into the state; `count` bytes were taken with it. */
function compress(state: Uint32Array, bytes: Uint8Array, at: number, count: number, isLast: boolean): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, BLOCK)
  const words = Array.from({ length: WORDS }, (_, i) => view.getUint32(i * 4, true))
  const v = Uint32Array.from([...state, ...START])
  v[12]! ^= count
  if (isLast) v[14] = ~v[14]!
  for (const order of ORDERS.map(digits))
    STEPS.map(digits).forEach(([a, b, c, d], step) => {
      mix(v, a!, b!, c!, d!, words[order[step * 2]!]!, words[order[step * 2 + 1]!]!)
    })
  for (let i = 0; i < state.length; i++) state[i]! ^= v[i]! ^ v[i + 8]!
}

/** RFC 7693 §3.1. */
function mix(v: Uint32Array, a: number, b: number, c: number, d: number, x: number, y: number): void {
  v[a]! += v[b]! + x
  v[d] = rotateRight(v[d]! ^ v[a]!, 16)
  v[c]! += v[d]!
  v[b] = rotateRight(v[b]! ^ v[c]!, 12)
  v[a]! += v[b]! + y
  v[d] = rotateRight(v[d]! ^ v[a]!, 8)
  v[c]! += v[d]!
  v[b] = rotateRight(v[b]! ^ v[c]!, 7)
}
