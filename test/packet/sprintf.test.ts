import { describe, expect, test } from 'vitest'
import { Ether, ICMP, IP, Raw, TCP, UDP } from '../../src/layers/index.js'
import { fromHex, RandByte, stack } from '../../src/packet/index.js'

const packet = stack(
  IP({ src: '10.0.0.1', dst: '10.0.0.20', id: 0x2a }),
  TCP({ sport: 1024, dport: 80, flags: 'SA', options: [['MSS', 1460]] }),
  'GET /',
)

describe('sprintf', () => {
  test.each([
    ['%IP.src% > %IP.dst% %TCP.flags% {UDP:port %UDP.dport%}', '10.0.0.1 > 10.0.0.20 SA '],
    ['%dport% %TCP.dport% %IP.proto%', 'http http tcp'],
    ['%r,TCP.dport% %r,TCP.flags% %r,IP.proto% %r,IP.src%', '80 18 6 10.0.0.1'],
    ['[%-12s,IP.src%] [%12s,IP.src%] [%.4s,IP.src%]', '[10.0.0.1    ] [    10.0.0.1] [10.0]'],
    ['%x,IP.id% %04x,IP.id% %#x,IP.id% %#06x,IP.id% %04X,IP.id%', '2a 002a 0x2a 0x002a 002A'],
    ['%03xr,IP.proto% %02xr,TCP.flags%', '006 12'],
    [
      '[%5d,ttl%] [%-5d,ttl%] [%05d,ttl%] [%+d,ttl%] [% d,ttl%] [%.4d,ttl%]',
      '[   64] [64   ] [00064] [+64] [ 64] [0064]',
    ],
    ['%o,ttl% %i,ttl% %c,ttl% %.1f,ttl% %e,ttl% %g,ttl%', '100 64 @ 64.0 6.400000e+01 64'],
    ['%08x,IP.src%', '0a000001'],
    ['%TCP.options% %Raw.load% %r,Raw.load% %TCP.payload%', "[MSS 1460] 'GET /' GET / GET /"],
    ['%IP.chksum%', 'auto'],
    ['%UDP.dport%|%6s,UDP.dport%|%qname%|%IP:2.src%', '??|    ??|??|??'],
    ['100%% %(TCP%) }', '100% {TCP} }'],
    ['{TCP:t}{UDP:u}{!UDP:not u}{!TCP:not t}', 'tnot u'],
    ['{IP:a{TCP:b{UDP:c}d}e}', 'abde'],
    ['{TCP:%TCP.dport%: %(x%)}', 'http: {x}'],
    ['', ''],
  ])('%j', (format, expected) => {
    expect(packet.sprintf(format)).toBe(expected)
    expect(packet.rebuilt().sprintf(format.replace('%IP.chksum%', 'auto'))).toBe(expected)
  })

  test('layers of one kind are counted', () => {
    const tunnel = stack(IP({ src: '10.0.0.1', dst: '10.0.0.2' }), IP({ src: '10.1.0.1', dst: '10.1.0.2' }), ICMP())
    expect(tunnel.sprintf('%IP.src% %IP:1.src% %IP:2.src% %IP:3.src%')).toBe('10.0.0.1 10.0.0.1 10.1.0.1 ??')
  })

  test('the time is that of the capture', () => {
    const captured = packet.copy()
    expect(captured.sprintf('%time%')).toBe('??')
    captured.time = new Date(2024, 0, 2, 3, 4, 5).getTime() / 1000 + 0.25
    expect(captured.sprintf('%time% %.time% %TCP.time%')).toBe('03:04:05.250000 03:04:05.250000 03:04:05.250000')
  })

  test('of bytes what is no text is escaped, and a random value is its expression', () => {
    expect(stack(IP(), UDP(), fromHex('00ff41')).sprintf('%r,Raw.load%')).toBe('\\x00\\xffA')
    expect(IP({ ttl: RandByte() }).sprintf('%IP.ttl% %x,IP.ttl%')).toBe('RandByte() RandByte()')
    expect(Ether({ dst: '02:00:00:00:00:01' }).sprintf('%dst%')).toBe('02:00:00:00:00:01')
    expect(stack(IP(), Raw('x')).sprintf('%summary%')).toContain('Raw')
  })

  test('what is wrong is told', () => {
    for (const [format, message] of [
      ['%IP.foo%', "IP has no field 'foo'"],
      ['%UDP.dprt%', "UDP has no field 'dprt'; did you mean 'dport'?"],
      ['%TPC.dport%', "there is no layer 'TPC'; did you mean 'TCP'?"],
      ['{TPC:x}', "there is no layer 'TPC'; did you mean 'TCP'?"],
      ['%nothing_like_this%', "has no field 'nothing_like_this'"],
      ['%show%', "has no field 'show'"],
      ['%IP.src', 'has no end; write % behind the field'],
      ['100% of', 'has no end'],
      ['{TCP:x', "the condition '{TCP:' has no end; write } behind it"],
      ['{x}', 'is no condition; write {TCP:…}'],
      ['%q,IP.src%', "'q' is no format"],
      ['% %', 'names no field'],
      ['%1s,2s,IP.src%', 'is no format'],
    ])
      expect(() => packet.sprintf(format!), format).toThrow(message)
    expect(() => packet.sprintf(5 as never)).toThrow('5 is no format')
  })
})
