/** Real traffic for the comparison with tshark: programs of the system talk to each other in the lab, tcpdump writes. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { Lab } from '../lab/lab.js'
import { must } from '../lab/process.js'

const ODD_PACKETS = fileURLToPath(new URL('odd-packets.py', import.meta.url))

/** One capture file and what is in it. */
export interface Capture {
  name: string
  path: string
}

/** Traffic of the lab: what is captured, and how. */
const TALKS: Record<string, [talk: (lab: Lab) => Promise<void>, options?: Parameters<Lab['capture']>[2]]> = {
  ping: [ping],
  fragments: [fragments],
  errors: [icmpErrors],
  tcp: [tcp],
  udp: [udp],
  dns: [dns],
  openvpn: [openvpn],
  nanoseconds: [ping, { arguments: ['--time-stamp-precision=nano'] }],
  cooked: [ping, { interfaceName: 'any', arguments: ['-y', 'LINUX_SLL'] }],
  'cooked-2': [ping, { interfaceName: 'any', arguments: ['-y', 'LINUX_SLL2'] }],
  // Room for all headers, options included; the data is cut.
  cut: [tcp, { arguments: ['-s', '120'] }],
}

/** Names of the captures that are made of packets of Scapy. */
const ODD = ['odd', 'raw', 'loopback']

/** The parts of the pcapng file: several link types, time resolutions and lengths. */
const MERGED = ['ping', 'nanoseconds', 'cooked', 'cut', 'odd', 'raw']

/** Names of all captures that `makeCaptures` makes. */
export const CAPTURE_NAMES = [...Object.keys(TALKS), ...ODD, 'vlan', 'pcapng']

/** Makes all captures in the lab's folder. Takes about 10 s. */
export async function makeCaptures(lab: Lab): Promise<Capture[]> {
  await startNameServer(lab)
  const captures: Capture[] = []
  for (const [name, [talk, options]] of Object.entries(TALKS)) {
    const capture = await lab.capture('here', '', options)
    await talk(lab)
    captures.push({ name, path: await capture.stop() })
  }
  captures.push(...(await oddPackets(lab)), await vlan(lab))
  captures.push(await pcapng(lab, captures))
  return captures
}

/** Both IP versions, other sizes, TOS and flow label, IP options; ARP and neighbour discovery come first. */
async function ping(lab: Lab): Promise<void> {
  const { ipv4, ipv6 } = lab.there
  for (const words of [
    `-s 56 ${ipv4}`,
    `-s 0 ${ipv4}`,
    `-s 1 -Q 0xb8 -M do ${ipv4}`,
    `-R ${ipv4}`,
    `-T tsandaddr ${ipv4}`,
    `-t 7 ${ipv4}`,
    `-s 57 ${ipv6}`,
    `-F 0xabcde -Q 0x28 ${ipv6}`,
  ])
    await lab.exec('here', ['ping', '-n', '-c', '2', '-i', '0.01', '-W', '1', ...words.split(' ')])
  await lab.exec('there', ['ping', '-n', '-c', '1', '-W', '1', lab.here.ipv4])
  // Neighbours that are known are asked again; one that does not exist is only asked for.
  await lab.exec('here', ['ip', 'neighbour', 'flush', 'dev', lab.here.interfaceName])
  await lab.exec('here', ['ping', '-n', '-c', '1', '-W', '1', ipv6])
  await lab.exec('here', ['ping', '-n', '-c', '1', '-W', '0.2', ipv4.replace(/\d+$/, '99')])
}

async function fragments(lab: Lab): Promise<void> {
  for (const address of [lab.there.ipv4, lab.there.ipv6])
    for (const size of ['1473', '3000', '9001'])
      await lab.exec('here', ['ping', '-n', '-c', '1', '-W', '1', '-s', size, address])
}

/** Errors with the packet that caused them inside: port, host, prohibited, time exceeded, fragmentation needed. */
async function icmpErrors(lab: Lab): Promise<void> {
  const { unreachable, distant } = lab.beyond
  const pings = [`-t 1 ${distant}`, `-c 1 ${unreachable}`, `-t 1 -s 1400 ${distant}`, `${behind6(lab)}`]
  for (const words of pings) await lab.exec('here', ['ping', '-n', '-c', '1', '-W', '1', ...words.split(' ')])
  for (const address of [lab.there.ipv4, lab.there.ipv6]) {
    await sendDatagram(lab, address, 4999, '6e6f626f6479')
    await sendDatagram(lab, address, 4999, '78'.repeat(1200))
  }
  await lab.filterPort('tcp', 4998, 'reject')
  for (const address of [lab.there.ipv4, lab.there.ipv6]) await connect(lab, address, 4998, '')
  await lab.exec('there', ['ip', 'route', 'replace', distant, 'via', lab.here.ipv4, 'mtu', '600'])
  await lab.exec('here', ['ping', '-n', '-c', '1', '-W', '0.2', '-s', '1000', '-M', 'do', distant])
}

