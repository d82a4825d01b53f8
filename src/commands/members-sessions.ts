/** What help says of sessions: what all have in common, TCP, UDP. */
import { readMembers } from './members-system.js'
import { describe, describeMembers, type Metadata, type ParameterMetadata } from './metadata.js'

const PAIR =
  "const server = tcp.listen(0, {message: m => m}, {framing: 'lines'}); const s = tcp.connect('127.0.0.1', server.port, {framing: 'lines'})"
const END = 's.close(); server.close()'
const UDP_PAIR = "const server = udp.listen(0, d => d.data); const u = udp.connect('127.0.0.1', server.port)"
const UDP_END = 'u.close(); server.close()'

const HOST: ParameterMetadata = {
  name: 'host',
  type: 'string | number',
  summary: "name or address; 'host:port' in one; a port alone is one of this machine; a path is a unix socket",
}
const ENCODING: ParameterMetadata = {
  name: 'encoding',
  type: 'string',
  summary: "what bytes become: text of this encoding, or 'bytes'",
  default: 'utf8',
  choices: ['utf8', 'latin1', 'ascii', 'utf16le', 'bytes'],
}
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
const HISTORY: ParameterMetadata = {
  name: 'history',
  type: 'number',
  summary: 'messages that history keeps',
  default: '1000',
}
const EXPLAIN: ParameterMetadata = {
  name: 'explain',
  type: 'boolean',
  summary: 'record its packets for explain(); needs the right to capture',
  default: 'false',
}
const TIMEOUT: ParameterMetadata = { name: 'timeout', type: 'number', summary: 'seconds', default: 'none' }

/** Registers them. */
export function describeSessions(): void {
  describeSession()
  describeNamespaces()
  describeStreams()
  describeTcp()
  describeUdp()
}

/** `example`, with the sessions around it. */
function within(example: string): string {
  return `${PAIR}; ${example}; ${END}`
}

function withUdp(example: string): string {
  return `${UDP_PAIR}; ${example}; ${UDP_END}`
}

/** Members that are read, of the sessions that the examples open. */
function fields(
  open: (example: string) => string,
  name: string,
  all: Record<string, string>,
): Record<string, Metadata> {
  return Object.fromEntries(
    Object.entries(all).map(([field, summary]) => [field, { summary, example: open(`${name}.${field}`) }]),
  )
}

