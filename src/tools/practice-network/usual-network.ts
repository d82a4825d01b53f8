import type { PracticeArea, PracticeHost, PracticeRouter } from './plan.js'

/** Addresses of the user's side. */
export const USER = {
  mac: '02:00:0a:00:00:01',
  ipv4: '10.0.0.1',
  ipv6: 'fd00:10::1',
  linkLocal: 'fe80::aff:fe00:1',
  gateway4: '10.0.0.254',
  gateway6: 'fd00:10::fe',
} as const

/** The user's link. */
export const LINK = { ipv4: '10.0.0.0', prefix4: 24, ipv6: 'fd00:10::', prefix6: 64, mtu: 1500 } as const

export const USUAL_ROUTERS: readonly PracticeRouter[] = [
  {
    name: 'gateway',
    ipv4: USER.gateway4,
    ipv6: USER.gateway6,
    about: 'the way to everything else; DHCP, DNS',
    tcp: { 53: 'dns', 80: 'http' },
    udp: { 53: 'dns', 67: 'dhcp' },
  },
  { name: 'core', ipv4: '10.0.1.1', ipv6: 'fd00:10:1::1', behind: 'gateway', delay: 0.001 },
  {
    name: 'dark',
    ipv4: '10.0.2.1',
    ipv6: 'fd00:10:2::1',
    behind: 'core',
    silent: true,
    about: 'answers nothing: * in a traceroute',
  },
  {
    name: 'labels',
    ipv4: '10.0.3.1',
    ipv6: 'fd00:10:3::1',
    behind: 'dark',
    delay: 0.002,
    labels: [16001, 3],
    about: 'shows its MPLS labels',
  },
  {
    name: 'tunnel',
    ipv4: '10.0.4.1',
    ipv6: 'fd00:10:4::1',
    behind: 'core',
    mtu: 1400,
    about: 'passes on 1400 bytes, and says so',
  },
  {
    name: 'hole',
    ipv4: '10.0.5.1',
    ipv6: 'fd00:10:5::1',
    behind: 'core',
    mtu: 1380,
    blackHole: true,
    about: 'passes on 1380 bytes, and says nothing',
  },
]

export const USUAL_HOSTS: readonly PracticeHost[] = [
  {
    name: 'server',
    ipv4: '10.0.0.2',
    ipv6: 'fd00:10::2',
    about: 'many services',
    tcp: {
      7: 'echo',
      9: 'discard',
      22: { greeting: 'SSH-2.0-practice\r\n' },
      25: 'drop',
      53: 'dns',
      80: 'http',
      135: 'prohibited',
      1194: 'openvpn',
      8808: 'greeting',
    },
    udp: { 7: 'echo', 9: 'discard', 53: 'dns', 135: 'prohibited', 161: 'drop', 1194: 'openvpn' },
  },
  {
    name: 'printer',
    ipv4: '10.0.0.3',
    ipv6: 'fd00:10::3',
    about: 'behind a firewall',
    tcp: { 631: 'http', 9100: 'discard' },
    tcpElse: 'drop',
    udpElse: 'drop',
  },
  {
    name: 'slow',
    ipv4: '10.0.0.4',
    ipv6: 'fd00:10::4',
    about: 'answers after 20 to 30 ms',
    delay: 0.02,
    jitter: 0.01,
    tcp: { 7: 'echo', 80: 'http' },
    udp: { 7: 'echo' },
  },
  {
    name: 'lossy',
    ipv4: '10.0.0.5',
    ipv6: 'fd00:10::5',
    about: 'loses a third, doubles a tenth',
    loss: 1 / 3,
    duplicates: 0.1,
    tcp: { 7: 'echo', 80: 'http' },
    udp: { 7: 'echo' },
  },
  { name: 'silent', ipv4: '10.0.0.6', ipv6: 'fd00:10::6', about: 'is there, and says nothing', silent: true },
  {
    name: 'far',
    ipv4: '10.1.0.10',
    ipv6: 'fd00:11::10',
    behind: 'labels',
    about: 'four routers away',
    tcp: { 7: 'echo', 22: { greeting: 'SSH-2.0-practice\r\n' }, 80: 'http' },
    udp: { 7: 'echo', 53: 'dns' },
  },
  {
    name: 'narrow',
    ipv4: '10.2.0.10',
    ipv6: 'fd00:12::10',
    behind: 'tunnel',
    tcp: { 7: 'echo', 80: 'http' },
    udp: { 7: 'echo' },
  },
  {
    name: 'hidden',
    ipv4: '10.3.0.10',
    ipv6: 'fd00:13::10',
    behind: 'hole',
    tcp: { 7: 'echo', 80: 'http' },
    udp: { 7: 'echo' },
  },
]

export const USUAL_AREAS: readonly PracticeArea[] = [
  { network: '10.4.0.0/16', behind: 'core', answer: 'prohibited' },
  { network: 'fd00:14::/32', behind: 'core', answer: 'prohibited' },
  { network: '10.5.0.0/16', behind: 'core', answer: 'silent' },
  { network: 'fd00:15::/32', behind: 'core', answer: 'silent' },
]
