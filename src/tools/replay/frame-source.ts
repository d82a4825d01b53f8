import {
  type CaptureFileBatch,
  type CaptureInput,
  type CaptureReading,
  linkTypeOf,
  PacketList,
  readCapture,
} from '../../capture/index.js'
import { Packet, PacketError } from '../../packet/index.js'
import type { ReplayInput } from './replay-options.js'

/** A stretch of a capture: frames with when they were captured. */
export interface FrameChunk {
  readonly count: number
  bytes(index: number): Uint8Array
  /** LINKTYPE number; -1 where no link type has such packets. */
  linkType(index: number): number
  /** Bytes that it had on the wire. */
  originalLength(index: number): number
  /** When it was captured, whole seconds since 1970 and nanoseconds within. NaN: not known. */
  seconds(index: number): number
  nanoseconds(index: number): number
}

/** How far the reading of a file has come. */
export interface SourceProgress {
  done: number
  total: number
}

/** Frames of one pass, chunk by chunk; memory stays bounded for files of any size. */
export interface FrameSource {
  /** What it is called in messages. */
  readonly name: string
  chunks(signal: AbortSignal, onWarning: (text: string) => void): AsyncIterable<FrameChunk>
  /** Undefined for packets, which are counted. */
  progress(): SourceProgress | undefined
}

const CHUNK = 4096
/** Chunks of a file (1 MiB each) that are kept for the next pass; a larger file is read again. */
const KEPT_CHUNKS = 16

/**
 * @param again whether there is more than one pass
 * @throws PacketError for what cannot be replayed
 */
export function frameSource(input: ReplayInput, again = false): FrameSource {
  if (isPackets(input)) return packetSource(input)
  if (typeof input === 'string' || input instanceof URL || input instanceof Uint8Array) return fileSource(input, again)
  if (typeof (input as { pipe?: unknown } | null)?.pipe === 'function') return fileSource(input as CaptureInput, again)
  throw new PacketError(
    `replay: ${String(input)} cannot be replayed; give a capture file, or packets as sniff() gives them`,
  )
}

function isPackets(input: ReplayInput): input is Iterable<Packet> {
  if (input instanceof PacketList || input instanceof Packet) return true
  return Array.isArray(input) && input.every((each) => each instanceof Packet)
}

function fileSource(input: CaptureInput, again: boolean): FrameSource {
  let reading: CaptureReading | undefined
  let kept: readonly FrameChunk[] | undefined
  return {
    name: typeof input === 'string' || input instanceof URL ? String(input) : 'the capture',
    async *chunks(signal, onWarning) {
      if (kept !== undefined) {
        yield* kept
        return
      }
      reading = readCapture(input, { signal, onWarning: (warning) => onWarning(warning.message) })
      const chunks: FrameChunk[] = []
      let count = 0
      for await (const batch of reading) {
        const chunk = chunkOf(batch)
        if (again && ++count <= KEPT_CHUNKS) chunks.push(chunk)
        else chunks.length = 0
        yield chunk
      }
      if (again && count <= KEPT_CHUNKS && !signal.aborted) kept = chunks
    },
    progress: () => (reading === undefined ? undefined : { done: reading.bytesRead, total: reading.bytesTotal }),
  }
}

function chunkOf(batch: CaptureFileBatch): FrameChunk {
  const { buffer, offsets, lengths } = batch
  return {
    count: batch.count,
    bytes: (index) => buffer.subarray(offsets[index]!, offsets[index]! + lengths[index]!),
    linkType: () => batch.linkType,
    originalLength: (index) => batch.originalLengths[index]!,
    seconds: (index) => batch.seconds[index]!,
    nanoseconds: (index) => batch.nanoseconds[index]!,
  }
}

function packetSource(packets: Iterable<Packet>): FrameSource {
  return {
    name: 'the packets',
    async *chunks(signal) {
      let chunk: Packet[] = []
      for (const packet of packets) {
        if (signal.aborted) return
        chunk.push(packet)
        if (chunk.length < CHUNK) continue
        yield packetChunk(chunk)
        chunk = []
      }
      if (chunk.length > 0) yield packetChunk(chunk)
    },
    progress: () => undefined,
  }
}

function packetChunk(packets: readonly Packet[]): FrameChunk {
  const bytes = packets.map((packet) => packet.bytes())
  const time = (index: number): number => packets[index]!._meta?.time ?? Number.NaN
  return {
    count: packets.length,
    bytes: (index) => bytes[index]!,
    linkType: (index) => linkTypeOf(packets[index]!) ?? -1,
    originalLength: (index) => Math.max(bytes[index]!.length, packets[index]!._meta?.originalLength ?? 0),
    seconds: (index) => packets[index]!._meta?.seconds ?? Math.floor(time(index)),
    nanoseconds: (index) => packets[index]!._meta?.nanoseconds ?? Math.round((time(index) % 1) * 1e9),
  }
}
