import { PacketError, printed, type Stackable, stack, suggestion, toHex } from '../../packet/index.js'
import { pythonBytes } from './python-value.js'
import { toScapy } from './to-scapy.js'

/** What packets can be exported as, each with one of its kind. */
export const EXPORT_FORMATS = {
  c: 'an array of C',
  python: 'bytes of Python',
  scapy: 'the expression of Scapy that builds it',
  base64: 'Base64',
  hex: 'hexadecimal digits, a packet a line',
  hexdump: 'offsets and bytes, as text2pcap and Wireshark read them',
  json: 'the JSON that packetFromJson reads',
  netshell: 'the expression that builds it, as command() gives it',
} as const

export type ExportFormat = keyof typeof EXPORT_FORMATS

/** Bytes in a row of an array. */
const ROW = 12
const DUMP_ROW = 16

/**
 * Packets as text for other programs. Several are one after the other.
 * @param format unset: an array of C
 * @throws PacketError for a format that is not there
 */
export function exportPacket(packets: Stackable | Iterable<Stackable>, format: ExportFormat = 'c'): string {
  if (!Object.hasOwn(EXPORT_FORMATS, format))
    throw new PacketError(
      `exportPacket: there is no format ${printed(format)}${typeof format === 'string' ? suggestion(format, Object.keys(EXPORT_FORMATS)) : ''}; ` +
        `the formats are ${Object.keys(EXPORT_FORMATS).join(' ')}`,
    )
  const list = isMany(packets) ? [...packets] : [packets]
  const separator = format === 'c' || format === 'hexdump' ? '\n\n' : '\n'
  return list.map((packet, index) => one(packet, format, list.length === 1 ? '' : `_${index + 1}`)).join(separator)
}

function isMany(packets: Stackable | Iterable<Stackable>): packets is Iterable<Stackable> {
  return (
    typeof packets === 'object' &&
    !(packets instanceof Uint8Array) &&
    Symbol.iterator in packets &&
    !('layerName' in packets)
  )
}

function one(given: Stackable, format: ExportFormat, suffix: string): string {
  const packet = stack(given)
  if (format === 'scapy') return toScapy(packet)
  if (format === 'netshell') return packet.command()
  if (format === 'json') return JSON.stringify(packet)
  const bytes = packet.bytes()
  switch (format) {
    case 'c':
      return `/* ${commentText(packet.summary())}, ${bytes.length} bytes */\nstatic const unsigned char packet${suffix}[${bytes.length}] = {\n${rows(bytes)}\n};`
    case 'python':
      return pythonBytes(bytes)
    case 'base64':
      return Buffer.from(bytes).toString('base64')
    case 'hex':
      return toHex(bytes)
    case 'hexdump':
      return dump(bytes)
  }
}

/** Text from the network must not end the comment. */
function commentText(text: string): string {
  return text.replaceAll('*/', '* /').replace(/[^ -~]/g, '?')
}

function rows(bytes: Uint8Array): string {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += ROW) {
    const row = Array.from(bytes.subarray(at, at + ROW), (byte) => `0x${byte.toString(16).padStart(2, '0')}`)
    lines.push(`  ${row.join(', ')}${at + ROW < bytes.length ? ',' : ''}`)
  }
  return lines.join('\n')
}

/** Without the characters on the right: text that looks like bytes would be read as such. */
function dump(bytes: Uint8Array): string {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += DUMP_ROW) {
    const row = Array.from(bytes.subarray(at, at + DUMP_ROW), (byte) => byte.toString(16).padStart(2, '0'))
    lines.push(`${at.toString(16).padStart(6, '0')}  ${row.join(' ')}`)
  }
  return lines.join('\n')
}
