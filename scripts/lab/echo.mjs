#!/usr/bin/env node
// Practice listeners: node scripts/lab/echo.mjs [--host ADDRESS] tcp 8080 udp 5353 …
// Every byte that comes in goes back. Prints one line 'ready tcp 8080' per listener (port 0: the port that the kernel
// chose) and ends on SIGTERM. Plain JavaScript without imports of ours, so that it runs before anything is built.
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

const arguments_ = process.argv.slice(2)
let host = '::'
const listeners = []
while (arguments_.length > 0) {
  const word = arguments_.shift()
  if (word === '--host') {
    host = arguments_.shift()
    if (host === undefined) fail('--host needs an address')
  } else if (word === 'tcp' || word === 'udp') {
    const port = Number(arguments_.shift())
    if (!Number.isInteger(port) || port < 0 || port > 65535) fail(`${word} needs a port between 0 and 65535`)
    listeners.push({ protocol: word, port })
  } else fail(`'${word}' is not known`)
}
if (listeners.length === 0) fail('no listener asked for')

for (const { protocol, port } of listeners) {
  if (protocol === 'tcp') listenTcp(port)
  else listenUdp(port)
}
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0))

function listenTcp(port) {
  // A client that closes its sending half still gets all of its bytes back: allowHalfOpen, and end only at its end.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy())
    socket.pipe(socket)
  })
  server.on('error', (error) => fail(`tcp port ${port}: ${error.message}`))
  server.listen(port, host, () => console.log(`ready tcp ${server.address().port}`))
}

function listenUdp(port) {
  const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4' })
  socket.on('message', (message, sender) => {
    socket.send(message, sender.port, sender.address, () => {})
  })
  socket.on('error', (error) => fail(`udp port ${port}: ${error.message}`))
  socket.bind(port, host, () => console.log(`ready udp ${socket.address().port}`))
}

function fail(message) {
  console.error(`echo: ${message}\nUsage: node echo.mjs [--host ADDRESS] (tcp|udp PORT)...`)
  process.exit(2)
}
