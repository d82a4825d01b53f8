import { ARP, Ether } from '../../src/layers/index.js'
import { dissectLink } from '../../src/layers/link-types.js'
import type { Capture, Link } from '../../src/link/index.js'
import { type AnyPacket, stack } from '../../src/packet/index.js'

/** Answers ARP questions for an address on a link in memory. */
export function answerArp(link: Link, address: string): Capture {
  const mac = link.addresses!.mac!
  return link.capture(
    { immediate: true },
    (batch) => {
      for (let i = 0; i < batch.count; i++) {
        const start = batch.offsets[i]!
        const question = dissectLink(batch.linkType, batch.buffer.slice(start, start + batch.lengths[i]!)).get(ARP) as
          | AnyPacket
          | undefined
        if (question?.op !== 1 || question.pdst !== address) continue
        const { hwsrc, psrc } = question
        const answer = ARP({ op: 'is-at', hwsrc: mac, psrc: address, hwdst: hwsrc, pdst: psrc })
        link.send([stack(Ether({ src: mac, dst: hwsrc }), answer).bytes()])
      }
    },
    (error) => {
      throw error
    },
  )
}
