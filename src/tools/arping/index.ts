import { pathOf } from '../../exchange/addressing.js'
import {
  checkNumber,
  checkOptions,
  checkPath,
  formatDuration,
  type PathOptions,
  printable,
  stopSignal,
  Task,
  type TaskControl,
} from '../../exchange/index.js'
import { IP, IPv6 } from '../../layers/index.js'
import { LINKTYPE_ETHERNET, type Link } from '../../link/index.js'
import { PacketError } from '../../packet/index.js'
import { askLink, type Question } from './ask-link.js'
import { lanLink, lanQuestions, sourceFor } from './networks.js'
import { familyOption } from '../ping/ping-options.js'
import { parseTargets, type ScanTarget } from '../scan/targets.js'
import { textTable } from '../text-table.js'

/** Options of `arping`. */
export interface ArpingOptions extends PathOptions {
  /** Seconds that an answer may take. Default 1. */
  timeout?: number
  /** How often a silent address is asked again. Default 2. */
  retry?: number
  /** Questions per second; each reaches every station of the link. Default 2000. */
  rate?: number
  /** Take only IPv4 (4) or IPv6 (6) addresses of names. */
  family?: 4 | 6
  /** The same as `family: 4` and `family: 6`. */
  ipv4?: boolean
  ipv6?: boolean
  /** No warnings. */
  quiet?: boolean
}

const OPTIONS = ['timeout', 'retry', 'rate', 'family', 'ipv4', 'ipv6', 'iface', 'link', 'netns', 'quiet']
const DEFAULT_RATE = 2000
const MOST_RETRIES = 15
/** How long a second station with the same address may take, seconds. */
const LINGER = 0.05

/** A station on the link. */
export interface Station {
  address: string
  /** `'02:00:00:00:00:01'` */
  mac: string
  /** Seconds from question to answer; unset when that is not known. */
  rtt?: number
  /** True when another station says that the same address is its own. */
  duplicate?: boolean
}

/** What `arping` gives. */
export class ArpingResult {
  /** Everybody who answered, in the order of the addresses asked for; an address that two stations have is there twice. */
  readonly stations: Station[] = []
  /** Addresses that nobody answered for. */
  readonly silent: string[] = []
  /** Addresses asked for. */
  asked = 0
  /** Questions sent, again ones included. */
  sent = 0
  /** Seconds. */
  duration = 0
  interrupted = false

  /** Stations whose address another one has too. */
  get duplicates(): Station[] {
    return this.stations.filter(({ duplicate }) => duplicate === true)
  }

