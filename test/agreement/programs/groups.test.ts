import type { Lab, Side } from '../../lab/lab.js'
import { must } from '../../lab/process.js'
import { bridged } from './bridged.js'
import { type Talk, talksAgree } from './talk.js'

/**
 * A member of groups that does what each line says (join, leave, and the same with a source: allow, block), then prints 'done'.
 * The kernel tells the routers. Numbers of the options: linux/in.h, which Python does not know.
 */
const MEMBER = `
import socket, struct, sys
JOIN, LEAVE, JOIN_SOURCE, LEAVE_SOURCE, BLOCK, UNBLOCK = 42, 45, 46, 47, 43, 44
OPTIONS = {'join': JOIN, 'leave': LEAVE, 'allow': JOIN_SOURCE, 'disallow': LEAVE_SOURCE, 'block': BLOCK, 'unblock': UNBLOCK}
index = socket.if_nametoindex(sys.argv[1])
sockets = {}
def packed(text):
    if ':' in text:
        return struct.pack('=HHI16sI100x', socket.AF_INET6, 0, 0, socket.inet_pton(socket.AF_INET6, text), 0)
    return struct.pack('=HH4s120x', socket.AF_INET, 0, socket.inet_aton(text))
for line in sys.stdin:
    verb, *words = line.split()
    six = ':' in words[0]
    key = words[0]
    if key not in sockets:
        sockets[key] = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM)
    request = struct.pack('=I4x', index) + b''.join(packed(word) for word in words)
    sockets[key].setsockopt(socket.IPPROTO_IPV6 if six else socket.IPPROTO_IP, OPTIONS[verb], request)
    print('done', line.strip(), flush=True)
`

async function set(lab: Lab, side: Side, setting: string, value: number): Promise<void> {
  const write = `echo ${value} > /proc/sys/net/${setting}`
  await must(['ip', 'netns', 'exec', lab[side].namespace, 'sh', '-c', write])
}

/** A process `here` that joins and leaves, line by line. Each line waits until the kernel has told of it. */
async function memberSays(lab: Lab, lines: readonly string[]): Promise<void> {
  const child = lab.spawn('here', ['python3', '-u', '-c', MEMBER, lab.here.interfaceName])
  const filter = `(igmp and src host ${lab.here.ipv4}) or (ether src ${lab.here.mac} and ip6[6] = 0 and ip6[40] = 58)`
  const watcher = lab.spawn('here', ['tcpdump', '-i', lab.here.interfaceName, '-n', '-l', '--immediate-mode', filter])
  await watcher.waitFor(/listening on/)
  for (const line of lines) {
    const [before, told] = [watcher.mark(), child.mark()]
    child.write(`${line}\n`)
    await child.waitFor(/done/, { from: told })
    await watcher.waitFor(/ > /, { from: before })
  }
  await watcher.stop()
  await child.stop()
}

/** A querier `there`, which the bridge of the kernel is, and a member `here`. */
async function queried(lab: Lab, settings: readonly string[], lines: readonly string[]): Promise<void> {
  const querier = ['mcast_snooping', '1', 'mcast_querier', '1', 'mcast_last_member_interval', '20', ...settings]
  const watcher = lab.spawn('here', ['tcpdump', '-i', lab.here.interfaceName, '-n', '-l', '--immediate-mode', QUERIES])
  await watcher.waitFor(/listening on/)
  await bridged(lab, { there: querier }, async () => {
    await watcher.waitFor(/ > /)
    await memberSays(lab, lines)
  })
  await watcher.stop()
}

const QUERIES = 'igmp[0] = 0x11 or (ip6[6] = 0 and ip6[40] = 58 and ip6[48] = 130)'

const igmp = (version: 1 | 2 | 3, shows: readonly string[], lines: readonly string[]): Talk => ({
  name: `the kernel as member and querier of IGMP version ${version}`,
  rows: ['igmp'],
  shows: ['igmp.type', 'igmp.checksum', 'igmp.maddr', ...shows],
  capture: { filter: 'igmp' },
  async talk(lab: Lab) {
    await set(lab, 'here', 'ipv4/conf/all/force_igmp_version', version)
    await queried(lab, ['mcast_igmp_version', version === 3 ? '3' : '2'], lines)
  },
})

const mld = (version: 1 | 2, shows: readonly string[], lines: readonly string[]): Talk => ({
  name: `the kernel as member and querier of MLD version ${version}`,
  rows: ['mld', 'ipv6-extensions'],
  shows: ['icmpv6.type', 'icmpv6.checksum', 'icmpv6.mld.multicast_address', 'ipv6.opt.router_alert', ...shows],
  capture: { filter: 'ip6' },
  async talk(lab: Lab) {
    await set(lab, 'here', 'ipv6/conf/all/force_mld_version', version)
    await queried(lab, ['mcast_mld_version', `${version}`], lines)
  },
})

talksAgree('multicast groups of programs', [
  // The highest version first: who has heard a querier of a lower one keeps to it for minutes.
  igmp(
    3,
    ['igmp.num_grp_recs', 'igmp.record_type', 'igmp.saddr', 'igmp.num_src', 'igmp.qqic'],
    [
      'join 239.1.1.1',
      'allow 239.1.1.3 192.0.2.7',
      'block 239.1.1.1 192.0.2.9',
      'disallow 239.1.1.3 192.0.2.7',
      'leave 239.1.1.1',
    ],
  ),
  igmp(2, [], ['join 239.1.1.1', 'join 239.1.1.2', 'leave 239.1.1.1']),
  igmp(1, [], ['join 239.1.1.1']),
  mld(
    2,
    [
      'icmpv6.mldr.mar.record_type',
      'icmpv6.mldr.mar.source_address',
      'icmpv6.mldr.mar.multicast_address',
      'icmpv6.mld.qqi',
    ],
    [
      'join ff15::1:1',
      'allow ff35::1:3 2001:db8::7',
      'block ff15::1:1 2001:db8::9',
      'disallow ff35::1:3 2001:db8::7',
      'leave ff15::1:1',
    ],
  ),
  mld(1, ['icmpv6.mld.maximum_response_delay'], ['join ff15::1:1', 'leave ff15::1:1']),
])
