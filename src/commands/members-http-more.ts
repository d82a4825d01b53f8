/** What help says of HTTP: pages, events, WebSocket, GraphQL, curl, HAR. */
import { describe, describeMembers, type ParameterMetadata, readMembers } from './metadata.js'

const PAGED =
  "const server = web.listen(0, {'GET /': req => web.reply({headers: req.query.page ? {} : {Link: '</?page=2>; rel=\"next\"'}, body: [1, 2]})}, {log: false})"
const END = 'server.close()'
const NOWHERE: ParameterMetadata = { name: 'url', type: 'string', summary: 'where; in a session it may be relative' }
const REQUEST: ParameterMetadata = {
  name: '…',
  type: 'any',
  summary: 'options of a request: params, headers, auth, json …',
}
const HISTORY: ParameterMetadata = {
  name: 'history',
  type: 'number',
  summary: 'messages that are kept',
  default: '1000',
}
const PAGING: readonly ParameterMetadata[] = [
  {
    name: 'next',
    type: 'function | string',
    summary:
      "where the next page is: a function of the answer that gives a URL or {params}, or a place in the JSON with the URL: 'paging.next'; another server gets no auth but {url, auth}",
    default: 'what the header Link says (rel=next)',
  },
  {
    name: 'items',
    type: 'function | string',
    summary: "what a page holds: a function of the answer, or a place in its JSON: 'data.items'",
    default: 'the JSON, or the one list in it',
  },
  { name: 'limit', type: 'number', summary: 'items at most', default: 'all' },
  { name: 'pages', type: 'number', summary: 'pages at most', default: '10000' },
  { name: 'method', type: 'string', summary: 'the method', default: 'GET' },
  REQUEST,
]
const RECONNECT: ParameterMetadata = {
  name: 'reconnect',
  type: 'boolean | object',
  summary: 'connect again when it is lost: {first, longest, tries}, pauses in seconds',
}
const EVENTS: readonly ParameterMetadata[] = [
  { name: 'lastEventId', type: 'string', summary: 'begin behind the event with this id' },
  { ...RECONNECT, default: 'true' },
  { name: 'eventLimit', type: 'number', summary: 'characters of one event', default: '1048576' },
  { name: 'timeout', type: 'number', summary: 'seconds until the answer begins', default: '30' },
  { name: 'method', type: 'string', summary: 'the method', default: 'GET' },
  HISTORY,
  REQUEST,
]
const WEBSOCKET: readonly ParameterMetadata[] = [
  { name: 'protocols', type: 'string | array', summary: 'subprotocols that are offered, the best first' },
  { name: 'json', type: 'boolean', summary: 'messages are JSON', default: 'false' },
  { name: 'headers', type: 'object', summary: 'further header fields of the request' },
  { name: 'timeout', type: 'number', summary: 'seconds until it must be open', default: '10' },
  { name: 'limit', type: 'number', summary: 'bytes of one message', default: '16777216 (16 MiB)' },
  { name: 'ping', type: 'number', summary: 'seconds between signs of life that are asked for; 0: none', default: '30' },
  { name: 'compress', type: 'boolean', summary: 'offer to compress messages', default: 'true' },
  { ...RECONNECT, default: 'false' },
  HISTORY,
  { name: 'params', type: 'object | string', summary: 'query parameters' },
  { name: 'auth', type: 'string | array | object | false', summary: 'who asks' },
  { name: 'cookies', type: 'object', summary: 'cookies of this request' },
  { name: 'tls', type: 'object', summary: '{ca, cert, key, servername, insecure}' },
  { name: 'proxy', type: 'string | false', summary: "a proxy's URL (http, https); false: none" },
]
const QUERY: readonly ParameterMetadata[] = [
  NOWHERE,
  { name: 'query', type: 'string', summary: 'the query or mutation' },
  { name: 'variables', type: 'object', summary: 'values of its variables' },
]
const OPERATION: readonly ParameterMetadata[] = [
  { name: 'operation', type: 'string', summary: 'which operation is meant, where the query has several' },
  REQUEST,
]
const SECRETS: ParameterMetadata = {
  name: 'secrets',
  type: 'boolean',
  summary: 'passwords, tokens and cookies, too',
  default: 'false',
}
const GRAPHQL =
  "const server = web.listen(0, {'POST /': req => ({data: {echo: req.json().variables.text}})}, {log: false})"
const ECHO = "'query ($text: String!) { echo(text: $text) }', {text: 'Bonjour'}"