/** Data both ways, IPv4 and IPv6, with and without ECN, a refused connection, and losses, which bring SACK blocks. */
async function tcp(lab: Lab): Promise<void> {
  const listener = await lab.tcpListener()
  for (const ecn of ['0', '1']) {
    for (const side of ['here', 'there'] as const)
      await lab.exec(side, ['sh', '-c', `echo ${ecn} > /proc/sys/net/ipv4/tcp_ecn`])
    for (const address of [lab.there.ipv4, lab.there.ipv6]) {
      await connect(lab, address, listener.port, '68656c6c6f')
      await connect(lab, address, listener.port, '61', 9000)
      await connect(lab, address, 4997, '')
    }
  }
  const chain = 'add table inet loss; add chain inet loss input { type filter hook input priority 0; };'
  const rule = `add rule inet loss input tcp dport ${listener.port} numgen random mod 8 0 drop`
  await must(['ip', 'netns', 'exec', lab.there.namespace, 'nft', `${chain} ${rule}`])
  await connect(lab, lab.there.ipv4, listener.port, '62', 60_000)
  await must(['ip', 'netns', 'exec', lab.there.namespace, 'nft', 'delete table inet loss'])
  await listener.stop()
}

async function udp(lab: Lab): Promise<void> {
  const listener = await lab.udpListener()
  for (const address of [lab.there.ipv4, lab.there.ipv6])
    for (const size of [0, 1, 18, 1000]) await sendDatagram(lab, address, listener.port, '7a'.repeat(size))
  await listener.stop()
}

const ZONE = 'lab.test'

async function startNameServer(lab: Lab): Promise<void> {
  const server = lab.spawn('there', [
    ...['dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--log-facility=-', '--pid-file', '--user=root'],
    ...['--no-resolv', '--no-hosts', '--local-ttl=3600', `--local=/${ZONE}/`, '--edns-packet-max=4096'],
    ...[`--host-record=www.${ZONE},192.0.2.17,2001:db8::17`, `--cname=alias.${ZONE},www.${ZONE}`],
    ...[`--host-record=many.${ZONE},192.0.2.1`, `--host-record=many.${ZONE},192.0.2.2`],
    ...[`--mx-host=${ZONE},mail.${ZONE},10`, `--mx-host=${ZONE},backup.mail.${ZONE},65535`],
    ...[`--txt-record=${ZONE},v=spf1 -all,second string`, `--txt-record=long.${ZONE},${'t'.repeat(255)}`],
    ...[`--srv-host=_sip._tcp.${ZONE},sip.${ZONE},5060,10,20`, `--ptr-record=_http._tcp.${ZONE},New.${ZONE}`],
    ...[`--naptr-record=${ZONE},10,20,u,E2U+sip,!^.*$!sip:info@${ZONE}!`, `--caa-record=${ZONE},0,issue,ca.example`],
    ...[`--dns-rr=info.${ZONE},13,03:63:70:75:02:6f:73`, '--auth-server=ns.auth.test', '--auth-zone=auth.test'],
    ...['--auth-soa=2026010101,hostmaster.auth.test,1200,600,86400', '--host-record=a.auth.test,192.0.2.33'],
  ])
  await server.waitFor(/started, version/)
}

async function dns(lab: Lab): Promise<void> {
  const questions = [
    [`www.${ZONE}`, 'A'],
    [`www.${ZONE}`, 'AAAA'],
    [`alias.${ZONE}`, 'A'],
    [`many.${ZONE}`, 'A'],
    [ZONE, 'MX'],
    [ZONE, 'TXT'],
    [`long.${ZONE}`, 'TXT'],
    [`_sip._tcp.${ZONE}`, 'SRV'],
    [`_http._tcp.${ZONE}`, 'PTR'],
    [ZONE, 'NAPTR'],
    [ZONE, 'CAA'],
    [`info.${ZONE}`, 'HINFO'],
    [`nothing.${ZONE}`, 'A'],
    ['auth.test', 'SOA'],
    ['auth.test', 'NS'],
    ['example.com', 'A'],
    ['.', 'NS'],
    ['17.2.0.192.in-addr.arpa', 'PTR'],
    [ZONE, 'ANY'],
  ].flat()
  const ask = (server: string, ...options: string[]) =>
    lab.exec('here', ['dig', `@${server}`, '+tries=1', '+timeout=1', ...options, ...questions])
  await ask(lab.there.ipv4)
  await ask(lab.there.ipv6, '+noedns', '+norecurse', '+cdflag', '+noadflag')
  await ask(lab.there.ipv4, '+tcp', '+dnssec', '+subnet=192.0.2.0/24', '+nsid')
}

