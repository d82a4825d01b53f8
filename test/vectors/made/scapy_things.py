"""Modbus and MQTT as Scapy builds them."""

import scapy.contrib.modbus
import scapy.contrib.mqtt
from book import built, part
from frames import I4
from scapy.all import TCP

names = {**vars(scapy.contrib.modbus), **vars(scapy.contrib.mqtt), 'I4': I4, 'TCP': TCP}


def request(layer, name, expression, fields):
    built(
        'things',
        layer,
        name,
        f"I4 / TCP(sport=40000, dport=502, flags='PA') / ModbusADURequest(transId=0x1234, unitId=9) / {expression}",
        fields,
        names,
    )


def response(layer, name, expression, fields):
    built(
        'things',
        layer,
        name,
        f"I4 / TCP(sport=502, dport=40000, flags='PA') / ModbusADUResponse(transId=0x1234, unitId=9) / {expression}",
        fields,
        names,
    )


request(
    'ModbusPDU01ReadCoilsRequest',
    'coils 19 to 37',
    'ModbusPDU01ReadCoilsRequest(startAddr=19, quantity=19)',
    {'funcCode': 1, 'startAddr': 19, 'quantity': 19},
)
response(
    'ModbusPDU01ReadCoilsResponse',
    'two bytes of coils',
    'ModbusPDU01ReadCoilsResponse(coilStatus=[0xcd, 0x6b])',
    {'funcCode': 1, 'byteCount': 2, 'coilStatus': [0xCD, 0x6B]},
)
request(
    'ModbusPDU02ReadDiscreteInputsRequest',
    'inputs 196 to 217',
    'ModbusPDU02ReadDiscreteInputsRequest(startAddr=196, quantity=22)',
    {'funcCode': 2, 'startAddr': 196, 'quantity': 22},
)
response(
    'ModbusPDU02ReadDiscreteInputsResponse',
    'two bytes of inputs',
    'ModbusPDU02ReadDiscreteInputsResponse(inputStatus=[0xac, 0x35])',
    {'funcCode': 2, 'byteCount': 2, 'inputStatus': [0xAC, 0x35]},
)
response(
    'ModbusPDU04ReadInputRegistersResponse',
    'two registers',
    'ModbusPDU04ReadInputRegistersResponse(registerVal=[10, 0x8001])',
    {'funcCode': 4, 'byteCount': 4, 'registerVal': [10, 0x8001]},
)
for direction, word in ((request, 'Request'), (response, 'Response')):
    direction(
        f'ModbusPDU05WriteSingleCoil{word}',
        f'a coil is switched on, {word.lower()}',
        f'ModbusPDU05WriteSingleCoil{word}(outputAddr=172, outputValue=0xff00)',
        {'funcCode': 5, 'outputAddr': 172, 'outputValue': 0xFF00},
    )
    direction(
        f'ModbusPDU06WriteSingleRegister{word}',
        f'a register is written, {word.lower()}',
        f'ModbusPDU06WriteSingleRegister{word}(registerAddr=1, registerValue=3)',
        {'funcCode': 6, 'registerAddr': 1, 'registerValue': 3},
    )
    direction(
        f'ModbusPDU08Diagnostics{word}',
        f'return query data, {word.lower()}',
        f'ModbusPDU08Diagnostics{word}(subFunc=0, data=[0xa537, 2])',
        {'funcCode': 8, 'subFunc': 0, 'data': 'a5370002'},
    )
    direction(
        f'ModbusPDU16MaskWriteRegister{word}',
        f'masks, {word.lower()}',
        f'ModbusPDU16MaskWriteRegister{word}(refAddr=4, andMask=0xf2, orMask=0x25)',
        {'funcCode': 0x16, 'refAddr': 4, 'andMask': 0xF2, 'orMask': 0x25},
    )
