import type { Link } from '../link/index.js'
import { PacketError } from '../packet/index.js'
import { pause } from './pause.js'

/** How long a full queue is waited for before giving up, ms. */
const FULL_QUEUE = 5000

/** Sends frames on one link, waiting while its queue is full. Gives how many went; all, unless `stop` is aborted. */
export async function sendFrames(link: Link, frames: readonly Uint8Array[], stop: AbortSignal): Promise<number> {
  let sent = 0
  let since = performance.now()
  while (sent < frames.length && !stop.aborted) {
    const taken = link.send(sent === 0 ? frames : frames.slice(sent))
    sent += taken
    if (sent === frames.length) break
    if (taken > 0) since = performance.now()
    else if (performance.now() - since > FULL_QUEUE)
      throw new PacketError(`${link.name} takes no more packets: its queue has been full for ${FULL_QUEUE / 1000} s`)
    await pause(1, stop)
  }
  return sent
}
