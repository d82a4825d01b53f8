/** Texts in messages: ended by a zero byte, or all that is left. Bytes that are no plain UTF-8 stay bytes. */
import {
  type Codec,
  Field,
  Kind,
  PacketError,
  printed,
  quoted,
  type Reader,
  toBytes,
  type Writer,
} from '../../packet/index.js'
import { textOf } from './dns-texts.js'
import { sameTree, treeCommand, treeFromJson, treeJson } from './value-tree.js'

/** A text, or the bytes where they are none. */
export type TextOrBytes = string | Uint8Array

/** Characters that steer a terminal; line ends and tabs stand in ordinary texts. */
const CONTROLS = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/

/** The bytes as text where they are one, else as they are. */
export function textOrBytes(bytes: Uint8Array): TextOrBytes {
  const found = textOf(bytes)
  return found === undefined || CONTROLS.test(found) ? bytes : found
}

/** How texts and bytes are given, printed and compared, whatever stands around them. */
export abstract class TextOrBytesCodec implements Codec<TextOrBytes> {
  abstract readonly kindName: string
  abstract read(reader: Reader): TextOrBytes
  abstract write(writer: Writer, value: TextOrBytes): void

  coerce(value: unknown, where: string): TextOrBytes {
    if (typeof value === 'string' || value instanceof Uint8Array) return value
    throw new PacketError(`${where}: ${printed(value)} is no text; give text or bytes`)
  }

  isSet(): boolean {
    return true
  }

  empty(): TextOrBytes {
    return ''
  }

  show(value: TextOrBytes): string {
    return typeof value === 'string' ? quoted(value) : treeCommand(value)
  }

  json(value: TextOrBytes): unknown {
    return treeJson(value)
  }

  parse(json: unknown): unknown {
    return treeFromJson(json)
  }

  command(value: TextOrBytes): string {
    return treeCommand(value)
  }

  same(a: TextOrBytes, b: TextOrBytes): boolean {
    return sameTree(a, b)
  }
}

class ZeroEndedCodec extends TextOrBytesCodec {
  readonly kindName = 'text'

  read(reader: Reader): TextOrBytes {
    const { buffer, position, end } = reader
    let at = position
    while (at < end && buffer[at] !== 0) at++
    if (at === end) {
      reader.fail('no zero byte ends the text')
      return ''
    }
    reader.position = at + 1
    return textOrBytes(buffer.subarray(position, at))
  }

  write(writer: Writer, value: TextOrBytes): void {
    writer.bytes(toBytes(value))
    writer.u8(0)
  }

  override coerce(value: unknown, where: string): TextOrBytes {
    const text = super.coerce(value, where)
    if (toBytes(text).includes(0))
      throw new PacketError(`${where}: ${printed(value)} has a zero byte, which ends the text`)
    return text
  }
}

class RestCodec extends TextOrBytesCodec {
  readonly kindName = 'text'

  read(reader: Reader): TextOrBytes {
    return textOrBytes(reader.rest())
  }

  write(writer: Writer, value: TextOrBytes): void {
    writer.bytes(toBytes(value))
  }
}

/** A text that a zero byte ends. */
export const zeroText = (value: TextOrBytes = ''): Field<TextOrBytes> =>
  new Field<TextOrBytes>(Kind.CODEC, 0, new ZeroEndedCodec()).default(value)

/** A text that goes on to the layer's end. */
export const restText = (): Field<TextOrBytes> => new Field<TextOrBytes>(Kind.CODEC, 0, new RestCodec())