function describeSession(): void {
  describe('Session', {
    group: 'Objects',
    summary: 'What all sessions have: a state, events, a history, and a way to close them.',
    usage: 's.state, s.on(event, handler), s.history, s.close()',
    example: within('String(s)'),
    see: ['sessions', 'tcp', 'udp'],
  })
  describeMembers('Session', {
    ...fields(within, 's', {
      number: 'Its number, as sessions() shows it.',
      kind: "What it is, such as 'tcp'.",
      subject: 'With whom, or where.',
      history: 'What was exchanged, the latest at the end: a History.',
      error: 'Why it failed or was lost; else undefined.',
      opened: 'When it was opened.',
      state: "'new', 'opening', 'open', 'reconnecting', 'closing', 'closed' or 'failed'.",
      isOpen: 'Whether it can be used.',
      label: 'What it is called in messages.',
    }),
    open: {
      summary: 'Opens it; one that was closed, again.',
      usage: 's.open()',
      returns: 'the session',
      errors: ['SessionError that says why it cannot be'],
      example: within('s.close(); s.open(); s.isOpen'),
    },
    close: {
      summary:
        'Closes it; what was sent is still delivered, for at most two seconds. Ctrl-C meanwhile ends it at once.',
      usage: 's.close()',
      example: within('s.close()'),
    },
    wait: {
      summary: 'Waits until it is over: for scripts that serve until Ctrl-C.',
      usage: 's.wait()',
      example: within('const over = bg(() => s.wait()); s.close(); over.wait()'),
    },
    on: {
      summary: 'Calls a function for each event of a name. It may wait; what it throws is shown and ends nothing.',
      usage: 's.on(event, handler, {priority, once})',
      positionals: [
        {
          name: 'event',
          type: 'string',
          summary: 'open, close, error, reconnect, and those of its kind',
          values: 'event',
        },
        {
          name: 'handler',
          type: 'function',
          summary: 'gets what the event has; STOP keeps it from the handlers behind',
        },
      ],
      parameters: [
        { name: 'priority', type: 'number', summary: 'lower ones come first', default: '0' },
        { name: 'once', type: 'boolean', summary: 'only for the first event', default: 'false' },
      ],
      returns: 'the session',
      errors: ['OptionError for an event that it does not have'],
      example: within("s.on('message', m => console.log(m)); s.send('hello')"),
      see: ['STOP'],
    },
    off: {
      summary: 'Takes a handler away, or all of an event.',
      usage: 's.off(event, handler)',
      positionals: [
        { name: 'event', type: 'string', summary: 'its name', values: 'event' },
        { name: 'handler', type: 'function', summary: 'the one that was given to on(); unset: all' },
      ],
      returns: 'the session',
      example: within("s.off('message')"),
    },
    events: {
      summary: 'Events as they come, to be gone through: {event, time, value, values}.',
      usage: 's.events(...names)',
      positionals: [{ name: 'names', type: 'string', summary: 'only these; unset: all', values: 'event' }],
      returns: 'an EventStream, for a for…of loop',
      example: within("const all = s.events('message'); s.send('hello'); for (const e of all) { e.value; break }"),
      see: ['EventStream'],
    },
    toString: {
      summary: 'One line: what it is, with whom, how it is, what went through.',
      example: within('String(s)'),
    },
    toJSON: { summary: 'Number, kind, subject, state and error.', example: within('JSON.stringify(s)') },
  })
  describe('History', {
    group: 'Objects',
    summary: 'What a session has exchanged: the latest messages, each with its time and direction.',
    usage: 's.history',
    example: within('s.history'),
    see: ['Session.history'],
  })
  describeMembers('History', {
    ...fields(within, 's.history', {
      length: 'How many messages are kept.',
      dropped: 'Messages that were forgotten.',
      isKept: 'Whether messages are kept at all.',
    }),
    at: {
      summary: 'One message: {time, direction, length, data}; -1 is the latest.',
      usage: 's.history.at(index)',
      positionals: [{ name: 'index', type: 'number', summary: 'from 0, or from the end below 0' }],
      example: within("s.send('hello'); s.history.at(-1).data"),
    },
    toArray: { summary: 'The messages as an array.', example: within('s.history.toArray().length') },
    toString: { summary: 'A line a message.', example: within('String(s.history)') },
    toJSON: { summary: 'The messages as plain data.', example: within('JSON.stringify(s.history)') },
  })
  describe('EventStream', {
    group: 'Objects',
    summary: 'Events of a session as they come, for a for…of loop.',
    usage: 'for (const {event, value} of s.events()) …',
    example: within('const all = s.events(); all.return()'),
    see: ['Session.events'],
  })
  describeMembers('EventStream', {
    dropped: { summary: 'Events that were dropped because nobody took them.', example: within('s.events().dropped') },
    next: {
      summary: 'The next event; a for…of loop calls it.',
      example: within('const all = s.events(); all.return(); all.next()'),
    },
    return: { summary: 'Ends it, as break in a loop does.', example: within('s.events().return()') },
  })
  describe('SessionList', {
    group: 'Objects',
    summary: 'What sessions gives: an array of sessions that prints as one line each.',
    usage: 'sessions()[0]',
    example: 'sessions().length',
    see: ['sessions'],
  })
  describeMembers('SessionList', { toString: { summary: 'A line a session.', example: 'String(sessions())' } })
}

function describeNamespaces(): void {
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
      example: within('s.peer'),
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
      example: within('server.port'),
      examples: [
        'const hello = tcp.listen(0, c => `Bonjour ${c.recvLine()}.`); hello.close()',
        "const upper = tcp.listen(0, {message: line => line.toUpperCase()}, {framing: 'lines', tls: true}); upper.close()",
      ],
      see: ['TcpServer', 'TcpClient', 'tcp.connect'],
    },
  })
  const bound: ParameterMetadata[] = [
    { name: 'host', type: 'string', summary: "our address; '*': all", default: '127.0.0.1 where a port is given' },
    ENCODING,
    { name: 'broadcast', type: 'boolean', summary: 'sending to broadcast addresses is allowed', default: 'false' },
    { name: 'group', type: 'string | list', summary: 'multicast groups that are joined' },
    { name: 'iface', type: 'string', summary: 'interface for multicast: its address; of IPv6 its name' },
    { name: 'ttl', type: 'number', summary: 'hops of multicast, 0..255', default: '1' },
    { name: 'loopback', type: 'boolean', summary: 'this machine hears its own multicast', default: 'true' },
    { name: 'share', type: 'boolean', summary: 'others may bind the same port', default: 'only with group' },
    HISTORY,
    EXPLAIN,
  ]
  const port: ParameterMetadata = { name: 'port', type: 'number', summary: '0: a free one', default: '0' }
  describeMembers('udp', {
    bind: {
      summary: 'A UDP socket of this port, for any other end.',
      usage: 'udp.bind(port, {host, encoding, broadcast, group, iface, ttl, loopback, share})',
      positionals: [port],
      parameters: bound,
      returns: 'a UdpSession',
      errors: ['SessionError: the port is in use, or not allowed'],
      example: withUdp("const any = udp.bind(); any.send('x', '127.0.0.1', server.port); any.recvFrom(); any.close()"),
      see: ['UdpSession', 'udp.listen'],
    },
    connect: {
      summary: 'A UDP socket for one other end: only its datagrams arrive, and send needs no address.',
      usage: 'udp.connect(host, port, {host, localPort, encoding, broadcast, ttl})',
      positionals: [HOST, { name: 'port', type: 'number', summary: '1..65535' }],
      parameters: [...bound, { name: 'localPort', type: 'number', summary: 'our port', default: 'a free one' }],
      returns: 'a UdpSession',
      errors: ['SessionError: the name is not known, no route'],
      example: withUdp("u.send('World'); u.recv()"),
      see: ['UdpSession', 'udp.listen'],
    },
    listen: {
      summary: 'Calls a function for each datagram; what it gives is sent back to who sent it.',
      usage: 'udp.listen(port, handler, {host, encoding, broadcast, group, iface, ttl, loopback, share})',
      positionals: [port, { name: 'handler', type: 'function', summary: 'of a UdpDatagram and the session' }],
      parameters: bound,
      returns: 'a UdpSession',
      errors: ['SessionError: the port is in use, or not allowed'],
      example: withUdp("u.send('World'); u.recv()"),
      see: ['UdpDatagram', 'UdpSession', 'udp.connect'],
    },
  })
}

