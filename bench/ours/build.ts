import { Ether, IP, stack, TCP } from '../../src/index.js'
import { Sink } from './sink.js'

const ADDRESSES = Array.from({ length: 256 }, (_, index) => `10.${index}.${255 - index}.${1 + (index % 250)}`)
const PAYLOAD = new TextEncoder().encode('x'.repeat(64))

let consumed = 0

function buildOne(index: number): Uint8Array {
  return stack(
    Ether({ dst: '00:11:22:33:44:55', src: '66:77:88:99:aa:bb' }),
    IP({ src: '192.168.0.10', dst: ADDRESSES[index & 255]!, id: index & 0xffff, ttl: 64 }),
    TCP({
      sport: 1024 + (index % 60000),
      dport: 80,
      seq: Math.imul(index, 2654435761) >>> 0,
      ack: index,
      flags: 'PA',
      window: 8192,
    }),
    PAYLOAD,
  ).bytes()
}

/** Builds packets from scratch, each other than the one before. */
export function build(count: number): void {
  let sum = 0
  for (let index = 0; index < count; index++) {
    const bytes = buildOne(index)
    sum += bytes.length + bytes[25]! + bytes[51]!
  }
  consumed = (consumed + sum) | 0
}

/** Digest of all bytes built. */
export function buildSink(count: number): string {
  const sink = new Sink()
  for (let index = 0; index < count; index++) {
    const bytes = buildOne(index)
    sink.count += bytes.length
    for (const byte of bytes) {
      sink.number(byte)
      sink.byte(byte)
    }
  }
  return sink.toString()
}

process.on('exit', () => {
  // Read somewhere, so that no compiler may leave the work out.
  if (Number.isNaN(consumed)) process.exitCode = 1
})
