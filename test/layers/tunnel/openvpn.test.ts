import { describe, expect, test } from 'vitest'
import { IP, OpenVPN, Raw, TCP, UDP } from '../../../src/layers/index.js'
import { type AnyPacket, answers, dissect, fromHex, type Packet, stack } from '../../../src/packet/index.js'
import { layerSuite } from '../layer-suite.js'
import { vectorsOf } from '../vectors.js'

const SERVER = 'b6fb08ee3537c2d0'
const CLIENT = '6cca7c9b006d574f'

for (const name of ['openvpn-sha256', 'openvpn-sha512', 'openvpn-crypt'])
  layerSuite(OpenVPN, { vectors: vectorsOf(name) })

layerSuite(OpenVPN, {
  vectors: vectorsOf('openvpn'),
  build: [
    {
      name: 'the probe of the article, which is what all fields unset give',
      packet: () => OpenVPN(),
      hex: '3878dd5d8aa7d1c9380000000000',
    },
    { name: 'a data packet', packet: () => stack(OpenVPN({ opcode: 9, keyid: 7, peerid: 5 }), 'x'), hex: '4f00000578' },
    {
      name: 'an answer',
      packet: () => OpenVPN({ opcode: 8, sessionid: SERVER, acks: [0], remotesessionid: CLIENT }),
      hex: `40${SERVER}0100000000${CLIENT}00000000`,
    },
    {
      name: 'acknowledgements alone',
      packet: () => OpenVPN({ opcode: 'ACK_V1', sessionid: SERVER, acks: [3, 2], remotesessionid: CLIENT }),
      hex: `28${SERVER}020000000300000002${CLIENT}`,
    },
    {
      name: 'a signed packet, with a signature of one’s own',
      packet: () =>
        OpenVPN({ protection: 'tls-auth', sessionid: CLIENT, hmac: 'aa'.repeat(20), packetid: 2, nettime: 0x65000000 }),
      hex: `38${CLIENT}${'aa'.repeat(20)}00000002650000000000000000`,
    },
    {
      name: 'a wrapped key behind its content',
      packet: () => OpenVPN({ opcode: 10, sessionid: CLIENT, data: 'x', wkc: new Uint8Array(288).fill(0xab) }),
      hex: `50${CLIENT}000000000078${'ab'.repeat(288)}0122`,
    },
    {
      name: 'an opcode that calls for a wrapped key, without one',
      packet: () => OpenVPN({ opcode: 10, sessionid: CLIENT }),
      hex: `50${CLIENT}0000000000`,
    },
  ],
})

describe('the transport decides about the length', () => {
  test('none over UDP', () => {
    const packet = stack(IP(), UDP({ sport: 45290 }), OpenVPN())
    expect(packet.dport).toBe(1194)
    expect(packet.get(UDP)!.payload!.hex()).toBe('3878dd5d8aa7d1c9380000000000')
    expect(packet.get(OpenVPN)!.length).toBeUndefined()
    expect(packet.show({ dump: true })).not.toContain('length')
  })

  test('over TCP it counts what follows it', () => {
    const packet = stack(IP(), TCP({ sport: 45290 }), OpenVPN())
    expect(packet.dport).toBe(1194)
    expect(packet.get(TCP)!.payload!.hex()).toBe('000e3878dd5d8aa7d1c9380000000000')
    expect(dissect(IP, packet.bytes()).get(OpenVPN)!.length).toBe(14)
  })

  test('a packet of one transport is stacked on the other', () => {
    const overUdp = dissect(IP, stack(IP(), UDP({ dport: 1194 }), OpenVPN({ keyid: 3 })).bytes())
    const overTcp = stack(IP(), TCP(), overUdp.get(OpenVPN)!)
    expect(overTcp.get(OpenVPN)!.hex()).toBe('000e3b78dd5d8aa7d1c9380000000000')
    const back = stack(IP(), UDP(), dissect(IP, overTcp.bytes()).get(OpenVPN)!)
    expect(back.get(OpenVPN)!.hex()).toBe('3b78dd5d8aa7d1c9380000000000')
  })

  test('a length that is set stays wrong', () => {
    expect(
      stack(TCP(), OpenVPN({ opcode: 6, length: 99 }))
        .get(OpenVPN)!
        .hex(),
    ).toBe('006330')
  })
})

