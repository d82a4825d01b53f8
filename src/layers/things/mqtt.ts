/**
 * MQTT, messages between devices and a broker. OASIS: MQTT 3.1.1 §2.2; MQTT 5.0 §2.1.
 *
 *    0                   1
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
 *   +-------+-+---+-+---------------+
 *   | type  |D|QOS|R|   len (1 to 4 bytes: 7 bits each, the lowest first)
 *   +-------+-+---+-+---------------+
 */
import {
  type AnyPacket,
  behave,
  bind,
  bits,
  bitsEnum,
  escapeBytes,
  Field,
  Kind,
  type LayerReference,
  layer,
  type Packet,
  PacketError,
  PlainValueCodec,
  printed,
  type Reader,
  type Writer,
} from '../../packet/index.js'
import { Raw } from '../raw.js'
import { TCP } from '../transport/tcp.js'
import { MQTT_TYPES } from './mqtt-codes.js'
import {
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
} from './mqtt-messages.js'
import { LARGEST_VARINT, varintAt, writeVarint } from './mqtt-properties.js'
import { isMessage } from './mqtt-shape.js'
import { messageLength } from './segment.js'

export * from './mqtt-messages.js'

const PORT = 1883
/** Messages further in than this are not looked for. */
const DEEPEST = 58
/** Bytes of a payload that the summary shows. */
const SHOWN_BYTES = 40

class LengthCodec extends PlainValueCodec<number> {
  readonly kindName = '1 to 4 bytes'
  /** More bytes than a number needs are kept. */
  readonly isLossy = true

  read(reader: Reader): number {
    const [value, end] = varintAt(reader.buffer, reader.position, reader.end)
    if (value >= 0) reader.position = end
    else if (reader.left >= 4) reader.fail('no end within 4 bytes')
    else reader.need(reader.left + 1)
    return value
  }

  write(writer: Writer, value: number): void {
    writeVarint(writer, value)
  }

  coerce(value: unknown, where: string): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= LARGEST_VARINT) return value
    throw new PacketError(`${where}: ${printed(value)} is no whole number (0..${LARGEST_VARINT})`)
  }

  empty(): number {
    return 0
  }
}

export const MQTT = layer(
  'MQTT',
  () => ({
    type: bitsEnum(4, 1, MQTT_TYPES),
    DUP: bits(1),
    QOS: bits(2),
    RETAIN: bits(1),
    len: new Field<number>(Kind.CODEC, 0, new LengthCodec())
      .dynamic((me) => messageLength(me, 'MQTT'))
      .about('Bytes of this message behind its length.'),
  }),
  'MQTT, fixed header. The message follows, and behind it the next header in the same segment.',
  'MQTT 3.1.1 §2.2; MQTT 5.0 §2.1',
)

const BODIES: Readonly<Record<number, LayerReference>> = {
  1: MQTTConnect,
  2: MQTTConnack,
  3: MQTTPublish,
  4: MQTTPuback,
  5: MQTTPubrec,
  6: MQTTPubrel,
  7: MQTTPubcomp,
  8: MQTTSubscribe,
  9: MQTTSuback,
  10: MQTTUnsubscribe,
  11: MQTTUnsuback,
  14: MQTTDisconnect,
  15: MQTTAuth,
}

/** The next message of the segment, where one begins behind this layer. */
function nextMessage(me: AnyPacket): LayerReference {
  return me._depth < DEEPEST && isMessage(me._buffer!, me._headerStop(), me._end) ? MQTT : Raw
}

/** A message that goes on in the next segment is Raw, but the value of a PUBLISH may be cut. */
function bodyOf(me: AnyPacket): LayerReference {
  if (me.len === 0) return nextMessage(me)
  return isMessage(me._buffer!, me._offset, me._end) ? (BODIES[me.type as number] ?? Raw) : Raw
}

/** Bytes of this message that are in the segment. */
function headerLength(me: AnyPacket): number {
  const available = me._end - me._offset
  const under = me._under as AnyPacket | null
  return under !== null && under._layer === MQTT.definition ? Math.min(under.len as number, available) : available
}

const ends = (value: unknown): string => (value === undefined || value === '' ? '' : ` ${String(value)}`)

function payloadText(value: Uint8Array): string {
  const text = escapeBytes(value.subarray(0, SHOWN_BYTES))
  return value.length > SHOWN_BYTES ? `${text}…` : text
}

/** What a message says besides its type; of one that was cut short, what is there. */
function messageText(me: AnyPacket): string {
  switch (me._layer) {
    case MQTTConnect.definition:
      return `${ends(me.clientId)} ${me.text('protolevel')}`
    case MQTTPublish.definition:
      return `${ends(me.topic)}${ends(me.value && payloadText(me.value as Uint8Array))}`
    case MQTTSubscribe.definition:
    case MQTTUnsubscribe.definition:
      return ends((me.topics as AnyPacket[] | undefined)?.map((topic) => topic.topic as string).join(' '))
    case MQTTSuback.definition:
    case MQTTUnsuback.definition:
      return ends((me.retcodes as number[] | undefined)?.join(' '))
    case MQTTConnack.definition:
      return ends(me.text('retcode'))
    default:
      return me.retcode === undefined ? '' : ends(me.text('retcode'))
  }
}

behave(MQTT, {
  guess: bodyOf,
  summary: (me) => `MQTT ${me.text('type')}`,
  answers: (me, request) =>
    request._layer === me._layer &&
    ANSWERS[me.type as number]?.includes(request.type as number) === true &&
    numberOf(me) === numberOf(request),
  hash: (me) => numberOf(me),
})

/** Types that a type of message answers. */
const ANSWERS: Readonly<Record<number, readonly number[]>> = {
  2: [1],
  4: [3],
  5: [3],
  6: [5],
  7: [6],
  9: [8],
  11: [10],
  13: [12],
  15: [15],
}

/** The packet identifier of the message behind a header, as text; '' where it has none. */
function numberOf(me: Packet): string {
  const body = me.payload
  const index = body === null || body._layer === MQTT.definition ? -1 : body._layer.find('msgid')
  return index < 0 ? '' : String(body!._stored(index) ?? '')
}

for (const [type, body] of Object.entries(BODIES)) {
  const name = MQTT_TYPES[Number(type)]!
  behave(body, {
    headerLength,
    headerLengthField: 'length',
    guess: nextMessage,
    summary: (me) => `MQTT ${name}${messageText(me)}`,
  })
  const isSubscription = body === MQTTSubscribe || body === MQTTUnsubscribe || body === MQTTPubrel
  // Their flags are always those of QoS 1. MQTT 5.0 table 2-2.
  bind(MQTT, body, isSubscription ? { type: Number(type), QOS: 1 } : { type: Number(type) })
}

behave(MQTT, { refine: (buffer, start, end) => (isMessage(buffer, start, end) ? MQTT : Raw) })

bind(TCP, MQTT, { sport: PORT }, { build: false })
bind(TCP, MQTT, { dport: PORT })
