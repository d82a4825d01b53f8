import { readFileSync } from 'node:fs'
import { findProgram } from './find-program.js'
import { hasForeignInterface } from './foreign.js'
import { findPackage } from './optional-package.js'
import { pcapLibrary } from './pcap-library.js'

/** A backend for interfaces. */
export type LinkBackend = 'pcap' | 'cap' | 'raw-socket' | 'tcpdump'

/** All of them, the best first. */
export const LINK_BACKENDS: readonly LinkBackend[] = ['pcap', 'cap', 'raw-socket', 'tcpdump']

/** Whether libpcap was seen to work; undefined before it was needed. */
let pcapWorks: boolean | undefined
/** What was found last; looking takes 0.2 ms. */
let found: { backend: LinkBackend | undefined } | undefined

/** Loads koffi and libpcap. Throws a LinkError (`LIBRARY_MISSING`) when one is not there. */
export function requirePcap(): void {
  if (pcapWorks === undefined) found = undefined
  pcapWorks = false
  pcapLibrary()
  pcapWorks = true
}

/**
 * The backend that `openLink` takes, or undefined when there is none. It loads nothing but koffi, and looks for files, once.
 */
export function likelyBackend(): LinkBackend | undefined {
  found ??= { backend: find() }
  return found.backend
}

function find(): LinkBackend | undefined {
  if (hasForeignInterface() && (pcapWorks ?? libpcapIsThere())) return 'pcap'
  if (findPackage('cap') !== undefined) return 'cap'
  if (findPackage('raw-socket') !== undefined) return 'raw-socket'
  return findProgram('tcpdump') === undefined ? undefined : 'tcpdump'
}

/** Whether the loader would find libpcap. Where its list can not be read, by loading it. */
function libpcapIsThere(): boolean {
  try {
    if (process.platform === 'linux' && readFileSync('/etc/ld.so.cache').includes('libpcap.so')) return true
  } catch {
    // musl has no such list.
  }
  try {
    requirePcap()
    return true
  } catch {
    return false
  }
}
