import { describe, expect, it } from 'vitest'
import { PacketList } from '../../../src/capture/index.js'
import { AnswerList, AnswerPair, ExchangeResult } from '../../../src/exchange/index.js'
import { changeSetting } from '../../../src/exchange/settings.js'
import { ARP, DNS, DNSQR, Ether, ICMP, IP, IPv6, Raw, TCP, UDP } from '../../../src/layers/index.js'
import { type AnyPacket, behave, layer, type Packet, stack, u8 } from '../../../src/packet/index.js'
import { render } from '../../../src/repl/render.js'

const lines = (value: unknown, width = 100, label?: string): string[] =>
  render(value, { tables: true, width, label })!.split('\n')

function at(packet: Packet, time: number): Packet {
  packet.time = time
  return packet
}

describe('packets at a terminal', () => {
  const list = new PacketList([
    at(
      stack(Ether(), IP({ src: '10.0.0.1', dst: '10.0.0.2' }), TCP({ sport: 40_000, dport: 80, flags: 'S', seq: 7 })),
      100,
    ),
    at(
      stack(
        Ether(),
        IP({ src: '10.0.0.2', dst: '10.0.0.1' }),
        TCP({ sport: 80, dport: 40_000, flags: 'PA', seq: 1, ack: 8 }),
        'hello',
      ),
      100.0015,
    ),
    at(
      stack(
        Ether(),
        IP({ src: '10.0.0.1', dst: '10.0.0.53' }),
        UDP({ sport: 5000 }),
        DNS({ qd: [DNSQR({ qname: 'a.example' })] }),
      ),
      101,
    ),
    at(stack(Ether(), ARP({ psrc: '10.0.0.1', pdst: '10.0.0.9' })), 102.5),
    at(stack(Ether(), IP({ src: '10.0.0.1', dst: '10.0.0.2' }), ICMP({ type: 'echo-request', seq: 3 })), 103),
  ])

  it('have number, time since the first, addresses, protocol, length, and what they say', () => {
    expect(lines(list, 100, '_1')).toEqual([
      '#    Time s  Source          Destination     Proto  Bytes  Info',
      '0  0.000000  10.0.0.1:40000  10.0.0.2:80     TCP       54  S, seq 7',
      '1  0.001500  10.0.0.2:80     10.0.0.1:40000  TCP       59  PA, seq 1, ack 8, 5 bytes',
      expect.stringMatching(/^2 {2}1\.000000 {2}10\.0\.0\.1:5000 {3}10\.0\.0\.53:53 {4}DNS +\d+ {2}Qry .*a\.example/),
      '3  2.500000  10.0.0.1        10.0.0.9        ARP       42  who has 10.0.0.9 says 10.0.0.1',
      expect.stringMatching(/^4 {2}3\.000000 {2}10\.0\.0\.1 {8}10\.0\.0\.2 {8}ICMP {6}42 {2}echo-request/),
      '5 packets (TCP 2, UDP 1, ICMP 1, other 1)',
    ])
  })

  it('fit every width', () => {
    const long = stack(IPv6({ src: '2001:db8:1:2:3:4:5:6', dst: '2001:db8:1:2:3:4:5:7' }), TCP())
    for (const width of [20, 40, 60, 80, 100, 200])
      for (const line of lines([long, ...list], width).slice(0, -1)) expect(line.length).toBeLessThanOrEqual(width)
  })

  it('tell how to see more in words that work, with the rows of the setting', () => {
    const many = new PacketList(Array.from({ length: 1204 }, () => stack(IP(), UDP())))
    expect(lines(many, 120, '_3').at(-1)).toBe(
      '20 of 1 204 packets (UDP 1 204) · _3.slice(20) shows the next, _3[n] one, _3.show() all',
    )
    changeSetting('rows', 3)
    try {
      expect(lines(many, 120, '_3')).toHaveLength(5)
      expect(lines([...many], 120, '_3').at(-1)).toBe('3 of 1 204 packets · _3.slice(3) shows the next, _3[n] one')
    } finally {
      changeSetting('rows', 20)
    }
  })

  it('what could not be read stands out, and what fails harms nothing', () => {
    const Odd = layer('TestOddTable', { a: u8() })
    behave(Odd, {
      summary: () => {
        throw new Error('mine\nfails')
      },
    })
    const cut = IP(stack(IP(), UDP(), 'hello').bytes().subarray(0, 24))
    const text = lines([cut, Odd(), stack(IP({ dst: '10.0.0.0/30' }), UDP())])
    expect(text[1]).toMatch(/! .* needs \d+ bytes/)
    expect(text[2]).toContain('! mine fails')
    expect(text[3]).toContain('stands for 4 packets')
    expect(render(Odd())).toBe('TestOddTable: its summary fails (mine fails)')
  })

  it('an empty list is a count', () => {
    expect(lines(new PacketList())).toEqual(['0 packets'])
  })
})

describe('answers at a terminal', () => {
  const query = stack(IP({ src: '10.0.0.1', dst: '10.0.0.2' }), TCP({ sport: 1, dport: 80 })) as AnyPacket
  const answer = stack(
    IP({ src: '10.0.0.2', dst: '10.0.0.1' }),
    TCP({ sport: 80, dport: 1, flags: 'SA', ack: 1 }),
  ) as AnyPacket
  const pairs = new AnswerList()
  pairs.push(new AnswerPair(query, answer, 0.00125))

  it('are rows of query and answer with the time between', () => {
    expect(lines(pairs)).toEqual([
      '#  Sent to      Query         Answered by  Answer                    RTT',
      '0  10.0.0.2:80  TCP S, seq 0  10.0.0.2:80  TCP SA, seq 0, ack 1  1.25 ms',
      '1 answered',
    ])
  })

  it('of a whole exchange with those that were not answered', () => {
    const result = new ExchangeResult(pairs, new PacketList([query]), 3, 1)
    expect(lines(result)).toEqual([
      '#  Sent to      Query         Answered by  Answer                    RTT',
      '0  10.0.0.2:80  TCP S, seq 0  10.0.0.2:80  TCP SA, seq 0, ack 1  1.25 ms',
      '   10.0.0.2:80  TCP S, seq 0  no answer',
      '3 packets sent, 1 answered, 1 not',
    ])
  })
})

