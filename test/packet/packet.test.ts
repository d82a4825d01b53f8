import { describe, expect, test } from 'vitest'
import { Ether, IP, Padding, Raw, TCP, UDP } from '../../src/layers/index.js'
import { fromHex, PacketError, packetFromJson, stack } from '../../src/packet/index.js'

const addresses = { src: '10.0.0.1', dst: '10.0.0.2' }
const segment = () =>
  stack(
    Ether({ src: '02:00:00:00:00:01', dst: '02:00:00:00:00:02' }),
    IP(addresses),
    TCP({ sport: 1000, dport: 80, flags: 'SA' }),
    'hello',
  )

describe('reaching fields', () => {
  test('a name falls through to the layer that has it', () => {
    const packet = Ether(segment().bytes()) as ReturnType<typeof segment>
    expect(packet.dport).toBe(80)
    expect(packet.ttl).toBe(64)
    expect(packet.src).toBe('02:00:00:00:00:01')
    expect(packet[TCP as never]).toBe(packet.get(TCP))
    expect(packet['IP' as never]).toBe(packet.get('IP'))
    expect(packet.get(UDP)).toBeUndefined()
    expect(packet.has('TCP')).toBe(true)
    expect(packet.qname).toBeUndefined()
  })

  test('mistyped fields are told, reading, writing and making', () => {
    const packet = segment()
    expect(() => packet.dpotr).toThrow("Ether / IP / TCP / Raw has no field 'dpotr'; did you mean 'dport'?")
    expect(() => {
      packet.nosuch = 1
    }).toThrow("Ether / IP / TCP / Raw has no field 'nosuch'")
    expect(() => IP({ tll: 3 } as never)).toThrow("IP has no field 'tll'; did you mean 'ttl'?")
    expect(packet.somethingElse).toBeUndefined()
  })

  test('a promise may hold a packet', async () => {
    const packet = segment()
    await expect(Promise.resolve(packet)).resolves.toBe(packet)
  })

  test.each([
    [() => IP({ ttl: 300 }), 'IP.ttl: 300 does not fit 8 bits (0..255)'],
    [() => IP({ ttl: -1 }), 'IP.ttl: -1 does not fit 8 bits (0..255)'],
    [() => IP({ ttl: 1.5 }), 'IP.ttl: 1.5 is no whole number (0..255)'],
    [() => IP({ dst: '10.0.0.256' }), "IP.dst: '10.0.0.256' is no IPv4 address such as '10.0.0.1'"],
    [
      () => IP({ proto: 'upd' }),
      "IP.proto: 'upd' is no name of a value; did you mean 'udp'? (a number 0..255 works too)",
    ],
    [() => TCP({ dport: [] }), 'TCP.dport: an empty list stands for no packet at all; give at least one value'],
    [() => TCP({ dport: [[9, 5]] }), 'TCP.dport: the range 9..5 ends before it begins'],
    [() => IP({ dst: '10.0.0.0/33' }), "IP.dst: the prefix length of '10.0.0.0/33' must be 0..32"],
    [() => IP('45' as never), "IP('45'): give an object of fields such as IP({dst: …}), or bytes to dissect"],
    [
      () => stack(IP(), 5 as never),
      'only a layer, a packet, text or bytes can be stacked on a packet, not the number 5',
    ],
  ])('a value that does not fit is refused (%#)', (make, message) => {
    expect(make).toThrow(new PacketError(message))
  })
})

describe('changing', () => {
  test('a field that was set leaves all other bytes alone', () => {
    const before = segment().bytes()
    const packet = Ether(before) as ReturnType<typeof segment>
    packet.ttl = 9
    const after = packet.bytes()
    expect(Array.from(after.keys()).filter((i) => after[i] !== before[i])).toEqual([22])
  })

  test('a field made automatic again is computed', () => {
    const packet = Ether(segment().bytes()) as ReturnType<typeof segment>
    packet.get(IP)!.src = '10.0.0.9'
    packet.get(IP)!.unset('chksum')
    packet.get(TCP)!.chksum = undefined as never
    const fresh = stack(
      Ether({ src: '02:00:00:00:00:01', dst: '02:00:00:00:00:02' }),
      IP({ ...addresses, src: '10.0.0.9' }),
      TCP({ sport: 1000, dport: 80, flags: 'SA' }),
      'hello',
    )
    expect(packet.hex()).toBe(fresh.hex())
  })

  test('changing a port does not change what the payload was read as', () => {
    const packet = IP(stack(IP(addresses), UDP({ sport: 5, dport: 6 }), 'abc').bytes()) as ReturnType<typeof segment>
    packet.dport = 53
    expect(packet.last.layerName).toBe('Raw')
    expect(packet.last.load).toEqual(Buffer.from('abc'))
  })

  test('a payload can be replaced and taken away', () => {
    const packet = IP(stack(IP(addresses), UDP(), 'abc').bytes())
    packet.get(UDP)!.payload = 'longer text'
    packet.unset('len').unset('chksum')
    packet.get(UDP)!.unset('len').unset('chksum')
    expect(packet.hex()).toBe(stack(IP(addresses), UDP(), 'longer text').hex())
    packet.payload = null
    expect(packet.layers()).toHaveLength(1)
  })

  test('stacking copies both sides', () => {
    const outer = IP(addresses)
    const inner = UDP({ dport: 9 })
    const packet = stack(outer, inner)
    inner.dport = 10
    outer.ttl = 1
    expect(packet.dport).toBe(9)
    expect(packet.ttl).toBe(64)
    expect(outer.payload).toBeNull()
  })

  test('a copy is independent, also of its lists', () => {
    const packet = IP(stack(IP(addresses), TCP({ options: [['MSS', 1460]] })).bytes())
    const copy = packet.copy()
    copy.get(TCP)!.options.push(['NOP'])
    copy.ttl = 1
    expect(packet.get(TCP)!.options).toEqual([['MSS', 1460]])
    expect(packet.ttl).toBe(64)
    expect(copy.equals(packet)).toBe(false)
    expect(packet.copy().equals(packet)).toBe(true)
  })
})

