import { describe, expect, test } from 'vitest'
import {
  IP,
  ModbusADURequest,
  ModbusADUResponse,
  ModbusPDU0BGetCommEventCounterRequest,
  ModbusPDU0BGetCommEventCounterResponse,
  ModbusPDU0CGetCommEventLogRequest,
  ModbusPDU0CGetCommEventLogResponse,
  ModbusPDU0FWriteMultipleCoilsRequest,
  ModbusPDU0FWriteMultipleCoilsResponse,
  ModbusPDU2B0EReadDeviceIdentificationRequest,
  ModbusPDU2B0EReadDeviceIdentificationResponse,
  ModbusPDU01ReadCoilsRequest,
  ModbusPDU01ReadCoilsResponse,
  ModbusPDU02ReadDiscreteInputsRequest,
  ModbusPDU02ReadDiscreteInputsResponse,
  ModbusPDU03ReadHoldingRegistersRequest,
  ModbusPDU03ReadHoldingRegistersResponse,
  ModbusPDU04ReadInputRegistersRequest,
  ModbusPDU04ReadInputRegistersResponse,
  ModbusPDU05WriteSingleCoilRequest,
  ModbusPDU05WriteSingleCoilResponse,
  ModbusPDU06WriteSingleRegisterRequest,
  ModbusPDU06WriteSingleRegisterResponse,
  ModbusPDU07ReadExceptionStatusRequest,
  ModbusPDU07ReadExceptionStatusResponse,
  ModbusPDU08DiagnosticsRequest,
  ModbusPDU08DiagnosticsResponse,
  ModbusPDU10WriteMultipleRegistersRequest,
  ModbusPDU10WriteMultipleRegistersResponse,
  ModbusPDU11ReportSlaveIdRequest,
  ModbusPDU11ReportSlaveIdResponse,
  ModbusPDU14ReadFileRecordRequest,
  ModbusPDU14ReadFileRecordResponse,
  ModbusPDU15WriteFileRecordRequest,
  ModbusPDU15WriteFileRecordResponse,
  ModbusPDU16MaskWriteRegisterRequest,
  ModbusPDU16MaskWriteRegisterResponse,
  ModbusPDU17ReadWriteMultipleRegistersRequest,
  ModbusPDU17ReadWriteMultipleRegistersResponse,
  ModbusPDU18ReadFIFOQueueRequest,
  ModbusPDU18ReadFIFOQueueResponse,
  ModbusPDUError,
  TCP,
} from '../../../src/layers/index.js'
import { type AnyPacket, answers, fromHex, stack } from '../../../src/packet/index.js'
import { familySuite } from '../family.js'

familySuite('modbus', [
  ModbusPDU01ReadCoilsRequest,
  ModbusPDU01ReadCoilsResponse,
  ModbusPDU02ReadDiscreteInputsRequest,
  ModbusPDU02ReadDiscreteInputsResponse,
  ModbusPDU03ReadHoldingRegistersRequest,
  ModbusPDU03ReadHoldingRegistersResponse,
  ModbusPDU04ReadInputRegistersRequest,
  ModbusPDU04ReadInputRegistersResponse,
  ModbusPDU05WriteSingleCoilRequest,
  ModbusPDU05WriteSingleCoilResponse,
  ModbusPDU06WriteSingleRegisterRequest,
  ModbusPDU06WriteSingleRegisterResponse,
  ModbusPDU07ReadExceptionStatusRequest,
  ModbusPDU07ReadExceptionStatusResponse,
  ModbusPDU08DiagnosticsRequest,
  ModbusPDU08DiagnosticsResponse,
  ModbusPDU0BGetCommEventCounterRequest,
  ModbusPDU0BGetCommEventCounterResponse,
  ModbusPDU0CGetCommEventLogRequest,
  ModbusPDU0CGetCommEventLogResponse,
  ModbusPDU0FWriteMultipleCoilsRequest,
  ModbusPDU0FWriteMultipleCoilsResponse,
  ModbusPDU10WriteMultipleRegistersRequest,
  ModbusPDU10WriteMultipleRegistersResponse,
  ModbusPDU11ReportSlaveIdRequest,
  ModbusPDU11ReportSlaveIdResponse,
  ModbusPDU14ReadFileRecordRequest,
  ModbusPDU14ReadFileRecordResponse,
  ModbusPDU15WriteFileRecordRequest,
  ModbusPDU15WriteFileRecordResponse,
  ModbusPDU16MaskWriteRegisterRequest,
  ModbusPDU16MaskWriteRegisterResponse,
  ModbusPDU17ReadWriteMultipleRegistersRequest,
  ModbusPDU17ReadWriteMultipleRegistersResponse,
  ModbusPDU18ReadFIFOQueueRequest,
  ModbusPDU18ReadFIFOQueueResponse,
  ModbusPDU2B0EReadDeviceIdentificationRequest,
  ModbusPDU2B0EReadDeviceIdentificationResponse,
  ModbusPDUError,
  ModbusADURequest,
  ModbusADUResponse,
])

