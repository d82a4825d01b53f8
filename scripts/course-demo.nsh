#!/usr/bin/env netshell
// Sockets from the beginning: what one is, how a server and a client meet, and that what is written at one end is read at the other.
//   ./netshell run scripts/course-demo.nsh
//   ./netshell run scripts/course-demo.nsh --host 192.168.0.10     the client alone, with a server elsewhere that answers lines

const host = param('host', { type: 'address', help: 'a server elsewhere: show the client alone' })
const port = param('port', { type: 'int', default: 2345, min: 0, max: 65535, help: 'of the server; 0 takes a free one' })

let number = 0
const step = text => print(`\n${++number}. ${text}`)
const show = (call, value) => print(`   ${call.padEnd(34)} ${value}`)

if (host === undefined) {
  step('A socket has a domain, a type and a protocol.')
  print('   domain     AF_INET: IPv4, AF_INET6: IPv6, AF_UNIX: a file of this machine, AF_PACKET: frames of the link')
  print('   type       SOCK_STREAM: a stream of bytes, SOCK_DGRAM: messages, each by itself, SOCK_RAW: packets, headers and all')
  print('   protocol   mostly follows from both: TCP for streams, UDP for messages; RAW names its own: ICMP, OSPF …')
  print('   here       tcp.listen, tcp.connect   AF_INET(6) or AF_UNIX, SOCK_STREAM')
  print('              udp.bind, udp.connect     AF_INET(6), SOCK_DGRAM')
  print('              send, sr, sniff           AF_PACKET, SOCK_RAW: needs the rights of root')
}

function client(where, number) {
  step('The client: a socket, and connect. The system chooses its port.')
  const s = tcp.connect(where, number)
  show(`tcp.connect('${where}', ${number})`, `${s.local} → ${s.peer}`)
  return s
}

if (host !== undefined) {
  const s = client(host, port)
  step('It writes, and reads.')
  show("s.send('Bonjour\\n')", `${s.send('Bonjour\n')} bytes`)
  show('s.recvLine()', JSON.stringify(s.recvLine({ timeout: 10 })))
  s.close()
  show('s.close()', s.state)
} else {
  step('The server: a socket, bind to an address, listen with room for 8 that wait.')
  const server = tcp.listen(port, { host: 'localhost', backlog: 8, log: false })
  show(`tcp.listen(${server.port}, {backlog: 8})`, `domain ${server.subject.startsWith('[') ? 'AF_INET6' : 'AF_INET'}, type SOCK_STREAM, protocol TCP`)
  print(connections({ tcp: true, port: server.port, listening: true }).toString().replace(/^/gm, '   '))

  const s = client('localhost', server.port)

  step('The server: accept gives a second socket, for this client alone.')
  const c = server.accept()
  show('server.accept()', `${c.local} → ${c.peer}`)
  print(connections({ tcp: true, port: server.port }).toString().replace(/^/gm, '   '))

  step('What one end writes the other reads, as with a file.')
  show("s.send('Bonjour\\n')", `${s.send('Bonjour\n')} bytes written by the client`)
  show('c.recv(1024)', `${JSON.stringify(c.recv(1024))} read by the server`)
  show("c.send('Bonsoir\\n')", `${c.send('Bonsoir\n')} bytes written by the server`)
  show('s.recvLine()', `${JSON.stringify(s.recvLine())} read by the client`)

  step('A stream has no messages: two writes may be one read, and a long write many.')
  s.send('one ')
  s.send('two')
  sleep(0.1)
  show("s.send('one '); s.send('two')", `the server reads ${JSON.stringify(c.recv(1024))}`)
  const big = 'x'.repeat(300_000)
  const job = bg(() => s.send(big))
  let reads = 0
  for (let got = 0; got < big.length; reads++) got += c.recv(65536).length
  job.wait()
  show('s.send(300 000 bytes)', `the server needs ${reads > 1 ? 'several reads' : 'one read'}`)

  step('The end: the client closes, the server reads null, and closes too.')
  s.close()
  show('s.close()', s.state)
  show('c.recv(1024)', String(c.recv(1024)))
  c.close()
  server.close()
  show('c.close(); server.close()', `${c.state}, ${server.state}`)
  print(`\nWhat goes over the wire meanwhile: sniff({iface: 'lo', filter: 'tcp port ${server.port}'}), as root.`)
}
