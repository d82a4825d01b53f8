import {
  dissect,
  Ether,
  fromHex,
  ICMP,
  IP,
  memoryLinkPair,
  rdpcap,
  sniff,
  stack,
  TCP,
  UDP,
  wrpcap,
} from '../../src/index.js'

// In TypeScript `/` stays division: stack() takes its place.
const echo = stack(IP({ src: '192.168.0.10', dst: '192.168.0.254', id: 1 }), ICMP())
console.log(echo.hex())

// Dissection never throws; get() gives a layer with its typed fields.
const answer = dissect(IP, fromHex('450000280001000040066ecdc0a800fec0a8000a00500400000000000000000150142000a7d60000'))
const port: number | undefined = answer.get(TCP)?.dport
if (port !== undefined) console.log(answer.summary(), port)

// What waits is a Task, a Promise that can be interrupted: here it is awaited by hand.
const [left, right] = memoryLinkPair()
const frame = stack(
  Ether({ src: '02:00:00:00:00:01', dst: '02:00:00:00:00:02' }),
  IP({ src: '10.0.0.1', dst: '10.0.0.2' }),
  UDP({ sport: 4000, dport: 4001 }),
)
const packets = await sniff({ link: right, count: 1, started: () => left.send([frame.bytes()]) })
await wrpcap('one.pcap', packets)
console.log((await rdpcap('one.pcap')).summary())