describe('a stream', () => {
  const ack = (id: number) => OpenVPN({ opcode: 'ACK_V1', sessionid: SERVER, acks: [id], remotesessionid: CLIENT })
  const control = OpenVPN({ opcode: 'CONTROL_V1', sessionid: SERVER, messageid: 3, data: 'more of a certificate' })
  const names = (packet: AnyPacket | ReturnType<typeof dissect>) =>
    packet.layers().map((each) => (each.layerName === 'OpenVPN' ? (each as AnyPacket).text('opcode') : each.layerName))

  test('several packets in a segment, each with its own length', () => {
    const segment = stack(TCP(), ack(1), control, ack(2), OpenVPN({ opcode: 'DATA_V2', data: 'x' }), ack(3)).bytes()
    const read = dissect(TCP, segment)
    expect(names(read)).toEqual(['TCP', 'ACK_V1', 'CONTROL_V1', 'ACK_V1', 'DATA_V2', 'ACK_V1'])
    const lengths = read.layers().slice(1) as AnyPacket[]
    expect(lengths.map(({ length }) => length)).toEqual([22, 35, 22, 5, 22])
    expect(Buffer.from(lengths[1]!.data).toString()).toBe('more of a certificate')
    expect(read.issues()).toEqual([])
    expect(Buffer.from(read.copy().bytes())).toEqual(segment)
  })

  test('one that goes on in the next segment has its length, and no issue', () => {
    const all = stack(TCP(), ack(1), control).bytes()
    for (const cut of [5, 12]) {
      const read = dissect(TCP, all.subarray(0, -cut))
      expect(names(read)).toEqual(['TCP', 'ACK_V1', 'CONTROL_V1', 'Raw'])
      expect((read.layers()[2] as AnyPacket).length).toBe(35)
      expect(read.issues()).toEqual([])
    }
    // Too little to say what it is.
    expect(names(dissect(TCP, all.subarray(0, -30)))).toEqual(['TCP', 'ACK_V1', 'Raw'])
  })

  test.each(['ffeeddccbbaa99887766554433221100', '4848484848484848484848', '0003', '003038', '00ff1700', '000100'])(
    'what continues a packet or is none, %s, is bytes',
    (hex) => {
      expect(dissect(TCP, stack(TCP({ dport: 1194 }), fromHex(hex)).bytes()).payload!.layerName).toBe('Raw')
    },
  )
})

describe('how a packet is protected', () => {
  const read = (hex: string) => dissect(OpenVPN, fromHex(hex))

  test('what fits none is protected, and its bytes are left', () => {
    const packet = read(`20${SERVER}${'f7'.repeat(60)}`)
    expect(packet.protection).toBe('protected')
    expect(packet.ackcount).toBeUndefined()
    expect(packet.payload!.layerName).toBe('Raw')
    expect(packet.summary()).toContain('(protected)')
  })

  test('more acknowledgements than there are make no packet of plain ones', () => {
    expect(read(`20${SERVER}09${'00'.repeat(48)}`).protection).toBe('protected')
    expect(read(`28${SERVER}0100000001${CLIENT}`).protection).toBe('plain')
    expect(read(`28${SERVER}0100000001${CLIENT}00`).protection).toBe('protected')
  })

  test('a value that is no protection is refused', () => {
    expect(() => OpenVPN({ protection: 'tls' as 'plain' })).toThrow(
      "OpenVPN.protection: takes 'plain', 'tls-auth', 'tls-crypt', 'protected', not 'tls'",
    )
  })

  test('TLS is dissected as what it is', () => {
    const { hex } = vectorsOf('openvpn').find(({ name }) => name === 'opcode 4 over UDP')!
    const packet = dissect(IP, fromHex(hex.slice(28)))
    expect(['TLS', 'Raw']).toContain(packet.get(OpenVPN)!.payload!.layerName)
  })
})

describe('recognized at other ports', () => {
  const at = (transport: typeof UDP | typeof TCP, packet: Packet) => {
    const bytes = stack((transport as typeof UDP)({ sport: 5555, dport: 4444 }), packet.bytes()).bytes()
    return dissect(transport as typeof UDP, bytes).payload!.layerName
  }

  test('the first packets of client and server', () => {
    expect(at(UDP, OpenVPN())).toBe('OpenVPN')
    expect(at(UDP, OpenVPN({ opcode: 8, acks: [0], remotesessionid: CLIENT }))).toBe('OpenVPN')
    expect(at(TCP, stack(TCP(), OpenVPN()).get(OpenVPN)!)).toBe('OpenVPN')
    for (const { hex, name } of vectorsOf('openvpn-crypt'))
      if (/^HARD_RESET.*UDP$/.test(name)) {
        const reset = dissect(IP, fromHex(hex.slice(28))).get(OpenVPN)!
        expect(at(UDP, reset)).toBe('OpenVPN')
      }
  })

  test('others are not', () => {
    expect(at(UDP, OpenVPN({ messageid: 1 }))).toBe('Raw')
    expect(at(UDP, OpenVPN({ opcode: 4 }))).toBe('Raw')
    expect(at(UDP, stack(OpenVPN(), 'x'))).toBe('Raw')
    expect(at(TCP, OpenVPN())).toBe('Raw')
  })
})

