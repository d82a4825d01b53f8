/**
 * What Modbus asks and answers, a layer for each function and direction. MODBUS Application Protocol Specification V1.1b3 §6.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+-------------------------------+---------------+
 *   |   funcCode    |           startAddr           |  quantity …   |  reading: the request
 *   +---------------+---------------+---------------+---------------+
 *   |   funcCode    |   byteCount   |  values …                     |  its answer
 *   +---------------+---------------+-------------------------------+
 *   | funcCode|0x80 |  exceptCode   |                                  any exception
 *   +---------------+---------------+
 */
import {
  type AnyPacket,
  bytes,
  type LayerReference,
  layer,
  layers,
  list,
  text,
  u8,
  u8Enum,
  u16,
  u16Enum,
} from '../../packet/index.js'

const SPECIFICATION = 'MODBUS Application Protocol V1.1b3'

export const MODBUS_FUNCTIONS: Readonly<Record<number, string>> = {
  1: 'read-coils',
  2: 'read-discrete-inputs',
  3: 'read-holding-registers',
  4: 'read-input-registers',
  5: 'write-single-coil',
  6: 'write-single-register',
  7: 'read-exception-status',
  8: 'diagnostics',
  11: 'get-comm-event-counter',
  12: 'get-comm-event-log',
  15: 'write-multiple-coils',
  16: 'write-multiple-registers',
  17: 'report-server-id',
  20: 'read-file-record',
  21: 'write-file-record',
  22: 'mask-write-register',
  23: 'read-write-multiple-registers',
  24: 'read-fifo-queue',
  43: 'encapsulated-interface',
}

/** Exception codes. §7. */
const EXCEPTIONS: Readonly<Record<number, string>> = {
  1: 'illegal-function',
  2: 'illegal-data-address',
  3: 'illegal-data-value',
  4: 'server-device-failure',
  5: 'acknowledge',
  6: 'server-device-busy',
  8: 'memory-parity-error',
  10: 'gateway-path-unavailable',
  11: 'gateway-target-failed',
}

/** Sub-functions of the diagnostics. §6.8.1. */
const DIAGNOSTICS: Readonly<Record<number, string>> = {
  0: 'return-query-data',
  1: 'restart-communications',
  2: 'return-diagnostic-register',
  3: 'change-ascii-delimiter',
  4: 'force-listen-only',
  10: 'clear-counters',
  11: 'bus-message-count',
  12: 'bus-communication-error-count',
  13: 'bus-exception-error-count',
  14: 'server-message-count',
  15: 'server-no-response-count',
  16: 'server-nak-count',
  17: 'server-busy-count',
  18: 'bus-character-overrun-count',
  20: 'clear-overrun-counter',
}

/** How much of a device's identification is asked for. §6.21. */
const READ_CODES: Readonly<Record<number, string>> = { 1: 'basic', 2: 'regular', 3: 'extended', 4: 'specific' }
const OBJECTS: Readonly<Record<number, string>> = {
  0: 'VendorName',
  1: 'ProductCode',
  2: 'MajorMinorRevision',
  3: 'VendorUrl',
  4: 'ProductName',
  5: 'ModelName',
  6: 'UserApplicationName',
}

const ON_OFF: Readonly<Record<number, string>> = { 0: 'off', 0xff00: 'on' }

const code = (number: number) => u8Enum(number, MODBUS_FUNCTIONS)
const about = (what: string, section: string): [string, string] => [what, `${SPECIFICATION} §${section}`]

const readRequest = (number: number) => () => ({ funcCode: code(number), startAddr: u16(), quantity: u16(1) })
const bitsResponse = <N extends string>(number: number, name: N) => ({
  funcCode: code(number),
  byteCount: u8().lengthOf(name),
})
const registersResponse = (number: number) => () => ({
  funcCode: code(number),
  byteCount: u8().lengthOf('registerVal'),
  registerVal: list(u16(), { length: 'byteCount' }),
})
const alone = (number: number) => () => ({ funcCode: code(number) })

