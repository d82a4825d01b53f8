import { foreignInterface, type Pointer } from './foreign.js'
import { firstLibrary } from './libc.js'
import { LinkError } from './link.js'

/** What is used of libpcap, names without `pcap_`. Handles are pointers; byte arrays are written into by the call. */
export interface PcapLibrary {
  libVersion(): string
  create(source: string, error: Uint8Array): Pointer
  setSnaplen(handle: Pointer, bytes: number): number
  setPromisc(handle: Pointer, on: number): number
  setTimeout(handle: Pointer, milliseconds: number): number
  setImmediateMode(handle: Pointer, on: number): number
  setBufferSize(handle: Pointer, bytes: number): number
  setTstampPrecision(handle: Pointer, precision: number): number
  getTstampPrecision(handle: Pointer): number
  activate(handle: Pointer): number
  setNonblock(handle: Pointer, on: number, error: Uint8Array): number
  getSelectableFd(handle: Pointer): number
  datalink(handle: Pointer): number
  setDatalink(handle: Pointer, dataLink: number): number
  compile(handle: Pointer, program: Uint8Array, text: string, optimize: number, netmask: number): number
  setFilter(handle: Pointer, program: Uint8Array): number
  freecode(program: Uint8Array): void
  offlineFilter(program: Uint8Array, header: Uint8Array, bytes: Uint8Array): number
  openDead(dataLink: number, snaplen: number): Pointer
  dispatch(handle: Pointer, count: number, callback: Pointer, user: Pointer): number
  inject(handle: Pointer, bytes: Uint8Array, length: number): number
  /** Fills three 32-bit counters: received, dropped, dropped by the interface. */
  stats(handle: Pointer, counters: Uint32Array): number
  getErr(handle: Pointer): string
  dumpFopen(handle: Pointer, file: Pointer): Pointer
  dumpFlush(dumper: Pointer): number
  /** Closes the file, too. */
  dumpClose(dumper: Pointer): void
  close(handle: Pointer): void
  /** The same on a thread; the callback comes when it is done. The handle must not be used any more. */
  closeAsync(handle: Pointer, done: (error: unknown) => void): void
  /** Address of the function `pcap_dump`, to be given to `dispatch`. */
  dumpAddress: Pointer
}

/** Size of the text buffers that libpcap writes error messages to. */
export const PCAP_ERRBUF_SIZE = 256
export const PCAP_TSTAMP_PRECISION_NANO = 1
export const PCAP_NETMASK_UNKNOWN = 0xffffffff
/** pcap_activate results below zero, from pcap/pcap.h. */
export const PCAP_ERROR_BREAK = -2
export const PCAP_ERROR_NO_SUCH_DEVICE = -5
export const PCAP_ERROR_PERM_DENIED = -8
export const PCAP_ERROR_IFACE_NOT_UP = -9
export const PCAP_ERROR_PROMISC_PERM_DENIED = -11

const CANDIDATES = ['libpcap.so.0.8', 'libpcap.so.1', 'libpcap.so', 'libpcap.A.dylib', 'libpcap.dylib']

let library: PcapLibrary | LinkError | undefined

/** libpcap, loaded when first needed. Throws a LinkError that says how to install what is missing. */
export function pcapLibrary(): PcapLibrary {
  library ??= load()
  if (library instanceof LinkError) throw library
  return library
}

/** libpcap's own version line, or undefined when it is not there. Never throws. */
export function pcapVersion(): string | undefined {
  try {
    return pcapLibrary().libVersion()
  } catch {
    return undefined
  }
}

function load(): PcapLibrary | LinkError {
  const koffi = foreignInterface()
  const handle = firstLibrary(koffi, CANDIDATES)
  if (handle === undefined) {
    return new LinkError('LIBRARY_MISSING', 'libpcap is not installed: sudo apt-get install libpcap0.8')
  }
  const call = (name: string, result: string, ...parameters: string[]) =>
    handle.func(`pcap_${name}`, result, parameters)
  try {
    const close = call('close', 'void', 'void *')
    return {
      libVersion: call('lib_version', 'str'),
      create: call('create', 'void *', 'str', 'void *'),
      setSnaplen: call('set_snaplen', 'int', 'void *', 'int'),
      setPromisc: call('set_promisc', 'int', 'void *', 'int'),
      setTimeout: call('set_timeout', 'int', 'void *', 'int'),
      setImmediateMode: call('set_immediate_mode', 'int', 'void *', 'int'),
      setBufferSize: call('set_buffer_size', 'int', 'void *', 'int'),
      setTstampPrecision: call('set_tstamp_precision', 'int', 'void *', 'int'),
      getTstampPrecision: call('get_tstamp_precision', 'int', 'void *'),
      activate: call('activate', 'int', 'void *'),
      setNonblock: call('setnonblock', 'int', 'void *', 'int', 'void *'),
      getSelectableFd: call('get_selectable_fd', 'int', 'void *'),
      datalink: call('datalink', 'int', 'void *'),
      setDatalink: call('set_datalink', 'int', 'void *', 'int'),
      compile: call('compile', 'int', 'void *', 'void *', 'str', 'int', 'uint32_t'),
      setFilter: call('setfilter', 'int', 'void *', 'void *'),
      freecode: call('freecode', 'void', 'void *'),
      offlineFilter: call('offline_filter', 'int', 'void *', 'void *', 'void *'),
      openDead: call('open_dead', 'void *', 'int', 'int'),
      dispatch: call('dispatch', 'int', 'void *', 'int', 'void *', 'void *'),
      inject: call('inject', 'int', 'void *', 'void *', 'size_t'),
      stats: call('stats', 'int', 'void *', 'void *'),
      getErr: call('geterr', 'str', 'void *'),
      dumpFopen: call('dump_fopen', 'void *', 'void *', 'void *'),
      dumpFlush: call('dump_flush', 'int', 'void *'),
      dumpClose: call('dump_close', 'void', 'void *'),
      close,
      closeAsync: close.async,
      dumpAddress: handle.symbol('pcap_dump') as bigint,
    }
  } catch (cause) {
    return new LinkError(
      'LIBRARY_MISSING',
      'the installed libpcap is too old (1.5 of 2013 or later is needed): sudo apt-get install libpcap0.8',
      { cause },
    )
  }
}
