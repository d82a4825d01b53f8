import { describe, expect, test } from 'vitest'
import {
  Ether,
  PPP,
  PPP_LCP,
  PPP_LCP_Code_Reject,
  PPP_LCP_Configure,
  PPP_LCP_Discard_Request,
  PPP_LCP_Echo,
  PPP_LCP_Identification,
  PPP_LCP_Protocol_Reject,
  PPP_LCP_Terminate,
  PPPoE,
} from '../../../src/layers/index.js'
import { answers, hashKey, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('ppp-lcp', [
  PPP_LCP,
  PPP_LCP_Code_Reject,
  PPP_LCP_Configure,
  PPP_LCP_Discard_Request,
  PPP_LCP_Echo,
  PPP_LCP_Identification,
  PPP_LCP_Protocol_Reject,
  PPP_LCP_Terminate,
])

describe('LCP, beyond the suite', () => {
  test('options by name, in PPPoE', () => {
    const frame = stack(
      Ether(),
      PPPoE({ sessionid: 7 }),
      PPP(),
      PPP_LCP_Configure({ options: [['max-receive-unit', 1492]] }),
    )
    expect(frame.hex().slice(24)).toBe('886411000007000ac0210100000801040' + '5d4')
  })

  test('an answer has the number of its request', () => {
    const request = stack(PPP(), PPP_LCP_Echo({ id: 3 }))
    const reply = stack(PPP(), PPP_LCP_Echo({ code: 'echo-reply', id: 3 }))
    expect(answers(reply, request)).toBe(true)
    expect(hashKey(reply)).toBe(hashKey(request))
    expect(answers(stack(PPP(), PPP_LCP_Echo({ code: 'echo-reply', id: 4 })), request)).toBe(false)
  })
})
