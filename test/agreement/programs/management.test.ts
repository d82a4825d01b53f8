import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab } from '../../lab/lab.js'
import { SNMP_USER, snmpFolder, startSnmpd } from '../../lab/servers.js'
import { type Talk, talksAgree } from './talk.js'

const SYSTEM = '.1.3.6.1.2.1.1'
const USER = ['-v', '3', '-u', 'reader', '-a', 'SHA', '-A', SNMP_USER.authentication]
const PRIVACY = ['-x', 'AES', '-X', SNMP_USER.privacy]

/** Versions 1, 2c and 3, reads, walks, bulk reads, writes and what does not exist. */
const snmp: Talk = {
  name: 'snmpd with snmpget, snmpwalk, snmpbulkget and snmpset',
  rows: ['snmp'],
  shows: [
    'snmp.version',
    'snmp.community',
    'snmp.request_id',
    'snmp.name',
    'snmp.value.timeticks',
    'snmp.value.octets',
    'snmp.error_status',
    'snmp.msgUserName',
    'snmp.noSuchObject',
  ],
  async talk(lab: Lab) {
    const server = await startSnmpd(lab)
    const ask = (program: string, ...words: string[]) =>
      lab.exec('here', [program, '-t', '1', '-r', '1', '-On', ...words], { environment: snmpFolder(lab) })
    const host = lab.there.ipv4
    for (const version of ['1', '2c']) {
      const common = ['-v', version, '-c', 'public', host]
      await ask('snmpget', ...common, `${SYSTEM}.1.0`, `${SYSTEM}.3.0`, `${SYSTEM}.2.0`)
      await ask('snmpget', ...common, `${SYSTEM}.99.0`)
      await ask('snmpset', '-v', version, '-c', 'private', host, `${SYSTEM}.5.0`, 's', 'a new name')
      await ask('snmpset', ...common, `${SYSTEM}.5.0`, 's', 'not with this one')
    }
    await ask('snmpwalk', '-v', '1', '-c', 'public', host, SYSTEM)
    await ask('snmpbulkget', '-v', '2c', '-c', 'public', '-Cn1', '-Cr5', host, `${SYSTEM}.3`, '.1.3.6.1.2.1.2.2.1')
    await ask('snmpget', ...USER, ...PRIVACY, '-l', 'authPriv', host, `${SYSTEM}.5.0`)
    await ask('snmpget', ...USER, ...PRIVACY, '-l', 'authNoPriv', host, `${SYSTEM}.5.0`)
    await server.stop()
  },
}

const traps: Talk = {
  name: 'snmptrap and snmpinform tell snmptrapd what happened, in versions 1, 2c and 3',
  rows: ['snmp'],
  capture: { filter: 'udp port 162' },
  shows: [
    'snmp.version',
    'snmp.data',
    'snmp.enterprise',
    'snmp.agent_addr',
    'snmp.generic_trap',
    'snmp.specific_trap',
    'snmp.time_stamp',
    'snmp.name',
    'snmp.value.int',
    'snmp.value.octets',
    'snmp.value.oid',
    'snmp.msgUserName',
  ],
  async talk(lab: Lab) {
    const configuration = join(lab.folder, 'snmptrapd.conf')
    const user = `createUser reader SHA "${SNMP_USER.authentication}" AES "${SNMP_USER.privacy}"`
    writeFileSync(configuration, `disableAuthorization yes\n${user}\n`)
    const files = ['-C', '-c', configuration, '-p', join(lab.folder, 'snmptrapd.pid')]
    const receiver = lab.spawn('there', ['snmptrapd', '-f', '-Lo', ...files, `udp:${lab.there.ipv4}:162`], {
      environment: snmpFolder(lab),
    })
    await receiver.waitFor(/NET-SNMP version/)
    const tell = (...words: string[]) =>
      lab.exec('here', ['snmptrap', '-On', ...words], { environment: snmpFolder(lab) })
    const host = lab.there.ipv4
    const index = ['.1.3.6.1.2.1.2.2.1.1.7', 'i', '7', '.1.3.6.1.2.1.2.2.1.2.7', 's', 'eth7']
    const one = ['-v', '1', '-c', 'public', host]
    await tell(...one, '.1.3.6.1.4.1.8072', lab.here.ipv4, '2', '0', '4711', ...index)
    await tell(...one, '.1.3.6.1.4.1.8072', lab.here.ipv4, '6', '99', '', ...index)
    const happened = ['4711', '.1.3.6.1.6.3.1.1.5.3', ...index]
    await tell('-v', '2c', '-c', 'public', host, ...happened)
    await tell('-Ci', '-v', '2c', '-c', 'public', host, ...happened)
    await tell('-Ci', ...USER, '-l', 'authNoPriv', host, ...happened)
    await tell('-Ci', ...USER, ...PRIVACY, '-l', 'authPriv', host, ...happened)
    await receiver.stop()
  },
}

talksAgree('programs of network management', [snmp, traps])
