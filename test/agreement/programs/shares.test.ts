/** Shared folders: NetBIOS names and SMB 2 and 3 of Samba. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Lab, Side } from '../../lab/lab.js'
import { until } from '../../lab/servers.js'
import { type Talk, talksAgree } from './talk.js'

/** A configuration with all folders in that of the lab. */
function configure(lab: Lab, name: string, side: Side, ...lines: string[]): string {
  const folder = join(lab.folder, name)
  const share = join(folder, 'share')
  mkdirSync(share, { recursive: true })
  writeFileSync(join(share, 'hello.txt'), 'hello from the share\n')
  const folders = [
    'private dir',
    'lock directory',
    'state directory',
    'cache directory',
    'pid directory',
    'ncalrpc dir',
  ]
  const file = join(folder, 'smb.conf')
  writeFileSync(
    file,
    [
      '[global]',
      ...folders.map((each) => `${each} = ${folder}`),
      `netbios name = ${name}`,
      'workgroup = LAB',
      `interfaces = ${lab[side].interfaceName}`,
      'bind interfaces only = yes',
      'map to guest = Bad User',
      'guest account = root',
      'load printers = no',
      'disable spoolss = yes',
      ...lines,
      '[files]',
      `path = ${share}`,
      'guest ok = yes',
      'read only = no',
      '',
    ].join('\n'),
  )
  return file
}

/**
 * A server of Samba. It would take a socket as its standard input for a connection (inetd), and when it ends it ends all of its
 * process group.
 */
const start = (lab: Lab, program: string, configuration: string) =>
  lab.spawn('there', [
    ...['setsid', 'sh', '-c', 'exec "$@" </dev/null', 'sh'],
    ...[program, '--foreground', '--no-process-group', '--debug-stdout', '--configfile', configuration],
  ])

const netbios: Talk = {
  name: 'nmbd registers its names and answers nmblookup',
  rows: ['nbns'],
  capture: { filter: 'udp port 137 or udp port 138' },
  shows: [
    'nbns.id',
    'nbns.flags.opcode',
    'nbns.flags.response',
    'nbns.name',
    'nbns.type',
    'nbns.ttl',
    'nbns.addr',
    'nbns.number_of_names',
    'nbdgm.type',
    'nbdgm.source_name',
    'nbdgm.destination_name',
  ],
  async talk(lab: Lab) {
    const file = configure(lab, 'LOOKUP', 'here')
    const wins = configure(lab, 'FILESRV', 'there', 'wins support = yes', 'local master = yes', 'os level = 255')
    const server = start(lab, 'nmbd', wins)
    const look = (...words: string[]) => ['nmblookup', '-s', file, ...words]
    const network = lab.there.ipv4.replace(/\d+$/, '255')
    await until(lab, 'here', look('-B', network, 'FILESRV'), /FILESRV<00>/)
    expect((await lab.exec('here', look('-A', lab.there.ipv4))).stdout).toContain('LAB')
    await lab.exec('here', look('--unicast', lab.there.ipv4, '--recursion', 'FILESRV#20'))
    await lab.exec('here', look('--unicast', lab.there.ipv4, '--recursion', 'NOBODY'))
    await lab.exec('here', look('-B', network, '-M', '-'))
    await server.stop()
  },
}

const smb: Talk = {
  name: 'smbd with smbclient: SMB 2 and 3, from negotiation to files',
  rows: ['smb2'],
  capture: { filter: 'tcp port 445' },
  shows: [
    'smb2.cmd',
    'smb2.msg_id',
    'smb2.tid',
    'smb2.sesid',
    'smb2.nt_status',
    'smb2.flags.response',
    'smb2.flags.chained',
    'smb2.chain_offset',
    'smb2.dialect',
    'smb2.client_guid',
    'smb2.server_guid',
    'smb2.max_read_size',
    'smb2.negotiate_context.type',
  ],
  except: {
    'smb2.tree': 'tshark repeats the name with all messages about the share.',
    'smb2.share_type': 'The same.',
  },
  async talk(lab: Lab) {
    const server = start(lab, 'smbd', configure(lab, 'FILES', 'there', 'smb ports = 445'))
    const file = configure(lab, 'CLIENT', 'here')
    const client = (protocol: string, commands: string, ...words: string[]) => [
      ...['smbclient', `//${lab.there.ipv4}/files`, '-s', file, '-N', '-m', protocol, '-c', commands, ...words],
    ]
    await until(lab, 'here', client('SMB3', 'ls'), /hello\.txt/)
    const local = join(lab.folder, 'fetched')
    for (const protocol of ['SMB2_02', 'SMB2_10', 'SMB3_00', 'SMB3_11']) {
      const { stdout } = await lab.exec(
        'here',
        client(protocol, `ls; get hello.txt ${local}; put ${local} new.txt; get no.txt; del new.txt`),
      )
      expect(stdout).toContain('hello.txt')
    }
    await lab.exec('here', ['smbclient', `//${lab.there.ipv4}/nothing`, '-s', file, '-N', '-c', 'ls'])
    await server.stop()
  },
}

talksAgree('programs that share folders', [netbios, smb])
