import { sessions } from '../sessions/face/session-list.js'
import { STOP } from '../sessions/face/stop.js'
import { tcp } from '../sessions/tcp/index.js'
import { udp } from '../sessions/udp/index.js'
import type { Entry } from './entry.js'

/** What all sessions have in common, and those over plain sockets. */
export const SESSION_ENTRIES: readonly Entry[] = [
  [
    'tcp',
    tcp,
    () => ({
      summary: 'TCP connections and servers: tcp.connect(host, port) and tcp.listen(port, handler).',
      usage: 'tcp.connect(host, port), tcp.listen(port, handler)',
      example:
        "const server = tcp.listen(0, c => `Bonjour ${c.recvLine()}.`); const s = tcp.connect(server.port); s.send('World\\n'); s.recvAll(); s.close(); server.close()",
      source: 'RFC 9293',
      see: ['tcp.connect', 'tcp.listen', 'udp', 'sessions', 'connections'],
    }),
  ],
  [
    'udp',
    udp,
    () => ({
      summary: 'UDP sockets: udp.listen(port, handler), udp.connect(host, port) and udp.bind(port).',
      usage: 'udp.listen(port, handler), udp.connect(host, port), udp.bind(port)',
      example:
        "const server = udp.listen(0, d => `Bonjour ${d.data}.`); const u = udp.connect('127.0.0.1', server.port); u.send('World'); u.recv(); u.close(); server.close()",
      source: 'RFC 768',
      see: ['udp.listen', 'udp.connect', 'udp.bind', 'tcp', 'sessions'],
    }),
  ],
  [
    'sessions',
    sessions,
    () => ({
      summary: 'The sessions that are open: servers, connections, sockets. Leaving the shell closes them all.',
      usage: 'sessions()',
      returns: 'a SessionList, an array that prints as one line each',
      example: 'sessions()',
      see: ['tcp', 'udp', 'jobs', 'connections'],
    }),
  ],
  [
    'STOP',
    STOP,
    () => ({
      summary: 'What a handler of a session returns to keep the event from the handlers behind it.',
      usage: 'session.on(event, value => STOP)',
      example: "const u = udp.bind(); u.on('message', d => STOP, {priority: -1}); u.close()",
      see: ['Session.on', 'sessions'],
    }),
  ],
]
