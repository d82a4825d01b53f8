import {
  type CaptureInput,
  pcapReader as openReader,
  PacketList,
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
import { Task, type TaskProgress } from './task.js'

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
      const subject = nameOf(input)
      return readList(input, {
        onWarning: (warning) => report(warning.message, 'warning'),
        signal: stop.signal,
        ...rest,
        ...compiled(filter),
        onProgress: (packets, bytesRead, bytesTotal) =>
          control.progress({ subject, done: bytesRead, total: bytesTotal, packets }),
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
      return writeList(path, packets, options, (writer) =>
        control.progress(new WriteProgress(nameOf(path), packets, writer)),
      )
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

/** How far the writing of a file is, as it is when somebody looks. */
class WriteProgress implements TaskProgress {
  readonly unit = 'packets'
  readonly total: number | undefined

  constructor(
    readonly subject: string | undefined,
    packets: WritablePackets,
    private readonly writer: { readonly packets: number },
  ) {
    this.total = packets instanceof PacketList || Array.isArray(packets) ? packets.length : undefined
  }

  get done(): number {
    // A packet that stands for several is one of the list.
    return Math.min(this.writer.packets, this.total ?? Number.POSITIVE_INFINITY)
  }
}

/** What a file is called, without its folders. */
function nameOf(file: unknown): string | undefined {
  const path = file instanceof URL ? file.pathname : file
  if (typeof path !== 'string') return undefined
  return path === '-' ? undefined : path.slice(path.lastIndexOf('/') + 1)
}
