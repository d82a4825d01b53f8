#!/usr/bin/env netshell
// Two protocols of one's own: how they are declared, built, shown, read, and how a question of theirs gets its answer.
// Offline, without root: the network is a cable in memory. docs/own-layer.md tells of each step, with the same in Scapy beside it.
//   ./netshell run scripts/own-layer.nsh

const session = param('session', { type: 'int', default: 7, min: 0, help: 'number of the session' })
const addresses = { src: '10.0.0.1', dst: '10.0.0.2' }

console.log('1. A list of type, length, value; the lengths are computed:')
const Tlv = layer('Tlv', {
  what: u8Enum(1, {1: 'name', 2: 'address', 3: 'uptime'}),
  size: u8().lengthOf('value'),
  value: bytes('size'),
})
const Roster = layer('Roster', {
  what: u8Enum(1, {1: 'ask', 2: 'tell'}),
  size: u16().lengthOf('parts', n => n + 11),
  session: u64().hex(),
  parts: layers(Tlv, {length: me => me.size - 11}),
})
bind(UDP, Roster, {sport: 4401})
bind(UDP, Roster, {dport: 4401})
const told = IP(addresses)/UDP({ sport: 4000 })/Roster({ what: 'tell', session, parts: [{ value: 'ann' }, { what: 'uptime', value: [0, 90] }] })
told[Roster].show()
console.log('Built:', told[Roster].hex())
console.log('\nRead from its bytes, by the port:')
const read = dissect(IP, told.bytes())
read[Roster].show()
for (const part of read.parts) console.log(`${part.text('what')}: ${part.text('value')}`)

console.log('\n2. An opcode decides which fields follow:')
const controls = me => me.opcode !== 9
const MiniVpn = layer('MiniVpn', {
  opcode: bitsEnum(5, 7, {4: 'control', 5: 'ack', 7: 'reset', 8: 'welcome', 9: 'data'}),
  keyid: bits(3),
  peer: u24().when(me => me.opcode === 9),
  session: u64().hex().when(controls),
  ackcount: u8().countOf('acks').when(controls),
  acks: list(u32(), {count: 'ackcount'}).when(controls),
  remote: u64().hex().when(me => controls(me) && me.acks.length > 0),
  number: u32().when(me => ![5, 9].includes(me.opcode)),
})
behave(MiniVpn, {
  answers: (me, asked) => me.opcode === 8 && asked.opcode === 7 && me.remote === asked.session,
  summary: me => `MiniVpn ${me.text('opcode')} session ${me.text('session')}`,
})
bind(UDP, MiniVpn, {sport: 4403})
bind(UDP, MiniVpn, {dport: 4403})
for (const opcode of ['reset', 'ack', 'data']) console.log(opcode.padEnd(5), MiniVpn({ opcode, session }).hex())

console.log('\n3. A question, and its answer out of all that comes:')
const [here, there] = memoryLinkPair({ addresses: { ipv4: [{ address: '10.0.0.1', prefix: 24 }] } })
// The first reply is for another session: sr1 must not take it.
const machine = bg(answeringMachine([answerArp('10.0.0.2'), asked => MiniVpn in asked && [1n, 0n].map(wrong => welcome(asked, wrong))], { link: there, quiet: true }))
const reset = IP(addresses)/UDP({ sport: 4000 })/MiniVpn({ session })
const answer = sr1(reset, { link: here, timeout: 5, quiet: true })
kill(machine)
answer[MiniVpn].show()
console.log(`It answers our question: ${answer.remote === reset[MiniVpn].session}`)

/** What a server says to a client; `wrong` is added to the session that it speaks of. */
function welcome(asked, wrong) {
  return IP({ src: asked[IP].dst, dst: asked[IP].src })/UDP({ sport: asked.dport, dport: asked.sport })
    /MiniVpn({ opcode: 'welcome', session: 9n, acks: [0], remote: asked[MiniVpn].session + wrong })
}
