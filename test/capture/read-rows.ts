import type { CaptureInput } from '../../src/capture/byte-source.js'
import { type CaptureReading, readCapture } from '../../src/capture/open-capture.js'

export interface Row {
  time: string
  length: number
  originalLength: number
  linkType: number
  interfaceName: string
  comment: string | undefined
  hex: string
}

/** All packets of a capture as plain rows; the time as exact decimal text. */
export async function readRows(
  input: CaptureInput,
): Promise<{ rows: Row[]; reading: CaptureReading; warnings: string[] }> {
  const warnings: string[] = []
  const reading = readCapture(input, { onWarning: (warning) => warnings.push(warning.message) })
  const rows: Row[] = []
  for await (const batch of reading) {
    for (let i = 0; i < batch.count; i++) {
      const index = batch.interfaceIndexes?.[i] ?? batch.interfaceIndex
      const start = batch.offsets[i]!
      rows.push({
        time: `${batch.seconds[i]}.${String(batch.nanoseconds[i]).padStart(9, '0')}`,
        length: batch.lengths[i]!,
        originalLength: batch.originalLengths[i]!,
        linkType: batch.interfaces[index]!.linkType,
        interfaceName: batch.interfaces[index]!.name,
        comment: batch.comments?.get(i),
        hex: Buffer.from(batch.buffer.subarray(start, start + batch.lengths[i]!)).toString('hex'),
      })
    }
  }
  return { rows, reading, warnings }
}
