/** Runs the shared suite's tests of one packet for all files of vectors whose names begin alike. */
import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { layerByName } from '../../src/packet/index.js'
import { vectorTests } from './layer-suite.js'
import { bindPortsOfVectors } from './ports-of-vectors.js'
import { type Vector, vectorsOf } from './vectors.js'

/** The files `test/vectors/<kind>-<group>.json`. */
export function madeSuite(kind: string): void {
  bindPortsOfVectors()
  const files = readdirSync(new URL('../vectors/', import.meta.url))
    .filter((file) => file.startsWith(`${kind}-`) && file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
  test('there are files of them', () => expect(files).not.toEqual([]))
  for (const file of files)
    describe(file, () => {
      for (const vector of vectorsOf(file) as (Vector & { layer: string })[])
        describe(`${vector.layer}: ${vector.name}`, () => vectorTests(layerByName(vector.layer)!, vector))
    })
}
