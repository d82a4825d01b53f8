import { formatDuration, printable } from '../../exchange/index.js'
import { readDhcpOptions } from '../../layers/index.js'
import { type AnyPacket, type Option, toHex } from '../../packet/index.js'
import { textTable } from '../text-table.js'

/** Characters of one value that are shown. */
const LONGEST = 200

/** What one server offers. */
export class DhcpOffer {
  /** `'offer'`, or `'bootp'` of a server that only knows BOOTP. */
  readonly type: string
  /** Address that the server names itself with; that of the packet where it names none. */
  readonly server: string
  /** Where the packet came from: addresses of IP and Ethernet. Another than `server` is a relay, or a fake. */
  readonly from: string
  readonly fromMac: string
  /** The address that is offered. */
  readonly address: string
  /** Network mask. */
  readonly mask: string | undefined
  readonly routers: readonly string[]
  readonly nameServers: readonly string[]
  readonly domain: string | undefined
  /** Seconds that the address may be used; Infinity for ever. Undefined of BOOTP. */
  readonly leaseTime: number | undefined
  /** The relay that passed it on; undefined when the server is on this link. */
  readonly relay: string | undefined
  /** File and host to boot from. */
  readonly bootFile: string | undefined
  readonly bootServer: string | undefined
  /** Seconds from the question to this offer. */
  readonly rtt: number
  /** All options in order, those of the fields sname and file too (RFC 2132 §9.3), parts joined (RFC 3396). */
  readonly options: readonly Option[]
  /** The frame. */
  readonly packet!: AnyPacket

  constructor(frame: AnyPacket, bootp: AnyPacket, rtt: number) {
    this.options = allOptions(bootp)
    const value = (name: string): unknown => this.options.find(([known]) => known === name)?.[1]
    const text = (name: string): string | undefined => textOf(value(name))
    const list = (name: string): string[] => {
      const found = value(name)
      return Array.isArray(found) ? found.map(String) : []
    }
    const type = value('message-type')
    this.type = type === undefined ? 'bootp' : String(type)
    const ip = frame.get('IP') as AnyPacket
    this.from = ip.src as string
    this.fromMac = frame.layerName === 'Ether' ? (frame.src as string) : ''
    this.server = text('server_id') ?? this.from
    this.address = bootp.yiaddr as string
    this.mask = text('subnet_mask')
    this.routers = list('router')
    this.nameServers = list('name_server')
    this.domain = text('domain')
    const lease = value('lease_time')
    this.leaseTime = typeof lease === 'number' ? (lease === FOR_EVER ? Number.POSITIVE_INFINITY : lease) : undefined
    this.relay = bootp.giaddr === '0.0.0.0' ? undefined : (bootp.giaddr as string)
    const overload = Number(value('dhcp-option-overload') ?? 0)
    this.bootFile = text('boot-file-name') ?? (overload & FILE ? undefined : textOf(bootp.file))
    this.bootServer = text('tftp_server_name') ?? (overload & SNAME ? undefined : textOf(bootp.sname))
    this.rtt = rtt
    Object.defineProperty(this, 'packet', { value: frame, enumerable: false })
  }

  /** Whether it is the same offer once more: a question that was sent twice is answered twice. */
  isSame(other: DhcpOffer): boolean {
    return (
      this.server === other.server &&
      this.address === other.address &&
      this.fromMac === other.fromMac &&
      this.from === other.from
    )
  }

  /** The value of an option by its name, as in the DHCP layer. */
  option(name: string | number): unknown {
    return this.options.find(([known]) => known === name)?.[1]
  }

  toString(): string {
    return printable(`${this.server} offers ${this.address}`)
  }

