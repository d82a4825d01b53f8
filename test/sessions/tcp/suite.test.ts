/** What all sessions promise, for the kinds of session over TCP. */
import { TcpSession, tcp } from '../../../src/sessions/index.js'
import { sessionSuite } from '../session-suite.js'
import { closedPort, hangingTls, openAccepted, openTcp, openTls, openUnix, reconnecting } from './kinds.js'

const common = {
  send: (session: TcpSession, text: string) => session.send(text),
  receive: (session: TcpSession) => session.recvMessage(),
}
const failing = (): TcpSession => new TcpSession({ host: '127.0.0.1', port: 1 })

sessionSuite('a TCP connection', {
  ...common,
  open: openTcp,
  hanging: hangingTls,
  failing,
  reconnecting,
  failures: [
    {
      name: 'a port where nothing listens',
      open: async () => await tcp.connect('127.0.0.1', await closedPort()),
      code: 'ECONNREFUSED',
      says: /tcp 127\.0\.0\.1:\d+: .*refused: nothing listens/,
    },
    {
      name: 'a name that does not resolve',
      open: () => tcp.connect('no-such-host.invalid', 80),
      code: 'ENOTFOUND',
      says: /no-such-host\.invalid:80: the name is not known|no name server/,
    },
    {
      name: 'an address that this machine does not have',
      open: () => tcp.connect('127.0.0.1', 80, { localAddress: '192.0.2.1' }),
      code: 'EADDRNOTAVAIL',
      says: /does not have that address/,
    },
    {
      name: 'a unix socket that is not there',
      open: () => tcp.connect('/nowhere/at/all.sock'),
      code: 'ENOENT',
      says: /no such file/,
    },
    {
      name: 'a file that is no socket',
      open: () => tcp.connect('/etc/passwd'),
      code: 'ECONNREFUSED',
      says: /refused|no socket/,
    },
  ],
})

sessionSuite('a unix socket', { ...common, open: openUnix, failing: () => new TcpSession({ path: '/nowhere.sock' }) })

sessionSuite('a TCP connection with TLS', { ...common, open: openTls, hanging: hangingTls })

sessionSuite('a connection that a TCP server accepted', {
  ...common,
  open: openAccepted,
  reopens: false,
  isListed: false,
})
