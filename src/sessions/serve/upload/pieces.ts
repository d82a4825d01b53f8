/** The body of a request, piece by piece. */
import type { IncomingMessage } from 'node:http'
import { Gone } from '../../web/request-body.js'
import type { Limiter } from '../limiter.js'

/** Seconds. */
const PATIENCE = 60

/**
 * Pieces as they come. Whoever leaves the loop can still answer the request.
 * @param options.patience seconds in which nothing comes until the client is given up
 * @throws Gone when the client leaves before the end
 */
export async function* pieces(
  incoming: IncomingMessage,
  { patience = PATIENCE, limiter }: { patience?: number; limiter?: Limiter },
): AsyncGenerator<Buffer> {
  const iterator = incoming.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>
  const share = limiter?.share()
  for (;;) {
    // It runs only while we wait for the client, not while our disk is busy.
    const timer = setTimeout(() => incoming.destroy(), patience * 1000)
    let next: IteratorResult<Buffer>
    try {
      next = await iterator.next()
    } catch {
      throw new Gone()
    } finally {
      clearTimeout(timer)
    }
    if (next.done) break
    await share?.take(next.value.length)
    yield next.value
  }
  if (!incoming.complete) throw new Gone()
}
