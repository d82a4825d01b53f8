/** What help says of TCP: connecting, listening, what is sent and received. */
import { describe, describeMembers, type ParameterMetadata, readMembers } from './metadata.js'
import { ENCODING, EXPLAIN, HISTORY, HOST, TIMEOUT } from './session-parameters.js'

const PAIR =
  "const server = tcp.listen(0, {message: m => m}, {framing: 'lines'}); const s = tcp.connect('127.0.0.1', server.port, {framing: 'lines'})"
const END = 's.close(); server.close()'
const FRAMING: ParameterMetadata = {
  name: 'framing',
  type: 'string | object',
  summary: "how messages are told apart: 'none', 'lines', 'json', {length: 2}, {until: '\\0'}",
  default: 'none',
}
const LIMIT: ParameterMetadata = {
  name: 'limit',
  type: 'number',
  summary: 'bytes of one message; more is an error',
  default: '1 MiB',
}

/** `example`, with a server and a connection around it. */
export function withTcp(example: string): string {
  return `${PAIR}; ${example}; ${END}`
}

/** The functions of `tcp`. */
export function describeTcpNamespace(): void {
  describeMembers('tcp', {
    connect: {
      summary: 'Connects to a server and gives the session.',
      usage: 'tcp.connect(host, port, {tls, timeout, framing, encoding, limit, reconnect, netns})',
      positionals: [HOST, { name: 'port', type: 'number', summary: '1..65535' }],
      parameters: [
        {
          name: 'tls',
          type: 'boolean | object',
          summary: 'TLS, verified; {ca} is trusted, {insecure: true} trusts anybody; also cert, key, servername',
          default: 'false',
        },
        { name: 'timeout', type: 'number', summary: 'seconds until the connection must stand', default: '10' },
        FRAMING,
        ENCODING,
        LIMIT,
        {
          name: 'reconnect',
          type: 'boolean | object',
          summary: 'connect again when it is lost: {first, longest} seconds, {tries}',
          default: 'false',
        },
        { name: 'netns', type: 'string', summary: 'network namespace, as ip netns names it', values: 'namespace' },
        { name: 'localAddress', type: 'string', summary: 'address of this end' },
        { name: 'localPort', type: 'number', summary: 'port of this end' },
        { name: 'noDelay', type: 'boolean', summary: 'send small messages at once', default: 'true' },
        { name: 'keepAlive', type: 'number', summary: 'seconds of silence before the system asks', default: 'never' },
        HISTORY,
        EXPLAIN,
      ],
      returns: 'a TcpSession',
      errors: [
        'SessionError: nothing listens there, no way to the host, the name is not known, TLS failed, time is over',
      ],
      example: withTcp('s.peer'),
      examples: [{ code: "s = tcp.connect('example.com', 443, {tls: true})", needs: 'network' }],
      see: ['TcpSession', 'tcp.listen'],
    },
    listen: {
      summary:
        'Listens, and calls a function for each client; what it gives is sent, and when it has ended, the connection is closed.',
      usage: 'tcp.listen(port, handler, {host, tls, framing, encoding, limit, clients, idle})',
      positionals: [
        { name: 'port', type: 'number | string', summary: '0: a free one; a path: a unix socket' },
        {
          name: 'handler',
          type: 'function | object',
          summary:
            'of each connection; or {message: (message, connection) => reply, connection, disconnect}; none: server.accept()',
        },
      ],
      parameters: [
        { name: 'host', type: 'string', summary: "address of this machine; '*': all", default: '127.0.0.1' },
        {
          name: 'tls',
          type: 'boolean | object',
          summary: 'TLS; true makes a certificate (server.certificate); {cert, key}; {ca} asks clients for theirs',
          default: 'false',
        },
        FRAMING,
        ENCODING,
        LIMIT,
        { name: 'clients', type: 'number', summary: 'clients at once; others are turned away', default: '20000' },
        {
          name: 'idle',
          type: 'number',
          summary: 'seconds of silence before a client is disconnected',
          default: 'never',
        },
        { name: 'keepAlive', type: 'number', summary: 'seconds of silence before the system asks', default: 'never' },
        { name: 'backlog', type: 'number', summary: 'connections that may wait to be accepted', default: '511' },
        { name: 'log', type: 'boolean', summary: 'say who comes and goes', default: 'true' },
        HISTORY,
        EXPLAIN,
      ],
      returns: 'a TcpServer',
      errors: ['SessionError: the port is in use, or not allowed'],
      example: withTcp('server.port'),
      examples: [
        'const hello = tcp.listen(0, c => `Bonjour ${c.recvLine()}.`); hello.close()',
        "const upper = tcp.listen(0, {message: line => line.toUpperCase()}, {framing: 'lines', tls: true}); upper.close()",
      ],
      see: ['TcpServer', 'TcpClient', 'tcp.connect'],
    },
  })
}

