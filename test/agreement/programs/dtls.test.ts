import { join } from 'node:path'
import type { Lab } from '../../lab/lab.js'
import { makeOpenVpnFiles } from '../../lab/openvpn.js'
import { WITHOUT_QUOTATIONS } from './quotations.js'
import { type Talk, talksAgree } from './talk.js'

/** A client that says something and reads it on the other side, over both versions; then one that is refused. */
async function datagrams(lab: Lab, asks: string): Promise<void> {
  const { folder } = await makeOpenVpnFiles(join(lab.folder, 'dtls'))
  for (const version of ['-dtls1_2', '-dtls1']) {
    const own = `openssl s_server ${version} -4 -accept 4433 -cert server.crt -key server.key -CAfile ca.crt -cipher DEFAULT@SECLEVEL=0`
    const server = lab.spawn('there', [...own.split(' '), ...asks.split(' ')], { folder })
    await server.waitFor(/ACCEPT/)
    const other = `openssl s_client ${version} -4 -connect ${lab.there.ipv4}:4433 -CAfile ca.crt -cipher DEFAULT@SECLEVEL=0`
    const more = '-cert server.crt -key server.key -alpn coap -servername server.lab'
    const client = lab.spawn('here', `${other} ${more}`.split(' '), { folder })
    await client.waitFor(/Verify return code/)
    client.write('good morning\n')
    await server.waitFor(/good morning/)
    client.endInput()
    await client.exited
    await server.stop()
  }
}

const shows = [
  'dtls.record.epoch',
  'dtls.record.sequence_number',
  'dtls.record.length',
  'dtls.handshake.type',
  'dtls.handshake.length',
  'dtls.handshake.message_seq',
  'dtls.handshake.fragment_offset',
  'dtls.handshake.fragment_length',
  'dtls.handshake.extension.type',
  'dtls.handshake.ja3',
  'dtls.handshake.ja3_full',
  'dtls.handshake.ja3s',
  'dtls.handshake.ja3s_full',
]

const plain: Talk = {
  name: 'openssl s_server and s_client, versions 1.2 and 1.0, with a cookie and certificates of both sides',
  rows: ['dtls'],
  shows: [...shows, 'dtls.handshake.cookie_length', 'dtls.handshake.cookie'],
  capture: WITHOUT_QUOTATIONS,
  talk: (lab) => datagrams(lab, '-listen -Verify 1'),
}

const small: Talk = {
  name: 'openssl s_server and s_client, messages in pieces',
  rows: ['dtls'],
  shows,
  capture: WITHOUT_QUOTATIONS,
  talk: (lab) => datagrams(lab, '-mtu 300'),
}

talksAgree('programs of DTLS', [plain, small])
