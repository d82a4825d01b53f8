/** One row of the comparison: a field of tshark, and how to get the same from a packet of ours. */

/** One layer in the form of `packet.toJSON()`: numbers, flags as letters, addresses as text, bytes as hex. */
export interface OurLayer {
  name: string
  fields: Record<string, unknown>
}

/** A packet as netshell read it. */
export interface OurPacket {
  /** Seconds since 1970 with nine decimals. */
  time: string
  /** Bytes on the wire, and of them in the file. */
  originalLength: number
  length: number
  layers: OurLayer[]
}

export interface Row {
  /** tshark's name of the field; a name that it does not know fails the run. */
  tshark: string
  /** All values in the packet, outermost first, as the text that `normalise` makes of tshark's. */
  ours(packet: OurPacket): string[]
  /** Makes tshark's text comparable; '' leaves the value out. */
  normalise(text: string): string
}

/** Decimal text of tshark's decimal or 0x numbers; booleans as 1 and 0. */
export function number(text: string): string {
  if (text === 'True') return '1'
  if (text === 'False') return '0'
  return text === '' ? '' : BigInt(text).toString()
}

/** Bytes of tshark's as our JSON has them. */
export const hex = (text: string): string => text.replaceAll(':', '')

/** The same where tshark says in words that there are none. */
export const hexIfAny = (text: string): string => (text === '<MISSING>' ? '' : hex(text))

/** Text as it is. */
export const same = (text: string): string => text

type Match = string | RegExp | ((name: string, index: number, layers: readonly OurLayer[]) => boolean)

/** The layers of a packet that match: by name, also as quoted in an error message ('IPerror' for 'IP'). */
export function layersOf(packet: OurPacket, match: Match): OurLayer[] {
  return packet.layers.filter(({ name }, index) => {
    if (typeof match === 'function') return match(name, index, packet.layers)
    if (typeof match === 'string') return name === match || name === `${match}error`
    return match.test(name)
  })
}

/** A row for a field that our layer has too, as number (the default) or text; absent and null values are left out. */
export function field(tshark: string, match: Match, name: string, normalise = number, convert = plain): Row {
  return row(tshark, match, ({ fields }) => convert(fields[name]), normalise)
}

/** A row whose values are worked out from a layer of ours; undefined leaves the value out. */
export function row(
  tshark: string,
  match: Match,
  values: (layer: OurLayer) => unknown,
  normalise: (text: string) => string = number,
): Row {
  return {
    tshark,
    normalise,
    ours: (packet) => layersOf(packet, match).flatMap((layer) => texts(values(layer))),
  }
}

const plain = (value: unknown): unknown => value

function texts(value: unknown): string[] {
  if (value === undefined || value === null || value === '') return []
  if (Array.isArray(value)) return value.flatMap(texts)
  if (typeof value === 'boolean') return [value ? '1' : '0']
  return [String(value)]
}
