/** A real OpenVPN client and server in the lab that go all the way: handshake, keys, and data from both sides. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab } from './lab.js'
import { makeOpenVpnFiles, openVpnCommand, openVpnReady } from './openvpn.js'
import { must } from './process.js'

export type OpenVpnMode = 'plain' | 'tls-auth' | 'tls-crypt' | 'tls-crypt-v2'

export interface OpenVpnConversation {
  mode: OpenVpnMode
  /** Default 'udp'. */
  protocol?: 'udp' | 'tcp'
  /** Further words for both sides. */
  words?: readonly string[]
}

/** Where the files of the conversations are: certificates, `static.key`, `v2-server.key`, `v2-client.key`. Made when first asked for. */
export async function openVpnFolder(lab: Lab): Promise<string> {
  const folder = join(lab.folder, 'conversation')
  if (existsSync(join(folder, 'v2-client.key'))) return folder
  await makeOpenVpnFiles(folder)
  await must(['openvpn', '--genkey', 'tls-crypt-v2-server', 'v2-server.key'], { folder })
  await must(['openvpn', '--tls-crypt-v2', 'v2-server.key', '--genkey', 'tls-crypt-v2-client', 'v2-client.key'], {
    folder,
  })
  return folder
}

/** Lets both talk until each has sent data, and ends them. */
export async function openVpnTalk(
  lab: Lab,
  { mode, protocol = 'udp', words = [] }: OpenVpnConversation,
): Promise<void> {
  const folder = await openVpnFolder(lab)
  const isSecond = mode === 'tls-crypt-v2'
  const common = ['--ping', '1', '--verb', '6', ...words]
  const server = lab.spawn('there', [
    ...openVpnCommand(folder, { protocol, port: 1194, mode: isSecond ? 'plain' : mode }),
    ...(isSecond ? ['--tls-crypt-v2', join(folder, 'v2-server.key')] : []),
    ...common,
  ])
  await server.waitFor(openVpnReady())
  const key = {
    plain: [],
    'tls-auth': ['--tls-auth', 'static.key', '1'],
    'tls-crypt': ['--tls-crypt', 'static.key'],
    'tls-crypt-v2': ['--tls-crypt-v2', 'v2-client.key'],
  }[mode]
  const client = lab.spawn(
    'here',
    [
      ...['openvpn', '--client', '--dev', 'null', '--nobind', '--remote', lab.there.ipv4, '1194'],
      ...['--proto', protocol === 'tcp' ? 'tcp-client' : 'udp', '--ca', 'ca.crt'],
      ...['--cert', 'server.crt', '--key', 'server.key', ...key, ...common],
    ],
    { folder },
  )
  await client.waitFor(/Initialization Sequence Completed/)
  await client.waitFor(/WRITE .*P_DATA_V2/)
  await client.waitFor(/READ .*P_DATA_V2/)
  await client.stop()
  await server.stop()
}
