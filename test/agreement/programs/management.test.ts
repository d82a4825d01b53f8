import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab } from '../../lab/lab.js'
import { type Talk, talksAgree } from './talk.js'

/** Versions 1, 2c and 3, reads, walks, bulk reads and what does not exist. */
const snmp: Talk = {
  name: 'snmpd with snmpget, snmpwalk and snmpbulkget',
  rows: ['snmp'],
  shows: ['snmp.version', 'snmp.community', 'snmp.request_id', 'snmp.name', 'snmp.value.timeticks', 'snmp.msgUserName'],
  async talk(lab: Lab) {
    const configuration = join(lab.folder, 'snmpd.conf')
    writeFileSync(
      configuration,
      [
        'rocommunity public',
        `agentaddress udp:${lab.there.ipv4}:161`,
        'sysLocation Room 7',
        'createUser reader SHA "a long passphrase" AES "another passphrase"',
        'rouser reader',
        '',
      ].join('\n'),
    )
    const server = lab.spawn(
      'there',
      ['snmpd', '-f', '-Lo', '-C', '-c', configuration, '-p', join(lab.folder, 'snmpd.pid')],
      {
        environment: { SNMP_PERSISTENT_DIR: join(lab.folder, 'snmp') },
      },
    )
    await server.waitFor(/NET-SNMP version/)
    const ask = (program: string, ...words: string[]) =>
      lab.exec('here', [program, '-t', '1', '-r', '1', '-On', ...words])
    const system = '.1.3.6.1.2.1.1'
    for (const version of ['1', '2c']) {
      await ask(
        'snmpget',
        '-v',
        version,
        '-c',
        'public',
        lab.there.ipv4,
        `${system}.1.0`,
        `${system}.3.0`,
        `${system}.2.0`,
      )
      await ask('snmpget', '-v', version, '-c', 'public', lab.there.ipv4, `${system}.99.0`)
    }
    await ask('snmpwalk', '-v', '1', '-c', 'public', lab.there.ipv4, system)
    await ask(
      'snmpbulkget',
      '-v',
      '2c',
      '-c',
      'public',
      '-Cn1',
      '-Cr5',
      lab.there.ipv4,
      `${system}.3`,
      '.1.3.6.1.2.1.2.2.1',
    )
    const user = [
      '-v',
      '3',
      '-u',
      'reader',
      '-a',
      'SHA',
      '-A',
      'a long passphrase',
      '-x',
      'AES',
      '-X',
      'another passphrase',
    ]
    await ask('snmpget', ...user, '-l', 'authPriv', lab.there.ipv4, `${system}.5.0`)
    await ask('snmpget', ...user, '-l', 'authNoPriv', lab.there.ipv4, `${system}.5.0`)
    await server.stop()
  },
}

talksAgree('programs of network management', [snmp])
