/** The command that installs something here. */
import { findProgram } from '../../link/find-program.js'

/** Packages that are not called as what is in them, and those that are called otherwise by one package manager. */
const PACKAGES: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  'dnf ip': 'iproute',
  nft: 'nftables',
  'apt-get libpcap': 'libpcap0.8',
}
const COMMANDS = {
  'apt-get': 'apt-get install',
  dnf: 'dnf install',
  apk: 'apk add',
  pacman: 'pacman -S',
  zypper: 'zypper install',
} as const
type Manager = keyof typeof COMMANDS

/** `sudo apt-get install libpcap0.8`, with the package manager of this machine. */
export function installCommand(what: string): string {
  const manager = (Object.keys(COMMANDS) as Manager[]).find((each) => findProgram(each) !== undefined)
  if (manager === undefined) return `install ${what} with the package manager of this machine`
  return asRoot(`${COMMANDS[manager]} ${PACKAGES[`${manager} ${what}`] ?? PACKAGES[what] ?? what}`)
}

/** A command that needs root, as it is typed here. */
export function asRoot(command: string): string {
  return process.geteuid?.() === 0 ? command : `sudo ${command}`
}
