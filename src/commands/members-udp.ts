/** What help says of UDP. */
import { describe, describeMembers, type ParameterMetadata, readMembers } from './metadata.js'
import { ENCODING, EXPLAIN, HISTORY, HOST, TIMEOUT } from './session-parameters.js'

const PAIR = "const server = udp.listen(0, d => d.data); const u = udp.connect('127.0.0.1', server.port)"
const END = 'u.close(); server.close()'

function withUdp(example: string): string {
  return `${PAIR}; ${example}; ${END}`
}

/** The functions of `udp`. */
export function describeUdpNamespace(): void {
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

/** Sockets and datagrams. */
export function describeUdp(): void {
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
    ...readMembers('u', withUdp, {
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
  const make = `${PAIR}; u.send('World'); const d = u.recvFrom(); ${END}`
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
