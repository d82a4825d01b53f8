#!/usr/bin/env netshell
// Which port is open from where: nmap asks the same target from several machines over ssh, and the lists are compared.
//
//   netshell run nmap-compare.nsh
//   netshell run nmap-compare.nsh --from root@10.0.0.2,root@10.0.0.3 \
//     --key ~/.ssh/id_ed25519 --target 10.0.0.9 --ports 1-1000
//   netshell run nmap-compare.nsh --from admin@gateway --target 10.0.0.9 --here
//
// Without --from it stays on this machine: it opens two ports on loopback,
// closes one, opens another, and compares what nmap sees before and after.
// Where nmap is missing, scan asks in its place.

const from = param('from', { help: 'machines to ask from, with commas: user@host,user@host:2222' })
const key = param('key', { type: 'file', help: 'private key to log in with' })
const known = param('known', { type: 'path', help: 'file of known hosts, if not the usual one' })
const unknown = param('unknown', { choices: ['ask', 'refuse', 'remember', 'accept'], help: 'what to do with an unknown host' })
const target = param('target', { default: '127.0.0.1', help: 'whose ports' })
const ports = param('ports', { help: "which ones, as nmap writes them (unset: nmap's thousand)" })
const here = param('here', { type: 'boolean', help: 'ask from this machine too' })
const timeout = param('timeout', { type: 'duration', default: '5m', help: 'how long one nmap may take' })

// Names of hosts would have to be looked up, and say nothing about ports.
const options = { ports, timeout, args: '-n' }

if (from === undefined) comparesBeforeAndAfter()
else comparesPlaces(from.split(',').map((place) => place.trim()))

function comparesPlaces(places) {
  const lists = here ? { here: nmap(target, options) } : {}
  for (const place of places) {
    const session = ssh.connect(place, { key, known, unknown })
    try {
      lists[place] = nmap(target, { ...options, via: session })
    } finally {
      session.close()
    }
  }
  // With one list alone there is nothing to compare.
  if (Object.keys(lists).length === 1) print(Object.values(lists)[0])
  else show(compare(lists))
}

function comparesBeforeAndAfter() {
  const [stays, goes] = [listens(), listens()]
  // The port that comes later is free until then.
  const later = listens()
  later.close()
  const asked = [stays.port, goes.port, later.port].sort((a, b) => a - b)
  const before = nmap('127.0.0.1', { ...options, ports: asked })
  goes.close()
  const comes = tcp.listen(later.port, answer)
  const after = nmap('127.0.0.1', { ...options, ports: asked })
  stays.close()
  comes.close()
  show(compare({ before, after }))
}

function answer() {
  return 'hello\n'
}

function listens() {
  return tcp.listen(0, answer)
}

function show(found) {
  print(found)
  for (const place of found.places) {
    const only = found.onlyFrom(place).map(({ port, protocol }) => `${port}/${protocol}`)
    if (only.length > 0) print(`open only in ${place}: ${only.join(', ')}`)
  }
}