/** Registers them. */
export function describeHttpMore(): void {
  describeNamespace()
  describeOfSession()
  describePages()
  describeMessages()
  describeCurl()
}

function describeNamespace(): void {
  describeMembers('http', {
    paginate: {
      summary:
        'A list that comes in pages, item by item: for (const item of http.paginate(url)) …; a page is asked for when its first item is wanted.',
      usage: 'http.paginate(url, {next, items, limit, pages, method, …})',
      positionals: [NOWHERE],
      parameters: PAGING,
      returns: 'Pages',
      errors: ['SessionError for an error status, pages that go in a circle or lead to another server'],
      example: `${PAGED}; http.paginate(server.url).all(); ${END}`,
      source: 'RFC 8288',
      see: ['Pages', 'http.get'],
    },
    events: {
      summary: 'Opens a session of server-sent events, which is taken up again behind the last one when it is lost.',
      usage: 'http.events(url, {lastEventId, reconnect, eventLimit, timeout, method, history, …})',
      positionals: [NOWHERE],
      parameters: EVENTS,
      returns: 'an EventsSession',
      errors: ['SessionError when the answer is none of events'],
      example: "try { http.events('http://127.0.0.1:1/') } catch (error) { error.code }",
      examples: [{ code: "const stream = http.events('https://example.com/events')", needs: 'network' }],
      source: 'WHATWG HTML §9.2',
      see: ['EventsSession', 'http.websocket', 'http.stream'],
    },
    websocket: {
      summary: 'Opens a WebSocket.',
      usage: 'http.websocket(url, {protocols, json, reconnect, ping, limit, timeout, …})',
      positionals: [{ name: 'url', type: 'string', summary: 'wss://host/path, or ws:// without TLS' }],
      parameters: WEBSOCKET,
      returns: 'a WebSocketSession',
      errors: ['SessionError that says why it is not possible'],
      example: "try { http.websocket('ws://127.0.0.1:1/') } catch (error) { error.code }",
      examples: [{ code: "const ws = http.websocket('wss://example.com/chat', {json: true})", needs: 'network' }],
      source: 'RFC 6455',
      see: ['WebSocketSession', 'http.events'],
    },
    graphql: {
      summary: 'Sends a query of GraphQL, and gives its data; what the server complains of is one error.',
      usage: 'http.graphql(url, query, variables, {operation, …})',
      positionals: QUERY,
      parameters: OPERATION,
      returns: 'the data',
      errors: ['GraphqlError with errors and the data that came all the same'],
      example: `${GRAPHQL}; http.graphql(server.url, ${ECHO}); ${END}`,
      see: ['http.post'],
    },
    curl: {
      summary: 'Carries a curl command out; -o writes the answer to a file, --fail makes an error of a status.',
      usage: "http.curl('curl …')",
      positionals: [{ name: 'command', type: 'string', summary: "the command, as a browser's Copy as cURL gives it" }],
      returns: 'an HttpResponse',
      errors: ['OptionError for an option that is not known, a variable, a second command'],
      example: `const server = web.listen(0, {'POST /': req => req.form()}, {log: false}); http.curl(\`curl -d a=1 \${server.url}\`).json(); ${END}`,
      see: ['http.fromCurl', 'HttpResponse'],
    },
    fromCurl: {
      summary: 'Reads a curl command; shown as the call that does the same.',
      usage: "http.fromCurl('curl …')",
      positionals: [{ name: 'command', type: 'string', summary: 'the command' }],
      returns: 'a CurlRequest: {method, url, options}',
      errors: ['OptionError for an option that is not known, a variable, a second command'],
      example: "http.fromCurl(`curl https://example.com/x -H 'X-A: 1' --json '{\"a\": 1}'`)",
      see: ['http.curl', 'CurlRequest'],
    },
    har: {
      summary: 'Answers with their requests as HAR, which the developer tools of browsers read.',
      usage: 'http.har(answers, {secrets})',
      positionals: [
        {
          name: 'answers',
          type: 'HttpResponse | array | HttpSession',
          summary: 'an answer, several, or those of a session',
        },
      ],
      parameters: [SECRETS],
      returns: 'a Har',
      example: `const server = web.listen(0, 'Hello', {log: false}); http.har(http.get(server.url)); ${END}`.replace(
        "'Hello'",
        "{'GET /': 'Hello'}",
      ),
      source: 'HAR 1.2',
      see: ['Har'],
    },
  })
}

