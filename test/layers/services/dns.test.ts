import { readFileSync } from 'node:fs'
import { DNS } from '../../../src/layers/index.js'
import { layerByName } from '../../../src/packet/index.js'
import { layerSuite } from '../layer-suite.js'
import { type Vector, vectorsOf } from '../vectors.js'

layerSuite(DNS, { vectors: vectorsOf('dns') })

const records = JSON.parse(readFileSync(new URL('../../vectors/dns-records.json', import.meta.url), 'utf8')) as {
  layers: Record<string, Vector[]>
}
for (const [name, vectors] of Object.entries(records.layers)) layerSuite(layerByName(name)!, { vectors })
