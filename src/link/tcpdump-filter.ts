import { endianness } from 'node:os'
import { type BpfProgram, readBpfProgram } from './bpf.js'
import { compileProgram } from './filter.js'
import { findProgram } from './find-program.js'
import { LinkError } from './link.js'
import { PLAIN_LANGUAGE } from './tcpdump-program.js'

/** Names of link types for `tcpdump -y` (https://www.tcpdump.org/linktypes.html). */
const NAMES: Readonly<Record<number, string>> = {
  0: 'NULL',
  1: 'EN10MB',
  101: 'RAW',
  113: 'LINUX_SLL',
  276: 'LINUX_SLL2',
}
const INSTRUCTION = 8

/**
 * Compiles a BPF expression, by libpcap where that can be called, else by tcpdump (5 ms). Undefined where neither can do it.
 * Throws a LinkError (`BAD_FILTER`) for an expression that is not understood.
 */
export function compileAnywhere(text: string, linkType: number, snaplen: number): BpfProgram | undefined {
  try {
    return compileProgram(text, linkType, snaplen)
  } catch (error) {
    if (!(error instanceof LinkError && error.code === 'LIBRARY_MISSING')) throw error
  }
  return compileByTcpdump(text, linkType, snaplen)
}

/** The same by tcpdump alone. */
function compileByTcpdump(text: string, linkType: number, snaplen: number): BpfProgram | undefined {
  if (text.includes('\0')) throw new LinkError('BAD_FILTER', 'a filter must not have a zero byte in it')
  const path = findProgram('tcpdump')
  const type = NAMES[linkType]
  if (path === undefined || type === undefined) return undefined
  const { spawnSync } = process.getBuiltinModule('node:child_process')
  const { status, stdout, stderr, error } = spawnSync(
    path,
    ['-ddd', '-y', type, '-s', String(snaplen), ...(text.trim() === '' ? [] : ['--', text])],
    { encoding: 'latin1', timeout: 5000, env: { ...process.env, ...PLAIN_LANGUAGE } },
  )
  if (status === 0) return parseProgram(stdout)
  const said = /^tcpdump: (?:can't parse filter expression: )?(.*)$/m.exec(stderr ?? '')?.[1]
  // Without a reason tcpdump itself is at fault: it does not start, say.
  if (error !== undefined || said === undefined) return undefined
  throw new LinkError('BAD_FILTER', `the filter '${text}' is not understood: ${said} (see 'man pcap-filter')`)
}

/** Reads what `-ddd` prints: the number of instructions, then four decimal numbers for each. */
function parseProgram(text: string): BpfProgram | undefined {
  const lines = text.trim().split('\n')
  const count = Number(lines[0])
  if (!Number.isInteger(count) || lines.length !== count + 1) return undefined
  const bytes = new Uint8Array(count * INSTRUCTION)
  const view = new DataView(bytes.buffer)
  const little = endianness() === 'LE'
  lines.slice(1).forEach((line, i) => {
    const [code = 0, jumpTrue = 0, jumpFalse = 0, k = 0] = line.split(' ').map(Number)
    view.setUint16(i * INSTRUCTION, code, little)
    view.setUint8(i * INSTRUCTION + 2, jumpTrue)
    view.setUint8(i * INSTRUCTION + 3, jumpFalse)
    view.setUint32(i * INSTRUCTION + 4, k, little)
  })
  return readBpfProgram(bytes, little)
}
