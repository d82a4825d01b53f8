/** SSH sessions, and commands on many hosts. */
export type { HostResult, HostResults } from './host-results.js'
export { type Hosts, type OnOptions, on } from './on-hosts.js'
export type { SshOptions } from './options.js'
export type { RunOptions } from './remote-command.js'
export type { RemoteSniffOptions } from './remote-sniff.js'
export { ssh } from './ssh.js'
export type { SshResult } from './ssh-result.js'
export type { SshEvents, SshSession } from './ssh-session.js'
