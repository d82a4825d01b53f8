import { readFileSync } from 'node:fs'

/** A capture in memory, as the peers have it: reading the file is not part of what is measured. */
export interface Capture {
  bytes: Uint8Array
  offsets: Uint32Array
  ends: Uint32Array
}

/** At most `count` packets of a little-endian pcap file. */
export function readWholeCapture(path: string, count: number): Capture {
  const bytes = new Uint8Array(readFileSync(path))
  const view = new DataView(bytes.buffer)
  const offsets: number[] = []
  const ends: number[] = []
  for (let at = 24; at + 16 <= bytes.length && offsets.length < count; ) {
    const end = at + 16 + view.getUint32(at + 8, true)
    offsets.push(at + 16)
    ends.push(end)
    at = end
  }
  return { bytes, offsets: Uint32Array.from(offsets), ends: Uint32Array.from(ends) }
}
