import { describe, expect, test } from 'vitest'
import { Ether, PPPoE, PPPoED, PPPoED_Tags } from '../../../src/layers/index.js'
import { answers, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('pppoe', [PPPoE, PPPoED, PPPoED_Tags])

describe('PPPoE, beyond the suite', () => {
  test('an offer answers the question of the same host', () => {
    const tagged = (uniq: string) => PPPoED_Tags({ tag_list: [{ tag_type: 'Host-Uniq', tag_value: uniq }] })
    const question = stack(Ether(), PPPoED(), tagged('a'))
    expect(answers(stack(Ether(), PPPoED({ code: 'PADO' }), tagged('a')), question)).toBe(true)
    expect(answers(stack(Ether(), PPPoED({ code: 'PADO' }), tagged('b')), question)).toBe(false)
    expect(stack(Ether(), PPPoE()).hex().slice(24)).toBe('8864110000000000')
  })
})
