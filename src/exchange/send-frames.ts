import type { Link } from '../link/index.js'
import { PacketError } from '../packet/index.js'
import { pause } from './pause.js'

/** So many frames are worth a thread. */
const MANY = 32

/** How long a full queue is waited for before giving up, ms. */
const FULL_QUEUE = 5000

/** Sends frames on one link, waiting while its queue is full. Gives how many went; all, unless `stop` is aborted. */
export async function sendFrames(link: Link, frames: readonly Uint8Array[], stop: AbortSignal): Promise<number> {
  // The kernel works through the whole path of a frame, on a virtual link also the other host's: other things go on meanwhile.
  let sent = frames.length < MANY ? 0 : ((await link.sendAside?.(frames)) ?? 0)
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
