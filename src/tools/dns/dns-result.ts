import { formatDuration, printable } from '../../exchange/index.js'
import { DNS_CLASSES, typeName } from '../../layers/services/dns-numbers.js'
import type { AnyPacket } from '../../packet/index.js'
import { textTable } from '../text-table.js'
import type { DnsQuestion } from './dns-options.js'
import { DnsRecord } from './dns-record.js'

/** Records of a section that are shown. */
const SHOWN_RECORDS = 50
/** Responses that are shown. */
const SHOWN_RESPONSES = 50
const LONGEST_DATA = 500

/** Names and meanings of response codes. IANA, "DNS RCODEs"; RFC 1035 §4.1.1, RFC 2136 §2.2, RFC 6891 §6.1.3. */
const RCODES: Readonly<Record<number, readonly [name: string, words: string]>> = {
  0: ['NOERROR', 'no error'],
  1: ['FORMERR', 'the server does not understand the question'],
  2: ['SERVFAIL', 'the server failed'],
  3: ['NXDOMAIN', 'there is no such name'],
  4: ['NOTIMP', 'the server does not do this'],
  5: ['REFUSED', 'the server refuses'],
  6: ['YXDOMAIN', 'the name exists and should not'],
  7: ['YXRRSET', 'the records exist and should not'],
  8: ['NXRRSET', 'the records should exist'],
  9: ['NOTAUTH', 'the server does not keep this zone'],
  10: ['NOTZONE', 'the name is not in the zone'],
  16: ['BADVERS', 'the server does not know this version of EDNS'],
  23: ['BADCOOKIE', 'the cookie is wrong'],
}

/** What a server says of itself with EDNS. RFC 6891 §6.1. */
export interface DnsEdns {
  version: number
  /** Greatest datagram that it takes, bytes. */
  size: number
  /** DO: it sends signatures. */
  dnssec: boolean
}

/** How a question ended: 'answered' (whatever the code), nobody answered, the port is closed, no way, stopped by Ctrl-C. */
export type DnsState = 'answered' | 'no answer' | 'closed' | 'unreachable' | 'stopped'

/** What a response is made of. */
export interface DnsResponseParts {
  question: DnsQuestion
  server: string
  port: number
  state: DnsState
  /** Why there is no answer, in words. */
  reason?: string
  transport: 'UDP' | 'TCP'
  /** Seconds from the last sending to the answer. */
  rtt?: number
  /** Bytes of the message. */
  size?: number
  message?: AnyPacket
  tries: number
  /** What came and was no answer to the question: wrong number, wrong question. */
  ignored: readonly string[]
}

/** One question and its answer. */
export class DnsResponse {
  /** Name and type that were asked, `{name: 'example.org.', type: 'A', class: 'IN'}`. */
  readonly question: { name: string; type: string; class: string; asked: string }
  readonly state: DnsState
  readonly reason: string | undefined
  readonly server: string
  readonly port: number
  readonly transport: 'UDP' | 'TCP'
  readonly rtt: number | undefined
  readonly size: number | undefined
  readonly tries: number
  readonly ignored: readonly string[]
  /** Code of the response, 0 for no error, EDNS's upper bits included; undefined without an answer. */
  readonly rcode: number | undefined
  /** `'NOERROR'`, `'NXDOMAIN'` … */
  readonly status: string | undefined
  readonly id: number | undefined
  /** Of `aa tc rd ra ad cd`, those that are set. */
  readonly flags: readonly string[]
  readonly answers: readonly DnsRecord[]
  readonly authority: readonly DnsRecord[]
  readonly additional: readonly DnsRecord[]
  readonly edns: DnsEdns | undefined
  /** What is damaged in the message; undefined when nothing is. */
  readonly damage: string | undefined
  /** The message as a layer. */
  readonly packet!: AnyPacket | undefined

  constructor(parts: DnsResponseParts) {
    const { question, message } = parts
    this.question = {
      name: question.name,
      type: typeName(question.type),
      class: DNS_CLASSES[question.class] ?? `CLASS${question.class}`,
      asked: question.asked,
    }
    this.state = parts.state
    this.reason = parts.reason
    this.server = parts.server
    this.port = parts.port
    this.transport = parts.transport
    this.rtt = parts.rtt
    this.size = parts.size
    this.tries = parts.tries
    this.ignored = parts.ignored
    const options = section(message, 'ar').find(isOptions)
    this.edns =
      options === undefined
        ? undefined
        : { version: options.version, size: options.rclass, dnssec: String(options.z).includes('DO') }
    this.rcode =
      message === undefined ? undefined : (message.rcode as number) + ((options?.extrcode as number) ?? 0) * 16
    this.status = this.rcode === undefined ? undefined : (RCODES[this.rcode]?.[0] ?? `RCODE${this.rcode}`)
    this.id = message?.id as number | undefined
    this.flags = message === undefined ? [] : ['aa', 'tc', 'rd', 'ra', 'ad', 'cd'].filter((flag) => message[flag] === 1)
    this.answers = records(message, 'an')
    this.authority = records(message, 'ns')
    this.additional = records(message, 'ar')
    this.damage = message?.issue == null ? undefined : String(message.issue)
    Object.defineProperty(this, 'packet', { value: message, enumerable: false })
  }

  /** Data of the answers alone, one a line: as `dig +short`. */
  get short(): string[] {
    return this.answers.map((record) => record.data)
  }

