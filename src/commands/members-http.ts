/** What help says of HTTP: requests, sessions, answers. What proves who asks, pages, events and the rest have files of their own. */
import { describe, describeMembers, type ParameterMetadata, readMembers } from './metadata.js'

const SERVER =
  "const server = web.listen(0, {'GET /': {hello: 'world'}, 'POST /': req => req.json(), '*': req => req.method}, {log: false})"
const END = 'server.close()'

/** An example with a server around it. */
function within(example: string): string {
  return `${SERVER}; ${example}; ${END}`
}

/** An example with an answer. */
function answered(example: string): string {
  return within(`const res = http.get(server.url); ${example}`)
}

/** An example with a session. */
function inSession(example: string): string {
  return within(`const api = http.session(server.url); ${example}; api.close()`)
}

/** Options that requests have, and sessions as defaults. */
const DEFAULTS: readonly ParameterMetadata[] = [
  { name: 'params', type: 'object | string', summary: 'query parameters; a list comes several times' },
  { name: 'headers', type: 'object', summary: 'header fields; undefined takes away one that the session has' },
  {
    name: 'auth',
    type: 'string | array | object | false',
    summary:
      "who asks: 'user:password', ['user', 'password'], {bearer: token}, http.auth.digest(…), http.auth.oauth(…)",
  },
  {
    name: 'timeout',
    type: 'number',
    summary: 'seconds for all of it; of streams without a byte; 0: any time',
    default: '30',
  },
  {
    name: 'retries',
    type: 'number',
    summary: 'attempts behind the first, where that does no harm: GET and the like, or when nothing was sent',
    default: '2',
  },
  { name: 'redirects', type: 'number', summary: 'redirects that are followed', default: '10; of HEAD 0' },
  {
    name: 'limit',
    type: 'number',
    summary: 'bytes of an answer in memory, compressed and not',
    default: '67108864 (64 MiB)',
  },
  {
    name: 'cache',
    type: 'boolean | string',
    summary: 'keep answers on disk (RFC 9111): true, or a folder',
    default: 'false',
  },
  { name: 'tls', type: 'object', summary: '{ca, cert, key, servername, insecure}' },
  {
    name: 'proxy',
    type: 'string | false',
    summary: "a proxy's URL (http, https, socks5); false: none",
    default: 'https_proxy, http_proxy, all_proxy, no_proxy of the environment',
  },
  { name: 'http2', type: 'boolean', summary: 'HTTP/2 with servers that have it (over TLS)', default: 'false' },
  { name: 'netrc', type: 'boolean', summary: 'look for a password in ~/.netrc', default: 'false' },
]

const BODIES: readonly ParameterMetadata[] = [
  { name: 'json', type: 'any', summary: 'sent as JSON' },
  { name: 'form', type: 'object', summary: 'sent as a form; with files as its text fields' },
  {
    name: 'files',
    type: 'string | array | object',
    summary:
      "files of a form, read while they are sent: 'a.txt', ['a.txt', 'b.txt'], {field: 'a.txt'}, {field: {data, name, type}}",
  },
  { name: 'file', type: 'string', summary: 'a file that is sent as it is' },
  { name: 'body', type: 'string | bytes | stream', summary: 'sent as it is' },
]

const REQUEST: readonly ParameterMetadata[] = [
  ...DEFAULTS,
  { name: 'cookies', type: 'object', summary: 'cookies of this request alone: {name: value}' },
  { name: 'progress', type: 'function', summary: "called while a body goes: ('up' | 'down', bytes, bytes in all)" },
]

const URL_PARAMETER: ParameterMetadata = {
  name: 'url',
  type: 'string | URL',
  summary: 'where to; without a scheme https is meant, http for this machine',
}

const ERRORS = [
  'OptionError for a wrong URL or option',
  'SessionError when there is no answer: code ECONNREFUSED, ENOTFOUND, TIMEOUT, LIMIT, REDIRECTS … An answer such as 404 is no error: see expectOk()',
]

const BODY = ', {json: {a: 1}}'

/** Registers them. */
export function describeHttp(): void {
  describeNamespace()
  describeSession()
  describeResponse()
  describeTransfers()
}

/** A method of requests, in the namespace or in a session. */
function verb(on: string, name: string, summary: string, hasBody: boolean, wrap: (example: string) => string): object {
  const url = on === 'http' ? 'server.url' : "''"
  return {
    summary,
    usage: `${on}.${name}(url, options)`,
    positionals: [URL_PARAMETER],
    parameters: hasBody ? [...BODIES, ...REQUEST] : REQUEST,
    returns: 'a Task of an HttpResponse',
    errors: ERRORS,
    example: wrap(`${on}.${name}(${url}${hasBody && name !== 'delete' ? BODY : ''})`),
    source: name === 'patch' ? 'RFC 5789' : 'RFC 9110 §9.3',
    see: ['HttpResponse', 'http.session'],
  }
}

