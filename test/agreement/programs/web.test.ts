import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import type { Lab } from '../../lab/lab.js'
import { must } from '../../lab/process.js'
import { type Talk, talksAgree } from './talk.js'

/** A program in `here` that must succeed. */
const inHere = (lab: Lab, command: string) =>
  must(['ip', 'netns', 'exec', lab.here.namespace, ...command.split(' ')], { folder: lab.folder })

const BODY = 'a body in a segment of its own is bytes: netshell reads each packet for itself'

const python: Talk = {
  name: "Python's http.server and curl: GET, HEAD, POST, what is not there, a connection used again",
  rows: ['http'],
  shows: [
    'http.request.method',
    'http.request.uri',
    'http.request.version',
    'http.response.version',
    'http.response.code',
    'http.response.phrase',
    'http.host',
    'http.user_agent',
    'http.content_type',
    'http.server',
  ],
  except: { http: BODY },
  async talk(lab) {
    writeFileSync(join(lab.folder, 'page.html'), '<p>A page.</p>\n')
    const server = lab.spawn('there', [
      '/usr/bin/python3',
      '-u',
      '-m',
      'http.server',
      '80',
      '--protocol',
      'HTTP/1.1',
      '--directory',
      lab.folder,
    ])
    await server.waitFor(/Serving HTTP/)
    const site = `http://${lab.there.ipv4}`
    await inHere(lab, `curl -sS -o got ${site}/page.html ${site}/nothing?a=b&c=%20d ${site}/page.html`)
    await inHere(lab, `curl -sS -o got -I ${site}/page.html`)
    await inHere(lab, `curl -sS -o got -d name=value&other=1 ${site}/form`)
    await inHere(lab, `curl -sS -o got -T page.html -H Transfer-Encoding:chunked -H Expect: ${site}/new.html`)
    await inHere(lab, `curl -sS -o got -0 ${site}/`)
    await server.stop()
  },
}

/** Answers what is sent, in chunks; a part of a text where a range is asked for. */
const NODE_SERVER = `
const text = 'The letters of a short text, one after the other.'
require('node:http').createServer((request, response) => {
  const range = /bytes=(\\d+)-(\\d+)/.exec(request.headers.range ?? '')
  if (range) {
    const [from, to] = [Number(range[1]), Number(range[2])]
    response.writeHead(206, { 'content-range': 'bytes ' + from + '-' + to + '/' + text.length, 'content-type': 'text/plain' })
    return response.end(text.slice(from, to + 1))
  }
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', trailer: 'x-end' })
  request.on('data', data => response.write(data)).on('end', () => {
    response.write(text)
    response.addTrailers({ 'x-end': 'yes' })
    response.end()
  })
}).listen(8080, () => console.log('ready'))
`

const node: Talk = {
  name: "Node's server and curl: chunks, parts, a body that is announced",
  rows: ['http'],
  shows: ['http.request.method', 'http.response.code', 'http.response.phrase', 'http.content_type'],
  except: { http: BODY },
  async talk(lab) {
    const server = lab.spawn('there', [process.execPath, '-e', NODE_SERVER])
    await server.waitFor(/ready/)
    const site = `http://${lab.there.ipv4}:8080`
    writeFileSync(join(lab.folder, 'body.txt'), 'Some lines.\n'.repeat(60))
    await inHere(lab, `curl -sS -o got ${site}/ ${site}/again`)
    await inHere(lab, `curl -sS -o got -r 4-10 ${site}/text`)
    await inHere(lab, `curl -sS -o got --data-binary @body.txt -H Expect:100-continue ${site}/`)
    await inHere(lab, `curl -sS -o got -T body.txt -H Transfer-Encoding:chunked ${site}/body.txt`)
    await inHere(lab, `curl -sS -o got -X OPTIONS -H Host:lab ${site}/*`)
    await server.stop()
  },
}

const second: Talk = {
  name: 'nghttpd with curl and nghttp: HTTP/2 with settings, headers, data, pushes, trailers, the end of a connection',
  rows: ['http2'],
  shows: [
    'http2.length',
    'http2.type',
    'http2.streamid',
    'http2.settings.id',
    'http2.window_update.window_size_increment',
    'http2.goaway.error',
    'http2.goaway.last_stream_id',
    'http2.push_promise.promised_stream_id',
  ],
  async talk(lab) {
    writeFileSync(join(lab.folder, 'page.html'), '<p>A page.</p>\n'.repeat(40))
    writeFileSync(join(lab.folder, 'style.css'), 'p { margin: 0 }\n')
    const server = lab.spawn('there', [
      ...`nghttpd -v --no-tls -a ${lab.there.ipv4} -d ${lab.folder} -p/page.html=/style.css --trailer=x-end:yes 8080`.split(
        ' ',
      ),
    ])
    await server.waitFor(/listen/)
    const site = `http://${lab.there.ipv4}:8080`
    await inHere(lab, `curl -sS -o got --http2-prior-knowledge ${site}/page.html`)
    await inHere(lab, `curl -sS -o got --http2-prior-knowledge ${site}/nothing`)
    await inHere(lab, `nghttp -n -y -b 100 ${site}/page.html`)
    await inHere(lab, `nghttp -n -d page.html ${site}/style.css`)
    await server.stop()
  },
}

talksAgree('programs of the web', [python, node, second])
