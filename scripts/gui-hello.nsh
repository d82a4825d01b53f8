#!/usr/bin/env netshell
// A graphical application in a network. A server on port 8808 answers `Bonjour` and `Au revoir`; a window that is described in
// Glade XML is drawn as a web page, and its buttons ask the server, in one of four versions of the protocol: text alone,
// command:text, JSON, and JSON where the client loads even the window and its handlers from the server.
//   ./netshell run scripts/gui-hello.nsh --version 4          server and client, until Ctrl-C
//   ./netshell run scripts/gui-hello.nsh --server-only        for clients elsewhere, in Python for example
//   ./netshell run scripts/gui-hello.nsh --host 192.168.0.10  with a server elsewhere
import { folder } from './gui-hello/folder.mjs'

const version = param('version', { type: 'int', default: 3, min: 1, max: 4, help: 'of the protocol' })
const host = param('host', { type: 'address', help: 'a server elsewhere; unset: one of its own' })
const port = param('port', { type: 'int', default: 8808, min: 0, max: 65535, help: 'of the server' })
const serverOnly = param('serverOnly', { type: 'boolean', help: 'no client' })
const once = param('once', { help: 'greet this name without a browser, and end' })
const open = param('open', { type: 'boolean', help: 'start a browser' })

// What is put into `shared` is told to all users at once: on_server_last in the handlers.
const answer = (words, text, server) => {
  server.shared.last = text
  return `${words} ${text}.`
}
const commands = {
  hello: (text, server) => answer('Bonjour', text, server),
  bye: (text, server) => answer('Au revoir', text, server),
}

const server = host === undefined ? app.listen(port, commands, { version, folder, log: once === undefined }) : undefined
if (serverOnly && server !== undefined) {
  print(`Version ${version} on ${server.subject}, until Ctrl-C`)
  server.wait()
} else {
  // The article's first window has one button, the others two. In version 4 only its name is known here.
  const name = version === 1 ? 'hello' : 'two-buttons'
  const files = version === 4 ? { interface: name } : { interface: `${folder}/${name}.glade`, handlers: `${folder}/${name}.js` }
  const page = once === undefined ? { ...files, open } : {}
  const client = app.connect(host ?? '127.0.0.1', server?.port ?? port, { version, ...page })
  if (once !== undefined) {
    print(client.call('hello', once))
    if (version > 1) print(client.call('bye', once))
  } else {
    print(`Version ${version} with ${client.subject}; open ${client.url} in a browser. Ctrl-C ends it.`)
    client.wait()
  }
  client.close()
}
server?.close()
