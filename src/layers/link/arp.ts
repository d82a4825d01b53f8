/**
 * ARP, address resolution. RFC 826; reverse: RFC 903; probes and announcements: RFC 5227.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+-------------------------------+
 *   |            hwtype             |             ptype             |
 *   +---------------+---------------+-------------------------------+
 *   |     hwlen     |     plen      |              op               |
 *   +---------------+---------------+-------------------------------+
 *   |  hwsrc (hwlen bytes), psrc (plen), hwdst (hwlen), pdst (plen)  …
 *   +-------------------------------+-------------------------------+
 */
import {
  type AnyPacket,
  behave,
  type Codec,
  escapeBytes,
  Field,
  fromHex,
  hardwareSource,
  ipv4,
  Kind,
  layer,
  mac,
  type Reader,
  routeSource,
  sameBytes,
  toHex,
  u8,
  u16Enum,
  type Writer,
} from '../../packet/index.js'
import { bindEtherType } from './ether-type.js'
import { ETHER_TYPES } from './ethernet.js'
import { HARDWARE_TYPES } from './sll.js'

/** IANA, "Address Resolution Protocol (ARP) Parameters", operation codes; names as Scapy's. */
const OPERATIONS: Readonly<Record<number, string>> = {
  1: 'who-has',
  2: 'is-at',
  3: 'RARP-req',
  4: 'RARP-rep',
  5: 'Dyn-RARP-req',
  6: 'Dyn-RARP-rep',
  7: 'Dyn-RARP-err',
  8: 'InARP-req',
  9: 'InARP-rep',
}

type Address = string | Uint8Array

/** An address whose length is said in the header: text when it has the usual length, else bytes. */
class AddressCodec implements Codec<Address> {
  readonly kindName = 'address'
  readonly scalar: Field<never, never>
  private readonly plain: Field

  constructor(
    plain: Field<string>,
    name: string,
    private readonly lengthAt: number,
  ) {
    this.plain = plain as Field
    this.plain.layerName = 'ARP'
    this.plain.name = name
    this.scalar = plain as unknown as Field<never, never>
  }

  read(reader: Reader): Address {
    const length = reader.buffer[reader.start + this.lengthAt]!
    if (length !== this.plain.size) return reader.bytes(length)
    const at = reader.position
    if (!reader.need(length)) return ''
    reader.position = at + length
    return this.plain.presentAt(reader.buffer, at) as string
  }

  write(writer: Writer, value: Address): void {
    if (value instanceof Uint8Array) writer.bytes(value)
    else {
      const at = writer.reserve(this.plain.size)
      this.plain.writeAt(writer.buffer, at, this.plain.coerce(value))
    }
  }

  coerce(value: unknown): Address {
    if (value instanceof Uint8Array && value.length !== this.plain.size && value.length < 256) return value
    return this.plain.present(this.plain.coerce(value)) as string
  }

  empty(): Address {
    return this.plain.present(this.plain.coerce(new Uint8Array(this.plain.size))) as string
  }

  show(value: Address): string {
    return typeof value === 'string' ? value : `'${escapeBytes(value)}'`
  }

  json(value: Address): unknown {
    return typeof value === 'string' ? value : toHex(value)
  }

  parse(json: unknown): unknown {
    return typeof json === 'string' && /^([0-9a-f]{2})*$/.test(json) ? fromHex(json) : json
  }

  command(value: Address): string {
    return typeof value === 'string' ? `'${value}'` : `Uint8Array.from([${value.join(', ')}])`
  }

  same(a: Address, b: Address): boolean {
    return typeof a === 'string' || typeof b === 'string' ? a === b : sameBytes(a, b)
  }
}

const address = (plain: Field<string>, name: string, lengthAt: number): Field<Address> =>
  new Field<Address>(Kind.CODEC, 0, new AddressCodec(plain, name, lengthAt))
const hardware = (name: string): Field<Address> => address(mac(), name, 4)
const protocol = (name: string): Field<Address> => address(ipv4(), name, 5)

/** The address that is asked for, the first when it is a set. */
function target(me: AnyPacket): string {
  const asked = me.raw('pdst')
  const first =
    typeof asked === 'object' && asked !== null && 'pick' in asked ? (asked as { pick(): unknown }).pick() : asked
  return typeof first === 'string' ? first : ''
}

/** The sender's own addresses: of the frame around it where that says it, else of the interface towards the target. */
function ownHardware(me: AnyPacket): string | undefined {
  const frame = me.under
  if (frame !== null && frame.layerName === 'Ether' && frame._isSet(frame._layer.find('src'))) {
    const src = frame._read(frame._layer.find('src'))
    if (typeof src === 'string') return src
  }
  return hardwareSource(target(me))
}

export const ARP = layer(
  'ARP',
  () => ({
    hwtype: u16Enum(1, HARDWARE_TYPES).hex(),
    ptype: u16Enum(0x0800, ETHER_TYPES).hex(),
    hwlen: u8().lengthOf('hwsrc'),
    plen: u8().lengthOf('psrc'),
    op: u16Enum(1, OPERATIONS),
    hwsrc: hardware('hwsrc').dynamic(ownHardware),
    psrc: protocol('psrc').dynamic((me) => routeSource(target(me))),
    hwdst: hardware('hwdst'),
    pdst: protocol('pdst'),
  }),
  'Address resolution. Unset: the own addresses from the route to pdst. Addresses of unusual length are bytes.',
  'RFC 826; reverse: RFC 903; probes and announcements: RFC 5227',
)

const REQUEST = 1
const REPLY = 2

behave(ARP, {
  headerLength: (me) => 8 + 2 * (me.hwlen + me.plen),
  headerLengthField: 'hwlen and plen',
  summary: (me) => {
    if (me.op === REQUEST) return `ARP who has ${me.text('pdst')} says ${me.text('psrc')}`
    if (me.op === REPLY) return `ARP is at ${me.text('hwsrc')} says ${me.text('psrc')}`
    return `ARP ${me.text('op')} ${me.text('psrc')} > ${me.text('pdst')}`
  },
  // Requests have odd numbers, their replies the next one. Whoever has the address that was asked for answers.
  answers: (me, request) =>
    request._layer === me._layer &&
    me.op % 2 === 0 &&
    me.op === request.op + 1 &&
    (me.op === REPLY ? me.text('psrc') === request.text('pdst') : true),
  hash: (me) => {
    const pair = (me.op + 1) >> 1
    return pair === 1 ? `arp ${me.text(me.op === REQUEST ? 'pdst' : 'psrc')}` : `arp ${pair}`
  },
})

bindEtherType(0x8035, ARP)
bindEtherType(0x0806, ARP)
