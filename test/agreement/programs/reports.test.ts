/** What tells of the network's doings: syslog and NetFlow. */
import { join } from 'node:path'
import type { Lab } from '../../lab/lab.js'
import type { Child } from '../../lab/process.js'
import { type Talk, talksAgree } from './talk.js'

/** Takes datagrams on a port of `there`, so that no errors come back. */
async function listen(lab: Lab, port: string): Promise<Child> {
  const listener = lab.spawn('there', ['nc', '-n', '-v', '-u', '-k', '-l', port])
  await listener.waitFor(/Bound on|Listening on/)
  return listener
}

const syslog: Talk = {
  name: 'logger sends messages of RFC 3164 and RFC 5424',
  rows: ['syslog'],
  capture: { filter: 'port 514' },
  shows: [
    'syslog.facility',
    'syslog.level',
    'syslog.version',
    'syslog.timestamp',
    'syslog.timestamp_rfc3164',
    'syslog.hostname',
    'syslog.appname',
    'syslog.procid',
    'syslog.msgid',
  ],
  async talk(lab: Lab) {
    const listener = await listen(lab, '514')
    const log = (...words: string[]) =>
      lab.exec('here', ['logger', '--udp', '--server', lab.there.ipv4, '--port', '514', ...words])
    await log('--rfc3164', '-t', 'walker', '-p', 'auth.notice', 'the door is open')
    await log('--rfc3164', '-t', 'walker', '--id=77', '-p', 'kern.emerg', 'the door is shut')
    await log('--rfc5424', '-t', 'walker', '--id=78', '-p', 'local7.debug', '--msgid', 'DOOR', 'a door: \u00fc')
    const data = [
      '--sd-id',
      'door@32473',
      '--sd-param',
      'name="front"',
      '--sd-param',
      'open="1"',
      '--sd-id',
      'room@32473',
    ]
    await log('--rfc5424', '-t', 'walker', '-p', 'daemon.err', ...data, 'with data')
    await log('--rfc5424=notime,nohost', '-t', 'walker', 'without time and host')
    await listener.stop()
  },
}

/** A capture file with some flows of both versions of IP, so that there is something to tell. */
async function trafficFile(lab: Lab): Promise<string> {
  const capture = await lab.capture('there', 'not port 2055')
  const [udp, tcp] = [await lab.udpListener(4711), await lab.tcpListener(4712)]
  for (const address of [lab.there.ipv4, lab.there.ipv6]) {
    await lab.exec('here', ['ping', '-n', '-c', '2', '-i', '0.05', address])
    await lab.exec('here', ['nc', '-u', '-w', '1', '-q', '0', address, '4711'], { input: 'hello' })
    await lab.exec('here', ['nc', '-N', address, '4712'], { input: 'hello' })
  }
  await Promise.all([udp.stop(), tcp.stop()])
  return capture.stop()
}

const netflow: Talk = {
  name: 'softflowd exports versions 5 and 9 and IPFIX',
  rows: ['netflow'],
  capture: { filter: 'udp port 2055' },
  shows: [
    'cflow.version',
    'cflow.sysuptime',
    'cflow.template_id',
    'cflow.template_field_count',
    'cflow.srcaddr',
    'cflow.dstaddr',
    'cflow.srcaddrv6',
    'cflow.srcport',
    'cflow.dstport',
    'cflow.protocol',
    'cflow.packets',
    'cflow.octets',
    'cflow.tcpflags',
  ],
  async talk(lab: Lab) {
    const listener = await listen(lab, '2055')
    const file = await trafficFile(lab)
    for (const version of ['5', '9', '10']) {
      const files = ['-p', join(lab.folder, 'softflowd.pid'), '-c', 'none']
      const where = ['-n', `${lab.there.ipv4}:2055`, '-v', version]
      await lab.exec('here', ['softflowd', '-d', '-r', file, ...files, ...where])
    }
    await listener.stop()
  },
}

talksAgree('programs that report', [syslog, netflow])
