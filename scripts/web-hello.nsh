#!/usr/bin/env netshell
// A web server whose page lists what it knows of a request: client, method, path, query, versions, headers.
// Look at it with a browser, or: curl 'http://127.0.0.1:8016/a/b?x=1'. It serves until Ctrl-C.
// --check asks it once itself, prints what the page says, and ends: no network needed.

const port = param('port', {type: 'int', default: 8016, min: 0, max: 65535, help: 'where to listen; 0 takes a free port'})
const host = param('host', {type: 'address', default: '127.0.0.1', help: 'address to listen on; 0.0.0.0 is all of them'})
const once = param('once', {type: 'boolean', help: 'end after the first request'})
const check = param('check', {type: 'boolean', help: 'ask for the page, print what it says, end'})

const server = web.listen(port, {'*': web.facts}, {host, log: !check})

if (check) {
  const page = await (await fetch(server.url + 'a%20b?x=1&y=2', {headers: {'User-Agent': 'web-hello'}})).text()
  const shown = page.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => ({amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'"})[name])
  for (const [, fact] of shown.matchAll(/<li>(.*)<\/li>/g)) print(fact.replace(/<\/?b>/g, ''))
  server.close()
} else {
  print(`${server.url} answers; Ctrl-C ends it`)
  if (once) server.on('response', () => server.close())
  try {
    server.wait()
  } finally {
    server.close()
  }
}
