/** What help says of the web server: the members of `web`, servers, requests, answers. */
import { describe, describeMembers, readMembers } from './metadata.js'

const SERVER = "const server = web.listen(0, {'GET /': 'Hello'}, {log: false})"
const END = 'server.close()'

/** An example with a server around it. */
function within(example: string): string {
  return `${SERVER}; ${example}; ${END}`
}

/** An example in which a handler reads something of a request. */
function asked(reading: string, { path = '', options = '' } = {}): string {
  return `const server = web.listen(0, req => ${reading}, {log: false}); (await fetch(server.url${path === '' ? '' : ` + '${path}'`}${options})).text(); ${END}`
}

const BODY = ", {method: 'POST', body: '{\"a\": 1}'}"

/** Registers them. */
export function describeWeb(): void {
  describeNamespace()
  describeServer()
  describeRequest()
  describeAnswers()
}

function describeNamespace(): void {
  describeMembers('web', {
    listen: {
      summary: 'Opens a web server, which runs beside the prompt until it is closed.',
      usage: 'web.listen(port, routes, {host, tls, log, limit, timeout, history})',
      positionals: [
        { name: 'port', type: 'number', summary: '8016 when it is left out; 0 takes a free one' },
        {
          name: 'routes',
          type: 'object | function',
          summary:
            "answers by method and path: {'GET /notes/:id': req => …, '/any-method': …, 'GET /static/*': web.folder('dir'), '*': …}. An answer is a function of the request, plain or one that waits, or a value: a text (HTML when it begins with <), bytes, an object (JSON), a status, nothing (204), a stream, what web.reply and its like give. A function alone answers everything; without routes each request gets the page of web.facts",
        },
      ],
      parameters: [
        {
          name: 'host',
          type: 'string',
          summary: "address to listen on; '*': all of this machine's",
          default: '127.0.0.1',
        },
        {
          name: 'tls',
          type: 'boolean | object',
          summary: 'HTTPS: true makes a certificate on the spot; {cert, key} are PEM or files',
          default: 'false',
        },
        { name: 'log', type: 'boolean', summary: 'print a line for each request', default: 'true' },
        { name: 'limit', type: 'number', summary: "bytes of a request's body", default: '1 MiB' },
        { name: 'timeout', type: 'number', summary: 'seconds in which a request must have come', default: '30' },
        { name: 'history', type: 'number', summary: 'requests that are kept', default: '1000' },
      ],
      returns: 'a WebServer',
      errors: ['OptionError for a wrong route or option', 'SessionError when the port cannot be had'],
      example: "const server = web.listen(0, {'GET /': req => `Hello ${req.client}`}); server.url; server.close()",
      examples: [
        'const server = web.listen(0); (await fetch(server.url)).text(); server.close()',
        "const notes = []; const server = web.listen(0, {'GET /notes': notes, 'POST /notes': req => { notes.push(req.json()) }}); server.routes; server.close()",
        "const server = web.listen(0, {'GET /': 'Hello'}, {tls: true}); server.url; server.close()",
      ],
      source: 'RFC 9110, RFC 9112',
      see: ['WebServer', 'WebRequest', 'web.reply', 'web.folder', 'web.facts'],
    },
    reply: {
      summary: 'An answer with all its parts.',
      usage: 'web.reply({status, headers, body, type})',
      parameters: [
        { name: 'status', type: 'number', summary: '200..599', default: '200' },
        { name: 'headers', type: 'object', summary: 'names and values; a list makes several lines of a name' },
        { name: 'body', type: 'any', summary: 'a text, bytes, an object (JSON), a stream', default: 'none' },
        { name: 'type', type: 'string', summary: 'Content-Type', default: 'what the body says' },
      ],
      returns: 'a WebReply, to be returned by a handler or to stand in routes',
      errors: ['OptionError for headers that would break the answer, or that the server writes itself'],
      example: "web.reply({status: 201, headers: {'X-Number': 7}, body: {id: 7}})",
      see: ['web.redirect', 'web.html'],
    },
    redirect: {
      summary: 'Sends the client elsewhere.',
      usage: 'web.redirect(url, status)',
      positionals: [
        { name: 'url', type: 'string', summary: 'the new place' },
        { name: 'status', type: 'number', summary: '301, 302 (unset), 303, 307 or 308' },
      ],
      returns: 'a WebReply',
      example: "web.redirect('/home')",
    },
    html: {
      summary: 'HTML with values in it, which show as they are, whatever is in them.',
      usage: 'web.html`<p>${value}</p>`',
      returns: 'a WebReply; inside of another one it stays HTML',
      example: "web.html`<p>Hello ${'<World>'}</p>`.body",
      see: ['web.reply'],
    },
    file: {
      summary: 'Answers with a file, which is read when it is asked for.',
      usage: 'web.file(name)',
      positionals: [{ name: 'name', type: 'string', summary: 'name of the file', values: 'file' }],
      example: "const server = web.listen(0, {'GET /': web.file('/etc/hostname')}); server.routes; server.close()",
      see: ['web.folder'],
    },
    folder: {
      summary:
        'Answers with the files below a folder, for a route that ends in /*; index.html stands for a folder. No hidden files, and no links that lead out of it.',
      usage: 'web.folder(name)',
      positionals: [{ name: 'name', type: 'string', summary: 'name of the folder', values: 'file' }],
      errors: ['OptionError where there is no such folder'],
      example: "const server = web.listen(0, {'GET /files/*': web.folder('/etc')}); server.routes; server.close()",
      see: ['web.file'],
    },
    facts: {
      summary: 'A page of what the server knows of a request: client, method, path, query, versions, headers.',
      usage: 'web.facts(request)',
      positionals: [{ name: 'request', type: 'WebRequest', summary: 'what a handler is given' }],
      returns: 'a WebReply',
      example: "const server = web.listen(0, {'/facts': req => web.facts(req)}); server.routes; server.close()",
      see: ['web.listen'],
    },
  })
}

