/** Policy rules: which routing table decides for which packets (ip-rule(8)). */
import { formatAddress } from './address-bytes.js'
import { ipJson } from './ip-command.js'
import { LinkError } from './link.js'
import { inNamespace, type NamespaceOptions } from './namespace.js'
import { attributes, type NetlinkMessage, netlinkRequest, netlinkWorks, numberOf } from './netlink.js'
import { checkOptionNames } from './option-names.js'
import { withoutFullPrefix } from './route-entry.js'
import { tableNames } from './route-names.js'
import { checkFamily } from './route-tables.js'
import { AF_INET, AF_INET6 } from './socket-numbers.js'

export interface RulesOptions extends NamespaceOptions {
  /** Only IPv4's (4) or IPv6's (6). Default: both. */
  family?: 4 | 6
}

/** `lookup`: look in `table`; `goto`: go on at the rule of priority `goto`; `nop`: nothing; the others end the search. */
export type RuleAction = 'lookup' | 'goto' | 'nop' | 'blackhole' | 'unreachable' | 'prohibit'

type Unset<T> = { [Key in keyof T]?: T[Key] | undefined }
type RuleFields = Pick<Rule, 'family' | 'priority' | 'action'> & Unset<Omit<Rule, 'toString'>>

/** A policy rule. At the prompt it is written as `ip rule` does. */
export class Rule {
  readonly family: 4 | 6
  /** Rules are tried from the lowest on. */
  readonly priority: number
  readonly action: RuleAction
  /** For the action `lookup`: `'main'`, or the number as text. */
  declare readonly table?: string
  /** For the action `goto`: priority of the rule to go on at. */
  declare readonly goto?: number
  /** Packets that do not fit what follows. */
  declare readonly not?: true
  /** Source addresses: `'10.5.0.0/16'`; unset: all. */
  declare readonly from?: string
  /** Destinations; unset: all. */
  declare readonly to?: string
  /** Interface that they came in by; `'lo'`: packets of this machine. */
  declare readonly iif?: string
  /** Interface that the socket is bound to. */
  declare readonly oif?: string
  /** Mark of a packet or socket, and the bits of it that count. */
  declare readonly fwmark?: number
  declare readonly fwmask?: number
  declare readonly tos?: number
  /** User ids of who sends, first and last. */
  declare readonly uids?: readonly [first: number, last: number]
  /** IP protocol number: 6 TCP, 17 UDP. */
  declare readonly protocol?: number
  declare readonly sourcePorts?: readonly [first: number, last: number]
  declare readonly destinationPorts?: readonly [first: number, last: number]
  /** Finds of the table whose prefix is not longer than this do not count. */
  declare readonly suppressPrefixLength?: number

  constructor(fields: RuleFields) {
    this.family = fields.family
    this.priority = fields.priority
    this.action = fields.action
    for (const [name, value] of Object.entries(fields)) if (value !== undefined) Object.assign(this, { [name]: value })
  }

