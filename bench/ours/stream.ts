/** Reads a capture file in batches and prints two fields of each packet's dissection: `node stream.mjs FILE PASSES`. */

import { dissect, IP, linkLayer, readCapture, TCP } from '../../src/index.js'

const [file = '', passes = '1'] = process.argv.slice(2)

let packets = 0
let consumed = 0

async function pass(): Promise<void> {
  for await (const batch of readCapture(file)) {
    const layer = linkLayer(batch.linkType)!
    for (let index = 0; index < batch.count; index++) {
      const start = batch.offsets[index]!
      const packet = dissect(layer, batch.buffer, start, start + batch.lengths[index]!)
      consumed += packet.get(IP)?.src.length ?? 0
      consumed += packet.get(TCP)?.dport ?? 0
    }
    packets += batch.count
  }
}

await pass()
globalThis.gc?.()
packets = 0
const before = process.cpuUsage()
for (let round = 0; round < Number(passes); round++) await pass()
const used = process.cpuUsage(before)
console.log(JSON.stringify({ packets, microseconds: used.user + used.system, consumed }))
