import { dissectLink } from '../../src/layers/index.js'
import type { Capture, Link } from '../../src/link/index.js'
import type { AnyPacket, Packet } from '../../src/packet/index.js'

/**
 * Hears every frame at this end of a link in memory, and sends what `heard` gives for it: a station of a test.
 * @param at when it came, seconds since 1970
 */
export function onFrames(link: Link, heard: (frame: AnyPacket, at: number) => readonly Packet[] | undefined): Capture {
  return link.capture(
    { immediate: true },
    (batch) => {
      for (let i = 0; i < batch.count; i++) {
        const start = batch.offsets[i]!
        const bytes = batch.buffer.slice(start, start + batch.lengths[i]!)
        const frame = dissectLink(batch.linkType, bytes) as AnyPacket
        const answers = heard(frame, batch.seconds[i]! + batch.nanoseconds[i]! / 1e9) ?? []
        if (answers.length > 0) link.send(answers.map((each) => each.bytes()))
      }
    },
    (error) => {
      throw error
    },
  )
}
