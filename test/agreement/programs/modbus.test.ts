import { type Talk, talksAgree } from './talk.js'

const PORT = 502

/** A device with a hundred of everything, and with a name. */
const SERVER = `
import asyncio, sys
from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.device import ModbusDeviceIdentification
from pymodbus.server import StartAsyncTcpServer
block = lambda: ModbusSequentialDataBlock(0, [17, 1, 0, 3] * 25)
identity = ModbusDeviceIdentification(info_name={'VendorName': 'A vendor', 'ProductCode': 'PC', 'MajorMinorRevision': '1.2',
    'VendorUrl': 'http://vendor.example', 'ProductName': 'A product', 'ModelName': 'A model', 'UserApplicationName': 'practice'})
context = ModbusServerContext(slaves=ModbusSlaveContext(di=block(), co=block(), hr=block(), ir=block()), single=True)
asyncio.run(StartAsyncTcpServer(context, identity=identity, address=(sys.argv[1], ${PORT})))
`

const CLIENT = `
import sys, time
from pymodbus.client import ModbusTcpClient
from pymodbus.file_message import ReadFifoQueueRequest
from pymodbus.mei_message import ReadDeviceInformationRequest
from pymodbus.other_message import GetCommEventCounterRequest, GetCommEventLogRequest, ReadExceptionStatusRequest, ReportSlaveIdRequest
client = ModbusTcpClient(sys.argv[1], port=${PORT})
# The server says nothing when it is ready.
while not client.connect():
    time.sleep(0.05)
client.read_coils(1, 13, slave=3)
client.read_discrete_inputs(2, 8)
client.read_holding_registers(3, 4)
client.read_input_registers(4, 2)
client.write_coil(5, True)
client.write_coil(5, False)
client.write_register(6, 4660)
client.write_coils(7, [True, False, True] * 4)
client.write_registers(8, [1, 2, 65535])
client.mask_write_register(address=4, and_mask=0xf2, or_mask=0x25)
client.readwrite_registers(read_address=1, read_count=3, write_address=2, write_registers=[7, 8])
client.read_holding_registers(500, 1)
client.write_register(999, 1)
client.diag_query_data(0x1234)
client.diag_read_bus_message_count()
client.diag_clear_counters()
for request in [ReadExceptionStatusRequest(), GetCommEventCounterRequest(), GetCommEventLogRequest(), ReportSlaveIdRequest(),
        ReadDeviceInformationRequest(1), ReadDeviceInformationRequest(3), ReadDeviceInformationRequest(4, 2), ReadFifoQueueRequest(4)]:
    request.unit_id = 1
    client.execute(request)
client.close()
`

const device: Talk = {
  name: 'pymodbus, server and client: coils, registers, refusals, diagnostics, what the device says of itself',
  rows: ['modbus'],
  shows: [
    'mbtcp.trans_id',
    'mbtcp.len',
    'mbtcp.unit_id',
    'modbus.func_code',
    'modbus.exception_code',
    'modbus.reference_num',
    'modbus.bit_cnt',
    'modbus.regval_uint16',
    'modbus.read_reference_num',
    'modbus.and_mask',
    'modbus.diagnostic_code',
    'modbus.mei',
    'modbus.num_objects',
    'modbus.object_str_value',
  ],
  async talk(lab) {
    const server = lab.spawn('there', ['/usr/bin/python3', '-c', SERVER, lab.there.ipv4])
    const client = await lab.exec('here', ['/usr/bin/python3', '-c', CLIENT, lab.there.ipv4])
    if (client.status !== 0) throw new Error(client.stderr)
    await server.stop()
  },
}

talksAgree('programs of Modbus', [device])