function describeServer(): void {
  describe('WebServer', {
    group: 'Objects',
    summary:
      'A web server that is open: what web.listen gives. Its events are request and response, and those of all sessions.',
    usage: 'server = web.listen(port, routes)',
    example: within('String(server)'),
    see: ['web.listen', 'WebRequest', 'sessions'],
  })
  describeMembers('WebServer', {
    ...readMembers('server', within, {
      kind: "'web'.",
      subject: 'Its URL.',
      url: 'Where it is: http://127.0.0.1:8016/.',
      port: 'Its port.',
      certificate: 'With tls: its certificate, PEM, which clients may be told to trust.',
      routes: 'The routes in the order in which they are looked at: {method, path, answer}.',
      requests: 'The latest requests: {time, client, method, target, received, status, bytes, ms}.',
      history: 'The same requests and answers as a History.',
    }),
    route: {
      summary: 'Adds a route, or puts another answer in the place of one, from the next request on.',
      usage: 'server.route(name, answer)',
      positionals: [
        { name: 'name', type: 'string', summary: "a method and a path: 'GET /notes/:id'" },
        { name: 'answer', type: 'function | any', summary: 'as in the routes of web.listen' },
      ],
      returns: 'the server',
      errors: ['OptionError for a route that is none'],
      example: within("server.route('GET /time', req => new Date().toISOString()); server.routes"),
    },
  })
}

function describeRequest(): void {
  describe('WebRequest', {
    group: 'Objects',
    summary: 'What a handler of a web server is given: a request. Its body has come already, so nothing of it waits.',
    usage: 'req => req.path',
    example: asked('req.path', { path: 'a%20b' }),
    see: ['web.listen', 'web.facts'],
  })
  describeMembers('WebRequest', {
    ...readMembers('req', (example) => asked(`({${example.slice(4)}: ${example}})`, { path: 'a%20b?x=1' }), {
      method: "'GET', 'POST' …",
      target: 'What stands behind the method, as it came: path and query.',
      path: 'The path, decoded.',
      rawPath: 'The path as it came.',
      query: 'What stands behind the ? as an object; a name that came several times has a list.',
      rawQuery: 'What stands behind the ?, as it came.',
      params: "Parts of the path that the route names, decoded; what * stands for is params['*'], as it came.",
      headers: 'Headers, their names in small letters.',
      rawHeaders: 'Headers as they came: name, value, name, value …',
      cookies: 'Cookies of the client.',
      client: 'Address and port of the other end.',
      version: "'HTTP/1.1'.",
      time: 'When it came.',
      length: 'Bytes of the body.',
    }),
    text: { summary: 'The body as text.', example: asked('req.text()', { options: BODY }) },
    bytes: { summary: 'The body as bytes.', example: asked('`${req.bytes().length} bytes`', { options: BODY }) },
    json: {
      summary: 'The body read as JSON.',
      errors: ['WebError where it is none; not caught, it is answered with 400'],
      example: asked('`a is ${req.json().a}`', { options: BODY }),
    },
    form: {
      summary: 'The fields of a form (application/x-www-form-urlencoded); one that came several times has a list.',
      errors: ['WebError where the body says that it is something else; not caught, it is answered with 415'],
      example: asked('req.form().a', { options: ", {method: 'POST', body: new URLSearchParams({a: 1})}" }),
    },
    toString: { summary: 'One line.', example: asked('String(req)') },
    toJSON: { summary: 'Its parts as plain data.', example: asked('req.toJSON()') },
  })
}

function describeAnswers(): void {
  const make = "const reply = web.reply({status: 201, body: 'made'})"
  describe('WebReply', {
    group: 'Objects',
    summary: 'An answer of a web server: what web.reply, web.redirect and web.html give.',
    usage: 'reply = web.reply(options)',
    example: make,
    see: ['web.reply', 'web.redirect', 'web.html'],
  })
  describeMembers('WebReply', {
    ...readMembers('reply', make, {
      status: 'Its status.',
      headers: 'Its headers, as they were given.',
      body: 'Its body: text, bytes, or what gives it in pieces.',
      length: 'Bytes of a body in pieces, where that is known before.',
    }),
    toString: { summary: 'One line.', example: `${make}; String(reply)` },
    toJSON: { summary: 'Status, headers and a text as body.', example: `${make}; JSON.stringify(reply)` },
  })
}
