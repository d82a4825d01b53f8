/** Bytes in the forms in which people paste them: dumps with offsets of many programs, hexadecimal digits, arrays and strings of C and Python. */
import { fromHex, PacketError, printed } from '../../packet/index.js'

/** One packet's bytes, and its time where the text had one (seconds since 1970). */
export interface PastedBytes {
  bytes: Uint8Array
  time?: number
}

/** Characters of text that are looked at. */
const LONGEST_TEXT = 64 << 20
/** Bytes of one packet. */
const LONGEST_PACKET = 262144

/**
 * Offset, bytes, and perhaps the same as characters: tcpdump -x, -xx, -X; tshark -x; text2pcap; xxd; hexdump -C; od -Ax -tx1; netshell. The
 * offset has at least three digits, so that bytes in front of a line are not taken for one.
 */
const DUMP_LINE = /^\s*(?:0x)?([0-9a-f]{3,8})(?::\s*|\s{1,8})((?:[0-9a-f]{2}|[0-9a-f]{4,32})(?=\s|$).*|)$/i
/** `1700000000.123456` in front of a line, as `tcpdump -tt` has it. */
const EPOCH = /^\s*(\d{9,10}\.\d{1,9})\b/
/** Nothing but digits, in pairs that may be parted. */
const PLAIN_LINE = /^\s*(?:0x)?[0-9a-f]{2}(?:[\s:-]?[0-9a-f]{2})*\s*$/i
const C_BYTES = /\{([^{}]*)\}/g
const STRINGS = /(b?)(["'])((?:\\.|(?!\2)[^\\])*)\2/gs
const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, 0: 0, a: 7, b: 8, f: 12, v: 11, e: 27 }

/**
 * The packets in a text. Lines that are none of a dump are passed over.
 * @throws PacketError for a text without bytes, and where a dump contradicts itself, with the line
 */
export function bytesInText(text: string): PastedBytes[] {
  if (text.length > LONGEST_TEXT)
    throw new PacketError(
      `the text has ${text.length} characters; at most ${LONGEST_TEXT} are taken: use a file and rdpcap`,
    )
  const found = fromArrays(text) ?? fromStrings(text) ?? fromLines(text.split(/\r?\n/))
  if (found.length === 0)
    throw new PacketError(
      `there are no packets in ${printed(text.length > 60 ? `${text.slice(0, 60)}…` : text)}: paste a dump with offsets (0000  45 00 …), ` +
        'hexadecimal digits, or an array of C',
    )
  return found
}

/** `{ 0x45, 0, 0x54 }`, one packet for each pair of braces. */
function fromArrays(text: string): PastedBytes[] | undefined {
  const packets: PastedBytes[] = []
  for (const [, list] of text.matchAll(C_BYTES)) {
    const words = list!
      .replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ' ')
      .split(/[\s,]+/)
      .filter((word) => word !== '')
    if (words.length === 0 || !words.every((word) => /^(?:0x[0-9a-f]{1,2}|\d{1,3})$/i.test(word))) return undefined
    const bytes = words.map(Number)
    const wrong = bytes.find((byte) => byte > 255)
    if (wrong !== undefined) throw new PacketError(`${wrong} in the array does not fit a byte`)
    packets.push({ bytes: Uint8Array.from(bytes) })
  }
  return packets.length === 0 ? undefined : packets
}

