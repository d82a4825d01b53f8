#!/usr/bin/env netshell
// Programs of this machine: exit status, output and errors, and output that is read instead of looked at.
//
//   netshell run scripts/commands.nsh
//   netshell run scripts/commands.nsh --file /etc/passwd --unit ssh.service
//
// Each ${value} is one argument exactly as it is: no shell reads the text, so nothing in a value can do harm.

const file = param('file', { default: '/no/such/file', help: 'a file to look for' })
const unit = param('unit', { default: 'ssh.service', help: 'a service to ask systemd about' })

function title(text) {
  print(`\n${text}`)
}

// How a program ended is a number, 0 for success. What it wrote is in two parts.
print('Status, output and errors')
const found = sh`ls -d ${file}`
print(`  ls -d ${file}: exit status ${found.status}`)
if (found.stdout !== '') print(`  standard output: ${found.stdout.trimEnd()}`)
if (found.stderr !== '') print(`  standard error: ${found.stderr.trimEnd()}`)

// Where only success will do, check() throws, with the last lines of standard error.
try {
  found.check()
} catch (error) {
  print(`  check() throws a ${error.name}`)
}

// JSON is made to be read by programs: no column moves, no word is translated.
title('JSON: ip -j addr')
for (const { ifname, operstate, addr_info: addresses } of sh.check`ip -j addr`.json())
  print(`  ${ifname} ${operstate} ${addresses.map((each) => `${each.local}/${each.prefixlen}`).join(' ')}`.trimEnd())

// key=value is the next best. A key that comes several times has an array.
title('key=value: /etc/os-release')
const { ID: id, PRETTY_NAME: name } = sh.check`cat /etc/os-release`.values()
print(`  ${id}: ${name}`)

// key: value is read in the same way. LC_ALL=C keeps the keys English.
title('key: value: lscpu')
const cpu = sh({ env: { LC_ALL: 'C' }, check: true })`lscpu`.values()
print(`  ${cpu.Architecture}, ${cpu['CPU(s)']} CPUs`)

// systemd runs neither in most containers nor on every system.
title(`key=value: systemctl show ${unit}`)
const shown = sh`systemctl show --property=Id,ActiveState,MainPID,ExecMainStartTimestamp ${unit}`
if (shown.ok) for (const [key, value] of Object.entries(shown.values())) print(`  ${key}: ${value}`)
else print(`  systemctl says: ${shown.stderr.trim().split('\n')[0]}`)
