import { randomInt } from 'node:crypto'
import { ProbeSession } from '../../exchange/index.js'
import { IP, IPv6, UDP } from '../../layers/index.js'
import { type AnyPacket, stack } from '../../packet/index.js'
import { askTcp, askUdp, errorWords, type Outcome } from '../sockets/ask.js'
import type { Target } from '../targets.js'
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
    if (transport === 'TCP') return overTcp(question, server, settings, id, stop, accept)
    if (settings.isRaw) return overPackets(question, server, settings, id, stop, accept)
    return askUdp(
      { ...server, port: settings.port, netns: settings.netns },
      queryMessage(question, settings, id),
      { ...settings, stop },
      accept,
    )
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

async function overTcp(
  question: DnsQuestion,
  server: Target,
  settings: DnsSettings,
  id: number,
  stop: AbortSignal,
  accept: (bytes: Uint8Array) => Taken | undefined,
): Promise<Outcome<Taken>> {
  const message = queryMessage(question, settings, id)
  const framed = new Uint8Array(2 + message.length)
  framed[0] = message.length >>> 8
  framed[1] = message.length & 255
  framed.set(message, 2)
  let start = 0
  return askTcp({ ...server, port: settings.port, netns: settings.netns }, framed, { ...settings, stop }, (bytes) => {
    // One message follows another, each behind its length. RFC 7766 §8.
    while (bytes.length >= start + 2) {
      const end = start + 2 + ((bytes[start]! << 8) | bytes[start + 1]!)
      if (bytes.length < end) return undefined
      const taken = accept(bytes.subarray(start + 2, end))
      if (taken !== undefined) return taken
      start = end
    }
    return undefined
  })
}

/** With packets of our own: from the network layer on, all of their fields as the options say. */
async function overPackets(
  question: DnsQuestion,
  server: Target,
  settings: DnsSettings,
  id: number,
  stop: AbortSignal,
  accept: (bytes: Uint8Array) => Taken | undefined,
): Promise<Outcome<Taken>> {
  const { port, source, ttl = 64, sport = randomInt(32768, 61000), timeout, retry } = settings
  const src = source === undefined ? {} : { src: source }
  const dst = server.address.split('%')[0]!
  const network = server.family === 4 ? IP({ dst, ttl, ...src }) : IPv6({ dst, hlim: ttl, ...src })
  const packet = stack(network, UDP({ sport, dport: port }), queryPacket(question, settings, id))
  const session = new ProbeSession(
    'dns',
    'network',
    { ...path(settings, server), multi: true, filter: 'udp or icmp or icmp6' },
    stop,
  )
  let outcome: Outcome<Taken> | undefined
  try {
    const probes = await session.prepare([packet])
    session.onAnswer = (probe, answer, time) => {
      if (outcome !== undefined) return
      const datagram = answer.get('UDP')
      if (datagram === undefined) {
        outcome = { kind: 'error', code: unreachable(answer), tries: probe.sentTimes, time }
        return
      }
      const payload = datagram.payload
      const value = payload === null ? undefined : accept(payload.bytes())
      if (value !== undefined) outcome = { kind: 'answer', value, time, tries: probe.sentTimes }
    }
    if (probes.length > 0 && probes[0]!.frame === null)
      return { kind: 'error', code: 'EHOSTUNREACH', tries: 0, time: 0 }
    let tries = 0
    for (; tries <= retry && outcome === undefined && !stop.aborted; tries++) {
      await session.send(probes, () => outcome !== undefined)
      await session.wait(timeout, () => outcome !== undefined)
    }
    return outcome ?? (stop.aborted ? { kind: 'stopped', tries } : { kind: 'silent', tries })
  } finally {
    session.close()
  }
}

function path(
  { iface, link, netns }: DnsSettings,
  server: Target,
): { iface?: string; link?: NonNullable<DnsSettings['link']>; netns?: string } {
  const zone = server.address.split('%')[1]
  const name = iface ?? zone
  return {
    ...(name === undefined ? {} : { iface: name }),
    ...(link === undefined ? {} : { link }),
    ...(netns === undefined ? {} : { netns }),
  }
}

/** The system's word for what an ICMP error says. */
function unreachable(answer: AnyPacket): string {
  const icmp = answer.get('ICMP') ?? answer.payload
  const code = (icmp as AnyPacket | null)?.code as number | undefined
  const portCode = answer.layerName === 'IPv6' ? 4 : 3
  return code === portCode ? 'ECONNREFUSED' : 'EHOSTUNREACH'
}

function response(
  question: DnsQuestion,
  server: Target,
  { port }: DnsSettings,
  transport: Transport,
  outcome: Outcome<Taken>,
  ignored: readonly string[],
): DnsResponse {
  const common = { question, server: server.address, port, transport, tries: outcome.tries, ignored }
  if (outcome.kind === 'answer') {
    const { message, size } = outcome.value
    return new DnsResponse({ ...common, state: 'answered', message, size, time: outcome.time })
  }
  const where = `${server.address} port ${port} (${transport})`
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
      return outcome.code === 'ECONNREFUSED' ? 'no server there, the port is closed' : errorWords(outcome.code)
    case 'hung up':
      return 'the server closed the connection'
    case 'stopped':
      return 'stopped before an answer came'
    default:
      return outcome.tries > 1 ? `no answer, asked ${outcome.tries} times` : 'no answer'
  }
}
