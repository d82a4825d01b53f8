import { batchPacket, CaptureFileError, readCapture } from '../capture/index.js'
import { fileFilter, printable } from '../exchange/index.js'
import { LinkError } from '../link/index.js'
import { LineOutput } from './line-output.js'
import { packetForm } from './packet-lines.js'

/** Options of `netshell read`. The form is one of the first three; a summary when none is asked for. */
export interface ReadOptions {
  json?: boolean
  summary?: boolean
  show?: boolean
  /** BPF expression. */
  filter?: string
  /** At most so many packets. */
  count?: number
}

/**
 * `netshell read FILE`: prints the packets of a capture file (`-` for standard input) as they are read; memory stays bounded.
 * Gives the exit code: 1 when the file is damaged (after printing what could be read) or cannot be read at all.
 */
export async function readCommand(file: string, options: ReadOptions, output = new LineOutput()): Promise<number> {
  const form = packetForm(options)
  const complain = (text: string): void => void process.stderr.write(`netshell: ${printable(text)}\n`)
  let number = 0
  try {
    const filter = options.filter === undefined ? undefined : fileFilter(options.filter)
    const most = options.count ?? Number.POSITIVE_INFINITY
    const reading = readCapture(file, { onWarning: () => undefined })
    batches: for await (const batch of reading) {
      for (let i = 0; i < batch.count; i++) {
        if (number >= most) break batches
        const start = batch.offsets[i]!
        if (
          filter !== undefined &&
          !filter.matches(
            batch.buffer.subarray(start, start + batch.lengths[i]!),
            batch.linkType,
            batch.originalLengths[i]!,
          )
        )
          continue
        number++
        if (output.line(form(batchPacket(batch, i), number))) await output.flush()
      }
      // A pipe may be live: what has come is shown before more is waited for.
      await output.flush()
    }
    await output.flush()
    for (const warning of reading.warnings) complain(warning.message)
    return reading.warnings.length === 0 ? 0 : 1
  } catch (error) {
    await output.flush()
    if (!(error instanceof CaptureFileError || error instanceof LinkError)) throw error
    complain(error.message)
    return 1
  }
}
