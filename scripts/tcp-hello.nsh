#!/usr/bin/env netshell
// A server that greets, and its client, over TCP: the steps one by one, or a handler that is a line.
// Without parameters it starts the server, asks it, and stops it. Each half talks to others as well:
//   netshell run scripts/tcp-hello.nsh --role server
//   netshell run scripts/tcp-hello.nsh --role client --host 192.168.0.10 --port 8808

const role = param('role', { choices: ['both', 'server', 'client'], default: 'both', help: 'which half to be' })
const form = param('form', { choices: ['steps', 'handler'], default: 'handler', help: 'how the server is written' })
const host = param('host', { default: '127.0.0.1', help: 'where the server is, or listens' })
const port = param('port', { type: 'port', default: 8808, help: 'its port' })
const text = param('text', { default: 'World', help: 'what the client sends' })

const greeting = data => `Bonjour ${data.trim()}.\n`

// The steps: accept a client, show who it is, receive, answer, again and again until it closes; then close, whatever happens.
function serveInSteps(server) {
  for (;;) {
    const client = server.accept()
    try {
      print(`${client.peer} is here`)
      for (let data = client.recv(1024); data !== null; data = client.recv(1024)) client.send(greeting(data))
    } finally {
      client.close()
    }
  }
}

// The same, for any number of clients at once: what the function gives is the answer to each message.
const handler = { message: greeting }

function listen() {
  return form === 'steps' ? tcp.listen(port, { host }) : tcp.listen(port, handler, { host })
}

function ask() {
  const s = tcp.connect(host, port)
  try {
    s.send(text)
    print(s.recvLine())
  } finally {
    s.close()
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
