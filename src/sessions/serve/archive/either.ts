/** Waiting for streams. */

/** What streams of Node and of tar-stream have in common. */
interface Stream {
  destroyed: boolean
  once(event: string, listener: () => void): unknown
  off(event: string, listener: () => void): unknown
}

/** Waits for an event of a stream, or for its end. */
export async function either(stream: Stream, event: string): Promise<void> {
  if (stream.destroyed) return
  await new Promise<void>((resolve) => {
    const done = (): void => {
      stream.off(event, done)
      stream.off('close', done)
      resolve()
    }
    stream.once(event, done)
    stream.once('close', done)
  })
}
