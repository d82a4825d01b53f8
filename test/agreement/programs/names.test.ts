/** Names: DNS over TCP, multicast DNS and LLMNR. DNS over UDP is compared in ../agreement.test.ts. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Lab } from '../../lab/lab.js'
import { startDnsmasq } from '../../lab/servers.js'
import { privately } from './private-folders.js'
import { type Talk, talksAgree } from './talk.js'

const ZONE = 'lab.example'

/** A question as DNS over TCP carries it: its length, header, name, type, class IN. */
function question(id: number, name: string, type: number): Buffer {
  const header = Buffer.from([id >>> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0])
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]))
  const message = Buffer.concat([header, ...labels, Buffer.from([0, 0, type, 0, 1])])
  return Buffer.concat([Buffer.from([message.length >>> 8, message.length & 255]), message])
}

const LOSE_ONE =
  'add table inet loss; add chain inet loss input { type filter hook input priority 0; }; ' +
  'add rule inet loss input tcp sport 53 meta length > 80 limit rate 1/minute burst 1 packets drop'

const overTcp: Talk = {
  name: 'dnsmasq with dig and kdig over TCP: EDNS, long answers, several messages in a segment',
  rows: ['dns-tcp'],
  shows: [
    'dns.length',
    'dns.qry.name',
    'dns.resp.type',
    'dns.a',
    'dns.aaaa',
    'dns.txt',
    'dns.srv.port',
    'dns.rr.udp_payload_size',
  ],
  async talk(lab: Lab) {
    const server = await startDnsmasq(
      lab,
      ...['--local-ttl=600', `--local=/${ZONE}/`, `--host-record=www.${ZONE},192.0.2.17,2001:db8::17`],
      ...[`--mx-host=${ZONE},mail.${ZONE},10`, `--srv-host=_sip._tcp.${ZONE},sip.${ZONE},5060,10,20`],
      ...Array.from('ghijklmnop', (letter) => `--txt-record=${ZONE},${letter.repeat(50)}`),
    )
    const { ipv4, ipv6 } = lab.there
    const names = [`www.${ZONE}`, 'A', `www.${ZONE}`, 'AAAA', ZONE, 'MX', `_sip._tcp.${ZONE}`, 'SRV', `no.${ZONE}`, 'A']
    await lab.exec('here', ['dig', `@${ipv4}`, '+tcp', '+keepopen', '+cookie', '+subnet=192.0.2.0/24', ...names])
    await lab.exec('here', ['kdig', `@${ipv6}`, '+tcp', '+padding=128', '+dnssec', `www.${ZONE}`, 'AAAA'])
    // Longer than a datagram may be without EDNS, so that it is asked for again over TCP.
    await lab.exec('here', ['dig', `@${ipv4}`, '+noedns', ZONE, 'TXT'])
    const questions = [1, 28, 1, 28, 1].map((type, index) => question(100 + index, `www.${ZONE}`, type))
    // The first answer gets lost once, so that the others wait for it and leave together.
    await lab.exec('here', ['nft', LOSE_ONE])
    await lab.exec('here', ['nc', '-N', '-w', '3', ipv4, '53'], { input: Buffer.concat(questions) })
    await lab.exec('here', ['nft', 'delete table inet loss'])
    await server.stop()
  },
}

const SERVICES = '/etc/avahi/services'
/** A service as avahi-daemon takes it from there. */
const SERVICE = `<?xml version="1.0" standalone="no"?><!DOCTYPE service-group SYSTEM "avahi-service.dtd">
<service-group><name>Lab</name><service><type>_ipp._tcp</type><port>631</port>
<txt-record>rp=printers/lab</txt-record><txt-record>note=Room 7</txt-record></service></service-group>
`

const multicast: Talk = {
  name: 'avahi-daemon announces itself and a service, dig asks by multicast',
  // Without the errors that answers get for which nobody waits any more.
  capture: { filter: 'udp' },
  rows: ['mdns'],
  shows: [
    'dns.qry.name',
    'dns.qry.qu',
    'dns.resp.name',
    'dns.resp.cache_flush',
    'dns.a',
    'dns.aaaa',
    'dns.ptr.domain_name',
    'dns.srv.port',
    'dns.srv.target',
    'dns.txt',
  ],
  async talk(lab: Lab) {
    const service = join(lab.folder, 'printer.service')
    writeFileSync(service, SERVICE)
    const configuration = join(lab.folder, 'avahi.conf')
    writeFileSync(
      configuration,
      `[server]\nhost-name=printer\nenable-dbus=no\nallow-interfaces=${lab.there.interfaceName}\n[publish]\npublish-hinfo=yes\n`,
    )
    const avahi = ['avahi-daemon', '--file', configuration, '--no-drop-root', '--no-chroot', '--no-rlimits']
    const withService = ['sh', '-c', `cp ${service} ${SERVICES} && exec "$@"`, 'sh', ...avahi]
    const server = lab.spawn('there', privately(['/run', SERVICES], withService))
    await server.waitFor(/Service "Lab" .*established/)
    await lab.exec('here', ['ip', 'route', 'add', '224.0.0.0/4', 'dev', lab.here.interfaceName])
    // An answer comes from the server's own address, which dig does not take: each question waits for its second.
    const questions = ['printer.local A', 'printer.local AAAA', '_ipp._tcp.local PTR', 'Lab._ipp._tcp.local SRV']
    await Promise.all(
      questions.map((question) =>
        lab.exec('here', ['dig', '@224.0.0.251', '-p', '5353', '+tries=1', '+timeout=1', ...question.split(' ')]),
      ),
    )
    await lab.exec('here', ['ip', 'route', 'delete', '224.0.0.0/4'])
    await server.stop()
  },
}

const llmnr: Talk = {
  name: 'llmnrd with llmnr-query, by IPv4 and IPv6',
  rows: ['llmnr'],
  shows: ['dns.id', 'dns.flags.response', 'dns.qry.name', 'dns.qry.type', 'dns.resp.name', 'dns.a', 'dns.aaaa'],
  async talk(lab: Lab) {
    const server = lab.spawn('there', ['llmnrd', '-6', '-H', 'printer', '-i', lab.there.interfaceName])
    for (const [id, words] of [['-T', 'A'], ['-T', 'AAAA'], ['-6'], ['-6', '-T', 'AAAA']].entries()) {
      const ask = ['llmnr-query', '-I', lab.here.interfaceName, '-t', '300', '-d', String(id + 1), ...words, 'printer']
      const isAnswered = async () => (await lab.exec('here', ask)).stdout.includes('printer')
      await expect.poll(isAnswered, { timeout: 5000 }).toBe(true)
    }
    await server.stop()
  },
}

talksAgree('programs of name services', [overTcp, multicast, llmnr])
