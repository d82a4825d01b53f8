import type { AnyPacket } from '../../packet/index.js'
import { askPackets } from '../ask/ask-packets.js'
import { askTcp, askUdp } from '../ask/ask-socket.js'
import { framed, takeFramed } from '../ask/framing.js'
import { placeOf } from '../ask/open-socket.js'
import type { Outcome } from '../ask/outcome.js'
import { systemErrorWords } from '../system-errors.js'
import { addressWithZone, type Target } from '../targets.js'
import { type DnsQuestion, type DnsSettings, randomId } from './dns-options.js'
import { DnsResponse, type DnsState } from './dns-result.js'
import { judge, queryMessage, queryPacket } from './message.js'

/** What is kept of messages that are no answers: a stranger may send any number. */
const MOST_IGNORED = 10

type Transport = 'UDP' | 'TCP'
interface Taken {
  message: AnyPacket
  size: number
}

/** Asks one question, over TCP where that is wanted or the answer was too long for a datagram. */
export async function askServer(
  question: DnsQuestion,
  server: Target,
  settings: DnsSettings,
  stop: AbortSignal,
): Promise<DnsResponse> {
  const id = settings.id ?? randomId()
  const ignored: string[] = []
  const accept = (bytes: Uint8Array): Taken | undefined => {
    const verdict = judge(bytes, question, id)
    if ('message' in verdict) return { message: verdict.message, size: bytes.length }
    if (ignored.length < MOST_IGNORED) ignored.push(verdict.refused)
    return undefined
  }
  let transport: Transport = settings.tcp === true ? 'TCP' : 'UDP'
  const ask = (): Promise<Outcome<Taken>> => {
    const asked = { timeout: settings.timeout, retry: settings.retry, stop }
    if (transport === 'TCP')
      return askTcp(placeOf(server, settings), framed(queryMessage(question, settings, id)), asked, takeFramed(accept))
    if (settings.isRaw) return askPackets('dns', server, settings, [queryPacket(question, settings, id)], asked, accept)
    return askUdp(placeOf(server, settings), queryMessage(question, settings, id), asked, accept)
  }
  let outcome = await ask()
  const isCut = outcome.kind === 'answer' && outcome.value.message.tc === 1
  if (isCut && transport === 'UDP' && settings.tcp === undefined && !settings.isRaw) {
    transport = 'TCP'
    const whole = await ask()
    // A server without TCP: what it said over UDP is better than nothing.
    if (whole.kind === 'answer') outcome = whole
    else {
      transport = 'UDP'
      ignored.push(`over TCP, since the answer was cut: ${reasonOf(whole)}`)
    }
  }
  return response(question, server, settings, transport, outcome, ignored)
}

function response(
  question: DnsQuestion,
  server: Target,
  { port }: DnsSettings,
  transport: Transport,
  outcome: Outcome<Taken>,
  ignored: readonly string[],
): DnsResponse {
  const common = { question, server: addressWithZone(server), port, transport, tries: outcome.tries, ignored }
  if (outcome.kind === 'answer') {
    const { message, size } = outcome.value
    return new DnsResponse({ ...common, state: 'answered', message, size, rtt: outcome.rtt })
  }
  const where = `${addressWithZone(server)} port ${port} (${transport})`
  return new DnsResponse({ ...common, state: stateOf(outcome), reason: `${reasonOf(outcome)}: ${where}` })
}

function stateOf(outcome: Outcome<unknown>): DnsState {
  if (outcome.kind === 'stopped') return 'stopped'
  if (outcome.kind !== 'error') return 'no answer'
  return outcome.code === 'ECONNREFUSED' ? 'closed' : 'unreachable'
}

function reasonOf(outcome: Outcome<unknown>): string {
  switch (outcome.kind) {
    case 'error':
      return outcome.code === 'ECONNREFUSED' ? 'no server there, the port is closed' : systemErrorWords(outcome.code)
    case 'hung up':
      return 'the server closed the connection'
    case 'stopped':
      return 'stopped before an answer came'
    default:
      return outcome.tries > 1 ? `no answer, asked ${outcome.tries} times` : 'no answer'
  }
}
