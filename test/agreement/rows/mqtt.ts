import { field, hexIfAny, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

/** One field of each element of a list of layers. */
const elements =
  (list: string, name: string) =>
  ({ fields }: OurLayer): unknown =>
    ((fields[list] ?? []) as OurLayer[]).map((element) => element.fields[name])

const filters = /^MQTT(Subscribe|Unsubscribe)$/

/** Fields that both versions have. */
export const COMMON = [
  field('mqtt.msgtype', 'MQTT', 'type'),
  field('mqtt.len', 'MQTT', 'len'),
  row('mqtt.qos', 'MQTT', ({ fields }) => (fields.type === 3 ? fields.QOS : undefined)),
  row('mqtt.dupflag', 'MQTT', ({ fields }) => (fields.type === 3 ? fields.DUP : undefined)),
  row('mqtt.retain', 'MQTT', ({ fields }) => (fields.type === 3 ? fields.RETAIN : undefined)),
  field('mqtt.protoname', 'MQTTConnect', 'protoname', same),
  field('mqtt.ver', 'MQTTConnect', 'protolevel'),
  field('mqtt.conflag.uname', 'MQTTConnect', 'usernameflag'),
  field('mqtt.conflag.passwd', 'MQTTConnect', 'passwordflag'),
  field('mqtt.conflag.retain', 'MQTTConnect', 'willretainflag'),
  field('mqtt.conflag.qos', 'MQTTConnect', 'willQOSflag'),
  field('mqtt.conflag.willflag', 'MQTTConnect', 'willflag'),
  field('mqtt.conflag.cleansess', 'MQTTConnect', 'cleansess'),
  field('mqtt.kalive', 'MQTTConnect', 'klive'),
  field('mqtt.clientid_len', 'MQTTConnect', 'clientIdlen'),
  field('mqtt.clientid', 'MQTTConnect', 'clientId', same),
  field('mqtt.willtopic', 'MQTTConnect', 'willtopic', same),
  field('mqtt.username', 'MQTTConnect', 'username', same),
  row(
    'mqtt.passwd',
    'MQTTConnect',
    ({ fields }) => fields.password && Buffer.from(fields.password as string, 'hex').toString(),
    same,
  ),
  field('mqtt.conack.flags.sp', 'MQTTConnack', 'sessPresentFlag'),
  field('mqtt.msgid', /^MQTT[A-Z]/, 'msgid'),
  row(
    'mqtt.topic',
    /^MQTT(Publish|Subscribe|Unsubscribe)$/,
    (layer) => layer.fields.topic ?? elements('topics', 'topic')(layer),
    same,
  ),
  row(
    'mqtt.topic_len',
    /^MQTT(Publish|Subscribe|Unsubscribe)$/,
    (layer) => layer.fields.length ?? elements('topics', 'length')(layer),
  ),
  row('mqtt.msg', 'MQTTPublish', ({ fields }) => fields.value, hexIfAny),
]

export const agreement: VectorAgreement = {
  vectors: ['mqtt'],
  protocols: { mqtt: /^MQTT/ },
  preferences: ['mqtt.default_version:MQTT v3.1.1'],
  except: {
    'SUBSCRIBE astr/s720/02D5050223D3/99':
      'version 3.1 gave every message a QoS and a mark for repetitions; only those of PUBLISH are compared',
  },
  rows: [
    ...COMMON,
    row('mqtt.willmsg', 'MQTTConnect', ({ fields }) => fields.willmsg, hexIfAny),
    field('mqtt.conack.val', 'MQTTConnack', 'retcode'),
    field('mqtt.suback.qos', 'MQTTSuback', 'retcodes'),
    row('mqtt.sub.qos', filters, elements('topics', 'QOS')),
  ],
}