  toString(): string {
    const words = [`${this.priority}:`]
    const say = (word: string, value: unknown) => value !== undefined && words.push(`${word} ${String(value)}`)
    if (this.not) words.push('not')
    say('from', this.from ?? 'all')
    say('to', this.to)
    say('tos', hexadecimal(this.tos))
    if (this.fwmark !== undefined)
      say('fwmark', hexadecimal(this.fwmark) + (this.fwmask === undefined ? '' : `/${hexadecimal(this.fwmask)}`))
    say('iif', this.iif)
    say('oif', this.oif)
    say('uidrange', this.uids?.join('-'))
    say('ipproto', this.protocol)
    say('sport', this.sourcePorts && span(this.sourcePorts))
    say('dport', this.destinationPorts && span(this.destinationPorts))
    if (this.action === 'lookup') say('lookup', this.table)
    else if (this.action === 'goto') say('goto', this.goto)
    else words.push(this.action)
    say('suppress_prefixlength', this.suppressPrefixLength)
    if (this.family === 6) words.push('(IPv6)')
    return words.join(' ')
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

const span = ([first, last]: readonly [number, number]): string => (first === last ? `${first}` : `${first}-${last}`)
const hexadecimal = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : `0x${value.toString(16)}`

// linux/fib_rules.h
const RTM_GETRULE = 34
const FRA_DST = 1
const FRA_SRC = 2
const FRA_IIFNAME = 3
const FRA_GOTO = 4
const FRA_PRIORITY = 6
const FRA_FWMARK = 10
const FRA_SUPPRESS_PREFIXLEN = 14
const FRA_TABLE = 15
const FRA_FWMASK = 16
const FRA_OIFNAME = 17
const FRA_UID_RANGE = 20
const FRA_IP_PROTO = 22
const FRA_SPORT_RANGE = 23
const FRA_DPORT_RANGE = 24
const FIB_RULE_INVERT = 2
const HEADER = 12
const ALL_BITS = 0xffffffff
const ACTIONS: Record<number, RuleAction> = {
  1: 'lookup',
  2: 'goto',
  3: 'nop',
  6: 'blackhole',
  7: 'unreachable',
  8: 'prohibit',
}

/**
 * The policy rules in the order in which the kernel tries them, IPv4's first. Works without root here.
 * @throws LinkError when the system does not tell
 */
export function rules(options: RulesOptions = {}): Rule[] {
  checkOptionNames('rules', options, ['family', 'netns'])
  const { family, netns } = options
  checkFamily('rules', family)
  const versions = family === undefined ? ([4, 6] as const) : [family]
  return inNamespace(netns, () =>
    versions.flatMap((version) => (netlinkWorks() ? fromNetlink(version) : fromIp(version))),
  )
}

function fromNetlink(version: 4 | 6): Rule[] {
  const names = tableNames()
  const header = new Uint8Array(HEADER) // struct fib_rule_hdr
  header[0] = version === 4 ? AF_INET : AF_INET6
  return netlinkRequest(RTM_GETRULE, header, true)
    .messages.filter(({ body }) => body.length >= HEADER && body[0] === header[0])
    .map((message) => readRule(message, version, names))
}

function readRule(message: NetlinkMessage, family: 4 | 6, names: Map<number, string>): Rule {
  const { body, view } = message
  const values = attributes(message, HEADER)
  const number = (attribute: number) => numberOf(values.get(attribute))
  const action = ACTIONS[body[7]!] ?? 'nop'
  const table = number(FRA_TABLE) ?? body[4]!
  const fwmask = number(FRA_FWMASK)
  const suppress = number(FRA_SUPPRESS_PREFIXLEN)
  const fwmark = number(FRA_FWMARK)
  return new Rule({
    family,
    priority: number(FRA_PRIORITY) ?? 0,
    action,
    table: action === 'lookup' ? (names.get(table) ?? String(table)) : undefined,
    goto: number(FRA_GOTO),
    not: (view.getUint32(8, true) & FIB_RULE_INVERT) !== 0 ? true : undefined,
    from: network(values.get(FRA_SRC), body[2]!, family),
    to: network(values.get(FRA_DST), body[1]!, family),
    iif: textOf(values.get(FRA_IIFNAME)),
    oif: textOf(values.get(FRA_OIFNAME)),
    fwmark,
    fwmask: fwmark === undefined || fwmask === ALL_BITS ? undefined : fwmask,
    tos: body[3] === 0 ? undefined : body[3],
    uids: pair(values.get(FRA_UID_RANGE), 4),
    protocol: values.get(FRA_IP_PROTO)?.[0],
    sourcePorts: pair(values.get(FRA_SPORT_RANGE), 2),
    destinationPorts: pair(values.get(FRA_DPORT_RANGE), 2),
    suppressPrefixLength: suppress === ALL_BITS ? undefined : suppress,
  })
}

function network(bytes: Uint8Array | undefined, prefix: number, family: 4 | 6): string | undefined {
  if (prefix === 0) return undefined
  return withoutFullPrefix(`${formatAddress(bytes) ?? (family === 4 ? '0.0.0.0' : '::')}/${prefix}`)
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes).toString().replace(/\0+$/, '')
}

/** Two numbers of so many bytes each, in the order of this machine. */
function pair(bytes: Uint8Array | undefined, size: 2 | 4): [number, number] | undefined {
  if (bytes === undefined || bytes.length < 2 * size) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return size === 2
    ? [view.getUint16(0, true), view.getUint16(2, true)]
    : [view.getUint32(0, true), view.getUint32(4, true)]
}

/** What `ip -j rule` prints for a rule, as far as it is used. */
interface IpRuleEntry {
  priority: number
  not?: null
  src?: string
  srclen?: number
  dst?: string
  dstlen?: number
  iif?: string
  oif?: string
  fwmark?: string
  fwmask?: string
  tos?: string
  table?: string
  goto?: number
  action?: string
  suppress_prefixlen?: number
}

function fromIp(family: 4 | 6): Rule[] {
  const list = ipJson<IpRuleEntry>([`-${family}`, 'rule', 'show'])
  if (list === undefined)
    throw new LinkError(
      'LIBRARY_MISSING',
      `rules can be asked neither through koffi nor with the 'ip' command: sudo apt-get install iproute2`,
    )
  const net = (address: string | undefined, length: number | undefined) =>
    address === undefined || address === 'all' ? undefined : length === undefined ? address : `${address}/${length}`
  const number = (text: string | undefined) => (text === undefined ? undefined : Number(text))
  return list.map((entry) => {
    const action = entry.goto !== undefined ? 'goto' : entry.table !== undefined ? 'lookup' : (entry.action ?? 'nop')
    return new Rule({
      family,
      priority: entry.priority,
      action: action as RuleAction,
      table: entry.table,
      goto: entry.goto,
      not: 'not' in entry ? true : undefined,
      from: net(entry.src, entry.srclen),
      to: net(entry.dst, entry.dstlen),
      iif: entry.iif,
      oif: entry.oif,
      fwmark: number(entry.fwmark),
      fwmask: number(entry.fwmask),
      tos: number(entry.tos),
      suppressPrefixLength: entry.suppress_prefixlen,
    })
  })
}
