/** Items that describe a source, `[['CNAME', 'alice@host.example']]`, up to a zero and filled up to 4 bytes. RFC 3550 §6.5. */
import {
  type Codec,
  Field,
  Kind,
  type Option,
  PacketError,
  printed,
  quoted,
  type Reader,
  suggestion,
  toHex,
  type Writer,
} from '../../packet/index.js'
import { anyText, jsonOf, parsedOf } from '../transport/tlv-values.js'

/** IANA, "RTP SDES Item Types". */
const ITEMS: Readonly<Record<number, string>> = {
  1: 'CNAME',
  2: 'NAME',
  3: 'EMAIL',
  4: 'PHONE',
  5: 'LOC',
  6: 'TOOL',
  7: 'NOTE',
  8: 'PRIV',
  9: 'H323-CADDR',
  10: 'APSI',
  11: 'RGRP',
  12: 'RtpStreamId',
  13: 'RepairedRtpStreamId',
  14: 'CCID',
  15: 'MID',
}

const UNIT = 4
const LONGEST = 255

const typeNamed = (name: string): number | undefined => {
  const found = Object.entries(ITEMS).find(([, each]) => each.toLowerCase() === name.toLowerCase())
  return found === undefined ? undefined : Number(found[0])
}

class ItemsCodec implements Codec<Option[]> {
  readonly kindName = 'items'
  readonly isLossy = true

  read(reader: Reader): Option[] {
    const items: Option[] = []
    while (reader.left > 0) {
      const type = reader.u8()
      if (type === 0) break
      const value = reader.bytes(reader.u8())
      if (reader.missing > 0) return items
      items.push([ITEMS[type] ?? type, anyText.read(value, undefined as never) ?? value])
    }
    while (reader.left > 0 && (reader.position - reader.start) % UNIT !== 0) reader.u8()
    return items
  }

  write(writer: Writer, items: Option[]): void {
    for (const [name, value] of items) {
      const bytes = value instanceof Uint8Array ? value : anyText.write(value ?? '', undefined as never)
      if (bytes.length > LONGEST)
        throw new PacketError(`SDESChunk.items: ${name} has ${bytes.length} bytes; at most ${LONGEST} fit`)
      writer.u8(typeof name === 'number' ? name : typeNamed(name)!)
      writer.u8(bytes.length)
      writer.bytes(bytes)
    }
    writer.u8(0)
    while ((writer.length - writer.start) % UNIT !== 0) writer.u8(0)
  }

  coerce(value: unknown, where: string): Option[] {
    if (!Array.isArray(value))
      throw new PacketError(`${where}: ${printed(value)} is no list such as [['CNAME', 'a@b']]`)
    return value.map((item: unknown) => {
      const [name, text] = (Array.isArray(item) ? item : [item]) as [unknown, unknown]
      const type = typeof name === 'string' ? typeNamed(name) : name
      if (typeof type !== 'number' || !(Number.isInteger(type) && type > 0 && type <= LONGEST)) {
        const near = typeof name === 'string' ? suggestion(name, Object.values(ITEMS)) : ''
        throw new PacketError(`${where}: no item ${printed(name)}${near}`)
      }
      const known = ITEMS[type] ?? type
      return [known, text instanceof Uint8Array ? text : anyText.coerce(text ?? '', `${where} ${known}`)]
    })
  }

  empty(): Option[] {
    return []
  }

  show(items: Option[]): string {
    return `[${items.map(([name, value]) => `${name} ${value instanceof Uint8Array ? toHex(value) : quoted(String(value))}`).join(', ')}]`
  }

  json(items: Option[]): unknown {
    return items.map(([name, value]) => [name, jsonOf(anyText, value)])
  }

  parse(json: unknown): unknown {
    if (!Array.isArray(json)) return json
    return json.map((item: unknown) => (Array.isArray(item) ? [item[0], parsedOf(anyText, item[1])] : item))
  }

  command(items: Option[]): string {
    const one = (value: unknown): string =>
      value instanceof Uint8Array
        ? `hex('${toHex(value)}')`
        : typeof value === 'number'
          ? String(value)
          : quoted(String(value))
    return `[${items.map(([name, value]) => `[${one(name)}, ${one(value)}]`).join(', ')}]`
  }

  same(a: Option[], b: Option[]): boolean {
    return this.command(a) === this.command(b)
  }
}

export function sdesItems(): Field<
  Option[],
  readonly (readonly [name: string | number, value: string | Uint8Array])[]
> {
  return new Field<Option[], readonly (readonly [name: string | number, value: string | Uint8Array])[]>(
    Kind.CODEC,
    0,
    new ItemsCodec() as Codec,
  )
}
