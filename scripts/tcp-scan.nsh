#!/usr/bin/env netshell
// Open, closed, unreachable: what a SYN to each port brings back.
// In the practice network, which `sudo scripts/lab/lab.sh up` makes:
//   sudo ip netns exec netshell-a ./netshell run scripts/tcp-scan.nsh
// Elsewhere: sudo ./netshell run scripts/tcp-scan.nsh --host 192.168.0.254 --ports 22,80,443,8000-8010

const host = param('host', { type: 'address', default: '10.86.0.2', help: 'whose ports' })
const ports = param('ports', { type: 'ports', default: '22,23,25,80,8080', help: 'which ones' })
const timeout = param('timeout', { type: 'duration', default: 1, help: 'how long to wait for answers' })

function verdict(answer) {
  if (ICMP in answer) return `unreachable (${answer[ICMP].text('type')} ${answer[ICMP].text('code')})`
  const { flags } = answer[TCP]
  if (flags === 'SA') return 'open'
  return flags.includes('R') ? 'closed' : `odd: flags ${flags}`
}

const syn = IP({ dst: host })/TCP({ sport: 45290, dport: ports, flags: 'S' })
const [answered, unanswered] = sr(syn, { timeout, quiet: true })

const results = new Map()
for (const [query, answer] of answered) results.set(query.dport, verdict(answer))
for (const query of unanswered) results.set(query.dport, 'unreachable (no answer)')
for (const [port, result] of [...results].sort(([a], [b]) => a - b)) console.log(`${host} ${port}/tcp ${result}`)
