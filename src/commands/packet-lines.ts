/** A packet as the lines that `netshell read` and `netshell sniff` print. */
import { printable, printableJson } from '../exchange/index.js'
import type { Packet } from '../packet/index.js'

/** The text of packet `number`, without a line end. */
export type PacketForm = (packet: Packet, number: number) => string

/** The form that options ask for: JSON, every field, or a summary. */
export function packetForm(options: { json?: boolean; show?: boolean }): PacketForm {
  return options.json === true ? jsonLine : options.show === true ? showLines : summaryLine
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
