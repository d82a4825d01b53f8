import { answers, hashKey, type Packet } from '../packet/index.js'

const NONE: readonly Probe[] = []

/** One packet that was sent and what came back. */
export interface Probe {
  /** As it was sent, with all its values: from the network layer for `sr`, from the link layer for `srp`. */
  readonly query: Packet
  /** The bytes on the wire; unset while the neighbour's address is not known. */
  frame: Uint8Array | null
  /** Seconds since 1970 when it left: the kernel's time where a capture saw it leave, else ours. */
  sentAt: number
  sentTimes: number
  readonly answers: { packet: Packet; at: number }[]
}

/**
 * Finds the probe that a packet answers. Probes are kept in a table by a key that a request shares with all its answers,
 * so that ten thousand of them cost as much as one.
 */
export class Matcher {
  private readonly table = new Map<string, Probe[]>()
  /** Whether a probe went to a group, so that others than its destination may answer. */
  private hasGroup = false
  /** The two addresses that a key begins with, behind the EtherType of a whole frame. A group's key has a star for them. */
  private readonly addresses: RegExp

  constructor(wholeFrames: boolean) {
    this.addresses = wholeFrames ? /^(\S+ )\S+ \S+ / : /^()\S+ \S+ /
  }

  add(probe: Probe): void {
    const key = hashKey(probe.query)
    if (key.startsWith('* ') || key.includes(' * ')) this.hasGroup = true
    const bucket = this.table.get(key)
    if (bucket === undefined) this.table.set(key, [probe])
    else bucket.push(probe)
  }

  /** Probes that this packet may have to do with: that it answers, or that it is itself, seen leaving. */
  candidates(packet: Packet): readonly Probe[] {
    const key = hashKey(packet)
    const direct = this.table.get(key) ?? NONE
    if (!this.hasGroup) return direct
    const toGroup = this.table.get(key.replace(this.addresses, '$1* '))
    return toGroup === undefined ? direct : [...direct, ...toGroup]
  }

  /** The probe that the packet answers, unanswered ones first; undefined when there is none. */
  match(packet: Packet, candidates: readonly Probe[]): Probe | undefined {
    let answered: Probe | undefined
    for (const probe of candidates) {
      if (probe.sentTimes === 0 || !answers(packet, probe.query)) continue
      if (probe.answers.length === 0) return probe
      answered ??= probe
    }
    return answered
  }
}
