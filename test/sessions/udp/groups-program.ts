/** Hears or sends one datagram, in a lab: `hear GROUP PORT IFACE`, `send TARGET PORT IFACE`. What hears answers whoever sent. */
import { networkInterfaces } from 'node:os'
import { tcp, udp } from '../../../src/sessions/index.js'

const [what = '', address = '', port = '0', iface = ''] = process.argv.slice(2)

const ipv4 = networkInterfaces()[iface]?.find(({ family }) => family === 'IPv4')?.address ?? ''
const isGroup = /^(239\.|ff)/.test(address)
const multicast = isGroup ? { iface: address.includes(':') ? iface : ipv4 } : {}

if (what === 'hear') {
  const u = await udp.bind(Number(port), isGroup ? { group: address, ...multicast } : { host: '*' })
  console.log(`port ${u.port}`)
  const datagram = await u.recvFrom()
  console.log(`heard ${datagram.data} from ${datagram.peer}`)
  await u.send(`heard ${datagram.data}`, { host: datagram.host, port: datagram.port })
  await u.close()
} else if (what === 'send') {
  const u = await udp.bind(0, { host: address.includes(':') ? '::' : '*', broadcast: !isGroup, ...multicast })
  await u.send('Bonjour', { host: address, port: Number(port) })
  console.log(`answer ${await u.recv({ timeout: 20 })}`)
  await u.close()
} else if (what === 'forbidden') {
  const u = await udp.bind()
  await u.send('x', { host: address, port: Number(port) }).catch((error) => console.log(error.code, error.message))
  await u.close()
} else {
  const s = await tcp.connect(address, Number(port))
  await s.send('Bonjour')
  console.log(s.subject, await s.recv())
  await s.close()
}
