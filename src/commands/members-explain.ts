/** What help says of ladders. */
import { describe, describeMembers, readMembers } from './metadata.js'

const LADDER =
  "const l = explain(IP({src: '10.0.0.1', dst: '10.0.0.2'})/UDP({sport: 40000, dport: 53})/DNS({qd: [DNSQR({qname: 'example.org'})]}))"

/** Registers them. */
export function describeExplain(): void {
  describe('Ladder', {
    group: 'Objects',
    summary: 'What explain gives: conversations as ladders, an arrow for each packet. It prints as such.',
    usage: 'l = explain(session)',
    example: `${LADDER}; l`,
    see: ['explain'],
  })
  describeMembers('Ladder', {
    ...readMembers('l', LADDER, {
      packets: 'The packets that it is made of, a PacketList.',
      conversations: 'The conversations: {protocol, client, server, steps, phases, isTls}.',
      counts: 'Packets and bytes by what they are for: {packets, data, headers, handshake, close, retransmissions, …}.',
      summary: 'A table with a line for each conversation, and what all of them cost.',
    }),
    text: {
      summary: 'The ladder as text.',
      usage: 'l.text({width, all, paint})',
      parameters: [
        { name: 'width', type: 'number', summary: 'columns', default: 'those of the terminal' },
        { name: 'all', type: 'boolean', summary: 'every packet and every conversation', default: 'false' },
        { name: 'paint', type: 'function', summary: 'gives a text its look: (role, text, layer)' },
      ],
      example: `${LADDER}; l.text({width: 60}).length`,
    },
    toString: { summary: 'The ladder without colours.', usage: 'l.toString()', example: `${LADDER}; String(l).length` },
    toJSON: {
      summary: 'Conversations, phases, packets and counts as plain data.',
      usage: 'l.toJSON()',
      example: `${LADDER}; JSON.stringify(l).length`,
    },
  })
}
