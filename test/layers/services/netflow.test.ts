import { expect, test } from 'vitest'
import {
  IP,
  NetflowDataflowsetV9,
  NetflowFlowsetV9,
  NetflowHeader,
  NetflowHeaderV5,
  NetflowHeaderV9,
  NetflowHeaderV10,
  NetflowOptionsFlowset10,
  NetflowOptionsFlowsetV9,
  NetflowRecordV5,
  NetflowTemplateFieldV9,
  NetflowTemplateV9,
  UDP,
} from '../../../src/layers/index.js'
import { fromHex, packetFromJson, stack } from '../../../src/packet/index.js'
import { evaluateCommand } from '../evaluate-command.js'
import { familySuite } from '../family.js'

familySuite('netflow', [
  NetflowHeader,
  NetflowHeaderV5,
  NetflowRecordV5,
  NetflowHeaderV9,
  NetflowHeaderV10,
  NetflowFlowsetV9,
  NetflowOptionsFlowsetV9,
  NetflowOptionsFlowset10,
  NetflowDataflowsetV9,
])

const template = (fields: readonly (readonly [string | number, number])[]) =>
  NetflowFlowsetV9({
    templates: [
      NetflowTemplateV9({
        templateID: 256,
        template_fields: fields.map(([fieldType, fieldLength]) => NetflowTemplateFieldV9({ fieldType, fieldLength })),
      }),
    ],
  })

test('records of version 5 are counted', () => {
  const packet = stack(
    UDP({ dport: 2055 }),
    NetflowHeader(),
    NetflowHeaderV5(),
    NetflowRecordV5(),
    NetflowRecordV5(),
  ).rebuilt()
  expect([packet.version, packet.count_]).toEqual([5, 2])
  expect(packet.layers()).toHaveLength(5)
})

test('records are built by their template and read back, in JSON and as a command too', () => {
  const records = [
    [
      ['IN_BYTES', 640],
      ['IPV4_SRC_ADDR', '10.1.1.1'],
      ['SRC_MAC', '02:00:00:00:00:01'],
      ['IF_NAME', 'eth0'],
      ['FLOWS', 12n],
    ],
  ] as const
  const packet = stack(
    IP(),
    UDP({ dport: 2055 }),
    NetflowHeader(),
    NetflowHeaderV9({ SourceID: 7 }),
    template([
      ['IN_BYTES', 4],
      ['IPV4_SRC_ADDR', 4],
      ['SRC_MAC', 6],
      ['IF_NAME', 6],
      ['FLOWS', 8],
    ]),
    NetflowDataflowsetV9({ records }),
  )
  const read = packet.rebuilt()
  expect(read.records).toEqual(records)
  expect(read.count_).toBe(2)
  expect(packetFromJson(JSON.parse(JSON.stringify(read))).hex()).toBe(packet.hex())
  expect(evaluateCommand(read.command()).hex()).toBe(packet.hex())
})

test('values that say their own length', () => {
  const packet = stack(
    UDP({ dport: 4739 }),
    NetflowHeader(),
    NetflowHeaderV10(),
    template([
      ['APPLICATION_NAME', 65535],
      ['PROTOCOL', 1],
    ]),
    NetflowDataflowsetV9({
      records: [
        [
          ['APPLICATION_NAME', 'http'],
          ['PROTOCOL', 6],
        ],
        [
          ['APPLICATION_NAME', 'x'.repeat(300)],
          ['PROTOCOL', 17],
        ],
      ],
    }),
  )
  const read = packet.rebuilt()
  expect((read.records as unknown[]).length).toBe(2)
  expect(read.hex()).toBe(packet.hex())
  expect(read.get('NetflowHeaderV10')!.length).toBe(packet.bytes().length - 8)
})

test('without their template records are bytes', () => {
  const packet = stack(
    NetflowHeader(),
    NetflowHeaderV9(),
    NetflowDataflowsetV9({ records: fromHex('0a0b0c0d') }),
  ).rebuilt()
  expect(packet.records).toEqual(Buffer.from('0a0b0c0d', 'hex'))
  expect(() =>
    stack(NetflowHeader(), NetflowHeaderV9(), NetflowDataflowsetV9({ records: [[['IN_BYTES', 1]]] })).bytes(),
  ).toThrow('no set in front of it has the template 256')
})

test('records that do not fit their template are refused', () => {
  const built = (record: readonly (readonly [string, unknown])[]) => () =>
    stack(
      NetflowHeader(),
      NetflowHeaderV9(),
      template([['IN_BYTES', 2]]),
      NetflowDataflowsetV9({ records: [record] } as never),
    ).bytes()
  expect(built([['OUT_BYTES', 1]])).toThrow("the template's fields are IN_BYTES, the record's OUT_BYTES")
  expect(built([['IN_BYTES', 70000]])).toThrow('IN_BYTES is 70000, which does not fit 2 bytes')
  expect(built([['IN_BYTES', 'many']])).toThrow('IN_BYTES is')
})

test('what cannot be NetFlow on its ports stays Raw', () => {
  for (const hex of ['0005000200000000', '000a0003', '0009', 'ffff00000000'])
    expect(stack(UDP({ dport: 2055 }), fromHex(hex)).rebuilt().payload!.layerName, hex).toBe('Raw')
})
