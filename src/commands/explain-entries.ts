import { explain } from '../sessions/explain/index.js'
import type { Entry } from './entry.js'

/** What shows sessions as packets. */
export const EXPLAIN_ENTRIES: readonly Entry[] = [
  [
    'explain',
    explain,
    () => ({
      summary:
        'Shows the packets of a session, of a capture, or of what a function does, as a ladder: handshake, data, close, and what went wrong.',
      usage: 'explain(session), explain(packets), explain(() => …, {all, width})',
      positionals: [
        {
          name: 'what',
          type: 'session | PacketList | function',
          summary:
            'a session of tcp or udp opened with {explain: true}; packets; or a function that is run while its connections are recorded',
        },
      ],
      parameters: [
        { name: 'all', type: 'boolean', summary: 'draw every packet and every conversation', default: 'false' },
        { name: 'width', type: 'number', summary: 'columns', default: 'those of the terminal' },
      ],
      returns: 'a Ladder; of a session that is not recorded yet, an empty one, and the recording begins',
      errors: ['LinkError without the right to capture', 'OptionError for what has no packets, such as a unix socket'],
      example:
        "explain([IP({src: '10.0.0.1', dst: '10.0.0.2'})/TCP({sport: 40000, dport: 80}), IP({src: '10.0.0.2', dst: '10.0.0.1'})/TCP({sport: 80, dport: 40000, flags: 'RA', ack: 1})])",
      examples: [
        {
          code: "const server = tcp.listen(0, {message: m => m}, {framing: 'lines'}); const s = tcp.connect(server.port, {framing: 'lines', explain: true}); s.send('hello'); s.recv(); s.close(); server.close(); explain(s)",
          needs: 'root',
        },
        {
          code: "const server = tcp.listen(0, c => c.recvLine()); explain(() => { const s = tcp.connect(server.port); s.send('hello\\n'); s.recvAll(); s.close() }); server.close()",
          needs: 'root',
        },
      ],
      see: ['Ladder', 'tcp.connect', 'tcp.listen', 'udp.connect', 'sniff', 'PacketList.conversations', 'rights'],
    }),
  ],
]