const names = (packet: AnyPacket): string =>
  packet
    .layers()
    .map((layer) => layer.layerName)
    .join(' / ')
const segment = (hex: string, toServer = true): AnyPacket =>
  stack(
    IP({ src: '10.0.0.1', dst: '10.0.0.2' }),
    toServer ? TCP({ sport: 40000, dport: 502 }) : TCP({ sport: 502, dport: 40000 }),
    fromHex(hex),
  ).rebuilt()

describe('Modbus, beyond the suite', () => {
  test('a request is built with its length, a response to the right port', () => {
    const request = stack(
      ModbusADURequest({ transId: 1 }),
      ModbusPDU03ReadHoldingRegistersRequest({ startAddr: 0x10, quantity: 2 }),
    )
    expect(request.hex()).toBe('000100000006ff' + '0300100002')
    const response = stack(
      ModbusADUResponse({ transId: 1 }),
      ModbusPDU03ReadHoldingRegistersResponse({ registerVal: [1, 0xffff] }),
    )
    expect(response.hex()).toBe('000100000007ff' + '030400' + '01ffff')
    expect(stack(TCP(), request).dport).toBe(502)
    expect(stack(TCP(), response).sport).toBe(502)
    expect(answers(response, request)).toBe(true)
    expect(answers(request, request)).toBe(false)
    expect(answers(stack(ModbusADUResponse({ transId: 2 }), ModbusPDUError()), request)).toBe(false)
  })

  test('counts and lengths are computed', () => {
    expect(ModbusPDU10WriteMultipleRegistersRequest({ startAddr: 1, outputsValue: [1, 2, 3] }).hex()).toBe(
      '1000010003' + '06' + '000100020003',
    )
    expect(ModbusPDU18ReadFIFOQueueResponse({ FIFOVal: [5] }).hex()).toBe('180004' + '00010005')
    expect(
      ModbusPDU14ReadFileRecordRequest({ records: [{ fileNumber: 4, recordNumber: 1, recordLength: 2 }] }).hex(),
    ).toBe('1407' + '06000400010002')
    expect(ModbusPDU15WriteFileRecordRequest({ records: [{ recordData: [7] }] }).hex()).toBe(
      '1509' + '06000100000001' + '0007',
    )
    expect(ModbusPDU2B0EReadDeviceIdentificationResponse({ objects: [{ value: 'EX' }] }).hex()).toBe(
      '2b0e0401000001' + '00024558',
    )
  })

  test('the port tells requests and answers apart', () => {
    expect(names(segment('00010000000601' + '0300100002'))).toBe(
      'IP / TCP / ModbusADURequest / ModbusPDU03ReadHoldingRegistersRequest',
    )
    expect(names(segment('00010000000701' + '030400010002', false))).toBe(
      'IP / TCP / ModbusADUResponse / ModbusPDU03ReadHoldingRegistersResponse',
    )
    expect(segment('00010000000301' + '8302', false).summary()).toBe(
      'IP / TCP / ModbusADUResponse / Modbus read-holding-registers exception illegal-data-address',
    )
  })

  test('several messages in a segment follow one another', () => {
    const both = '00010000000601' + '0300100002' + '00020000000601' + '0400100001'
    const read = segment(both)
    expect(names(read)).toBe(
      'IP / TCP / ModbusADURequest / ModbusPDU03ReadHoldingRegistersRequest / ModbusADURequest / ModbusPDU04ReadInputRegistersRequest',
    )
    for (const layer of read.layers()) if (layer.layerName === 'ModbusADURequest') layer.unset('len')
    expect(read.get(ModbusADURequest)!.hex()).toBe(both)
  })

  test('functions without a layer, and what goes on in the next segment, are Raw', () => {
    expect(names(segment('00010000000401' + '416162'))).toBe('IP / TCP / ModbusADURequest / Raw')
    expect(names(segment('00010000000601' + '03001000'))).toBe('IP / TCP / ModbusADURequest / Raw')
    for (const hex of ['00020003', '474554202f20', '0001000100060103', '000100000000010300'])
      expect(names(segment(hex))).toBe('IP / TCP / Raw')
    expect(segment('00010000000601' + '03001000').issues()).toEqual([])
  })
})
