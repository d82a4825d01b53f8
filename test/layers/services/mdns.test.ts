import { expect, test } from 'vitest'
import { DNS, UDP } from '../../../src/layers/index.js'
import { stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('mdns', [DNS])

test('multicast DNS: known answers, the bits of class, and its own name in summaries', () => {
  const known = { rrname: '_http._tcp.local', type: 'PTR', rdata: 'a._http._tcp.local', cacheflush: 1, ttl: 120 }
  const query = stack(
    UDP({ sport: 5353, dport: 5353 }),
    DNS({ rd: 0, qd: { qname: '_http._tcp.local', qtype: 'PTR', unicastresponse: 1 }, an: [known] }),
  )
  expect(query.summary()).toBe('UDP / mDNS Qry "_http._tcp.local.", 1 known')
  expect(query.get(DNS)!.hex()).toContain('000c8001c00c000c8001')
})
