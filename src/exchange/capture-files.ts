import {
  type CaptureInput,
  pcapReader as openReader,
  type PacketList,
  type PcapReader,
  type ReadPacketsOptions,
  rdpcap as readList,
  type WritablePackets,
  type WriteCaptureOptions,
  type WriteResult,
  wrpcap as writeList,
} from '../capture/index.js'
import { fileFilter } from './file-filter.js'
import { report } from './report.js'
import { Task } from './task.js'

/** Options of `rdpcap` at the prompt: the filter may be a BPF expression too. */
export interface ReadFileOptions extends Omit<ReadPacketsOptions, 'filter' | 'onProgress'> {
  filter?: string | ReadPacketsOptions['filter']
}

/** Reads a capture file into a packet list; interrupted, it gives what was read so far. */
export function rdpcap(input: CaptureInput, options: ReadFileOptions = {}): Task<PacketList> {
  return Task.run(
    (control) => {
      const stop = new AbortController()
      control.onInterrupt(() => stop.abort())
      control.signal.addEventListener('abort', () => stop.abort(), { once: true })
      const { filter, ...rest } = options
      return readList(input, {
        onWarning: (warning) => report(warning.message, 'warning'),
        signal: stop.signal,
        ...rest,
        ...compiled(filter),
        onProgress: (packets, bytesRead, bytesTotal) =>
          control.progress({ done: bytesRead, total: bytesTotal, text: `${packets} packets` }),
      })
    },
    { name: 'rdpcap' },
  )
}

/** Writes packets to a pcap or pcapng file. */
export function wrpcap(
  path: string | URL,
  packets: WritablePackets,
  options: WriteCaptureOptions = {},
): Task<WriteResult> {
  return Task.run(
    async (control) => {
      // A file half written is worse than one that takes a moment longer: an interrupt lets it finish.
      control.onInterrupt(() => undefined)
      return writeList(path, packets, options)
    },
    { name: 'wrpcap' },
  )
}

/** A capture file packet by packet, for files larger than memory. */
export function pcapReader(input: CaptureInput, options: ReadFileOptions = {}): PcapReader {
  const { filter, ...rest } = options
  return openReader(input, { onWarning: (warning) => report(warning.message, 'warning'), ...rest, ...compiled(filter) })
}

function compiled(filter: ReadFileOptions['filter']): Pick<ReadPacketsOptions, 'filter'> {
  if (filter === undefined) return {}
  return { filter: typeof filter === 'string' ? fileFilter(filter) : filter }
}
