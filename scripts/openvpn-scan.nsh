#!/usr/bin/env netshell
// Is there an OpenVPN server? The first packet of a client (P_CONTROL_HARD_RESET_CLIENT_V2) gets an answer from one,
// ICMP or silence from anything else. A server that wants tls-auth or tls-crypt is silent too, unless --key has its key.
// In the practice network, which `sudo scripts/lab/lab.sh up` makes:
//   sudo ip netns exec netshell-a ./netshell run scripts/openvpn-scan.nsh
// Elsewhere: sudo ./netshell run scripts/openvpn-scan.nsh --host 192.168.0.254 --ports 1194,1195

const host = param('host', { type: 'address', default: '10.86.0.2', help: 'where to look' })
const ports = param('ports', { type: 'ports', default: '1194,1195', help: 'UDP ports to try' })
const key = param('key', { type: 'file', help: 'profile of a client, or a key of tls-crypt-v2, for a server that wants a key' })
const timeout = param('timeout', { type: 'duration', default: 1, help: 'how long to wait for each answer' })

// Session id, no acknowledgements, packet number 0.
const first = OpenVPN({ opcode: 'HARD_RESET_CLIENT_V2', sessionid: '78dd5d8aa7d1c938', acks: [], messageid: 0 })
const reset = key === undefined ? first : openvpnWrap(first, openvpnKey(key))

for (const port of ports) {
  const answer = sr1(IP({ dst: host })/UDP({ sport: 45290, dport: port })/reset, { timeout, quiet: true })
  const found = answer !== null && UDP in answer
  const detail = answer === null ? 'no answer' : found ? (OpenVPN in answer ? answer[OpenVPN].text('opcode') : 'answers') : `${answer[ICMP].text('type')} ${answer[ICMP].text('code')}`
  console.log(`${host} ${port}/udp ${found ? 'OK' : 'not OK'} (${detail})`)
}
