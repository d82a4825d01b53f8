/**
 * SDP, the Session Description Protocol: lines of a letter and a value. RFC 8866 §5.
 *
 *   v=0
 *   o=alice 2890844526 2890844526 IN IP4 host.example
 *   m=audio 49170 RTP/AVP 0
 */
import {
  behave,
  type Codec,
  Field,
  Kind,
  layer,
  PacketError,
  printed,
  quoted,
  type Reader,
  toBytes,
  type Writer,
} from '../../packet/index.js'

/** A line: the letter in front of the equals sign, and what stands behind it. */
export type SdpLine = readonly [letter: string, value: string]

/** What a session needs at least. RFC 8866 §5. */
const DEFAULT: readonly SdpLine[] = [
  ['v', '0'],
  ['o', '- 0 0 IN IP4 127.0.0.1'],
  ['s', '-'],
  ['t', '0 0'],
]

class LinesCodec implements Codec<SdpLine[]> {
  readonly kindName = 'lines'
  /** Lines may end with a line feed alone. */
  readonly isLossy = true
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true })

  read(reader: Reader): SdpLine[] {
    const lines = this.decoder.decode(reader.rest()).split(/\r?\n/)
    if (lines.at(-1) === '') lines.pop()
    return lines.map((line) => (line[1] === '=' ? [line[0]!, line.slice(2)] : ['', line]))
  }

  write(writer: Writer, lines: SdpLine[]): void {
    for (const [letter, value] of lines)
      writer.bytes(toBytes(letter === '' ? `${value}\r\n` : `${letter}=${value}\r\n`))
  }

  coerce(value: unknown, where: string): SdpLine[] {
    if (!Array.isArray(value))
      throw new PacketError(`${where}: ${printed(value)} is no list such as [['m', 'audio 4000 RTP/AVP 0']]`)
    return value.map((line: unknown) => {
      const [letter, text] = (
        typeof line === 'string' ? [line[0], line.slice(2)] : Array.isArray(line) ? line : []
      ) as unknown[]
      if (typeof letter === 'string' && letter.length <= 1 && typeof text === 'string' && !text.includes('\n'))
        return [letter, text]
      throw new PacketError(
        `${where}: ${printed(line)} is no line such as ['m', 'audio 4000 RTP/AVP 0'] or 'a=sendrecv'`,
      )
    })
  }

  empty(): SdpLine[] {
    return []
  }

  show(lines: SdpLine[]): string {
    return `[${lines.map(([letter, value]) => quoted(letter === '' ? value : `${letter}=${value}`)).join(', ')}]`
  }

  json(lines: SdpLine[]): unknown {
    return lines
  }

  parse(json: unknown): unknown {
    return json
  }

  command(lines: SdpLine[]): string {
    return `[${lines.map(([letter, value]) => `[${quoted(letter)}, ${quoted(value)}]`).join(', ')}]`
  }

  same(a: SdpLine[], b: SdpLine[]): boolean {
    return this.command(a) === this.command(b)
  }
}

export const SDP = layer(
  'SDP',
  () => ({
    lines: new Field<SdpLine[], readonly (SdpLine | string)[]>(Kind.CODEC, 0, new LinesCodec()).default([...DEFAULT]),
  }),
  'Session description: which media, where, in which formats.',
  'RFC 8866 §5',
)

behave(SDP, {
  summary: (me) => {
    const media = (me.lines as SdpLine[]).filter(([letter]) => letter === 'm').map(([, value]) => value)
    return ['SDP', ...media].join(' ')
  },
})
