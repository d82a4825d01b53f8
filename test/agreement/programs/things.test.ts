import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab } from '../../lab/lab.js'
import type { RunResult } from '../../lab/process.js'
import { WITHOUT_QUOTATIONS } from './quotations.js'
import { type Talk, talksAgree } from './talk.js'

const inHere = (lab: Lab, ...words: readonly string[]): Promise<RunResult> => lab.exec('here', words)

/** mosquitto on its usual port: one user with a password, others may do all as well. */
async function broker(lab: Lab) {
  const configuration = join(lab.folder, 'mosquitto.conf')
  const passwords = join(lab.folder, 'passwords')
  await lab.exec('there', ['mosquitto_passwd', '-b', '-c', passwords, 'reader', 'secret'])
  writeFileSync(
    configuration,
    ['listener 1883', 'allow_anonymous true', `password_file ${passwords}`, 'user root', 'persistence false', ''].join(
      '\n',
    ),
  )
  const child = lab.spawn('there', ['mosquitto', '-c', configuration, '-v'])
  await child.waitFor(/mosquitto version .* running/)
  return child
}

/** The same conversation in either version: subscribing, publishing with each quality of service, a will, a refusal. */
async function publishAndSubscribe(lab: Lab, version: string, more: { subscribe?: string[]; publish?: string[] } = {}) {
  const server = await broker(lab)
  const to = ['-h', lab.there.ipv4, '-V', version]
  const publish = (topic: string, message: string, ...words: string[]) =>
    inHere(lab, 'mosquitto_pub', ...to, '-t', topic, '-m', message, ...(more.publish ?? []), ...words)
  await publish('rooms/one/set', '21.5', '-r', '-q', '1', '-i', 'thermostat')
  const subscriber = lab.spawn('here', [
    ...['mosquitto_sub', ...to, '-i', 'display', '-u', 'reader', '-P', 'secret', '-k', '5', '-q', '2', '-v', '-d'],
    ...[
      '-t',
      'rooms/+/set',
      '-t',
      'rooms/#',
      '-U',
      'nothing',
      '--will-topic',
      'gone',
      '--will-payload',
      'display',
      '--will-qos',
      '1',
    ],
    ...['--will-retain', ...(more.subscribe ?? [])],
  ])
  await subscriber.waitFor(/rooms\/one\/set 21.5/)
  for (const quality of ['0', '1', '2']) await publish('rooms/two/set', `quality ${quality}`, '-q', quality)
  await subscriber.waitFor(/quality 2/)
  await inHere(lab, 'mosquitto_pub', ...to, '-t', 'a', '-n', '-u', 'reader', '-P', 'wrong')
  await inHere(lab, 'mosquitto_pub', ...to, '-t', 'rooms/one/set', '-n', '-r')
  // After five seconds without a word.
  if (version === 'mqttv311') await server.waitFor(/Sending PINGRESP/)
  await subscriber.stop('SIGINT')
  await server.stop()
}

const mqtt: Talk = {
  name: 'mosquitto with mosquitto_pub and mosquitto_sub: MQTT 3.1.1',
  rows: ['mqtt'],
  shows: [
    'mqtt.msgtype',
    'mqtt.qos',
    'mqtt.retain',
    'mqtt.protoname',
    'mqtt.clientid',
    'mqtt.willtopic',
    'mqtt.willmsg',
    'mqtt.username',
    'mqtt.passwd',
    'mqtt.conack.val',
    'mqtt.suback.qos',
    'mqtt.msgid',
    'mqtt.topic',
    'mqtt.msg',
  ],
  talk: (lab) => publishAndSubscribe(lab, 'mqttv311'),
}

const mqtt5: Talk = {
  name: 'mosquitto with mosquitto_pub and mosquitto_sub: MQTT 5 with properties',
  rows: ['mqtt5'],
  shows: [
    'mqtt.connack.reason_code',
    'mqtt.subscription_options_qos',
    'mqtt.prop_number',
    'mqtt.prop_key',
    'mqtt.prop_value',
    'mqtt.disconnect.reason_code',
  ],
  talk: (lab) =>
    publishAndSubscribe(lab, 'mqttv5', {
      publish: [
        '-D',
        'publish',
        'user-property',
        'unit',
        'degrees',
        '-D',
        'publish',
        'message-expiry-interval',
        '60',
        '-D',
        'publish',
        'content-type',
        'text/plain',
        '-D',
        'publish',
        'correlation-data',
        'abc',
        '-D',
        'publish',
        'response-topic',
        'answers',
      ],
      subscribe: [
        '-D',
        'connect',
        'session-expiry-interval',
        '30',
        '-D',
        'connect',
        'receive-maximum',
        '7',
        '-D',
        'subscribe',
        'subscription-identifier',
        '9',
        '-D',
        'will',
        'will-delay-interval',
        '3',
        '-D',
        'connect',
        'user-property',
        'place',
        'hall',
      ],
    }),
}

const coap: Talk = {
  name: "libcoap's server and client: reading, writing, watching, blocks, errors, messages without confirmation",
  rows: ['coap'],
  shows: [
    'coap.type',
    'coap.code',
    'coap.mid',
    'coap.token',
    'coap.opt.name',
    'coap.opt.uri_path',
    'coap.opt.uri_query',
    'coap.opt.observe',
    'coap.opt.block_number',
    'coap.opt.block_size',
    'coap.opt.etag',
    'coap.opt.max_age',
    'coap.opt.ctype',
  ],
  capture: WITHOUT_QUOTATIONS,
  async talk(lab) {
    const server = lab.spawn('there', ['coap-server-notls', '-A', lab.there.ipv4, '-d', '5', '-v', '7'])
    await server.waitFor(/created UDP/)
    const ask = (path: string, ...words: string[]) =>
      inHere(lab, 'coap-client-notls', '-B', '3', ...words, `coap://${lab.there.ipv4}/${path}`)
    await ask('.well-known/core')
    await ask('.well-known/core?rt=ticks', '-N')
    await ask('time?ticks', '-T', 'ours')
    await ask('time', '-s', '1', '-w')
    await ask('notes', '-m', 'put', '-e', 'a note', '-t', '0')
    await ask('notes', '-O', '12,0x', '-A', '0')
    writeFileSync(join(lab.folder, 'long'), 'A line of a long note.\n'.repeat(40))
    await ask('notes', '-m', 'put', '-b', '64', '-f', join(lab.folder, 'long'))
    await ask('notes', '-b', '128')
    await ask('notes', '-m', 'delete')
    await ask('nothing')
    await ask('time', '-m', 'post', '-e', 'x')
    await ask('async?1')
    await ask('', '-O', '65001,odd', '-O', '65000,even')
    await ask('', '-K', '1', '-s', '1')
    await server.stop()
  },
}

talksAgree('programs of things', [mqtt, mqtt5, coap])
