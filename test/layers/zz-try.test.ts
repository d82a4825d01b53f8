import { test } from 'vitest'
import * as L from '../../src/layers/index.js'
import { stack, packetFromJson } from '../../src/packet/index.js'
import { evaluateCommand } from './evaluate-command.js'
test('x', () => {
  const q = stack(L.IP(), L.UDP(), L.DNS({ qd: 'example.org' }))
  console.log(q.hex(), q.summary()); q.show2()
  const r = stack(L.IP(), L.TCP(), L.DNS({ qr: 1, id: 7, qd: [{ qname: 'www.example.org', qtype: 'MX' }], an: [
    { rrname: 'www.example.org', type: 'MX', preference: 10, exchange: 'mail.example.org' },
    { rrname: 'www.example.org', rdata: '1.2.3.4' },
    { rrname: 'www.example.org', type: 'AAAA', rdata: '::1' },
    { rrname: 'a.\\.\\001b.org', type: 'TXT', rdata: ['hi', new Uint8Array([0xff])] },
    { rrname: 'x', type: 'SVCB', target_name: '.', svc_params: { alpn: ['h2'], port: 443, ipv4hint: ['1.1.1.1'] } },
    L.DNSRRNSEC({ nextname: 'b', typebitmaps: ['A', 'TYPE4000', 'CAA'] }),
  ], ns: L.DNSRRSOA({ mname: 'ns.example.org', rname: 'root.example.org' }), ar: [L.DNSRROPT({ z: 'DO', rdata: [['Cookie', new Uint8Array(8)]] })] }))
  console.log(r.hex()); r.show2()
  console.log(r.rebuilt().command(), JSON.stringify(r))
  const d = r.rebuilt()
  console.log(d.hex() === r.hex(), evaluateCommand(d.command()).hex() === r.hex(), packetFromJson(JSON.parse(JSON.stringify(r))).hex() === r.hex())
  d.an.pop()
  console.log(d.get(L.DNS)!.hex())
  console.log(L.IP(d.bytes()).show({dump: true}))
  console.log(L.DNS(new Uint8Array([0,1,2,3,0,1,0,0,0,0,0,0,3,65,65])).show({ dump: true }))
})
