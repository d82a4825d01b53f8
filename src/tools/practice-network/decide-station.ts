import { checkNumber, checkOptions } from '../../exchange/options.js'
import { formatIpv4, formatIpv6, formatMac, parseIpv4, parseIpv6, parseMac } from '../../packet/index.js'
import { type PracticeRouter, type PracticeService, planError, type StationPlan } from './plan.js'
import { LINK } from './usual-network.js'

const NAME = 'practiceNetwork'
const HOST_OPTIONS = [
  'name',
  'ipv4',
  'ipv6',
  'mac',
  'behind',
  'about',
  'tcp',
  'udp',
  'tcpElse',
  'udpElse',
  'silent',
  'echo',
  'delay',
  'jitter',
  'loss',
  'duplicates',
  'errorRate',
]
const ROUTER_OPTIONS = [...HOST_OPTIONS, 'mtu', 'blackHole', 'labels']
const ELSE = ['closed', 'drop', 'prohibited']
const TCP_SERVICES = ['echo', 'greeting', 'discard', 'http', 'dns', 'openvpn', 'drop', 'prohibited']
const UDP_SERVICES = ['echo', 'greeting', 'discard', 'dns', 'dhcp', 'openvpn', 'drop', 'prohibited']
const SMALLEST_MTU = 1280

/** Checks what is given of a host or router, and fills in the rest. @throws PacketError */
export function decideStation(given: PracticeRouter, isRouter: boolean): StationPlan {
  const where = `${isRouter ? 'router' : 'host'} ${given.name}`
  checkOptions(`${NAME}: ${where}`, given, isRouter ? ROUTER_OPTIONS : HOST_OPTIONS)
  const ipv4 = given.ipv4 === undefined ? undefined : ipv4Of(where, given.ipv4)
  const ipv6 = given.ipv6 === undefined ? undefined : ipv6Of(where, given.ipv6)
  if (ipv4 === undefined && ipv6 === undefined)
    throw planError(where, "needs an address: ipv4: '10.0.0.20', ipv6: 'fd00:10::20' or both")
  const { tcpElse = 'closed', udpElse = 'closed', mtu = LINK.mtu, errorRate = Number.POSITIVE_INFINITY } = given
  oneOf(where, 'tcpElse', tcpElse, ELSE)
  oneOf(where, 'udpElse', udpElse, ELSE)
  if (!Number.isInteger(mtu) || mtu < SMALLEST_MTU || mtu > LINK.mtu)
    throw planError(where, `mtu is a number of bytes, ${SMALLEST_MTU}..${LINK.mtu}, not ${String(mtu)}`)
  for (const name of ['delay', 'jitter', 'errorRate'] as const)
    checkNumber(`${NAME}: ${where}`, name, given[name] ?? 0, false)
  for (const name of ['delay', 'jitter'] as const)
    if ((given[name] ?? 0) > 60) throw planError(where, `${name} is in seconds, at most 60, not ${given[name]}`)
  for (const name of ['loss', 'duplicates'] as const)
    if (!((given[name] ?? 0) >= 0 && (given[name] ?? 0) <= 1))
      throw planError(where, `${name} is a part of all answers, 0..1, not ${String(given[name])}`)
  if (typeof (given.about ?? '') !== 'string') throw planError(where, 'about is a text')
  for (const name of ['silent', 'echo', 'blackHole'] as const)
    if (typeof (given[name] ?? false) !== 'boolean')
      throw planError(where, `${name} is true or false, not ${String(given[name])}`)
  const labels = given.labels ?? []
  if (
    !Array.isArray(labels) ||
    !labels.every((label) => Number.isInteger(label) && label >= 0 && label < 2 ** 20) ||
    labels.length > 8
  )
    throw planError(where, 'labels are up to 8 numbers below 2^20')
  return {
    name: given.name,
    ipv4,
    ipv6,
    mac: given.mac === undefined ? macFor(ipv4, ipv6) : macOf(where, given.mac),
    behind: given.behind,
    about: given.about ?? '',
    tcp: servicesOf(where, 'tcp', given.tcp ?? {}, TCP_SERVICES),
    udp: servicesOf(where, 'udp', given.udp ?? {}, UDP_SERVICES),
    tcpElse,
    udpElse,
    silent: given.silent ?? false,
    echo: given.echo ?? true,
    delay: given.delay ?? 0,
    jitter: given.jitter ?? 0,
    loss: given.loss ?? 0,
    duplicates: given.duplicates ?? 0,
    errorRate,
    mtu,
    blackHole: given.blackHole ?? false,
    labels,
    isRouter,
  }
}

function servicesOf(
  where: string,
  protocol: 'tcp' | 'udp',
  given: Record<number, PracticeService>,
  known: readonly string[],
): ReadonlyMap<number, PracticeService> {
  for (const [port, service] of Object.entries(given)) {
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65535 || Number(port) === 0)
      throw planError(where, `${protocol} has ports from 1 to 65535, not ${port}`)
    if (typeof service === 'string') oneOf(where, `${protocol} ${port}`, service, known)
    else if (typeof service === 'object' && service !== null) {
      checkOptions(`${NAME}: ${where} ${protocol} ${port}`, service, ['greeting', 'reply'])
      if (service.greeting !== undefined && typeof service.greeting !== 'string')
        throw planError(where, `${protocol} ${port}: greeting is a text`)
      if (service.reply !== undefined && typeof service.reply !== 'function')
        throw planError(where, `${protocol} ${port}: reply is a function of the bytes that came`)
    } else if (typeof service !== 'function')
      throw planError(where, `${protocol} ${port} is one of ${known.join(' ')}, {greeting, reply}, or a function`)
  }
  return new Map(Object.entries(given).map(([port, service]) => [Number(port), service]))
}

/** @throws PacketError unless the value is one of those known */
export function oneOf(where: string, option: string, value: unknown, known: readonly string[]): void {
  if (!known.includes(value as string))
    throw planError(where, `${option} is one of ${known.join(' ')}, not ${String(value)}`)
}

function ipv4Of(where: string, text: string): string {
  const address = typeof text === 'string' ? parseIpv4(text) : -1
  if (address < 0 || address >>> 28 === 14 || address === 0xffffffff)
    throw planError(where, `ipv4 is an address such as '10.0.0.20', not ${String(text)}`)
  return formatIpv4(address)
}

function ipv6Of(where: string, text: string): string {
  const bytes = typeof text === 'string' ? parseIpv6(text) : undefined
  if (bytes === undefined || bytes[0] === 0xff)
    throw planError(where, `ipv6 is an address such as 'fd00:10::20', not ${String(text)}`)
  return formatIpv6(bytes)
}

function macOf(where: string, text: string): string {
  const address = typeof text === 'string' ? parseMac(text) : -1
  if (address < 0) throw planError(where, `mac is an address such as '02:00:0a:00:00:14', not ${String(text)}`)
  return formatMac(address)
}

/** A locally administered MAC address that is easy to recognize: 02:00 and the IPv4 address, or the end of the IPv6 address. */
function macFor(ipv4: string | undefined, ipv6: string | undefined): string {
  const bytes = ipv4 === undefined ? parseIpv6(ipv6!)!.subarray(12) : undefined
  const low =
    bytes === undefined
      ? parseIpv4(ipv4!)
      : ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0
  return formatMac((bytes === undefined ? 0x0200 : 0x0206) * 0x100000000 + low)
}
