import type { Arrived } from './host.js'
import type { Complaint, ComplaintDetails } from './icmp-errors.js'
import type { Station } from './station.js'
import type { Topology } from './topology.js'

/** What comes of a packet that is handed to a router. */
export type Fate =
  | { readonly kind: 'arrives'; readonly station: Station; readonly hops: number }
  | {
      readonly kind: 'complaint'
      readonly router: Station
      readonly hops: number
      readonly complaint: Complaint
      readonly details: ComplaintDetails
    }
  | { readonly kind: 'lost' }

const LOST: Fate = { kind: 'lost' }

/** Follows a packet from the first router on: to its destination, or to where it ends. RFC 1812 §5. */
export function forward(topology: Topology, { datagram }: Arrived, first: Station): Fate {
  const { destination } = datagram
  const end = topology.find(destination)
  const wasteland = end === undefined ? topology.wastelandOf(destination) : undefined
  const last = end ?? wasteland?.router
  const route = last === undefined ? [first] : [...last.path, last]
  // By way of a router of the link to somebody on the link, or behind another router of it: this one knows no better way.
  if (route[0] !== first) {
    if (route.length > 1 || end === undefined) return complaintOf(first, 0, 'network-unreachable')
    route.unshift(first)
  }
  for (let hops = 0; ; hops++) {
    const station = route[hops]!
    if (station === end) return { kind: 'arrives', station, hops }
    // Whether there is a route is asked before the TTL is: as Linux does it.
    if (hops === route.length - 1) {
      const answer = wasteland === undefined ? 'network-unreachable' : wasteland.answer
      return answer === 'silent' ? LOST : complaintOf(station, hops, answer)
    }
    if (datagram.ttl - hops <= 1) return complaintOf(station, hops, 'time-exceeded', { labels: station.plan.labels })
    const { mtu, blackHole } = station.plan
    // What may be fragmented arrives in fragments, which the destination puts together again.
    if (datagram.bytes.length > mtu && !datagram.mayBeFragmented)
      return blackHole ? LOST : complaintOf(station, hops, 'too-big', { mtu })
  }
}

function complaintOf(router: Station, hops: number, complaint: Complaint, details: ComplaintDetails = {}): Fate {
  return { kind: 'complaint', router, hops, complaint, details }
}