  toString(): string {
    const { question, status } = this
    const what =
      question.asked === question.name.replace(/\.$/, '') || question.asked === question.name
        ? question.name
        : `${question.asked} (${question.name})`
    const head = `${what} ${question.class === 'IN' ? '' : `${question.class} `}${question.type}`
    if (status === undefined) return printable(`${head}: ${this.reason ?? this.state}${this.ignoredText}`)
    const lines = [`${head}: ${this.verdict}`]
    const sections: [string, readonly DnsRecord[]][] = [
      ['', this.answers],
      ['authority', this.authority],
      ['additional', this.additional],
    ]
    const rows = sections.flatMap(([title, all]) => rowsOf(title, all))
    if (rows.length > 0)
      lines.push(textTable(['NAME', 'TTL', 'TYPE', 'DATA', ''], rows, ['left', 'right']).replace(/^/gm, '  '))
    lines.push(`  ${this.footer}`)
    return printable(lines.join('\n'))
  }

  /** `2 answers`, `NXDOMAIN, there is no such name`. */
  private get verdict(): string {
    const words = RCODES[this.rcode!]?.[1] ?? 'an unknown code'
    if (this.rcode !== 0) return `${this.status}, ${words}`
    const count = `${this.answers.length} answer${this.answers.length === 1 ? '' : 's'}`
    if (this.flags.includes('tc'))
      return `${count}, cut short: it is too long for a datagram; over TCP it would be whole`
    if (this.answers.length > 0) return count
    return this.authority.some((record) => record.type === 'NS') && !this.flags.includes('aa')
      ? 'no answer here; the servers below know more'
      : 'the name has no records of this type'
  }

  private get footer(): string {
    const parts = [
      `${this.status} from ${this.server}${this.port === 53 ? '' : ` port ${this.port}`} over ${this.transport}`,
      formatDuration(this.rtt ?? 0),
      `${this.size} bytes`,
      `flags ${this.flags.join(' ') || 'none'}`,
      ...(this.edns === undefined ? [] : [`EDNS ${this.edns.size}${this.edns.dnssec ? ' DO' : ''}`]),
      ...(this.tries > 1 ? [`asked ${this.tries} times`] : []),
    ]
    const damage = this.damage === undefined ? '' : `\n  damaged: ${this.damage}`
    return parts.join(', ') + this.ignoredText + damage
  }

  private get ignoredText(): string {
    if (this.ignored.length === 0) return ''
    return `\n  not taken: ${this.ignored.slice(0, 3).join('; ')}${this.ignored.length > 3 ? `; … ${this.ignored.length - 3} more` : ''}`
  }

  toJSON(): unknown {
    const { packet: _, ...rest } = this as DnsResponse & { packet: unknown }
    return { ...rest }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

function section(message: AnyPacket | undefined, name: string): AnyPacket[] {
  return (message?.[name] as AnyPacket[] | undefined) ?? []
}

const isOptions = (record: AnyPacket): boolean => record.layerName === 'DNSRROPT'

function records(message: AnyPacket | undefined, name: string): DnsRecord[] {
  return section(message, name)
    .filter((record) => !isOptions(record))
    .map((record) => new DnsRecord(record))
}

function rowsOf(title: string, all: readonly DnsRecord[]): string[][] {
  const rows = all
    .slice(0, SHOWN_RECORDS)
    .map((record) => [
      record.name,
      String(record.ttl),
      `${record.class === 'IN' ? '' : `${record.class} `}${record.type}`,
      record.data.length > LONGEST_DATA ? `${record.data.slice(0, LONGEST_DATA)}…` : record.data,
      title,
    ])
  if (all.length > SHOWN_RECORDS) rows.push([`… ${all.length - SHOWN_RECORDS} more`, '', '', '', title])
  return rows
}

/** All questions and answers of one `dns`. */
export class DnsResult {
  constructor(
    /** One a question, in the order asked: names first, of each its types. */
    readonly responses: readonly DnsResponse[],
    /** The name server, and where its address is from when it was not given: `'/etc/resolv.conf'`. */
    readonly server: string,
    readonly serverFrom: string | undefined,
    private readonly isShort = false,
  ) {}

  /** The answers of all responses together. */
  get answers(): DnsRecord[] {
    return this.responses.flatMap((response) => [...response.answers])
  }

  /** Their data alone, as `dig +short`. */
  get short(): string[] {
    return this.answers.map((record) => record.data)
  }

  /** Whether every question was answered without an error code. */
  get isGood(): boolean {
    return this.responses.length > 0 && this.responses.every((response) => response.rcode === 0)
  }

  toString(): string {
    const { responses } = this
    if (this.isShort) return printable(this.short.join('\n'))
    const lines = responses.slice(0, SHOWN_RESPONSES).map(String)
    if (responses.length > SHOWN_RESPONSES) lines.push(`… ${responses.length - SHOWN_RESPONSES} more responses`)
    if (this.serverFrom !== undefined) lines.push(`server ${this.server} is the first of ${this.serverFrom}`)
    if (responses.length > 1) {
      const answered = responses.filter((response) => response.state === 'answered')
      const good = answered.filter((response) => response.rcode === 0)
      lines.push(`${responses.length} questions, ${answered.length} answered, ${good.length} without an error`)
    }
    return lines.join('\n')
  }

  toJSON(): unknown {
    return { server: this.server, serverFrom: this.serverFrom, responses: this.responses }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}
