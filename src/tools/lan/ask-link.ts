import { pause } from '../../exchange/index.js'
import { neighbourFrame } from '../../exchange/neighbour-frame.js'
import type { CaptureBatch, Link } from '../../link/index.js'
import { formatIpv4, formatIpv6, formatMac } from '../../packet/index.js'
import { ANY_ATTEMPT, Flight } from '../flight/flight.js'
import type { Patience } from '../flight/lane.js'

/** An address that is asked for, and the address of ours that asks. */
export interface Question {
  readonly address: string
  readonly source?: string | undefined
}

/** A station that says that an address is its own. */
export interface LinkAnswer {
  readonly address: string
  /** `'02:00:00:00:00:01'` */
  readonly mac: string
  /** Seconds from the question to the answer; unset when it was asked more than once. */
  readonly rtt?: number
}

/** Questions per second unless told otherwise: each reaches every station of the link. */
export const LINK_RATE = 2000

/** How to ask. */
export interface AskPlan {
  retries: number
  patience: Patience
  /** Questions per second. */
  rate: number
  /** Seconds to go on listening when all is answered, for a second station with the same address. */
  linger: number
  onProgress?: (settled: number) => void
}

const ETHER_TYPE_IPV4 = 0x0800
const ETHER_TYPE_IPV6 = 0x86dd
const ETHER_TYPE_ARP = 0x0806
const REQUEST = 1
const REPLY = 2
const ICMPV6 = 58
const NEIGHBOUR_SOLICITATION = 135
const NEIGHBOUR_ADVERTISEMENT = 136
const TARGET_ADDRESS_OPTION = 2
/** RFC 4861 §7.1.2: what has passed a router is not from the link. */
const HOP_LIMIT = 255
const ANSWERED = 1

/**
 * Asks on an Ethernet link who has these addresses: ARP (RFC 826), neighbour solicitation (RFC 4861 §7.2.2). Calls `onAnswer` for each
 * answer, for several to the same question too. Returns early when `stop` is aborted. Gives how many questions were sent.
 */
export async function askLink(
  link: Link,
  questions: readonly Question[],
  plan: AskPlan,
  stop: AbortSignal,
  onAnswer: (answer: LinkAnswer) => void,
): Promise<number> {
  if (questions.length === 0) return 0
  const numberOf = new Map(questions.map(({ address }, number) => [address, number]))
  const own = link.addresses?.mac ?? '00:00:00:00:00:00'
  const flight = new Flight(
    {
      lanes: 1,
      probes: questions.length,
      linkOf: () => link,
      frame: (_lane, number) => neighbourFrame(questions[number]!.address, questions[number]!.source, own),
      patience: plan.patience,
      retries: plan.retries,
      retriesNeedLoss: false,
      rate: plan.rate,
      onProgress: plan.onProgress,
    },
    stop,
  )
  /** When each question left, by the kernel's clock: the capture sees our own frames too. */
  const leftAt = new Float64Array(questions.length)
  const onBatch = (batch: CaptureBatch): void => {
    for (let i = 0; i < batch.count; i++) {
      const heard = readMessage(batch, i)
      const number = heard === undefined ? undefined : numberOf.get(heard.address)
      if (heard === undefined || number === undefined) continue
      const at = batch.seconds[i]! + batch.nanoseconds[i]! / 1e9
      if (heard.isQuestion) {
        if (heard.mac === own) leftAt[number] = at
        continue
      }
      if (heard.mac === own) continue
      const roundTrip = flight.answered(number, ANSWERED, ANY_ATTEMPT)
      const exact = at - leftAt[number]!
      const rtt = exact >= 0 && leftAt[number]! > 0 ? exact : roundTrip < 0 ? undefined : roundTrip / 1000
      onAnswer({ address: heard.address, mac: heard.mac, ...(rtt === undefined ? {} : { rtt }) })
    }
  }
  const capture = link.capture({ immediate: true, filter: 'arp or icmp6', snaplen: 256 }, onBatch, (error) =>
    flight.fail(error),
  )
  try {
    await capture.ready
    await flight.run()
    if (plan.linger > 0 && !stop.aborted) await pause(plan.linger * 1000, stop)
  } finally {
    capture.stop()
  }
  return flight.sent
}

interface Message {
  isQuestion: boolean
  /** The one asked for, or that the sender says is his. */
  address: string
  /** Of the sender. */
  mac: string
}

/** A question or an answer of ARP or neighbour discovery; undefined for other frames. */
function readMessage(batch: CaptureBatch, index: number): Message | undefined {
  const { buffer: bytes } = batch
  const start = batch.offsets[index]!
  const length = batch.lengths[index]!
  if (length < 42) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, length)
  const type = view.getUint16(12)
  if (type === ETHER_TYPE_ARP) {
    if (view.getUint16(14) !== 1 || view.getUint16(16) !== ETHER_TYPE_IPV4) return undefined
    const isQuestion = view.getUint16(20) === REQUEST
    if (!isQuestion && view.getUint16(20) !== REPLY) return undefined
    return { isQuestion, address: formatIpv4(view.getUint32(isQuestion ? 38 : 28)), mac: macAt(view, 22) }
  }
  if (type !== ETHER_TYPE_IPV6 || length < 78) return undefined
  if (view.getUint8(20) !== ICMPV6 || view.getUint8(21) !== HOP_LIMIT) return undefined
  const isQuestion = view.getUint8(54) === NEIGHBOUR_SOLICITATION
  if (!isQuestion && view.getUint8(54) !== NEIGHBOUR_ADVERTISEMENT) return undefined
  const hasOption =
    !isQuestion && length >= 86 && view.getUint8(78) === TARGET_ADDRESS_OPTION && view.getUint8(79) === 1
  return { isQuestion, address: formatIpv6(bytes, start + 62), mac: macAt(view, hasOption ? 80 : 6) }
}

function macAt(view: DataView, at: number): string {
  return formatMac(view.getUint16(at) * 0x100000000 + view.getUint32(at + 2))
}
