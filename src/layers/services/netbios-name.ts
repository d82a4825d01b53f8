/** Names in NetBIOS messages: 16 bytes, each in two letters, then the labels of a scope. RFC 1001 §14, RFC 1002 §4.1. */
import { Field, Kind, PacketError, PlainValueCodec, printed, type Reader, type Writer } from '../../packet/index.js'

const NAME_LENGTH = 15
const ENCODED_LENGTH = 32
const LETTER_A = 65
const MAX_LABELS = 128
const POINTER = 0xc0
/** The only name that is filled up with zeros and not with blanks: everybody. */
const ALL = '*'

/** What the last byte of a name stands for, of a single host or of a group. Microsoft, "NetBIOS suffixes". */
export const NETBIOS_SUFFIXES: Readonly<Record<number, string>> = {
  0x00: 'workstation',
  0x01: 'browser',
  0x03: 'messenger',
  0x1b: 'domain master browser',
  0x1c: 'domain controllers',
  0x1d: 'local master browser',
  0x1e: 'browser elections',
  0x1f: 'NetDDE',
  0x20: 'file server',
  0x21: 'RAS client',
  0xbe: 'network monitor agent',
  0xbf: 'network monitor',
}

/** Text of 16 bytes: `WORKGROUP<1d>`. Blanks at the end are filling; bytes that are no text stand as `\x01`. */
function nameText(bytes: Uint8Array): string {
  let end = NAME_LENGTH
  const isAll = bytes[0] === 42 && bytes.subarray(1, NAME_LENGTH).every((byte) => byte === 0)
  if (isAll) end = 1
  else while (end > 0 && bytes[end - 1] === 32) end--
  let text = ''
  for (let i = 0; i < end; i++) {
    const byte = bytes[i]!
    text +=
      byte < 32 || byte > 126 || byte === 0x5c ? `\\x${byte.toString(16).padStart(2, '0')}` : String.fromCharCode(byte)
  }
  return `${text}<${bytes[NAME_LENGTH]!.toString(16).padStart(2, '0')}>`
}

const SUFFIX = /^(.*)<([0-9a-f]{2})>((?:\.[^.]+)*)$/is

/** The 16 bytes and the labels of a scope. @throws PacketError */
function partsOf(given: string, where: string): { bytes: Uint8Array; scope: string[] } {
  const match = SUFFIX.exec(given)
  const text = match === null ? given : match[1]!
  const bytes = new Uint8Array(NAME_LENGTH + 1)
  const characters = text.match(/\\x[0-9a-f]{2}|[\s\S]/gi) ?? []
  if (characters.length > NAME_LENGTH)
    throw new PacketError(`${where}: '${given}' has ${characters.length} characters; a NetBIOS name has at most 15`)
  bytes.fill(text === ALL ? 0 : 32, 0, NAME_LENGTH)
  characters.forEach((character, i) => {
    const code = character.length > 1 ? Number.parseInt(character.slice(2), 16) : character.charCodeAt(0)
    if (code > 255) throw new PacketError(`${where}: '${character}' cannot stand in a NetBIOS name`)
    bytes[i] = code
  })
  bytes[NAME_LENGTH] = match === null ? 0 : Number.parseInt(match[2]!, 16)
  return { bytes, scope: (match?.[3] ?? '').split('.').filter((label) => label !== '') }
}

/** A NetBIOS name in its two-letter form, with its scope. */
class NetbiosNameCodec extends PlainValueCodec<string> {
  readonly kindName: string = 'NetBIOS name'
  readonly isLossy = true

  constructor(private readonly pointed: number) {
    super()
  }

  read(reader: Reader): string {
    const first = reader.left > 0 ? reader.buffer[reader.position]! : 0
    // A registration repeats its question's name by a pointer to it.
    if (this.pointed > 0 && first >= POINTER) {
      reader.u16()
      return ''
    }
    if (reader.u8() !== ENCODED_LENGTH) {
      reader.fail('no NetBIOS name')
      return ''
    }
    const letters = reader.bytes(ENCODED_LENGTH)
    if (reader.missing > 0) return ''
    const bytes = new Uint8Array(NAME_LENGTH + 1)
    for (let i = 0; i < bytes.length; i++) {
      const high = letters[2 * i]! - LETTER_A
      const low = letters[2 * i + 1]! - LETTER_A
      if (high < 0 || high > 15 || low < 0 || low > 15) reader.fail('a name that is not in letters from A to P')
      bytes[i] = (high << 4) | (low & 15)
    }
    return nameText(bytes) + readScope(reader)
  }

  write(writer: Writer, value: string): void {
    if (this.pointed > 0 && value === '') {
      writer.u16((POINTER << 8) | this.pointed)
      return
    }
    const { bytes, scope } = partsOf(value, '')
    writer.u8(ENCODED_LENGTH)
    for (const byte of bytes) {
      writer.u8(LETTER_A + (byte >>> 4))
      writer.u8(LETTER_A + (byte & 15))
    }
    for (const label of scope) {
      writer.u8(label.length)
      writer.bytes(Buffer.from(label, 'latin1'))
    }
    writer.u8(0)
  }

  coerce(value: unknown, where: string): string {
    if (typeof value !== 'string')
      throw new PacketError(`${where}: ${printed(value)} is no name such as 'WORKGROUP<1d>'`)
    if (value === '' && this.pointed > 0) return value
    const { bytes, scope } = partsOf(value, where)
    if (scope.some((label) => label.length > 63))
      throw new PacketError(`${where}: a label of a scope has at most 63 bytes`)
    return nameText(bytes) + scope.map((label) => `.${label}`).join('')
  }

  empty(): string {
    return this.pointed > 0 ? '' : '*<00>'
  }
}

/** The labels of a scope, each with a dot before it; most often there is none. */
function readScope(reader: Reader): string {
  let text = ''
  for (let i = 0; i < MAX_LABELS; i++) {
    const length = reader.u8()
    if (length === 0 || reader.missing > 0) return text
    if (length > 63) break
    text += `.${Buffer.from(reader.bytes(length)).toString('latin1')}`
  }
  reader.fail('a scope that does not end')
  return text
}

/** A name such as `'WORKGROUP<1d>'`; without `<..>` the last byte is 0, a workstation. */
export const netbiosName = (value = '*<00>'): Field<string> =>
  new Field<string>(Kind.CODEC, 0, new NetbiosNameCodec(0)).default(value)

/** The same, or `''` for a pointer to the name at that byte of the message. */
export const repeatedNetbiosName = (pointed: number): Field<string> =>
  new Field<string>(Kind.CODEC, 0, new NetbiosNameCodec(pointed))
