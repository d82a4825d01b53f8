import { answers, hashKey, type Packet } from '../packet/index.js'
import { FOREIGN, flowKey, UNKNOWN } from './flow-key.js'
import type { Probe } from './probe.js'

const NONE: readonly Probe[] = []

/**
 * Finds the probe that a packet answers. Probes are kept in tables by a key that a request shares with all its answers, so that
 * ten thousand of them cost as much as one: plain TCP, UDP and echo by a number read from the bytes, everything else by the text
 * that the layers make of it.
 */
export class Matcher {
  private readonly flows = new Map<number, Probe[]>()
  private readonly texts = new Map<string, Probe[]>()
  /** Probes that are in `flows` only; they come into `texts` when a packet must be looked up there. */
  private untexted: Probe[] = []
  /** Probes whose bytes give no number: only their text finds them. */
  private unnumbered = 0
  /** Whether a probe went to a group, so that others than its destination may answer. */
  private hasGroup = false
  /** The two addresses that a key begins with, behind the EtherType of a whole frame. A group's key has a star for them. */
  private readonly addresses: RegExp

  constructor(private readonly wholeFrames: boolean) {
    this.addresses = wholeFrames ? /^(\S+ )\S+ \S+ / : /^()\S+ \S+ /
  }

  add(probe: Probe): void {
    const { _bytes } = probe
    const flow = this.wholeFrames ? UNKNOWN : flowKey(_bytes, 0, _bytes.length)
    if (flow < 0) {
      this.unnumbered++
      this.addText(probe)
      return
    }
    const bucket = this.flows.get(flow)
    if (bucket === undefined) this.flows.set(flow, [probe])
    else bucket.push(probe)
    this.untexted.push(probe)
  }

  remove(probe: Probe): void {
    const { _bytes } = probe
    const flow = this.wholeFrames ? UNKNOWN : flowKey(_bytes, 0, _bytes.length)
    if (flow >= 0) {
      removeFrom(this.flows, flow, probe)
      // What never came into the other table is not looked for there.
      const at = this.untexted.lastIndexOf(probe)
      if (at >= 0) {
        this.untexted.splice(at, 1)
        return
      }
    } else this.unnumbered--
    removeFrom(this.texts, hashKey(probe.query), probe)
  }

  /**
   * Probes that a packet may have to do with: that it answers, or that it is itself, seen leaving.
   * @param start where its network layer begins (its frame, where probes are whole frames); `end` where the frame ends
   * @param dissected gives the packet; called only when its bytes alone do not tell
   */
  candidates(bytes: Uint8Array, start: number, end: number, dissected: () => Packet | null): readonly Probe[] {
    const flow = this.wholeFrames ? UNKNOWN : flowKey(bytes, start, end)
    if (flow >= 0) {
      const direct = this.flows.get(flow)
      if (this.unnumbered === 0) return direct ?? NONE
      const others = this.byText(dissected)
      return direct === undefined ? others : [...direct, ...others]
    }
    if (flow === FOREIGN && this.unnumbered === 0) return NONE
    if (flow === UNKNOWN) {
      for (const probe of this.untexted) this.addText(probe)
      this.untexted = []
    }
    return this.byText(dissected)
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

  private addText(probe: Probe): void {
    const key = hashKey(probe.query)
    if (key.startsWith('* ') || key.includes(' * ')) this.hasGroup = true
    const bucket = this.texts.get(key)
    if (bucket === undefined) this.texts.set(key, [probe])
    else bucket.push(probe)
  }

  private byText(dissected: () => Packet | null): readonly Probe[] {
    const packet = dissected()
    if (packet === null) return NONE
    const key = hashKey(packet)
    const direct = this.texts.get(key) ?? NONE
    if (!this.hasGroup) return direct
    const toGroup = this.texts.get(key.replace(this.addresses, '$1* '))
    return toGroup === undefined ? direct : [...direct, ...toGroup]
  }
}

function removeFrom<K>(table: Map<K, Probe[]>, key: K, probe: Probe): void {
  const left = table.get(key)?.filter((other) => other !== probe) ?? []
  if (left.length === 0) table.delete(key)
  else table.set(key, left)
}
