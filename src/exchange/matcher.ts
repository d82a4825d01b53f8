import { answers, hashKey, type Packet } from '../packet/index.js'
import { FOREIGN, flowKey, UNKNOWN } from './flow-key.js'
import type { Probe } from './probe.js'

const NONE: readonly Probe[] = []
/** So many probes with one key are compared one after the other without harm. */
const MANY = 16
/** Bytes that differ between probes with one key: up to the numbers of what a datagram carries, behind Ethernet and IPv6 too. */
const TELLING = 80

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
  /** Where there are many with one key, these by a number made of their first bytes. */
  private readonly sums = new Map<number, Probe[]>()
  /** Probes whose bytes give no number: only their text finds them. */
  private unnumbered = 0
  /** Whether a probe went to a group, so that others than its destination may answer. */
  private hasGroup = false
  /** Whether a probe may be answered from any port; its key has a star for it. */
  private hasAnyPort = false
  /** The two addresses that a key begins with, behind the EtherType of a whole frame. A group's key has a star for them. */
  private readonly addresses: RegExp

  constructor(private readonly wholeFrames: boolean) {
    this.addresses = wholeFrames ? /^(\S+ )\S+ \S+ / : /^()\S+ \S+ /
  }

  add(probe: Probe): void {
    const flow = this.flowOf(probe)
    if (flow < 0) {
      this.unnumbered++
      this.addText(probe)
      return
    }
    const bucket = this.flows.get(flow)
    if (bucket === undefined) this.flows.set(flow, [probe])
    else this.push(bucket, probe)
    this.untexted.push(probe)
  }

  remove(probe: Probe): void {
    const flow = this.flowOf(probe)
    if (this.sums.size > 0) removeFrom(this.sums, sumOf(probe._bytes, probe._start, probe._bytes.length), probe)
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
   * Further answers to this probe do not count: where there are many with its key (questions to one server from one port), it is
   * not compared any more, else each answer would cost as much as there are probes.
   * @param candidates among which it was found
   */
  settle(probe: Probe, candidates: readonly Probe[]): void {
    if (candidates.length <= MANY) return
    const flow = this.flowOf(probe)
    takeOut(this.sums.get(sumOf(probe._bytes, probe._start, probe._bytes.length)), probe)
    if (flow >= 0) takeOut(this.flows.get(flow), probe)
    if (this.texts.size > 0) takeOut(this.texts.get(hashKey(probe.query)), probe)
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

  /** Of the candidates, the one that the packet is itself, seen leaving; an unanswered one when they are alike. */
  leaving(bytes: Uint8Array, start: number, end: number, candidates: readonly Probe[]): Probe | undefined {
    const some = candidates.length <= MANY ? candidates : (this.sums.get(sumOf(bytes, start, end)) ?? NONE)
    for (const probe of some) if (probe._isAt(bytes, start, end)) return probe
    return undefined
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

  private flowOf({ _bytes, _start }: Probe): number {
    return this.wholeFrames ? UNKNOWN : flowKey(_bytes, _start, _bytes.length)
  }

  private addText(probe: Probe): void {
    const key = hashKey(probe.query)
    if (ANY_PORT.test(key)) this.hasAnyPort = true
    else if (key.startsWith('* ') || key.includes(' * ')) this.hasGroup = true
    const bucket = this.texts.get(key)
    if (bucket === undefined) this.texts.set(key, [probe])
    else this.push(bucket, probe)
  }

  private push(bucket: Probe[], probe: Probe): void {
    bucket.push(probe)
    if (bucket.length <= MANY) return
    for (const each of bucket.length === MANY + 1 ? bucket : [probe]) {
      const sum = sumOf(each._bytes, each._start, each._bytes.length)
      const alike = this.sums.get(sum)
      if (alike === undefined) this.sums.set(sum, [each])
      else if (alike.at(-1) !== each) alike.push(each)
    }
  }

  /** Probes to which any port may answer: of the two in the key, which is theirs is for `answers` to say. */
  private fromAnyPort(key: string): readonly Probe[] {
    return ['* $1', '* $2'].flatMap((ports) => this.texts.get(key.replace(/(\d+) (\d+)$/, ports)) ?? [])
  }

  private byText(dissected: () => Packet | null): readonly Probe[] {
    const packet = dissected()
    if (packet === null) return NONE
    const key = hashKey(packet)
    const exact = this.texts.get(key) ?? NONE
    const direct = this.hasAnyPort ? [...exact, ...this.fromAnyPort(key)] : exact
    if (!this.hasGroup) return direct
    const toGroup = this.texts.get(key.replace(this.addresses, '$1* '))
    return toGroup === undefined ? direct : [...direct, ...toGroup]
  }
}

/** A key's end where the port of who answers is open. */
const ANY_PORT = / \* \d+$/

/** FNV-1a of the first bytes. */
function sumOf(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0x811c9dc5
  for (let i = start; i < end && i < start + TELLING; i++) sum = Math.imul(sum ^ bytes[i]!, 0x01000193)
  return sum >>> 0
}

function takeOut(bucket: Probe[] | undefined, probe: Probe): void {
  const at = bucket?.indexOf(probe) ?? -1
  if (at >= 0) bucket!.splice(at, 1)
}

function removeFrom<K>(table: Map<K, Probe[]>, key: K, probe: Probe): void {
  const left = table.get(key)?.filter((other) => other !== probe) ?? []
  if (left.length === 0) table.delete(key)
  else table.set(key, left)
}
