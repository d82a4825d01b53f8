// Takes frames of a capture file as vectors: prints the JSON of each, with the fields as netshell reads them, to be checked against
// what `tshark -V` says before it goes into a file here.
//   node --import ./scripts/typescript.mjs test/vectors/take.ts FILE LAYER SOURCE TOOL NUMBER=NAME [NUMBER=NAME …]
import { readCapture } from '../../src/capture/index.js'
import { dissectLink } from '../../src/layers/index.js'
import { toHex } from '../../src/packet/index.js'

const [file, layer, source, tool, ...chosen] = process.argv.slice(2)
const names = new Map(chosen.map((each) => [Number(each.split('=')[0]), each.slice(each.indexOf('=') + 1)]))
let number = 0
for await (const batch of readCapture(file!))
  for (let i = 0; i < batch.count; i++) {
    const name = names.get(++number)
    if (name === undefined) continue
    const bytes = batch.buffer.slice(batch.offsets[i], batch.offsets[i]! + batch.lengths[i]!)
    const packet = dissectLink(batch.linkType, bytes)
    const own = packet.toJSON().layers.find((each) => each.name === layer)
    if (own === undefined) process.stderr.write(`frame ${number} has no ${layer}: ${packet.summary()}\n`)
    for (const issue of packet.issues()) process.stderr.write(`frame ${number}: ${issue}\n`)
    const vector = {
      layer,
      name,
      source,
      tool,
      from: packet.layerName,
      hex: toHex(bytes),
      layers: packet.layers().map((each) => each.layerName),
      fields: own?.fields,
      summary: packet.summary(),
    }
    process.stdout.write(`${JSON.stringify(vector, null, 2)},\n`)
  }
