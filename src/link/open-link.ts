import { suggestion } from '../packet/errors.js'
import { LINK_BACKENDS, type LinkBackend, requirePcap } from './backend-choice.js'
import { CapLink } from './cap-link.js'
import { firstLine, hasForeignInterface } from './foreign.js'
import { type Link, LinkError } from './link.js'
import type { NamespaceOptions } from './namespace.js'
import { PcapLink } from './pcap-link.js'
import { RawSocketLink } from './raw-socket-link.js'
import { TcpdumpLink } from './tcpdump-link.js'

/** How to open a link. */
export interface OpenLinkOptions extends NamespaceOptions {
  /**
   * Unset: the best one that works here, in this order; each step down is told once, as a Node warning (`LinkWarning`).
   * - `'pcap'`: libpcap through koffi.
   * - `'cap'`: the npm package cap 0.2 in child processes; slower, lost frames are not counted, times are ours.
   * - `'raw-socket'`: the npm package raw-socket 1.8; IP packets without link header, and received only IPv4 for this machine.
   * - `'tcpdump'`: a pipe from tcpdump; it only listens.
   */
  backend?: LinkBackend
}

const OPENERS: Readonly<Record<LinkBackend, (name: string, options: NamespaceOptions) => Link>> = {
  pcap: (name, options) => {
    requirePcap()
    return new PcapLink(name, options)
  },
  cap: (name, options) => new CapLink(name, options),
  'raw-socket': (name, options) => new RawSocketLink(name, options),
  tcpdump: (name, options) => new TcpdumpLink(name, options),
}

/** What is lost with a backend against libpcap through koffi. */
const LOSSES: Readonly<Record<LinkBackend, string>> = {
  pcap: '',
  cap:
    `netshell works through the npm package 'cap': at some 100 000 packets a second it loses some and does not count them, ` +
    'times are those of arrival here, nothing can be sent on loopback, and an error of sending comes with the next one',
  'raw-socket':
    `netshell works through the npm package 'raw-socket': IP packets only, without link header (no ARP), received only ` +
    'IPv4 for this machine and not what it sends itself; filters do not run in the kernel, and lost packets are not counted',
  tcpdump: 'netshell only listens, through tcpdump: nothing can be sent',
}

/** Told already. */
const told = new Set<LinkBackend>()

/**
 * Opens a link on an interface (`any` to capture on all). Throws a LinkError that says what to do when there is no such
 * interface (with the names of those there are), when rights are missing (sudo or the setcap line), or when there is no
 * backend, or not the one asked for. With `netns` it lives in that network namespace, wherever netshell runs.
 */
export function openLink(interfaceName: string, options: OpenLinkOptions = {}): Link {
  const { backend, netns } = options
  const place = netns === undefined ? {} : { netns }
  if (backend !== undefined) return opener(backend)(interfaceName, place)
  let missing: LinkError | undefined
  for (const each of LINK_BACKENDS) {
    try {
      const link = OPENERS[each](interfaceName, place)
      if (missing !== undefined) tell(each, missing)
      return link
    } catch (error) {
      if (!(error instanceof LinkError && error.code === 'LIBRARY_MISSING')) throw error
      missing ??= error
    }
  }
  // It can send without libpcap, and says what is missing when it is to capture.
  if (hasForeignInterface()) return new PcapLink(interfaceName, place)
  throw missing
}

function opener(backend: LinkBackend) {
  if (Object.hasOwn(OPENERS, backend)) return OPENERS[backend]
  throw new LinkError(
    'BAD_OPTION',
    `backend: there is no '${String(backend)}'${suggestion(String(backend), [...LINK_BACKENDS])} ` +
      `(there are: ${LINK_BACKENDS.join(', ')})`,
  )
}

function tell(backend: LinkBackend, missing: LinkError): void {
  if (told.has(backend)) return
  told.add(backend)
  process.emitWarning(`${firstLine(missing)}.\nUntil then ${LOSSES[backend]}.`, 'LinkWarning')
}
