/** What help says of applications in a network: their server, their client, their windows. */
import { describe, describeMembers, type ParameterMetadata, readMembers } from './metadata.js'
import { HISTORY } from './session-parameters.js'

const PAIR = "const server = app.listen(0); const s = app.connect('127.0.0.1', server.port)"
const END = 's.close(); server.close()'
const WINDOW =
  '<interface><object class="GtkWindow"><child><object class="GtkLabel" id="sum"/></child></object></interface>'
const SHOWN = `const s = app.show('${WINDOW}', 'function on_server_sum(ui, app, value) { ui.sum.text = String(value) }')`

/** `example`, with a server and a client around it. */
function within(example: string): string {
  return `${PAIR}; ${example}; ${END}`
}

/** `example`, with a window around it. */
function shown(example: string): string {
  return `${SHOWN}; ${example}; s.close()`
}

const PAGE: readonly ParameterMetadata[] = [
  { name: 'title', type: 'string', summary: 'title of the page', default: 'that of the window' },
  { name: 'open', type: 'boolean', summary: 'start a browser', default: 'false' },
  { name: 'pageHost', type: 'string', summary: "address on which the page is served; '*': all", default: '127.0.0.1' },
  { name: 'pagePort', type: 'number', summary: 'port of the page', default: '0, a free one' },
  HISTORY,
]
const TIMEOUT: ParameterMetadata = { name: 'timeout', type: 'number', summary: 'seconds', default: '10' }
const LIMIT: ParameterMetadata = {
  name: 'limit',
  type: 'number',
  summary: 'bytes of a request, an answer, a file',
  default: '1 MiB',
}

