/** One question as a packet of our own and what came of it: for links in memory, and for fields that a socket does not let one set. */
import { randomInt } from 'node:crypto'
import { type PathOptions, ProbeSession } from '../../exchange/index.js'
import { IP, IPv6, UDP } from '../../layers/index.js'
import { type Stackable, stack } from '../../packet/index.js'
import { icmpErrorOf, isPortUnreachable } from '../icmp-error.js'
import { pathTo } from '../paths.js'
import type { Target } from '../targets.js'
import type { AskOptions, Outcome } from './outcome.js'

/** Where a datagram goes, and what its headers say. */
export interface DatagramFields extends PathOptions {
  port: number
  /** Unset: the address of the route. */
  source?: string
  /** Unset: random. */
  sport?: number
  /** Time to live, hop limit. Default 64. */
  ttl?: number
}

/**
 * Asks with a UDP datagram that is sent as a raw packet. `accept` gives the value of a payload that is an answer, undefined
 * for one that is not: the wait goes on then. An ICMP error ends it. Leaves no capture.
 * @param name of the tool, for errors
 * @throws LinkError, PacketError when nothing can be sent
 */
export async function askPackets<T>(
  name: string,
  target: Target,
  fields: DatagramFields,
  question: readonly Stackable[],
  { timeout, retry, stop }: AskOptions,
  accept: (payload: Uint8Array) => T | undefined,
): Promise<Outcome<T>> {
  const { port, source, ttl = 64, sport = randomInt(32768, 61000) } = fields
  const { address: dst, family } = target
  const network = family === 4 ? IP({ dst, ttl, src: source }) : IPv6({ dst, hlim: ttl, src: source })
  const packet = stack(network, UDP({ sport, dport: port }), ...question)
  const path = { ...pathTo(name, fields, [target]), multi: true, filter: 'udp or icmp or icmp6' }
  const session = new ProbeSession(name, 'network', path, stop)
  let outcome: Outcome<T> | undefined
  const isOver = (): boolean => outcome !== undefined
  session.onAnswer = ({ sentTimes: tries }, answer, rtt) => {
    if (isOver()) return
    const datagram = answer.get('UDP')
    if (datagram !== undefined) {
      const value = accept(datagram.payload?.bytes() ?? new Uint8Array(0))
      if (value !== undefined) outcome = { kind: 'answer', value, rtt, tries }
      return
    }
    const isClosed = isPortUnreachable(icmpErrorOf(answer))
    outcome = { kind: 'error', code: isClosed ? 'ECONNREFUSED' : 'EHOSTUNREACH', tries, rtt }
  }
  try {
    const probes = await session.prepare([packet])
    if (probes[0]?.frame === null) return { kind: 'error', code: 'EHOSTUNREACH', tries: 0, rtt: 0 }
    let tries = 0
    for (; tries <= retry && !isOver() && !stop.aborted; tries++) {
      await session.send(probes, isOver)
      await session.wait(timeout, isOver)
    }
    return outcome ?? { kind: stop.aborted ? 'stopped' : 'silent', tries }
  } finally {
    session.close()
  }
}
