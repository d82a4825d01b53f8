/**
 * What stands behind MQTT's fixed header, a layer for each type of message. MQTT 3.1.1 §3, MQTT 5.0 §3.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+-------------------------------+
 *   |            length             |  topic …                      |  PUBLISH
 *   +-------------------------------+-------------------------------+
 *   |     msgid (QoS 1 and 2)       |  properties (version 5)       |
 *   +-------------------------------+-------------------------------+
 *   |  value …                                                      |
 *   +-------------------------------+---------------+---------------+
 *   |            msgid              |    retcode    |  properties   |  answers; the last two in version 5
 *   +-------------------------------+---------------+---------------+
 */
import {
  type AnyPacket,
  bits,
  bitsEnum,
  bytes,
  type Field,
  layer,
  layers,
  list,
  text,
  u8Enum,
  u16,
} from '../../packet/index.js'
import { CONNACK_CODES, MQTT_LEVELS, REASON_CODES, SUBACK_CODES } from './mqtt-codes.js'
import { properties } from './mqtt-properties.js'
import { publishHasProperties, subackHasProperties, subscriptionHasProperties } from './mqtt-shape.js'

const VERSION_5 = 5
const QOS: Readonly<Record<number, string>> = { 0: 'at-most-once', 1: 'at-least-once', 2: 'exactly-once' }
const RETAIN_HANDLING: Readonly<Record<number, string>> = { 0: 'send', 1: 'send-if-new', 2: 'do-not-send' }

const isGiven = (me: AnyPacket, name: string): boolean => me._isSet(me._layer.find(name))
/** Bytes of this message. */
const lengthOf = (me: AnyPacket): number => me._headerEnd - me._offset

/** QoS of the header in front, as the bytes have it: what is read does not change with it. */
function qosInBytes(me: AnyPacket): number {
  const under = me._under
  if (under === null || under._buffer !== me._buffer) return qosOf(me)
  return (me._buffer![under._offset]! >>> 1) & 3
}

/** QoS of the header in front; 0 where there is none. */
function qosOf(me: AnyPacket): number {
  const under = me._under as AnyPacket | null
  return under !== null && under._layer.find('QOS') >= 0 ? (under.QOS as number) : 0
}

/** A field that is there when it is given, and of bytes when they have it. */
function optional<T, In>(
  field: Field<T, In>,
  name: string,
  isThere: (me: AnyPacket) => boolean,
): Field<T | undefined, In> {
  return field.when((me) => isGiven(me, name) || (me._isFromBytes(me._layer.find(name)) && isThere(me)))
}

/** Properties where version 5 has them: given as a list, which may be empty. */
const propertiesWhere = (isThere: (me: AnyPacket) => boolean) =>
  optional(properties().default([]), 'properties', isThere)

const retcodeFrom = (length: number, names: Readonly<Record<number, string>>) =>
  u8Enum(0, names).when(
    (me) =>
      isGiven(me, 'retcode') ||
      isGiven(me, 'properties') ||
      (me._isFromBytes(me._layer.find('retcode')) && lengthOf(me) >= length),
  )

export const MQTTConnect = layer(
  'MQTTConnect',
  () => ({
    length: u16().lengthOf('protoname'),
    protoname: text('length').default('MQTT'),
    protolevel: u8Enum(4, MQTT_LEVELS),
    usernameflag: bits(1).dynamic((me) => Number(isGiven(me, 'username'))),
    passwordflag: bits(1).dynamic((me) => Number(isGiven(me, 'password'))),
    willretainflag: bits(1),
    willQOSflag: bitsEnum(2, 0, QOS),
    willflag: bits(1).dynamic((me) => Number(isGiven(me, 'willtopic') || isGiven(me, 'willmsg'))),
    cleansess: bits(1, 1),
    reserved: bits(1),
    klive: u16(60).about('Keep alive, in seconds; 0 means for ever.'),
    properties: properties().when((me) => me.protolevel === VERSION_5),
    clientIdlen: u16().lengthOf('clientId'),
    clientId: text('clientIdlen'),
    willproperties: properties().when((me) => me.protolevel === VERSION_5 && me.willflag === 1),
    wtoplen: u16()
      .lengthOf('willtopic')
      .when((me) => me.willflag === 1),
    willtopic: text('wtoplen').when((me) => me.willflag === 1),
    wmsglen: u16()
      .lengthOf('willmsg')
      .when((me) => me.willflag === 1),
    willmsg: bytes('wmsglen').when((me) => me.willflag === 1),
    userlen: u16()
      .lengthOf('username')
      .when((me) => me.usernameflag === 1),
    username: text('userlen').when((me) => me.usernameflag === 1),
    passlen: u16()
      .lengthOf('password')
      .when((me) => me.passwordflag === 1),
    password: bytes('passlen').when((me) => me.passwordflag === 1),
  }),
  'Opens an MQTT session. username, password and a will set their flags; protolevel 5 brings properties.',
  'MQTT 3.1.1 §3.1; MQTT 5.0 §3.1',
)

export const MQTTConnack = layer(
  'MQTTConnack',
  () => ({
    reserved: bits(7),
    sessPresentFlag: bits(1),
    retcode: u8Enum(0, CONNACK_CODES),
    properties: propertiesWhere((me) => lengthOf(me) > 2),
  }),
  'Answers CONNECT. properties: version 5.',
  'MQTT 3.1.1 §3.2; MQTT 5.0 §3.2',
)