describe('building', () => {
  test('lengths leave padding out', () => {
    const packet = stack(IP(addresses), UDP(), 'abc', Padding('\0\0\0'))
    expect(IP(packet.bytes()).len).toBe(31)
    expect(packet.bytes()).toHaveLength(34)
    expect(
      IP(packet.bytes())
        .layers()
        .map((one) => one.layerName),
    ).toEqual(['IP', 'UDP', 'Raw', 'Padding'].map((name) => (name === 'Raw' ? expect.any(String) : name)))
  })

  test('bytes built earlier stay as they were, over many packets', () => {
    const packets = Array.from({ length: 3000 }, (_, i) => stack(IP({ ...addresses, id: i }), Raw('x'.repeat(i % 97))))
    const built = packets.map((packet) => packet.bytes())
    built.forEach((bytes, i) => expect(IP(bytes).id).toBe(i))
  })

  test('packets larger than any slab', () => {
    const load = Buffer.alloc(65000, 'q')
    expect(stack(IP(addresses), Raw(load)).bytes().subarray(20)).toEqual(load)
    expect(() => stack(IP(addresses), 'x'.repeat(65536)).bytes()).toThrow(
      'IP.len: the computed value 65556 does not fit 16 bits (0..65535); make the packet smaller or set the field',
    )
    // What failed must not disturb what follows.
    expect(stack(IP(addresses), UDP(), 'a').hex()).toBe(IP(stack(IP(addresses), UDP(), 'a').bytes()).hex())
  })

  test('a zero UDP checksum is sent as 0xffff', () => {
    const found = Array.from({ length: 65536 }, (_, id) => id).find((sport) => {
      const packet = stack(IP(addresses), UDP({ sport, dport: 9 }))
      return packet.rebuilt().get(UDP)!.chksum === 0xffff
    })
    expect(found).toBeDefined()
  })

  test('any field may be wrong on purpose', () => {
    const packet = stack(IP({ ...addresses, len: 9, chksum: 0, version: 5, ihl: 15 }), TCP({ dataofs: 1, chksum: 7 }))
    expect(packet.hex().slice(0, 8)).toBe('5f000009')
    expect(packet.hex().slice(20, 24)).toBe('0000')
  })
})

describe('dissecting what is wrong', () => {
  test('too short for the layer: Raw, with the reason', () => {
    const packet = Ether(segment().bytes().subarray(0, 40))
    expect(packet.layers().map((one) => one.layerName)).toEqual(['Ether', 'IP', 'Raw'])
    expect(String(packet.last.issue)).toBe('TCP at byte 34 needs 20 bytes, 6 are left (packet)')
    expect(String(packet.get(IP)!.issue)).toBe('IP at byte 14 needs 45 bytes, 26 are left (IP.len): cut short')
  })

  test('a length field that cuts a layer off is named', () => {
    const bytes = segment().bytes()
    bytes[17] = 30
    expect(String(Ether(bytes).get(IP)!.payload!.issue)).toBe('TCP at byte 34 needs 20 bytes, 10 are left (IP.len)')
  })

  test('a header length below the minimum', () => {
    const bytes = segment().bytes()
    bytes[14] = 0x42
    const ip = Ether(bytes).get(IP)!
    expect(String(ip.issue)).toBe('IP at byte 14 (IP.ihl): a header of 8 bytes is shorter than its 20 fixed bytes')
    expect(ip.payload!.layerName).toBe('Raw')
  })

  test('layers inside layers without end', () => {
    const one = fromHex('4500ffff0001000040040000 0a000001 0a000002')
    const bytes = new Uint8Array(one.length * 500)
    for (let i = 0; i < 500; i++) bytes.set(one, i * one.length)
    const packet = IP(bytes)
    expect(packet.layers().length).toBeLessThan(80)
    expect(packet.hex()).toBe(Buffer.from(bytes).toString('hex'))
  })
})

