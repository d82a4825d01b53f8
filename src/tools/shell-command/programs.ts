/** Which file a program's name means, and what to do when there is none. */
import { accessSync, constants, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { findProgram } from '../../link/find-program.js'
import { closest } from '../../packet/index.js'
import { ShellError } from './shell-error.js'

/** Names that are looked at for a suggestion. */
const MOST_NAMES = 20_000

/** Debian's packages of programs that people who work with networks type. */
const PACKAGES: Readonly<Record<string, string>> = Object.fromEntries(
  `apache2-utils: ab; arping: arping; bind9-dnsutils: dig nslookup nsupdate; bind9-host: host; bridge-utils: brctl;
   bmon: bmon; conntrack: conntrack; curl: curl; ethtool: ethtool; fping: fping; git: git; hping3: hping3; htop: htop;
   iftop: iftop; inetutils-ftp: ftp; inetutils-telnet: telnet; iperf: iperf; iperf3: iperf3; ipcalc: ipcalc;
   iproute2: ip ss tc bridge; iptables: iptables ip6tables iptables-save; iputils-ping: ping; iw: iw; jq: jq; less: less;
   lldpd: lldpctl; lsof: lsof; make: make; masscan: masscan; mtr-tiny: mtr; nano: nano; ncat: ncat;
   ndiff: ndiff; net-tools: ifconfig netstat route arp; netcat-openbsd: nc netcat; nethogs: nethogs; ngrep: ngrep; nftables: nft;
   nmap: nmap nping; openssh-client: ssh scp sftp ssh-keygen; openssl: openssl; openvpn: openvpn; procps: ps top watch free pgrep pkill;
   psmisc: killall pstree fuser; python3: python3; rsync: rsync; snmp: snmpget snmpwalk; socat: socat; strace: strace; sudo: sudo;
   tcpdump: tcpdump; tcpreplay: tcpreplay tcprewrite; termshark: termshark; tmux: tmux; traceroute: traceroute;
   tree: tree; tshark: tshark dumpcap editcap capinfos mergecap; vim: vim; wget: wget; whois: whois; wireguard-tools: wg wg-quick;
   wireshark: wireshark`
    .split(';')
    .flatMap((line) => {
      const [name, programs] = line.trim().split(': ')
      return programs!.split(' ').map((program) => [program, name!])
    }),
)

/** Words that only a shell knows, with what does the same here. */
const BUILTINS: Readonly<Record<string, string>> = {
  '.': '.load FILE runs a script of netshell; bash FILE runs one of the shell',
  source: '.load FILE runs a script of netshell; bash FILE runs one of the shell',
  alias: 'const l = () => sh`ls -l` gives a command a short name',
  cd: "process.chdir('/tmp') changes the folder, and so does !cd /tmp",
  exec: 'a program is written without it',
  exit: '.exit or Ctrl-D leaves',
  export: "process.env.NAME = 'value' sets a variable",
  history: 'the arrow keys and Ctrl-R go through what was typed',
  set: 'process.env has the variables',
  unset: 'delete process.env.NAME takes a variable away',
  ll: 'write ls -l',
  la: 'write ls -A',
}

/**
 * The file of a program.
 * @param folder in which relative paths begin
 * @param searchPath the variable PATH
 * @throws ShellError that says what could be meant, and how to install it
 */
export function fileOfProgram(name: string, folder: string, searchPath: string): string {
  if (name === '') throw new ShellError("the program's name is empty")
  if (name.includes('/')) return checkedFile(path.resolve(folder, name), name)
  for (const directory of searchPath.split(':')) {
    const file = path.join(path.resolve(folder, directory), name)
    if (isExecutable(file)) return file
  }
  // A plain user's PATH leaves out where ip and tcpdump are.
  return findProgram(name) ?? notFound(name, folder, searchPath)
}

function checkedFile(file: string, name: string): string {
  const stats = statSync(file, { throwIfNoEntry: false })
  if (stats === undefined) throw new ShellError(`there is no file ${name}`)
  if (stats.isDirectory()) throw new ShellError(`${name} is a folder, not a program`)
  if (!isExecutable(file)) throw new ShellError(`${name} is not executable: chmod +x ${name} makes it so`)
  return file
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

function notFound(name: string, folder: string, searchPath: string): never {
  throw new ShellError(`there is no program '${name}'${adviceFor(name, folder, searchPath)}`)
}

function adviceFor(name: string, folder: string, searchPath: string): string {
  if (Object.hasOwn(BUILTINS, name)) return `: ${BUILTINS[name]}`
  if (typeof Object.getOwnPropertyDescriptor(globalThis, name)?.value === 'function')
    return `; ${name} is a command of netshell: ${name}(…)`
  const folders = searchPath.split(':').map((directory) => path.resolve(folder, directory))
  if (Object.hasOwn(PACKAGES, name)) {
    const debian = findProgram('apt-get') !== undefined
    const needed = PACKAGES[name]!
    return debian ? `: sudo apt-get install ${needed}` : `: Debian has it in the package ${needed}`
  }
  if (/\s/.test(name)) return `: a program and its arguments are written as sh\`${name}\`, or sh('ls', ['-l'])`
  if (isExecutable(path.join(folder, name))) return ` in the PATH; the one in this folder is ./${name}`
  const near = closest(name, [...namesIn(folders), ...Object.keys(PACKAGES)])
  return near === undefined ? '' : `; did you mean '${near}'?`
}

function namesIn(folders: readonly string[]): Set<string> {
  const names = new Set<string>()
  for (const folder of folders) {
    try {
      for (const name of readdirSync(folder)) if (names.size < MOST_NAMES) names.add(name)
    } catch {
      // PATH may name folders that are not there.
    }
  }
  return names
}
