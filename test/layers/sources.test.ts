/** Every layer stands in known packets of at least two programs, one of them not Scapy. */
import { readdirSync, readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { allLayers, type LayerJson } from '../../src/packet/index.js'
import { bindPortsOfVectors } from './ports-of-vectors.js'
import { bytesOf, outermostOf, type Vector } from './vectors.js'

const FOLDER = new URL('../vectors/', import.meta.url)

const NO_BYTES = 'It has no bytes: what is read never has one; what is around it says the type.'
const CISCO = "Cisco's routers make version 2; Scapy and tcpdump know version 1, and no other decoder is at hand."
const DENSE = 'A daemon of PIM-DM would make it; tcpdump 4.99 reads an older form, Scapy has none.'
const LLDP = 'tcpdump 4.99 calls its subtype unknown, lldpd 1.0 does not send it, Scapy 2.5 has no layer of it.'

/** Layers that have one source, or none, and why there is no other. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  Dot11ATIM: NO_BYTES,
  GTPExtensionHeader:
    'Scapy 2.5 knows only extension headers that have layers of their own; tcpdump does not read GTP.',
  HSRPInterfaceState: CISCO,
  HSRPText: CISCO,
  HSRPv2: CISCO,
  LLDPDUEnergyEfficientEthernet: LLDP,
  LLDPDUManagementVID: LLDP,
  LLDPDUVIDUsageDigest: LLDP,
  MQTTAuth: 'Mosquitto sends it only for a plugin, and Scapy 2.5 knows MQTT up to 3.1.1.',
  PIMv2GraftAck: DENSE,
  PIMv2StateRefresh: DENSE,
  QUIC_CONNECTION_CLOSE:
    'Captures at hand have it only in versions that the sender makes up: they cannot be protected anew as they were.',
  QUIC_Frame: 'A frame that an Initial packet may not hold: no program sends it.',
}

/** A vector, and the name of its layer where its file says it. */
type Known = Vector & { layer?: string }

/** The vectors of a file: in a list, or by the layer that their bytes start with. */
function vectorsIn(file: string): Known[] {
  const { vectors, layers = {} } = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as {
    vectors?: Known[]
    layers?: Record<string, Known[]>
  }
  return vectors ?? Object.entries(layers).flatMap(([layer, list]) => list.map((vector) => ({ layer, ...vector })))
}

/** Names of the layers of a packet, and of those inside its fields. */
function layerNames(value: unknown, names = new Set<string>()): Set<string> {
  if (typeof value !== 'object' || value === null) return names
  const { name, fields } = value as Partial<LayerJson>
  if (typeof name === 'string' && typeof fields === 'object') names.add(name)
  for (const inner of Object.values(value)) layerNames(inner, names)
  return names
}

const vectors = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .flatMap(vectorsIn)

/** The tools of the vectors that each layer stands in. */
const tools = new Map<string, Set<string>>(allLayers().map(({ layerName }) => [layerName, new Set()]))
const misread: string[] = []
bindPortsOfVectors()
beforeAll(() => {
  for (const vector of vectors) {
    const names = layerNames(outermostOf(vector, vector.layer ?? '')(bytesOf(vector)).toJSON().layers)
    if (vector.layer !== undefined && !names.has(vector.layer)) misread.push(`${vector.layer}: ${vector.name}`)
    // Fingerprints are compared with other programs, the packets that they are of are not.
    if (vector.tool !== undefined) for (const name of names) tools.get(name)?.add(vector.tool)
  }
})

test('every known packet is read as the layer that it is for', () => {
  expect(misread).toEqual([])
})

test('every layer stands in known packets of two programs, one of them not Scapy', () => {
  const known = [...tools].filter(([, of]) => of.size > 1).map(([name]) => name)
  const missing = [...tools.keys()].filter((name) => !known.includes(name) && !(name in EXCEPTIONS))
  expect(missing.map((name) => `${name}: ${[...tools.get(name)!].join() || 'nothing'}`)).toEqual([])
})

test('an exception is for a layer that exists, and is still needed', () => {
  const needless = Object.keys(EXCEPTIONS).filter((name) => (tools.get(name)?.size ?? 2) > 1)
  expect(needless).toEqual([])
})

test('there are many known packets', () => {
  expect(vectors.length).toBeGreaterThanOrEqual(1500)
  expect(tools.size).toBeGreaterThan(600)
})
