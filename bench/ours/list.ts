/** Memory of packets kept in a list, beyond their own bytes: `node --expose-gc list.mjs FILE COUNT`. */

import { type CaptureFileBatch, PacketList, readCapture } from '../../src/index.js'

const [file = '', count = '0'] = process.argv.slice(2)

/** Bytes in use after garbage collection. External memory counts array buffers. */
function memory(): { used: number; resident: number } {
  for (let turn = 0; turn < 4; turn++) globalThis.gc?.()
  const { heapUsed, external, rss } = process.memoryUsage()
  return { used: heapUsed + external, resident: rss }
}

/** A list with the file's packets, over and over until there are enough. */
async function filled(wanted: number): Promise<PacketList> {
  const list = new PacketList()
  while (list.length < wanted) {
    for await (const batch of readCapture(file)) {
      if (list.length < wanted) list.appendBatch(cut(batch, wanted - list.length))
    }
  }
  return list
}

function cut(batch: CaptureFileBatch, most: number): CaptureFileBatch {
  return batch.count <= most ? batch : { ...batch, count: most }
}

// Loads and compiles what filling needs, which no longer counts then.
await filled(10_000)
const before = memory()
const list = await filled(Number(count))
const after = memory()
const own = list.byteLength
const beyond = (after.used - before.used - own) / list.length
const resident = (after.resident - before.resident - own) / list.length
console.log(JSON.stringify({ packets: list.length, own, beyond, resident, last: list.at(-1)?.bytes().length }))
