/** Talking to a practice network in tests: frames there, and all that comes back, without waiting for a time. */
import { dissectLink, Ether } from '../../src/layers/index.js'
import { type AnyPacket, type Packet, type Stackable, stack } from '../../src/packet/index.js'
import type { PracticeNetwork } from '../../src/tools/practice-network/index.js'

export const ME = { mac: '02:00:0a:00:00:01', ipv4: '10.0.0.1', ipv6: 'fd00:10::1' } as const
export const GATEWAY_MAC = '02:00:0a:00:00:fe'
export const SERVER_MAC = '02:00:0a:00:00:02'

/** A frame from us; to the gateway unless it is said to whom. */
export function framed(packet: Stackable, dst: string = GATEWAY_MAC): Packet {
  return stack(Ether({ src: ME.mac, dst }), packet)
}

/** What comes back at once: answers without a delay are there after a turn of the event loop. */
export async function answersTo(net: PracticeNetwork, ...frames: (Packet | Uint8Array)[]): Promise<AnyPacket[]> {
  const seen: AnyPacket[] = []
  const bytes = frames.map((frame) => (frame instanceof Uint8Array ? frame : frame.bytes()))
  const capture = net.link.capture(
    { immediate: true },
    (batch) => {
      for (let i = 0; i < batch.count; i++) {
        const at = batch.offsets[i]!
        const frame = new Uint8Array(batch.buffer.subarray(at, at + batch.lengths[i]!))
        if (!bytes.some((mine) => Buffer.compare(mine, frame) === 0)) seen.push(dissectLink(1, frame) as AnyPacket)
      }
    },
    (error) => {
      throw error
    },
  )
  net.link.send(bytes)
  await new Promise((resolve) => setImmediate(resolve))
  await new Promise((resolve) => setImmediate(resolve))
  capture.stop()
  return seen
}

/** The one answer, from IP on; fails when there are more. */
export async function answerTo(net: PracticeNetwork, packet: Stackable, dst?: string): Promise<AnyPacket | undefined> {
  const answers = await answersTo(net, framed(packet, dst))
  if (answers.length > 1) throw new Error(`more than one answer: ${answers.map((each) => each.summary()).join(' | ')}`)
  return answers[0]?.payload as AnyPacket | undefined
}
