/** How hosts get addresses: DHCP and DHCPv6. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab } from '../../lab/lab.js'
import type { Child } from '../../lab/process.js'
import { startDnsmasq } from '../../lab/servers.js'
import { type Talk, talksAgree } from './talk.js'

/** dhclient with its files in the lab's folder; it changes nothing where `script` does nothing. */
function dhclient(lab: Lab, name: string, words: readonly string[], script = '/bin/true'): string[] {
  const file = (ending: string) => join(lab.folder, `${name}.${ending}`)
  writeFileSync(
    file('conf'),
    [
      'send host-name "walker";',
      'send dhcp-lease-time 300;',
      'send vendor-class-identifier "walker 1";',
      'request subnet-mask, routers, domain-name-servers, domain-name, domain-search, ntp-servers, interface-mtu;',
      'also request dhcp6.domain-search, dhcp6.name-servers, dhcp6.sntp-servers;',
      'supersede dhcp-renewal-time 1;',
      'timeout 5; retry 1; initial-interval 1; initial-delay 0;',
      '',
    ].join('\n'),
  )
  const files = ['-cf', file('conf'), '-lf', file('leases'), '-pf', file('pid'), '-sf', script]
  return ['dhclient', '-v', ...words, ...files, lab.here.interfaceName]
}

const dhcp: Talk = {
  name: 'dnsmasq with dhclient and nmap: a lease, renewed, released and declined; information alone',
  rows: ['dhcp'],
  capture: { filter: 'udp port 67 or udp port 68' },
  shows: [
    'dhcp.option.dhcp',
    'dhcp.id',
    'dhcp.hw.mac_addr',
    'dhcp.ip.client',
    'dhcp.ip.your',
    'dhcp.option.router',
    'dhcp.option.domain_name_server',
    'dhcp.option.domain_name',
    'dhcp.option.ntp_server',
    'dhcp.option.interface_mtu',
    'dhcp.option.requested_ip_address',
    'dhcp.option.request_list_item',
    'dhcp.option.renewal_time_value',
    'dhcp.option.hostname',
    'dhcp.option.vendor_class_id',
  ],
  async talk(lab: Lab) {
    const network = lab.there.ipv4.replace(/\d+$/, '')
    const leased = `${network}77`
    const options = {
      router: `${network}2`,
      'dns-server': `${network}4,${network}5`,
      'ntp-server': `${network}3`,
      mtu: '1400',
      'domain-search': 'a.example,b.example',
    }
    const server = await startDnsmasq(
      lab,
      ...[
        '--port=0',
        '--no-ping',
        `--interface=${lab.there.interfaceName}`,
        '--bind-interfaces',
        '--domain=lab.example',
      ],
      ...[`--dhcp-leasefile=${join(lab.folder, 'dnsmasq.leases')}`, `--dhcp-range=${network}100,${network}120,300`],
      ...[`--dhcp-host=${lab.here.mac},${leased}`, '--dhcp-boot=pxelinux.0,boot,10.0.0.9'],
      ...Object.entries(options).map(([name, value]) => `--dhcp-option=option:${name},${value}`),
    )
    // What is renewed is sent to the leased address, which somebody has to answer for.
    await lab.exec('here', ['ip', 'address', 'add', `${leased}/32`, 'dev', lab.here.interfaceName])
    const client = lab.spawn('here', dhclient(lab, 'four', ['-4', '-d', '-1']))
    const renewed = /DHCPACK[\s\S]*DHCPREQUEST[\s\S]*DHCPACK/
    await client.waitFor(renewed)
    await lab.exec('here', dhclient(lab, 'four', ['-4', '-r']))
    await client.exited
    const refusing = lab.spawn('here', dhclient(lab, 'refuse', ['-4', '-d', '-1'], '/bin/false'))
    await server.waitFor(/DHCPDECLINE/)
    await refusing.stop()
    await lab.exec('here', ['nmap', '-n', '-Pn', '-sU', '-p', '67', '--script', 'dhcp-discover', lab.there.ipv4])
    await server.stop()
    await lab.exec('here', ['ip', 'address', 'delete', `${leased}/32`, 'dev', lab.here.interfaceName])
  },
}

/** dhcpd of version 6 for the network of the lab, ready when it listens. */
async function startDhcpd6(lab: Lab): Promise<Child> {
  const network = lab.there.ipv6.replace(/::\d+$/, '')
  const file = (ending: string) => join(lab.folder, `dhcpd6.${ending}`)
  writeFileSync(file('leases'), '')
  writeFileSync(
    file('conf'),
    [
      'default-lease-time 8; preferred-lifetime 4; option dhcp-renewal-time 1; option dhcp-rebinding-time 2;',
      `option dhcp6.name-servers ${network}::53; option dhcp6.domain-search "a.example", "b.example";`,
      `option dhcp6.sntp-servers ${network}::123; option dhcp6.info-refresh-time 3600; option dhcp6.preference 200;`,
      `subnet6 ${network}::/64 { range6 ${network}::100 ${network}::1ff; prefix6 2001:db8:100:: 2001:db8:1f0:: /44; }`,
      '',
    ].join('\n'),
  )
  const files = ['-cf', file('conf'), '-lf', file('leases'), '-pf', file('pid')]
  const server = lab.spawn('there', ['dhcpd', '-6', '-d', '-f', ...files, lab.there.interfaceName])
  await server.waitFor(/Server starting service|Sending on/)
  return server
}

const dhcp6: Talk = {
  name: 'dhcpd with dhclient -6: address, prefix, renewed, rebound, released; information alone',
  rows: ['dhcpv6'],
  capture: { filter: 'udp port 546 or udp port 547' },
  shows: [
    'dhcpv6.msgtype',
    'dhcpv6.xid',
    'dhcpv6.option.type',
    'dhcpv6.duid.type',
    'dhcpv6.iaaddr.ip',
    'dhcpv6.iaaddr.valid_lifetime',
    'dhcpv6.iaprefix.pref_addr',
    'dhcpv6.iaprefix.pref_len',
    'dhcpv6.requested_option_code',
    'dhcpv6.option_preference',
    'dhcpv6.dns_server',
  ],
  async talk(lab: Lab) {
    const server = await startDhcpd6(lab)
    await lab.exec('here', dhclient(lab, 'inform', ['-6', '-S', '-1']))
    const client = lab.spawn('here', dhclient(lab, 'six', ['-6', '-d', '-1', '-N', '-P']))
    await client.waitFor(/RCV: Reply[\s\S]*XMT: Renew[\s\S]*RCV: Reply/)
    // Whom the server does not answer, asks all servers.
    const mark = client.mark()
    server.kill('SIGSTOP')
    await client.waitFor(/XMT: Rebind/, { from: mark })
    server.kill('SIGCONT')
    await client.waitFor(/XMT: Rebind[\s\S]*RCV: Reply/, { from: mark })
    await lab.exec('here', dhclient(lab, 'six', ['-6', '-r', '-N', '-P']))
    await client.stop()
    await server.stop()
  },
}

talksAgree('programs that get addresses', [dhcp, dhcp6])
