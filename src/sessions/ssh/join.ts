/** Two streams joined: what comes in at one goes out at the other. */
import type { Duplex } from 'node:stream'

/** What went through a forwarded port. */
export interface TrafficCounter {
  /** Connections so far. */
  connections: number
  /** Connections that are open now. */
  open: number
  /** Connections that could not go on to the target. */
  failed: number
  /** Bytes to the target. */
  toTarget: number
  /** Bytes from the target. */
  fromTarget: number
}

/** Joins them until both directions have ended, or one of them breaks. Each waits for a slow reader at the other. */
export function join(client: Duplex, target: Duplex, counts: TrafficCounter): void {
  client.on('data', (chunk: Buffer) => {
    counts.toTarget += chunk.length
  })
  target.on('data', (chunk: Buffer) => {
    counts.fromTarget += chunk.length
  })
  for (const [one, other] of [
    [client, target],
    [target, client],
  ] as const) {
    one.on('error', () => other.destroy())
    one.once('close', () => {
      if (other.writable) other.end()
      // A channel that nobody reads any more would never close.
      other.resume()
    })
    one.pipe(other)
  }
}
