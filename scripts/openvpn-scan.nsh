#!/usr/bin/env netshell
// Is there an OpenVPN server? The first packet of a client (P_CONTROL_HARD_RESET_CLIENT_V2) gets an answer from one,
// ICMP or silence from anything else. A server that wants tls-auth or tls-crypt is silent too.
// In the practice network, which `sudo scripts/lab/lab.sh up` makes:
//   sudo ip netns exec netshell-a ./netshell run scripts/openvpn-scan.nsh
// Elsewhere: sudo ./netshell run scripts/openvpn-scan.nsh --host 192.168.0.254 --ports 1194,1195
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  args,
  options: {
    host: { type: 'string', default: '10.86.0.2' },
    ports: { type: 'string', default: '1194,1195' },
    timeout: { type: 'string', default: '1' },
    help: { type: 'boolean', short: 'h' },
  },
})

if (values.help) {
  console.log('usage: openvpn-scan.nsh [--host ADDRESS] [--ports 1194,1195] [--timeout SECONDS]')
  process.exit(0)
}

// Behind opcode and key id: session id, no acknowledgements, packet number 0.
const reset = OpenVPN({ opcode: 'HARD_RESET_CLIENT_V2', keyid: 0 })/hex('78dd5d8aa7d1c938 00 00000000')

for (const port of values.ports.split(',').map(Number)) {
  const answer = sr1(IP({ dst: values.host })/UDP({ sport: 45290, dport: port })/reset, { timeout: Number(values.timeout), quiet: true })
  const found = answer !== null && UDP in answer
  const detail = answer === null ? 'no answer' : found ? (OpenVPN in answer ? answer[OpenVPN].text('opcode') : 'answers') : `${answer[ICMP].text('type')} ${answer[ICMP].text('code')}`
  console.log(`${values.host} ${port}/udp ${found ? 'OK' : 'not OK'} (${detail})`)
}
