/** Servers of the system, in `there` of a lab: in the foreground, with all of their files in the lab's folder, ready when these resolve. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab, Side } from './lab.js'
import type { Child } from './process.js'

/** dnsmasq with what `words` say; without them it serves nothing but names that it does not know. */
export async function startDnsmasq(lab: Lab, ...words: string[]): Promise<Child> {
  const server = lab.spawn('there', [
    ...['dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--log-facility=-', '--pid-file', '--user=root'],
    ...['--no-resolv', '--no-hosts', ...words],
  ])
  await server.waitFor(/started/)
  return server
}

/** snmpd, which gives `public` all to read and `private` to write, and knows the user `reader` of version 3. */
export async function startSnmpd(lab: Lab): Promise<Child> {
  const configuration = join(lab.folder, 'snmpd.conf')
  writeFileSync(
    configuration,
    [
      'rocommunity public',
      'rwcommunity private',
      `agentaddress udp:${lab.there.ipv4}:161`,
      'sysLocation Room 7',
      `createUser reader SHA "${SNMP_USER.authentication}" AES "${SNMP_USER.privacy}"`,
      'rouser reader',
      '',
    ].join('\n'),
  )
  const files = ['-C', '-c', configuration, '-p', join(lab.folder, 'snmpd.pid')]
  const server = lab.spawn('there', ['snmpd', '-f', '-Lo', ...files], { environment: snmpFolder(lab) })
  await server.waitFor(/NET-SNMP version/)
  return server
}

/** Passphrases of the user `reader`. */
export const SNMP_USER = { authentication: 'a long passphrase', privacy: 'another passphrase' }

/** Where the programs of Net-SNMP keep what they remember. */
export const snmpFolder = (lab: Lab): Record<string, string> => ({ SNMP_PERSISTENT_DIR: join(lab.folder, 'snmp') })

/** ntpd with these lines of configuration, which leaves the clock of the machine alone. */
export function spawnNtpd(lab: Lab, side: Side, ...lines: string[]): Child {
  const configuration = join(lab.folder, `ntp-${side}.conf`)
  // Without a line of its own, who sends control messages gets no answer.
  const asked = ['127.0.0.1', lab.here.ipv4, lab.here.ipv6].map((address) => `restrict ${address}`)
  writeFileSync(configuration, `${['disable ntp', ...asked, ...lines].join('\n')}\n`)
  const files = ['-c', configuration, '-f', join(lab.folder, `ntp-${side}.drift`)]
  return lab.spawn(side, ['setpriv', '--bounding-set=-sys_time', '--inh-caps=-sys_time', 'ntpd', '-n', ...files])
}

/** ntpd as a server of stratum 4 that has no other; ready after 3 s, when it says so. */
export async function startNtpd(lab: Lab, ...lines: string[]): Promise<Child> {
  const server = spawnNtpd(lab, 'there', 'tos orphan 4 orphanwait 1', ...lines)
  await until(lab, 'there', ['ntpq', '-n', '-c', 'rv', '127.0.0.1'], /stratum=4/)
  return server
}

