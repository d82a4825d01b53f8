import { PacketList } from '../capture/index.js'
import { type AnyPacket, answers, hashKey, type Packet } from '../packet/index.js'
import { AnswerList, AnswerPair, ExchangeResult } from './answer-list.js'

/**
 * So many packets that nobody has answered are compared, of those that share a key such as a TCP connection: else each packet of a
 * long download would be compared with all before it.
 */
const MOST_OPEN = 256

/**
 * Pairs packets that were seen, as `sr` pairs those that it sends: each with the first later one that answers it. A packet is in one
 * pair at most, and looks back at most 256 packets of its own flow. What is in none is `unanswered`, questions or not; `rtt` is by
 * the times of the packets, NaN where they have none.
 */
export function matchAnswers(packets: Iterable<Packet>): ExchangeResult {
  const all = [...packets]
  /** Packets that nobody has answered so far, by a text that they share with their answers. */
  const open = new Map<string, number[]>()
  const answerOf = new Map<number, number>()
  const isAnswer = new Set<number>()
  for (const [index, packet] of all.entries()) {
    const key = hashKey(packet)
    const candidates = open.get(key) ?? []
    const place = candidates.findIndex((candidate) => answers(packet, all[candidate]!))
    if (place >= 0) {
      answerOf.set(candidates[place]!, index)
      isAnswer.add(index)
      candidates.splice(place, 1)
    } else {
      candidates.push(index)
      if (candidates.length > MOST_OPEN) candidates.shift()
      open.set(key, candidates)
    }
  }
  const pairs = new AnswerList()
  for (const [index, query] of all.entries()) {
    const answer = all[answerOf.get(index) ?? -1]
    if (answer === undefined) continue
    const rtt = (answer.time ?? Number.NaN) - (query.time ?? Number.NaN)
    pairs.push(new AnswerPair(query as AnyPacket, answer as AnyPacket, rtt))
  }
  const rest = new PacketList(all.filter((_, index) => !answerOf.has(index) && !isAnswer.has(index)))
  return new ExchangeResult(pairs, rest, pairs.length + rest.length, pairs.length)
}
