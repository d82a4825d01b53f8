import { describe, expect, test } from 'vitest'
import { IP, LLMNRQuery, LLMNRResponse, UDP } from '../../../src/layers/index.js'
import { answers, dissect, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('llmnr', [LLMNRQuery, LLMNRResponse])

describe('LLMNR, beyond the suite', () => {
  test('a question takes the port, an answer points back to its name', () => {
    const query = stack(IP(), UDP({ sport: 1024 }), LLMNRQuery({ id: 1, qd: 'host' }))
    expect([query.dport, query.qdcount]).toEqual([5355, undefined])
    const reply = LLMNRResponse({ id: 1, t: 1, qd: 'host', an: { rrname: 'host', rdata: '10.0.0.1' } })
    expect(reply.hex()).toBe(
      '000181000001000100000000' + '04686f73740000010001' + 'c00c0001000100000000' + '00040a000001',
    )
    const read = dissect(UDP, stack(UDP({ sport: 5355, dport: 1024 }), reply).bytes())
    expect([read.get(LLMNRResponse)!.t, read.summary()]).toEqual([1, 'UDP / LLMNR Ans "10.0.0.1"'])
    expect(answers(read.get(LLMNRResponse)!, query.get(LLMNRQuery)!)).toBe(true)
    expect(answers(LLMNRResponse({ id: 2 }), query.get(LLMNRQuery)!)).toBe(false)
  })
})