function verbs(on: string, wrap: (example: string) => string): Record<string, object> {
  return {
    get: verb(on, 'get', 'Asks for what is at a URL.', false, wrap),
    head: verb(on, 'head', 'Asks for the headers of what is at a URL, without the body.', false, wrap),
    options: verb(on, 'options', 'Asks what can be done with a URL.', false, wrap),
    post: verb(on, 'post', 'Sends something to a URL: JSON, a form, files.', true, wrap),
    put: verb(on, 'put', 'Puts something at a URL, in the place of what is there.', true, wrap),
    patch: verb(on, 'patch', 'Changes a part of what is at a URL.', true, wrap),
    delete: verb(on, 'delete', 'Deletes what is at a URL.', true, wrap),
    request: {
      summary: 'Sends a request of any method, such as PURGE.',
      usage: `${on}.request(method, url, options)`,
      positionals: [{ name: 'method', type: 'string', summary: 'GET, PURGE, REPORT …' }, URL_PARAMETER],
      parameters: [...BODIES, ...REQUEST],
      returns: 'a Task of an HttpResponse',
      errors: ERRORS,
      example: wrap(`${on}.request('PURGE', ${on === 'http' ? 'server.url' : "''"}).text()`),
      source: 'RFC 9110 §9',
    },
  }
}

/** What goes from or to the disk, or is read as it comes: in the namespace or in a session. */
function transfers(on: string, wrap: (example: string) => string): Record<string, object> {
  const url = on === 'http' ? 'server.url' : "''"
  return {
    download: {
      summary:
        'Downloads to a file. A connection that breaks is made anew, and what an earlier call has left is gone on with; Ctrl-C keeps what there is.',
      usage: `${on}.download(url, file, options)`,
      positionals: [
        URL_PARAMETER,
        {
          name: 'file',
          type: 'string',
          summary: 'its name, or a folder; unset: what the server calls it',
          values: 'file',
        },
      ],
      parameters: [
        { name: 'resume', type: 'boolean', summary: 'go on where an earlier call ended', default: 'true' },
        { name: 'overwrite', type: 'boolean', summary: 'take the place of the file of that name', default: 'false' },
        ...REQUEST,
      ],
      returns: 'a Task of {file, bytes, resumed, ms, status, url}',
      errors: [...ERRORS, 'SessionError for a status that is not 200 or 206, with code HTTP_404 and so on'],
      example: wrap(`${on}.download(${url}, '/tmp/hello.json', {overwrite: true}).bytes`),
      see: ['http.stream', 'HttpResponse.save', 'serve'],
      source: 'RFC 9110 §14',
    },
    stream: {
      summary: 'Sends a request and gives the answer as soon as its headers are there; the body is read as it comes.',
      usage: `${on}.stream(url, options)`,
      positionals: [URL_PARAMETER],
      parameters: [
        { name: 'method', type: 'string', summary: 'of the request', default: 'GET' },
        ...BODIES,
        ...REQUEST,
      ],
      returns: 'a Task of an HttpStream',
      errors: ERRORS,
      example: wrap(`for (const line of ${on}.stream(${url}).lines()) print(line)`),
      see: ['HttpStream', 'http.download'],
    },
  }
}

function describeNamespace(): void {
  describeMembers('http', {
    ...(verbs('http', within) as never as Parameters<typeof describeMembers>[1]),
    session: {
      summary: 'Opens a session: relative URLs, and headers, credentials and cookies that its requests have in common.',
      usage: 'http.session({base, …options})',
      positionals: [{ name: 'options', type: 'object | string', summary: 'options, or the base alone' }],
      parameters: [
        { name: 'base', type: 'string', summary: 'what relative URLs are relative to: https://api.example.com/v1/' },
        {
          name: 'credentials',
          type: 'object',
          summary: "credentials by URL prefix: {'https://api.example.com/v1/': 'user:password'}",
        },
        {
          name: 'cookies',
          type: 'object | string',
          summary: 'cookies for the base, or the name of a file that keeps them',
          default: 'kept in memory',
        },
        { name: 'history', type: 'number', summary: 'answers that are kept for har() and history', default: '100' },
        ...DEFAULTS,
      ],
      returns: 'an HttpSession, which is open',
      errors: ['OptionError for a wrong option'],
      example: inSession("api.get('/').json().hello"),
      see: ['HttpSession', 'sessions'],
    },
    ...(transfers('http', within) as never as Parameters<typeof describeMembers>[1]),
  })
}

function describeSession(): void {
  describe('HttpSession', {
    group: 'Objects',
    summary:
      'Requests with something in common: what http.session gives. Its event is response, besides those of all sessions.',
    usage: 'api = http.session(base)',
    example: inSession('String(api)'),
    see: ['http.session', 'HttpResponse', 'sessions'],
  })
  describeMembers('HttpSession', {
    ...(verbs('api', inSession) as never as Parameters<typeof describeMembers>[1]),
    ...(transfers('api', inSession) as never as Parameters<typeof describeMembers>[1]),
    ...readMembers('api', inSession, {
      kind: "'http'.",
      subject: 'Its base.',
      base: 'What relative URLs are relative to.',
      auth: 'Who asks, without secrets.',
      cookies: 'Its cookies: list() gives them, clear() takes them away.',
      responses: 'The latest answers.',
      history: 'The same requests and answers as a History.',
    }),
  })
}