function describeOfSession(): void {
  const around = (server: string, work: string): string =>
    `${server}; const api = http.session(server.url); ${work}; api.close(); ${END}`
  describeMembers('HttpSession', {
    paginate: {
      summary: 'A list that comes in pages, item by item.',
      usage: 'api.paginate(url, {next, items, limit, pages, method, …})',
      positionals: [NOWHERE],
      parameters: PAGING,
      returns: 'Pages',
      example: around(PAGED, "api.paginate('').all()"),
      see: ['http.paginate', 'Pages'],
    },
    serverEvents: {
      summary: "Opens a session of server-sent events with the session's headers, credentials and cookies.",
      usage: 'api.serverEvents(url, {lastEventId, reconnect, …})',
      positionals: [NOWHERE],
      parameters: EVENTS,
      returns: 'an EventsSession',
      example:
        "const api = http.session('http://127.0.0.1:1/'); try { api.serverEvents('x') } catch (error) { error.code }; api.close()",
      see: ['http.events', 'EventsSession'],
    },
    websocket: {
      summary: "Opens a WebSocket with the session's headers, credentials and cookies.",
      usage: 'api.websocket(url, {protocols, json, …})',
      positionals: [NOWHERE],
      parameters: WEBSOCKET,
      returns: 'a WebSocketSession',
      example:
        "const api = http.session('http://127.0.0.1:1/'); try { api.websocket('x') } catch (error) { error.code }; api.close()",
      see: ['http.websocket', 'WebSocketSession'],
    },
    graphql: {
      summary: 'Sends a query of GraphQL, and gives its data.',
      usage: 'api.graphql(url, query, variables, {operation, …})',
      positionals: QUERY,
      parameters: OPERATION,
      returns: 'the data',
      example: around(GRAPHQL, `api.graphql('', ${ECHO})`),
      see: ['http.graphql'],
    },
    har: {
      summary: 'Its answers with their requests as HAR; with the name of a file it is written there.',
      usage: "api.har({secrets}) or api.har('file.har', {secrets})",
      positionals: [{ name: 'file', type: 'string', summary: 'file to write; unset: none', values: 'file' }],
      parameters: [SECRETS],
      returns: 'a Har, or the name of the file',
      example: around(PAGED, "api.get(''); api.har()"),
      see: ['http.har', 'Har'],
    },
  })
}

function describePages(): void {
  const make = `${PAGED}; const pages = http.paginate(server.url)`
  const within = (work: string): string => `${make}; ${work}; ${END}`
  describe('Pages', {
    group: 'Objects',
    summary: 'A list that comes in pages: what http.paginate gives. for (const item of pages) goes through its items.',
    usage: 'pages = http.paginate(url)',
    example: within('for (const item of pages) print(item)'),
    see: ['http.paginate'],
  })
  describeMembers('Pages', {
    ...readMembers('pages', within, { count: 'Pages that came.', taken: 'Items that were taken.' }),
    all: {
      summary: 'All items that are left; Ctrl-C keeps those that came.',
      returns: 'a list',
      example: within('pages.all()'),
    },
    page: {
      summary: 'The next page as it came; null: there is none.',
      returns: 'an HttpResponse',
      example: within('pages.page().status'),
    },
    toString: { summary: 'One line.', example: within('String(pages)') },
    toJSON: { summary: 'Its figures as plain data.', example: within('pages.toJSON()') },
  })
}

