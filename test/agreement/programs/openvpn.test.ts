import { openVpnTalk } from '../../lab/openvpn-client.js'
import { WITHOUT_QUOTATIONS } from './quotations.js'
import { type Talk, talksAgree } from './talk.js'

const CLEAR = [
  'openvpn.opcode',
  'openvpn.keyid',
  'openvpn.sessionid',
  'openvpn.rsessionid',
  'openvpn.mpid',
  'openvpn.mpidarrayelement',
]
const DATA = ['openvpn.opcode', 'openvpn.keyid', 'openvpn.sessionid']

const plain: Talk = {
  name: 'openvpn, client and server, over UDP without a key',
  rows: ['openvpn'],
  shows: [...CLEAR, 'openvpn.peerid'],
  capture: WITHOUT_QUOTATIONS,
  talk: (lab) => openVpnTalk(lab, { mode: 'plain' }),
}
const plainTcp: Talk = {
  name: 'openvpn, client and server, over TCP without a key',
  rows: ['openvpn'],
  shows: [...CLEAR, 'openvpn.plen', 'openvpn.peerid'],
  capture: WITHOUT_QUOTATIONS,
  talk: (lab) => openVpnTalk(lab, { mode: 'plain', protocol: 'tcp' }),
}
const auth: Talk = {
  name: 'openvpn, client and server, over UDP with tls-auth',
  rows: ['openvpn'],
  shows: [...CLEAR, 'openvpn.hmac', 'openvpn.pid', 'openvpn.net_time'],
  // Else tshark guesses from the first bytes of a signature whether there is one.
  preferences: ['openvpn.tls_auth_detection_override:TRUE', 'openvpn.tls_auth:TRUE'],
  capture: WITHOUT_QUOTATIONS,
  talk: (lab) => openVpnTalk(lab, { mode: 'tls-auth' }),
}
const crypt: Talk = {
  name: 'openvpn, client and server, over UDP with tls-crypt',
  rows: ['openvpn-crypt'],
  shows: [...DATA, 'openvpn.hmac', 'openvpn.pid', 'openvpn.net_time'],
  capture: WITHOUT_QUOTATIONS,
  talk: (lab) => openVpnTalk(lab, { mode: 'tls-crypt' }),
}
const cryptTcp: Talk = {
  name: 'openvpn, client and server, over TCP with tls-crypt, several packets in a segment',
  rows: ['openvpn-crypt'],
  shows: [...DATA, 'openvpn.hmac', 'openvpn.pid', 'openvpn.plen'],
  capture: WITHOUT_QUOTATIONS,
  talk: (lab) => openVpnTalk(lab, { mode: 'tls-crypt', protocol: 'tcp', words: ['--max-packet-size', '200'] }),
}
const crypt2: Talk = {
  name: 'openvpn, client and server, over UDP with tls-crypt-v2',
  rows: ['openvpn-crypt'],
  shows: [...DATA, 'openvpn.hmac', 'openvpn.pid', 'openvpn.wkc', 'openvpn.wkc_len'],
  capture: WITHOUT_QUOTATIONS,
  talk: (lab) => openVpnTalk(lab, { mode: 'tls-crypt-v2' }),
}

talksAgree('programs of OpenVPN', [plain, plainTcp, auth, crypt, cryptTcp, crypt2])
