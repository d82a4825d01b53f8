#!/usr/bin/env netshell
// A server that greets, and its client, over UDP: no connection, each datagram has its own sender.
// Without parameters it starts the server, asks it, and stops it. Each half talks to others as well:
//   netshell run scripts/udp-hello.nsh --role server
//   netshell run scripts/udp-hello.nsh --role client --host 192.168.0.10 --port 8808

const role = param('role', { choices: ['both', 'server', 'client'], default: 'both', help: 'which half to be' })
const form = param('form', { choices: ['steps', 'handler'], default: 'handler', help: 'how the server is written' })
const host = param('host', { default: '127.0.0.1', help: 'where the server is, or listens' })
const port = param('port', { type: 'port', default: 8808, help: 'its port' })
const text = param('text', { default: 'World', help: 'what the client sends' })
const timeout = param('timeout', { type: 'duration', default: 2, help: 'how long the client waits: UDP does not say that something was lost' })

const greeting = data => `Bonjour ${data.trim()}.\n`

// The steps: receive a datagram with its sender, send the answer there.
function serveInSteps(u) {
  for (;;) {
    const datagram = u.recvFrom()
    print(`${datagram.peer} asks`)
    u.send(greeting(datagram.data), datagram.peer)
  }
}

function listen() {
  return form === 'steps' ? udp.bind(port, { host }) : udp.listen(port, datagram => greeting(datagram.data), { host })
}

// The client never connects: it has a port of its own, and says with each datagram where that goes.
function ask() {
  const u = udp.bind(0, { host: host.includes(':') ? '::' : '*' })
  try {
    u.send(text, { host, port })
    const answer = u.recvFrom({ timeout })
    print(answer.data.trim())
  } finally {
    u.close()
  }
}

if (role === 'client') ask()
else {
  const server = listen()
  try {
    if (role === 'server') {
      print(`listening on ${server.subject}; Ctrl-C ends it`)
      if (form === 'steps') serveInSteps(server)
      else server.wait()
    } else {
      const beside = form === 'steps' ? bg(() => serveInSteps(server)) : null
      ask()
      if (beside !== null) kill(beside)
    }
  } finally {
    server.close()
  }
}
