#!/usr/bin/env netshell
// Packets made by hand: headers and their defaults, layers on top of each other, sending and sniffing.
// In the practice network, which `sudo scripts/lab/lab.sh up` makes:
//   sudo ip netns exec netshell-a ./netshell run scripts/scapy-basics.nsh
// Elsewhere: sudo ./netshell run scripts/scapy-basics.nsh --host 192.168.0.254

const host = param('host', { type: 'address', default: '10.86.0.2', help: 'who is asked' })

console.log('A header and its defaults:')
IP().show()

console.log('\nFields set when it is made, or later; the source follows the route:')
const header = IP({ dst: host })
header.ttl = 32
header.show()

console.log('\nLayers stacked with /; lengths and checksums stay open until the packet is built:')
const packet = IP({ src: '192.168.0.10', dst: '192.168.0.254', id: 1 })/ICMP()
packet.show()
console.log('\nThe same, built:')
packet.show2()
console.log(packet.hex())

console.log('\nSent, and the first answer:')
const ping = IP({ dst: host })/ICMP({ id: 7, seq: 1 })/Raw(RandString(56))
const answer = sr1(ping, { timeout: 2 })
if (answer === null) console.log(`no answer from ${host}`)
else answer.show()

console.log('\nSniffed while it is sent again:')
const { interfaceName } = route(host)
let listening
const ready = new Promise(resolve => { listening = resolve })
const [packets] = await Promise.all([
  sniff({ filter: 'icmp', count: 2, timeout: 5, iface: interfaceName, started: listening }),
  ready.then(() => sr1(ping, { timeout: 2, quiet: true })),
])
console.log(packets.summary())
