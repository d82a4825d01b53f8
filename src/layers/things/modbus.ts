/**
 * Modbus over TCP: the MBAP header, and behind it a request or an answer. MODBUS Messaging on TCP/IP Implementation Guide V1.0b §3.1.3.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+-------------------------------+
 *   |            transId            |            protoId            |
 *   +-------------------------------+---------------+---------------+
 *   |              len              |    unitId     |
 *   +-------------------------------+---------------+
 */
import {
  type AnyPacket,
  type BuildContext,
  behave,
  bind,
  type LayerReference,
  layer,
  u8,
  u16,
} from '../../packet/index.js'
import { Raw } from '../raw.js'
import { TCP } from '../transport/tcp.js'
import { MODBUS_FUNCTIONS, ModbusPDUError, PDUS } from './modbus-pdus.js'
import { builtMessageLength } from './segment.js'

export * from './modbus-pdus.js'

const PORT = 502
const HEADER = 7
/** Most bytes that the length counts: unit, function and data. */
const LONGEST = 254
const EXCEPTION = 0x80
const FUNCTION_EXTENDED = 43
const DEVICE_IDENTIFICATION = 14
/** Messages further in than this are not looked for. */
const DEEPEST = 58

const header = (name: string) => () => ({
  transId: u16().about('Repeated in the answer.'),
  protoId: u16(),
  len: u16()
    .auto((c: BuildContext) => 1 + builtMessageLength(c, name))
    .about('Bytes behind it: unitId and what follows.'),
  unitId: u8(255),
})

export const ModbusADURequest = layer(
  'ModbusADURequest',
  header('ModbusADURequest'),
  'Modbus over TCP, from a client: to port 502.',
  'MODBUS Messaging on TCP/IP V1.0b §3.1.3',
)
export const ModbusADUResponse = layer(
  'ModbusADUResponse',
  header('ModbusADUResponse'),
  'Modbus over TCP, from a server: of port 502.',
  'MODBUS Messaging on TCP/IP V1.0b §3.1.3',
)

const u16At = (buffer: Uint8Array, at: number): number => (buffer[at]! << 8) | buffer[at + 1]!

/** Whether a message begins here: protocol 0, a length that Modbus allows, a function. */
function isMessage(buffer: Uint8Array, start: number, end: number): boolean {
  if (end - start < HEADER + 1 || u16At(buffer, start + 2) !== 0) return false
  const length = u16At(buffer, start + 4)
  return length >= 2 && length <= LONGEST && (buffer[start + HEADER]! & 0x7f) !== 0
}

/** Whether the answer of a fixed form has the bytes that it needs. */
function fits(definition: LayerReference, length: number): boolean {
  return length >= definition.definition.fixedSize
}

function bodyOf(me: AnyPacket, isResponse: boolean): LayerReference {
  const at = me._headerStop()
  const length = me.len - 1
  // What goes on in the next segment cannot be told from what is wrong.
  if (!isMessage(me._buffer!, me._offset, me._end) || at + length > me._end) return Raw
  const code = me._buffer![at]!
  if (isResponse && code >= EXCEPTION) return length === 2 ? ModbusPDUError : Raw
  if (code === FUNCTION_EXTENDED && me._buffer![at + 1] !== DEVICE_IDENTIFICATION) return Raw
  const pdu = PDUS[code]?.[isResponse ? 1 : 0]
  return pdu !== undefined && fits(pdu, length) ? pdu : Raw
}

const ADUS: readonly LayerReference[] = [ModbusADURequest, ModbusADUResponse]

for (const [i, adu] of ADUS.entries()) {
  const isResponse = i === 1
  behave(adu, {
    guess: (me) => bodyOf(me, isResponse),
    refine: (buffer, start, end) => (isMessage(buffer, start, end) ? adu : Raw),
    summary: (me) => `Modbus ${isResponse ? 'answer' : 'request'} ${me.transId} unit ${me.unitId}`,
    answers: (me, request) =>
      isResponse &&
      request._layer === ModbusADURequest.definition &&
      me.transId === request.transId &&
      me.unitId === request.unitId,
    hash: (me) => String(me.transId),
  })
}

/** Where and how many, or the values, in as many words as fit a line. */
function detailOf(me: AnyPacket): string {
  const parts: string[] = []
  for (const { name } of me._layer.fields) {
    if (name === 'funcCode' || name === 'byteCount' || name === 'dataLength') continue
    const value = me.text(name)
    parts.push(`${name} ${value.length > 60 ? `${value.slice(0, 59)}…` : value}`)
  }
  return parts.length === 0 ? '' : ` ${parts.join(' ')}`
}

/** The next message of the segment, where this one ends with its fields. */
function next(me: AnyPacket): LayerReference {
  const adu = me._under as AnyPacket | null
  const end = me._headerStop()
  if (adu === null || me._depth >= DEEPEST || !ADUS.some((each) => each.definition === adu._layer)) return Raw
  return end === adu._headerStop() + (adu.len as number) - 1 && isMessage(me._buffer!, end, me._end) ? adu._layer : Raw
}

for (const [code, pair] of [...Object.entries(PDUS), ['0', [ModbusPDUError]] as const]) {
  for (const [i, pdu] of pair.entries()) {
    const name = MODBUS_FUNCTIONS[Number(code)]
    behave(pdu, {
      guess: next,
      summary(me) {
        if (name !== undefined) return `Modbus ${name} ${i === 0 ? 'request' : 'answer'}${detailOf(me)}`
        const failed = MODBUS_FUNCTIONS[(me.funcCode as number) & 0x7f] ?? `function ${(me.funcCode as number) & 0x7f}`
        return `Modbus ${failed} exception ${me.text('exceptCode')}`
      },
    })
  }
}

bind(TCP, ModbusADURequest, { dport: PORT })
bind(TCP, ModbusADUResponse, { sport: PORT })
