import { pathOf } from '../../exchange/addressing.js'
import { chosenInterface, stopSignal, Task, type TaskControl } from '../../exchange/index.js'
import { IP, IPv6 } from '../../layers/index.js'
import { LINKTYPE_ETHERNET, type Link } from '../../link/index.js'
import { PacketError } from '../../packet/index.js'
import { askLink, type Question } from '../lan/ask-link.js'
import { lanLink, lanQuestions, sourceFor } from '../lan/networks.js'
import { parseTargets, targetWords } from '../target-list.js'
import type { Target } from '../targets.js'
import { type ArpingOptions, type ArpingSettings, arpingSettings } from './arping-options.js'
import { ArpingResult, type Station } from './arping-result.js'

export type { ArpingOptions } from './arping-options.js'
export { ArpingResult, type Station } from './arping-result.js'

/** Stations that are kept for one address: somebody may answer with any number of them. */
const MOST_STATIONS = 64
/** How long a second station with the same address may take, seconds. */
const LINGER = 0.05

/**
 * Who on the link has these addresses, by ARP (IPv4) and neighbour solicitation (IPv6): `arping('10.0.0.2')`, `arping('10.0.0.0/24')`,
 * `arping()` or `arping({iface: 'eth0'})` for everybody in the networks of the interface. Interrupted, it gives those found by then.
 */
export function arping(
  targets: string | readonly string[] | ArpingOptions = 'lan',
  options: ArpingOptions = {},
): Task<ArpingResult> {
  return Task.run((control) => runArping(control, targets, options), { name: 'arping' })
}

/** The work of `arping`. @throws PacketError or LinkError that says what is wrong and what to do */
export async function runArping(
  control: TaskControl<ArpingResult>,
  given: string | readonly string[] | ArpingOptions = 'lan',
  options: ArpingOptions = {},
): Promise<ArpingResult> {
  // Options alone: everybody.
  if (isOptions(given)) return runArping(control, 'lan', given)
  const settings = arpingSettings(options)
  const { timeout, retry, rate } = settings
  const stop = stopSignal(control)
  const startedAt = performance.now()
  const result = new ArpingResult()
  const questions = await questionsFor(given, settings)
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
        else if (stations.length < MOST_STATIONS && !stations.some(({ mac }) => mac === answer.mac))
          stations.push({ ...answer })
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

function isOptions(given: string | readonly string[] | ArpingOptions): given is ArpingOptions {
  return typeof given === 'object' && given !== null && Object.getPrototypeOf(given) === Object.prototype
}

/** What is to be asked on which link. */
async function questionsFor(
  given: string | readonly string[],
  settings: ArpingSettings,
): Promise<Map<Link, Question[]>> {
  const words = targetWords('arping', given)
  const questions = new Map<Link, Question[]>()
  const add = (link: Link, question: Question): void => {
    const list = questions.get(link)
    if (list === undefined) questions.set(link, [question])
    else list.push(question)
  }
  const rest = words.filter((word) => word !== 'lan')
  if (rest.length < words.length) {
    const link = lanLink('arping', settings)
    for (const question of lanQuestions('arping', link, settings.quiet)) add(link, question)
    if (rest.length === 0) return questions
  }
  const { targets, hasNetwork } = await parseTargets('arping', rest, settings.family)
  for (const target of targets) {
    const place = placeOf(target, settings)
    if (place !== undefined) add(place.link, { address: target.address, source: place.source })
    // In a network there may be addresses of this machine and such as stand for no station.
    else if (!hasNetwork) throw nobodyToAsk(target)
  }
  if (questions.size === 0) throw nobodyToAsk(targets[0]!)
  return questions
}

function nobodyToAsk({ address }: Target): PacketError {
  return new PacketError(
    `arping: ${address} is an address of this machine, a broadcast, or on a link without neighbours: there is nobody to ask`,
  )
}

/** On which link an address is; undefined where nobody can be asked for it. @throws PacketError for one that is behind a router */
function placeOf(target: Target, options: ArpingOptions): { link: Link; source: string | undefined } | undefined {
  const iface = options.iface ?? target.zone ?? chosenInterface(options)
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
  if (nextHop === undefined || address === source) return undefined
  if (nextHop !== address)
    throw new PacketError(
      `arping: ${address} is behind the router ${nextHop}, and these questions reach only the link itself: ping or scan asks beyond; iface asks on an interface all the same`,
    )
  if (link.linkType !== LINKTYPE_ETHERNET)
    throw new PacketError(`arping: ${link.name} has no link layer on which stations could be asked for`)
  return { link, source }
}