  toJSON(): unknown {
    const { packet: _, options, leaseTime, ...rest } = this as DhcpOffer & { packet: unknown }
    return {
      ...rest,
      leaseTime: leaseTime === Number.POSITIVE_INFINITY ? 'infinite' : leaseTime,
      options: options.map(([name, value]) => [name, value instanceof Uint8Array ? { hex: toHex(value) } : value]),
    }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

const FOR_EVER = 0xffffffff
/** Bits of the overload option. RFC 2132 §9.3. */
const FILE = 1
const SNAME = 2

/** Options of all fields of a message; those given in parts are one. RFC 3396: options, then file, then sname. */
function allOptions(bootp: AnyPacket): Option[] {
  const own = ((bootp.get('DHCP') as AnyPacket | undefined)?.options as Option[] | undefined) ?? []
  const overload = Number(own.find(([name]) => name === 'dhcp-option-overload')?.[1] ?? 0)
  const more = (bit: number, field: string): Option[] => {
    const value: unknown = bootp[field]
    return overload & bit && value instanceof Uint8Array ? readDhcpOptions(value) : []
  }
  const all = [...own, ...more(FILE, 'file'), ...more(SNAME, 'sname')]
  return joined(all.filter(([name]) => name !== 'end' && name !== 'pad'))
}

function joined(options: readonly Option[]): Option[] {
  const found = new Map<string | number, unknown>()
  for (const [name, value] of options) {
    const before = found.get(name)
    if (Array.isArray(before) && Array.isArray(value)) found.set(name, [...before, ...value])
    else if (typeof before === 'string' && typeof value === 'string' && TEXTS.has(String(name)))
      found.set(name, before + value)
    else if (!found.has(name)) found.set(name, value)
  }
  return [...found].map(([name, value]) => [name, value] as const)
}

/** Texts that may be longer than one option holds. */
const TEXTS = new Set(['domain', 'root_disk_path', 'boot-file-name', 'tftp_server_name', 'default-url', 'wpad'])

/** Text of an option without the zeros that some servers end it in; undefined when it is none or empty. */
function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const text = value.replace(/\0+$/, '')
  return text === '' ? undefined : text
}

/** All offers that came to one question. */
export class DhcpResult {
  /** Ctrl-C ended it before its time. */
  interrupted = false

  constructor(
    /** In the order that they came. */
    readonly offers: readonly DhcpOffer[],
    /** Interface that was asked on. */
    readonly interfaceName: string,
    /** Hardware address that asked. */
    readonly mac: string,
    /** Frames that were sent. */
    readonly sent: number,
    /** Seconds that it took. */
    readonly duration: number,
  ) {}

  /** The servers, each once. More than one may be on purpose, or one too many. */
  get servers(): string[] {
    return [...new Set(this.offers.map((offer) => offer.server))]
  }

  toString(): string {
    const { offers, servers, interfaceName, mac, sent, duration } = this
    const spent = `${sent} sent as ${mac}, ${formatDuration(duration)}${this.interrupted ? ', interrupted' : ''}`
    if (offers.length === 0) return printable(`no DHCP server answered on ${interfaceName} (${spent})`)
    const table = textTable(
      ['SERVER', 'OFFERS', 'MASK', 'ROUTER', 'NAME SERVERS', 'DOMAIN', 'LEASE', 'RTT'],
      offers.map((offer) => [
        offer.server,
        offer.address,
        offer.mask ?? '-',
        offer.routers.join('\n') || '-',
        offer.nameServers.join('\n') || '-',
        (offer.domain ?? '-').slice(0, LONGEST),
        leaseText(offer.leaseTime),
        formatDuration(offer.rtt),
      ]),
    )
    const notes = offers.flatMap(notesOf)
    if (servers.length > 1) notes.push(`${servers.length} servers answer on this link: is each of them meant to?`)
    const count = `${offers.length} offer${offers.length === 1 ? '' : 's'} of ${servers.length} server${servers.length === 1 ? '' : 's'}`
    return printable([table, ...notes, `${count} on ${interfaceName}, ${spent}; nothing was leased`].join('\n'))
  }

  toJSON(): unknown {
    const { interfaceName, mac, sent, duration, servers, offers } = this
    return { interfaceName, mac, sent, duration, servers, offers }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

function notesOf(offer: DhcpOffer): string[] {
  const notes: string[] = []
  if (offer.relay !== undefined) notes.push(`${offer.server} answers through the relay ${offer.relay}`)
  else if (offer.from !== offer.server)
    notes.push(`${offer.server} answered from the address ${offer.from} (${offer.fromMac}), and names no relay`)
  if (offer.bootFile !== undefined)
    notes.push(
      `${offer.server} has a file to boot from: ${offer.bootFile.slice(0, LONGEST)}${offer.bootServer === undefined ? '' : ` on ${offer.bootServer.slice(0, LONGEST)}`}`,
    )
  if (offer.type === 'bootp') notes.push(`${offer.server} knows BOOTP alone: the address is for ever`)
  return notes
}

/** Seconds as people say them: `12 h`, `90 min`, `forever`. */
function leaseText(seconds: number | undefined): string {
  if (seconds === undefined) return '-'
  if (seconds === Number.POSITIVE_INFINITY) return 'forever'
  for (const [unit, size] of [
    ['d', 86400],
    ['h', 3600],
    ['min', 60],
  ] as const) {
    if (seconds >= 2 * size || seconds === size) return `${Math.round(seconds / size)} ${unit}`
  }
  return `${seconds} s`
}