/** Registers them. */
export function describeApp(): void {
  describeMembers('app', {
    listen: {
      summary: 'Serves an application: each request is one line, and answered by one of the commands.',
      usage: 'app.listen(port, commands, {host, version, folder, timeout, log})',
      positionals: [
        { name: 'port', type: 'number', summary: 'where it listens; 0 takes a free one. 8808 if unset' },
        {
          name: 'commands',
          type: 'object',
          summary:
            'functions by name: (message, server, peer) => answer, plain or async; unset: hello and bye, in French',
        },
      ],
      parameters: [
        { name: 'host', type: 'string', summary: "address on which it listens; '*': all", default: '127.0.0.1' },
        {
          name: 'version',
          type: "1 | 2 | 3 | 4 | 'auto'",
          summary:
            "of the protocol: text alone, command:text, JSON, files too; 'auto' goes by the form of each request",
          default: 'auto',
        },
        {
          name: 'folder',
          type: 'string',
          summary: 'of NAME.glade and NAME.js for version 4',
          default: 'ihm',
          values: 'file',
        },
        { name: 'answers', type: 'string', summary: 'to JSON', default: 'json', choices: ['json', 'text'] },
        TIMEOUT,
        LIMIT,
        { name: 'clients', type: 'number', summary: 'connections at the same time', default: '1000' },
        { name: 'log', type: 'boolean', summary: 'a line for each request', default: 'false' },
        HISTORY,
      ],
      returns: 'an AppServer',
      errors: ['SessionError when it cannot listen there, OptionError for a command that can be none'],
      example: 'const server = app.listen(0, {shout: text => text.toUpperCase()}); server.close()',
      see: ['AppServer', 'app.connect', 'web', 'tcp.listen'],
    },
    connect: {
      summary:
        'Connects to the server of an application, and serves its window as a page to the browser of this machine.',
      usage: 'app.connect(host, port, {version, interface, handlers, timeout, open})',
      positionals: [
        {
          name: 'host',
          type: 'string | number',
          summary: "name or address; 'host:port' in one; a port alone is one of this machine. 127.0.0.1 if unset",
        },
        { name: 'port', type: 'number', summary: '8808 if unset' },
      ],
      parameters: [
        { name: 'version', type: '1 | 2 | 3 | 4', summary: 'of the protocol', default: '3' },
        {
          name: 'interface',
          type: 'string',
          summary: 'a Glade file or XML; in version 4 its name on the server',
          default: 'no page, only call()',
          values: 'file',
        },
        {
          name: 'handlers',
          type: 'string',
          summary: 'what its signals call, in JavaScript: a file or source; in version 4 a name on the server',
          values: 'file',
        },
        TIMEOUT,
        LIMIT,
        { name: 'subscribe', type: 'boolean', summary: 'be told of changes', default: 'in versions 3 and 4' },
        {
          name: 'reconnect',
          type: 'boolean | object',
          summary: 'when the server is gone: {first, longest} seconds, {tries}; false: never',
          default: 'true',
        },
        ...PAGE,
      ],
      returns: 'an AppSession; its url opens the page',
      errors: ['SessionError when there is no server, or what it gives cannot be used'],
      example: within("s.call('hello', 'World')"),
      see: ['AppSession', 'app.listen', 'app.show'],
    },
    show: {
      summary: 'Serves a window as a page, without a server behind it.',
      usage: 'app.show(window, handlers, {calls, title, open})',
      positionals: [
        { name: 'window', type: 'string', summary: 'a Glade file, or XML', values: 'file' },
        { name: 'handlers', type: 'string', summary: 'what its signals call: a file, or JavaScript', values: 'file' },
      ],
      parameters: [
        { name: 'calls', type: 'object', summary: 'functions by name, for app.call(name, message) in the handlers' },
        ...PAGE,
      ],
      returns: 'an AppSession; its url opens the page',
      example: shown("s.push('sum', 3)"),
      see: ['AppSession', 'app.connect'],
    },
  })
  describe('AppServer', {
    group: 'Objects',
    summary: 'What app.listen gives: the server of an application. Events: request, change.',
    usage: 'server = app.listen(port, commands)',
    example: within('String(server)'),
    see: ['app.listen', 'Session'],
  })
  describeMembers('AppServer', {
    ...readMembers('server', within, {
      kind: "'app server'.",
      subject: "Where it listens: '127.0.0.1:8808'.",
      port: 'The port, also when it was 0.',
      commands: 'What it does, by name.',
      requests: 'Requests that were answered.',
      subscribers: 'How many are told of changes.',
    }),
    shared: {
      summary: 'What all users see: assigning a value tells it to all of them. Values are kept as JSON has them.',
      example: within('server.shared.total = 3; server.shared.total'),
      see: ['AppServer.publish', 'AppSession.shared'],
    },
    publish: {
      summary: 'Sets a value that all users see, and tells it to those who are there.',
      usage: 'server.publish(name, value)',
      positionals: [
        { name: 'name', type: 'string', summary: 'letters, digits and _: handlers on_server_NAME get it' },
        { name: 'value', type: 'any', summary: 'what JSON can say' },
      ],
      returns: 'how many are told',
      errors: ['OptionError for a name or a value that cannot be told'],
      example: within("server.publish('total', 3)"),
    },
  })
  describe('AppSession', {
    group: 'Objects',
    summary: 'What app.connect and app.show give: the client of an application, and its page. Events: call, change.',
    usage: 's = app.connect(host, port)',
    example: within('String(s)'),
    see: ['app.connect', 'app.show', 'Session'],
  })
  describeMembers('AppSession', {
    ...readMembers('s', within, {
      kind: "'app'.",
      subject: "The other end: '127.0.0.1:8808'.",
      shared: 'What all users of the server share, as far as it tells.',
      calls: 'Calls that were made.',
    }),
    url: {
      summary: 'Address of the page, with the token that opens it; undefined without one.',
      example: shown('s.url'),
    },
    pages: { summary: 'Pages that are open now.', example: shown('s.pages') },
    call: {
      summary: 'Asks the server, as app.call does in a handler.',
      usage: 's.call(command, message)',
      positionals: [
        { name: 'command', type: 'string', summary: 'its name' },
        { name: 'message', type: 'any', summary: 'a text; in version 3 what JSON can say' },
      ],
      returns: 'the answer',
      errors: ['SessionError when the server is not there, or says no'],
      example: within("s.call('bye', 'World')"),
    },
    push: {
      summary: 'Calls on_server_EVENT(ui, app, value) of the handlers in all open pages.',
      usage: 's.push(event, value)',
      positionals: [
        { name: 'event', type: 'string', summary: 'letters, digits and _' },
        { name: 'value', type: 'any', summary: 'what JSON can say' },
      ],
      example: shown("s.push('sum', 3)"),
    },
    reload: {
      summary: 'Reads interface and handlers anew, and draws them in all open pages.',
      usage: 's.reload()',
      errors: ['SessionError when they cannot be read: the pages stay as they are'],
      example: shown('s.reload()'),
    },
    toJSON: { summary: 'Number, kind, subject, state and url.', example: within('JSON.stringify(s)') },
  })
}
