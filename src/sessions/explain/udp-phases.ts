import type { Phase, Step } from './step.js'

/** What the datagrams of a conversation come to. */
export function udpPhases(steps: readonly Step[]): Phase[] {
  const last = steps.length - 1
  const errors = steps.filter(({ flags }) => flags === 'ICMP')
  const asked = steps.some(({ from, flags }) => from === 'client' && flags !== 'ICMP')
  const answered = steps.some(({ from, flags }) => from === 'server' && flags !== 'ICMP')
  if (errors.length > 0 && !answered) {
    const isNobody = errors.every(({ notes }) => notes[0]?.text.startsWith('port unreachable'))
    return [{ kind: 'error', title: isNobody ? 'nobody listens at this port' : 'not delivered', first: 0, last }]
  }
  const isPair = steps.length === 2 && asked && answered
  const title = isPair ? 'question and answer' : asked && answered ? 'datagrams both ways' : 'datagrams one way'
  return [{ kind: 'datagrams', title, first: 0, last }]
}
