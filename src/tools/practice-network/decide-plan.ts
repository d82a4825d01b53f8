import { checkNumber, checkOptions } from '../../exchange/options.js'
import { parseIpv4, parseIpv6 } from '../../packet/index.js'
import { parseNetwork } from './address-area.js'
import { decideStation, oneOf } from './decide-station.js'
import {
  type NetworkPlan,
  type PracticeArea,
  type PracticeHost,
  type PracticeNetworkOptions,
  planError,
  type StationPlan,
} from './plan.js'
import { LINK, USER, USUAL_AREAS, USUAL_HOSTS, USUAL_ROUTERS } from './usual-network.js'

const NAME = 'practiceNetwork'
const OPTIONS = ['hosts', 'routers', 'areas', 'only', 'names', 'seed']
const AREA_ANSWERS = ['network-unreachable', 'host-unreachable', 'prohibited', 'silent']
const MOST_STATIONS = 1000

/** Checks the options and fills in what they leave open. @throws PacketError that says which option is wrong, and how */
export function decidePlan(options: PracticeNetworkOptions): NetworkPlan {
  checkOptions(NAME, options, OPTIONS)
  const { only = false, names = {}, seed = 1 } = options
  checkNumber(NAME, 'seed', seed, true)
  const routers = together('routers', only ? [] : USUAL_ROUTERS, options.routers ?? [])
  const hosts = together('hosts', only ? [] : USUAL_HOSTS, options.hosts ?? [])
  const stations = [
    ...routers.map((router) => decideStation(router, true)),
    ...hosts.map((host) => decideStation(host, false)),
  ]
  if (stations.length > MOST_STATIONS) throw planError('', `has at most ${MOST_STATIONS} hosts and routers`)
  checkNames(stations)
  checkPlaces(stations)
  const areas = [...(only ? [] : USUAL_AREAS), ...listOf('areas', options.areas ?? [])]
  for (const area of areas) checkArea(area, stations)
  return { stations: inOrder(stations), areas, names: decideNames(names), seed }
}

/** The usual ones, changed and followed by those given. */
function together<T extends PracticeHost>(option: string, usual: readonly T[], given: readonly T[]): T[] {
  const all = new Map(usual.map((each) => [each.name, each]))
  for (const each of listOf(option, given)) {
    if (typeof each?.name !== 'string' || !/^[a-z][a-z0-9-]{0,62}$/i.test(each.name))
      throw planError(option, "need each a name of letters and digits, such as {name: 'web', ipv4: '10.0.0.20'}")
    all.set(each.name, { ...all.get(each.name), ...each })
  }
  return [...all.values()]
}

function listOf<T>(option: string, given: readonly T[]): readonly T[] {
  if (!Array.isArray(given)) throw planError(`option ${option}`, 'must be a list')
  return given
}

/** No name and no address is there twice. */
function checkNames(stations: readonly StationPlan[]): void {
  const names = new Set<string>()
  const addresses = new Map<string, string>(
    [USER.ipv4, USER.ipv6, USER.linkLocal, USER.mac].map((address) => [address, 'your own side']),
  )
  for (const station of stations) {
    const where = placeOf(station)
    if (names.has(station.name)) throw planError(where, 'has the name of another')
    names.add(station.name)
    for (const address of [station.ipv4, station.ipv6, station.mac]) {
      const other = address === undefined ? undefined : addresses.get(address)
      if (other !== undefined) throw planError(where, `has the address ${address} of ${other}`)
      if (address !== undefined) addresses.set(address, station.name)
    }
  }
}

/** Every station has addresses of where it is. */
function checkPlaces(stations: readonly StationPlan[]): void {
  for (const station of stations) {
    const { behind, ipv4, ipv6, udp } = station
    const where = placeOf(station)
    for (const [port, service] of udp)
      if (service === 'dhcp' && (port !== 67 || ipv4 === undefined || behind !== undefined))
        throw planError(where, `udp ${port}: dhcp is for port 67 of a station with an IPv4 address on your link`)
    const router = behind === undefined ? undefined : stations.find(({ name }) => name === behind)
    if (behind !== undefined && router?.isRouter !== true)
      throw planError(where, `is behind '${String(behind)}', which is no router of this network`)
    for (const address of [ipv4, ipv6]) {
      if (address === undefined || isOnLink(address) === (behind === undefined)) continue
      if (behind !== undefined)
        throw planError(where, `is behind ${behind} and cannot have the address ${address} of your link`)
      throw planError(where, `is on your link, where addresses are 10.0.0.x and fd00:10::x, not ${address}`)
    }
  }
}

function placeOf({ name, isRouter }: StationPlan): string {
  return `${isRouter ? 'router' : 'host'} ${name}`
}

/** Whether an address is one of the user's own link. */
function isOnLink(address: string): boolean {
  return (
    parseNetwork(`${LINK.ipv4}/${LINK.prefix4}`)!.has(address) ||
    parseNetwork(`${LINK.ipv6}/${LINK.prefix6}`)!.has(address)
  )
}

/** Routers before what is behind them. @throws PacketError where they are behind each other */
function inOrder(stations: readonly StationPlan[]): StationPlan[] {
  const done: StationPlan[] = []
  let left = [...stations]
  while (left.length > 0) {
    const ready = left.filter(({ behind }) => behind === undefined || done.some(({ name }) => name === behind))
    if (ready.length === 0) throw planError(`router ${left[0]!.name}`, `is behind itself, by way of ${left[0]!.behind}`)
    done.push(...ready)
    left = left.filter((each) => !ready.includes(each))
  }
  return done
}

function checkArea(area: PracticeArea, stations: readonly StationPlan[]): void {
  checkOptions(`${NAME}: areas`, area, ['network', 'behind', 'answer'])
  if (typeof area.network !== 'string' || parseNetwork(area.network) === undefined)
    throw planError('areas', `need a network such as '10.4.0.0/16', not ${String(area.network)}`)
  oneOf('areas', 'answer', area.answer, AREA_ANSWERS)
  if (stations.find(({ name }) => name === area.behind)?.isRouter !== true)
    throw planError(`area ${area.network}`, `is behind '${String(area.behind)}', which is no router of this network`)
}

function decideNames(given: Record<string, string | readonly string[]>): Record<string, readonly string[]> {
  const names: Record<string, readonly string[]> = {}
  for (const [name, value] of Object.entries(given)) {
    const addresses = typeof value === 'string' ? [value] : value
    if (!Array.isArray(addresses) || addresses.some((each) => parseIpv4(each) < 0 && parseIpv6(each) === undefined))
      throw planError(`names: ${name}`, 'needs an address, or a list of addresses')
    names[name.toLowerCase().replace(/\.?$/, '.')] = addresses
  }
  return names
}