test('at the port of OpenVPN, what is too short for one is bytes', () => {
  for (const hex of ['28', '00', '3800', '48000000', 'ff'.repeat(40), '0800'])
    expect(dissect(UDP, stack(UDP({ dport: 1194 }), fromHex(hex)).bytes()).payload!.layerName).toBe('Raw')
})

test('an opcode may be given by number or by name', () => {
  expect(OpenVPN({ opcode: 9 }).summary()).toBe('OpenVPN DATA_V2 keyid:0 peer:0')
  expect(OpenVPN({ opcode: 'ack_v1' }).opcode).toBe(5)
  expect(() => OpenVPN({ opcode: 'ACK_V2' })).toThrow(
    /OpenVPN.opcode: 'ACK_V2' is no name of a value; did you mean 'ACK_V1'/i,
  )
  expect(() => OpenVPN({ opcode: 32 })).toThrow('OpenVPN.opcode: 32 does not fit 5 bits (0..31)')
})

test('session ids are hexadecimal text, or bytes', () => {
  expect(OpenVPN({ sessionid: '01:02:03:04:05:06:07:08' }).sessionid).toBe('0102030405060708')
  expect(OpenVPN({ sessionid: new Uint8Array(8).fill(7) }).sessionid).toBe('0707070707070707')
  expect(() => OpenVPN({ sessionid: '0102' })).toThrow('OpenVPN.sessionid: takes 8 bytes (16 digits), 2 were given')
  expect(() => OpenVPN({ sessionid: 'session' })).toThrow("OpenVPN.sessionid: 's' at character 1")
  expect(() => OpenVPN({ sessionid: 7 as never })).toThrow('OpenVPN.sessionid: 7 is no bytes')
})

describe('answers', () => {
  const request = OpenVPN({ sessionid: CLIENT })
  const reply = OpenVPN({ opcode: 8, sessionid: SERVER, acks: [0], remotesessionid: CLIENT })

  test('a server’s first packet that repeats the session and acknowledges the message', () => {
    expect(answers(reply, request)).toBe(true)
    expect(answers(OpenVPN({ opcode: 8, acks: [0], remotesessionid: SERVER }), request)).toBe(false)
    expect(answers(OpenVPN({ opcode: 8, acks: [1], remotesessionid: CLIENT }), request)).toBe(false)
    expect(answers(request, reply)).toBe(false)
    // An echo service.
    expect(answers(OpenVPN({ sessionid: CLIENT }), request)).toBe(true)
    expect(answers(OpenVPN({ opcode: 6 }), request)).toBe(false)
  })

  test('an acknowledgement answers any message; of encrypted ones, only a server’s first packet', () => {
    const control = OpenVPN({ opcode: 4, sessionid: CLIENT, messageid: 2 })
    expect(answers(OpenVPN({ opcode: 5, acks: [3, 2], remotesessionid: CLIENT }), control)).toBe(true)
    const crypt = (opcode: number, sessionid: string) => OpenVPN({ opcode, sessionid, protection: 'tls-crypt' })
    expect(answers(crypt(8, SERVER), crypt(7, CLIENT))).toBe(true)
    expect(answers(crypt(8, SERVER), crypt(10, CLIENT))).toBe(true)
    expect(answers(crypt(4, SERVER), crypt(4, CLIENT))).toBe(false)
  })

  test('within UDP', () => {
    const asked = stack(IP({ src: '10.0.0.1', dst: '10.0.0.2' }), UDP({ sport: 4000 }), request)
    const other = stack(IP({ src: '10.0.0.2', dst: '10.0.0.1' }), UDP({ sport: 1194, dport: 4000 }), reply)
    expect(answers(dissect(IP, other.bytes()), asked)).toBe(true)
    expect(other.summary()).toBe(`IP / UDP / OpenVPN HARD_RESET_SERVER_V2 keyid:0 session ${SERVER} message 0 acks 0`)
  })
})

test('what stands behind a layer of no OpenVPN is not looked at', () => {
  expect(stack(OpenVPN({ opcode: 20 }), 'x').hex()).toBe('a078')
  expect(stack(OpenVPN(), Raw({ load: 'x' })).has(Raw)).toBe(true)
})
