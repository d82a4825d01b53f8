/** What conversations come to: packets, bytes, and what they cost. */
import { grouped } from '../../exchange/progress-text.js'
import { hasFlag, type Side, type Talk } from './step.js'
import { closePackets } from './tcp-phases.js'

/** Figures of one conversation, or of several together. */
export interface LadderCounts {
  conversations: number
  packets: number
  /** Packets by who sent them; ICMP errors are those of the server's side. */
  fromClient: number
  fromServer: number
  /** Bytes of data, each counted once. */
  data: number
  dataFromClient: number
  dataFromServer: number
  /** Bytes of IP headers and those of TCP or UDP, options included; ICMP errors whole. */
  headers: number
  /** Packets that open connections, and that close them: FIN, and the acknowledgements of FIN. */
  handshake: number
  close: number
  /** Packets with RST. */
  resets: number
  /** Packets that were sent again. */
  retransmissions: number
  /** Seconds from the first packet to the last. */
  duration: number
}

export function countsOf(talks: readonly Talk[]): LadderCounts {
  const steps = talks.flatMap((talk) => talk.steps)
  const of = (side: Side) => steps.filter(({ from }) => from === side)
  const sum = (list: typeof steps, field: 'fresh' | 'overhead'): number =>
    list.reduce((total, step) => total + step[field], 0)
  const times = steps.flatMap(({ time }) => (time === undefined ? [] : [time]))
  const [first = 0, last = 0] = [least(times), greatest(times)]
  const client = of('client')
  const server = of('server')
  return {
    conversations: talks.length,
    packets: steps.length,
    fromClient: client.length,
    fromServer: server.length,
    data: sum(steps, 'fresh'),
    dataFromClient: sum(client, 'fresh'),
    dataFromServer: sum(server, 'fresh'),
    headers: sum(steps, 'overhead'),
    handshake: talks.reduce((total, talk) => total + handshakePackets(talk), 0),
    close: talks.reduce((total, talk) => total + closePackets(talk.steps, talk.phases), 0),
    resets: steps.filter((step) => hasFlag(step, 'RST')).length,
    retransmissions: steps.filter(({ notes }) => notes.some(({ text }) => text.startsWith('retransmission'))).length,
    duration: last - first,
  }
}

function handshakePackets({ phases }: Talk): number {
  const [phase] = phases
  const isOpening = phase !== undefined && ['handshake', 'refused', 'no answer'].includes(phase.kind)
  return isOpening ? phase.last - phase.first + 1 : 0
}

// There may be more times than a call takes arguments.
const least = (values: readonly number[]): number | undefined =>
  values.reduce<number | undefined>((low, value) => (low === undefined || value < low ? value : low), undefined)
const greatest = (values: readonly number[]): number | undefined =>
  values.reduce<number | undefined>((high, value) => (high === undefined || value > high ? value : high), undefined)

/** `21 bytes`, `1 byte`, `1 234 567 bytes`. */
export function bytesText(count: number): string {
  return `${grouped(count)} byte${count === 1 ? '' : 's'}`
}

/** `3 packets`. */
function packetsText(count: number): string {
  return `${grouped(count)} packet${count === 1 ? '' : 's'}`
}

/** What it came to, in sentences. */
export function closingLines(counts: LadderCounts, talks: readonly Talk[]): string[] {
  const { packets, data, headers, dataFromClient, dataFromServer, handshake, close, resets, retransmissions } = counts
  const split =
    dataFromClient > 0 && dataFromServer > 0
      ? `: ${grouped(dataFromClient)} from the client, ${grouped(dataFromServer)} from the server`
      : data === 0
        ? ''
        : `, all from the ${dataFromClient > 0 ? 'client' : 'server'}`
  const many = talks.length === 1 ? '' : `${grouped(talks.length)} conversations: `
  const first = `${many}${packetsText(packets)} and ${bytesText(headers)} of headers for ${data === 0 ? 'no data' : `${bytesText(data)} of data`}${split}.`
  const parts: string[] = []
  if (handshake > 0) parts.push(`${packetsText(handshake)} to open`)
  if (close > 0) parts.push(`${parts.length === 0 ? packetsText(close) : grouped(close)} to close`)
  if (resets > 0) parts.push(`${grouped(resets)} reset${resets === 1 ? '' : 's'}`)
  if (retransmissions > 0) parts.push(`${grouped(retransmissions)} sent again`)
  const duration = durationText(counts.duration)
  const time = packets > 1 && duration !== undefined ? `${duration} from the first to the last` : undefined
  if (time !== undefined) parts.push(time)
  return parts.length === 0 ? [first] : [first, `${capital(parts.join(', '))}.`]
}

function durationText(seconds: number): string | undefined {
  if (seconds <= 0) return undefined
  return seconds < 1 ? `${(seconds * 1000).toFixed(seconds < 0.1 ? 2 : 0)} ms` : `${seconds.toFixed(2)} s`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