/** What all sessions over streams have. */
export function describeStreams(): void {
  const receive = [TIMEOUT, { ...LIMIT, summary: 'bytes at most' }, ENCODING]
  const nothing = ['SessionError: nothing came in time, or the connection broke']
  describe('StreamSession', {
    group: 'Objects',
    summary: 'Sessions over a stream of bytes: what they send and receive.',
    usage: 's.send(data), s.recv(), s.recvLine()',
    example: withTcp("s.send('hello'); s.recvLine()"),
    see: ['TcpSession', 'Session'],
  })
  describeMembers('StreamSession', {
    ...readMembers('s', withTcp, {
      received: 'Bytes that arrived.',
      sent: 'Bytes that were sent.',
      ended: 'Whether the other end has said that it sends no more.',
    }),
    send: {
      summary:
        'Sends text, bytes or a packet; with framing one message. Waits while the other end does not read as fast.',
      usage: 's.send(data)',
      positionals: [{ name: 'data', type: 'string | Uint8Array | Packet', summary: "with framing 'json' any value" }],
      returns: 'how many bytes that was',
      errors: ['SessionError: it is not open'],
      example: withTcp("s.send('World')"),
    },
    recv: {
      summary: 'What has arrived, at most so many bytes; waits for it. Null: the other end sends no more.',
      usage: 's.recv(count, {timeout, encoding})',
      positionals: [{ name: 'count', type: 'number', summary: 'bytes at most', default: '65536' }],
      parameters: receive,
      errors: nothing,
      example: withTcp("s.send('World'); s.recv(1024)"),
    },
    recvLine: {
      summary: 'The next line, without its end. Null: there is no more.',
      usage: 's.recvLine({timeout, limit, encoding})',
      parameters: receive,
      errors: nothing,
      example: withTcp("s.send('World'); s.recvLine()"),
    },
    recvUntil: {
      summary: 'What comes before a text, which is taken as well; at the end of the stream what is left.',
      usage: 's.recvUntil(delimiter, {timeout, limit, encoding})',
      positionals: [{ name: 'delimiter', type: 'string | Uint8Array', summary: 'text or bytes' }],
      parameters: receive,
      errors: nothing,
      example: withTcp("s.send('a: b'); s.recvUntil(': ')"),
    },
    recvExactly: {
      summary: 'Exactly so many bytes; null at the end.',
      usage: 's.recvExactly(count, {timeout, encoding})',
      positionals: [{ name: 'count', type: 'number', summary: 'bytes' }],
      parameters: receive,
      errors: [...nothing, 'SessionError: the stream ended before'],
      example: withTcp("s.send('World'); s.recvExactly(3)"),
    },
    recvAll: {
      summary: 'All that comes until the other end sends no more.',
      usage: 's.recvAll({timeout, limit, encoding})',
      parameters: receive,
      errors: nothing,
      example: withTcp("s.send('World'); s.end(); s.recvAll()"),
    },
    recvMessage: {
      summary: 'The next message, as framing has them. Null: there is no more.',
      usage: 's.recvMessage({timeout})',
      parameters: [TIMEOUT],
      errors: nothing,
      example: withTcp("s.send('World'); s.recvMessage()"),
    },
    end: {
      summary: 'Says that we send no more (half-close); the other end may go on sending.',
      usage: 's.end()',
      example: withTcp('s.end(); s.recvAll()'),
    },
  })
}