async function openvpn(lab: Lab): Promise<void> {
  for (const protocol of ['udp', 'tcp'] as const) {
    const server = await lab.openvpn({ protocol, port: 1194 })
    const hello = '386bb63669ecaf40b30000000000'
    if (protocol === 'udp') await sendDatagram(lab, lab.there.ipv4, 1194, hello)
    else await connect(lab, lab.there.ipv4, 1194, `000e${hello}`)
    await server.stop()
  }
}

/** Packets that no program here sends, made with Scapy: other options, messages, headers and link types. */
async function oddPackets(lab: Lab): Promise<Capture[]> {
  await must(['/usr/bin/python3', ODD_PACKETS, lab.folder], { timeout: 30_000 })
  return ODD.map((name) => ({ name, path: join(lab.folder, `${name}.pcap`) }))
}

/** Tagged frames over the wire: the kernel takes the tag out at reception, tcpdump puts it back. */
async function vlan(lab: Lab): Promise<Capture> {
  const script = join(lab.folder, 'vlan.py')
  const addresses = (lab.there.mac + lab.here.mac).replaceAll(':', '')
  const datagram = '45000020000100004011f66b0a0000010a0000021388138900 0c0000 01020304'.replaceAll(' ', '')
  const tags = ['8100600508 00', '8100f00a0800', '88a8200781004064 0800', '810000010800'].map((tag) =>
    tag.replace(' ', ''),
  )
  const frames = tags.map((tag) => `${addresses}${tag}${datagram}`)
  writeFileSync(
    script,
    `import socket\ns = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)\ns.bind(('${lab.here.interfaceName}', 0))\n` +
      frames.map((frame) => `s.send(bytes.fromhex('${frame}'))\n`).join(''),
  )
  const capture = await lab.capture('there')
  await must(['ip', 'netns', 'exec', lab.here.namespace, '/usr/bin/python3', script])
  await capture.waitForPackets(frames.length)
  return { name: 'vlan', path: await capture.stop() }
}

/** The captures of different link types and resolutions again, as one pcapng file with several interfaces. */
async function pcapng(lab: Lab, captures: readonly Capture[]): Promise<Capture> {
  const path = join(lab.folder, 'merged.pcapng')
  const parts = MERGED.map((name) => {
    const part = captures.find((capture) => capture.name === name)
    if (!part) throw new Error(`no capture '${name}' to merge`)
    return part.path
  })
  await must(['mergecap', '-a', '-F', 'pcapng', '-I', 'none', '-w', path, ...parts])
  return { name: 'pcapng', path }
}

const CONNECT = `
  const [address, port, hex, times] = process.argv.slice(1)
  const bytes = Buffer.from(hex.repeat(Number(times)), 'hex')
  const socket = require('node:net').connect({ host: address, port: Number(port) })
  let missing = bytes.length
  const enough = () => { if (missing <= 0) socket.end() }
  socket.on('connect', () => { socket.write(bytes); enough() })
  socket.on('data', (data) => { missing -= data.length; enough() })
  socket.on('error', () => {})
  socket.setTimeout(3000, () => socket.destroy())`

/** Connects, sends bytes as often as told, and closes when as many came back. */
async function connect(lab: Lab, address: string, port: number, hex: string, times = 1): Promise<void> {
  await lab.exec('here', [process.execPath, '-e', CONNECT, address, String(port), hex, String(times)])
}

const DATAGRAM = `
  const [address, port, hex] = process.argv.slice(1)
  const socket = require('node:dgram').createSocket(address.includes(':') ? 'udp6' : 'udp4')
  const end = () => { socket.close(); clearTimeout(timer) }
  const timer = setTimeout(end, 1000)
  socket.on('message', end)
  socket.on('error', end)
  socket.connect(Number(port), address, () => socket.send(Buffer.from(hex, 'hex')))`

/** Sends one datagram and waits for an answer or an error. */
async function sendDatagram(lab: Lab, address: string, port: number, hex: string): Promise<void> {
  await lab.exec('here', [process.execPath, '-e', DATAGRAM, address, String(port), hex])
}

const behind6 = (lab: Lab) => lab.there.ipv6.replace('fd00:86:', 'fd00:87:').replace(/::\d+$/, '::7')
