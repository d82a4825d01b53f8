/**
 * nmap's XML output (nmap.dtd, version 1.05), as far as a port scan has something to say in it, so that programs which read
 * nmap's results read ours.
 */
import type { HiddenPorts, ScanFacts, ScannedHost, ScannedPort, ScanResult } from './scan-result.js'

const VERSION = '1.05'

/** The whole document. */
export function scanXml(result: ScanResult): string {
  const { facts, hosts, startedAt, duration } = result
  const start = Math.floor(startedAt)
  const end = Math.floor(startedAt + duration)
  const shown = hosts.filter(({ state }) => state !== 'down' || !facts.discovery)
  const summary = `netshell done at ${timeText(end)}; ${facts.addresses} IP address${facts.addresses === 1 ? '' : 'es'} (${result.up.length} host${result.up.length === 1 ? '' : 's'} up) scanned in ${duration.toFixed(2)} seconds`
  const up = shown.filter(({ state }) => state !== 'down').length
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE nmaprun>',
    '<!-- Written by netshell, in the form of nmap: nmap.dtd knows no other scanner. -->',
    element('nmaprun', {
      scanner: 'nmap',
      args: `netshell scan ${facts.targets}`,
      start,
      startstr: timeText(start),
      version: '1.0',
      xmloutputversion: VERSION,
    }),
    ...scanInfo(facts),
    '<verbose level="0"/>',
    '<debugging level="0"/>',
    ...shown.map((host) => hostXml(host, facts, start, end)),
    '<runstats>',
    element(
      'finished',
      {
        time: end,
        timestr: timeText(end),
        summary,
        elapsed: duration.toFixed(2),
        exit: result.interrupted ? 'error' : 'success',
        ...(result.interrupted ? { errormsg: 'interrupted' } : {}),
      },
      true,
    ),
    element('hosts', { up, down: Math.max(0, facts.addresses - up), total: facts.addresses }, true),
    '</runstats>',
    '</nmaprun>',
    '',
  ].join('\n')
}

function scanInfo(facts: ScanFacts): string[] {
  return facts.types.map((type) => {
    const udp = type === 'udp'
    return element(
      'scaninfo',
      {
        type,
        protocol: udp ? 'udp' : 'tcp',
        numservices: udp ? facts.udpCount : facts.tcpCount,
        services: udp ? facts.udpPorts : facts.tcpPorts,
      },
      true,
    )
  })
}

function hostXml(host: ScannedHost, { discovery, onlyOpen }: ScanFacts, start: number, end: number): string {
  // nmap, told not to look who is there, takes every host for up and says that the user said so.
  const isUp = host.state === 'up' || (host.state === 'unknown' && !discovery)
  const reason = host.state === 'unknown' ? 'user-set' : host.state === 'down' ? 'no-response' : host.reason
  const ports = onlyOpen ? host.ports.filter(({ state }) => state.startsWith('open')) : host.ports
  const lines = [
    element('host', { starttime: start, endtime: end }),
    element('status', { state: isUp ? 'up' : 'down', reason, reason_ttl: 0 }, true),
    element('address', { addr: host.address, addrtype: host.address.includes(':') ? 'ipv6' : 'ipv4' }, true),
  ]
  if (host.mac !== undefined) lines.push(element('address', { addr: host.mac.toUpperCase(), addrtype: 'mac' }, true))
  lines.push('<hostnames>')
  if (host.name !== undefined) lines.push(element('hostname', { name: host.name, type: 'user' }, true))
  lines.push('</hostnames>')
  if (ports.length > 0 || host.notShown.length > 0)
    lines.push('<ports>', ...host.notShown.map(hiddenXml), ...ports.map(portXml), '</ports>')
  if (host.rtt !== undefined) {
    const microseconds = Math.round(host.rtt * 1e6)
    lines.push(element('times', { srtt: microseconds, rttvar: microseconds, to: 100_000 }, true))
  }
  lines.push('</host>')
  return lines.join('\n')
}

function hiddenXml({ state, count, reasons, protocol, ports }: HiddenPorts): string {
  // Which ports belong to which reason is known only where there is one reason.
  const only = Object.keys(reasons).length === 1
  return [
    element('extraports', { state, count }),
    ...Object.entries(reasons).map(([reason, number]) =>
      element('extrareasons', { reason, count: number, proto: protocol, ...(only ? { ports } : {}) }, true),
    ),
    '</extraports>',
  ].join('\n')
}

function portXml({ port, protocol, state, reason, ttl, service }: ScannedPort): string {
  const named = service === undefined ? '' : element('service', { name: service, method: 'table', conf: 3 }, true)
  return `${element('port', { protocol, portid: port })}${element('state', { state, reason, reason_ttl: ttl ?? 0 }, true)}${named}</port>`
}

function element(name: string, attributes: Record<string, string | number>, empty = false): string {
  const text = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escaped(String(value))}"`)
    .join('')
  return `<${name}${text}${empty ? '/' : ''}>`
}

/** What XML 1.0 (§2.2, §2.4) does not let stand in an attribute. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

/** As ctime(3): `Sat Jan  2 03:04:05 2027`. */
function timeText(seconds: number): string {
  const date = new Date(seconds * 1000)
  const [weekday, month, day, year] = date.toDateString().split(' ') as [string, string, string, string]
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${date.toTimeString().slice(0, 8)} ${year}`
}
