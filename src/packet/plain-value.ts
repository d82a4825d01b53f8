import type { Reader, Writer } from './bytes.js'
import type { AnyPacket, Codec } from './field.js'
import { quoted } from './literal.js'

/** What all codecs share whose values are one text or number: how they are printed, taken from JSON and compared. */
export abstract class PlainValueCodec<T extends string | number> implements Codec<T> {
  abstract read(reader: Reader, packet: AnyPacket): T
  abstract write(writer: Writer, value: T, packet: AnyPacket): void
  abstract coerce(value: unknown, where: string): T
  abstract empty(): T

  isSet(_list: readonly unknown[]): boolean {
    return true
  }

  show(value: T): string {
    return this.command(value)
  }

  json(value: T): unknown {
    return value
  }

  parse(json: unknown): unknown {
    return json
  }

  command(value: T): string {
    return typeof value === 'string' ? quoted(value) : String(value)
  }

  same(a: T, b: T): boolean {
    return a === b
  }
}