describe('objects at a terminal', () => {
  it('of one kind are a table', () => {
    expect(
      lines([
        { name: 'lo', mtu: 65_536, up: true },
        { name: 'eth0', mtu: 1500, up: false, note: 'x' },
      ]),
    ).toEqual(['#  name    mtu  up     note', '0  lo    65536  true', '1  eth0   1500  false  x'])
  })

  it('with addresses, lists, bytes, packets and nothing in them', () => {
    const address = { address: '10.0.0.1', prefix: 8 }
    const rows = lines([
      {
        list: [address, { address: 'fd00::1', prefix: 64 }],
        bytes: new Uint8Array([1, 255]),
        empty: undefined,
        packet: IP(),
      },
      { list: [], bytes: new Uint8Array(0), empty: undefined, packet: null },
    ])
    expect(rows[0]).toBe('#  list                    bytes  packet')
    expect(rows[1]).toMatch(/^0 {2}10\.0\.0\.1\/8, fd00::1\/64 {2}01ff {3}IP /)
  })

  it('in a Map have their keys; lists of packets what is in them', () => {
    expect(
      lines(
        new Map([
          ['a', { n: 1 }],
          ['b', { n: 22 }],
        ]),
      ),
    ).toEqual(['key   n', 'a     1', 'b    22', '2 entries'])
    expect(lines(new Map([['x', new PacketList([stack(IP(), UDP())])]]))).toEqual([
      'key  packets  UDP',
      'x          1    1',
      '1 entry',
    ])
  })

  it('long ones are cut with how to see more', () => {
    const text = lines(
      Array.from({ length: 1000 }, (_, i) => ({ i })),
      80,
      '_7',
    )
    expect(text).toHaveLength(22)
    expect(text.at(-1)).toBe('20 of 1 000 · _7.slice(20) shows the next, _7[n] one')
  })

  it('of several kinds, or with a look of their own, are none', () => {
    class Own {
      a = 1;
      [Symbol.for('nodejs.util.inspect.custom')](): string {
        return 'OWN'
      }
    }
    class Deep {
      inner = { a: 1 }
    }
    for (const value of [
      [{ a: 1 }],
      [{ a: 1 }, { b: 2 }, { c: 3 }],
      [{ a: 1 }, 2],
      [new Deep(), new Deep()],
      [[1], [2]],
    ])
      expect(render(value, { tables: true })).toBe(render(value))
    expect(render([new Own(), new Own()], { tables: true })).toContain('#  a')
  })

  it('run none of the code of objects', () => {
    let ran = 0
    const run = (): never => {
      ran++
      throw new Error('ran')
    }
    const getter = {
      get a(): unknown {
        return run()
      },
      b: 1,
    }
    const proxy = new Proxy(
      { a: 1 },
      { get: run, ownKeys: run, getPrototypeOf: run, getOwnPropertyDescriptor: run, has: run },
    )
    for (const value of [
      getter,
      [getter, getter],
      proxy,
      [proxy, proxy],
      new Map([
        ['a', proxy],
        ['b', proxy],
      ]),
      new Proxy([1], { get: run, getPrototypeOf: run }),
    ])
      expect(render(value, { tables: true })).toBeTypeOf('string')
    expect(ran).toBe(0)
  })

  it('text of strangers is made safe', () => {
    const evil = '\x1b[2J\u202e'
    const text = render([{ [`k${evil}`]: evil }, { [`k${evil}`]: 'b' }], { tables: true })!
    expect(text).not.toContain('\x1b')
    expect(text).toContain('\\x1b[2J')
    expect(render([stack(IP(), Raw(evil)), stack(IP(), Raw(evil))], { tables: true })).not.toContain('\x1b')
  })
})

describe('other values', () => {
  it('errors as messages with their cause and fields, without a stack', () => {
    const error = Object.assign(new TypeError('wrong', { cause: new Error('deep') }), { code: 'E_X' })
    expect(render(error)).toBe("TypeError: wrong\n  cause: Error: deep\n  code: 'E_X'")
  })

  it('long texts and arrays with their count', () => {
    expect(render('x'.repeat(5000), { label: '_2' })).toMatch(
      /^'x{2000}'\n2 000 of 5 000 characters · console\.log\(_2\) prints all$/,
    )
    expect(
      render(
        Array.from({ length: 300 }, (_, i) => i),
        { label: '_4' },
      )
        ?.split('\n')
        .at(-1),
    ).toBe('100 of 300 · _4.slice(100) shows the next, _4[n] one')
    expect(render(new Uint8Array(600), { label: '_5' })).toMatch(
      /600 bytes, the first 512 shown · hexdump\(_5\) prints all$/,
    )
  })

  it('what fails when it is looked at', () => {
    const broken = {
      [Symbol.for('nodejs.util.inspect.custom')]: () => {
        throw new Error('no')
      },
    }
    expect(render(broken)).toBe('[object that cannot be shown: no]')
    expect(render([broken, broken], { tables: true })).toBe('[array that cannot be shown: no]')
  })
})
