/** Time: ntpd as a server, asked by ntpdig, by another ntpd and, in control messages, by ntpq. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Lab } from '../../lab/lab.js'
import { spawnNtpd, startNtpd, until } from '../../lab/servers.js'
import { type Talk, talksAgree } from './talk.js'

const ntp: Talk = {
  name: 'ntpd with ntpdig, a second ntpd and ntpq, with and without a key',
  rows: ['ntp'],
  capture: { filter: 'udp port 123' },
  shows: [
    'ntp.flags.vn',
    'ntp.flags.mode',
    'ntp.stratum',
    'ntp.refid',
    'ntp.rootdispersion',
    'ntp.org',
    'ntp.rec',
    'ntp.xmt',
    'ntp.keyid',
    'ntp.mac',
    'ntp.ctrl.flags2.opcode',
    'ntp.ctrl.flags2.r',
    'ntp.ctrl.sequence',
    'ntp.ctrl.count',
    'ntp.ctrl.associd',
  ],
  async talk(lab: Lab) {
    const keys = join(lab.folder, 'ntp.keys')
    writeFileSync(keys, '1 MD5 a-shared-key\n2 SHA-1 another-key\n')
    const server = await startNtpd(lab, `keys ${keys}`, 'trustedkey 1 2', 'controlkey 1')
    const { ipv4, ipv6 } = lab.there
    const ask = (...words: string[]) => lab.exec('here', ['ntpdig', '-t', '5', ...words])
    for (const words of [[ipv4], [ipv6], ['-a', '1', '-k', keys, ipv4], ['-a', '2', '-k', keys, ipv4]])
      expect((await ask(...words)).stdout).toMatch(/ s4 /)
    const control = (...words: string[]) =>
      lab.exec('here', ['ntpq', '-n', ...words.flatMap((each) => ['-c', each]), ipv4])
    await control('rv', 'peers', 'associations', 'sysinfo', 'rv 65535', 'mrulist', 'cv')
    const second = spawnNtpd(lab, 'here', `server ${ipv4} iburst key 1`, `keys ${keys}`, 'trustedkey 1')
    await until(lab, 'here', ['ntpq', '-n', '-c', 'peers', '127.0.0.1'], / 4 u /)
    await second.stop()
    await server.stop()
  },
}

talksAgree('programs that tell the time', [ntp])