request(
    'ModbusPDU07ReadExceptionStatusRequest',
    'exception status',
    'ModbusPDU07ReadExceptionStatusRequest()',
    {'funcCode': 7},
)
request(
    'ModbusPDU0BGetCommEventCounterRequest',
    'event counter',
    'ModbusPDU0BGetCommEventCounterRequest()',
    {'funcCode': 11},
)
response(
    'ModbusPDU0BGetCommEventCounterResponse',
    'event counter 264',
    'ModbusPDU0BGetCommEventCounterResponse(status=0xffff, eventCount=264)',
    {'funcCode': 11, 'status': 0xFFFF, 'eventCount': 264},
)
request('ModbusPDU0CGetCommEventLogRequest', 'event log', 'ModbusPDU0CGetCommEventLogRequest()', {'funcCode': 12})
request(
    'ModbusPDU0FWriteMultipleCoilsRequest',
    'ten coils',
    'ModbusPDU0FWriteMultipleCoilsRequest(startAddr=19, quantityOutput=10, outputsValue=[0xcd, 1])',
    {'funcCode': 15, 'startAddr': 19, 'quantityOutput': 10, 'byteCount': 2, 'outputsValue': [0xCD, 1]},
)
response(
    'ModbusPDU0FWriteMultipleCoilsResponse',
    'ten coils were written',
    'ModbusPDU0FWriteMultipleCoilsResponse(startAddr=19, quantityOutput=10)',
    {'funcCode': 15, 'startAddr': 19, 'quantityOutput': 10},
)
request(
    'ModbusPDU10WriteMultipleRegistersRequest',
    'two registers',
    'ModbusPDU10WriteMultipleRegistersRequest(startAddr=1, outputsValue=[10, 0x102])',
    {'funcCode': 16, 'startAddr': 1, 'quantityRegisters': 2, 'byteCount': 4, 'outputsValue': [10, 0x102]},
)
response(
    'ModbusPDU10WriteMultipleRegistersResponse',
    'two registers were written',
    'ModbusPDU10WriteMultipleRegistersResponse(startAddr=1, quantityRegisters=2)',
    {'funcCode': 16, 'startAddr': 1, 'quantityRegisters': 2},
)
request('ModbusPDU11ReportSlaveIdRequest', 'who is there', 'ModbusPDU11ReportSlaveIdRequest()', {'funcCode': 17})
response(
    'ModbusPDU11ReportSlaveIdResponse',
    'a pump that runs',
    "ModbusPDU11ReportSlaveIdResponse(byteCount=5, slaveId=b'pump', runIdicatorStatus=0xff)",
    {'funcCode': 17, 'byteCount': 5, 'slaveId': b'pump\xff'.hex()},
)
READ = 'ModbusReadFileSubRequest(fileNumber={}, recordNumber={}, recordLength={})'
request(
    'ModbusPDU14ReadFileRecordRequest',
    'two records',
    f'ModbusPDU14ReadFileRecordRequest() / {READ.format(4, 1, 2)} / {READ.format(3, 9, 2)}',
    {
        'funcCode': 0x14,
        'byteCount': 14,
        'records': [
            part('ModbusReadFileSubRequest', refType=6, fileNumber=4, recordNumber=1, recordLength=2),
            part('ModbusReadFileSubRequest', refType=6, fileNumber=3, recordNumber=9, recordLength=2),
        ],
    },
)
response(
    'ModbusPDU14ReadFileRecordResponse',
    'two records',
    'ModbusPDU14ReadFileRecordResponse() / ModbusReadFileSubResponse(recData=[0x0dfe, 0x20]) / ModbusReadFileSubResponse(recData=[0x33cd, 0x40])',
    {
        'funcCode': 0x14,
        'dataLength': 12,
        'records': [
            part('ModbusReadFileSubResponse', respLength=5, refType=6, recData=[0x0DFE, 0x20]),
            part('ModbusReadFileSubResponse', respLength=5, refType=6, recData=[0x33CD, 0x40]),
        ],
    },
)
WRITE = ' / ModbusWriteFileSubRequest(fileNumber=4, recordNumber=7, recordData=[0x6af, 0x4be]) / ModbusWriteFileSubRequest(fileNumber=5, recordNumber=8, recordData=[0x100d])'
WRITTEN = {
    'funcCode': 0x15,
    'dataLength': 20,
    'records': [
        part(
            'ModbusWriteFileSubRequest',
            refType=6,
            fileNumber=4,
            recordNumber=7,
            recordLength=2,
            recordData=[0x6AF, 0x4BE],
        ),
        part('ModbusWriteFileSubRequest', refType=6, fileNumber=5, recordNumber=8, recordLength=1, recordData=[0x100D]),
    ],
}
request(
    'ModbusPDU15WriteFileRecordRequest',
    'two records are written',
    f'ModbusPDU15WriteFileRecordRequest(){WRITE}',
    WRITTEN,
)
response(
    'ModbusPDU15WriteFileRecordResponse',
    'two records were written',
    f'ModbusPDU15WriteFileRecordResponse(){WRITE.replace("SubRequest", "SubResponse")}',
    WRITTEN,
)
request(
    'ModbusPDU17ReadWriteMultipleRegistersRequest',
    'six are read, two written',
    'ModbusPDU17ReadWriteMultipleRegistersRequest(readStartingAddr=3, readQuantityRegisters=6, writeStartingAddr=14, writeRegistersValue=[255, 254])',
    {
        'funcCode': 0x17,
        'readStartingAddr': 3,
        'readQuantityRegisters': 6,
        'writeStartingAddr': 14,
        'writeQuantityRegisters': 2,
        'byteCount': 4,
        'writeRegistersValue': [255, 254],
    },
)
response(
    'ModbusPDU17ReadWriteMultipleRegistersResponse',
    'two registers',
    'ModbusPDU17ReadWriteMultipleRegistersResponse(registerVal=[0xfe, 0xacd])',
    {'funcCode': 0x17, 'byteCount': 4, 'registerVal': [0xFE, 0xACD]},
)
request(
    'ModbusPDU18ReadFIFOQueueRequest',
    'queue at 1246',
    'ModbusPDU18ReadFIFOQueueRequest(FIFOPointerAddr=1246)',
    {'funcCode': 0x18, 'FIFOPointerAddr': 1246},
)
request(
    'ModbusPDU2B0EReadDeviceIdentificationRequest',
    'one object',
    'ModbusPDU2B0EReadDeviceIdentificationRequest(readCode=4, objectId=2)',
    {'funcCode': 0x2B, 'MEIType': 14, 'readCode': 4, 'objectId': 2},
)
response(
    'ModbusPDU2B0EReadDeviceIdentificationResponse',
    'two objects',
    "ModbusPDU2B0EReadDeviceIdentificationResponse(readCode=1, conformityLevel=0x81, more=0xff, nextObjId=2, objCount=2)"
    " / ModbusObjectId(id=0, value='Maker') / ModbusObjectId(id=1, value='P-7')",
    {
        'funcCode': 0x2B,
        'MEIType': 14,
        'readCode': 1,
        'conformityLevel': 0x81,
        'more': 0xFF,
        'nextObjId': 2,
        'objCount': 2,
        'objects': [
            part('ModbusObjectId', id_=0, length=5, value='Maker'),
            part('ModbusObjectId', id_=1, length=3, value='P-7'),
        ],
    },
)

MQTT = "I4 / TCP(sport=40000, dport=1883, flags='PA') / "
built('things', 'MQTTPuback', 'PUBACK', f'{MQTT}MQTT(type=4) / MQTTPuback(msgid=0x1234)', {'msgid': 0x1234}, names)
built(
    'things', 'MQTTPubrel', 'PUBREL', f'{MQTT}MQTT(type=6, QOS=1) / MQTTPubrel(msgid=0x1234)', {'msgid': 0x1234}, names
)
