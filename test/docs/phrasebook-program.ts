/**
 * netshell's side of the phrasebook, for a process in a lab: reads {phrases: [[before, line], …], patience} as JSON from the file
 * that it is given (patience: seconds that a line may take, 10 unless told otherwise), and writes an outcome for each as a line of JSON to another one. Lines are evaluated as at the prompt.
 */
import { appendFileSync, readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { PacketList } from '../../src/capture/index.js'
import { AnswerList, ExchangeResult } from '../../src/exchange/index.js'
import { isLayer, Packet, toHex } from '../../src/packet/index.js'
import type { Outcome, Value } from './phrasebook.js'
import { Session } from './session.js'

interface Question {
  phrases: [before: string, line: string][]
  patience?: number
}

const [input, output] = process.argv.slice(2) as [string, string]
const { phrases, patience = 10 } = JSON.parse(readFileSync(input, 'utf8')) as Question
const session = new Session()
console.log = (...values: unknown[]) =>
  session.print(values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' '))

/** The bytes of all that a packet stands for. A copy, as a loop gives it, of an inner layer does not know the addresses around it. */
function hexOf(packet: Packet): string[] {
  return packet.count() === 1 ? [packet.hex()] : [...packet].map((each) => each.hex())
}

function described(value: unknown): Value {
  if (value instanceof Packet) return { kind: 'packets', hex: hexOf(value), isOne: value.count() === 1 }
  if (value instanceof PacketList) return { kind: 'packets', hex: value.map((each) => each.hex()), isOne: false }
  if (value instanceof AnswerList) return { kind: 'pairs', count: value.length }
  if (value instanceof ExchangeResult)
    return { kind: 'list', items: [described(value.answered), described(value.unanswered)] }
  if (isLayer(value)) return { kind: 'layer', name: value.layerName }
  if (value instanceof Uint8Array) return { kind: 'bytes', hex: toHex(value) }
  if (typeof value === 'bigint') return { kind: 'plain', value: Number(value) }
  if (value === undefined || value === null) return { kind: 'plain', value: null }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return { kind: 'plain', value }
  if (value instanceof Float64Array) return { kind: 'list', items: Array.from(value, described) }
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every((each) => each instanceof Packet))
      return { kind: 'packets', hex: value.flatMap((each: Packet) => each.hex()), isOne: false }
    return { kind: 'list', items: value.map(described) }
  }
  return { kind: 'other', name: typeof value === 'object' ? (value.constructor?.name ?? 'object') : typeof value }
}

async function outcomeOf(before: string, line: string): Promise<Outcome> {
  await session.type(before)
  const waiting = setTimeout(() => session.evaluator.press(), patience * 1000)
  const shown = await session.type(line)
  clearTimeout(waiting)
  const { last } = session
  const failed = session.failed === null ? {} : { error: session.failed }
  await session.type('pkt')
  const pkt = session.last instanceof Packet ? hexOf(session.last) : []
  return { value: described(last), shown: shown.join('\n'), ...failed, pkt }
}

for (const [before, line] of phrases) {
  const outcome = await outcomeOf(before, line).catch((error: Error) => ({
    value: { kind: 'plain', value: null },
    shown: '',
    error: String(error),
    pkt: [],
  }))
  appendFileSync(output, `${JSON.stringify(outcome)}\n`)
}
process.exit(0)
