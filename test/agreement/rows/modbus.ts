import { field, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const adu = /^ModbusADU/
const pdu = /^ModbusPDU/

/** The first of these fields that the layer has. */
const first =
  (...names: readonly string[]) =>
  ({ fields }: OurLayer): unknown =>
    fields[names.find((name) => name in fields) ?? '']

/** One field of each element of a list of layers. */
const elements =
  (list: string, name: string) =>
  ({ fields }: OurLayer): unknown =>
    ((fields[list] ?? []) as OurLayer[]).map((element) => element.fields[name])

export const agreement: VectorAgreement = {
  vectors: ['modbus'],
  protocols: { mbtcp: adu },
  except: {
    'request of a function without a layer': 'tshark takes the function of what it does not know too',
    'answer of a function without a layer': 'tshark takes the function of what it does not know too',
  },
  rows: [
    field('mbtcp.trans_id', adu, 'transId'),
    field('mbtcp.prot_id', adu, 'protoId'),
    field('mbtcp.len', adu, 'len'),
    field('mbtcp.unit_id', adu, 'unitId'),
    row('modbus.func_code', pdu, ({ fields }) => (fields.funcCode as number) & 0x7f),
    field('modbus.exception_code', 'ModbusPDUError', 'exceptCode'),
    row(
      'modbus.reference_num',
      /PDU(?!07)/,
      first('startAddr', 'outputAddr', 'registerAddr', 'refAddr', 'FIFOPointerAddr'),
    ),
    row('modbus.bit_cnt', /PDU(0F|01|02)/, first('quantity', 'quantityOutput')),
    row('modbus.read_reference_num', pdu, first('readStartingAddr')),
    row('modbus.write_reference_num', pdu, first('writeStartingAddr')),
    row('modbus.read_word_cnt', pdu, first('readQuantityRegisters')),
    row('modbus.write_word_cnt', pdu, first('writeQuantityRegisters')),
    field('modbus.and_mask', pdu, 'andMask'),
    field('modbus.or_mask', pdu, 'orMask'),
    row('modbus.regval_uint16', /PDU(03|04|10)/, first('registerVal', 'outputsValue')),
    row('modbus.ev_count', pdu, first('eventCount')),
    row('modbus.diagnostic_code', pdu, first('subFunc')),
    field('modbus.mei', pdu, 'MEIType'),
    field('modbus.read_device_id', pdu, 'readCode'),
    field('modbus.conformity_level', pdu, 'conformityLevel'),
    field('modbus.num_objects', pdu, 'objCount'),
    row('modbus.object_str_value', pdu, elements('objects', 'value'), same),
    row('modbus.objects_len', pdu, elements('objects', 'length')),
  ],
}
