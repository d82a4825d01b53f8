#!/usr/bin/env netshell
// A parrot: it says again, in capitals, whatever it hears, shows every step, and ends when its client leaves.
//   ./netshell run scripts/parrot.nsh                                  the parrot, and a client of its own
//   ./netshell run scripts/parrot.nsh --serve                          the parrot, for one client (nc 127.0.0.1 6789)
//   ./netshell run scripts/parrot.nsh --host 192.168.0.10 one two      the client, of a parrot elsewhere

const host = param('host', { type: 'address', help: 'a parrot elsewhere: be its client' })
const port = param('port', { type: 'int', default: 6789, min: 0, max: 65535, help: 'of the parrot; 0 takes a free one' })
const listen = param('listen', { default: '*', help: 'address on which the parrot listens; * for all' })
const serve = param('serve', { type: 'boolean', help: 'only the parrot' })
const words = param('words', { positional: true, multiple: true, default: ['Bonjour', 'perroquet'], help: 'what the client says' })

function parrot(server) {
  const client = server.accept()
  print(`parrot: connection from ${client.peer}`)
  for (let data = client.recv(1024); data !== null; data = client.recv(1024)) {
    print(`parrot: received ${data.length} characters: ${JSON.stringify(data)}`)
    const answer = data.toUpperCase()
    const wanted = new TextEncoder().encode(answer).length
    const sent = client.send(answer)
    print(`parrot: sent ${sent} of ${wanted} bytes: ${sent === wanted ? 'all' : 'NOT all'} of the answer`)
  }
  client.close()
  print('parrot: the client has left, connection closed')
}

function client(where, number) {
  const parrot = tcp.connect(where, number)
  print(`client: connected to ${parrot.peer}`)
  for (const word of words) {
    parrot.send(word)
    print(`client: sent ${word}`)
    // Capitals may have more bytes than what they are of: ß, SS. The rest of the answer is waited for.
    const wanted = word.toUpperCase()
    let heard = ''
    while (heard.length < wanted.length) {
      const part = parrot.recv(1024, { timeout: 10 })
      if (part === null) throw new Error('the parrot has left')
      heard += part
    }
    print(`client: received ${heard}`)
  }
  parrot.close()
  print('client: closed')
}

if (host !== undefined) {
  client(host, port)
} else {
  const server = tcp.listen(port, { host: listen, log: false })
  print(`parrot: listening on port ${server.port}, ${listen === '*' ? 'every address' : listen}`)
  const job = serve ? undefined : bg(() => client('127.0.0.1', server.port))
  parrot(server)
  if (job !== undefined) job.wait()
  server.close()
  print('parrot: server closed')
}