/** `"\x45\x00" "T"` and `b'E\x00'`: strings side by side are one packet, as they are one string in C and Python. */
function fromStrings(text: string): PastedBytes[] | undefined {
  if (!/\\x[0-9a-f]{2}/i.test(text) && !/^\s*b["']/.test(text)) return undefined
  const packets: number[][] = []
  let end = -1
  for (const match of text.matchAll(STRINGS)) {
    // In Python a line is an expression of its own.
    const between = match[1] === '' ? /^[\s\\]*$/ : /^[ \t]*$/
    const joins = end >= 0 && between.test(text.slice(end, match.index))
    end = match.index + match[0].length
    const bytes = unescaped(match[3]!)
    if (joins) packets.at(-1)!.push(...bytes)
    else packets.push(bytes)
  }
  return packets.length === 0 ? undefined : packets.map((bytes) => ({ bytes: Uint8Array.from(bytes) }))
}

/** Bytes of the inside of a string of C or Python. */
function unescaped(inside: string): number[] {
  const bytes: number[] = []
  for (let i = 0; i < inside.length; i++) {
    const character = inside[i]!
    if (character !== '\\') {
      bytes.push(...Buffer.from(character, 'latin1'))
      continue
    }
    const next = inside[++i] ?? ''
    const hex = next === 'x' ? /^[0-9a-f]{1,2}/i.exec(inside.slice(i + 1, i + 3)) : null
    if (hex !== null) {
      bytes.push(Number.parseInt(hex[0], 16))
      i += hex[0].length
    } else if (next !== '\n') bytes.push(ESCAPES[next] ?? next.charCodeAt(0) & 255)
  }
  return bytes
}

function fromLines(lines: readonly string[]): PastedBytes[] {
  const packets: PastedBytes[] = []
  let open: number[] | null = null
  let time: number | undefined
  const close = (): void => {
    if (open !== null && open.length > 0)
      packets.push({ bytes: Uint8Array.from(open), ...(time === undefined ? {} : { time }) })
    open = null
  }
  const dumps = lines.map((line) => dumpLine(line))
  const isDump = dumps.some((line) => line?.offset === 0)
  for (const [index, line] of lines.entries()) {
    const dump = isDump ? dumps[index] : undefined
    if (dump !== undefined) {
      if (dump.offset === 0) close()
      const before: number = (open as number[] | null)?.length ?? 0
      if (dump.offset !== before)
        throw new PacketError(
          `line ${index + 1}: offset ${dump.offset} (0x${dump.offset.toString(16)}) after ${before} bytes: ` +
            (dump.offset > before ? 'some are missing' : 'there are too many before it'),
        )
      open = open ?? []
      ;(open as number[]).push(...dump.bytes)
      if ((open as number[]).length > LONGEST_PACKET)
        throw new PacketError(`line ${index + 1}: a packet of more than ${LONGEST_PACKET} bytes`)
      continue
    }
    if (!isDump && PLAIN_LINE.test(line)) {
      const bytes = fromHex(line)
      if (bytes.length > 1) packets.push({ bytes })
      continue
    }
    const [, epoch] = EPOCH.exec(line) ?? []
    if (epoch === undefined) continue
    close()
    time = Number(epoch)
  }
  close()
  return packets
}

/** Offset and bytes of a line of a dump; undefined for other lines. */
function dumpLine(line: string): { offset: number; bytes: number[] } | undefined {
  const [, offset, rest = ''] = DUMP_LINE.exec(line) ?? []
  return offset === undefined ? undefined : { offset: Number.parseInt(offset, 16), bytes: bytesBeforeText(rest) }
}

/** The bytes of a line up to where the same stand as characters. */
function bytesBeforeText(rest: string): number[] {
  const bytes: number[] = []
  let at = 0
  for (;;) {
    const [gap] = /^[ \t]*/.exec(rest.slice(at))!
    // Between bytes there is one blank, or two in the middle of a line: what looks like bytes behind a gap may be text.
    if (gap.length >= 2 && bytes.length > 0 && isText(rest.slice(at + gap.length), bytes)) return bytes
    const [word] = /^(?:[0-9a-f]{2})+(?=\s|$)/i.exec(rest.slice(at + gap.length)) ?? ['']
    if (word === '') return bytes
    for (let i = 0; i < word.length; i += 2) bytes.push(Number.parseInt(word.slice(i, i + 2), 16))
    at += gap.length + word.length
  }
}

/** Whether the text is how these bytes look as characters: a sign stands for what cannot be printed. */
function isText(text: string, bytes: readonly number[]): boolean {
  const shown = text.replace(/^[|>]|[|<]\s*$/g, '').replaceAll(' ', '')
  const own = bytes.filter((byte) => byte !== 32)
  return (
    shown.length === own.length &&
    own.every((byte, i) => shown.charCodeAt(i) === byte || ((byte < 33 || byte > 126) && !/[0-9a-z]/i.test(shown[i]!)))
  )
}
