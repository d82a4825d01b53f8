#!/usr/bin/env netshell
// One server, many clients, one of them in charge: the first client is told `principal`, all others `secondaire`. When the first leaves,
// however it does, the next in line is told `principal`.
//   ./netshell run scripts/roles.nsh                         server and three clients, shown step by step
//   ./netshell run scripts/roles.nsh --serve                 a server for others (nc 127.0.0.1 9998), until Ctrl-C
//   ./netshell run scripts/roles.nsh --host 192.168.0.10     a client of a server elsewhere

const host = param('host', { type: 'address', help: 'a server elsewhere: be its client' })
const port = param('port', { type: 'int', default: 9998, min: 0, max: 65535, help: 'of the server; 0 takes a free one' })
const listen = param('listen', { default: '127.0.0.1', help: 'address on which the server listens; * for all' })
const serve = param('serve', { type: 'boolean', help: 'only the server, until Ctrl-C' })

// In the order in which they came. Who is first is in charge.
const line = []
let changes = 0

function tell(client, role) {
  print(`${client.peer} is ${role}`)
  try {
    client.send(role)
  } catch (error) {
    // It is gone already: its own end, which is still to come, makes the next one principal.
    if (error.name !== 'SessionError') throw error
  }
}

function joined(client) {
  line.push(client)
  tell(client, line[0] === client ? 'principal' : 'secondaire')
}

function left(client, error) {
  const place = line.indexOf(client)
  line.splice(place, 1)
  print(`${client.peer} has left${error ? ' without a word' : ''}, ${line.length} remain`)
  if (place === 0 && line.length > 0) {
    changes++
    tell(line[0], 'principal')
  }
}

function start() {
  const server = tcp.listen(port, {
    connection: joined,
    disconnect: left,
    // Whoever asks is told again, and how many there are.
    message: (text, client) => `${line[0] === client ? 'principal' : 'secondaire'} ${line.indexOf(client) + 1}/${line.length}`,
  }, { host: listen, framing: 'lines', log: false, clients: 5000, keepAlive: 10 })
  print(`roles: listening on ${server.subject}`)
  return server
}

if (host !== undefined) {
  const client = tcp.connect(host, port, { framing: 'lines' })
  print(`connected to ${client.peer}`)
  for (const role of client) print(`I am ${role}`)
  print('the server has closed the connection')
} else if (serve) {
  start().wait()
} else {
  const server = start()
  const names = ['first', 'second', 'third']
  const clients = []
  for (const name of names) {
    const client = tcp.connect('127.0.0.1', server.port, { framing: 'lines' })
    clients.push(client)
    print(`the ${name} client is told: ${client.recvMessage({ timeout: 5 })}`)
  }
  print('\nThe connections, as netstat -an shows them:')
  print(connections({ tcp: true, port: server.port }))
  print('\nThe first one closes its connection.')
  clients[0].close()
  print(`the second client is told: ${clients[1].recvMessage({ timeout: 5 })}`)
  print('\nThe second one breaks off.')
  clients[1].reset()
  print(`the third client is told: ${clients[2].recvMessage({ timeout: 5 })}`)
  clients[2].close()
  server.close()
  print(`\nThe role has passed on ${changes} times.`)
}
