/** What all sessions promise, for UDP. */
import { type UdpDatagram as Datagram, UdpSession, udp } from '../../../src/sessions/index.js'
import { startPeer } from '../peer.js'
import { type Opened, sessionSuite } from '../session-suite.js'

async function open(connected: boolean): Promise<Opened<UdpSession> & { target: string }> {
  const peer = await startPeer('udp')
  const target = `127.0.0.1:${peer.port}`
  const session = await (connected ? udp.connect(target) : udp.bind(0, { host: '127.0.0.1' }))
  return {
    session,
    target,
    peerSends(text) {
      peer.order({ do: 'to', port: session.port })
      peer.send(text)
    },
    peerGets: (text) => peer.gets(text),
    done: () => peer.kill(),
  }
}

const common = {
  receive: (session: UdpSession) => session.recv(),
  textOf: (message: string | Datagram) => (typeof message === 'string' ? message : message.data),
}

sessionSuite('a connected UDP socket', {
  ...common,
  open: () => open(true),
  send: (session, text) => session.send(text),
  failing: () => new UdpSession({ host: '192.0.2.1', port: 0 }, undefined),
  failures: [
    {
      name: 'a name that does not resolve',
      open: () => udp.connect('no-such-host.invalid', 53),
      code: 'ENOTFOUND',
      says: /no-such-host\.invalid:53: the name is not known/,
    },
    {
      name: 'an address that this machine does not have',
      open: () => udp.bind(0, { host: '192.0.2.1' }),
      code: 'EADDRNOTAVAIL',
      says: /does not have that address/,
    },
    {
      name: 'a port in use',
      open: async () => {
        const first = await udp.bind(0, { host: '127.0.0.1' })
        try {
          return await udp.bind(first.port)
        } finally {
          await first.close()
        }
      },
      code: 'EADDRINUSE',
      says: /port (\d+ )?is in use/,
    },
  ],
})

const targets = new WeakMap<UdpSession, string>()

sessionSuite('a UDP socket that is not connected', {
  ...common,
  open: async () => {
    const opened = await open(false)
    targets.set(opened.session, opened.target)
    return opened
  },
  send: (session, text) => session.send(text, targets.get(session)),
})
