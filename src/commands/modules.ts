/** Where the sources of a name are: for `sr1??`. A test looks into the files. */
import { layerByName } from '../packet/index.js'

const MODULES: Readonly<Record<string, readonly string[]>> = {
  'src/exchange/send.ts': ['send', 'sendp'],
  'src/exchange/exchange.ts': ['sr', 'sr1', 'srp', 'srp1'],
  'src/exchange/srloop.ts': ['srloop', 'srploop'],
  'src/exchange/reset-guards.ts': ['suppressReset', 'releasePorts', 'GuardedPorts'],
  'src/exchange/task.ts': ['sleep', 'Task'],
  'src/exchange/sniff.ts': ['sniff'],
  'src/exchange/job.ts': ['bg', 'jobs', 'fg', 'kill', 'Job', 'JobList'],
  'src/exchange/fragments.ts': ['fragment', 'defragment'],
  'src/exchange/reassembler.ts': ['Reassembler'],
  'src/exchange/capture-files.ts': ['rdpcap', 'wrpcap', 'pcapReader'],
  'src/exchange/answer-list.ts': ['ExchangeResult', 'AnswerList', 'AnswerPair'],
  'src/capture/packet-list.ts': ['PacketList'],
  'src/capture/read-packets.ts': ['PcapReader'],
  'src/link/interfaces.ts': ['interfaces'],
  'src/link/routes.ts': ['route', 'mtuTo'],
  'src/link/route-tables.ts': ['routes'],
  'src/link/route-entry.ts': ['RouteEntry'],
  'src/link/rules.ts': ['rules', 'Rule'],
  'src/link/neighbours.ts': ['neighbours'],
  'src/link/namespace.ts': ['namespaces'],
  'src/link/open-link.ts': ['openLink'],
  'src/link/memory-link.ts': ['memoryLinkPair', 'MemoryLink'],
  'src/packet/layer.ts': ['layer', 'bind', 'behave', 'stack', 'dissect'],
  'src/packet/packet.ts': ['Packet'],
  'src/packet/field.ts': ['Field'],
  'src/packet/json-in.ts': ['packetFromJson'],
  'src/packet/bytes.ts': ['hex', 'toHex'],
  'src/packet/checksum.ts': ['checksum'],
  'src/packet/hexdump.ts': ['hexdump'],
  'src/packet/diff.ts': ['diff'],
  'src/tools/practice-network/practice-network.ts': ['practiceNetwork', 'PracticeNetwork', 'PracticeHostList'],
  'src/tools/ping/ping-result.ts': ['PingResult', 'PingHost'],
  'src/tools/traceroute/traceroute-result.ts': ['TracerouteResult', 'TracerouteResults', 'TracerouteHop'],
  'src/tools/scan/scan-result.ts': ['ScanResult', 'ScannedHost'],
  'src/tools/dns/dns-result.ts': ['DnsResult', 'DnsResponse'],
  'src/tools/dns/dns-record.ts': ['DnsRecord'],
  'src/tools/mtu/mtu-result.ts': ['MtuResult'],
  'src/tools/arping/arping-result.ts': ['ArpingResult'],
  'src/tools/dhcp/dhcp-result.ts': ['DhcpResult', 'DhcpOffer'],
  'src/tools/openvpn/openvpn-result.ts': ['OpenvpnResult'],
  'src/tools/replay/replay-result.ts': ['ReplayResult'],
  'src/tools/shell-command/sh.ts': ['sh'],
  'src/tools/connections/netstat-view.ts': ['NetstatView'],
  'src/sessions/app/app.ts': ['app'],
  'src/sessions/app/server.ts': ['AppServer'],
  'src/sessions/app/client.ts': ['AppSession'],
  'src/sessions/nmap/nmap.ts': ['nmap'],
  'src/sessions/nmap/nmap-result.ts': ['NmapResult'],
  'src/sessions/nmap/compare.ts': ['compare'],
  'src/sessions/nmap/comparison.ts': ['Comparison'],
  'src/sessions/face/session.ts': ['Session'],
  'src/sessions/face/session-list.ts': ['sessions', 'SessionList'],
  'src/sessions/face/stop.ts': ['STOP'],
  'src/sessions/face/history.ts': ['History'],
  'src/sessions/face/event-stream.ts': ['EventStream'],
  'src/sessions/stream/stream-session.ts': ['StreamSession'],
  'src/sessions/tcp/index.ts': ['tcp'],
  'src/sessions/tcp/tcp-session.ts': ['TcpSession'],
  'src/sessions/tcp/tcp-client.ts': ['TcpClient'],
  'src/sessions/tcp/tcp-server.ts': ['TcpServer'],
  'src/sessions/tcp/client-list.ts': ['ClientList'],
  'src/sessions/udp/index.ts': ['udp'],
  'src/sessions/udp/udp-session.ts': ['UdpSession'],
  'src/sessions/udp/udp-datagram.ts': ['UdpDatagram'],
  'src/tools/answering/answering-machine.ts': ['answeringMachine'],
  'src/tools/answering/answers.ts': ['answerArp', 'answerEcho', 'answerDns'],
  'src/tools/answering/answer-dhcp.ts': ['answerDhcp'],
  'src/tools/state-machine/state-machine.ts': ['stateMachine'],
  'src/tools/state-machine/machine-result.ts': ['MachineResult'],
  'src/layers/tunnel/openvpn-key.ts': ['openvpnKey', 'openvpnKeys', 'useOpenvpnKey', 'OpenvpnKey'],
  'src/layers/tunnel/openvpn-wrap.ts': ['openvpnWrap', 'openvpnUnwrap'],
  'src/layers/tunnel/wireguard-mac.ts': ['wireguardMac1'],
  'src/layers/web/tls-fingerprints.ts': ['ja3', 'ja3s', 'ja4', 'clientHello', 'serverHello'],
  'src/layers/web/tls-certificates.ts': ['certificates'],
  'src/layers/web/quic.ts': ['openInitial', 'verifyRetry'],
  'src/layers/media/sip.ts': ['sipHeader'],
  'src/layers/media/stun.ts': ['stunIntegrity', 'stunKey', 'stunFingerprintHolds'],
  'src/layers/services/radius-secrets.ts': [
    'radiusAuthenticator',
    'radiusMessageAuthenticator',
    'radiusVerify',
    'radiusHidePassword',
    'radiusRevealPassword',
  ],
  'src/tools/interop/import-hexdump.ts': ['importHexdump'],
  'src/tools/interop/export-packet.ts': ['exportPacket'],
  'src/tools/interop/from-scapy.ts': ['fromScapy'],
  'src/tools/interop/to-scapy.ts': ['toScapy'],
  'src/tools/interop/viewers.ts': ['tcpdump', 'tshark', 'wireshark'],
  'src/repl/help.ts': ['help', 'ls', 'apropos'],
}

const FOLDERS: Readonly<Record<string, string>> = {
  Tools: 'src/tools',
  'Fields of layers': 'src/packet/kinds.ts',
  'Random values': 'src/packet/random.ts',
  Scripts: 'src/commands/script-entries.ts',
}

/** The file, or at least the folder, in which a described name is written; undefined for what has none of its own. */
export function moduleOf(name: string, group = ''): string | undefined {
  const [owner] = name.split('.')
  const known = Object.keys(MODULES).find((file) => MODULES[file]!.includes(owner!))
  if (known !== undefined) return known
  if (layerByName(name) !== undefined) return 'src/layers'
  return FOLDERS[group]
}

/** All names with their files, for tests. */
export function modulesKnown(): [file: string, names: readonly string[]][] {
  return Object.entries(MODULES)
}
