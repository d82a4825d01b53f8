/** The parts of a TCP connection: how it begins, what it is for, how it ends. RFC 9293 §3.5, §3.6. */
import { hasFlag, other, type Phase, type PhaseKind, type Step } from './step.js'

/** The parts, one behind the other. @param tls where the handshake of TLS begins and ends, as places in `steps` */
export function tcpPhases(steps: readonly Step[], tls: readonly [number, number] | undefined): Phase[] {
  const phases: Phase[] = []
  const add = (kind: PhaseKind, title: string, first: number, last: number): void => {
    if (first <= last) phases.push({ kind, title, first, last })
  }
  const end = steps.length - 1
  const begin = beginning(steps)
  if (begin !== undefined) add(begin.kind, begin.title, 0, begin.last)
  const from = begin === undefined ? 0 : begin.last + 1
  const reset = steps.findIndex((step, place) => place >= from && hasFlag(step, 'RST'))
  const stop = reset < 0 ? end : reset - 1
  const fin = steps.findIndex((step, place) => place >= from && place <= stop && hasFlag(step, 'FIN'))
  const dataEnd = fin < 0 ? stop : fin - 1
  const data = begin === undefined ? 'data (the handshake was not seen)' : 'data'
  if (tls !== undefined && tls[0] >= from && tls[0] <= dataEnd) {
    const tlsEnd = Math.min(tls[1], dataEnd)
    add('data', data, from, tls[0] - 1)
    add('TLS handshake', 'TLS handshake', tls[0], tlsEnd)
    add('data', 'data, encrypted', tlsEnd + 1, dataEnd)
  } else add('data', data, from, dataEnd)
  if (fin >= 0) addClose(steps, fin, stop, add)
  if (reset >= 0) add('reset', `reset by the ${steps[reset]!.from}`, reset, end)
  return phases
}

interface Beginning {
  kind: PhaseKind
  title: string
  last: number
}

/** How the connection comes about, or does not; undefined when that was before the first packet. */
function beginning(steps: readonly Step[]): Beginning | undefined {
  const syn = steps.findIndex((step) => hasFlag(step, 'SYN'))
  // Something before it: errors about it, or an old connection of the same ports.
  if (syn < 0 || steps.slice(0, syn).some((step) => step.flags !== 'ICMP')) return undefined
  const from = (place: number, what: (step: Step) => boolean): number =>
    steps.findIndex((step, at) => at >= place && what(step))
  const reset = from(syn, (step) => hasFlag(step, 'RST'))
  const accepted = from(syn, (step) => step.flags.startsWith('SYN') && hasFlag(step, 'ACK'))
  if (accepted < 0) {
    const end = steps.length - 1
    if (reset >= 0) return { kind: 'refused', title: 'connection refused', last: end }
    const error = steps.find(({ flags }) => flags === 'ICMP')
    if (error !== undefined) return { kind: 'error', title: 'no connection', last: end }
    return { kind: 'no answer', title: 'no answer', last: end }
  }
  const opener = other(steps[accepted]!.from)
  const both = steps.slice(0, accepted).some((step) => hasFlag(step, 'SYN') && step.from !== opener)
  const done = from(accepted + 1, (step) => !hasFlag(step, 'SYN') && step.from === opener && step.flags !== 'ICMP')
  const title = both ? 'simultaneous open' : 'three-way handshake'
  if (done < 0) return { kind: 'handshake', title: `${title}, not finished`, last: steps.length - 1 }
  const step = steps[done]!
  if (hasFlag(step, 'RST')) return { kind: 'handshake', title: `${title}, given up`, last: done }
  // An acknowledgement that has data already, or the end, is of both; the data say more.
  const isPure = step.length === 0 && !hasFlag(step, 'FIN')
  return { kind: 'handshake', title, last: isPure ? done : done - 1 }
}

/** From the first FIN on. */
function addClose(
  steps: readonly Step[],
  first: number,
  stop: number,
  add: (kind: PhaseKind, title: string, first: number, last: number) => void,
): void {
  const begun = steps[first]!
  const answer = steps.findIndex(
    (step, place) => place > first && place <= stop && hasFlag(step, 'FIN') && step.from !== begun.from,
  )
  const until = answer < 0 ? stop : answer - 1
  const { from } = begun
  const rest = other(from)
  const still = steps.slice(first + 1, until + 1).some((step) => step.from === rest && step.fresh > 0)
  if (still) {
    add('half-close', `half-close: the ${from} has ended, the ${rest} goes on`, first, until)
    if (answer >= 0) add('close', `close of the ${rest}'s side`, answer, stop)
    return
  }
  if (answer < 0) {
    add('half-close', `half-close: only the ${from} has ended`, first, stop)
    return
  }
  add('close', closeTitle(steps, first, answer), first, stop)
}

/** The ends of both sides, and how they met. */
function closeTitle(steps: readonly Step[], first: number, answer: number): string {
  const begun = steps[first]!
  const behind = begun.seq! + begun.length + 1
  const heard = (step: Step): boolean => step.from !== begun.from && step.ack !== undefined && step.ack >= behind
  if (heard(steps[answer]!)) {
    const alone = steps.slice(first + 1, answer).some(heard)
    return alone ? 'four-way close' : 'four-way close, in three packets'
  }
  return 'simultaneous close'
}

/** Packets that open the connection, that close it (FIN and the acknowledgements of it), and all others. */
export function closePackets(steps: readonly Step[], phases: readonly Phase[]): number {
  let count = 0
  for (const { kind, first, last } of phases) {
    if (kind !== 'close' && kind !== 'half-close') continue
    for (let place = first; place <= last; place++) {
      const step = steps[place]!
      if (hasFlag(step, 'FIN') || acknowledgesEnd(steps, place)) count++
    }
  }
  return count
}

/** Whether a step is the first to acknowledge the other side's FIN. */
function acknowledgesEnd(steps: readonly Step[], place: number): boolean {
  const { from, ack, length } = steps[place]!
  if (ack === undefined || length > 0) return false
  for (let before = place - 1; before >= 0; before--) {
    const step = steps[before]!
    if (step.from === from) {
      if (step.ack === ack) return false
      continue
    }
    if (hasFlag(step, 'FIN')) return ack >= step.seq! + step.length + 1
  }
  return false
}
