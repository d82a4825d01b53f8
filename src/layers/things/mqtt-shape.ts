/**
 * What the bytes of an MQTT message tell of it: whether they are one, and whether properties (version 5) are in it. Only CONNECT
 * says the version; of all others it is seen by what reads without a rest.
 */
import { propertiesEnd, varintAt } from './mqtt-properties.js'

const CONNECT = 1
const CONNACK = 2
const PUBLISH = 3
const SUBSCRIBE = 8
const SUBACK = 9
const UNSUBSCRIBE = 10
const UNSUBACK = 11
const PINGREQ = 12
const PINGRESP = 13
const DISCONNECT = 14
const AUTH = 15

/** Flags that a message of each type has; PUBLISH has its own. MQTT 5.0 table 2-2. */
const FLAGS: readonly number[] = [-1, 0, 0, -1, 0, 0, 2, 0, 2, 0, 2, 0, 0, 0, 0, 0]

/** Version 3.1 marks what is sent again, whatever it is. */
const REPEATED = 8

const PROTOCOL_NAMES: readonly string[] = ['MQTT', 'MQIsdp']

/** Codes that a server of version 3.1.1 answers to a subscription. MQTT 3.1.1 §3.9.3. */
const GRANTED: ReadonlySet<number> = new Set([0, 1, 2, 0x80])

const u16At = (buffer: Uint8Array, at: number): number => (buffer[at]! << 8) | buffer[at + 1]!

function isTopic(buffer: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = buffer[at]!
    if (byte < 0x20 || byte === 0x7f || byte === 0x23 || byte === 0x2b) return false
  }
  return true
}

function hasProtocolName(buffer: Uint8Array, at: number, end: number): boolean {
  return PROTOCOL_NAMES.some(
    (name) =>
      at + 2 + name.length <= end &&
      u16At(buffer, at) === name.length &&
      [...name].every((letter, i) => buffer[at + 2 + i] === letter.charCodeAt(0)),
  )
}

/** Whether topics, each with so many bytes of options behind it, fill these bytes exactly. */
function topicsFill(buffer: Uint8Array, start: number, end: number, options: 0 | 1): boolean {
  let at = start
  while (at + 2 < end) {
    const length = u16At(buffer, at)
    at += 2 + length + options
    if (length === 0 || at > end || (options === 1 && buffer[at - 1]! > 0x2f)) return false
  }
  return at === end && at > start
}

/** Whether properties and then topics follow a subscription's number, and not topics at once. */
export function subscriptionHasProperties(buffer: Uint8Array, start: number, end: number, options: 0 | 1): boolean {
  if (topicsFill(buffer, start, end, options)) return false
  const stop = propertiesEnd(buffer, start, end)
  return stop >= 0 && topicsFill(buffer, stop, end, options)
}

/**
 * Whether properties stand before the codes of a SUBACK. A zero in front may be an empty list or the code of a first topic: it is
 * a list before one code, and before codes of another QoS, since clients mostly ask for one topic, or for all with the same QoS.
 */
export function subackHasProperties(buffer: Uint8Array, start: number, end: number): boolean {
  const codes = buffer.subarray(start, end)
  const isEmptyList = codes[0] === 0 && (codes.length === 2 || codes.some((code) => code !== 0))
  if (!isEmptyList && codes.every((code) => GRANTED.has(code))) return false
  const stop = propertiesEnd(buffer, start, end)
  return stop >= 0 && stop < end
}

/**
 * Whether properties stand before the payload of a PUBLISH. A zero may be an empty list or the first byte of a binary
 * payload: it is a list where text follows, or nothing.
 */
export function publishHasProperties(buffer: Uint8Array, start: number, end: number): boolean {
  const stop = propertiesEnd(buffer, start, end)
  if (stop < 0) return false
  if (buffer[start]! > 0) return true
  for (let at = stop; at < end; at++) {
    const byte = buffer[at]!
    if (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13) return false
  }
  return true
}

/** Whether an MQTT message begins here; it may go on behind the end. */
export function isMessage(buffer: Uint8Array, start: number, end: number): boolean {
  if (end - start < 2) return false
  const type = buffer[start]! >>> 4
  const flags = buffer[start]! & 15
  if (type === 0 || (type === PUBLISH ? (flags & 6) === 6 : (flags & ~REPEATED) !== FLAGS[type])) return false
  const [length, body] = varintAt(buffer, start + 1, end)
  if (length < 0) return false
  const stop = body + length
  const isComplete = stop <= end
  switch (type) {
    case CONNECT:
      return hasProtocolName(buffer, body, Math.min(stop, end))
    case PUBLISH: {
      const numbers = (flags & 6) === 0 ? 0 : 2
      if (length < 2 + numbers || body + 2 > end) return false
      const topicEnd = body + 2 + u16At(buffer, body)
      return topicEnd + numbers <= Math.min(stop, end) && isTopic(buffer, body + 2, topicEnd)
    }
    case PINGREQ:
    case PINGRESP:
      return length === 0
    case CONNACK:
      return (
        isComplete &&
        length >= 2 &&
        buffer[body]! <= 1 &&
        (length === 2 || propertiesEnd(buffer, body + 2, stop) === stop)
      )
    case SUBSCRIBE:
    case UNSUBSCRIBE: {
      const options = type === SUBSCRIBE ? 1 : 0
      if (!isComplete || length < 5) return false
      return topicsFill(buffer, body + 2, stop, options) || subscriptionHasProperties(buffer, body + 2, stop, options)
    }
    case SUBACK:
      return isComplete && length >= 3
    case UNSUBACK:
      return isComplete && (length === 2 || (length > 3 && propertiesEnd(buffer, body + 2, stop) >= 0))
    case DISCONNECT:
    case AUTH:
      return isComplete && (length < 2 || propertiesEnd(buffer, body + 1, stop) === stop)
    default:
      return (
        isComplete && (length === 2 || length === 3 || (length > 3 && propertiesEnd(buffer, body + 3, stop) === stop))
      )
  }
}