export const ModbusPDU01ReadCoilsRequest = layer(
  'ModbusPDU01ReadCoilsRequest',
  readRequest(1),
  ...about('Asks for outputs of one bit.', '6.1'),
)
export const ModbusPDU01ReadCoilsResponse = layer(
  'ModbusPDU01ReadCoilsResponse',
  () => ({ ...bitsResponse(1, 'coilStatus'), coilStatus: list(u8(), { length: 'byteCount' }) }),
  ...about('Outputs, eight in a byte, the lowest bit first.', '6.1'),
)
export const ModbusPDU02ReadDiscreteInputsRequest = layer(
  'ModbusPDU02ReadDiscreteInputsRequest',
  readRequest(2),
  ...about('Asks for inputs of one bit.', '6.2'),
)
export const ModbusPDU02ReadDiscreteInputsResponse = layer(
  'ModbusPDU02ReadDiscreteInputsResponse',
  () => ({ ...bitsResponse(2, 'inputStatus'), inputStatus: list(u8(), { length: 'byteCount' }) }),
  ...about('Inputs, eight in a byte, the lowest bit first.', '6.2'),
)
export const ModbusPDU03ReadHoldingRegistersRequest = layer(
  'ModbusPDU03ReadHoldingRegistersRequest',
  readRequest(3),
  ...about('Asks for registers of 16 bits.', '6.3'),
)
export const ModbusPDU03ReadHoldingRegistersResponse = layer(
  'ModbusPDU03ReadHoldingRegistersResponse',
  registersResponse(3),
  ...about('Values of registers.', '6.3'),
)
export const ModbusPDU04ReadInputRegistersRequest = layer(
  'ModbusPDU04ReadInputRegistersRequest',
  readRequest(4),
  ...about('Asks for input registers of 16 bits.', '6.4'),
)
export const ModbusPDU04ReadInputRegistersResponse = layer(
  'ModbusPDU04ReadInputRegistersResponse',
  registersResponse(4),
  ...about('Values of input registers.', '6.4'),
)

const writeCoil = () => ({ funcCode: code(5), outputAddr: u16(), outputValue: u16Enum(0, ON_OFF) })
export const ModbusPDU05WriteSingleCoilRequest = layer(
  'ModbusPDU05WriteSingleCoilRequest',
  writeCoil,
  ...about('Sets one output.', '6.5'),
)
export const ModbusPDU05WriteSingleCoilResponse = layer(
  'ModbusPDU05WriteSingleCoilResponse',
  writeCoil,
  ...about('Repeats the request.', '6.5'),
)
const writeRegister = () => ({ funcCode: code(6), registerAddr: u16(), registerValue: u16() })
export const ModbusPDU06WriteSingleRegisterRequest = layer(
  'ModbusPDU06WriteSingleRegisterRequest',
  writeRegister,
  ...about('Sets one register.', '6.6'),
)
export const ModbusPDU06WriteSingleRegisterResponse = layer(
  'ModbusPDU06WriteSingleRegisterResponse',
  writeRegister,
  ...about('Repeats the request.', '6.6'),
)
export const ModbusPDU07ReadExceptionStatusRequest = layer(
  'ModbusPDU07ReadExceptionStatusRequest',
  alone(7),
  ...about('Asks for eight outputs that tell of exceptions.', '6.7'),
)
export const ModbusPDU07ReadExceptionStatusResponse = layer(
  'ModbusPDU07ReadExceptionStatusResponse',
  () => ({ funcCode: code(7), startAddr: u8().hex().about('The eight outputs.') }),
  ...about('Eight outputs that tell of exceptions.', '6.7'),
)

/** Bytes of data behind function and sub-function: all that the message has. */
function dataLength(me: AnyPacket): number {
  const available = me._end - me._offset - 3
  const adu = me._under as AnyPacket | null
  return adu?.layerName.startsWith('ModbusADU') === true ? Math.min((adu.len as number) - 4, available) : available
}