function describeMessages(): void {
  const stream = (code: string): string =>
    `const server = web.listen(0, {'GET /': web.reply({type: 'text/event-stream', body: 'data: Bonjour\\n\\n'})}, {log: false}); const stream = http.events(server.url, {reconnect: false}); ${code}; stream.close(); ${END}`
  // There is no server of WebSockets at the prompt.
  const ws = (code: string): string =>
    `try { const ws = http.websocket('ws://127.0.0.1:1/'); ${code} } catch (error) { error.code }`
  const timeout: ParameterMetadata = {
    name: 'timeout',
    type: 'number',
    summary: 'seconds to wait',
    default: 'any time',
  }
  describe('EventsSession', {
    group: 'Objects',
    summary:
      'Server-sent events as they come: what http.events gives. Its events are message (a ServerEvent), and those of all sessions.',
    usage: 'stream = http.events(url)',
    example: stream('for (const event of stream) print(event)'),
    see: ['http.events', 'sessions'],
  })
  const figures = {
    kind: 'What it is.',
    subject: 'Where it is, without what is secret.',
  }
  describeMembers('EventsSession', {
    ...readMembers('stream', stream, figures),
    lastEventId: {
      summary: 'The id of the last event that came, also where nobody has taken it yet; event.id is that of yours.',
      example: stream('stream.lastEventId'),
    },
    recv: {
      summary: 'The next event; waits for it. Null: no more will come.',
      usage: 'stream.recv({timeout})',
      parameters: [timeout],
      returns: 'a ServerEvent: event, data, id, time, json()',
      example: stream('stream.recv({timeout: 5})'),
    },
    toJSON: { summary: 'Its parts as plain data.', example: stream('stream.toJSON()') },
  })
  describe('WebSocketSession', {
    group: 'Objects',
    summary:
      'A WebSocket: what http.websocket gives. Its events are message, and those of all sessions; what a handler of message gives is sent.',
    usage: 'ws = http.websocket(url)',
    example: ws('for (const message of ws) print(message)'),
    see: ['http.websocket', 'sessions'],
  })
  describeMembers('WebSocketSession', {
    ...readMembers('ws', ws, {
      ...figures,
      url: 'Where it is.',
      protocol: "The subprotocol that the server took; '' for none.",
      ended: 'What the other end said when it closed it: {code, reason}.',
    }),
    send: {
      summary: 'Sends a text, bytes or a packet as one message; with json any value.',
      usage: 'ws.send(data)',
      positionals: [{ name: 'data', type: 'string | bytes | any', summary: 'the message' }],
      returns: 'bytes that were sent',
      errors: ['SessionError when it is not open'],
      example: ws("ws.send('Bonjour')"),
    },
    recv: {
      summary: 'The next message; waits for it. Null: no more will come.',
      usage: 'ws.recv({timeout})',
      parameters: [timeout],
      returns: 'a text, bytes, or with json a value',
      example: ws('ws.recv({timeout: 5})'),
    },
    ping: {
      summary: 'Asks for a sign of life.',
      usage: 'ws.ping({timeout})',
      parameters: [{ ...timeout, default: '10' }],
      returns: 'ms that it took',
      example: ws('ws.ping()'),
    },
    close: {
      summary: 'Closes it, and says why.',
      usage: 'ws.close(code, reason)',
      positionals: [
        { name: 'code', type: 'number', summary: '1000 (unset), or one of your own: 3000..4999' },
        { name: 'reason', type: 'string', summary: 'at most 123 bytes' },
      ],
      example: ws("ws.close(4001, 'lunch')"),
    },
    toJSON: { summary: 'Its parts as plain data.', example: ws('ws.toJSON()') },
  })
}

function describeCurl(): void {
  const make = "const asked = http.fromCurl('curl -f -o page.html https://example.com/')"
  describe('CurlRequest', {
    group: 'Objects',
    summary: 'What a curl command asks for: what http.fromCurl gives.',
    usage: "asked = http.fromCurl('curl …')",
    example: make,
    see: ['http.fromCurl', 'http.curl'],
  })
  describeMembers('CurlRequest', {
    ...readMembers('asked', make, {
      method: 'Its method.',
      url: 'Its URL.',
      options: 'Options of the call: headers, json, auth …',
      output: 'File that the answer is written to; true: named as the URL ends.',
      isFailing: 'Whether a status of 400 and more is an error (--fail).',
      ignored: 'Options that mean nothing here.',
    }),
    toString: { summary: 'The call that does the same.', example: `${make}; String(asked)` },
    toJSON: { summary: 'Its parts as plain data.', example: `${make}; asked.toJSON()` },
  })
  const archive =
    "const server = web.listen(0, {'GET /': 'Hello'}, {log: false}); const archive = http.har(http.get(server.url))"
  const within = (work: string): string => `${archive}; ${work}; ${END}`
  describe('Har', {
    group: 'Objects',
    summary: 'Exchanges in the form of HAR 1.2: what http.har gives.',
    usage: 'archive = http.har(answers)',
    example: within('String(archive)'),
    see: ['http.har'],
  })
  describeMembers('Har', {
    ...readMembers('archive', within, { log: 'The archive: {version, creator, entries}.' }),
    save: {
      summary: 'Writes it to a file that only you can read.',
      usage: 'archive.save(file)',
      positionals: [{ name: 'file', type: 'string', summary: 'name of the file', values: 'file' }],
      returns: 'the name of the file',
      example: within("archive.save('/tmp/netshell-example.har')"),
    },
    toString: { summary: 'One line.', example: within('String(archive)') },
    toJSON: { summary: 'As it stands in the file.', example: within('archive.toJSON()') },
  })
}