  toString(): string {
    const rows = this.stations.map(({ address, mac, rtt, duplicate }) => [
      address,
      mac,
      rtt === undefined ? '' : formatDuration(rtt),
      duplicate === true ? 'duplicate address' : '',
    ])
    const lines = rows.length === 0 ? [] : [textTable(['ADDRESS', 'MAC', 'RTT', ''], rows, ['left', 'left', 'right'])]
    // Whoever asks for a few wants to know which are missing; of a network most are.
    if (this.silent.length > 0 && this.silent.length <= MOST_NAMED)
      lines.push(`no answer: ${this.silent.map((each) => printable(each)).join(', ')}`)
    const found = new Set(this.stations.map(({ address }) => address)).size
    lines.push(
      `${this.interrupted ? 'interrupted' : 'done'}: ${found} of ${this.asked} address${this.asked === 1 ? '' : 'es'} answered, in ${this.duration.toFixed(2)} s`,
    )
    return lines.join('\n')
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  /**
   * `asked` and `sent` (counts), `duration` (seconds), `interrupted`, `stations`: each with `address`, `mac`, `rtt` (seconds, when known) and
   * `duplicate` (true when another one has the address too); `silent`: addresses without an answer.
   */
  toJSON(): unknown {
    const { asked, sent, duration, interrupted, stations, silent } = this
    return { asked, sent, duration, interrupted, stations, silent }
  }
}

/** Silent addresses that are named one by one. */
const MOST_NAMED = 8

/**
 * Who on the link has these addresses, by ARP (IPv4) and neighbour solicitation (IPv6): `arping('10.0.0.2')`, `arping('10.0.0.0/24')`,
 * `arping()` for everybody in the networks of the interface. Interrupted, it gives those found by then.
 */
export function arping(targets: string | readonly string[] = 'lan', options: ArpingOptions = {}): Task<ArpingResult> {
  return Task.run((control) => runArping(control, targets, options), { name: 'arping' })
}

/** The work of `arping`. @throws PacketError or LinkError that says what is wrong and what to do */
export async function runArping(
  control: TaskControl<ArpingResult>,
  given: string | readonly string[] = 'lan',
  options: ArpingOptions = {},
): Promise<ArpingResult> {
  const { timeout = 1, retry = 2, rate = DEFAULT_RATE } = options
  checkOptions('arping', options, OPTIONS)
  checkPath('arping', options)
  checkNumber('arping', 'retry', retry, true)
  if (retry > MOST_RETRIES) throw new PacketError(`arping: option retry is 0..${MOST_RETRIES}, not ${retry}`)
  for (const [name, value] of Object.entries({ timeout, rate }))
    if (typeof value !== 'number' || !(value > 0))
      throw new PacketError(`arping: option ${name} must be a number above 0, not ${String(value)}`)
  const stop = stopSignal(control)
  const startedAt = performance.now()
  const result = new ArpingResult()
  const questions = await questionsFor(given, options)
  const addresses = [...questions.values()].flatMap((list) => list.map(({ address }) => address))
  result.asked = addresses.length
  const heard = new Map<string, Station[]>()
  let done = 0
  for (const [link, list] of questions) {
    if (stop.aborted) break
    const milliseconds = timeout * 1000
    result.sent += await askLink(
      link,
      list,
      {
        retries: retry,
        rate,
        linger: Math.min(LINGER, timeout),
        patience: {
          first: Math.min(milliseconds, 500),
          shortest: Math.min(milliseconds, 200),
          longest: milliseconds,
        },
        onProgress: (settled) =>
          control.progress({ done: done + settled, total: addresses.length, text: `${heard.size} found` }),
      },
      stop,
      (answer) => {
        const stations = heard.get(answer.address)
        if (stations === undefined) heard.set(answer.address, [{ ...answer }])
        else if (!stations.some(({ mac }) => mac === answer.mac)) stations.push({ ...answer })
      },
    )
    done += list.length
  }
  for (const address of addresses) {
    const stations = heard.get(address) ?? []
    if (stations.length > 1) for (const station of stations) station.duplicate = true
    result.stations.push(...stations)
    if (stations.length === 0) result.silent.push(address)
  }
  result.interrupted = stop.aborted
  result.duration = (performance.now() - startedAt) / 1000
  return result
}

/** What is to be asked on which link. */
async function questionsFor(given: string | readonly string[], options: ArpingOptions): Promise<Map<Link, Question[]>> {
  const words = typeof given === 'string' ? [given] : given
  const questions = new Map<Link, Question[]>()
  const add = (link: Link, question: Question): void => {
    const list = questions.get(link)
    if (list === undefined) questions.set(link, [question])
    else list.push(question)
  }
  const rest = words.filter((word) => word !== 'lan')
  if (rest.length < words.length) {
    const link = lanLink('arping', options)
    for (const question of lanQuestions('arping', link)) add(link, question)
    if (rest.length === 0) return questions
  }
  const family = familyOption('arping', options)
  const { targets } = await parseTargets(rest, { tool: 'arping', ...(family === undefined ? {} : { family }) })
  for (const target of targets) {
    const { link, source } = placeOf(target, options)
    add(link, { address: target.address, ...(source === undefined ? {} : { source }) })
  }
  return questions
}

/** On which link an address is. @throws PacketError for one that is behind a router, or this machine's own */
function placeOf(target: ScanTarget, options: ArpingOptions): { link: Link; source: string | undefined } {
  const iface = options.iface ?? target.zone
  if (options.link !== undefined || iface !== undefined) {
    // Whoever names the interface may ask there for any address.
    const link = lanLink('arping', iface === undefined ? options : { ...options, iface })
    return { link, source: sourceFor(link, target) }
  }
  const { address, family } = target
  const { link, nextHop, source } = pathOf(
    'arping',
    family === 4 ? IP({ dst: address }) : IPv6({ dst: address }),
    options,
  )
  if (nextHop === undefined || address === source)
    throw new PacketError(
      `arping: ${address} is an address of this machine, or on a link without neighbours (${link.name}): there is nobody to ask`,
    )
  if (nextHop !== address)
    throw new PacketError(
      `arping: ${address} is behind the router ${nextHop}, and these questions reach only the link itself: ping or scan asks beyond; iface asks on an interface all the same`,
    )
  if (link.linkType !== LINKTYPE_ETHERNET)
    throw new PacketError(`arping: ${link.name} has no link layer on which stations could be asked for`)
  return { link, source }
}
