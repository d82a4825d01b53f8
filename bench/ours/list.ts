/** Memory of packets kept in a list, beyond their own bytes: `node --expose-gc list.mjs FILE COUNT`. */

import { PacketList, readCapture } from '../../src/index.js'

type Batch = Parameters<PacketList['appendBatch']>[0]

const [file = '', count = '0'] = process.argv.slice(2)

/** Bytes in use after garbage collection. External memory counts array buffers. */
async function memory(): Promise<{ used: number; resident: number }> {
  for (let turn = 0; turn < 4; turn++) {
    globalThis.gc?.()
    // Buffers are given back between turns of the event loop.
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
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

function cut(batch: Batch, most: number): Batch {
  return batch.count <= most ? batch : { ...batch, count: most }
}

// Loads and compiles what filling needs, which no longer counts then.
await filled(10_000)
const before = await memory()
const list = await filled(Number(count))
const after = await memory()
const own = list.byteLength
const beyond = (after.used - before.used - own) / list.length
const resident = (after.resident - before.resident - own) / list.length
console.log(JSON.stringify({ packets: list.length, own, beyond, resident, last: list.at(-1)?.bytes().length }))
