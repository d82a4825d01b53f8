import { onAbort } from '../../exchange/stop-signal.js'
import { SessionError, sessionError } from './session-error.js'

/**
 * Opens something within so many seconds.
 * @param open is given a signal that is aborted when the time is over, or nobody wants it any more
 * @param late what is said when the time is over, behind the label
 * @throws SessionError; the reason of the signal where that was aborted
 */
export async function openInTime<T>(
  label: string,
  seconds: number,
  signal: AbortSignal,
  open: (signal: AbortSignal) => Promise<T>,
  late: string,
): Promise<T> {
  const limit = new AbortController()
  const abort = (): void => limit.abort()
  const noMore = onAbort(signal, abort)
  const timer = setTimeout(abort, seconds * 1000)
  try {
    return await open(limit.signal)
  } catch (error) {
    if (signal.aborted) throw signal.reason
    if (limit.signal.aborted) throw new SessionError(`${label}: ${late}`, 'TIMEOUT')
    throw sessionError(label, error)
  } finally {
    clearTimeout(timer)
    noMore()
  }
}
