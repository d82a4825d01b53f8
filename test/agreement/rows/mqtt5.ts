import { field, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'
import { COMMON } from './mqtt.js'

type Property = readonly [name: string, value: unknown]

/** Values of all properties of a layer, those of the will too, whose value the function takes. */
const properties =
  (value: (property: Property) => unknown) =>
  ({ fields }: OurLayer): unknown =>
    [...((fields.properties ?? []) as Property[]), ...((fields.willproperties ?? []) as Property[])].map(value)

const subscriptionOption =
  (name: string) =>
  ({ fields }: OurLayer): unknown =>
    ((fields.topics ?? []) as OurLayer[]).map((topic) => topic.fields[name])

const number = ([, value]: Property): unknown => (typeof value === 'number' ? value : undefined)
const pair =
  (index: number) =>
  ([, value]: Property): unknown =>
    Array.isArray(value) ? value[index] : undefined

export const agreement: VectorAgreement = {
  vectors: ['mqtt5'],
  protocols: { mqtt: /^MQTT/ },
  preferences: ['mqtt.default_version:MQTT v5.0'],
  rows: [
    // A will without a message, which the other version's packets have.
    ...COMMON.filter(({ tshark }) => tshark !== 'mqtt.username' && tshark !== 'mqtt.passwd'),
    field('mqtt.username', 'MQTTConnect', 'username', same),
    field('mqtt.connack.reason_code', 'MQTTConnack', 'retcode'),
    field('mqtt.puback.reason_code', 'MQTTPuback', 'retcode'),
    field('mqtt.pubrec.reason_code', 'MQTTPubrec', 'retcode'),
    field('mqtt.pubcomp.reason_code', 'MQTTPubcomp', 'retcode'),
    field('mqtt.suback.reason_code', 'MQTTSuback', 'retcodes'),
    field('mqtt.unsuback.reason_code', 'MQTTUnsuback', 'retcodes'),
    field('mqtt.disconnect.reason_code', 'MQTTDisconnect', 'retcode'),
    field('mqtt.auth.reason_code', 'MQTTAuth', 'retcode'),
    row('mqtt.subscription_options_qos', 'MQTTSubscribe', subscriptionOption('QOS')),
    row('mqtt.subscription_options_nl', 'MQTTSubscribe', subscriptionOption('nolocal')),
    row('mqtt.subscription_options_rap', 'MQTTSubscribe', subscriptionOption('retainaspublished')),
    row('mqtt.subscription_options_retain', 'MQTTSubscribe', subscriptionOption('retainhandling')),
    row('mqtt.prop_number', /^MQTT/, properties(number)),
    row('mqtt.prop_key', /^MQTT/, properties(pair(0)), same),
    row('mqtt.prop_value', /^MQTT/, properties(pair(1)), same),
  ],
}
