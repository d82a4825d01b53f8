/** Under which URLs the server can be reached, and which one to tell others. */
import { createSocket } from 'node:dgram'
import { isIP, isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { hostPort } from '../stream/place.js'

/** A URL of the server. */
export interface ServedUrl {
  url: string
  /** The interface that has the address; undefined for a name. */
  iface: string | undefined
  /** The one to tell others: the address that this machine has towards the world. */
  isMain: boolean
}

/** Where the server listens. */
export interface Served {
  /** '::' all addresses, '0.0.0.0' all of IPv4, '*' as '::', else one address or name. */
  host: string
  port: number
  tls: boolean
  /** What stands behind the address, encoded: `/notes.txt`. */
  path: string
}

/** Addresses of nobody (RFC 5737), each in another network: the route to them is the route to the world. */
const NOBODY = ['192.0.2.0', '198.51.100.0', '203.0.113.0']
/** The same for IPv6 (RFC 3849). */
const NOBODY_6 = ['2001:db8::']

/** All URLs, the main one first, those of this machine alone last. */
export async function servedUrls({ host, port, tls, path }: Served): Promise<ServedUrl[]> {
  const urlOf = (address: string): string => `${tls ? 'https' : 'http'}://${hostPort(address, port)}${path}`
  const own = ownAddresses()
  const all = host === '::' || host === '*'
  if (!all && host !== '0.0.0.0') {
    const iface = own.find(({ address }) => address === host)?.iface
    return [{ url: urlOf(host), iface, isMain: true }]
  }
  const main = await mainAddress()
  const reached = own.filter(({ address }) => all || !isIPv6(address)).toSorted((a, b) => rank(a, main) - rank(b, main))
  return reached.map(({ address, iface }, i) => ({ url: urlOf(address), iface, isMain: i === 0 }))
}

/**
 * The address that this machine has towards the world: the one that the system would send from, seen twice, else the first.
 * No packet is sent: a UDP socket is only told where it would send to. Undefined: there is no way to anywhere.
 */
export async function mainAddress(): Promise<string | undefined> {
  const seen = (await Promise.all(NOBODY.map(addressTowards))).filter((address) => address !== undefined)
  const [first] = seen
  const twice = seen.find((address, i) => seen.indexOf(address) < i)
  if (first !== undefined) return twice ?? first
  const [six] = await Promise.all(NOBODY_6.map(addressTowards))
  return six
}

/** What the system would send from to an address; undefined: it knows no way there. */
function addressTowards(address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
    const end = (found?: string): void => {
      socket.close()
      resolve(found)
    }
    socket.once('error', () => end())
    // Where there is no way, the callback is given the error, whatever its type says.
    const connected = (error?: Error): void => end(error instanceof Error ? undefined : socket.address().address)
    socket.connect(9, address, connected)
  })
}

interface OwnAddress {
  address: string
  iface: string
  isInternal: boolean
}

/** Those that others can write into a URL: link-local ones of IPv6 mean nothing without an interface of theirs. */
function ownAddresses(): OwnAddress[] {
  return Object.entries(networkInterfaces()).flatMap(([iface, addresses = []]) =>
    addresses
      .filter(({ address }) => isIP(address) !== 0 && !/^fe[89ab]/i.test(address))
      .map(({ address, internal: isInternal }) => ({ address, iface, isInternal })),
  )
}

/** The main one, IPv4, IPv6, then what only this machine reaches. */
function rank({ address, isInternal }: OwnAddress, main: string | undefined): number {
  if (address === main) return 0
  return (isIPv6(address) ? 2 : 1) + (isInternal ? 2 : 0)
}
