#!/usr/bin/env netshell
// A server for many clients at once, in the background: each is served while the others wait, and the script goes on meanwhile.
// Stopping it is one call, and its port is free at once.
//   netshell run scripts/threads.nsh --clients 1000
//   netshell run scripts/threads.nsh --serve                             only the server, until Ctrl-C
//   netshell run scripts/threads.nsh --host 192.168.0.10 --port 8808     only the clients

const host = param('host', { default: '', help: 'a server of somebody else; unset: one of this script' })
const port = param('port', { type: 'port', default: 8808, help: 'its port' })
const serve = param('serve', { type: 'boolean', help: 'only serve, until Ctrl-C' })
const clients = param('clients', { type: 'int', default: 20, min: 1, max: 10000, help: 'how many at once' })
const pause = param('pause', { type: 'duration', default: '200ms', help: 'how long the server thinks about each answer' })

// Called for each client, for all of them at once: waiting for one keeps no other one waiting.
function greet(client) {
  const name = client.recvLine()
  sleep(pause)
  return `Bonjour ${name}.\n`
}

function ask(number) {
  const s = tcp.connect(host === '' ? '127.0.0.1' : host, port)
  try {
    s.send(`client ${number}\n`)
    return s.recvLine()
  } finally {
    s.close()
  }
}

// What is asked, and what the server does with it in the meantime.
function demonstrate(server) {
  // All at once as well: each waits for its own answer.
  const numbers = Array.from({ length: clients }, (_, i) => i + 1)
  const begun = performance.now()
  const asking = bg(() => Promise.all(numbers.map(number => ask(number))))
  if (server !== null) {
    while (server.clients().length === 0) sleep(0.01)
    print('clients are being served')
  }
  const answers = fg(asking)
  const seconds = (performance.now() - begun) / 1000
  const right = answers.filter((answer, i) => answer === `Bonjour client ${i + 1}.`).length
  print(`${right} of ${clients} clients got their answer`)
  if (clients > 1) print(seconds < clients * pause ? 'at the same time' : 'one after the other')
  if (right < clients) process.exitCode = 1
}

const server = host === '' ? tcp.listen(port, greet, { log: serve }) : null
if (serve) {
  print(`listening on ${server.subject}; Ctrl-C ends it`)
  server.wait()
}
if (server !== null) print('the server is in the background: the script goes on')
demonstrate(server)

if (server !== null) {
  server.close()
  // Free at once: another one takes it.
  const next = tcp.listen(port, greet, { log: false })
  print('stopped, and the port is free')
  next.close()
}