function describeResponse(): void {
  describe('HttpResponse', {
    group: 'Objects',
    summary: 'An answer with all of its body: what http.get and the like give.',
    usage: 'res = http.get(url)',
    example: answered('String(res)'),
    see: ['http.get', 'HttpSession'],
  })
  describeMembers('HttpResponse', {
    ...readMembers('res', answered, {
      status: 'The status: 200.',
      statusText: 'What the server says to it: OK.',
      ok: 'Whether the status is 200 to 299.',
      url: 'Where it came from, behind all redirects.',
      method: 'Of the last request: redirects may have made a GET of a POST.',
      headers: "Header fields, by name in any spelling: headers['Content-Type'].",
      rawHeaders: 'All header fields as they came: [name, value].',
      type: "Media type of the body: 'application/json'.",
      length: 'Bytes of the body.',
      bytes: 'The body, decompressed.',
      isText: 'Whether the body is text, by its type.',
      cookies: 'Cookies that it set: {name: value}.',
      history: 'Answers before it: redirects, and those that asked who we are.',
      links: 'Links of the header Link (RFC 8288): {next: url}.',
      timing:
        'Milliseconds: {dns, tcp, tls, firstByte, total}; 0 where a part did not happen, as over a connection that stood.',
      request: 'What was sent: {method, url, headers, text}.',
      remote: 'Address and port of the server.',
      version: "Of HTTP: '1.1', '2'.",
      source: "'network', 'cache', or 'revalidated': from the cache, and the server said that it still holds.",
      time: 'When it was complete.',
    }),
    text: { summary: 'The body as text, in its charset (else UTF-8).', example: answered('res.text()') },
    json: {
      summary: 'The body read as JSON.',
      errors: ['SessionError (code JSON) where it is none'],
      example: answered('res.json().hello'),
    },
    expectOk: {
      summary: 'Gives the answer itself where its status is 200 to 299, and throws otherwise.',
      errors: ['SessionError with code HTTP_404 and so on, and the beginning of the body'],
      example: answered('res.expectOk().json()'),
    },
    save: {
      summary: 'Writes the body to a file, never over another one; gives its name.',
      usage: 'res.save(file)',
      positionals: [
        {
          name: 'file',
          type: 'string',
          summary: 'its name, or a folder; unset: what the server calls it',
          values: 'file',
        },
      ],
      returns: 'a Task of the name, absolute',
      errors: ['OptionError where it cannot be written'],
      example: answered("const name = res.save('/tmp'); sh`rm ${name}`"),
      see: ['http.download'],
    },
    curl: {
      summary: 'The curl command that asks the same.',
      usage: 'res.curl({secrets, lines, follow, insecure, proxy, timeout})',
      parameters: [
        {
          name: 'secrets',
          type: 'boolean',
          summary: 'write passwords and tokens out; unset: variables of the shell in headers, REDACTED in URLs',
          default: 'false',
        },
        { name: 'lines', type: 'boolean', summary: 'each option in a line of its own', default: 'false' },
        { name: 'follow', type: 'boolean', summary: 'follow redirects: -L', default: 'false' },
        { name: 'insecure', type: 'boolean', summary: 'take any certificate: -k', default: 'false' },
        { name: 'proxy', type: 'string', summary: "a proxy's URL: -x" },
        { name: 'timeout', type: 'number', summary: 'seconds that it may take: -m' },
      ],
      returns: 'text',
      example: answered('res.curl()'),
      see: ['http.curl'],
    },
    toString: { summary: 'One line.', example: answered('String(res)') },
    toJSON: { summary: 'Its parts as plain data.', example: answered('res.toJSON()') },
  })
}

function describeTransfers(): void {
  const streamed = (example: string): string =>
    within(`const stream = http.stream(server.url); ${example}; stream.close()`)
  describe('HttpStream', {
    group: 'Objects',
    summary:
      'An answer whose body is read as it comes: what http.stream gives. for (const bytes of stream) goes through it.',
    usage: 'stream = http.stream(url)',
    example: streamed('String(stream)'),
    see: ['http.stream'],
  })
  describeMembers('HttpStream', {
    ...readMembers('stream', streamed, {
      status: 'The status: 200.',
      statusText: 'What the server says to it.',
      ok: 'Whether the status is 200 to 299.',
      url: 'Where it came from.',
      headers: 'Header fields, by name in any spelling.',
      length: 'Bytes that the server says will come; undefined: it does not say.',
    }),
    lines: {
      summary: 'Its lines as they come, to be gone through with for…of.',
      errors: ['SessionError for a line of more than 8 MiB'],
      example: streamed('for (const line of stream.lines()) print(line)'),
    },
    text: {
      summary: 'The rest of the body as text.',
      returns: 'a Task of the text',
      errors: ['SessionError (LIMIT) where it is longer than option limit takes'],
      example: streamed('stream.text()'),
    },
    close: { summary: 'Gives up what has not come.', example: streamed('stream.status') },
    toString: { summary: 'One line.', example: streamed('String(stream)') },
  })
}