const diagnostics = () => ({
  funcCode: code(8),
  subFunc: u16Enum(0, DIAGNOSTICS),
  data: bytes(dataLength).default(Uint8Array.of(0, 0)),
})
export const ModbusPDU08DiagnosticsRequest = layer(
  'ModbusPDU08DiagnosticsRequest',
  diagnostics,
  ...about('Tests the line.', '6.8'),
)
export const ModbusPDU08DiagnosticsResponse = layer(
  'ModbusPDU08DiagnosticsResponse',
  diagnostics,
  ...about('What a test of the line gave.', '6.8'),
)
export const ModbusPDU0BGetCommEventCounterRequest = layer(
  'ModbusPDU0BGetCommEventCounterRequest',
  alone(11),
  ...about('Asks how many requests were served.', '6.9'),
)
export const ModbusPDU0BGetCommEventCounterResponse = layer(
  'ModbusPDU0BGetCommEventCounterResponse',
  () => ({ funcCode: code(11), status: u16().hex().about('ffff: busy; 0: idle.'), eventCount: u16() }),
  ...about('How many requests were served.', '6.9'),
)
export const ModbusPDU0CGetCommEventLogRequest = layer(
  'ModbusPDU0CGetCommEventLogRequest',
  alone(12),
  ...about('Asks for the latest events on the line.', '6.10'),
)
export const ModbusPDU0CGetCommEventLogResponse = layer(
  'ModbusPDU0CGetCommEventLogResponse',
  () => ({
    funcCode: code(12),
    byteCount: u8().auto((c) => 6 + c.fieldLength('event')),
    status: u16().hex(),
    eventCount: u16(),
    messageCount: u16(),
    event: list(u8(), { length: (me) => (me.byteCount as number) - 6 }),
  }),
  ...about('The latest events on the line, newest first.', '6.10'),
)
export const ModbusPDU0FWriteMultipleCoilsRequest = layer(
  'ModbusPDU0FWriteMultipleCoilsRequest',
  () => ({
    funcCode: code(15),
    startAddr: u16(),
    quantityOutput: u16(1),
    byteCount: u8().lengthOf('outputsValue'),
    outputsValue: list(u8(), { length: 'byteCount' }),
  }),
  ...about('Sets outputs, eight in a byte, the lowest bit first.', '6.11'),
)
export const ModbusPDU0FWriteMultipleCoilsResponse = layer(
  'ModbusPDU0FWriteMultipleCoilsResponse',
  () => ({ funcCode: code(15), startAddr: u16(), quantityOutput: u16(1) }),
  ...about('How many outputs were set.', '6.11'),
)
export const ModbusPDU10WriteMultipleRegistersRequest = layer(
  'ModbusPDU10WriteMultipleRegistersRequest',
  () => ({
    funcCode: code(16),
    startAddr: u16(),
    quantityRegisters: u16().countOf('outputsValue'),
    byteCount: u8().lengthOf('outputsValue'),
    outputsValue: list(u16(), { length: 'byteCount' }),
  }),
  ...about('Sets registers.', '6.12'),
)
export const ModbusPDU10WriteMultipleRegistersResponse = layer(
  'ModbusPDU10WriteMultipleRegistersResponse',
  () => ({ funcCode: code(16), startAddr: u16(), quantityRegisters: u16(1) }),
  ...about('How many registers were set.', '6.12'),
)
export const ModbusPDU11ReportSlaveIdRequest = layer(
  'ModbusPDU11ReportSlaveIdRequest',
  alone(17),
  ...about('Asks what the device is.', '6.13'),
)
export const ModbusPDU11ReportSlaveIdResponse = layer(
  'ModbusPDU11ReportSlaveIdResponse',
  () => ({
    funcCode: code(17),
    byteCount: u8().lengthOf('slaveId'),
    slaveId: bytes('byteCount').about('Identifier, run indicator (ff: on) and more, as the device has them.'),
  }),
  ...about('What the device is.', '6.13'),
)

