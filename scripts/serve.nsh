#!/usr/bin/env netshell
// Serves files over HTTP, and shows what clients of several kinds get: names, parts, archives, counts, passwords, uploads.
//   ./netshell run scripts/serve.nsh                      step by step on this machine, with curl where it is installed
//   ./netshell run scripts/serve.nsh report.pdf -n 2      serves a file to others until it was downloaded twice
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const file = param('file', { positional: true, type: 'path', help: 'file or folder to serve to others; without one: step by step' })
const count = param('count', { type: 'int', default: 1, min: 0, short: 'n', help: 'complete downloads until it ends; 0: until Ctrl-C' })
const port = param('port', { type: 'int', min: 0, max: 65535, help: 'to listen on, for others; unset: 8000, or the next free one' })

/** What a client gets: status, and the headers that are named. */
function shown(response, ...names) {
  const headers = names.filter(name => response.headers.has(name)).map(name => `\n  ${name}: ${response.headers.get(name)}`)
  return `${response.status} ${response.statusText}${headers.join('')}`
}

async function demonstrate() {
  const folder = mkdtempSync(join(tmpdir(), 'serve-'))
  // Told by us: what others see of a server is told in its own lines.
  const here = { host: '127.0.0.1', port: 0, qr: false }
  const servers = []
  const begin = (what, options) => {
    const server = serve(what, { ...here, ...options })
    servers.push(server)
    return server
  }
  try {
    const notes = join(folder, 'été.txt')
    writeFileSync(notes, 'abcdefghij'.repeat(1000))

    print('One file. Every other path leads to it:')
    let server = begin(notes)
    print(shown(await fetch(new URL('/elsewhere', server.url), { redirect: 'manual' }), 'location'))
    print('\nIts length, type and name; HEAD is no download:')
    print(shown(await fetch(server.url, { method: 'HEAD' }), 'content-type', 'content-length', 'content-disposition', 'accept-ranges'))
    print('\nA part of it, as a client asks for that goes on where it was cut off:')
    const part = await fetch(server.url, { headers: { Range: 'bytes=5-9' } })
    print(`${shown(part, 'content-range')}\n  ${await part.text()}`)
    print('\nAfter two downloads it is over:')
    server = begin(notes, { count: 2 })
    for (let i = 0; i < 2; i++) await (await fetch(server.url)).text()
    server.wait()
    print(server.transfers().map(({ name, done, outcome }) => `${name}: ${done} bytes, ${outcome}`).join('\n'))

    print('\nA folder: a page, its list as JSON, and all of it packed while it is sent:')
    mkdirSync(join(folder, 'photos'))
    for (const name of ['a.jpg', 'b.jpg', '.hidden']) writeFileSync(join(folder, 'photos', name), name)
    server = begin(join(folder, 'photos'))
    print(shown(await fetch(server.url), 'content-type'))
    const list = await (await fetch(server.url, { headers: { Accept: 'application/json' } })).json()
    print(`  ${list.entries.map(({ name }) => name).join(', ')}`)
    for (const format of ['tar', 'tar.gz', 'tar.bz2', 'tar.zst', 'zip']) {
      const archive = await fetch(`${server.url}?archive=${format}`)
      print(`  ${archive.headers.get('content-disposition')}: ${(await archive.arrayBuffer()).byteLength > 0 ? 'there' : 'empty'}`)
    }
    print(`  ${(await fetch(server.url + '..%2f..%2fetc%2fpasswd')).status} and ${(await fetch(server.url + '.hidden')).status} for what is outside, or hidden`)

    print('\nUploads, with a password; nothing is ever written over:')
    mkdirSync(join(folder, 'inbox'))
    server = begin(join(folder, 'inbox'), { upload: true, password: 'open sesame' })
    const Authorization = `Basic ${btoa(':open sesame')}`
    print(shown(await fetch(server.url), 'www-authenticate'))
    for (const text of ['first', 'second']) {
      const sent = await fetch(server.url + 'letter.txt', { method: 'PUT', body: text, headers: { Authorization } })
      print(`  ${sent.status}`)
    }
    for (const name of ['letter.txt', 'letter (2).txt']) print(`  ${name}: ${readFileSync(join(folder, 'inbox', name), 'utf8')}`)

    print('\nA link that is good once, and a certificate that is made on the spot:')
    server = begin(notes, { openOnce: true, tls: true })
    const { origin } = new URL(server.url)
    const curl = address => sh({ check: false })`curl -sk -o /dev/null -w ${'%{http_code}'} ${address}`
    if (sh({ check: false })`sh -c ${'command -v curl'}`.ok) {
      print(`  without the token: ${curl(origin + '/')}`)
      print(`  with it: ${curl(server.url)}`)
      server.wait()
    } else print('  curl is not installed: this is left out')
    print(`\n${server.state}`)
  } finally {
    for (const server of servers) server.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

if (file === undefined) await demonstrate()
else {
  const server = serve(file, { count, ...(port === undefined ? {} : { port }) })
  try {
    server.wait()
  } finally {
    server.close()
  }
  print(server.transfers())
}
