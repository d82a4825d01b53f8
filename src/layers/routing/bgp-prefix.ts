/** Routes of BGP as text: `10.0.0.0/8`, `2001:db8::/32`; with a path identifier `10.0.0.0/8 path 1`. RFC 4271 §4.3, RFC 7911 §3. */
import {
  type AnyPacket,
  type Codec,
  type Extent,
  extentOf,
  Field,
  formatIpv4,
  formatIpv6,
  Kind,
  PacketError,
  parseIpv4,
  parseIpv6,
  printed,
  quoted,
  Reader,
  type Writer,
} from '../../packet/index.js'

/** Which addresses the routes are of, or undefined when they cannot be told apart. */
type Family = (packet: AnyPacket) => 4 | 6 | undefined

const MAX_ROUTES = 65536

/** Reads one route; the reader fails where there is none. */
function readRoute(reader: Reader, family: 4 | 6, hasPath: boolean): string {
  const path = hasPath ? reader.u32() : 0
  const length = reader.u8()
  if (length > (family === 4 ? 32 : 128)) {
    reader.fail(`a prefix of ${length} bits`)
    return ''
  }
  const address = new Uint8Array(family === 4 ? 4 : 16)
  address.set(reader.bytes((length + 7) >>> 3))
  const text =
    family === 4
      ? formatIpv4(((address[0]! << 24) | (address[1]! << 16) | (address[2]! << 8) | address[3]!) >>> 0)
      : formatIpv6(address)
  return hasPath ? `${text}/${length} path ${path}` : `${text}/${length}`
}

/** All routes up to the reader's end. */
function readRoutes(reader: Reader, family: 4 | 6, hasPath: boolean): string[] {
  const routes: string[] = []
  while (reader.left > 0 && reader.missing === 0 && routes.length < MAX_ROUTES)
    routes.push(readRoute(reader, family, hasPath))
  return routes
}

/** Whether the prefixes have no bits set behind their lengths: wrongly read ones mostly do. */
function isTidy(reader: Reader, hasPath: boolean): boolean {
  const { buffer, end } = reader
  for (let at = reader.position; at < end; ) {
    if (hasPath) at += 4
    const length = buffer[at]!
    at += 1 + ((length + 7) >>> 3)
    if (length % 8 !== 0 && at <= end && (buffer[at - 1]! & (0xff >>> (length % 8))) !== 0) return false
  }
  return true
}

/**
 * Routes with or without path identifiers: nothing in the message says which. A plain reading that comes out even counts, unless it
 * has several default routes or bits behind a prefix's end, and the other reading has none: identifiers begin with zeros.
 */
function hasPaths(reader: Reader, family: 4 | 6): boolean {
  const { buffer, start, position, end } = reader
  const attempt = (hasPath: boolean): { routes: string[]; fits: boolean; isLikely: boolean } => {
    const inner = new Reader(buffer, start, position, end)
    const routes = readRoutes(inner, family, hasPath)
    const fits = inner.missing === 0
    const defaults = routes.filter((route) => /\/0( |$)/.test(route)).length
    return { routes, fits, isLikely: fits && defaults <= 1 && isTidy(reader, hasPath) }
  }
  if (end === position) return false
  const plain = attempt(false)
  if (plain.isLikely) return false
  const other = attempt(true)
  return plain.fits ? other.isLikely : other.fits
}

/** The text of a route as it is always written. @throws PacketError */
function canonicalRoute(value: unknown, where: string): string {
  const found =
    typeof value === 'string' ? /^([0-9a-fA-F.:]+)\/(\d{1,3})(?: path (\d{1,10}))?$/.exec(value.trim()) : null
  if (found !== null) {
    const [, address, digits, path] = found
    const length = Number(digits)
    const number = parseIpv4(address!)
    const bytes = number >= 0 ? ipv4Bytes(number) : parseIpv6(address!)
    if (bytes !== undefined && length <= bytes.length * 8 && Number(path ?? 0) <= 0xffffffff) {
      const kept = new Uint8Array(bytes.length)
      kept.set(bytes.subarray(0, (length + 7) >>> 3))
      const text =
        kept.length === 4
          ? formatIpv4(((kept[0]! << 24) | (kept[1]! << 16) | (kept[2]! << 8) | kept[3]!) >>> 0)
          : formatIpv6(kept)
      return `${text}/${length}${path === undefined ? '' : ` path ${Number(path)}`}`
    }
  }
  throw new PacketError(
    `${where}: ${printed(value)} is no route such as '10.0.0.0/8', '2001:db8::/32' or '10.0.0.0/8 path 1'`,
  )
}

function ipv4Bytes(number: number): Uint8Array {
  return Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number)
}

function writeRoute(writer: Writer, route: string): void {
  const [, address, length, path] = /^(.*)\/(\d+)(?: path (\d+))?$/.exec(route)!
  if (path !== undefined) writer.u32(Number(path))
  writer.u8(Number(length))
  const number = parseIpv4(address!)
  const bytes = number >= 0 ? ipv4Bytes(number) : parseIpv6(address!)!
  writer.bytes(bytes.subarray(0, (Number(length) + 7) >>> 3))
}

class RoutesCodec implements Codec<string[]> {
  readonly kindName = 'routes'
  constructor(
    private readonly family: Family,
    private readonly extent: Extent | undefined,
  ) {}

  read(reader: Reader, packet: AnyPacket): string[] {
    const length = extentOf(this.extent, packet)
    const inner = length === undefined ? reader : reader.sub(length)
    const family = this.family(packet)
    if (family === undefined) {
      inner.fail('routes of an unknown family')
      return []
    }
    const routes = readRoutes(inner, family, hasPaths(inner, family))
    if (inner !== reader && inner.missing > 0 && reader.missing === 0) {
      reader.missing = inner.missing
      reader.reason = inner.reason === '' ? 'a prefix is cut short' : inner.reason
    }
    return routes
  }

  write(writer: Writer, routes: string[]): void {
    for (const route of routes) writeRoute(writer, route)
  }

  coerce(value: unknown, where: string): string[] {
    if (!Array.isArray(value))
      throw new PacketError(`${where}: ${printed(value)} is no list of routes such as ['10.0.0.0/8']`)
    return value.map((each: unknown) => canonicalRoute(each, where))
  }

  empty(): string[] {
    return []
  }

  show(routes: string[]): string {
    return `[${routes.join(', ')}]`
  }

  json(routes: string[]): unknown {
    return routes
  }

  parse(json: unknown): unknown {
    return json
  }

  command(routes: string[]): string {
    return `[${routes.map(quoted).join(', ')}]`
  }

  same(a: string[], b: string[]): boolean {
    return a.length === b.length && a.every((each, i) => each === b[i])
  }
}

/** Routes of as many bytes as the extent says, or all that are left; plain texts. */
export const routes = (family: Family, extent?: Extent): Field<string[], readonly string[]> =>
  new Field<string[], readonly string[]>(Kind.CODEC, 0, new RoutesCodec(family, extent))