export const ModbusReadFileSubRequest = layer(
  'ModbusReadFileSubRequest',
  () => ({ refType: u8(6), fileNumber: u16(1), recordNumber: u16(), recordLength: u16(1) }),
  ...about('One run of registers in a file; lengths in registers.', '6.14'),
)
export const ModbusPDU14ReadFileRecordRequest = layer(
  'ModbusPDU14ReadFileRecordRequest',
  () => ({
    funcCode: code(20),
    byteCount: u8().lengthOf('records'),
    records: layers(ModbusReadFileSubRequest, { length: 'byteCount' }),
  }),
  ...about('Asks for records of files.', '6.14'),
)
export const ModbusReadFileSubResponse = layer(
  'ModbusReadFileSubResponse',
  () => ({
    respLength: u8().auto((c) => c.fieldLength('recData') + 1),
    refType: u8(6),
    recData: list(u16(), { length: (me) => (me.respLength as number) - 1 }),
  }),
  ...about('The registers of one run.', '6.14'),
)
export const ModbusPDU14ReadFileRecordResponse = layer(
  'ModbusPDU14ReadFileRecordResponse',
  () => ({
    funcCode: code(20),
    dataLength: u8().lengthOf('records'),
    records: layers(ModbusReadFileSubResponse, { length: 'dataLength' }),
  }),
  ...about('Records of files.', '6.14'),
)
const fileRecord = () => ({
  refType: u8(6),
  fileNumber: u16(1),
  recordNumber: u16(),
  recordLength: u16().countOf('recordData'),
  recordData: list(u16(), { count: 'recordLength' }),
})
export const ModbusWriteFileSubRequest = layer(
  'ModbusWriteFileSubRequest',
  fileRecord,
  ...about('One run of registers for a file.', '6.15'),
)
const writeFile = () => ({
  funcCode: code(21),
  dataLength: u8().lengthOf('records'),
  records: layers(ModbusWriteFileSubRequest, { length: 'dataLength' }),
})
export const ModbusPDU15WriteFileRecordRequest = layer(
  'ModbusPDU15WriteFileRecordRequest',
  writeFile,
  ...about('Writes records of files.', '6.15'),
)
export const ModbusPDU15WriteFileRecordResponse = layer(
  'ModbusPDU15WriteFileRecordResponse',
  writeFile,
  ...about('Repeats the request.', '6.15'),
)

const mask = () => ({ funcCode: code(22), refAddr: u16(), andMask: u16(0xffff).hex(), orMask: u16().hex() })
export const ModbusPDU16MaskWriteRegisterRequest = layer(
  'ModbusPDU16MaskWriteRegisterRequest',
  mask,
  ...about('Changes bits of a register: (value and andMask) or (orMask and not andMask).', '6.16'),
)
export const ModbusPDU16MaskWriteRegisterResponse = layer(
  'ModbusPDU16MaskWriteRegisterResponse',
  mask,
  ...about('Repeats the request.', '6.16'),
)
export const ModbusPDU17ReadWriteMultipleRegistersRequest = layer(
  'ModbusPDU17ReadWriteMultipleRegistersRequest',
  () => ({
    funcCode: code(23),
    readStartingAddr: u16(),
    readQuantityRegisters: u16(1),
    writeStartingAddr: u16(),
    writeQuantityRegisters: u16().countOf('writeRegistersValue'),
    byteCount: u8().lengthOf('writeRegistersValue'),
    writeRegistersValue: list(u16(), { length: 'byteCount' }),
  }),
  ...about('Sets registers, then asks for others.', '6.17'),
)
export const ModbusPDU17ReadWriteMultipleRegistersResponse = layer(
  'ModbusPDU17ReadWriteMultipleRegistersResponse',
  registersResponse(23),
  ...about('Values of registers.', '6.17'),
)
export const ModbusPDU18ReadFIFOQueueRequest = layer(
  'ModbusPDU18ReadFIFOQueueRequest',
  () => ({ funcCode: code(24), FIFOPointerAddr: u16() }),
  ...about('Asks for a queue of registers.', '6.18'),
)
export const ModbusPDU18ReadFIFOQueueResponse = layer(
  'ModbusPDU18ReadFIFOQueueResponse',
  () => ({
    funcCode: code(24),
    byteCount: u16().auto((c) => 2 + c.fieldLength('FIFOVal')),
    FIFOCount: u16().countOf('FIFOVal'),
    FIFOVal: list(u16(), { count: 'FIFOCount' }),
  }),
  ...about('A queue of registers.', '6.18'),
)
export const ModbusPDU2B0EReadDeviceIdentificationRequest = layer(
  'ModbusPDU2B0EReadDeviceIdentificationRequest',
  () => ({ funcCode: code(43), MEIType: u8(14), readCode: u8Enum(1, READ_CODES), objectId: u8Enum(0, OBJECTS) }),
  ...about('Asks who made the device, and what it is.', '6.21'),
)
export const ModbusObjectId = layer(
  'ModbusObjectId',
  () => ({ id: u8Enum(0, OBJECTS), length: u8().lengthOf('value'), value: text('length') }),
  ...about('One part of a device’s identification.', '6.21'),
)
export const ModbusPDU2B0EReadDeviceIdentificationResponse = layer(
  'ModbusPDU2B0EReadDeviceIdentificationResponse',
  () => ({
    funcCode: code(43),
    MEIType: u8(14),
    readCode: u8Enum(4, READ_CODES),
    conformityLevel: u8(1).hex(),
    more: u8().about('ff: more objects are to be asked for.'),
    nextObjId: u8Enum(0, OBJECTS),
    objCount: u8().countOf('objects'),
    objects: layers(ModbusObjectId, { count: 'objCount' }),
  }),
  ...about('Who made the device, and what it is.', '6.21'),
)

