import { batchPacket, CaptureFileError, readCapture } from '../capture/index.js'
import { fileFilter, printable, printableJson } from '../exchange/index.js'
import { LinkError } from '../link/index.js'
import type { Packet } from '../packet/index.js'
import { LineOutput } from './line-output.js'

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
  const form = options.json ? jsonLine : options.show ? showLines : summaryLine
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

function jsonLine(packet: Packet): string {
  return printableJson(JSON.stringify(packet))
}

function summaryLine(packet: Packet, number: number): string {
  return `${String(number).padStart(5)}  ${clock(packet)}  ${printable(packet.summary())}`
}

function showLines(packet: Packet, number: number): string {
  return `--- packet ${number}, ${clock(packet)}, ${packet.bytes().length} bytes\n${printable(packet.show({ dump: true })!)}\n`
}

/** Local time of day to the microsecond, as tcpdump prints it. */
function clock(packet: Packet): string {
  const meta = packet._meta
  if (meta?.seconds === undefined) return '--:--:--.------'
  const date = new Date(meta.seconds * 1000)
  const two = (value: number): string => String(value).padStart(2, '0')
  const micro = String(Math.floor((meta.nanoseconds ?? 0) / 1000)).padStart(6, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${micro}`
}