/** Connections, servers and their clients. */
export function describeTcp(): void {
  describe('TcpSession', {
    group: 'Objects',
    summary: 'What tcp.connect gives: a TCP connection.',
    usage: 's = tcp.connect(host, port)',
    example: withTcp('s'),
    source: 'RFC 9293',
    see: ['tcp.connect', 'StreamSession', 'Session'],
  })
  describeMembers('TcpSession', {
    ...readMembers('s', withTcp, {
      remoteAddress: "The other end's address.",
      remotePort: "The other end's port.",
      localAddress: 'Our address.',
      localPort: 'Our port.',
      peer: 'The other end as address:port.',
      local: 'This end as address:port.',
      tls: 'What TLS has agreed on: protocol, cipher, certificate; undefined without.',
    }),
    reset: {
      summary: 'Breaks the connection off: what was not sent is lost, the other end sees a reset.',
      usage: 's.reset()',
      example: withTcp('s.reset()'),
    },
  })
  describe('TcpClient', {
    group: 'Objects',
    summary: 'What a handler of tcp.listen gets: the session with one client.',
    usage: 'tcp.listen(port, connection => …)',
    example: withTcp('server.clients()[0]?.peer'),
    see: ['tcp.listen', 'TcpSession', 'StreamSession'],
  })
  const listening = 'const server = tcp.listen(0); const c = tcp.connect(server.port); const client = server.accept()'
  describeMembers(
    'TcpClient',
    Object.fromEntries(
      Object.entries({
        server: 'The server that it belongs to.',
        since: 'When it connected.',
        data: 'Yours, to keep what belongs to this client.',
        subject: 'The client as address:port.',
      }).map(([name, summary]) => [
        name,
        { summary, example: `${listening}; client.${name}; c.close(); server.close()` },
      ]),
    ),
  )
  describe('TcpServer', {
    group: 'Objects',
    summary: 'What tcp.listen gives: a listening socket with its clients.',
    usage: 'server = tcp.listen(port, handler)',
    example: withTcp('server'),
    see: ['tcp.listen', 'ClientList', 'Session'],
  })
  describeMembers('TcpServer', {
    ...readMembers('server', withTcp, {
      accepted: 'Clients so far.',
      certificate: 'With TLS: the certificate that it shows, PEM; clients may trust it with tls: {ca}.',
      port: 'The port that it listens on.',
      subject: 'Where it listens.',
      localPort: 'The same as port.',
    }),
    clients: {
      summary: 'Its clients now, as a table.',
      usage: 'server.clients()',
      returns: 'a ClientList',
      example: withTcp('server.clients()'),
    },
    broadcast: {
      summary: 'Sends a message to all clients, or to all but one.',
      usage: 'server.broadcast(message, {except})',
      positionals: [{ name: 'message', type: 'string | Uint8Array | any', summary: 'as send takes it' }],
      parameters: [{ name: 'except', type: 'TcpClient', summary: 'the one that does not get it' }],
      returns: 'to how many',
      example: withTcp("server.broadcast('news')"),
    },
    accept: {
      summary: 'The next client, of a server without handlers; waits for one.',
      usage: 'server.accept()',
      returns: 'a TcpClient',
      example: `${listening}; client.send('hello'); c.close(); server.close()`,
    },
  })
  describe('ClientList', {
    group: 'Objects',
    summary: 'What server.clients() gives: an array of connections that prints as a table.',
    usage: 'server.clients()[0]',
    example: withTcp('server.clients().length'),
    see: ['TcpServer.clients'],
  })
  describeMembers('ClientList', {
    toString: { summary: 'The table.', example: withTcp('String(server.clients())') },
    toJSON: { summary: 'The rows as plain data.', example: withTcp('JSON.stringify(server.clients())') },
  })
}