export const ModbusPDUError = layer(
  'ModbusPDUError',
  () => ({
    funcCode: u8(0x83).hex().about('The function that failed, with the highest bit set.'),
    exceptCode: u8Enum(1, EXCEPTIONS),
  }),
  ...about('Says why a request was not served.', '7'),
)

/** Requests and answers by function code. */
export const PDUS: Readonly<Record<number, readonly [request: LayerReference, response: LayerReference]>> = {
  1: [ModbusPDU01ReadCoilsRequest, ModbusPDU01ReadCoilsResponse],
  2: [ModbusPDU02ReadDiscreteInputsRequest, ModbusPDU02ReadDiscreteInputsResponse],
  3: [ModbusPDU03ReadHoldingRegistersRequest, ModbusPDU03ReadHoldingRegistersResponse],
  4: [ModbusPDU04ReadInputRegistersRequest, ModbusPDU04ReadInputRegistersResponse],
  5: [ModbusPDU05WriteSingleCoilRequest, ModbusPDU05WriteSingleCoilResponse],
  6: [ModbusPDU06WriteSingleRegisterRequest, ModbusPDU06WriteSingleRegisterResponse],
  7: [ModbusPDU07ReadExceptionStatusRequest, ModbusPDU07ReadExceptionStatusResponse],
  8: [ModbusPDU08DiagnosticsRequest, ModbusPDU08DiagnosticsResponse],
  11: [ModbusPDU0BGetCommEventCounterRequest, ModbusPDU0BGetCommEventCounterResponse],
  12: [ModbusPDU0CGetCommEventLogRequest, ModbusPDU0CGetCommEventLogResponse],
  15: [ModbusPDU0FWriteMultipleCoilsRequest, ModbusPDU0FWriteMultipleCoilsResponse],
  16: [ModbusPDU10WriteMultipleRegistersRequest, ModbusPDU10WriteMultipleRegistersResponse],
  17: [ModbusPDU11ReportSlaveIdRequest, ModbusPDU11ReportSlaveIdResponse],
  20: [ModbusPDU14ReadFileRecordRequest, ModbusPDU14ReadFileRecordResponse],
  21: [ModbusPDU15WriteFileRecordRequest, ModbusPDU15WriteFileRecordResponse],
  22: [ModbusPDU16MaskWriteRegisterRequest, ModbusPDU16MaskWriteRegisterResponse],
  23: [ModbusPDU17ReadWriteMultipleRegistersRequest, ModbusPDU17ReadWriteMultipleRegistersResponse],
  24: [ModbusPDU18ReadFIFOQueueRequest, ModbusPDU18ReadFIFOQueueResponse],
  43: [ModbusPDU2B0EReadDeviceIdentificationRequest, ModbusPDU2B0EReadDeviceIdentificationResponse],
}