/** Runs a program again and again until it prints what is waited for. @throws Error after 10 s */
export async function until(lab: Lab, side: Side, argv: readonly string[], pattern: RegExp): Promise<void> {
  const end = Date.now() + 10_000
  for (;;) {
    const { stdout, stderr } = await lab.exec(side, argv)
    if (pattern.test(stdout) || pattern.test(stderr)) return
    if (Date.now() > end)
      throw new Error(`'${argv.join(' ')}' did not print ${pattern} within 10 s: ${stdout}${stderr}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** What the RADIUS server and its clients share. */
export const RADIUS_SECRET = 'a shared secret'

/** freeradius, which knows `bob` with the password `hello`, takes accounting and changes of authorization. */
export async function startRadius(lab: Lab): Promise<Child> {
  const listener = (type: string, port: number) =>
    `listen {\n    type = ${type}\n    ipaddr = ${lab.there.ipv4}\n    port = ${port}\n  }`
  const folder = join(lab.folder, 'radius')
  mkdirSync(folder)
  writeFileSync(
    join(folder, 'users'),
    'bob Cleartext-Password := "hello"\n  Reply-Message = "Come in", Session-Timeout = 600, Framed-IP-Address = 192.0.2.7,\n' +
      '  Class = 0x0102, Framed-IPv6-Prefix = 2001:db8::/64, Cisco-AVPair = "shell:priv-lvl=15", Tunnel-Type:1 = VLAN\n',
  )
  writeFileSync(
    join(folder, 'radiusd.conf'),
    `run_dir = ${folder}
logdir = ${folder}
libdir = /usr/lib/freeradius
pidfile = ${folder}/pid
correct_escapes = true
security {
  reject_delay = 0
  status_server = yes
}
client lab {
  ipaddr = ${lab.here.ipv4}/24
  secret = "${RADIUS_SECRET}"
}
modules {
  always ok {
    rcode = ok
  }
  pap { }
  chap { }
  files { usersfile = ${folder}/users }
  eap {
    default_eap_type = md5
    md5 { }
  }
}
server lab {
  ${listener('auth', 1812)}
  ${listener('acct', 1813)}
  ${listener('coa', 3799)}
  authorize {
    chap
    eap
    files
    pap
  }
  authenticate {
    pap
    chap
    eap
  }
  accounting {
    ok
  }
  recv-coa {
    ok
  }
}
`,
  )
  const server = lab.spawn('there', ['freeradius', '-f', '-l', 'stdout', '-d', folder])
  await server.waitFor(/Ready to process requests/)
  return server
}

/** radvd, which announces a prefix, a route, name servers and more on the lab's network. */
export async function startRadvd(lab: Lab): Promise<Child> {
  const { interfaceName, ipv6 } = lab.there
  const configuration = join(lab.folder, 'radvd.conf')
  writeFileSync(
    configuration,
    `interface ${interfaceName} {
  AdvSendAdvert on;
  MinRtrAdvInterval 3;
  MaxRtrAdvInterval 4;
  AdvLinkMTU 1400;
  AdvOtherConfigFlag on;
  AdvDefaultPreference high;
  AdvIntervalOpt on;
  AdvHomeAgentFlag on;
  AdvHomeAgentInfo on;
  HomeAgentPreference 7;
  prefix ${ipv6.replace(/::\d+$/, '::/64')} { AdvValidLifetime 600; AdvPreferredLifetime 300; };
  route 2001:db8:1::/48 { AdvRoutePreference low; AdvRouteLifetime 120; };
  RDNSS ${ipv6} 2001:db8::53 { AdvRDNSSLifetime 100; };
  DNSSL lab.example a.example { AdvDNSSLLifetime 200; };
};
`,
  )
  const files = ['-C', configuration, '-p', join(lab.folder, 'radvd.pid')]
  const server = lab.spawn('there', ['radvd', '-n', '-m', 'stderr', '-d', '1', ...files])
  await until(lab, 'here', ['rdisc6', '-1', '-r', '1', lab.here.interfaceName], /Recursive DNS server/)
  return server
}

/** turnserver, for binding requests by anybody. */
export async function startTurn(lab: Lab): Promise<Child> {
  const files = ['--pidfile', join(lab.folder, 'turn.pid'), '--db', join(lab.folder, 'turn.db'), '--log-file', 'stdout']
  const quiet = ['-n', '--no-cli', '--no-tls', '--no-dtls', '--no-tcp', '--user', 'bob:hello', '--realm', 'lab']
  const server = lab.spawn('there', ['turnserver', '--listening-ip', lab.there.ipv4, ...files, ...quiet])
  await server.waitFor(/Total General servers/)
  return server
}

/** coap-server, which has the time at `/time`. */
export async function startCoap(lab: Lab): Promise<Child> {
  const server = lab.spawn('there', ['coap-server-notls', '-A', lab.there.ipv4])
  await until(lab, 'here', ['coap-client-notls', '-B', '1', `coap://${lab.there.ipv4}/time`], /\d\d:\d\d:\d\d/)
  return server
}