export const MQTTPublish = layer(
  'MQTTPublish',
  () => ({
    length: u16().lengthOf('topic'),
    topic: text('length'),
    msgid: u16(1).when((me) => qosOf(me) > 0),
    properties: propertiesWhere((me) => {
      const start = me._offset + 2 + ((me._buffer![me._offset]! << 8) | me._buffer![me._offset + 1]!)
      return publishHasProperties(me._buffer!, start + (qosInBytes(me) > 0 ? 2 : 0), me._headerEnd)
    }),
    value: bytes(),
  }),
  'A message for a topic. msgid: with QOS 1 and 2 of the header; properties: version 5, [] where there are none.',
  'MQTT 3.1.1 §3.3; MQTT 5.0 §3.3',
)

const acknowledgement = () => ({
  msgid: u16(1),
  retcode: retcodeFrom(3, REASON_CODES),
  properties: propertiesWhere((me) => lengthOf(me) > 3),
})

export const MQTTPuback = layer(
  'MQTTPuback',
  acknowledgement,
  'Answers a PUBLISH with QoS 1.',
  'MQTT 3.1.1 §3.4; MQTT 5.0 §3.4',
)
export const MQTTPubrec = layer(
  'MQTTPubrec',
  acknowledgement,
  'Answers a PUBLISH with QoS 2.',
  'MQTT 3.1.1 §3.5; MQTT 5.0 §3.5',
)
export const MQTTPubrel = layer(
  'MQTTPubrel',
  acknowledgement,
  'Answers PUBREC: the message may be handed on.',
  'MQTT 3.1.1 §3.6; MQTT 5.0 §3.6',
)
export const MQTTPubcomp = layer(
  'MQTTPubcomp',
  acknowledgement,
  'Answers PUBREL: the end of QoS 2.',
  'MQTT 3.1.1 §3.7; MQTT 5.0 §3.7',
)

export const MQTTTopicQOS = layer(
  'MQTTTopicQOS',
  () => ({
    length: u16().lengthOf('topic'),
    topic: text('length'),
    reserved: bits(2),
    retainhandling: bitsEnum(2, 0, RETAIN_HANDLING).about('Whether retained messages are sent now: version 5.'),
    retainaspublished: bits(1),
    nolocal: bits(1).about('Not the messages that this client sends itself: version 5.'),
    QOS: bitsEnum(2, 0, QOS),
  }),
  'A topic filter with the QoS that is asked for.',
  'MQTT 3.1.1 §3.8.3; MQTT 5.0 §3.8.3',
)

export const MQTTTopic = layer(
  'MQTTTopic',
  () => ({ length: u16().lengthOf('topic'), topic: text('length') }),
  'A topic filter.',
  'MQTT 3.1.1 §3.10.3; MQTT 5.0 §3.10.3',
)

export const MQTTSubscribe = layer(
  'MQTTSubscribe',
  () => ({
    msgid: u16(1),
    properties: propertiesWhere((me) => subscriptionHasProperties(me._buffer!, me._offset + 2, me._headerEnd, 1)),
    topics: layers(MQTTTopicQOS),
  }),
  'Asks for the messages of topics.',
  'MQTT 3.1.1 §3.8; MQTT 5.0 §3.8',
)

export const MQTTSuback = layer(
  'MQTTSuback',
  () => ({
    msgid: u16(1),
    properties: propertiesWhere((me) => subackHasProperties(me._buffer!, me._offset + 2, me._headerEnd)),
    retcodes: list(u8Enum(0, SUBACK_CODES)),
  }),
  'Answers SUBSCRIBE, a code for each topic.',
  'MQTT 3.1.1 §3.9; MQTT 5.0 §3.9',
)

export const MQTTUnsubscribe = layer(
  'MQTTUnsubscribe',
  () => ({
    msgid: u16(1),
    properties: propertiesWhere((me) => subscriptionHasProperties(me._buffer!, me._offset + 2, me._headerEnd, 0)),
    topics: layers(MQTTTopic),
  }),
  'Ends subscriptions.',
  'MQTT 3.1.1 §3.10; MQTT 5.0 §3.10',
)

export const MQTTUnsuback = layer(
  'MQTTUnsuback',
  () => ({
    msgid: u16(1),
    properties: propertiesWhere((me) => lengthOf(me) > 2),
    retcodes: list(u8Enum(0, REASON_CODES)),
  }),
  'Answers UNSUBSCRIBE; a code for each topic in version 5.',
  'MQTT 3.1.1 §3.11; MQTT 5.0 §3.11',
)

const ending = () => ({
  retcode: retcodeFrom(1, REASON_CODES),
  properties: propertiesWhere((me) => lengthOf(me) > 1),
})

export const MQTTDisconnect = layer(
  'MQTTDisconnect',
  ending,
  'Ends the session; with a reason in version 5.',
  'MQTT 3.1.1 §3.14; MQTT 5.0 §3.14',
)
export const MQTTAuth = layer('MQTTAuth', ending, 'One step of an extended authentication.', 'MQTT 5.0 §3.15')
