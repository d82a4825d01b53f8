import { endianness } from 'node:os'
import { type BpfProgram, readBpfProgram, runBpf } from './bpf.js'
import { foreignInterface, type Pointer } from './foreign.js'
import { LinkError } from './link.js'
import { dataLinkOfLinkType } from './link-types.js'
import { PCAP_NETMASK_UNKNOWN, type PcapLibrary, pcapLibrary } from './pcap-library.js'

/**
 * Whether a frame matches. The frame is `bytes[start, end)`; `originalLength` is its length on the wire (what `len` and
 * `greater` see), by default that of the bytes.
 */
export type FrameFilter = (bytes: Uint8Array, originalLength?: number, start?: number, end?: number) => boolean

const MAXIMUM_SNAPLEN = 262144

/**
 * Throws a LinkError (`BAD_FILTER`) unless the text is a BPF expression (pcap-filter(7)) for frames of this link type.
 */
export function validateFilter(text: string, linkType: number): void {
  withCompiled(text, linkType, MAXIMUM_SNAPLEN, () => undefined)
}

/**
 * A function that filters frames here, without libpcap and without a foreign call for each. Throws as `validateFilter`
 * does. The empty expression matches everything.
 */
export function compileFilter(text: string, linkType: number, snaplen = MAXIMUM_SNAPLEN): FrameFilter {
  if (text.trim() === '') return () => true
  const program = compileProgram(text, linkType, snaplen)
  return (bytes, originalLength, start = 0, end = bytes.length) =>
    runBpf(program, bytes, originalLength ?? end - start, start, end) !== 0
}

/** The compiled program itself. Throws as `validateFilter` does. */
export function compileProgram(text: string, linkType: number, snaplen = MAXIMUM_SNAPLEN): BpfProgram {
  return withCompiled(text, linkType, snaplen, (_pcap, program) => {
    const view = new DataView(program.buffer)
    const little = endianness() === 'LE'
    const wide = foreignInterface().sizeof('void *') === 8
    const count = view.getUint32(0, little)
    const address = wide ? view.getBigUint64(8, little) : BigInt(view.getUint32(4, little))
    // Copied, since libpcap frees its own.
    return readBpfProgram(
      new Uint8Array(
        foreignInterface()
          .view(address, count * 8)
          .slice(0),
      ),
      little,
    )
  })
}

/** Compiles, hands libpcap's program to `use`, frees it. */
function withCompiled<T>(
  text: string,
  linkType: number,
  snaplen: number,
  use: (pcap: PcapLibrary, program: Uint8Array) => T,
): T {
  const pcap = pcapLibrary()
  const handle = pcap.openDead(dataLinkOfLinkType(linkType), snaplen)
  if (!handle) throw new LinkError('SYSTEM', `libpcap can not filter frames of link type ${linkType}`)
  try {
    return useFilter(pcap, handle, text, (program) => use(pcap, program))
  } finally {
    pcap.close(handle)
  }
}

/**
 * The same on a handle that is there, also a live one. Throws a LinkError that shows where the expression breaks off.
 */
export function useFilter<T>(pcap: PcapLibrary, handle: Pointer, text: string, use: (program: Uint8Array) => T): T {
  if (text.includes('\0')) throw new LinkError('BAD_FILTER', 'a filter must not have a zero byte in it')
  const program = new Uint8Array(16) // struct bpf_program
  if (pcap.compile(handle, program, text, 1, PCAP_NETMASK_UNKNOWN) < 0) {
    throw new LinkError(
      'BAD_FILTER',
      `the filter '${text}' is not understood: ${explain(pcap, handle, text, pcap.getErr(handle))}`,
    )
  }
  try {
    return use(program)
  } finally {
    pcap.freecode(program)
  }
}

/** libpcap does not say where a syntax error is: the longest beginning that it accepts does. */
function explain(pcap: PcapLibrary, handle: Pointer, text: string, error: string): string {
  const reason = error.replace(/^can't parse filter expression: /, '')
  if (!/syntax error/.test(reason)) return reason
  const open = text.split('(').length - text.split(')').length
  if (open !== 0) return `${reason}: ${Math.abs(open)} ${open > 0 ? `')' missing` : `')' too many`}`
  const words = [...text.matchAll(/[()!]|[^\s()!]+/g)]
  for (let count = words.length - 1; count > 0; count--) {
    const last = words[count - 1]!
    const beginning = text.slice(0, last.index + last[0].length)
    const program = new Uint8Array(16)
    if (pcap.compile(handle, program, beginning, 0, PCAP_NETMASK_UNKNOWN) < 0) continue
    pcap.freecode(program)
    const rest = text.slice(beginning.length).trim()
    const column = words[count]!.index + 1
    return `${reason} after '${beginning.trim()}', at '${rest}' (column ${column}; see 'man pcap-filter')`
  }
  return `${reason} (see 'man pcap-filter')`
}
