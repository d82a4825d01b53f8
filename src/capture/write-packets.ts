import { promises } from 'node:fs'
import { CaptureFileError } from './capture-error.js'
import { isInMemory, itemsOf, traitsOf, type WritablePackets } from './capture-records.js'
import { CaptureWriter, formatOf, type WriteCaptureOptions } from './capture-writer.js'
import { linkTypeText } from './link-type.js'
import { CaptureReading } from './open-capture.js'
import { PcapReader } from './read-packets.js'

/** What was written. */
export interface WriteResult {
  path: string
  format: 'pcap' | 'pcapng'
  packets: number
  /** Bytes before compression. */
  bytes: number
}

/**
 * Writes packets to a capture file: a list, an array, one packet (a set: all its packets), bytes, or a reading of another
 * file. Packets that were read and not changed are written with their bytes and exact times; a packet without a time gets the present.
 * Throws CaptureFileError when the file cannot be written or the format cannot hold the packets, PacketError when a packet
 * cannot be built.
 * @param onStart told when writing begins: the writer counts its packets and bytes
 */
export async function wrpcap(
  path: string | URL,
  packets: WritablePackets,
  options: WriteCaptureOptions = {},
  onStart?: (writer: CaptureWriter) => void,
): Promise<WriteResult> {
  const name = path instanceof URL ? path.pathname : path
  await refuseOwnInput(name, packets)
  let { nanoseconds } = options
  // Looked through before the file is touched: what cannot be written must not cost the file that was there.
  if (isInMemory(packets)) nanoseconds ??= await inspect(name, packets, options)
  const writer = await CaptureWriter.open(path, { ...options, nanoseconds })
  onStart?.(writer)
  try {
    await writer.write(packets)
  } finally {
    await writer.close()
  }
  return { path: name, format: writer.format, packets: writer.packets, bytes: writer.bytes }
}

/** Whether any packet has a time finer than a microsecond. @throws CaptureFileError when pcap cannot hold the packets */
async function inspect(name: string, packets: WritablePackets, options: WriteCaptureOptions): Promise<boolean> {
  const format = options.format ?? formatOf(name)
  let fine = false
  let first: number | undefined
  let number = 0
  for await (const item of itemsOf(packets)) {
    for (const record of traitsOf(item, options.linkType)) {
      number++
      fine ||= record.nanoseconds % 1000 !== 0
      first ??= record.linkType
      if (record.linkType === first || format === 'pcapng' || options.append === true) continue
      throw new CaptureFileError(
        'MIXED_LINK_TYPES',
        `${name}: packet 1 has link type ${linkTypeText(first)}, packet ${number} has ${linkTypeText(record.linkType)}: ` +
          "a pcap file holds one; write with format: 'pcapng', or only packets of one link type",
      )
    }
  }
  return fine
}

async function refuseOwnInput(name: string, packets: WritablePackets): Promise<void> {
  const input = packets instanceof PcapReader || packets instanceof CaptureReading ? packets.input : null
  if (typeof input !== 'string' || input === '-' || name === '-') return
  const [from, to] = await Promise.all([input, name].map((path) => promises.realpath(path).catch(() => null)))
  if (from !== null && from === to) {
    throw new CaptureFileError(
      'UNSUPPORTED',
      `${name}: is being read; write to another file, or load it with rdpcap first`,
    )
  }
}
