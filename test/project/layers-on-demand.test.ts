/** The built program starts with the usual layers; the others come when something needs them, and nothing shows that they were not there. */
import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allLayers } from '../../src/packet/index.js'
import '../../src/layers/index.js'
import { bundledProgram } from '../repl/screen/program.js'

let program: Awaited<ReturnType<typeof bundledProgram>>
beforeAll(async () => {
  program = await bundledProgram()
}, 60_000)
afterAll(() => program?.remove())

/** What the program prints for an expression. */
const evaluated = (expression: string): string =>
  execFileSync(process.execPath, [program.file, '-e', expression], { encoding: 'utf8', timeout: 30_000 }).trim()

/** A frame of a protocol that is not among the usual layers, from UDP on: a read request of TFTP. */
const REQUEST = "hex('c0000045001100000001780069656361736369690000'.slice(0, 34))"

describe('in the program', () => {
  test('rare layers are not there at the start', () => {
    // The name is put together: a line that names a layer needs it.
    expect(evaluated("['tftp'.toUpperCase() in globalThis, 'udp'.toUpperCase() in globalThis]")).toBe('[ false, true ]')
  })

  test('naming one makes them all known', () => {
    expect(
      evaluated(
        "TFTP().layerName + ' ' + ('ospf_hdr'.toUpperCase() === 'OSPF_HDR' && 'tls'.toUpperCase() in globalThis)",
      ),
    ).toBe('TFTP true')
  })

  test('a payload that is none of the usual ones, help, lists and JSON find them', () => {
    expect(evaluated(`dissect(UDP, ${REQUEST}).summary()`)).toContain('TFTP')
    expect(evaluated("ls('services')")).toContain('TFTP')
    expect(evaluated("help('tftp')")).toContain('TFTP')
    expect(evaluated("packetFromJson({layers: [{name: 'TFTP', fields: {}}]}).layerName")).toBe('TFTP')
  })

  test('a layer of the user comes after all of them', () => {
    const mine = "layer('Mine', {a: u8()})"
    expect(evaluated(`mine = ${mine}; bind(UDP, mine, {dport: 69}); dissect(UDP, ${REQUEST}).payload.layerName`)).toBe(
      'Mine',
    )
  })

  test('it has as many as the library', () => {
    const count = allLayers().length
    expect(count).toBeGreaterThan(400)
    const names = evaluated("help('Layers')").match(/^ {2}[A-Z]\w*(?= |$)/gm) ?? []
    expect(names.length).toBe(count)
  })
})