describe('sets', () => {
  const names = (packet: Iterable<ReturnType<typeof segment>>) => [...packet].map((one) => `${one.dst}:${one.dport}`)

  test('outer layers turn slowest, in a layer the last-declared field', () => {
    const packet = stack(IP({ dst: '10.0.0.0/31', ttl: [1, 2] }), TCP({ dport: [80, [8000, 8001]], sport: [1, 2] }))
    expect(packet.count()).toBe(24)
    const order = [...packet].map((one) => `${one.dst} ${one.ttl} ${one.dport} ${one.sport}`)
    expect(order).toHaveLength(24)
    expect(order.slice(0, 4)).toEqual(['10.0.0.0 1 80 1', '10.0.0.0 1 80 2', '10.0.0.0 1 8000 1', '10.0.0.0 1 8000 2'])
    expect(order[6]).toBe('10.0.0.0 2 80 1')
    expect(order[12]).toBe('10.0.0.1 1 80 1')
  })

  test('networks, ranges, lists of them', () => {
    expect(names(stack(IP({ dst: ['10.0.0.8/31', '10.1.1.1-3'] }), TCP()) as never)).toEqual([
      '10.0.0.8:80',
      '10.0.0.9:80',
      '10.1.1.1:80',
      '10.1.1.2:80',
      '10.1.1.3:80',
    ])
    expect(stack(IP({ dst: '0.0.0.0/0' }), TCP({ dport: [[1, 65535]] })).count()).toBe(2 ** 32 * 65535)
  })

  test('as bytes a set is its first packet', () => {
    expect(IP({ ...addresses, ttl: [7, 8] }).hex()).toBe(IP({ ...addresses, ttl: 7 }).hex())
    expect(IP({ ...addresses, ttl: [7, 8] }).ttl).toHaveProperty('count', 2)
  })
})

describe('in and out', () => {
  test('JSON follows the contract, and comes back', () => {
    const packet = segment()
    const json = JSON.parse(JSON.stringify(packet))
    expect(json).toEqual({
      length: 59,
      layers: [
        { name: 'Ether', fields: { dst: '02:00:00:00:00:02', src: '02:00:00:00:00:01', type: 2048 } },
        {
          name: 'IP',
          fields: {
            version: 4,
            ihl: 5,
            tos: 0,
            len: 45,
            id: 1,
            flags: '',
            frag: 0,
            ttl: 64,
            proto: 6,
            chksum: packet.rebuilt().get(IP)!.chksum,
            src: '10.0.0.1',
            dst: '10.0.0.2',
            options: [],
          },
        },
        {
          name: 'TCP',
          fields: {
            sport: 1000,
            dport: 80,
            seq: 0,
            ack: 0,
            dataofs: 5,
            reserved: 0,
            flags: 'SA',
            window: 8192,
            chksum: packet.rebuilt().get(TCP)!.chksum,
            urgptr: 0,
            options: [],
          },
        },
        { name: 'Raw', fields: { load: '68656c6c6f' } },
      ],
    })
    expect(packetFromJson(json).hex()).toBe(packet.hex())
    expect(() => packetFromJson({ layers: [{ name: 'PI' }] })).toThrow("there is no layer 'PI'; did you mean 'IP'?")
  })

  test('command() is the shortest expression that builds the same', () => {
    expect(Ether(segment().bytes()).command()).toBe(
      "Ether({dst: '02:00:00:00:00:02', src: '02:00:00:00:00:01'})/IP({src: '10.0.0.1', dst: '10.0.0.2'})/TCP({sport: 1000, flags: 'SA'})/Raw('hello')",
    )
    const wrong = IP(segment().get(IP)!.bytes())
    wrong.chksum = 5
    expect(wrong.command()).toContain('chksum: 5')
    expect(Raw(fromHex('00ff')).command()).toBe("Raw(hex('00ff'))")
    expect(Raw('it\'s \\ "x"').command()).toBe(String.raw`Raw('it\'s \\ "x"')`)
  })

  test('show leaves automatic fields open, show2 has their values', () => {
    const packet = stack(IP({ ...addresses, id: 1 }), UDP({ sport: 'domain', dport: 9 }), 'a\n')
    expect(packet.show({ dump: true })).toContain('chksum    = auto')
    expect(packet.show({ dump: true })).toContain("load      = 'a\\n'")
    expect(packet.show2({ dump: true })).toMatch(/len {7}= 30\n/)
    expect(packet.show2({ dump: true })).toMatch(/chksum {4}= 0x[0-9a-f]{1,4}/)
    expect(packet.summary()).toBe('IP / UDP 10.0.0.1:domain > 10.0.0.2:discard / Raw')
  })

  test('a hex dump has offsets, bytes and text', () => {
    expect(Raw(`${'A'.repeat(16)}\0é`).hexdump({ dump: true })).toBe(
      '0000  41 41 41 41 41 41 41 41  41 41 41 41 41 41 41 41  AAAAAAAAAAAAAAAA\n0010  00 c3 a9                                          ...',
    )
  })
})
