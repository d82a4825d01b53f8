import { ARP, Ether } from '../../src/layers/index.js'
import type { Capture, Link } from '../../src/link/index.js'
import { type AnyPacket, stack } from '../../src/packet/index.js'
import { onFrames } from '../link/on-frames.js'

/** Answers ARP questions for an address on a link in memory. */
export function answerArp(link: Link, address: string): Capture {
  const mac = link.addresses!.mac!
  return onFrames(link, (frame) => {
    const question = frame.get(ARP) as AnyPacket | undefined
    if (question?.op !== 1 || question.pdst !== address) return []
    const { hwsrc, psrc } = question
    return [
      stack(Ether({ src: mac, dst: hwsrc }), ARP({ op: 'is-at', hwsrc: mac, psrc: address, hwdst: hwsrc, pdst: psrc })),
    ]
  })
}
