/** What help says of: the file server. */
import { describe, describeMembers, readMembers } from './metadata.js'

const SERVER = "const server = serve({name: 'a.txt', data: 'Hello'}, {host: '127.0.0.1', port: 0, qr: false})"
const END = 'server.close()'

/** An example with a server around it. */
function within(example: string): string {
  return `${SERVER}; ${example}; ${END}`
}

/** Registers them. */
export function describeServe(): void {
  describe('FileServer', {
    group: 'Objects',
    summary:
      'A server of files that is open: what serve gives. Its events are download and upload (a transfer is over), and those of all sessions.',
    usage: 'server = serve(what, options)',
    example: within('String(server)'),
    see: ['serve', 'TransferList', 'sessions'],
  })
  describeMembers('FileServer', {
    ...readMembers('server', within, {
      kind: "'serve'.",
      subject: 'Its URL.',
      url: 'The URL to tell others: that of the address which this machine has towards the world.',
      urls: 'All URLs under which it can be reached: {url, iface, isMain}, the main one first.',
      port: 'Its port.',
      what: 'What is served: a name, or how many files.',
      password: 'The password that is asked for, also one that was made; undefined: none.',
      certificate: 'With tls: its certificate, PEM, which clients may be told to trust.',
      downloads: 'How many complete downloads there were; parts of one that a client took one by one count once.',
      uploads: 'How many files came.',
      isReached: 'Whether others than this machine can reach it.',
      history: 'Requests and answers as a History.',
    }),
    transfers: {
      summary: 'Downloads and uploads: the latest that are over, and those that run.',
      returns: 'a TransferList',
      example: within('(await fetch(server.url)).text(); server.transfers()'),
      see: ['TransferList'],
    },
  })
  describe('TransferList', {
    group: 'Objects',
    summary:
      'Transfers of a file server: an array of {direction, client, name, total, done, began, ended, outcome} that prints as a table.',
    usage: 'list = server.transfers()',
    example: within('(await fetch(server.url)).text(); server.transfers()[0].done'),
    see: ['FileServer.transfers'],
  })
  describeMembers('TransferList', {
    toString: { summary: 'The table.', example: within('String(server.transfers())') },
    toJSON: { summary: 'The transfers as plain data.', example: within('JSON.stringify(server.transfers())') },
  })
}
