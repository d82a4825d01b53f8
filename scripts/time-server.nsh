#!/usr/bin/env netshell
// A server that answers with the time and with what it was sent, in two forms: a plain loop that takes one client after the other, and
// a handler that is called for each client, all at once.
//   ./netshell run scripts/time-server.nsh                        both forms, each with a client
//   ./netshell run scripts/time-server.nsh --serve                the handler, until Ctrl-C (--form loop: the loop)
//   ./netshell run scripts/time-server.nsh --host 192.168.0.10    asks a server elsewhere

const host = param('host', { type: 'address', help: 'a server elsewhere, that is asked' })
const port = param('port', { type: 'int', default: 9999, min: 0, max: 65535, help: 'of the server; 0 takes a free one' })
const listen = param('listen', { default: '127.0.0.1', help: 'address on which the server listens; * for all' })
const serve = param('serve', { type: 'boolean', help: 'only the server, until Ctrl-C' })
const form = param('form', { choices: ['loop', 'handler'], help: 'of the server; unset: both, or with --serve the handler' })
const text = param('text', { default: 'Bonjour', help: 'what the client sends' })

const answer = data => `${new Date().toISOString()} ${data.trim()}\n`

/** Form 1: accept, receive, send, close, and again. */
function loop(server) {
  for (;;) {
    const client = server.accept()
    print(`${client.peer} connected`)
    try {
      const data = client.recv(1024)
      if (data !== null) client.send(answer(data))
    } finally {
      client.close()
    }
  }
}

/** Form 2: what the handler gives is sent, and the connection closed. */
function handler(client) {
  print(`${client.peer} connected`)
  const data = client.recv(1024)
  return data === null ? undefined : answer(data)
}

function ask(where, number) {
  const client = tcp.connect(where, number)
  client.send(`${text}\n`)
  print(`answer: ${client.recvAll({ timeout: 10 }).trim()}`)
  client.close()
}

const open = which => {
  const server = tcp.listen(port, ...(which === 'loop' ? [] : [handler]), { host: listen, log: false })
  print(`${which}: listening on ${server.subject}`)
  return server
}

if (host !== undefined) {
  ask(host, port)
} else if (serve) {
  const server = open(form ?? 'handler')
  if (form === 'loop') loop(server)
  else server.wait()
} else {
  for (const which of form === undefined ? ['loop', 'handler'] : [form]) {
    const server = open(which)
    const job = which === 'loop' ? bg(() => loop(server)) : undefined
    ask('127.0.0.1', server.port)
    if (job !== undefined) kill(job)
    server.close()
  }
}
