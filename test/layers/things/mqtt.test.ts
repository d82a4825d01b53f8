import { describe, expect, test } from 'vitest'
import {
  IP,
  MQTT,
  MQTTAuth,
  MQTTConnack,
  MQTTConnect,
  MQTTDisconnect,
  MQTTPuback,
  MQTTPubcomp,
  MQTTPublish,
  MQTTPubrec,
  MQTTPubrel,
  MQTTSuback,
  MQTTSubscribe,
  MQTTUnsuback,
  MQTTUnsubscribe,
  TCP,
} from '../../../src/layers/index.js'
import { type AnyPacket, answers, dissect, fromHex, hashKey, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

const COMMON = [
  MQTT,
  MQTTConnect,
  MQTTConnack,
  MQTTPublish,
  MQTTPuback,
  MQTTPubrec,
  MQTTPubrel,
  MQTTPubcomp,
  MQTTSubscribe,
  MQTTSuback,
  MQTTUnsubscribe,
  MQTTUnsuback,
]
familySuite('mqtt', COMMON)
familySuite('mqtt5', [...COMMON, MQTTDisconnect, MQTTAuth])

const names = (packet: AnyPacket): string =>
  packet
    .layers()
    .map((layer) => layer.layerName)
    .join(' / ')
/** A segment to the broker with these bytes. */
const segment = (hex: string): AnyPacket =>
  stack(IP({ src: '10.0.0.1', dst: '10.0.0.2' }), TCP({ sport: 40000, dport: 1883 }), fromHex(hex)).rebuilt()

describe('MQTT, beyond the suite', () => {
  test('a message is built with its type, its length and its flags', () => {
    expect(stack(MQTT(), MQTTPublish({ topic: 'temp/kitchen', value: '21.5' })).hex()).toBe(
      `3012000c${Buffer.from('temp/kitchen21.5').toString('hex')}`,
    )
    expect(stack(MQTT(), MQTTSubscribe({ topics: [{ topic: 'a', QOS: 1 }] })).hex()).toBe('820600010001' + '61' + '01')
    expect(stack(MQTT(), MQTTPubrel({ msgid: 7 })).hex()).toBe('62020007')
    expect(stack(MQTT(), MQTTDisconnect()).hex()).toBe('e000')
    expect(MQTT({ type: 'PINGREQ' }).hex()).toBe('c000')
    expect(stack(TCP(), MQTT()).dport).toBe(1883)
  })

  test('lengths above 127 take more bytes', () => {
    const publish = stack(MQTT(), MQTTPublish({ topic: 't', value: 'x'.repeat(200) }))
    expect(publish.hex().slice(0, 6)).toBe('30cb01')
    expect((dissect(MQTT, publish.bytes()) as AnyPacket).value).toHaveLength(200)
    expect(stack(MQTT({ len: 5 }), MQTTPublish({ topic: 't' })).hex()).toBe('300500' + '0174')
    expect(() => MQTT({ len: 268435456 })).toThrow('MQTT.len: 268435456 is no whole number (0..268435455)')
  })

  test('what is given sets the flags of a CONNECT', () => {
    const connect = MQTTConnect({ clientId: 'c', username: 'u', password: 'p', willtopic: 'w', willmsg: 'gone' })
    expect([connect.usernameflag, connect.passwordflag, connect.willflag]).toEqual([1, 1, 1])
    expect(connect.hex()).toBe('00044d51545404c6003c0001630001770004676f6e65' + '000175' + '000170')
    expect(MQTTConnect({ protolevel: 5, clientId: 'c', properties: [['receive-maximum', 20]] }).hex()).toBe(
      '00044d5154540502003c0321001400' + '0163',
    )
  })

  test('several messages in a segment follow one another, each with its own length', () => {
    const packet = stack(
      MQTT({ QOS: 1 }),
      MQTTPublish({ topic: 'a', msgid: 1, value: 'one' }),
      MQTT(),
      MQTTPublish({ topic: 'b', value: 'two' }),
      MQTT({ type: 'PINGREQ' }),
    )
    expect(packet.hex()).toBe('32080001' + '61' + '0001' + '6f6e65' + '30060001' + '62' + '74776f' + 'c000')
    const read = segment(packet.hex())
    expect(names(read)).toBe('IP / TCP / MQTT / MQTTPublish / MQTT / MQTTPublish / MQTT')
    ;(read.get(MQTTPublish) as AnyPacket).value = 'longer'
    read.get(MQTT)!.unset('len')
    expect(read.get(MQTT)!.hex()).toBe('320b000161' + '0001' + '6c6f6e676572' + '3006000162' + '74776f' + 'c000')
  })

  test('properties of version 5 are seen where they are, and a payload of version 3.1.1 stays whole', () => {
    const publish = (hex: string): AnyPacket => segment(hex).get(MQTTPublish) as AnyPacket
    expect(publish('300600017400' + '3231').properties).toEqual([])
    expect(publish('3005000174' + '3231').properties).toBeUndefined()
    // A zero before binary bytes is one of them.
    expect(publish('300600017400' + '0102').properties).toBeUndefined()
    expect([...publish('300600017400' + '0102').value]).toEqual([0, 1, 2])
  })

  test('properties are given by name, and refused where they are none', () => {
    const publish = MQTTPublish({
      topic: 't',
      properties: [
        ['Content Type', 'x'],
        ['user-property', ['a', 'b']],
      ],
    })
    expect(publish.properties).toEqual([
      ['content-type', 'x'],
      ['user-property', ['a', 'b']],
    ])
    expect(() => MQTTPublish({ properties: [['content-typ', 'x']] })).toThrow("did you mean 'content-type'?")
    expect(() => MQTTPublish({ properties: [['topic-alias', 70000]] })).toThrow(
      'MQTTPublish.properties topic-alias: 70000 is no whole number (0..65535)',
    )
    expect(() => MQTTPublish({ properties: [['user-property', 'x']] })).toThrow("such as ['key', 'value']")
  })

  test('an answer has the number of its request', () => {
    const request = stack(MQTT({ QOS: 1 }), MQTTPublish({ topic: 't', msgid: 9 }))
    const answer = stack(MQTT(), MQTTPuback({ msgid: 9 }))
    expect(answers(answer, request)).toBe(true)
    expect(hashKey(answer)).toBe(hashKey(request))
    expect(answers(stack(MQTT(), MQTTPuback({ msgid: 8 })), request)).toBe(false)
    expect(answers(MQTT({ type: 'PINGRESP' }), MQTT({ type: 'PINGREQ' }))).toBe(true)
    expect(answers(MQTT({ type: 'PINGRESP' }), request)).toBe(false)
  })

  test('a message that goes on in the next segment is no error, and its rest is Raw', () => {
    const start = segment('30ff010001' + '74' + '3132')
    expect(names(start)).toBe('IP / TCP / MQTT / MQTTPublish')
    expect(start.len).toBe(start.get(IP)!.len)
    expect(start.get(MQTT)!.len).toBe(255)
    expect(start.issues()).toEqual([])
    for (const rest of ['3031323334353637', 'ffffffff', '00', '36050001' + '740000'])
      expect(names(segment(rest))).toBe('IP / TCP / Raw')
  })
})
