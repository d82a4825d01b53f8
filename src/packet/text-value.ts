import type { Reader, Writer } from './bytes.js'
import type { AnyPacket, Codec } from './field.js'
import { quoted } from './literal.js'

/** What all codecs share whose values are plain text: how it is printed, taken from JSON and compared. */
export abstract class TextValueCodec implements Codec<string> {
  abstract read(reader: Reader, packet: AnyPacket): string
  abstract write(writer: Writer, value: string, packet: AnyPacket): void
  abstract coerce(value: unknown, where: string): string

  empty(): string {
    return ''
  }

  show(value: string): string {
    return quoted(value)
  }

  json(value: string): string {
    return value
  }

  parse(json: unknown): unknown {
    return json
  }

  command(value: string): string {
    return quoted(value)
  }

  same(a: string, b: string): boolean {
    return a === b
  }
}
