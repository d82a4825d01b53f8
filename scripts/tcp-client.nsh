#!/usr/bin/env netshell
// A TCP client made of crafted packets: connects, sends a line of text, shows what comes back, closes.
// Each state says what it does when it is entered, and what a packet means in it (RFC 9293 §3.3.2).
// Without --host it talks to a server of a practice network in memory: no root, no network needed.

const host = param('host', {default: '', help: 'server; unset: one of a practice network'})
const port = param('port', {type: 'port', default: 80, help: 'its port'})
const text = param('text', {default: 'GET / HTTP/1.0\\r\\n\\r\\n', help: 'what to send; \\r and \\n as in JavaScript'})
const net = host === '' ? practiceNetwork() : null
const target = host === '' ? net.hosts.find(each => each.name === 'server').ipv4 : host
const bytes = text.replaceAll('\\r', '\r').replaceAll('\\n', '\n')

const sport = 40000 + Math.floor(Math.random() * 10000)
// The kernel knows nothing of this connection: it would answer the server with a reset.
const guard = net === null ? suppressReset(sport) : null
const way = net === null ? {} : {link: net.link}

const segment = (m, flags, data = '') => {
  const head = IP({dst: target})/TCP({sport, dport: port, flags, seq: m.data.seq, ack: m.data.ack})
  return data === '' ? head : head/Raw(data)
}
const answer = packet => packet.get(TCP)
const length = packet => packet[IP].len - packet[IP].ihl * 4 - answer(packet).dataofs * 4
const has = (packet, flag) => answer(packet).flags.includes(flag)

let received = ''
const states = {
  // SYN: the first number is ours to choose.
  closed: {
    enter: m => {
      m.data.seq = Math.floor(Math.random() * 2 ** 32)
      m.data.ack = 0
      m.data.tries = (m.data.tries ?? 0) + 1
      m.send(segment(m, 'S'))
      return 'synSent'
    },
  },
  // SYN-ACK: both numbers are known, the third step of the handshake is ours.
  synSent: {
    timeout: 1,
    onTimeout: m => m.data.tries < 3 ? 'closed' : m.end('no answer'),
    receive: (packet, m) => {
      if (has(packet, 'R')) return m.end('refused')
      if (!(has(packet, 'S') && has(packet, 'A'))) return
      m.data.seq = answer(packet).ack
      m.data.ack = (answer(packet).seq + 1) % 2 ** 32
      m.send(segment(m, 'A'))
      return 'established'
    },
  },
  established: {
    timeout: 2,
    enter: m => {
      m.send(segment(m, 'PA', bytes))
      m.data.seq = (m.data.seq + bytes.length) % 2 ** 32
    },
    receive: (packet, m) => {
      if (has(packet, 'R')) return m.end('reset')
      if (answer(packet).seq !== m.data.ack) return
      const count = length(packet)
      if (count > 0) received += new TextDecoder().decode(answer(packet).payload.bytes().subarray(0, count))
      m.data.ack = (m.data.ack + count + (has(packet, 'F') ? 1 : 0)) % 2 ** 32
      if (has(packet, 'F')) return 'lastAck'
      if (count > 0) m.send(segment(m, 'A'))
    },
    onTimeout: () => 'finWait',
  },
  // The server was first to close: its FIN is acknowledged together with ours.
  lastAck: {
    timeout: 1,
    enter: m => m.send(segment(m, 'FA')),
    receive: (packet, m) => has(packet, 'A') && m.end('closed by the server'),
    onTimeout: m => m.end('closed by the server'),
  },
  // We are first.
  finWait: {
    timeout: 1,
    enter: m => {
      m.send(segment(m, 'FA'))
      m.data.seq = (m.data.seq + 1) % 2 ** 32
    },
    receive: (packet, m) => {
      if (!has(packet, 'F')) return
      m.data.ack = (answer(packet).seq + 1) % 2 ** 32
      m.send(segment(m, 'A'))
      m.end('closed by us')
    },
    onTimeout: m => m.end('closed by us'),
  },
}

const result = stateMachine(states, {...way, filter: `tcp src port ${port} and dst port ${sport} and src host ${target}`, timeout: 15})
print(result)
print(result.value)
if (received !== '') print(received)
guard?.close()
net?.close()
if (result.value === 'refused' || result.value === 'no answer') process.exitCode = 1