function describeStreams(): void {
  const receive = [TIMEOUT, { ...LIMIT, summary: 'bytes at most' }, ENCODING]
  const nothing = ['SessionError: nothing came in time, or the connection broke']
  describe('StreamSession', {
    group: 'Objects',
    summary: 'Sessions over a stream of bytes: what they send and receive.',
    usage: 's.send(data), s.recv(), s.recvLine()',
    example: within("s.send('hello'); s.recvLine()"),
    see: ['TcpSession', 'Session'],
  })
  describeMembers('StreamSession', {
    ...fields(within, 's', {
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
      example: within("s.send('World')"),
    },
    recv: {
      summary: 'What has arrived, at most so many bytes; waits for it. Null: the other end sends no more.',
      usage: 's.recv(count, {timeout, encoding})',
      positionals: [{ name: 'count', type: 'number', summary: 'bytes at most', default: '65536' }],
      parameters: receive,
      errors: nothing,
      example: within("s.send('World'); s.recv(1024)"),
    },
    recvLine: {
      summary: 'The next line, without its end. Null: there is no more.',
      usage: 's.recvLine({timeout, limit, encoding})',
      parameters: receive,
      errors: nothing,
      example: within("s.send('World'); s.recvLine()"),
    },
    recvUntil: {
      summary: 'What comes before a text, which is taken as well; at the end of the stream what is left.',
      usage: 's.recvUntil(delimiter, {timeout, limit, encoding})',
      positionals: [{ name: 'delimiter', type: 'string | Uint8Array', summary: 'text or bytes' }],
      parameters: receive,
      errors: nothing,
      example: within("s.send('a: b'); s.recvUntil(': ')"),
    },
    recvExactly: {
      summary: 'Exactly so many bytes; null at the end.',
      usage: 's.recvExactly(count, {timeout, encoding})',
      positionals: [{ name: 'count', type: 'number', summary: 'bytes' }],
      parameters: receive,
      errors: [...nothing, 'SessionError: the stream ended before'],
      example: within("s.send('World'); s.recvExactly(3)"),
    },
    recvAll: {
      summary: 'All that comes until the other end sends no more.',
      usage: 's.recvAll({timeout, limit, encoding})',
      parameters: receive,
      errors: nothing,
      example: within("s.send('World'); s.end(); s.recvAll()"),
    },
    recvMessage: {
      summary: 'The next message, as framing has them. Null: there is no more.',
      usage: 's.recvMessage({timeout})',
      parameters: [TIMEOUT],
      errors: nothing,
      example: within("s.send('World'); s.recvMessage()"),
    },
    end: {
      summary: 'Says that we send no more (half-close); the other end may go on sending.',
      usage: 's.end()',
      example: within('s.end(); s.recvAll()'),
    },
  })
}

function describeTcp(): void {
  describe('TcpSession', {
    group: 'Objects',
    summary: 'What tcp.connect gives: a TCP connection.',
    usage: 's = tcp.connect(host, port)',
    example: within('s'),
    source: 'RFC 9293',
    see: ['tcp.connect', 'StreamSession', 'Session'],
  })
  describeMembers('TcpSession', {
    ...fields(within, 's', {
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
      example: within('s.reset()'),
    },
  })
  describe('TcpClient', {
    group: 'Objects',
    summary: 'What a handler of tcp.listen gets: the session with one client.',
    usage: 'tcp.listen(port, connection => …)',
    example: within('server.clients()[0]?.peer'),
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
    example: within('server'),
    see: ['tcp.listen', 'ClientList', 'Session'],
  })
  describeMembers('TcpServer', {
    ...fields(within, 'server', {
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
      example: within('server.clients()'),
    },
    broadcast: {
      summary: 'Sends a message to all clients, or to all but one.',
      usage: 'server.broadcast(message, {except})',
      positionals: [{ name: 'message', type: 'string | Uint8Array | any', summary: 'as send takes it' }],
      parameters: [{ name: 'except', type: 'TcpClient', summary: 'the one that does not get it' }],
      returns: 'to how many',
      example: within("server.broadcast('news')"),
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
    example: within('server.clients().length'),
    see: ['TcpServer.clients'],
  })
  describeMembers('ClientList', {
    toString: { summary: 'The table.', example: within('String(server.clients())') },
    toJSON: { summary: 'The rows as plain data.', example: within('JSON.stringify(server.clients())') },
  })
}

function describeUdp(): void {
  describe('UdpSession', {
    group: 'Objects',
    summary: 'What udp.bind, udp.connect and udp.listen give: a UDP socket.',
    usage: "u = udp.bind(); u.send('text', host, port)",
    example: withUdp('u'),
    source: 'RFC 768',
    see: ['udp', 'UdpDatagram', 'Session'],
  })
  const timeout = { parameters: [TIMEOUT], errors: ['SessionError: nothing came in time, or the other end refuses'] }
  const group = { name: 'group', type: 'string', summary: 'a multicast address' }
  const iface = {
    name: 'iface',
    type: 'string',
    summary: 'interface: its address; of IPv6 its name',
    default: 'the system chooses',
  }
  describeMembers('UdpSession', {
    ...fields(withUdp, 'u', {
      received: 'Bytes that came.',
      sent: 'Bytes that were sent.',
      dropped: 'Datagrams that were lost because nobody took them.',
      port: 'Our port.',
      local: 'Our address and port.',
      peer: "The other end, of a connected socket; else ''.",
      localPort: 'The same as port.',
      remoteAddress: 'Address of the other end, of a connected socket.',
      remotePort: 'Its port.',
      subject: 'The other end, or our own address and port.',
    }),
    send: {
      summary: 'Sends a datagram with text, bytes or a packet. UDP does not tell whether it arrives.',
      usage: 'u.send(data, target, port)',
      positionals: [
        { name: 'data', type: 'string | Uint8Array | Packet', summary: 'what it carries' },
        {
          name: 'target',
          type: 'string | object',
          summary: "'host:port', a host, or {host, port} as a datagram has; none when connected",
        },
        { name: 'port', type: 'number', summary: 'of the host' },
      ],
      returns: 'how many bytes that was',
      errors: ['SessionError: too big, no route, the name is not known'],
      example: withUdp("u.send('World'); u.recv()"),
    },
    recv: {
      summary: 'What the next datagram carries; waits for one.',
      usage: 'u.recv({timeout})',
      ...timeout,
      example: withUdp("u.send('World'); u.recv({timeout: 2})"),
    },
    recvFrom: {
      summary: 'The next datagram with its sender; waits for one.',
      usage: 'u.recvFrom({timeout})',
      ...timeout,
      returns: 'a UdpDatagram',
      example: withUdp("u.send('World'); u.recvFrom()"),
    },
    join: {
      summary: 'Joins a multicast group.',
      usage: 'u.join(group, iface)',
      positionals: [group, iface],
      returns: 'the session',
      example: "const u = udp.bind(); u.join('239.1.2.3', '127.0.0.1'); u.close()",
    },
    leave: {
      summary: 'Leaves a multicast group.',
      usage: 'u.leave(group, iface)',
      positionals: [group, iface],
      returns: 'the session',
      example: "const u = udp.bind(); u.join('239.1.2.3', '127.0.0.1').leave('239.1.2.3', '127.0.0.1'); u.close()",
    },
  })
  const make = `${UDP_PAIR}; u.send('World'); const d = u.recvFrom(); ${UDP_END}`
  describe('UdpDatagram', {
    group: 'Objects',
    summary: 'A datagram as it came, with its sender.',
    usage: 'd.data, d.host, d.port',
    example: `${make}; d`,
    see: ['UdpSession.recvFrom', 'udp.listen'],
  })
  describeMembers('UdpDatagram', {
    ...readMembers('d', make, {
      bytes: 'What it carries, as bytes.',
      host: 'Address of the sender.',
      port: 'Port of the sender.',
      data: "What it carries, as the session's encoding says: mostly text.",
      peer: 'The sender as address:port.',
      length: 'Bytes that it carries.',
    }),
    toString: { summary: 'Sender and text in one line.', example: `${make}; String(d)` },
    toJSON: { summary: 'Sender and text as plain data.', example: `${make}; JSON.stringify(d)` },
  })
}
